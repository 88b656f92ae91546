import { type ErrorKind, foreignError, type Origin, SparkError, withText } from '../../errors/index.js';
import {
  ArrayType,
  BINARY,
  BOOLEAN,
  BYTE,
  CALENDAR_INTERVAL,
  CalendarInterval,
  CharType,
  DATE,
  type DataType,
  DayTimeIntervalType,
  Decimal,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  MapType,
  MapValue,
  NULL,
  SHORT,
  STRING,
  StringType,
  StructField,
  StructType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  VarcharType,
  YearMonthIntervalType,
} from '../../types/index.js';

/** Structured clone drops prototypes, so types and values with a class travel as tagged objects. */
const TAG = '~';
type Tagged = Record<string, unknown>;

const SINGLETONS: Readonly<Record<string, DataType>> = {
  null: NULL,
  boolean: BOOLEAN,
  byte: BYTE,
  short: SHORT,
  int: INT,
  long: LONG,
  float: FLOAT,
  double: DOUBLE,
  binary: BINARY,
  date: DATE,
  timestamp: TIMESTAMP,
  timestamp_ntz: TIMESTAMP_NTZ,
  interval: CALENDAR_INTERVAL,
};

/** Plain data that a worker thread can receive: SQL types, decimals, intervals and maps inside become tagged objects. */
export function encode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(encode);
  const proto = Object.getPrototypeOf(value) as object | null;
  if (proto === Object.prototype || proto === null) return encodePlain(value as Tagged);
  if (value instanceof Decimal) return { [TAG]: 'dec', u: value.unscaled, s: value.scale };
  if (value instanceof CalendarInterval) return { [TAG]: 'ival', m: value.months, d: value.days, u: value.micros };
  if (value instanceof MapValue) return { [TAG]: 'map', k: value.keys.map(encode), v: value.values.map(encode) };
  if (ArrayBuffer.isView(value) || value instanceof SharedArrayBuffer || value instanceof ArrayBuffer) return value;
  return encodeType(value as DataType) ?? encodePlain(value as Tagged);
}

function encodePlain(value: Tagged): Tagged {
  const out: Tagged = {};
  for (const key of Object.keys(value)) {
    const item = value[key];
    out[key] = typeof item === 'object' ? encode(item) : item;
  }
  return out;
}

/** Types do not change, and jobs name the same ones again and again. */
const encodedTypes = new WeakMap<object, unknown>();

function encodeType(t: DataType): unknown {
  let encoded = encodedTypes.get(t);
  if (encoded === undefined) {
    encoded = describeType(t);
    if (encoded !== undefined) encodedTypes.set(t, encoded);
  }
  return encoded;
}

function describeType(t: DataType): unknown {
  switch (t.kind) {
    case 'decimal':
      return { [TAG]: 't', kind: 'decimal', p: t.precision, s: t.scale };
    case 'char':
    case 'varchar':
      return { [TAG]: 't', kind: t.kind, l: t.length };
    case 'string': {
      // A subclass or a string type with more fields (a collation) keeps them.
      return { [TAG]: 't', kind: 'string', x: t === STRING ? undefined : { ...t } };
    }
    case 'ym_interval':
    case 'dt_interval':
      return { [TAG]: 't', kind: t.kind, a: t.startField, b: t.endField };
    case 'array':
      return { [TAG]: 't', kind: 'array', e: encodeType(t.elementType), n: t.containsNull };
    case 'map':
      return { [TAG]: 't', kind: 'map', k: encodeType(t.keyType), v: encodeType(t.valueType), n: t.valueContainsNull };
    case 'struct':
      return {
        [TAG]: 't',
        kind: 'struct',
        f: t.fields.map((f) => [f.name, encodeType(f.dataType), f.nullable, encode(f.metadata)]),
      };
    default:
      return t.kind !== undefined && Object.hasOwn(SINGLETONS, t.kind) ? { [TAG]: 't', kind: t.kind } : undefined;
  }
}

/** Inverse of `encode`. Parameterless types come back as their singletons. */
export function decode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decode);
  if (ArrayBuffer.isView(value) || value instanceof SharedArrayBuffer || value instanceof ArrayBuffer) return value;
  const o = value as Tagged;
  switch (o[TAG]) {
    case 'dec':
      return new Decimal(o['u'] as bigint, o['s'] as number);
    case 'ival':
      return new CalendarInterval(o['m'] as number, o['d'] as number, o['u'] as bigint);
    case 'map':
      return new MapValue((o['k'] as unknown[]).map(decode) as never, (o['v'] as unknown[]).map(decode) as never);
    case 't':
      return decodeType(o);
    default: {
      const out: Tagged = {};
      for (const key of Object.keys(o)) out[key] = decode(o[key]);
      return out;
    }
  }
}

function decodeType(o: Tagged): DataType {
  switch (o['kind']) {
    case 'decimal':
      return new DecimalType(o['p'] as number, o['s'] as number);
    case 'char':
      return new CharType(o['l'] as number);
    case 'varchar':
      return new VarcharType(o['l'] as number);
    case 'string':
      return o['x'] === undefined ? STRING : Object.assign(new StringType(), o['x']);
    case 'ym_interval':
      return new YearMonthIntervalType(o['a'] as 0, o['b'] as 0);
    case 'dt_interval':
      return new DayTimeIntervalType(o['a'] as 0, o['b'] as 0);
    case 'array':
      return new ArrayType(decodeType(o['e'] as Tagged), o['n'] as boolean);
    case 'map':
      return new MapType(decodeType(o['k'] as Tagged), decodeType(o['v'] as Tagged), o['n'] as boolean);
    case 'struct':
      return new StructType(
        (o['f'] as [string, Tagged, boolean, unknown][]).map(
          ([name, type, nullable, metadata]) =>
            new StructField(name, decodeType(type), nullable, decode(metadata) as Record<string, unknown>),
        ),
      );
    default:
      return SINGLETONS[o['kind'] as string] as DataType;
  }
}

/** A failure on its way out of a worker. */
export interface EncodedError {
  readonly kind: ErrorKind;
  readonly condition: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly origin: Origin;
  readonly message: string;
  readonly sqlState?: string | undefined;
  readonly stack?: string | undefined;
  readonly cause?: EncodedError | PlainError | undefined;
}
/** An error that is no `SparkError`: what the system or a library threw. */
interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** Any thrown value as plain data; what is no `SparkError` becomes a bug report. */
export function encodeError(error: unknown): EncodedError {
  if (error instanceof SparkError) {
    return {
      kind: error.kind,
      condition: error.condition,
      parameters: { ...error.parameters },
      origin: { ...error.origin },
      message: error.message.replace(`[${error.condition}] `, ''),
      sqlState: error.sqlState,
      stack: error.stack,
      cause: encodeCause(error.cause),
    };
  }
  const e = error instanceof Error ? error : { message: String(error), stack: undefined };
  return {
    kind: 'bug',
    condition: 'INTERNAL_ERROR',
    parameters: { message: e.message },
    origin: {},
    message: e.message,
    sqlState: 'XX000',
    stack: e.stack,
  };
}

function encodeCause(cause: unknown): EncodedError | PlainError | undefined {
  if (cause instanceof SparkError) return encodeError(cause);
  return cause instanceof Error ? { name: cause.name, message: cause.message, stack: cause.stack } : undefined;
}

/** Inverse of `encodeError`, with its causes; its stack is the worker's. */
export function decodeError(e: EncodedError): SparkError {
  const error = new SparkError(e.kind, e.condition, e.parameters, withText(e.origin), {
    message: e.message,
    ...(e.sqlState === undefined ? {} : { sqlState: e.sqlState }),
    ...(e.cause === undefined ? {} : { cause: decodeCause(e.cause) }),
  });
  if (e.stack !== undefined) error.stack = e.stack;
  return error;
}

function decodeCause(cause: EncodedError | PlainError): Error {
  if ('condition' in cause) return decodeError(cause);
  return foreignError(cause.name, cause.message, cause.stack);
}
