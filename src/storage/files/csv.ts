import { analysisError, runtimeError, type SparkError } from '../../errors/index.js';
import {
  BOOLEAN,
  DATE,
  type DataType,
  DecimalType,
  DOUBLE,
  INT,
  LONG,
  NULL,
  type RowValues,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  type Value,
} from '../../types/index.js';
import { readWholeText } from './compressed-text.js';
import { type CsvOptions, csvOptions } from './csv-options.js';
import { CsvParser, type CsvRecord } from './csv-parser.js';
import { recordFailure } from './file-errors.js';
import type { ByteSource } from './source.js';
import { readLines, splitLines, withoutMark } from './text-lines.js';
import { type TextParsers, UTC_PARSERS } from './text-options.js';
import { BAD, csvConverter, parseDecimal, parseDouble, parseInteger } from './text-values.js';

/** Columns and, with `inferSchema`, types of CSV files, by reading them whole. Blocking. @returns undefined without files
 * Spark: `CSVDataSource.inferSchema`, `CSVInferSchema`. */
export function inferCsvSchema(
  paths: readonly string[],
  raw: Readonly<Record<string, string>> = {},
  parsers: TextParsers = UTC_PARSERS,
): StructType | undefined {
  if (paths.length === 0) return undefined;
  const options = csvOptions(raw);
  const parser = new CsvParser(options);
  let names: string[] | undefined;
  let types: DataType[] = [];
  for (const path of paths) {
    let first = true;
    for (const fields of recordsOf(path, parser, options)) {
      if (first && names === undefined) {
        names = columnNames(fields, options);
        types = names.map(() => NULL);
      }
      const isHeader = first && options.header;
      first = false;
      if (isHeader || !options.inferSchema) {
        if (!options.inferSchema) break;
        continue;
      }
      for (let i = 0; i < types.length; i++)
        types[i] = inferField(types[i] as DataType, fields[i] ?? null, options, parsers);
    }
    if (!options.inferSchema && names) break;
  }
  const fields = (names ?? []).map(
    (name, i) =>
      new StructField(name, types[i] === NULL || !options.inferSchema ? STRING : (types[i] as DataType), true),
  );
  return new StructType(fields);
}

function* recordsOf(path: string, parser: CsvParser, options: CsvOptions): Generator<CsvRecord> {
  const text = withoutMark(readWholeText(path).toString('utf8'));
  if (options.multiLine) {
    for (const record of parser.records(text)) yield record.fields;
    return;
  }
  for (const line of splitLines(text, options.lineSeparator)) {
    const fields = parser.line(line);
    if (fields) yield fields;
  }
}

/** Names of columns by the first record. Spark: `CSVUtils.makeSafeHeader`. */
function columnNames(fields: CsvRecord, options: CsvOptions): string[] {
  if (!options.header) return fields.map((_, i) => `_c${i}`);
  const seen = new Map<string, number>();
  for (const f of fields) if (f !== null) seen.set(f.toLowerCase(), (seen.get(f.toLowerCase()) ?? 0) + 1);
  return fields.map((name, i) => {
    if (name === null || name === '' || name === options.nullValue) return `_c${i}`;
    return (seen.get(name.toLowerCase()) ?? 0) > 1 ? `${name}${i}` : name;
  });
}

/** The type of a column after one more field. Spark: `CSVInferSchema.inferField`. */
function inferField(soFar: DataType, field: string | null, options: CsvOptions, parsers: TextParsers): DataType {
  if (field === null || field === '' || field === options.nullValue) return soFar;
  return widen(soFar, guess(soFar, field, options, parsers));
}

function guess(soFar: DataType, field: string, options: CsvOptions, parsers: TextParsers): DataType {
  const steps: DataType['kind'][] = ['int', 'long', 'decimal', 'double', 'date', 'timestamp', 'boolean'];
  const start = soFar.kind === 'null' ? 0 : steps.indexOf(soFar.kind);
  if (start < 0) return STRING;
  for (const step of steps.slice(start)) {
    switch (step) {
      case 'int':
        if (parseInteger(field, 32) !== undefined) return INT;
        break;
      case 'long':
        if (parseInteger(field, 64) !== undefined) return LONG;
        break;
      case 'decimal': {
        const decimal = parseDecimal(field);
        if (decimal && decimal.scale <= 0) {
          const whole = decimal.unscaled * 10n ** BigInt(-decimal.scale);
          const digits = (whole < 0n ? -whole : whole).toString().length;
          if (digits <= 38) return new DecimalType(digits, 0);
        }
        break;
      }
      case 'double':
        if (
          parseDouble(field) !== undefined ||
          [options.nanValue, options.positiveInf, options.negativeInf].includes(field)
        )
          return DOUBLE;
        break;
      case 'date':
        if (options.preferDate && isDate(field, options, parsers)) return DATE;
        break;
      case 'timestamp':
        if (parsers.timestamp(field, true, options.timestampFormat) !== null) return TIMESTAMP;
        break;
      default:
        if (/^(true|false)$/i.test(field)) return BOOLEAN;
    }
  }
  return STRING;
}

/** Inference is strict where reading is not: a timestamp is no date. */
function isDate(field: string, options: CsvOptions, parsers: TextParsers): boolean {
  if (options.dateFormat === undefined && !/^\d{4}-\d{1,2}-\d{1,2}$/.test(field)) return false;
  return parsers.date(field, options.dateFormat) !== null;
}

function widen(a: DataType, b: DataType): DataType {
  if (a.kind === 'null') return b;
  if (a === b) return a;
  const rank: Readonly<Record<string, number>> = { int: 10, long: 20 };
  if (a.kind === 'decimal' || b.kind === 'decimal') {
    const digits = (t: DataType): number => (t.kind === 'decimal' ? t.precision : (rank[t.kind] ?? -1));
    if (a.kind === 'double' || b.kind === 'double') return DOUBLE;
    return digits(a) < 0 || digits(b) < 0 ? STRING : new DecimalType(Math.max(digits(a), digits(b)), 0);
  }
  const kinds = [a.kind, b.kind];
  const numeric = ['int', 'long', 'double'];
  if (kinds.every((k) => numeric.includes(k))) return kinds.includes('double') ? DOUBLE : LONG;
  if (kinds.every((k) => k === 'date' || k === 'timestamp')) return TIMESTAMP;
  return STRING;
}

/** What a CSV scan wants. */
export interface TextScan {
  readonly split: { readonly path: string; readonly start: number; readonly length: number };
  /** Bytes of the whole file. */
  readonly fileSize: number;
  /** All data columns, as inferred or given. */
  readonly dataSchema: StructType;
  /** Names of the columns wanted, in the order of output. */
  readonly columns: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly parsers?: TextParsers;
}

/** Reads a split of a CSV file as rows of the wanted columns, in batches. A file with `multiLine` must be one split.
 * @throws FAILED_READ_FILE.NO_HINT caused by MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION with mode FAILFAST
 * Spark: `UnivocityParser`. */
export async function* readCsv(scan: TextScan, source: ByteSource): AsyncGenerator<RowValues[]> {
  const options = csvOptions(scan.options);
  const parser = new CsvParser(options);
  const convert = rowConverter(scan, options);
  const run = (records: Iterable<{ fields: CsvRecord; text: string }>): RowValues[] => {
    const rows: RowValues[] = [];
    for (const { fields, text } of records) {
      const row = convert(fields, text);
      if (row) rows.push(row);
    }
    return rows;
  };
  if (options.multiLine) {
    const bytes = Buffer.allocUnsafe(scan.fileSize);
    await source.read(bytes, 0);
    const records = parser.records(withoutMark(bytes.toString('utf8')));
    if (options.header) records.next();
    yield run(records);
    return;
  }
  let header = options.header && scan.split.start === 0;
  let first = scan.split.start === 0;
  for await (const lines of readLines(source, scan.split, scan.fileSize, options.lineSeparator)) {
    if (first) lines[0] = withoutMark(lines[0] as string);
    first = false;
    const records: { fields: CsvRecord; text: string }[] = [];
    for (const text of lines) {
      const fields = parser.line(text);
      if (!fields) continue;
      if (header) header = false;
      else records.push({ fields, text });
    }
    yield run(records);
  }
}

function rowConverter(scan: TextScan, options: CsvOptions): (fields: CsvRecord, text: string) => RowValues | null {
  const { mode, corruptColumn } = options.text;
  const parsers = scan.parsers ?? UTC_PARSERS;
  const corrupt = scan.dataSchema.fields.findIndex((f) => f.name === corruptColumn);
  const stored = scan.dataSchema.fields.filter((_, i) => i !== corrupt);
  const wanted = scan.columns.map((name) => {
    if (name === corruptColumn && corrupt >= 0) return -1;
    return stored.findIndex((f) => f.name === name);
  });
  const converters = stored.map((field) => {
    const converter = csvConverter(field.dataType, options, parsers);
    if (!converter)
      throw analysisError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
        format: 'CSV',
        columnName: `\`${field.name}\``,
        columnType: `"${field.dataType.sql}"`,
      });
    return converter;
  });
  const used = [...new Set(wanted.filter((i) => i >= 0))];
  return (fields, text) => {
    const values: Value[] = new Array(stored.length).fill(null);
    let bad = fields.length !== stored.length;
    for (const i of used) {
      const field = fields[i] ?? null;
      if (field === null || field === options.nullValue) continue;
      const value = (converters[i] as (text: string) => Value | typeof BAD)(field);
      if (value === BAD) bad = true;
      else values[i] = value as Value;
    }
    if (bad && mode === 'DROPMALFORMED') return null;
    if (bad && mode === 'FAILFAST') throw malformedRecord(scan.split.path, values);
    return wanted.map((i) => (i < 0 ? (bad ? text : null) : (values[i] as Value)));
  };
}

/** A record that does not fit the schema, in mode FAILFAST. */
export function malformedRecord(path: string, partial: readonly Value[] | string): SparkError {
  const shown =
    typeof partial === 'string' ? partial : `[${partial.map((v) => (v === null ? 'null' : String(v))).join(',')}]`;
  const cause = runtimeError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', {
    badRecord: shown,
    failFastMode: 'FAILFAST',
  });
  return recordFailure(path, cause);
}
