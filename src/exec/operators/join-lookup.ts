import type { Morsel, Vector } from '../../storage/column/vector.js';
import type { JoinTable } from '../pipelines/fragment.js';
import type { TaskContext } from '../pipelines/task-context.js';
import { PackedKeys } from './packed-keys.js';

/** Pairs of a probe, handed out in pieces. */
export interface PairCursor {
  /** Writes up to `limit` pairs. @returns how many; 0 at the end */
  next(probeRows: number, buildRows: number, limit: number): number;
}

/** Finds probe keys in a join's table. */
export class JoinLookup {
  readonly #packed: PackedKeys | undefined;
  #ends = 0;

  constructor(
    readonly table: JoinTable,
    readonly ctx: TaskContext,
  ) {
    this.#packed = table.kind === 'rows' ? new PackedKeys(table.keyTypes) : undefined;
  }

  /** `first`: per selected row the first matching build row + 1, or 0. The next call of `pairs` must be about these rows. */
  find(keys: readonly Vector[], selection: number, n: number): { first: number; found: number } {
    const { kernels, scratch } = this.ctx;
    const t = this.table;
    const first = scratch.alloc(Math.max(1, n) * 4);
    if (t.kind === 'none') {
      this.ctx.arena.u32.fill(t.rows > 0 ? 1 : 0, first >>> 2, (first >>> 2) + n);
      return { first, found: t.rows > 0 ? n : 0 };
    }
    if (t.kind === 'rows') {
      const packed = this.#packed!;
      const rows = scratch.alloc(Math.max(1, n) * packed.stride);
      packed.pack(kernels, keys, selection, n, rows);
      const found = kernels.joinFindRows(
        rows,
        n,
        packed.stride,
        packed.viewMask,
        t.nullMask,
        t.keys,
        t.hashes,
        t.heads,
        t.mask,
        t.next,
        first,
      );
      return { first, found };
    }
    const { data, validity, rep } = keys[0]!;
    const wide = rep === 'i64' ? 1 : 0;
    if (t.kind === 'runs') {
      this.#ends = scratch.alloc(Math.max(1, n) * 4);
      return {
        first,
        found: kernels.joinFindRuns(data, wide, validity, selection, n, t.range, t.heads, first, this.#ends),
      };
    }
    const found =
      t.kind === 'dense'
        ? kernels.joinFindDense(data, wide, validity, selection, n, t.range, t.heads, first)
        : kernels.joinFindI64(data, wide, validity, selection, n, t.keys, t.heads, t.mask, t.next, first);
    return { first, found };
  }

  /** Without most of the rows that match nothing, where that is cheap to tell. */
  narrow(keys: readonly Vector[], morsel: Morsel): Morsel {
    const { bits, bitsKey, range } = this.table;
    if (bits === 0) return morsel;
    const { data, validity, rep } = keys[bitsKey]!;
    const rows = this.ctx.scratch.alloc(morsel.selected * 4 + 4);
    const wide = rep === 'i64' ? 1 : 0;
    const count = this.ctx.kernels.joinSelectBits(
      data,
      wide,
      validity,
      morsel.selection,
      morsel.selected,
      range,
      bits,
      1,
      rows,
    );
    return { length: morsel.length, columns: morsel.columns, selection: rows, selected: count };
  }

  /** Selected rows that have a match (`want`) or none, and with `builds` their first build rows.
   * @returns addresses of row numbers and build rows */
  select(
    keys: readonly Vector[],
    selection: number,
    n: number,
    want: boolean,
    builds: boolean,
  ): { rows: number; build: number; count: number } {
    const { kernels, scratch } = this.ctx;
    const t = this.table;
    const rows = scratch.alloc(n * 4 + 4);
    const build = builds ? scratch.alloc(n * 4 + 4) : 0;
    if (t.bits !== 0 && !builds && t.kind !== 'rows') {
      const { data, validity, rep } = keys[0]!;
      const count = kernels.joinSelectBits(
        data,
        rep === 'i64' ? 1 : 0,
        validity,
        selection,
        n,
        t.range,
        t.bits,
        want ? 1 : 0,
        rows,
      );
      return { rows, build, count };
    }
    if (t.kind === 'dense') {
      const { data, validity, rep } = keys[0]!;
      const count = kernels.joinSelectDense(
        data,
        rep === 'i64' ? 1 : 0,
        validity,
        selection,
        n,
        t.range,
        t.heads,
        want ? 1 : 0,
        rows,
        build,
      );
      return { rows, build, count };
    }
    const { first } = this.find(keys, selection, n);
    return { rows, build, count: kernels.joinSplit(first, selection, n, want ? 1 : 0, rows, build) };
  }

  /** All matching pairs; with `outer`, a row without match gives one pair with NONE. */
  pairs(first: number, selection: number, n: number, outer: boolean): PairCursor {
    const { kernels, scratch } = this.ctx;
    const t = this.table;
    const state = scratch.allocZeroed(64);
    // An empty build side has no pairs; only an outer join has something to say about its probe rows.
    if (t.kind === 'none' && t.rows > 0)
      return { next: (p, b, limit) => kernels.joinCross(selection, n, t.rows, limit, state, p, b) };
    if (t.kind === 'runs') {
      const ends = this.#ends;
      return {
        next: (p, b, limit) => kernels.joinRunPairs(first, ends, selection, n, outer ? 1 : 0, limit, state, p, b),
      };
    }
    const kind = t.kind === 'i64' ? 1 : t.kind === 'rows' ? 2 : 0;
    const stride = this.#packed?.stride ?? 8;
    const viewMask = this.#packed?.viewMask ?? 0;
    return {
      next: (p, b, limit) =>
        kernels.joinPairs(
          first,
          selection,
          n,
          kind,
          t.keys,
          stride,
          viewMask,
          t.hashes,
          t.next,
          outer ? 1 : 0,
          limit,
          state,
          p,
          b,
        ),
    };
  }
}
