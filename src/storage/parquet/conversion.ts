import type { Kernels } from '../../kernels/index.js';
import type { DataType, DecimalType } from '../../types/index.js';
import { defaultRep, type Rep } from '../column/vector.js';
import type { SchemaNode } from './format.js';
import { TypeMismatch } from './read-node.js';

/** How a leaf's physical values become values of a column representation. */
export interface Conversion {
  readonly rep: Rep;
  /** Bytes of one physical value; 0: byte arrays (handed over as views), −1: booleans (bits). */
  readonly width: number;
  /** Bytes at `from` are the values already. */
  readonly identity: boolean;
  /** Converts `count` physical values at `from` (for byte arrays: views) into `to`.
   * @returns false if a value does not fit */
  readonly convert: (kernels: Kernels, from: number, count: number, to: number) => boolean;
}

/** After a kernel that cannot fail. */
const done = (_: unknown): boolean => true;

function identity(rep: Rep, width: number): Conversion {
  return { rep, width, identity: true, convert: () => true };
}
function conversion(rep: Rep, width: number, convert: Conversion['convert']): Conversion {
  return { rep, width, identity: false, convert };
}

/** Finds the conversion from a leaf to a Spark type. Spark: `ParquetVectorUpdaterFactory.getUpdater`.
 * @throws TypeMismatch for pairs that Spark does not read */
export function conversionOf(leaf: SchemaNode, type: DataType): Conversion {
  const found = find(leaf, type);
  if (!found) throw new TypeMismatch(leaf, type);
  return found;
}

function find(leaf: SchemaNode, type: DataType): Conversion | undefined {
  const annotation = leaf.annotation;
  switch (leaf.physical) {
    case 'BOOLEAN':
      return type.kind === 'boolean' ? identity('bool', -1) : undefined;
    case 'INT32':
      return fromInt32(leaf, type);
    case 'INT64':
      return fromInt64(leaf, type);
    case 'INT96':
      return type.kind === 'timestamp' || type.kind === 'timestamp_ntz'
        ? conversion('i64', 12, (k, from, n, to) => done(k.pqInt96(from, n, to)))
        : undefined;
    case 'FLOAT':
      if (type.kind === 'float') return identity('f32', 4);
      return type.kind === 'double'
        ? conversion('f64', 4, (k, from, n, to) => done(k.pqFloatToDouble(from, n, to)))
        : undefined;
    case 'DOUBLE':
      return type.kind === 'double' ? identity('f64', 8) : undefined;
    case 'BINARY':
      if (isBytes(type)) return identity('view', 0);
      return type.kind === 'decimal' && annotation?.kind === 'decimal' ? fromBytesDecimal(leaf, type, 0) : undefined;
    case 'FIXED_LEN_BYTE_ARRAY':
      if (type.kind === 'binary')
        return conversion('view', leaf.typeLength, (k, from, n, to) =>
          done(k.pqFixedViews(from, n, leaf.typeLength, to)),
        );
      return type.kind === 'decimal' && annotation?.kind === 'decimal'
        ? fromBytesDecimal(leaf, type, leaf.typeLength)
        : undefined;
    default:
      return undefined;
  }
}

function isBytes(type: DataType): boolean {
  return type.kind === 'string' || type.kind === 'binary' || type.kind === 'char' || type.kind === 'varchar';
}

function fromInt32(leaf: SchemaNode, type: DataType): Conversion | undefined {
  const annotation = leaf.annotation;
  switch (type.kind) {
    case 'int':
    case 'byte':
    case 'short':
    case 'date':
    case 'ym_interval':
      return identity('i32', 4);
    case 'long':
      return annotation?.kind === 'int' && !annotation.signed && annotation.bits === 32
        ? conversion('i64', 4, (k, from, n, to) => done(k.pqWidenUnsigned(from, n, to)))
        : conversion('i64', 4, (k, from, n, to) => done(k.pqWiden(from, n, to)));
    case 'double':
      return conversion('f64', 4, (k, from, n, to) => done(k.pqIntToDouble(from, n, to)));
    case 'timestamp_ntz':
      return annotation?.kind === 'date'
        ? conversion('i64', 4, (k, from, n, to) => {
            k.pqWiden(from, n, to);
            return k.pqScale64(to, n, 86_400_000_000n, to) < 0;
          })
        : undefined;
    case 'decimal':
      return fromInteger(leaf, type, 4, 10);
    default:
      return undefined;
  }
}

function fromInt64(leaf: SchemaNode, type: DataType): Conversion | undefined {
  const annotation = leaf.annotation;
  switch (type.kind) {
    case 'long':
    case 'dt_interval':
      return identity('i64', 8);
    case 'timestamp':
    case 'timestamp_ntz':
      if (annotation?.kind !== 'timestamp') return undefined;
      if (annotation.unit === 'MICROS') return identity('i64', 8);
      return annotation.unit === 'MILLIS'
        ? conversion('i64', 8, (k, from, n, to) => k.pqScale64(from, n, 1000n, to) < 0)
        : undefined;
    case 'decimal':
      if (annotation?.kind === 'int' && !annotation.signed && annotation.bits === 64)
        return type.precision === 20 && type.scale === 0
          ? conversion('i128', 8, (k, from, n, to) => done(k.pqWiden128(from, n, 1, to)))
          : undefined;
      return fromInteger(leaf, type, 8, 20);
    default:
      return undefined;
  }
}

/** Integers, with or without a decimal annotation, as decimals of at least their scale and integral digits. */
function fromInteger(leaf: SchemaNode, type: DecimalType, width: 4 | 8, digits: number): Conversion | undefined {
  const annotation = leaf.annotation;
  let scaleUp = type.scale;
  if (annotation?.kind === 'decimal') {
    if (!widens(annotation, type)) return undefined;
    scaleUp = type.scale - annotation.scale;
  } else if (annotation !== undefined && annotation.kind !== 'int') return undefined;
  else if (type.precision - type.scale < digits && !(annotation === undefined && type.scale === 0)) return undefined;
  const rep = defaultRep(type);
  if (scaleUp === 0 && rep === 'i64' && width === 8) return identity('i64', 8);
  const factor = 10n ** BigInt(scaleUp);
  if (rep === 'i64')
    return conversion('i64', width, (k, from, n, to) => {
      let source = from;
      if (width === 4) {
        k.pqWiden(from, n, to);
        source = to;
      }
      return factor === 1n || k.pqScale64(source, n, factor, to) < 0;
    });
  return conversion('i128', width, (k, from, n, to) => {
    if (width === 8) k.pqWiden128(from, n, 0, to);
    else {
      // Into the upper half of the destination, so that the second pass reads ahead of what it writes.
      k.pqWiden(from, n, to + n * 8);
      k.pqWiden128(to + n * 8, n, 0, to);
    }
    return scale128(k, to, n, scaleUp);
  });
}

function fromBytesDecimal(leaf: SchemaNode, type: DecimalType, width: number): Conversion | undefined {
  const annotation = leaf.annotation;
  if (annotation?.kind !== 'decimal' || !widens(annotation, type)) return undefined;
  const scaleUp = type.scale - annotation.scale;
  if (defaultRep(type) === 'i64')
    return conversion('i64', width, (k, from, n, to) => {
      const bad = width === 0 ? k.pqViewDecimal64(from, n, to) : k.pqFixedDecimal64(from, n, width, to);
      return bad < 0 && (scaleUp === 0 || k.pqScale64(to, n, 10n ** BigInt(scaleUp), to) < 0);
    });
  return conversion('i128', width, (k, from, n, to) => {
    const bad = width === 0 ? k.pqViewDecimal128(from, n, to) : k.pqFixedDecimal128(from, n, width, to);
    return bad < 0 && scale128(k, to, n, scaleUp);
  });
}

/** In steps of at most 18 digits, the largest power of ten that a factor holds. */
function scale128(kernels: Kernels, at: number, count: number, digits: number): boolean {
  for (let left = digits; left > 0; left -= 18)
    if (kernels.pqScale128(at, count, 10n ** BigInt(Math.min(left, 18)), at) >= 0) return false;
  return true;
}

function widens(from: { readonly precision: number; readonly scale: number }, to: DecimalType): boolean {
  const scaleIncrease = to.scale - from.scale;
  return scaleIncrease >= 0 && to.precision - from.precision >= scaleIncrease;
}
