import { analysisError } from '../../errors/index.js';

/** @throws INVALID_CACHE_OPTION for what is no whole number above 0 */
export function checkPositive(option: string, value: number, expected: string): void {
  if (Number.isInteger(value) && value > 0) return;
  throw analysisError('INVALID_CACHE_OPTION', { option, value: String(value), expected });
}
