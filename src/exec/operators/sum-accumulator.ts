import { divideDecimal, fitsPrecision } from '../../eval/decimal.js';
import { arithmeticOverflow, decimalOutOfRange } from '../../eval/errors.js';
import { writeInt128 } from '../../storage/column/build.js';
import { readInt128 } from '../../storage/column/read.js';
import { defaultRep, type RowTotal, type Vector } from '../../storage/column/vector.js';
import type { Region } from '../../storage/memory/region.js';
import { type DataType, Decimal, type DecimalType, isIntegral } from '../../types/index.js';
import { type Accumulator, type AccumulatorEnv, GroupArrays, seenBitmap } from './accumulator.js';

/** sum and avg. Integers and decimals add up exactly in 128 bits, and only the final value may overflow (Spark may raise
 * earlier, by the order of addition); floats and doubles in double precision. */
export class SumAccumulator implements Accumulator {
  protected readonly groups: GroupArrays;
  readonly exact: boolean;

  constructor(
    readonly env: AccumulatorEnv,
    readonly argType: DataType,
    /** Of the sum. */
    readonly type: DataType,
  ) {
    this.exact = argType.kind !== 'double' && argType.kind !== 'float';
    this.groups = new GroupArrays(env.kernels, env.region, [this.exact ? 16 : 8, 1]);
  }

  get arrays(): readonly number[] {
    return this.groups.addresses;
  }

  ensure(groups: number): void {
    this.groups.ensure(groups);
  }

  update(args: readonly Vector[], selection: number, gids: number, n: number): void {
    this.add(args[0]!, selection, gids, n);
  }

  updateRuns(args: readonly Vector[], rows: number, offsets: number, groups: number): boolean {
    return this.addRuns(args[0]!, rows, offsets, groups);
  }

  addTotal({ count, sum }: RowTotal): void {
    if (count === 0) return;
    const { arena } = this.env.region;
    const [acc, seen] = this.arrays as [number, number];
    const before = readInt128(arena, acc);
    if (before !== OVERFLOWED) writeInt128(arena, acc, before + sum);
    arena.u8[seen] = 1;
  }

  protected addRuns({ rep, data, validity }: Vector, rows: number, offsets: number, groups: number): boolean {
    const { kernels } = this.env;
    const [acc, seen] = this.arrays as [number, number];
    if (rep === 'i64') kernels.runSumI64(data, validity, rows, offsets, groups, acc, seen);
    else if (rep === 'i32') kernels.runSumI32(data, validity, rows, offsets, groups, acc, seen);
    else if (rep === 'i128') kernels.runSumI128(data, validity, rows, offsets, groups, acc, seen);
    else if (rep === 'f64') kernels.runSumF64(data, validity, rows, offsets, groups, acc, seen);
    else return false;
    return true;
  }

  protected add(v: Vector, selection: number, gids: number, n: number): void {
    const { kernels } = this.env;
    const [acc, seen] = this.arrays as [number, number];
    const { data, validity } = v;
    if (v.rep === 'i64') kernels.aggSumI64(data, validity, selection, gids, n, acc, seen);
    else if (v.rep === 'i32') kernels.aggSumI32(data, validity, selection, gids, n, acc, seen);
    else if (v.rep === 'i128') kernels.aggSumI128(data, validity, selection, gids, n, acc, seen);
    else if (v.rep === 'f64') kernels.aggSumF64(data, validity, selection, gids, n, acc, seen);
    else kernels.aggSumF32(data, validity, selection, gids, n, acc, seen);
  }

  merge(arrays: readonly number[], groups: number, rows: number, gids: number, n: number): void {
    const validity = seenBitmap(this.env, arrays[1]!, groups, this.env.scratch);
    this.add({ type: this.type, rep: this.exact ? 'i128' : 'f64', data: arrays[0]!, validity }, rows, gids, n);
  }

  /** @throws ARITHMETIC_OVERFLOW, NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION */
  finish(groups: number, region: Region, type: DataType = this.type): Vector {
    const [acc, seen] = this.arrays as [number, number];
    const validity = seenBitmap(this.env, seen, groups, region);
    if (!this.exact) return { type, rep: 'f64', data: acc, validity };
    if (type.kind === 'decimal') {
      checkPrecision(this.env, acc, groups, type);
      if (defaultRep(type) === 'i128') return { type, rep: 'i128', data: acc, validity };
    }
    const data = region.alloc(Math.max(1, groups) * 8);
    if (this.env.kernels.narrowI128(acc, seen, groups, data) >= 0) throw arithmeticOverflow('long overflow', 'try_add');
    return { type, rep: 'i64', data, validity };
  }
}

/** Spark's grouped sums become null in their buffers; others are found too large when they are taken out. */
function checkPrecision(env: AccumulatorEnv, acc: number, groups: number, type: DecimalType): void {
  const at = env.kernels.exceedsI128(acc, groups, type.precision);
  if (at < 0) return;
  if (env.grouped) throw arithmeticOverflow('Overflow in sum of decimals', 'try_sum');
  throw decimalOutOfRange(new Decimal(readInt128(env.region.arena, acc + at * 16), type.scale), type);
}

/** Averages out of sums and counts. Those of decimals are exact, half up, at scale + 4; of other numbers the double quotient. */
export function finishAverage(
  env: AccumulatorEnv,
  sums: SumAccumulator,
  counts: readonly number[],
  type: DataType,
  groups: number,
  region: Region,
): Vector {
  const { kernels } = env;
  const [acc, seen] = sums.arrays as [number, number];
  const [count] = counts as [number];
  const validity = seenBitmap(env, seen, groups, region);
  if (type.kind === 'decimal') return averageDecimals(env, sums, count, type, groups, region, validity);
  let doubles = acc;
  if (sums.exact) {
    doubles = region.alloc(Math.max(1, groups) * 8);
    kernels.i128ToF64(acc, groups, doubles);
  }
  const data = region.alloc(Math.max(1, groups) * 8);
  kernels.avgF64(doubles, count, groups, data);
  return { type, rep: 'f64', data, validity };
}

/** What the kernels leave of a sum beyond 128 bits. */
const OVERFLOWED = -(2n ** 127n);

function averageDecimals(
  env: AccumulatorEnv,
  sums: SumAccumulator,
  counts: number,
  type: DecimalType,
  groups: number,
  region: Region,
  validity: number,
): Vector {
  const acc = sums.arrays[0]!;
  const { arena } = region;
  const argScale = sums.argType.kind === 'decimal' ? sums.argType.scale : 0;
  const rep = defaultRep(type);
  const wide = rep === 'i128';
  const data = region.alloc(Math.max(1, groups) * (wide ? 16 : 8));
  const factor = 10 ** (type.scale - argScale);
  for (let g = 0; g < groups; g++) {
    g = env.kernels.avgDecimal(acc, counts, g, groups, factor, wide ? 1 : 0, data);
    if (g >= groups) break;
    const count = arena.i64[(counts >>> 3) + g]!;
    const total = readInt128(arena, acc + g * 16);
    if (total === OVERFLOWED) throw decimalOutOfRange(new Decimal(total, argScale), type);
    const x = total * BigInt(factor);
    let q = x / count;
    const r = x % count;
    if ((r < 0n ? -r : r) * 2n >= count) q += x < 0n ? -1n : 1n;
    if (!fitsPrecision(q, type.precision)) {
      const sum = new Decimal(total, argScale);
      throw decimalOutOfRange(divideDecimal(sum, new Decimal(count, 0)), type);
    }
    if (wide) writeInt128(arena, data + g * 16, q);
    else arena.i64[(data >>> 3) + g] = q;
  }
  return { type, rep, data, validity };
}

/** Whether `sum` and `avg` over this type have a kernel. */
export function isSummable(type: DataType): boolean {
  return isIntegral(type) || type.kind === 'decimal' || type.kind === 'double' || type.kind === 'float';
}
