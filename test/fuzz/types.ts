import {
  ArrayType,
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  DAY_TIME_INTERVAL,
  type DataType,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  MapType,
  SHORT,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  YEAR_MONTH_INTERVAL,
} from '../../src/types/index.js';

export const STRUCT = new StructType([new StructField('f', INT), new StructField('g', STRING)]);

/** Types that columns have, with weights. */
export const COLUMN_TYPES: readonly (readonly [number, DataType])[] = [
  [4, INT],
  [4, LONG],
  [1, BYTE],
  [1, SHORT],
  [3, DOUBLE],
  [1, FLOAT],
  [2, new DecimalType(10, 2)],
  [1, new DecimalType(5, 0)],
  [1, new DecimalType(20, 6)],
  [1, new DecimalType(38, 10)],
  [5, STRING],
  [2, BOOLEAN],
  [1, BINARY],
  [2, DATE],
  [2, TIMESTAMP],
  [1, TIMESTAMP_NTZ],
  [1, YEAR_MONTH_INTERVAL],
  [1, DAY_TIME_INTERVAL],
  [1, new ArrayType(INT)],
  [1, new ArrayType(STRING)],
  [1, new ArrayType(DOUBLE)],
  [1, new MapType(STRING, INT)],
  [1, new MapType(INT, STRING)],
  [1, STRUCT],
  [1, new ArrayType(STRUCT)],
];

const INTEGRAL_LIMIT: Readonly<Record<string, number>> = { byte: 127, short: 32767, int: 2147483647, long: 2 ** 63 };

export const isInteger = (t: DataType): boolean => t.kind in INTEGRAL_LIMIT;
/** Largest magnitude that the type holds without a chance of overflow. */
export function limitOf(t: DataType): number {
  if (t.kind === 'decimal') return 10 ** (t.precision - t.scale) * 0.99;
  return INTEGRAL_LIMIT[t.kind] ?? Number.POSITIVE_INFINITY;
}
export const isNumber = (t: DataType): boolean =>
  isInteger(t) || t.kind === 'decimal' || t.kind === 'double' || t.kind === 'float';
export const isFloating = (t: DataType): boolean => t.kind === 'double' || t.kind === 'float';

/** Has an order: may be sorted, compared, minimized. */
export function isOrderable(t: DataType): boolean {
  switch (t.kind) {
    case 'map':
    case 'interval':
      return false;
    case 'array':
      return isOrderable(t.elementType);
    case 'struct':
      return t.fields.every((f) => isOrderable(f.dataType));
    default:
      return true;
  }
}
export function holdsFloating(t: DataType): boolean {
  switch (t.kind) {
    case 'array':
      return holdsFloating(t.elementType);
    case 'map':
      return holdsFloating(t.keyType) || holdsFloating(t.valueType);
    case 'struct':
      return t.fields.some((f) => holdsFloating(f.dataType));
    default:
      return isFloating(t);
  }
}
export const sameKind = (a: DataType, b: DataType): boolean => a.simpleString === b.simpleString;
