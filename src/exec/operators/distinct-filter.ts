import type { Vector } from '../../storage/column/vector.js';
import { type DataType, INT } from '../../types/index.js';
import type { AccumulatorEnv } from './accumulator.js';
import { pick } from './aggregation.js';
import { GroupTable } from './group-table.js';

/** Lets each distinct combination of arguments through once per group: for `count(DISTINCT x)` and its kin. */
export class DistinctFilter {
  readonly #table: GroupTable;

  constructor(
    readonly env: AccumulatorEnv,
    types: readonly DataType[],
  ) {
    this.#table = new GroupTable(env.kernels, env.region, env.scratch, [INT, ...types]);
  }

  /** Rows and group numbers of those rows whose arguments are new to their group. */
  firsts(args: readonly Vector[], selection: number, gids: number, n: number): [number, number, number] {
    const { kernels, scratch, region } = this.env;
    let byRow = gids;
    if (selection !== 0) {
      const last = region.arena.u32[(selection >>> 2) + n - 1]!;
      byRow = scratch.alloc((last + 1) * 4);
      const positions = scratch.alloc(n * 4);
      kernels.moveIota(0, n, positions);
      kernels.moveScatter(gids, positions, selection, n, 4, byRow);
    }
    const before = this.#table.groups;
    const group: Vector = { type: INT, rep: 'i32', data: byRow, validity: 0 };
    const found = this.#table.find([group, ...args], selection, n);
    const positions = scratch.alloc(n * 4);
    const count = kernels.groupFirsts(found, n, before, positions);
    return pick(scratch, kernels, positions, selection, gids, count);
  }
}
