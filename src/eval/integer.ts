import { RANGES, wrapIntegral } from './cast-numeric.js';
import { arithmeticOverflow, binaryArithmeticOverflow } from './errors.js';
import type { EvalMode } from './function.js';

const TRY_NAMES: Readonly<Record<string, string>> = {
  '+': 'try_add',
  '-': 'try_subtract',
  '*': 'try_multiply',
  '/': 'try_divide',
  '%': 'try_mod',
};

/** Result of integer arithmetic put in the type's range: error, null or wrap-around by mode.
 * @param exact the exact result  @throws ARITHMETIC_OVERFLOW, BINARY_ARITHMETIC_OVERFLOW */
export function fitIntegral(
  exact: number,
  kind: 'byte' | 'short' | 'int',
  mode: EvalMode,
  symbol: string,
  a: number,
  b: number,
): number | null {
  const bits = RANGES[kind][2];
  const limit = 2 ** (bits - 1);
  if (exact >= -limit && exact < limit) return exact + 0;
  if (mode === 'TRY') return null;
  if (mode === 'LEGACY') {
    return kind === 'int' && symbol === '*' ? Math.imul(a, b) : Number(wrapIntegral(BigInt(exact), kind));
  }
  const hint = TRY_NAMES[symbol] ?? '';
  throw kind === 'int' ? arithmeticOverflow('integer overflow', hint) : binaryArithmeticOverflow(a, symbol, b, hint);
}

/** As `fitIntegral` for bigint. */
export function fitLong(exact: bigint, mode: EvalMode, symbol: string): bigint | null {
  const wrapped = BigInt.asIntN(64, exact);
  if (wrapped === exact || mode === 'LEGACY') return wrapped;
  if (mode === 'TRY') return null;
  throw arithmeticOverflow('long overflow', TRY_NAMES[symbol] ?? '');
}

/** Overflow of `-x` and `abs(x)`, which have no `try_` twin. */
export function fitUnary(exact: number, kind: 'byte' | 'short' | 'int', mode: EvalMode): number | null {
  const limit = 2 ** (RANGES[kind][2] - 1);
  if (exact >= -limit && exact < limit) return exact + 0;
  if (mode === 'TRY') return null;
  if (mode === 'LEGACY') return -limit;
  throw arithmeticOverflow(`${kind === 'int' ? 'integer' : kind} overflow`);
}
