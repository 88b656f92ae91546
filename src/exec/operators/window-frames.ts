import { unsupported } from '../../errors/index.js';
import { compareValues } from '../../eval/compare.js';
import { addDayTime, addInterval, addMonthsToMicros } from '../../eval/datetime/fields.js';
import {
  addMonthsToDays,
  CalendarInterval,
  type DataType,
  Decimal,
  UTC_ZONE,
  type Value,
  type Zone,
  zoneOf,
} from '../../types/index.js';
import type { BoundWindowFunction, FrameBound } from './spec.js';

const MICROS_PER_DAY = 86_400_000_000n;

/** Sorted rows of one slice: where window partitions and peers (rows of equal order keys) begin and end. */
export interface WindowRows {
  /** By row: first row of its partition, and the row after its last. */
  readonly partitionStart: Int32Array;
  readonly partitionEnd: Int32Array;
  /** The same for peers. */
  readonly peerStart: Int32Array;
  readonly peerEnd: Int32Array;
}

/** The one order key of a RANGE frame with offsets. */
export interface OrderColumn {
  readonly type: DataType;
  readonly read: (row: number) => Value;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** First row and the row after the last of a row's frame; empty if they cross. */
export type FrameOf = (row: number) => readonly [start: number, end: number];

/** Frames of a function over sorted rows. Spark: `WindowFunctionFrame`. */
export function frames(frame: BoundWindowFunction['frame'], rows: WindowRows, order: OrderColumn | undefined): FrameOf {
  const lower = boundOf(frame.unit, frame.lower, rows, order, false);
  const upper = boundOf(frame.unit, frame.upper, rows, order, true);
  return (row) => {
    const start = Math.max(lower(row), rows.partitionStart[row]!);
    const end = Math.min(upper(row), rows.partitionEnd[row]!);
    return [start, end];
  };
}

/** @param end the row after the bound's last one is wanted */
function boundOf(
  unit: 'rows' | 'range',
  bound: FrameBound,
  rows: WindowRows,
  order: OrderColumn | undefined,
  end: boolean,
): (row: number) => number {
  switch (bound.kind) {
    case 'unboundedPreceding':
      return (row) => rows.partitionStart[row]!;
    case 'unboundedFollowing':
      return (row) => rows.partitionEnd[row]!;
    case 'currentRow':
      if (unit === 'rows') return (row) => (end ? row + 1 : row);
      return (row) => (end ? rows.peerEnd[row]! : rows.peerStart[row]!);
    case 'offset': {
      if (unit === 'rows') {
        const offset = Number(bound.value) + (end ? 1 : 0);
        return (row) => row + offset;
      }
      if (!order) throw unsupported('RANGE frame without one order key');
      return rangeBound(bound, rows, order, end);
    }
  }
}

function rangeBound(
  bound: Extract<FrameBound, { kind: 'offset' }>,
  rows: WindowRows,
  order: OrderColumn,
  end: boolean,
): (row: number) => number {
  const compare = comparison(order);
  const zone = order.type.kind === 'timestamp' ? zoneOf(bound.timeZone ?? 'UTC') : UTC_ZONE;
  const add = adder(order.type, bound.type, order.descending ? negate(bound.value) : bound.value, zone);
  return (row) => {
    const value = order.read(row);
    const target = value === null ? null : add(value);
    // The rows of a partition are in order: the first not before the target, or the first after it.
    let low = rows.partitionStart[row]!;
    let high = rows.partitionEnd[row]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      const c = compare(order.read(middle), target);
      if (end ? c <= 0 : c < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function comparison({ type, descending, nullsFirst }: OrderColumn): (a: Value, b: Value) => number {
  return (a, b) => {
    if (a === null || b === null) {
      if (a === b) return 0;
      return (a === null) === nullsFirst ? -1 : 1;
    }
    const c = compareValues(a, b, type);
    return descending ? -c : c;
  };
}

function negate(v: Value): Value {
  if (typeof v === 'number' || typeof v === 'bigint') return -v;
  if (v instanceof Decimal) return new Decimal(-v.unscaled, v.scale);
  if (v instanceof CalendarInterval) return new CalendarInterval(-v.months, -v.days, -v.micros);
  throw unsupported('RANGE frame with this offset');
}

function adder(type: DataType, offsetType: DataType, offset: Value, zone: Zone): (v: Value) => Value {
  if (type.kind === 'decimal' && offset instanceof Decimal) {
    const { scale } = type;
    const by = offset.scale <= scale ? offset.unscaled * 10n ** BigInt(scale - offset.scale) : undefined;
    if (by === undefined) throw unsupported('RANGE frame whose offset has more digits than its order key');
    return (v) => new Decimal((v as Decimal).unscaled + by, scale);
  }
  if (offsetType.kind === 'ym_interval') {
    const months = Number(offset);
    if (type.kind === 'date') return (v) => addMonthsToDays(v as number, months);
    return (v) => addMonthsToMicros(v as bigint, months, zone);
  }
  if (type.kind === 'date' && offsetType.kind === 'dt_interval') {
    const days = Number((offset as bigint) / MICROS_PER_DAY);
    return (v) => (v as number) + days;
  }
  if (type.kind === 'timestamp' && offsetType.kind === 'dt_interval') {
    return (v) => addDayTime(v as bigint, offset as bigint, zone);
  }
  if (offset instanceof CalendarInterval && type.kind !== 'date') {
    const { months, days, micros } = offset;
    return (v) => addInterval(v as bigint, months, days, micros, zone);
  }
  if (typeof offset === 'bigint') return (v) => (typeof v === 'bigint' ? v + offset : (v as number) + Number(offset));
  if (typeof offset === 'number') return (v) => (typeof v === 'bigint' ? v + BigInt(offset) : (v as number) + offset);
  throw unsupported('RANGE frame with this offset');
}
