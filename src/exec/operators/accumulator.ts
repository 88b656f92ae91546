import type { Kernels } from '../../kernels/index.js';
import { bitmapBytes } from '../../storage/column/build.js';
import { REP_BYTES, type Rep, type RowTotal, type Vector } from '../../storage/column/vector.js';
import type { Region } from '../../storage/memory/region.js';

/** State of one aggregate call over all groups of a table, as columns in the arena. */
export interface Accumulator {
  /** Makes room for groups 0 … groups − 1; new ones are empty. */
  ensure(groups: number): void;
  /** Adds n selected rows; row s of the selection belongs to group `gids[s]`. */
  update(args: readonly Vector[], selection: number, gids: number, n: number): void;
  /** As `update` with rows listed by group: group g has `rows[offsets[g]]` … `rows[offsets[g + 1] − 1]` (`rows` 0: its row
   * numbers themselves). Absent where there is no such kernel. */
  updateRuns?(args: readonly Vector[], rows: number, offsets: number, groups: number): boolean;
  /** Adds to group 0, which is the only one. Absent where there is no such thing. */
  addTotal?(total: RowTotal): void;
  /** Arrays that describe the state to another thread's `merge`. */
  readonly arrays: readonly number[];
  /** Adds the state of another table's groups `rows[s]` (`groups` in all) to own groups `gids[s]`. */
  merge(arrays: readonly number[], groups: number, rows: number, gids: number, n: number): void;
  /** One value per group. */
  finish(groups: number, region: Region): Vector;
}

/** Where accumulators live and what they call. */
export interface AccumulatorEnv {
  readonly kernels: Kernels;
  readonly region: Region;
  readonly scratch: Region;
  /** Whether there are grouping keys; what an overflowing decimal sum is reported as depends on it. */
  readonly grouped?: boolean;
}

/** Arrays that grow together, zero-filled. */
export class GroupArrays {
  readonly addresses: number[];
  #capacity = 0;

  constructor(
    readonly kernels: Kernels,
    readonly region: Region,
    readonly widths: readonly number[],
  ) {
    this.addresses = widths.map(() => 0);
  }

  ensure(groups: number): void {
    if (groups <= this.#capacity) return;
    let capacity = Math.max(64, this.#capacity);
    while (capacity < groups) capacity *= capacity < 1 << 16 ? 4 : 2;
    const { u8 } = this.region.arena;
    this.widths.forEach((width, i) => {
      const address = this.region.alloc(capacity * width);
      const old = this.addresses[i]!;
      const used = this.#capacity * width;
      if (used > 0) u8.copyWithin(address, old, old + used);
      this.kernels.moveFill(address + used, 0, capacity * width - used);
      this.addresses[i] = address;
    });
    this.#capacity = capacity;
  }
}

/** Bitmap of the groups that saw a value, or 0 if all did. */
export function seenBitmap(env: AccumulatorEnv, seen: number, groups: number, region: Region): number {
  const bitmap = region.allocZeroed(bitmapBytes(Math.max(1, groups)));
  return env.kernels.bytesToBitmap(seen, groups, bitmap) === 0 ? 0 : bitmap;
}

/** count(*) and count(a, b, …): rows where no argument is null. */
export class CountAccumulator implements Accumulator {
  readonly #groups: GroupArrays;

  constructor(
    readonly env: AccumulatorEnv,
    readonly type: Vector['type'],
  ) {
    this.#groups = new GroupArrays(env.kernels, env.region, [8]);
  }

  get arrays(): readonly number[] {
    return this.#groups.addresses;
  }

  ensure(groups: number): void {
    this.#groups.ensure(groups);
  }

  update(args: readonly Vector[], selection: number, gids: number, n: number): void {
    const { kernels, scratch } = this.env;
    const acc = this.arrays[0]!;
    const nullable = args.filter((a) => a.validity !== 0);
    if (nullable.length === 0) {
      kernels.aggCount(gids, n, acc);
      return;
    }
    let validity = nullable[0]!.validity;
    for (const other of nullable.slice(1)) {
      const both = scratch.alloc(bitmapBytes(n === 0 ? 1 : lastRow(this.env, selection, n) + 1));
      kernels.validBoth(validity, other.validity, selection, n, both);
      validity = both;
    }
    kernels.aggCountValid(validity, selection, gids, n, acc);
  }

  updateRuns(args: readonly Vector[], _rows: number, offsets: number, groups: number): boolean {
    if (args.some((a) => a.validity !== 0)) return false;
    this.env.kernels.runCount(offsets, groups, this.arrays[0]!);
    return true;
  }

  addTotal({ count }: RowTotal): void {
    this.env.region.arena.i64[this.arrays[0]! >>> 3]! += BigInt(count);
  }

  merge(arrays: readonly number[], _groups: number, rows: number, gids: number, n: number): void {
    this.env.kernels.aggAddI64(arrays[0]!, rows, gids, n, this.arrays[0]!);
  }

  finish(_groups: number, _region: Region): Vector {
    return { type: this.type, rep: 'i64', data: this.arrays[0]!, validity: 0 };
  }
}

function lastRow(env: AccumulatorEnv, selection: number, n: number): number {
  return selection === 0 ? n - 1 : env.region.arena.u32[(selection >>> 2) + n - 1]!;
}

/** min and max in the order of the rep: numbers, dates, booleans, UTF-8 bytes; NaN is greatest. Also bool_and, bool_or. */
export class MinMaxAccumulator implements Accumulator {
  readonly #groups: GroupArrays;

  constructor(
    readonly env: AccumulatorEnv,
    readonly type: Vector['type'],
    readonly rep: Rep,
    readonly max: boolean,
  ) {
    this.#groups = new GroupArrays(env.kernels, env.region, [REP_BYTES[rep], 1]);
  }

  get arrays(): readonly number[] {
    return this.#groups.addresses;
  }

  ensure(groups: number): void {
    this.#groups.ensure(groups);
  }

  update(args: readonly Vector[], selection: number, gids: number, n: number): void {
    this.#take(widen(this.env, args[0]!, this.rep, selection, n), selection, gids, n);
  }

  #take(v: Vector, selection: number, gids: number, n: number): void {
    const { kernels } = this.env;
    const [acc, seen] = this.arrays as [number, number];
    const { data, validity } = v;
    switch (v.rep) {
      case 'bool':
        kernels.aggMinMaxU8(data, validity, selection, gids, n, acc, seen, this.max ? 1 : 0);
        return;
      case 'i32':
        kernels.aggMinMaxI32(data, validity, selection, gids, n, acc, seen, this.max ? 1 : 0);
        return;
      case 'i64':
        kernels.aggMinMaxI64(data, validity, selection, gids, n, acc, seen, this.max ? 1 : 0);
        return;
      case 'f32':
        kernels.aggMinMaxF32(data, validity, selection, gids, n, acc, seen, this.max ? 1 : 0);
        return;
      case 'f64':
        kernels.aggMinMaxF64(data, validity, selection, gids, n, acc, seen, this.max ? 1 : 0);
        return;
      case 'i128':
        kernels.aggMinMaxI128(data, validity, selection, gids, n, acc, seen, this.max ? 1 : 0);
        return;
      case 'view':
        v.dictionary
          ? kernels.aggMinMaxView(v.dictionary.data, data, validity, selection, gids, n, acc, seen, this.max ? 1 : 0)
          : kernels.aggMinMaxView(data, 0, validity, selection, gids, n, acc, seen, this.max ? 1 : 0);
        return;
    }
  }

  merge(arrays: readonly number[], groups: number, rows: number, gids: number, n: number): void {
    const validity = seenBitmap(this.env, arrays[1]!, groups, this.env.scratch);
    this.#take({ type: this.type, rep: this.rep, data: arrays[0]!, validity }, rows, gids, n);
  }

  finish(groups: number, region: Region): Vector {
    const [data, seen] = this.arrays as [number, number];
    return { type: this.type, rep: this.rep, data, validity: seenBitmap(this.env, seen, groups, region) };
  }
}

/** A vector in the wanted rep: decimals in 64 bits or 128 by what a morsel's values need, integers in 32 or 64. */
export function widen(env: AccumulatorEnv, v: Vector, rep: Rep, selection: number, n: number): Vector {
  if (v.rep === rep) return v;
  const length = n === 0 ? 1 : lastRow(env, selection, n) + 1;
  const data = env.scratch.alloc(length * REP_BYTES[rep]);
  env.kernels.moveWiden(v.data, REP_BYTES[v.rep], length, data, REP_BYTES[rep]);
  return { type: v.type, rep, data, validity: v.validity };
}
