import { internalError } from '../../errors/index.js';
import type { BoundAggregate } from '../../eval/bound.js';
import type { AggregateFunctionDef, CallContext } from '../../eval/function.js';
import { lookupAggregate } from '../../eval/registry.js';
import { ColumnBuilder } from '../../storage/column/build.js';
import { type VectorReader, vectorReader } from '../../storage/column/read.js';
import { defaultRep, type Vector } from '../../storage/column/vector.js';
import type { Value } from '../../types/index.js';
import type { TaskContext } from '../pipelines/task-context.js';
import type { BoundWindowFunction } from './spec.js';
import { type FrameOf, frames, type OrderColumn, type WindowRows } from './window-frames.js';

/** Arguments of one function over the sorted rows; for aggregates also their filter. */
export interface WindowArguments {
  readonly args: readonly Vector[];
  readonly filter: Vector | undefined;
}

/** One value per sorted row. */
export function computeWindow(
  ctx: TaskContext,
  f: BoundWindowFunction,
  rows: WindowRows,
  length: number,
  given: WindowArguments,
  order: OrderColumn | undefined,
): Vector {
  const builder = new ColumnBuilder(f.type, defaultRep(f.type), ctx.keep, length);
  const read = given.args.map((v) => vectorReader(ctx.arena, v));
  if (f.aggregate) {
    const filter = given.filter ? vectorReader(ctx.arena, given.filter) : undefined;
    const frame = frames(f.frame, rows, order);
    const picked = pickedRow(f, read, filter, frame);
    if (picked) for (let i = 0; i < length; i++) builder.append(picked(i));
    else aggregateFrames(ctx, f, f.aggregate, rows, length, read, filter, frame, builder);
    return builder.finish();
  }
  const value = rowFunction(f, rows, read, () => frames(f.frame, rows, order));
  for (let i = 0; i < length; i++) builder.append(value(i));
  return builder.finish();
}

/** Functions of a row's place. */
function rowFunction(
  f: BoundWindowFunction,
  rows: WindowRows,
  read: readonly VectorReader[],
  frame: () => FrameOf,
): (row: number) => Value {
  const { partitionStart, partitionEnd, peerStart, peerEnd } = rows;
  switch (f.fn) {
    case 'row_number':
      return (i) => i - partitionStart[i]! + 1;
    case 'rank':
      return (i) => peerStart[i]! - partitionStart[i]! + 1;
    case 'dense_rank': {
      let rank = 0;
      return (i) => {
        if (i === partitionStart[i]) rank = 1;
        else if (i === peerStart[i]) rank++;
        return rank;
      };
    }
    case 'percent_rank':
      return (i) => {
        const n = partitionEnd[i]! - partitionStart[i]!;
        return n > 1 ? (peerStart[i]! - partitionStart[i]!) / (n - 1) : 0;
      };
    case 'cume_dist':
      return (i) => (peerEnd[i]! - partitionStart[i]!) / (partitionEnd[i]! - partitionStart[i]!);
    case 'ntile':
      return (i) => {
        const buckets = Number(read[0]!(i));
        const n = partitionEnd[i]! - partitionStart[i]!;
        const at = i - partitionStart[i]!;
        const size = Math.floor(n / buckets);
        const larger = n % buckets;
        const inLarger = larger * (size + 1);
        return at < inLarger ? Math.floor(at / (size + 1)) + 1 : larger + Math.floor((at - inLarger) / size) + 1;
      };
    case 'lag':
    case 'lead':
      return shifted(f, rows, read, f.fn === 'lag' ? -1 : 1);
    case 'nth_value': {
      const frameOf = frame();
      return (i) => {
        const [start, end] = frameOf(i);
        let left = Number(read[1]!(i));
        if (!f.ignoreNulls) return start + left - 1 < end ? read[0]!(start + left - 1) : null;
        for (let j = start; j < end; j++) if (read[0]!(j) !== null && --left === 0) return read[0]!(j);
        return null;
      };
    }
    default:
      throw internalError(`no window function ${f.fn}`);
  }
}

function shifted(
  f: BoundWindowFunction,
  rows: WindowRows,
  read: readonly VectorReader[],
  direction: 1 | -1,
): (row: number) => Value {
  const { partitionStart, partitionEnd } = rows;
  const [value, offset, fallback] = read as [VectorReader, VectorReader | undefined, VectorReader | undefined];
  return (i) => {
    const by = (offset ? Number(offset(i)) : 1) * direction;
    const start = partitionStart[i]!;
    const end = partitionEnd[i]!;
    if (!f.ignoreNulls || by === 0) {
      const at = i + by;
      return at >= start && at < end ? value(at) : (fallback?.(i) ?? null);
    }
    const step = by > 0 ? 1 : -1;
    let left = Math.abs(by);
    for (let j = i + step; j >= start && j < end; j += step) {
      const v = value(j);
      if (v !== null && --left === 0) return v;
    }
    return fallback?.(i) ?? null;
  };
}

/** first and last pick one row of the frame: no state to keep. */
function pickedRow(
  f: BoundWindowFunction,
  read: readonly VectorReader[],
  filter: VectorReader | undefined,
  frame: FrameOf,
): ((row: number) => Value) | undefined {
  const first = f.fn === 'first' || f.fn === 'first_value' || f.fn === 'any_value';
  if ((!first && f.fn !== 'last' && f.fn !== 'last_value') || filter) return undefined;
  const value = read[0]!;
  // A second argument says whether nulls are passed over.
  const ignoring = (i: number) => f.ignoreNulls || (read[1]?.(i) ?? false) === true;
  return (i) => {
    const [start, end] = frame(i);
    if (start >= end) return null;
    if (!ignoring(i)) return value(first ? start : end - 1);
    if (first) {
      for (let j = start; j < end; j++) if (value(j) !== null) return value(j);
    } else for (let j = end - 1; j >= start; j--) if (value(j) !== null) return value(j);
    return null;
  };
}

/** Aggregates a frame per row. A frame that only grows at its end is carried on from row to row; an equal frame is not
 * computed again; others start afresh. */
function aggregateFrames(
  ctx: TaskContext,
  f: BoundWindowFunction,
  call: BoundAggregate,
  rows: WindowRows,
  length: number,
  read: readonly VectorReader[],
  filter: VectorReader | undefined,
  frame: FrameOf,
  builder: ColumnBuilder,
): void {
  const definition = lookupAggregate(call.fn) as AggregateFunctionDef | undefined;
  if (!definition) throw internalError(`no aggregate function ${call.fn}`);
  const context: CallContext = {
    argTypes: call.args.map((a) => a.type),
    returnType: f.type,
    mode: call.mode,
    timeZone: call.timeZone,
    partitionIndex: ctx.partitionIndex,
    state: new Map(),
  };
  let state = definition.create(context);
  let from = -1;
  let to = -1;
  let value: Value = null;
  for (let i = 0; i < length; i++) {
    if ((i & 4095) === 0) ctx.checkCancelled();
    let [start, end] = frame(i);
    if (start >= end) {
      start = rows.partitionStart[i]!;
      end = start;
    }
    if (start !== from || end < to || i === rows.partitionStart[i]) {
      state = definition.create(context);
      from = start;
      to = start;
    } else if (end === to) {
      builder.append(value);
      continue;
    }
    for (let j = to; j < end; j++) {
      if (filter && filter(j) !== true) continue;
      state = definition.update(
        state,
        read.map((r) => r(j)),
        context,
      );
    }
    to = end;
    value = definition.finish(state, context);
    builder.append(value);
  }
}
