/** SQL types. Spark: `org.apache.spark.sql.types`. Instances are immutable; parameterless types are singletons, so `===`
 * compares them; use `sameType` for the rest. */
export type DataType =
  | NullType
  | BooleanType
  | ByteType
  | ShortType
  | IntegerType
  | LongType
  | FloatType
  | DoubleType
  | DecimalType
  | StringType
  | CharType
  | VarcharType
  | BinaryType
  | DateType
  | TimestampType
  | TimestampNTZType
  | YearMonthIntervalType
  | DayTimeIntervalType
  | CalendarIntervalType
  | ArrayType
  | MapType
  | StructType;

abstract class AbstractType {
  abstract readonly typeName: string;
  /** Lower-case text as in `df.dtypes`, e.g. `decimal(10,2)`, `array<int>`. */
  get simpleString(): string {
    return this.typeName;
  }
  /** As `simpleString`, without truncation. Spark: `catalogString`. */
  get catalogString(): string {
    return this.simpleString;
  }
  /** Upper-case SQL text, e.g. `ARRAY<INT>`. */
  get sql(): string {
    return this.simpleString.toUpperCase();
  }
  /** Bytes of one value, Spark's estimate. */
  abstract readonly defaultSize: number;
  toString(): string {
    return this.simpleString;
  }
}

export class NullType extends AbstractType {
  readonly typeName = 'void';
  readonly kind = 'null';
  readonly defaultSize = 1;
}
export class BooleanType extends AbstractType {
  readonly typeName = 'boolean';
  readonly kind = 'boolean';
  readonly defaultSize = 1;
}
export class ByteType extends AbstractType {
  readonly typeName = 'byte';
  readonly kind = 'byte';
  readonly defaultSize = 1;
  override get simpleString(): string {
    return 'tinyint';
  }
}
export class ShortType extends AbstractType {
  readonly typeName = 'short';
  readonly kind = 'short';
  readonly defaultSize = 2;
  override get simpleString(): string {
    return 'smallint';
  }
}
export class IntegerType extends AbstractType {
  readonly typeName = 'integer';
  readonly kind = 'int';
  readonly defaultSize = 4;
  override get simpleString(): string {
    return 'int';
  }
}
export class LongType extends AbstractType {
  readonly typeName = 'long';
  readonly kind = 'long';
  readonly defaultSize = 8;
  override get simpleString(): string {
    return 'bigint';
  }
}
export class FloatType extends AbstractType {
  readonly typeName = 'float';
  readonly kind = 'float';
  readonly defaultSize = 4;
}
export class DoubleType extends AbstractType {
  readonly typeName = 'double';
  readonly kind = 'double';
  readonly defaultSize = 8;
}
export class DecimalType extends AbstractType {
  readonly typeName: string;
  readonly kind = 'decimal';
  readonly defaultSize: number;
  constructor(
    readonly precision = 10,
    readonly scale = 0,
  ) {
    super();
    this.typeName = `decimal(${precision},${scale})`;
    this.defaultSize = precision <= 18 ? 8 : 16;
  }
  static readonly MAX_PRECISION = 38;
  static readonly MAX_SCALE = 38;
  /** Cuts precision and scale to 38 without keeping a minimum scale. Spark: `DecimalType.bounded`. */
  static bounded(precision: number, scale: number): DecimalType {
    return new DecimalType(Math.min(precision, 38), Math.min(scale, 38));
  }
  /** As wide as 38 digits allow, integral digits before fractional ones. Spark: `DecimalType.boundedPreferIntegralDigits`. */
  static boundedPreferIntegralDigits(precision: number, scale: number): DecimalType {
    return new DecimalType(Math.min(precision, 38), Math.max(0, scale - Math.max(0, precision - 38)));
  }
  /** Keeps integral digits first, at least 6 fractional ones. Spark: `DecimalType.adjustPrecisionScale`. */
  static adjustPrecisionScale(precision: number, scale: number): DecimalType {
    if (precision <= 38) return new DecimalType(precision, scale);
    if (scale < 0) return new DecimalType(38, scale);
    const intDigits = precision - scale;
    const minScale = Math.min(scale, 6);
    return new DecimalType(38, Math.max(38 - intDigits, minScale));
  }
}
export class StringType extends AbstractType {
  readonly typeName = 'string';
  readonly kind = 'string';
  readonly defaultSize = 20;
}
export class CharType extends AbstractType {
  readonly typeName: string;
  readonly kind = 'char';
  readonly defaultSize: number;
  constructor(readonly length: number) {
    super();
    this.typeName = `char(${length})`;
    this.defaultSize = length;
  }
}
export class VarcharType extends AbstractType {
  readonly typeName: string;
  readonly kind = 'varchar';
  readonly defaultSize: number;
  constructor(readonly length: number) {
    super();
    this.typeName = `varchar(${length})`;
    this.defaultSize = length;
  }
}
export class BinaryType extends AbstractType {
  readonly typeName = 'binary';
  readonly kind = 'binary';
  readonly defaultSize = 100;
}
export class DateType extends AbstractType {
  readonly typeName = 'date';
  readonly kind = 'date';
  readonly defaultSize = 4;
}
export class TimestampType extends AbstractType {
  readonly typeName = 'timestamp';
  readonly kind = 'timestamp';
  readonly defaultSize = 8;
}
export class TimestampNTZType extends AbstractType {
  readonly typeName = 'timestamp_ntz';
  readonly kind = 'timestamp_ntz';
  readonly defaultSize = 8;
}
/** Fields of year-month intervals: 0 YEAR, 1 MONTH. */
export class YearMonthIntervalType extends AbstractType {
  readonly typeName: string;
  readonly kind = 'ym_interval';
  readonly defaultSize = 4;
  constructor(
    readonly startField: 0 | 1 = 0,
    readonly endField: 0 | 1 = 1,
  ) {
    super();
    const names = ['year', 'month'] as const;
    this.typeName =
      startField === endField ? `interval ${names[startField]}` : `interval ${names[startField]} to ${names[endField]}`;
  }
}
/** Fields of day-time intervals: 0 DAY, 1 HOUR, 2 MINUTE, 3 SECOND. */
export class DayTimeIntervalType extends AbstractType {
  readonly typeName: string;
  readonly kind = 'dt_interval';
  readonly defaultSize = 8;
  constructor(
    readonly startField: 0 | 1 | 2 | 3 = 0,
    readonly endField: 0 | 1 | 2 | 3 = 3,
  ) {
    super();
    const names = ['day', 'hour', 'minute', 'second'] as const;
    this.typeName =
      startField === endField ? `interval ${names[startField]}` : `interval ${names[startField]} to ${names[endField]}`;
  }
}
export class CalendarIntervalType extends AbstractType {
  readonly typeName = 'interval';
  readonly kind = 'interval';
  readonly defaultSize = 16;
}
export class ArrayType extends AbstractType {
  readonly typeName = 'array';
  readonly kind = 'array';
  readonly defaultSize: number;
  constructor(
    readonly elementType: DataType,
    readonly containsNull = true,
  ) {
    super();
    this.defaultSize = elementType.defaultSize;
  }
  override get simpleString(): string {
    return `array<${this.elementType.simpleString}>`;
  }
  override get sql(): string {
    return `ARRAY<${this.elementType.sql}>`;
  }
}
export class MapType extends AbstractType {
  readonly typeName = 'map';
  readonly kind = 'map';
  readonly defaultSize: number;
  constructor(
    readonly keyType: DataType,
    readonly valueType: DataType,
    readonly valueContainsNull = true,
  ) {
    super();
    this.defaultSize = keyType.defaultSize + valueType.defaultSize;
  }
  override get simpleString(): string {
    return `map<${this.keyType.simpleString},${this.valueType.simpleString}>`;
  }
  override get sql(): string {
    return `MAP<${this.keyType.sql}, ${this.valueType.sql}>`;
  }
}
export type Metadata = Readonly<Record<string, unknown>>;
export const EMPTY_METADATA: Metadata = Object.freeze({});

export class StructField {
  constructor(
    readonly name: string,
    readonly dataType: DataType,
    readonly nullable = true,
    readonly metadata: Metadata = EMPTY_METADATA,
  ) {}
}
export class StructType extends AbstractType {
  readonly typeName = 'struct';
  readonly kind = 'struct';
  readonly defaultSize: number;
  constructor(readonly fields: readonly StructField[]) {
    super();
    this.defaultSize = fields.reduce((sum, f) => sum + f.dataType.defaultSize, 0);
  }
  get fieldNames(): string[] {
    return this.fields.map((f) => f.name);
  }
  override get simpleString(): string {
    return `struct<${this.fields.map((f) => `${f.name}:${f.dataType.simpleString}`).join(',')}>`;
  }
  override get sql(): string {
    return `STRUCT<${this.fields
      .map((f) => `${quoteIfNeeded(f.name)}: ${f.dataType.sql}${f.nullable ? '' : ' NOT NULL'}`)
      .join(', ')}>`;
  }
  /** Indented tree as printed by `printSchema`, each line ending in a newline. Spark: `StructType.treeString`. */
  get treeString(): string {
    return `root\n${this.fields.map((f) => fieldTree(f, ' |')).join('')}`;
  }
}

function fieldTree(field: StructField, prefix: string): string {
  const head = `${prefix}-- ${field.name}: ${treeName(field.dataType)} (nullable = ${field.nullable})\n`;
  return head + typeTree(field.dataType, `${prefix}    |`);
}
function treeName(t: DataType): string {
  return t.typeName;
}
function typeTree(t: DataType, prefix: string): string {
  switch (t.kind) {
    case 'array':
      return (
        `${prefix}-- element: ${treeName(t.elementType)} (containsNull = ${t.containsNull})\n` +
        typeTree(t.elementType, `${prefix}    |`)
      );
    case 'map':
      return (
        `${prefix}-- key: ${treeName(t.keyType)}\n` +
        typeTree(t.keyType, `${prefix}    |`) +
        `${prefix}-- value: ${treeName(t.valueType)} (valueContainsNull = ${t.valueContainsNull})\n` +
        typeTree(t.valueType, `${prefix}    |`)
      );
    case 'struct':
      return t.fields.map((f) => fieldTree(f, prefix)).join('');
    default:
      return '';
  }
}

export const NULL = new NullType();
export const BOOLEAN = new BooleanType();
export const BYTE = new ByteType();
export const SHORT = new ShortType();
export const INT = new IntegerType();
export const LONG = new LongType();
export const FLOAT = new FloatType();
export const DOUBLE = new DoubleType();
export const STRING = new StringType();
export const BINARY = new BinaryType();
export const DATE = new DateType();
export const TIMESTAMP = new TimestampType();
export const TIMESTAMP_NTZ = new TimestampNTZType();
export const CALENDAR_INTERVAL = new CalendarIntervalType();
export const YEAR_MONTH_INTERVAL = new YearMonthIntervalType();
export const DAY_TIME_INTERVAL = new DayTimeIntervalType();

/** Wraps a name in back-ticks where SQL needs it. Spark: `QuotingUtils.quoteIfNeeded`. */
export function quoteIfNeeded(part: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(part) ? part : quoteIdentifier(part);
}
/** Wraps a name in back-ticks, doubling those inside. */
export function quoteIdentifier(part: string): string {
  return `\`${part.replaceAll('`', '``')}\``;
}

/** Equal types, nullability of nested fields included. */
export function equalTypes(a: DataType, b: DataType): boolean {
  return compareTypes(a, b, true);
}
/** Equal types, nullability of nested fields and metadata ignored. Spark: `DataType.equalsIgnoreNullability`/`sameType`. */
export function sameType(a: DataType, b: DataType): boolean {
  return compareTypes(a, b, false);
}
/** Equal but for the nullability and the names of nested fields. Spark: `DataType.equalsStructurally`. */
export function sameStructure(a: DataType, b: DataType): boolean {
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'array':
      return sameStructure(a.elementType, (b as ArrayType).elementType);
    case 'map':
      return sameStructure(a.keyType, (b as MapType).keyType) && sameStructure(a.valueType, (b as MapType).valueType);
    case 'struct': {
      const { fields } = b as StructType;
      return (
        a.fields.length === fields.length &&
        a.fields.every((f, i) => sameStructure(f.dataType, (fields[i] as StructField).dataType))
      );
    }
    default:
      return sameType(a, b);
  }
}
/** One type for values of types that are alike but for nulls inside: there may be a null where one of them allows it. Void adds
 * nothing. Spark: `TypeCoercion.findCommonTypeDifferentOnlyInNullFlags`. */
export function mergedNullability(types: readonly DataType[]): DataType {
  return (
    types.filter((t) => t.kind !== 'null').reduce<DataType | undefined>((a, b) => (a ? merge(a, b) : b), undefined) ??
    NULL
  );
}
function merge(a: DataType, b: DataType): DataType {
  if (a === b) return a;
  if (a.kind === 'array' && b.kind === 'array')
    return new ArrayType(mergedNullability([a.elementType, b.elementType]), a.containsNull || b.containsNull);
  if (a.kind === 'map' && b.kind === 'map')
    return new MapType(
      mergedNullability([a.keyType, b.keyType]),
      mergedNullability([a.valueType, b.valueType]),
      a.valueContainsNull || b.valueContainsNull,
    );
  if (a.kind === 'struct' && b.kind === 'struct')
    return new StructType(
      a.fields.map((f, i) => {
        const g = b.fields[i];
        return g
          ? new StructField(f.name, mergedNullability([f.dataType, g.dataType]), f.nullable || g.nullable, f.metadata)
          : f;
      }),
    );
  return a;
}
function compareTypes(a: DataType, b: DataType, nullability: boolean): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'array':
      return (
        (!nullability || a.containsNull === (b as ArrayType).containsNull) &&
        compareTypes(a.elementType, (b as ArrayType).elementType, nullability)
      );
    case 'map':
      return (
        (!nullability || a.valueContainsNull === (b as MapType).valueContainsNull) &&
        compareTypes(a.keyType, (b as MapType).keyType, nullability) &&
        compareTypes(a.valueType, (b as MapType).valueType, nullability)
      );
    case 'struct': {
      const other = b as StructType;
      return (
        a.fields.length === other.fields.length &&
        a.fields.every((f, i) => {
          const g = other.fields[i] as StructField;
          return (
            f.name === g.name &&
            (!nullability || f.nullable === g.nullable) &&
            compareTypes(f.dataType, g.dataType, nullability)
          );
        })
      );
    }
    default:
      return a.simpleString === b.simpleString;
  }
}

export function isIntegral(t: DataType): boolean {
  return t.kind === 'byte' || t.kind === 'short' || t.kind === 'int' || t.kind === 'long';
}
export function isFractional(t: DataType): boolean {
  return t.kind === 'float' || t.kind === 'double' || t.kind === 'decimal';
}
export function isNumeric(t: DataType): boolean {
  return isIntegral(t) || isFractional(t);
}
export function isAnsiInterval(t: DataType): boolean {
  return t.kind === 'ym_interval' || t.kind === 'dt_interval';
}
export function isDatetime(t: DataType): boolean {
  return t.kind === 'date' || t.kind === 'timestamp' || t.kind === 'timestamp_ntz';
}
export function isNested(t: DataType): boolean {
  return t.kind === 'array' || t.kind === 'map' || t.kind === 'struct';
}
/** Types that ORDER BY, comparison and min/max accept. Spark: `RowOrdering.isOrderable`. */
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
