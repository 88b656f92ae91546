import type { BoundAggregate, BoundExpr } from '../../eval/bound.js';
import { writeBatchHeader } from '../../storage/column/batch.js';
import { defaultRep, type Morsel, type RowTotal, type Vector } from '../../storage/column/vector.js';
import { Region } from '../../storage/memory/region.js';
import { type DataType, LONG } from '../../types/index.js';
import { type VectorProgram, vectorProgram } from '../pipelines/expressions.js';
import type { AggregateTable } from '../pipelines/fragment.js';
import type { TaskContext } from '../pipelines/task-context.js';
import { type Accumulator, type AccumulatorEnv, CountAccumulator, MinMaxAccumulator } from './accumulator.js';
import { DistinctFilter } from './distinct-filter.js';
import { GroupTable, unpackKeys } from './group-table.js';
import { RowAccumulator } from './row-accumulator.js';
import { finishAverage, isSummable, SumAccumulator } from './sum-accumulator.js';

/** What the aggregation is about: keys and calls over the input columns. */
export interface AggregationSpec {
  readonly keys: readonly BoundExpr[];
  readonly aggregates: readonly BoundAggregate[];
}

/** Whether a call's state can be merged between threads (kernels over arrays); others run where all rows of a group meet. */
export function isMergeable(a: BoundAggregate): boolean {
  return !a.distinct && kernelOf(a) !== undefined;
}

function kernelOf(a: BoundAggregate): 'count' | 'sum' | 'avg' | 'min' | 'max' | undefined {
  const arg = a.args[0];
  switch (a.fn) {
    case 'count':
      return 'count';
    case 'sum':
    case 'avg':
    case 'mean':
      if (arg === undefined || !isSummable(arg.type)) return undefined;
      // Only ANSI raises on overflow; the other modes give null or wrap.
      if (a.mode !== 'ANSI' && arg.type.kind !== 'double' && arg.type.kind !== 'float') return undefined;
      return a.fn === 'sum' ? 'sum' : 'avg';
    case 'min':
    case 'max': {
      if (arg === undefined) return undefined;
      const { kind } = arg.type;
      if (kind === 'array' || kind === 'struct' || kind === 'map' || kind === 'interval' || kind === 'null')
        return undefined;
      return a.fn;
    }
    case 'bool_and':
    case 'every':
      return arg?.type.kind === 'boolean' ? 'min' : undefined;
    case 'bool_or':
    case 'some':
    case 'any':
      return arg?.type.kind === 'boolean' ? 'max' : undefined;
    default:
      return undefined;
  }
}

/** One accumulator and the aggregate whose arguments, filter and distinctness it takes. */
interface State {
  readonly accumulator: Accumulator;
  readonly input: number;
  readonly distinct: DistinctFilter | undefined;
}

/** Accumulators of an aggregation, equal ones shared (an average is a sum and a count), and how results come of them. */
class States {
  readonly list: State[] = [];
  /** What each state is of, as `textOf` writes it once there is another to compare it with. */
  readonly #known: (() => string)[] = [];

  constructor(
    readonly env: AccumulatorEnv,
    readonly ctx: TaskContext,
  ) {}

  result(a: BoundAggregate, input: number): (groups: number, region: Region) => Vector {
    const kernel = kernelOf(a);
    const { env } = this;
    const arg = a.args[0]?.type as DataType;
    if (kernel === 'avg') {
      const sum = this.#share('sum', a, input, () => new SumAccumulator(env, arg, arg)) as SumAccumulator;
      const count = this.#share('count', a, input, () => new CountAccumulator(env, LONG));
      return (groups, region) => finishAverage(env, sum, count.arrays, a.type, groups, region);
    }
    if (kernel === 'sum') {
      const sum = this.#share('sum', a, input, () => new SumAccumulator(env, arg, arg)) as SumAccumulator;
      return (groups, region) => sum.finish(groups, region, a.type);
    }
    const own = this.#share(kernel ?? `${a.fn} ${input}`, a, input, () => {
      if (kernel === 'count') return new CountAccumulator(env, a.type);
      if (kernel === undefined) return new RowAccumulator(env, a, this.ctx);
      return new MinMaxAccumulator(env, a.type, defaultRep(arg), kernel === 'max');
    });
    return (groups, region) => own.finish(groups, region);
  }

  #share(kind: string, a: BoundAggregate, input: number, make: () => Accumulator): Accumulator {
    let text: string | undefined;
    const key = () => (text ??= `${kind} ${textOf([a.args, a.filter, a.distinct])}`);
    const known = this.#known.findIndex((other) => other() === key());
    if (known >= 0) return this.list[known]!.accumulator;
    const distinct = a.distinct
      ? new DistinctFilter(
          this.env,
          a.args.map((x) => x.type),
        )
      : undefined;
    const accumulator = make();
    this.list.push({ accumulator, input, distinct });
    this.#known.push(key);
    return accumulator;
  }
}

/** A text by which plain data is compared. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v));
}

/** With at most this many groups, rows are listed by group before they are added up. */
const FEW_GROUPS = 64;

/** One hash aggregation on one thread: group numbers by key, accumulators by group number. */
export class Aggregation {
  readonly #region: Region;
  readonly #table: GroupTable;
  readonly #states: readonly State[];
  readonly #results: readonly ((groups: number, region: Region) => Vector)[];

  constructor(
    readonly ctx: TaskContext,
    readonly spec: AggregationSpec,
    expectedGroups?: number,
  ) {
    this.#region = new Region(ctx.arena, ctx.owner);
    const env: AccumulatorEnv = {
      kernels: ctx.kernels,
      region: this.#region,
      scratch: ctx.scratch,
      grouped: spec.keys.length > 0,
    };
    const keyTypes = spec.keys.map((k) => k.type);
    this.#table = new GroupTable(ctx.kernels, this.#region, ctx.scratch, keyTypes, expectedGroups);
    const states = new States(env, ctx);
    this.#results = spec.aggregates.map((a, i) => states.result(a, i));
    this.#states = states.list;
  }

  get groups(): number {
    return this.#table.groups;
  }

  /** Adds selected rows: `keys` and, per aggregate, its arguments and filter. */
  add(morsel: Morsel, keys: readonly Vector[], args: readonly AggregateInput[]): void {
    const { selection, selected } = morsel;
    if (selected === 0) return;
    const gids = this.#table.find(keys, selection, selected);
    const groups = this.#table.groups;
    const runs =
      groups <= FEW_GROUPS && selected >= groups * 4 ? this.#runs(gids, selection, selected, groups) : undefined;
    for (const { accumulator, input, distinct } of this.#states) {
      accumulator.ensure(groups);
      const { vectors, filter } = args[input]!;
      if (runs && !filter && !distinct && accumulator.updateRuns?.(vectors, runs.rows, runs.offsets, groups)) continue;
      let rows = selection;
      let n = selected;
      let own = gids;
      if (filter) {
        [rows, own, n] = this.#filtered(filter, rows, own, n);
        if (n === 0) continue;
      }
      if (distinct) {
        [rows, own, n] = distinct.firsts(vectors, rows, own, n);
        if (n === 0) continue;
      }
      accumulator.update(vectors, rows, own, n);
    }
  }

  /** Adds rows that were added up already, where there are no keys: one total for each aggregate. */
  addTotals(totals: readonly RowTotal[]): void {
    this.#table.find([], 0, 1);
    for (const { accumulator, input } of this.#states) {
      accumulator.ensure(1);
      accumulator.addTotal?.(totals[input]!);
    }
  }

  /** Rows listed by group. */
  #runs(gids: number, selection: number, n: number, groups: number): { rows: number; offsets: number } {
    const { kernels, scratch, arena } = this.ctx;
    const offsets = scratch.alloc((groups + 1) * 4);
    if (groups === 1) {
      arena.u32[offsets >>> 2] = 0;
      arena.u32[(offsets >>> 2) + 1] = n;
      return { rows: selection, offsets };
    }
    const rows = scratch.alloc(n * 4);
    kernels.groupRuns(gids, selection, n, groups, offsets, scratch.alloc(groups * 4), rows);
    return { rows, offsets };
  }

  /** Rows whose filter is true, and their group numbers. */
  #filtered(filter: Vector, selection: number, gids: number, n: number): [number, number, number] {
    const { kernels, scratch } = this.ctx;
    const positions = scratch.alloc(n * 4);
    const count = kernels.selectPositions(filter.data, filter.validity, selection, n, positions);
    if (count === n) return [selection, gids, n];
    return pick(this.ctx.scratch, kernels, positions, selection, gids, count);
  }

  /** The state for another thread's `merge`. */
  table(): AggregateTable {
    for (const { accumulator } of this.#states) accumulator.ensure(this.groups);
    return {
      groups: this.groups,
      mode: this.#table.mode,
      keys: this.#table.keys,
      nullGroup: this.#table.nullGroup,
      accumulators: this.#states.map((s) => [...s.accumulator.arrays]),
    };
  }

  /** Adds the groups of another table whose key hash falls to part `part` of `parts`. */
  merge(other: AggregateTable, part: number, parts: number): void {
    const { kernels, scratch } = this.ctx;
    const { groups } = other;
    if (groups === 0) return;
    scratch.reset();
    const rows = scratch.alloc(groups * 4);
    let count = groups;
    let gids: number;
    if (other.mode === 'none') {
      if (part !== 0) return;
      kernels.moveIota(0, groups, rows);
      gids = this.#table.find([], rows, groups);
    } else {
      const packed = this.#table.packed;
      if (packed) {
        if (parts > 1) {
          const hashes = scratch.alloc(groups * 4);
          kernels.hashRows(other.keys, packed.stride, groups, packed.viewMask, hashes);
          count = kernels.groupRowsPart(hashes, groups, part, parts, rows);
        } else kernels.moveIota(0, groups, rows);
        if (count === 0) return;
        const own = scratch.alloc(count * packed.stride);
        kernels.gatherRows(other.keys, rows, count, packed.stride, own);
        gids = scratch.alloc(count * 4);
        this.#table.findRows(own, count, gids);
      } else {
        if (parts > 1) count = kernels.groupI64Part(other.keys, groups, other.nullGroup, part, parts, rows);
        else kernels.moveIota(0, groups, rows);
        if (count === 0) return;
        const validity = unpackKeys(kernels, scratch, this.#table.types, 'i64', other.keys, groups, other.nullGroup)[0]!
          .validity;
        gids = this.#table.find([{ type: this.#table.types[0]!, rep: 'i64', data: other.keys, validity }], rows, count);
      }
    }
    this.#states.forEach(({ accumulator }, i) => {
      accumulator.ensure(this.groups);
      accumulator.merge(other.accumulators[i]!, groups, rows, gids, count);
    });
  }

  /** Finished rows (keys, then aggregates) as one batch. */
  finish(): { batch: number; rows: number } {
    const groups = this.groups;
    const region = this.#region;
    for (const { accumulator } of this.#states) accumulator.ensure(groups);
    const columns = [...this.#table.keyVectors(region), ...this.#results.map((result) => result(groups, region))];
    return { batch: writeBatchHeader(region, { length: groups, columns, owner: region.owner }), rows: groups };
  }
}

export interface AggregateInput {
  readonly vectors: readonly Vector[];
  readonly filter: Vector | undefined;
}

/** Keys, arguments and filters of an aggregation as one program over the input. */
export class AggregateInputs {
  readonly #program: VectorProgram;

  constructor(
    readonly spec: AggregationSpec,
    types: readonly DataType[],
    ctx: TaskContext,
  ) {
    const exprs: BoundExpr[] = [...spec.keys];
    for (const a of spec.aggregates) {
      exprs.push(...a.args);
      if (a.filter) exprs.push(a.filter);
    }
    this.#program = vectorProgram(exprs, types, ctx);
  }

  run(morsel: Morsel): { keys: readonly Vector[]; args: readonly AggregateInput[] } {
    const vectors = this.#program.run(morsel);
    let at = this.spec.keys.length;
    const keys = vectors.slice(0, at);
    const args = this.spec.aggregates.map((a) => {
      const own = vectors.slice(at, at + a.args.length);
      at += a.args.length;
      return { vectors: own, filter: a.filter ? vectors[at++]! : undefined };
    });
    return { keys, args };
  }
}

/** Rows and group numbers at the given positions of a selection. */
export function pick(
  scratch: Region,
  kernels: TaskContext['kernels'],
  positions: number,
  selection: number,
  gids: number,
  count: number,
): [rows: number, gids: number, n: number] {
  const ownGids = scratch.alloc(Math.max(1, count) * 4);
  kernels.moveGather(gids, positions, count, 4, ownGids);
  if (selection === 0) return [positions, ownGids, count];
  const rows = scratch.alloc(Math.max(1, count) * 4);
  kernels.moveGather(selection, positions, count, 4, rows);
  return [rows, ownGids, count];
}
