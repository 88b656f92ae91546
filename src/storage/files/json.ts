import { unsupported } from '../../errors/index.js';
import {
  type DataType,
  MapValue,
  type RowValues,
  STRING,
  StructField,
  StructType,
  type Value,
} from '../../types/index.js';
import { readWholeText } from './compressed-text.js';
import { malformedRecord, type TextScan } from './csv.js';
import { canonical, inferNode, widenJson } from './json-infer.js';
import { type JsonNode, type JsonSyntax, jsonSyntax, parseJson } from './json-parser.js';
import type { ByteSource } from './source.js';
import { readLines, splitLines, withoutMark } from './text-lines.js';
import { TextOptions, type TextParsers, UTC_PARSERS } from './text-options.js';
import { BAD, parseDouble, parseInteger, toDecimal } from './text-values.js';

function checkEncoding(options: TextOptions): void {
  const encoding = options.get('encoding', 'charset') ?? 'UTF-8';
  if (!/^utf-?8$/i.test(encoding)) throw unsupported(`text files in encoding ${encoding}`);
}

/** Fields and types of JSON files, one record a line or, with `multiLine`, one file; by reading them whole. Blocking.
 * @returns undefined without files. Spark: `JsonDataSource.inferSchema`, `JsonInferSchema`. */
export function inferJsonSchema(
  paths: readonly string[],
  raw: Readonly<Record<string, string>> = {},
  parsers: TextParsers = UTC_PARSERS,
): StructType | undefined {
  if (paths.length === 0) return undefined;
  const options = new TextOptions(raw);
  checkEncoding(options);
  const syntax = jsonSyntax(options);
  let type: DataType = new StructType([]);
  for (const path of paths) {
    for (const record of recordTexts(path, options)) {
      const nodes = parseRecord(record, syntax);
      if (nodes === undefined) {
        if (options.mode === 'FAILFAST') throw malformedRecord(path, record);
        if (options.mode === 'PERMISSIVE')
          type = widenJson(type, new StructType([new StructField(options.corruptColumn, STRING)]));
        continue;
      }
      for (const node of nodes) {
        const found = inferNode(node, options, parsers);
        if (found.kind === 'struct') type = widenJson(type, found);
        else if (options.mode === 'PERMISSIVE' && found.kind !== 'null')
          type = widenJson(type, new StructType([new StructField(options.corruptColumn, STRING)]));
      }
    }
  }
  const schema = canonical(type, options.flag('dropFieldIfAllNull', false));
  return schema?.kind === 'struct' ? schema : new StructType([]);
}

function recordTexts(path: string, options: TextOptions): string[] {
  const text = withoutMark(readWholeText(path).toString('utf8'));
  return options.flag('multiLine', false) ? [text] : splitLines(text, options.get('lineSep'));
}

/** Objects of one record: an array at the top holds several. @returns undefined if it is not JSON */
function parseRecord(text: string, syntax: JsonSyntax): readonly JsonNode[] | undefined {
  try {
    const node = parseJson(text, syntax);
    if (node === undefined) return [];
    return node !== null && typeof node === 'object' && node.kind === 'array' ? node.items : [node];
  } catch {
    return undefined;
  }
}

/** Reads a split of a JSON file as rows of the wanted columns, in batches. A file with `multiLine` must be one split.
 * @throws FAILED_READ_FILE.NO_HINT caused by MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION with mode FAILFAST
 * Spark: `JacksonParser`. */
export async function* readJson(scan: TextScan, source: ByteSource): AsyncGenerator<RowValues[]> {
  const options = new TextOptions(scan.options);
  checkEncoding(options);
  const convert = recordConverter(scan, options);
  if (options.flag('multiLine', false)) {
    const bytes = Buffer.allocUnsafe(scan.fileSize);
    await source.read(bytes, 0);
    yield convert(withoutMark(bytes.toString('utf8')));
    return;
  }
  let first = scan.split.start === 0;
  for await (const lines of readLines(source, scan.split, scan.fileSize, options.get('lineSep'))) {
    if (first) lines[0] = withoutMark(lines[0] as string);
    first = false;
    yield lines.flatMap(convert);
  }
}

function recordConverter(scan: TextScan, options: TextOptions): (text: string) => RowValues[] {
  const syntax = jsonSyntax(options);
  const { mode, corruptColumn } = options;
  const parsers = scan.parsers ?? UTC_PARSERS;
  const fields = scan.columns.map((name) => {
    const field = scan.dataSchema.fields.find((f) => f.name === name);
    const corrupt = name === corruptColumn;
    return { name, corrupt, convert: converter(field?.dataType ?? STRING, options, parsers) };
  });
  return (text) => {
    const nodes = parseRecord(text, syntax);
    const rows: RowValues[] = [];
    for (const node of nodes ?? [undefined]) {
      const state = { bad: false };
      const object = node !== null && typeof node === 'object' && node.kind === 'object' ? node : undefined;
      if (!object) state.bad = true;
      // Of repeated names the last one counts.
      const byName = new Map(object?.entries ?? []);
      const row = fields.map((field) => {
        if (field.corrupt || !object) return null;
        return field.convert(byName.get(field.name) ?? null, state);
      });
      if (state.bad && mode === 'FAILFAST') throw malformedRecord(scan.split.path, row);
      if (state.bad && mode === 'DROPMALFORMED') continue;
      const corrupt = fields.findIndex((f) => f.corrupt);
      if (state.bad && corrupt >= 0) row[corrupt] = text;
      rows.push(row);
    }
    return rows;
  };
}

type Converter = (node: JsonNode, state: { bad: boolean }) => Value;

/** Reads nodes of a type; what does not fit becomes null and marks the record. Spark: `JacksonParser.makeConverter`. */
function converter(type: DataType, options: TextOptions, parsers: TextParsers): Converter {
  const scalar =
    (read: (node: JsonNode & (string | boolean | { kind: string })) => Value | typeof BAD): Converter =>
    (node, state) => {
      if (node === null) return null;
      const value = read(node as never);
      if (value !== BAD) return value as Value;
      state.bad = true;
      return null;
    };
  const number = (node: JsonNode): string | undefined =>
    node !== null && typeof node === 'object' && node.kind === 'number' ? node.text : undefined;
  const integer = (bits: number): Converter =>
    scalar((node) => {
      const text = number(node);
      // Jackson's bytes go to 255 and wrap.
      const value = text === undefined || !/^-?\d+$/.test(text) ? undefined : parseInteger(text, bits === 8 ? 9 : bits);
      if (value === undefined || (bits === 8 && value < -128n)) return BAD;
      return bits === 64 ? value : Number(BigInt.asIntN(bits, value));
    });
  const double = (round: (v: number) => number): Converter =>
    scalar((node) => {
      const text = typeof node === 'string' ? node : number(node);
      if (text === undefined) return BAD;
      if (typeof node === 'string' || !/^-?\d/.test(text)) {
        if (text === 'NaN') return Number.NaN;
        if (/^\+?(?:INF|Infinity)$/.test(text)) return Infinity;
        return /^-(?:INF|Infinity)$/.test(text) ? -Infinity : BAD;
      }
      const value = parseDouble(text);
      return value === undefined ? BAD : round(value);
    });
  const text = (read: (text: string) => Value | null): Converter =>
    scalar((node) => (typeof node === 'string' ? (read(node) ?? BAD) : BAD));
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'varchar':
      return scalar((node) =>
        typeof node === 'string' ? node : typeof node === 'boolean' ? String(node) : (node as { text: string }).text,
      );
    case 'boolean':
      return scalar((node) => (typeof node === 'boolean' ? node : BAD));
    case 'byte':
      return integer(8);
    case 'short':
      return integer(16);
    case 'int':
      return integer(32);
    case 'long':
      return integer(64);
    case 'float':
      return double(Math.fround);
    case 'double':
      return double((v) => v);
    case 'decimal':
      return scalar((node) => {
        const digits = typeof node === 'string' ? node : number(node);
        return (digits === undefined ? undefined : toDecimal(digits, type.precision, type.scale)) ?? BAD;
      });
    case 'date':
      return text((t) => parsers.date(t, options.get('dateFormat')));
    case 'timestamp':
    case 'timestamp_ntz': {
      const zoned = type.kind === 'timestamp';
      const pattern = options.get(zoned ? 'timestampFormat' : 'timestampNTZFormat');
      return scalar((node) => {
        if (typeof node === 'string') return parsers.timestamp(node, zoned, pattern) ?? BAD;
        const seconds = zoned && number(node) !== undefined ? parseInteger(number(node) as string, 64) : undefined;
        return seconds === undefined ? BAD : seconds * 1_000_000n;
      });
    }
    case 'binary':
      return text((t) => (/^[A-Za-z0-9+/]*={0,2}$/.test(t) ? Uint8Array.from(Buffer.from(t, 'base64')) : null));
    case 'array': {
      const element = converter(type.elementType, options, parsers);
      return (node, state) => {
        if (node !== null && typeof node === 'object' && node.kind === 'array')
          return node.items.map((item) => element(item, state));
        if (node !== null) state.bad = true;
        return null;
      };
    }
    case 'map': {
      const value = converter(type.valueType, options, parsers);
      return (node, state) => {
        if (node !== null && typeof node === 'object' && node.kind === 'object') {
          const entries = new Map(node.entries);
          return new MapValue(
            [...entries.keys()],
            [...entries.values()].map((v) => value(v, state)),
          );
        }
        if (node !== null) state.bad = true;
        return null;
      };
    }
    case 'struct': {
      const fields = type.fields.map((f) => ({ name: f.name, convert: converter(f.dataType, options, parsers) }));
      return (node, state) => {
        if (node !== null && typeof node === 'object' && node.kind === 'object') {
          const byName = new Map(node.entries);
          return fields.map((f) => f.convert(byName.get(f.name) ?? null, state));
        }
        if (node !== null) state.bad = true;
        return null;
      };
    }
    case 'null':
      return () => null;
    default:
      throw unsupported(`reading ${type.simpleString} from JSON`);
  }
}
