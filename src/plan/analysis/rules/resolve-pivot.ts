import { rule } from '../../rule.js';
import type { AnalyzerContext } from '../context.js';

export const ResolvePivot = (_context: AnalyzerContext) => rule('ResolvePivot', (plan) => plan);
