import type { DataType } from './data-type.js';

const NAMES: Readonly<Partial<Record<DataType['kind'], string>>> = {
  null: 'NullType',
  boolean: 'BooleanType',
  byte: 'ByteType',
  short: 'ShortType',
  int: 'IntegerType',
  long: 'LongType',
  float: 'FloatType',
  double: 'DoubleType',
  string: 'StringType',
  binary: 'BinaryType',
  date: 'DateType',
  timestamp: 'TimestampType',
  timestamp_ntz: 'TimestampNTZType',
  interval: 'CalendarIntervalType',
};

/** A type as Spark's plan strings print it where it is an argument: `ArrayType(IntegerType,true)`. Spark: `DataType.toString`. */
export function scalaTypeText(type: DataType): string {
  switch (type.kind) {
    case 'decimal':
      return `DecimalType(${type.precision},${type.scale})`;
    case 'char':
      return `CharType(${type.length})`;
    case 'varchar':
      return `VarcharType(${type.length})`;
    case 'ym_interval':
      return `YearMonthIntervalType(${type.startField},${type.endField})`;
    case 'dt_interval':
      return `DayTimeIntervalType(${type.startField},${type.endField})`;
    case 'array':
      return `ArrayType(${scalaTypeText(type.elementType)},${type.containsNull})`;
    case 'map':
      return `MapType(${scalaTypeText(type.keyType)},${scalaTypeText(type.valueType)},${type.valueContainsNull})`;
    case 'struct':
      return `StructType(${scalaFieldTexts(type).join(',')})`;
    default:
      return NAMES[type.kind] ?? type.simpleString;
  }
}

/** The fields of a struct, each as `StructField(a,IntegerType,true)`. */
export function scalaFieldTexts(type: Extract<DataType, { kind: 'struct' }>): readonly string[] {
  return type.fields.map((f) => `StructField(${f.name},${scalaTypeText(f.dataType)},${f.nullable})`);
}
