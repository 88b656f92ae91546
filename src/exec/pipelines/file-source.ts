import { buildColumns } from '../../storage/column/build.js';
import { MORSEL_ROWS, type Morsel, type Vector } from '../../storage/column/vector.js';
import { isCompressedText, MemorySource, readWholeText } from '../../storage/files/compressed-text.js';
import { readCsv, type TextScan } from '../../storage/files/csv.js';
import { readJson } from '../../storage/files/json.js';
import { type ByteSource, CountingSource, sizeOf } from '../../storage/files/source.js';
import { readLines } from '../../storage/files/text-lines.js';
import { readParquetjs } from '../../storage/parquet/parquetjs-engine.js';
import { type DataType, type RowValues, StructField, StructType } from '../../types/index.js';
import type { FileSplit } from '../operators/spec.js';
import type { SourceSpec } from './fragment.js';
import { constantVector } from './parquet-source.js';
import type { TaskContext } from './task-context.js';
import { textParsers } from './text-parsers.js';

/** An option of a scan: its rows, before any filter, are counted under this name too. */
export const COUNT_ROWS_AS = 'memoframe.countRowsAs';

type FileScan = Extract<SourceSpec, { op: 'scanFile' }>;

/** Rows of text-like files, which are read as JavaScript values and written into columns. */
export async function* fileMorsels(
  scan: FileScan,
  splits: readonly FileSplit[],
  ctx: TaskContext,
): AsyncGenerator<Morsel> {
  const metric = ctx.counter(scan.id, 'bytesRead');
  const name = scan.options[COUNT_ROWS_AS];
  const counted = name === undefined ? undefined : ctx.counter(scan.id, name);
  for (const split of splits) {
    const whole = isWhole(scan, split);
    // All of such a file belongs to the split that holds its first byte.
    if (whole && split.start > 0) continue;
    const source = sourceOf(scan, split);
    try {
      for await (const rows of readRows(scan, split, source)) {
        counted?.add(rows.length);
        for (let from = 0; from < rows.length; from += MORSEL_ROWS)
          yield morselOf(scan, split, rows.slice(from, from + MORSEL_ROWS), ctx);
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

/** Whether the file is read as one piece, whatever its splits. */
function isWhole(scan: FileScan, split: FileSplit): boolean {
  return scan.format === 'parquetjs-lite' || isCompressedText(split.path);
}

function sourceOf(scan: FileScan, split: FileSplit): ByteSource {
  if (scan.format === 'parquetjs-lite' || !isCompressedText(split.path)) return new CountingSource(split.path);
  return new MemorySource(split.path, readWholeText(split.path), sizeOf(split.path));
}

function wantedColumns(scan: FileScan): { name: string; type: DataType }[] {
  return dataColumns(scan).map(({ name, at }) => ({ name, type: scan.output[at]!.type }));
}

function readRows(scan: FileScan, split: FileSplit, source: ByteSource): AsyncGenerator<RowValues[]> {
  if (scan.format === 'parquetjs-lite') return readParquetjs(split.path, wantedColumns(scan));
  const dataSchema = new StructType(scan.dataSchema.map((c) => new StructField(c.name, c.type, c.nullable)));
  const text: TextScan = {
    split: source instanceof MemorySource ? { ...split, start: 0, length: source.bytes.length } : split,
    fileSize: source instanceof MemorySource ? source.bytes.length : sizeOf(split.path),
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
  }
}

/** One string column, a line a row. Spark: `TextFileFormat`. */
async function* readText(scan: TextScan, source: ByteSource): AsyncGenerator<RowValues[]> {
  for await (const lines of readLines(source, scan.split, scan.fileSize, scan.options['lineSep']))
    yield lines.map((line) => scan.columns.map(() => line));
}

function morselOf(scan: FileScan, split: FileSplit, rows: readonly RowValues[], ctx: TaskContext): Morsel {
  const data = dataColumns(scan);
  // Strings must outlive the morsel.
  const made = buildColumns(
    rows,
    data.map(({ at }) => scan.output[at]!.type),
    ctx.keep,
  );
  const columns: Vector[] = new Array(scan.columns.length);
  data.forEach(({ at }, i) => {
    columns[at] = made[i]!;
  });
  scan.columns.forEach((c, at) => {
    if ('partition' in c)
      columns[at] = constantVector(ctx, split.partitionValues[c.partition] ?? null, scan.output[at]!.type, rows.length);
  });
  return { length: rows.length, columns, selection: 0, selected: rows.length };
}
