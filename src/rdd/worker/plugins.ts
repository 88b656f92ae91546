import './inject-resilience.js';
import './inject-values.js';
import { inject, TaskContext } from './task-context.js';

// Every file that gives shipped functions a name to use is imported here and calls `inject` when it is loaded.
inject({ TaskContext });
