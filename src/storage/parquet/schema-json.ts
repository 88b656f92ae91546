import {
  ArrayType,
  BINARY,
  BOOLEAN,
  BYTE,
  CALENDAR_INTERVAL,
  CharType,
  type DataType,
  DATE,
  DayTimeIntervalType,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  MapType,
  type Metadata,
  NULL,
  SHORT,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  VarcharType,
  YearMonthIntervalType,
} from '../../types/index.js';

const SIMPLE: Readonly<Record<string, DataType>> = {
  void: NULL,
  null: NULL,
  boolean: BOOLEAN,
  byte: BYTE,
  short: SHORT,
  integer: INT,
  long: LONG,
  float: FLOAT,
  double: DOUBLE,
  string: STRING,
  binary: BINARY,
  date: DATE,
  timestamp: TIMESTAMP,
  timestamp_ntz: TIMESTAMP_NTZ,
  interval: CALENDAR_INTERVAL,
};
const YEAR_MONTH = ['year', 'month'];
const DAY_TIME = ['day', 'hour', 'minute', 'second'];

/** Reads the schema text that Spark stores in Parquet footers. @returns undefined if the text is not a struct this engine knows.
 * Spark: `DataType.fromJson`. */
export function schemaFromJson(text: string): StructType | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const type = typeFromJson(json);
  return type?.kind === 'struct' ? type : undefined;
}

function typeFromJson(json: unknown): DataType | undefined {
  if (typeof json === 'string') return namedType(json);
  if (typeof json !== 'object' || json === null) return undefined;
  const o = json as Record<string, unknown>;
  switch (o['type']) {
    case 'array': {
      const element = typeFromJson(o['elementType']);
      return element && new ArrayType(element, o['containsNull'] !== false);
    }
    case 'map': {
      const key = typeFromJson(o['keyType']);
      const value = typeFromJson(o['valueType']);
      return key && value && new MapType(key, value, o['valueContainsNull'] !== false);
    }
    case 'struct': {
      if (!Array.isArray(o['fields'])) return undefined;
      const fields: StructField[] = [];
      for (const raw of o['fields'] as Record<string, unknown>[]) {
        const type = typeFromJson(raw['type']);
        if (!type || typeof raw['name'] !== 'string') return undefined;
        fields.push(new StructField(raw['name'], type, raw['nullable'] !== false, (raw['metadata'] ?? {}) as Metadata));
      }
      return new StructType(fields);
    }
    case 'udt':
      return typeFromJson(o['sqlType']);
    default:
      return undefined;
  }
}

function namedType(name: string): DataType | undefined {
  if (Object.hasOwn(SIMPLE, name)) return SIMPLE[name];
  const decimal = /^decimal(?:\((\d+),\s*(-?\d+)\))?$/.exec(name);
  if (decimal) return decimal[1] ? new DecimalType(Number(decimal[1]), Number(decimal[2])) : new DecimalType();
  const text = /^(char|varchar)\((\d+)\)$/.exec(name);
  if (text) return text[1] === 'char' ? new CharType(Number(text[2])) : new VarcharType(Number(text[2]));
  const interval = /^interval (\w+)(?: to (\w+))?$/.exec(name);
  if (interval) {
    const from = interval[1] as string;
    const to = interval[2] ?? from;
    if (YEAR_MONTH.includes(from) && YEAR_MONTH.includes(to))
      return new YearMonthIntervalType(YEAR_MONTH.indexOf(from) as 0 | 1, YEAR_MONTH.indexOf(to) as 0 | 1);
    if (DAY_TIME.includes(from) && DAY_TIME.includes(to))
      return new DayTimeIntervalType(DAY_TIME.indexOf(from) as 0 | 1 | 2 | 3, DAY_TIME.indexOf(to) as 0 | 1 | 2 | 3);
  }
  return undefined;
}

/** The text that Spark stores for a schema. Spark: `DataType.json`. */
export function schemaToJson(schema: StructType): string {
  return JSON.stringify(typeToJson(schema));
}

function typeToJson(type: DataType): unknown {
  switch (type.kind) {
    case 'array':
      return { type: 'array', elementType: typeToJson(type.elementType), containsNull: type.containsNull };
    case 'map':
      return {
        type: 'map',
        keyType: typeToJson(type.keyType),
        valueType: typeToJson(type.valueType),
        valueContainsNull: type.valueContainsNull,
      };
    case 'struct':
      return {
        type: 'struct',
        fields: type.fields.map((f) => ({
          name: f.name,
          type: typeToJson(f.dataType),
          nullable: f.nullable,
          metadata: f.metadata,
        })),
      };
    default:
      return type.typeName;
  }
}
