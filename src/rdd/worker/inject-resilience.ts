import { mapRecords, mapRecordsAsync, poisonGuard, SKIPPED } from '../resilience/poison.js';
import { withRetry } from '../resilience/retry.js';
import { withTimeout } from '../resilience/timeout.js';
import { inject } from './task-context.js';

const values = { withRetry, withTimeout, poisonGuard, mapRecords, mapRecordsAsync, SKIPPED };

declare module './task-context.js' {
  interface TaskContext {
    readonly withRetry: typeof withRetry;
    readonly withTimeout: typeof withTimeout;
    readonly poisonGuard: typeof poisonGuard;
    readonly mapRecords: typeof mapRecords;
    readonly mapRecordsAsync: typeof mapRecordsAsync;
    readonly SKIPPED: typeof SKIPPED;
  }
}

inject(values);
