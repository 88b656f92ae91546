import { rule } from '../../rule.js';
import type { AnalyzerContext } from '../context.js';

export const ResolveUnpivot = (_context: AnalyzerContext) => rule('ResolveUnpivot', (plan) => plan);
