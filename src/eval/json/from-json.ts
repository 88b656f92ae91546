import {
  type DataType,
  type Decimal,
  MapValue,
  STRING,
  splitMicros,
  type Value,
  type Zone,
} from '../../types/index.js';
import { RANGES } from '../cast-numeric.js';
import { datetimeFormatter, type OldPatterns, parsedInstant } from '../datetime/formatter.js';
import { parseCalendarInterval, parseDayTimeInterval, parseYearMonthInterval } from '../datetime/parse-interval.js';
import { parseDate, parseTimestamp, parseTimestampText } from '../datetime/parse-text.js';
import { parseDecimal, toPrecision } from '../decimal.js';
import { isIntegerText, type JsonNode, writeJson } from './json-text.js';

/** Raised for a value that does not fit its type; the nearest field becomes null. */
export class JsonMismatch extends Error {}

export interface JsonReadOptions {
  /** Told of each field that became null because its value does not fit. */
  readonly onMismatch?: () => void;
  readonly zone: Zone;
  readonly dateFormat?: string | undefined;
  readonly timestampFormat?: string | undefined;
  readonly timestampNtzFormat?: string | undefined;
  /** Patterns are those of SimpleDateFormat; times without a zone have none. */
  readonly legacyTimeParser?: OldPatterns | undefined;
}

/** A text that names a zone is no timestamp without one. */
function localOf(text: string): bigint | undefined {
  const parsed = parseTimestampText(text);
  return parsed?.zone === undefined ? parsed?.local : undefined;
}

/** A JSON value as a value of a type. Spark: `JacksonParser.makeConverter`.
 * @throws JsonMismatch */
export function convertJson(node: JsonNode, type: DataType, options: JsonReadOptions): Value {
  if (node.k === 'null') return null;
  switch (type.kind) {
    case 'null':
      return null;
    case 'boolean':
      return node.k === 'boolean' ? node.value : mismatch();
    case 'byte':
    case 'short':
    case 'int':
    case 'long': {
      if (node.k !== 'number' || !isIntegerText(node.text)) return mismatch();
      const n = BigInt(node.text);
      const [min, max] = RANGES[type.kind];
      if (n < min || n > max) return mismatch();
      return type.kind === 'long' ? n : Number(n);
    }
    case 'float':
    case 'double': {
      const n = readDouble(node);
      return type.kind === 'float' ? Math.fround(n) : n;
    }
    case 'decimal': {
      const text = node.k === 'number' ? node.text : node.k === 'string' && node.value !== '' ? node.value : undefined;
      const value: Decimal | undefined = text === undefined ? undefined : parseDecimal(text);
      return value === undefined ? mismatch() : toPrecision(value, type, 'TRY');
    }
    case 'string':
    case 'char':
    case 'varchar':
      return node.k === 'string' ? node.value : writeJson(node);
    case 'binary':
      return node.k === 'string' ? new Uint8Array(Buffer.from(node.value, 'base64')) : mismatch();
    case 'date': {
      if (node.k === 'number' && isIntegerText(node.text)) return Number(node.text);
      if (node.k !== 'string') return mismatch();
      if (options.dateFormat === undefined) return parseDate(node.value) ?? mismatch();
      const parsed = datetimeFormatter(options.dateFormat, options.legacyTimeParser).parse(node.value);
      return 'failedAt' in parsed ? mismatch() : splitMicros(parsed.local).days;
    }
    case 'timestamp':
    case 'timestamp_ntz': {
      const ntz = type.kind === 'timestamp_ntz';
      if (node.k === 'number' && isIntegerText(node.text) && !ntz) return BigInt(node.text) * 1_000_000n;
      if (node.k !== 'string') return mismatch();
      const pattern = ntz ? options.timestampNtzFormat : options.timestampFormat;
      if (pattern === undefined) {
        return (ntz ? localOf(node.value) : parseTimestamp(node.value, options.zone)) ?? mismatch();
      }
      const parsed = datetimeFormatter(pattern, ntz ? false : options.legacyTimeParser).parse(node.value);
      if ('failedAt' in parsed) return mismatch();
      return ntz ? parsed.local : parsedInstant(parsed, options.zone);
    }
    case 'interval':
      return (node.k === 'string' ? parseCalendarInterval(node.value) : undefined) ?? mismatch();
    case 'ym_interval':
      return (node.k === 'string' ? parseYearMonthInterval(node.value, type) : undefined) ?? mismatch();
    case 'dt_interval':
      return (node.k === 'string' ? parseDayTimeInterval(node.value, type) : undefined) ?? mismatch();
    case 'array':
      if (node.k !== 'array') return mismatch();
      return node.items.map((item) => convertJson(item, type.elementType, options));
    case 'map': {
      if (node.k !== 'object') return mismatch();
      const last = new Map(node.fields.map(([name, value]) => [name, value]));
      const keys = [...last.keys()];
      return new MapValue(
        keys.map((k) =>
          convertJson({ k: 'string', value: k }, type.keyType.kind === 'string' ? STRING : type.keyType, options),
        ),
        keys.map((k) => convertJson(last.get(k) as JsonNode, type.valueType, options)),
      );
    }
    case 'struct': {
      if (node.k !== 'object') return mismatch();
      const byName = new Map(node.fields);
      return type.fields.map((f) => {
        const child = byName.get(f.name);
        return child === undefined ? null : lenient(child, f.dataType, options);
      });
    }
  }
}

/** Null instead of a mismatch, so that the other fields survive. */
function lenient(node: JsonNode, type: DataType, options: JsonReadOptions): Value {
  try {
    return convertJson(node, type, options);
  } catch (error) {
    if (error instanceof JsonMismatch) {
      options.onMismatch?.();
      return null;
    }
    throw error;
  }
}

function mismatch(): never {
  throw new JsonMismatch('value does not fit its type');
}

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+INF': Number.POSITIVE_INFINITY,
  '+Infinity': Number.POSITIVE_INFINITY,
  INF: Number.POSITIVE_INFINITY,
  Infinity: Number.POSITIVE_INFINITY,
  '-INF': Number.NEGATIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};
function readDouble(node: JsonNode): number {
  const text = node.k === 'number' ? node.text : node.k === 'string' ? node.value : '';
  if (Object.hasOwn(SPECIAL, text)) return SPECIAL[text] as number;
  return node.k === 'number' ? Number(text) : mismatch();
}
