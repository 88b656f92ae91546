import { readBatchHeader } from '../../storage/column/batch.js';
import { bitmapBytes } from '../../storage/column/build.js';
import { MORSEL_ROWS, type Morsel, REP_BYTES, type Vector } from '../../storage/column/vector.js';
import { BOOLEAN, type DataType } from '../../types/index.js';
import { gatherVector } from '../pipelines/concat.js';
import { type MorselFilter, morselFilter, type VectorProgram, vectorProgram } from '../pipelines/expressions.js';
import type { StepSpec } from '../pipelines/fragment.js';
import type { TaskContext } from '../pipelines/task-context.js';
import { JoinLookup } from './join-lookup.js';

export type ProbeSpec = Extract<StepSpec, { op: 'probe' }>;

/** Joins probe rows with a finished hash table. A probe row with at most one match stays where it is and gets its build
 * columns laid beside it; otherwise pairs are gathered, 4,096 at a time. */
export class ProbeStep {
  readonly #keys: VectorProgram;
  readonly #lookup: JoinLookup;
  readonly #build: readonly Vector[];
  readonly #condition: MorselFilter | undefined;
  readonly #needProbe: readonly boolean[];
  readonly #needBuild: readonly boolean[];
  readonly #buildFirst: boolean;
  readonly #keepProbe: boolean;
  readonly #counter: { add(n: number): void };

  constructor(
    readonly spec: ProbeSpec,
    readonly ctx: TaskContext,
    readonly next: (morsel: Morsel) => void,
  ) {
    const { table, types, joinType, buildSide } = spec;
    this.#keys = vectorProgram(spec.keys, types, ctx);
    this.#lookup = new JoinLookup(table, ctx);
    this.#build = readBatchHeader(ctx.arena, table.batch, table.types).columns;
    this.#buildFirst = buildSide === 'left';
    this.#keepProbe =
      joinType === 'full' ||
      (joinType === 'left' && buildSide === 'right') ||
      (joinType === 'right' && buildSide === 'left');
    const both: DataType[] = this.#buildFirst ? [...table.types, ...types] : [...types, ...table.types];
    this.#condition = spec.condition ? morselFilter(spec.condition, both, ctx) : undefined;
    const read = new Set<number>();
    if (spec.condition) collectInputs(spec.condition, read);
    const need = both.map((_, i) => read.has(i) || (spec.needed[i] ?? false));
    const split = this.#buildFirst ? table.types.length : types.length;
    this.#needProbe = this.#buildFirst ? need.slice(split) : need.slice(0, split);
    this.#needBuild = this.#buildFirst ? need.slice(0, split) : need.slice(split);
    this.#counter = ctx.counter(spec.id, 'numOutputRows');
  }

  #emit(morsel: Morsel): void {
    if (morsel.selected === 0 || this.spec.marksOnly) return;
    this.#counter.add(morsel.selected);
    this.next(morsel);
  }

  push(all: Morsel): void {
    if (all.selected === 0) return;
    const { joinType, nullAwareAnti, table } = this.spec;
    const keys = this.#keys.run(all);
    if (joinType === 'semi' || joinType === 'anti' || joinType === 'existence') {
      if (nullAwareAnti) {
        this.#notIn(all, keys);
        return;
      }
      this.#exists(all, keys);
      return;
    }
    const morsel = this.#keepProbe ? all : this.#lookup.narrow(keys, all);
    if (morsel.selected === 0) return;
    if (table.unique && !this.#keepProbe && !this.#condition) {
      this.#besideMatches(morsel, keys);
      return;
    }
    const { first, found } = this.#lookup.find(keys, morsel.selection, morsel.selected);
    if (found === 0 && !this.#keepProbe) return;
    if (table.unique && (!this.#condition || !(this.#keepProbe || this.spec.marksOnly))) {
      this.#beside(morsel, first);
      return;
    }
    this.#pairs(morsel, first);
  }

  /** At most one match per row; rows without one go. */
  #besideMatches(morsel: Morsel, keys: readonly Vector[]): void {
    const { rows, build, count } = this.#lookup.select(keys, morsel.selection, morsel.selected, true, true);
    if (count === 0) return;
    if (this.spec.table.matched !== 0) this.ctx.kernels.joinMark(build, count, this.spec.table.matched);
    const columns = this.#besideColumns(morsel, rows, build, count);
    this.#emit({ length: morsel.length, columns, selection: rows, selected: count });
  }

  /** Probe columns as they are, build columns laid beside them. */
  #besideColumns(morsel: Morsel, rows: number, build: number, count: number): readonly Vector[] {
    const columns = this.#build.map((v, c): Vector => {
      if (!this.#needBuild[c] || v.data === 0) return { type: v.type, rep: v.rep, data: 0, validity: 0 };
      return this.#scatter(v, build, rows, count, morsel.length);
    });
    return this.#order(morsel.columns, columns);
  }

  /** At most one match per row. */
  #beside(morsel: Morsel, first: number): void {
    const { kernels, scratch } = this.ctx;
    const n = morsel.selected;
    const rows = scratch.alloc(n * 4 + 4);
    const build = scratch.alloc(n * 4 + 4);
    const count = kernels.joinSplit(first, morsel.selection, n, 1, rows, build);
    if (this.spec.table.matched !== 0 && !this.#condition) kernels.joinMark(build, count, this.spec.table.matched);
    const columns = this.#besideColumns(morsel, rows, build, count);
    const selection = this.#keepProbe ? morsel.selection : rows;
    const selected = this.#keepProbe ? n : count;
    let out: Morsel = { length: morsel.length, columns, selection, selected };
    if (this.#condition) {
      out = this.#condition.run(out);
      if (this.spec.table.matched !== 0) this.#markBuild(out, first, morsel);
    }
    this.#emit(out);
  }

  /** Marks build rows of the probe rows that remain. */
  #markBuild(out: Morsel, first: number, morsel: Morsel): void {
    const { arena } = this.ctx;
    const { u32, u8 } = arena;
    const at = new Map<number, number>();
    for (let s = 0; s < morsel.selected; s++)
      at.set(morsel.selection === 0 ? s : u32[(morsel.selection >>> 2) + s]!, u32[(first >>> 2) + s]!);
    for (let s = 0; s < out.selected; s++) {
      const row = out.selection === 0 ? s : u32[(out.selection >>> 2) + s]!;
      const build = at.get(row)!;
      if (build !== 0) u8[this.spec.table.matched + build - 1] = 1;
    }
  }

  #scatter(v: Vector, from: number, to: number, n: number, length: number): Vector {
    const { kernels, scratch } = this.ctx;
    const width = REP_BYTES[v.rep];
    let source = v.data;
    if (v.dictionary) {
      source = scratch.alloc(n * 8 + 8);
      kernels.moveGatherCodes(v.dictionary.data, v.data, from, n, source);
    }
    const data = scratch.alloc(length * width);
    if (v.dictionary) {
      const own = scratch.alloc(n * 4 + 4);
      kernels.moveIota(0, n, own);
      kernels.moveScatter(source, own, to, n, width, data);
    } else kernels.moveScatter(source, from, to, n, width, data);
    let validity = 0;
    if (v.validity !== 0 || this.#keepProbe) {
      validity = scratch.allocZeroed(bitmapBytes(length));
      kernels.moveScatterBits(v.validity, from, to, n, validity);
    }
    return { type: v.type, rep: v.rep, data, validity };
  }

  #order(probe: readonly Vector[], build: readonly Vector[]): readonly Vector[] {
    return this.#buildFirst ? [...build, ...probe] : [...probe, ...build];
  }

  #gathered(morsel: Morsel, probeRows: number, buildRows: number, n: number, outer: boolean): Morsel {
    const { kernels, scratch } = this.ctx;
    const probe = morsel.columns.map((v, c) =>
      this.#needProbe[c] ? gatherVector(kernels, scratch, v, probeRows, n) : empty(v),
    );
    const build = this.#build.map((v, c) =>
      this.#needBuild[c] ? gatherVector(kernels, scratch, v, buildRows, n, outer) : empty(v),
    );
    return { length: n, columns: this.#order(probe, build), selection: 0, selected: n };
  }

  #pairs(morsel: Morsel, first: number): void {
    const { kernels, scratch, arena } = this.ctx;
    const { table } = this.spec;
    const condition = this.#condition;
    const outer = this.#keepProbe && !condition;
    const marks = this.#keepProbe && condition ? scratch.allocZeroed(morsel.length) : 0;
    const pairs = this.#lookup.pairs(first, morsel.selection, morsel.selected, outer);
    const probeRows = scratch.alloc(MORSEL_ROWS * 4);
    const buildRows = scratch.alloc(MORSEL_ROWS * 4);
    const mark = scratch.mark();
    for (;;) {
      scratch.rewind(mark);
      const n = pairs.next(probeRows, buildRows, MORSEL_ROWS);
      if (n === 0) break;
      this.ctx.checkCancelled();
      let out = this.#gathered(morsel, probeRows, buildRows, n, outer);
      if (condition) {
        out = condition.run(out);
        const { selection, selected } = out;
        if (marks !== 0) kernels.joinMark(this.#at(probeRows, selection, selected), selected, marks);
        if (table.matched !== 0) kernels.joinMark(this.#at(buildRows, selection, selected), selected, table.matched);
      } else if (table.matched !== 0) kernels.joinMark(buildRows, n, table.matched);
      this.#emit(out);
    }
    if (marks === 0) return;
    const rest = scratch.alloc(morsel.selected * 4 + 4);
    const n = kernels.joinMarked(marks, morsel.selection, morsel.selected, 0, rest);
    if (n === 0) return;
    const none = scratch.alloc(n * 4);
    arena.u32.fill(0xffff_ffff, none >>> 2, (none >>> 2) + n);
    this.#emit(this.#gathered(morsel, rest, none, n, true));
  }

  /** The listed rows at selected positions. */
  #at(rows: number, selection: number, n: number): number {
    if (selection === 0) return rows;
    const out = this.ctx.scratch.alloc(n * 4 + 4);
    this.ctx.kernels.moveGather(rows, selection, n, 4, out);
    return out;
  }

  #exists(morsel: Morsel, keys: readonly Vector[]): void {
    const { scratch } = this.ctx;
    const n = morsel.selected;
    const { joinType } = this.spec;
    if (!this.#condition && joinType !== 'existence') {
      const from = joinType === 'semi' && this.spec.table.kind === 'rows' ? this.#lookup.narrow(keys, morsel) : morsel;
      const { rows, count } = this.#lookup.select(keys, from.selection, from.selected, joinType === 'semi', false);
      if (count === n) {
        this.#emit(morsel);
        return;
      }
      this.#emit({ length: morsel.length, columns: morsel.columns, selection: rows, selected: count });
      return;
    }
    const { first, found } = this.#lookup.find(keys, morsel.selection, n);
    const marks = scratch.allocZeroed(Math.max(1, morsel.length));
    if (found > 0) this.#markMatches(morsel, first, marks);
    this.#emitMarked(morsel, marks);
  }

  #emitMarked(morsel: Morsel, marks: number): void {
    const { kernels, scratch } = this.ctx;
    if (this.spec.joinType === 'existence') {
      const exists: Vector = { type: BOOLEAN, rep: 'bool', data: marks, validity: 0 };
      this.#emit({ ...morsel, columns: [...morsel.columns, exists] });
      return;
    }
    const rows = scratch.alloc(morsel.selected * 4 + 4);
    const want = this.spec.joinType === 'semi' ? 1 : 0;
    const count = kernels.joinMarked(marks, morsel.selection, morsel.selected, want, rows);
    this.#emit({ length: morsel.length, columns: morsel.columns, selection: rows, selected: count });
  }

  /** One byte per probe row: some pair passes the condition. */
  #markMatches(morsel: Morsel, first: number, marks: number): void {
    const { kernels, scratch } = this.ctx;
    if (!this.#condition) {
      const rows = scratch.alloc(morsel.selected * 4 + 4);
      const n = kernels.joinSplit(first, morsel.selection, morsel.selected, 1, rows, 0);
      kernels.joinMark(rows, n, marks);
      return;
    }
    const pairs = this.#lookup.pairs(first, morsel.selection, morsel.selected, false);
    const probeRows = scratch.alloc(MORSEL_ROWS * 4);
    const buildRows = scratch.alloc(MORSEL_ROWS * 4);
    const mark = scratch.mark();
    for (;;) {
      scratch.rewind(mark);
      const n = pairs.next(probeRows, buildRows, MORSEL_ROWS);
      if (n === 0) break;
      this.ctx.checkCancelled();
      const { selection, selected } = this.#condition.run(this.#gathered(morsel, probeRows, buildRows, n, false));
      kernels.joinMark(this.#at(probeRows, selection, selected), selected, marks);
    }
  }

  /** NOT IN: nothing is known to be absent once the right side has a null; a null on the left is absent only from nothing. */
  #notIn(morsel: Morsel, keys: readonly Vector[]): void {
    const { table } = this.spec;
    if (table.rows === 0) {
      this.#emit(morsel);
      return;
    }
    if (table.hasNullKey) return;
    const { kernels, scratch } = this.ctx;
    const n = morsel.selected;
    const { first } = this.#lookup.find(keys, morsel.selection, n);
    const rows = scratch.alloc(n * 4 + 4);
    let count = kernels.joinSplit(first, morsel.selection, n, 0, rows, 0);
    const { validity } = keys[0]!;
    if (validity !== 0) {
      const { u32, u8 } = this.ctx.arena;
      let kept = 0;
      for (let s = 0; s < count; s++) {
        const row = u32[(rows >>> 2) + s]!;
        if ((u8[validity + (row >>> 3)]! >>> (row & 7)) & 1) u32[(rows >>> 2) + kept++] = row;
      }
      count = kept;
    }
    this.#emit({ length: morsel.length, columns: morsel.columns, selection: rows, selected: count });
  }
}

function empty(v: Vector): Vector {
  return { type: v.type, rep: v.rep, data: 0, validity: 0 };
}

/** Input ordinals that an expression reads. */
export function collectInputs(expr: unknown, into: Set<number>): void {
  if (typeof expr !== 'object' || expr === null) return;
  if (Array.isArray(expr)) {
    for (const e of expr) collectInputs(e, into);
    return;
  }
  const node = expr as { k?: string; ordinal?: number };
  if (node.k === 'input') {
    into.add(node.ordinal!);
    return;
  }
  if (node.k === 'literal') return;
  for (const [key, value] of Object.entries(expr)) if (key !== 'type') collectInputs(value, into);
}
