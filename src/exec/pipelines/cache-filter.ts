import type { BoundExpr } from '../../eval/bound.js';
import type { ColumnRange, EntryTest } from '../../storage/block/range-filter.js';
import { bitmapBytes } from '../../storage/column/build.js';
import type { Dictionary, Vector } from '../../storage/column/vector.js';
import { BOOLEAN } from '../../types/index.js';
import { childrenOf } from '../expr/fallback.js';
import { conjuncts } from '../expr/filter.js';
import { neverRaises } from '../expr/never-raises.js';
import { meetRanges, type RangeTest, rangeTest } from '../expr/range-step.js';
import { type VectorProgram, vectorProgram } from './expressions.js';
import type { PieceSpec, SinkSpec, StepSpec } from './fragment.js';
import type { TaskContext } from './task-context.js';

/** A filter right above a cached scan, as far as the scan can decide it on stored values. */
export interface SplitFilter {
  readonly ranges: readonly ColumnRange[];
  /** Conditions on one text column each, by slot. */
  readonly texts: readonly { readonly slot: number; readonly condition: BoundExpr }[];
  /** Columns that must not be null and have no other test: those leave nulls out anyway, or make sure that there are none. */
  readonly notNull: readonly number[];
  /** What rows that pass the rest must still fulfil. */
  readonly rest: BoundExpr | undefined;
}

const splits = new WeakMap<BoundExpr, SplitFilter>();

/** Only conjuncts before the first that may raise count: a row that makes it raise must get there. */
export function splitFilter(condition: BoundExpr): SplitFilter {
  let known = splits.get(condition);
  if (!known) splits.set(condition, (known = split(condition)));
  return known;
}

function split(condition: BoundExpr): SplitFilter {
  const ranges = new Map<number, RangeTest>();
  const texts: { slot: number; condition: BoundExpr }[] = [];
  const notNull = new Set<number>();
  const rest: BoundExpr[] = [];
  for (const conjunct of conjuncts(condition)) {
    const leading = rest.every(neverRaises);
    if (leading && conjunct.k === 'call' && conjunct.fn === 'isnotnull' && conjunct.args[0]?.k === 'input') {
      notNull.add(conjunct.args[0].ordinal);
      continue;
    }
    const test = leading ? rangeTest(conjunct) : undefined;
    if (test?.child.k === 'input') {
      const { ordinal } = test.child;
      const earlier = ranges.get(ordinal);
      ranges.set(ordinal, earlier ? meetRanges(earlier, test) : test);
      continue;
    }
    const slot = leading && neverRaises(conjunct) ? onlyText(conjunct) : undefined;
    if (slot === undefined) rest.push(conjunct);
    else texts.push({ slot, condition: conjunct });
  }
  return {
    ranges: [...ranges].map(([slot, { min, max }]) => ({ slot, min, max })),
    texts,
    notNull: [...notNull].filter((slot) => !ranges.has(slot) && texts.every((t) => t.slot !== slot)),
    rest: rest.length === 0 ? undefined : rest.reduce((left, right) => ({ k: 'and', left, right, type: BOOLEAN })),
  };
}

/** The one column that a condition reads, if that is a text. */
function onlyText(e: BoundExpr): number | undefined {
  const inputs = new Set<number>();
  let text = true;
  const visit = (x: BoundExpr): void => {
    if (x.k === 'input') {
      inputs.add(x.ordinal);
      text &&= x.type.kind === 'string';
    } else childrenOf(x).forEach(visit);
  };
  visit(e);
  const [only] = inputs;
  return text && inputs.size === 1 ? only : undefined;
}

/** Dictionaries beyond this size are not worth a test of every entry. */
const SMALL_DICTIONARY = 1024;

/** Evaluates conditions on text columns once per dictionary entry. */
export function entryTests({ texts }: SplitFilter, piece: Pick<PieceSpec, 'types'>, ctx: TaskContext): EntryTest[] {
  return texts.map(({ slot, condition }) => {
    let program: VectorProgram | undefined;
    let known: { id: number; entries: number } | undefined;
    return {
      slot,
      entriesOf: (dictionary) => {
        if (dictionary.size > SMALL_DICTIONARY) return 0;
        if (known?.id !== dictionary.id)
          known = {
            id: dictionary.id,
            entries: evaluate(dictionary, slot, (columns) => {
              const { size: length } = dictionary;
              program ??= vectorProgram([condition], piece.types, ctx);
              return program.run({ length, columns, selection: 0, selected: length })[0]!;
            }),
          };
        return known.entries;
      },
    };

    function evaluate(dictionary: Dictionary, at: number, run: (columns: readonly Vector[]) => Vector): number {
      const { arena, keep } = ctx;
      const columns: Vector[] = [];
      columns[at] = { type: piece.types[at]!, rep: 'view', data: dictionary.data, validity: 0 };
      const result = run(columns);
      const entries = keep.allocZeroed(dictionary.size + 32);
      arena.u8.copyWithin(entries, result.data, result.data + dictionary.size);
      if (result.validity !== 0) {
        const bits = arena.u8.subarray(result.validity, result.validity + bitmapBytes(dictionary.size));
        for (let i = 0; i < dictionary.size; i++)
          if (((bits[i >>> 3]! >>> (i & 7)) & 1) === 0) arena.u8[entries + i] = 0;
      }
      return entries;
    }
  });
}

/** Which of the scan's columns something behind the filter reads, `rest` of the filter included; undefined: all may be. */
export function columnsBehindFilter(
  piece: Pick<PieceSpec, 'types' | 'steps'>,
  sink: SinkSpec | undefined,
): readonly boolean[] | undefined {
  const [filter, ...steps] = piece.steps;
  if (filter?.op !== 'filter') return undefined;
  const needed = piece.types.map(() => false);
  const read = (e: BoundExpr): void => {
    if (e.k === 'input') needed[e.ordinal] = true;
    else childrenOf(e).forEach(read);
  };
  const { rest } = splitFilter(filter.condition);
  if (rest) read(rest);
  for (const step of steps) {
    switch (step.op) {
      case 'filter':
        read(step.condition);
        break;
      case 'project':
        step.exprs.forEach(read);
        return needed;
      case 'select':
        for (const c of step.columns) needed[c] = true;
        return needed;
      default:
        return undefined;
    }
  }
  if (sink?.kind !== 'aggregate') return undefined;
  sink.keys.forEach(read);
  for (const a of sink.aggregates) {
    a.args.forEach(read);
    if (a.filter) read(a.filter);
  }
  return needed;
}

/** The filter that a cached scan may decide: the first step of a piece that reads one. */
export function scanFilter(piece: Pick<PieceSpec, 'scan' | 'steps'>): Extract<StepSpec, { op: 'filter' }> | undefined {
  const [first] = piece.steps;
  return piece.scan?.op === 'scanCache' && first?.op === 'filter' ? first : undefined;
}
