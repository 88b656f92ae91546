import { statSync } from 'node:fs';
import { datetimeFormatter, type ParsedDatetime } from '../../eval/datetime/formatter.js';
import { parseDate, parseTimestampText } from '../../eval/datetime/parse-text.js';
import { unsupported } from '../../errors/index.js';
import { buildColumns } from '../../storage/column/build.js';
import { MORSEL_ROWS, type Morsel, type Vector } from '../../storage/column/vector.js';
import { readCsv, type TextScan } from '../../storage/files/csv.js';
import { readJson } from '../../storage/files/json.js';
import { CountingSource } from '../../storage/files/source.js';
import type { TextParsers } from '../../storage/files/text-options.js';
import { readLines } from '../../storage/files/text-lines.js';
import { type RowValues, StructField, StructType, toInstantMicros, zoneOf } from '../../types/index.js';
import type { FileSplit } from '../operators/spec.js';
import type { SourceSpec } from './fragment.js';
import { constantVector } from './parquet-source.js';
import type { TaskContext } from './task-context.js';

const DAY = 86_400_000_000n;

type FileScan = Extract<SourceSpec, { op: 'scanFile' }>;

/** Rows of text-like files, which are read as JavaScript values and written into columns. */
export async function* fileMorsels(scan: FileScan, splits: readonly FileSplit[], ctx: TaskContext): AsyncGenerator<Morsel> {
  const metric = ctx.counter(scan.id, 'bytesRead');
  for (const split of splits) {
    const source = new CountingSource(split.path);
    try {
      for await (const rows of readRows(scan, split, source)) {
        for (let from = 0; from < rows.length; from += MORSEL_ROWS) yield morselOf(scan, split, rows.slice(from, from + MORSEL_ROWS), ctx);
      }
    } finally {
      metric.add(source.bytesRead);
      await source.close();
    }
  }
}

function dataColumns(scan: FileScan): { name: string; at: number }[] {
  return scan.columns.flatMap((c, at) => ('data' in c ? [{ name: c.data, at }] : []));
}

function readRows(scan: FileScan, split: FileSplit, source: CountingSource): AsyncGenerator<RowValues[]> {
  const dataSchema = new StructType(scan.dataSchema.map((c) => new StructField(c.name, c.type, c.nullable)));
  const text: TextScan = {
    split,
    fileSize: statSync(split.path).size,
    dataSchema,
    columns: dataColumns(scan).map((c) => c.name),
    options: scan.options,
    parsers: textParsers(scan.options['timeZone'] ?? scan.options['timezone'] ?? 'UTC'),
  };
  switch (scan.format) {
    case 'csv':
      return readCsv(text, source);
    case 'json':
      return readJson(text, source);
    case 'text':
      return readText(text, source);
    case 'parquetjs-lite':
      throw unsupported('reading through parquetjs-lite in a task');
  }
}

/** Dates and timestamps as the SQL casts read them, or by pattern. */
function textParsers(timeZone: string): TextParsers {
  const zone = zoneOf(timeZone);
  const byPattern = (text: string, pattern: string): ParsedDatetime | undefined => {
    const parsed = datetimeFormatter(pattern).parse(text);
    return 'local' in parsed ? parsed : undefined;
  };
  return {
    date: (text, pattern) => {
      if (pattern === undefined) return parseDate(text) ?? null;
      const parsed = byPattern(text, pattern);
      return parsed ? Number((parsed.local - (((parsed.local % DAY) + DAY) % DAY)) / DAY) : null;
    },
    timestamp: (text, zoned, pattern) => {
      const parsed = pattern === undefined ? parseTimestampText(text) : byPattern(text, pattern);
      if (!parsed) return null;
      return zoned ? toInstantMicros(parsed.local, parsed.zone ?? zone) : parsed.local;
    },
  };
}

/** One string column, a line a row. Spark: `TextFileFormat`. */
async function* readText(scan: TextScan, source: CountingSource): AsyncGenerator<RowValues[]> {
  for await (const lines of readLines(source, scan.split, scan.fileSize, scan.options['lineSep']))
    yield lines.map((line) => scan.columns.map(() => line));
}

function morselOf(scan: FileScan, split: FileSplit, rows: readonly RowValues[], ctx: TaskContext): Morsel {
  const data = dataColumns(scan);
  // Strings must outlive the morsel.
  const made = buildColumns(rows, data.map(({ at }) => scan.output[at]!.type), ctx.keep);
  const columns: Vector[] = new Array(scan.columns.length);
  data.forEach(({ at }, i) => {
    columns[at] = made[i]!;
  });
  scan.columns.forEach((c, at) => {
    if ('partition' in c) columns[at] = constantVector(ctx, split.partitionValues[c.partition] ?? null, scan.output[at]!.type, rows.length);
  });
  return { length: rows.length, columns, selection: 0, selected: rows.length };
}
