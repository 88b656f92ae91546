import type { BoundExpr } from '../../eval/bound.js';
import type { DataType, Decimal, Value } from '../../types/index.js';
import type { RawStatistics, SchemaNode } from './format.js';

/** What is known of one column in a row group or page. `leaf` null: the file lacks the column, all rows are null. */
export interface ColumnStats {
  readonly leaf: SchemaNode | null;
  readonly rows: number;
  readonly statistics?: RawStatistics | undefined;
}
/** By ordinal of the scan's output; undefined where nothing is known (partition values, nested columns). */
export type StatsLookup = (ordinal: number) => ColumnStats | undefined;

/** False only if no row can make `expr` true, by statistics alone. Unknown forms say true.
 * Bounds are compared as exact integers, doubles or unsigned bytes, by the column's type. Spark: `ParquetFilters`. */
export function mayMatch(expr: BoundExpr, stats: StatsLookup): boolean {
  switch (expr.k) {
    case 'literal':
      return expr.value === true || expr.type.kind !== 'boolean';
    case 'and':
      return mayMatch(expr.left, stats) && mayMatch(expr.right, stats);
    case 'or':
      return mayMatch(expr.left, stats) || mayMatch(expr.right, stats);
    case 'input': {
      const column = columnOf(expr, stats);
      return !column || mayCompare('=', column, true, expr.type);
    }
    case 'in': {
      const column = columnOf(expr.value, stats);
      if (!column) return true;
      return expr.list.some((item) => item.k !== 'literal' || mayCompare('=', column, item.value, item.type));
    }
    case 'call':
      return mayCall(expr, stats);
    default:
      return true;
  }
}

const SWAPPED: Readonly<Record<string, string>> = {
  '=': '=',
  '<=>': '<=>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function mayCall(expr: BoundExpr & { k: 'call' }, stats: StatsLookup): boolean {
  const [a, b] = expr.args;
  if (!a) return true;
  switch (expr.fn) {
    case 'isnull':
      return mayBeNull(columnOf(a, stats));
    case 'isnotnull':
      return mayBeValid(columnOf(a, stats));
    case 'not':
      if (a.k !== 'call' || !a.args[0]) return true;
      if (a.fn === 'isnull') return mayBeValid(columnOf(a.args[0], stats));
      if (a.fn === 'isnotnull') return mayBeNull(columnOf(a.args[0], stats));
      return true;
    case '=':
    case '<=>':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      if (!b) return true;
      if (b.k === 'literal') {
        const column = columnOf(a, stats);
        return !column || mayCompare(expr.fn, column, b.value, b.type);
      }
      if (a.k === 'literal') {
        const column = columnOf(b, stats);
        return !column || mayCompare(SWAPPED[expr.fn] as string, column, a.value, a.type);
      }
      return true;
    }
    case 'startswith':
    case 'like': {
      if (b?.k !== 'literal') return true;
      const column = columnOf(a, stats);
      if (!column) return true;
      if (b.value === null) return false;
      if (typeof b.value !== 'string' || (expr.args.length > 2 && expr.fn === 'like')) return true;
      return mayStartWith(column, expr.fn === 'like' ? likePrefix(b.value) : b.value);
    }
    default:
      return true;
  }
}

interface Column extends ColumnStats {
  readonly type: DataType;
}

/** The column behind an expression, through casts that keep every value and its order. */
function columnOf(expr: BoundExpr, stats: StatsLookup): Column | undefined {
  if (expr.k === 'input') {
    // Literals compared with char(n) are padded, what files hold need not be.
    if (expr.type.kind === 'char') return undefined;
    const found = stats(expr.ordinal);
    return found && { ...found, type: expr.type };
  }
  if (expr.k === 'cast' && keepsValues(expr.child.type, expr.type)) return columnOf(expr.child, stats);
  return undefined;
}

const INTEGRAL_BYTES: Readonly<Record<string, number>> = { byte: 1, short: 2, int: 4, long: 8 };
function keepsValues(from: DataType, to: DataType): boolean {
  const a = INTEGRAL_BYTES[from.kind];
  const b = INTEGRAL_BYTES[to.kind];
  if (a && b) return a <= b;
  return (
    from.kind === 'decimal' &&
    to.kind === 'decimal' &&
    to.scale >= from.scale &&
    to.precision - to.scale >= from.precision - from.scale
  );
}

function mayBeNull(column: Column | undefined): boolean {
  return !column || column.leaf === null || column.statistics?.nullCount !== 0;
}
function mayBeValid(column: Column | undefined): boolean {
  if (!column) return true;
  return column.leaf !== null && column.statistics?.nullCount !== column.rows;
}

function mayCompare(op: string, column: Column, value: Value, type: DataType): boolean {
  if (value === null) return op === '<=>' && mayBeNull(column);
  if (!mayBeValid(column)) return false;
  const bounds = boundsOf(column);
  if (!bounds) return true;
  const literal = domainValue(value, type, bounds.scale);
  if (literal === undefined) return true;
  const { min, max } = bounds;
  switch (op) {
    case '=':
    case '<=>':
      // NaN lies outside all bounds.
      if (Number.isNaN(literal)) return true;
      return !(min !== undefined && compare(literal, min) < 0) && !(max !== undefined && compare(literal, max) > 0);
    case '<':
      return Number.isNaN(literal) || min === undefined || compare(min, literal) < 0;
    case '<=':
      return Number.isNaN(literal) || min === undefined || compare(min, literal) <= 0;
    // NaN is above every number for Spark, but no writer counts it into the maximum.
    case '>':
      return bounds.mayHoldNaN || max === undefined || compare(max, literal) > 0;
    case '>=':
      return bounds.mayHoldNaN || max === undefined || compare(max, literal) >= 0;
    default:
      return true;
  }
}

/** The part of a LIKE pattern before its first wildcard. */
function likePrefix(pattern: string): string {
  let prefix = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] as string;
    if (c === '%' || c === '_') break;
    if (c === '\\') {
      i++;
      if (i >= pattern.length) break;
      prefix += pattern[i];
    } else prefix += c;
  }
  return prefix;
}

function mayStartWith(column: Column, prefix: string): boolean {
  if (!mayBeValid(column)) return false;
  const bounds = boundsOf(column);
  const bytes = new TextEncoder().encode(prefix);
  if (!bounds || !(bounds.min instanceof Uint8Array || bounds.max instanceof Uint8Array)) return true;
  const { min, max } = bounds;
  if (max instanceof Uint8Array && compareBytes(max.subarray(0, bytes.length), bytes) < 0) return false;
  return !(min instanceof Uint8Array && compareBytes(min.subarray(0, bytes.length), bytes) > 0);
}

/** Whole numbers (also decimals unscaled, dates, timestamps in microseconds), doubles, or unsigned bytes. */
type DomainValue = bigint | number | Uint8Array;
interface Bounds {
  readonly min?: DomainValue | undefined;
  readonly max?: DomainValue | undefined;
  /** Scale of decimals. */
  readonly scale: number;
  readonly mayHoldNaN: boolean;
}

function boundsOf(column: Column): Bounds | undefined {
  const { leaf, statistics, type } = column;
  if (!leaf || !statistics || (!statistics.min && !statistics.max)) return undefined;
  const same = statistics.min && statistics.max && compareBytes(statistics.min, statistics.max) === 0;
  // Old writers ordered everything as signed: wrong for text, unsigned numbers and byte-array decimals.
  if (statistics.deprecated && !same && !isSignedOrder(leaf)) return undefined;
  const decode = (raw: Uint8Array | undefined): DomainValue | undefined => raw && decodeBound(raw, leaf, type);
  const min = decode(statistics.min);
  const max = decode(statistics.max);
  if (Number.isNaN(min) || Number.isNaN(max)) return undefined;
  if (min === undefined && max === undefined) return undefined;
  const scale = leaf.annotation?.kind === 'decimal' ? leaf.annotation.scale : 0;
  return { min, max, scale, mayHoldNaN: type.kind === 'float' || type.kind === 'double' };
}

function isSignedOrder(leaf: SchemaNode): boolean {
  switch (leaf.physical) {
    case 'INT32':
    case 'INT64':
      return leaf.annotation?.kind !== 'int' || leaf.annotation.signed;
    case 'BOOLEAN':
    case 'FLOAT':
    case 'DOUBLE':
      return true;
    default:
      return false;
  }
}

function decodeBound(raw: Uint8Array, leaf: SchemaNode, type: DataType): DomainValue | undefined {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const annotation = leaf.annotation;
  const unsigned = annotation?.kind === 'int' && !annotation.signed;
  switch (leaf.physical) {
    case 'BOOLEAN':
      return raw.length === 1 ? BigInt(raw[0] as number) : undefined;
    case 'INT32': {
      if (raw.length !== 4) return undefined;
      const value = unsigned ? view.getUint32(0, true) : view.getInt32(0, true);
      if (type.kind === 'double') return value;
      return type.kind === 'timestamp_ntz' ? BigInt(value) * 86_400_000_000n : BigInt(value);
    }
    case 'INT64': {
      if (raw.length !== 8) return undefined;
      const value = unsigned ? view.getBigUint64(0, true) : view.getBigInt64(0, true);
      return annotation?.kind === 'timestamp' && annotation.unit === 'MILLIS' ? value * 1000n : value;
    }
    case 'FLOAT':
      return raw.length === 4 ? view.getFloat32(0, true) : undefined;
    case 'DOUBLE':
      return raw.length === 8 ? view.getFloat64(0, true) : undefined;
    case 'BINARY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return annotation?.kind === 'decimal' ? bigEndian(raw) : raw;
    default:
      return undefined;
  }
}

function bigEndian(raw: Uint8Array): bigint | undefined {
  if (raw.length === 0) return undefined;
  let value = BigInt.asIntN(8, BigInt(raw[0] as number));
  for (let i = 1; i < raw.length; i++) value = (value << 8n) | BigInt(raw[i] as number);
  return value;
}

/** A literal in the domain of bounds; decimals as exact multiples of 10^-scale, rounded to neither side: undefined if inexact. */
function domainValue(value: Value, type: DataType, scale: number): DomainValue | undefined {
  if (value instanceof Uint8Array) return value;
  // By its fields: a literal that came from another thread has lost its class.
  if (typeof value === 'object' && value !== null && 'unscaled' in value) {
    const { unscaled, scale: own } = value as Decimal;
    if (own <= scale) return unscaled * 10n ** BigInt(scale - own);
    const factor = 10n ** BigInt(own - scale);
    return unscaled % factor === 0n ? unscaled / factor : undefined;
  }
  switch (typeof value) {
    case 'boolean':
      return value ? 1n : 0n;
    case 'bigint':
      return value * 10n ** BigInt(scale);
    case 'number':
      return type.kind === 'float' || type.kind === 'double' ? value : BigInt(value) * 10n ** BigInt(scale);
    case 'string':
      return new TextEncoder().encode(value);
    default:
      return undefined;
  }
}

/** Values of different domains compare as equal, which never rules anything out. */
function compare(a: DomainValue, b: DomainValue): number {
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array ? compareBytes(a, b) : 0;
  if (typeof a !== typeof b) return 0;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Unsigned, byte by byte; a prefix comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = (a[i] as number) - (b[i] as number);
    if (d !== 0) return d;
  }
  return a.length - b.length;
}
