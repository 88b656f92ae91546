import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { unsupported } from '../errors/index.js';
import type { LogicalPlan } from '../plan/logical/index.js';
import { writeFailure } from '../storage/files/file-errors.js';
import { FileOutput, type SaveMode } from '../storage/files/file-output.js';
import { textExtension } from '../storage/files/line-writer.js';
import { isHidden } from '../storage/files/path-names.js';
import { ParquetFileWriter, parquetExtension } from '../storage/parquet/writer.js';
import { toSqlString } from '../types/format.js';
import { STRING, type StructField, StructType, type Value } from '../types/index.js';
import type { ActionOptions } from './dataframe-actions.js';
import { QueryExecution } from './query-execution.js';
import type { SparkSession } from './spark-session.js';
import { writeCsv, writeJson, writeText } from './text-formats.js';

/** A write of a query's rows to a folder. */
export interface FileWrite {
  readonly format: string;
  readonly path: string;
  readonly mode: SaveMode;
  readonly partitionBy: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  /** With overwrite: only the partition folders that match these values are replaced. */
  readonly overwriteOnly?: Readonly<Record<string, string>> | undefined;
}

/** Where the part files of a write go. */
export interface PartOutput {
  /** A path for a part's rows of one combination of partition values. */
  newFile(
    index: number,
    extension: string,
    partition?: readonly (readonly [name: string, value: string | null])[],
  ): string;
}

/** How rows become files. */
export type RowsFormat = Pick<FileWrite, 'format' | 'partitionBy' | 'options'>;

interface RowWriter {
  write(row: readonly Value[]): void;
  close(): void;
}

/** Runs the query and writes its rows, one file per partition (and partition value): all or nothing, by temporary folder and
 * rename. @returns false where mode `ignore` found the folder @throws PATH_ALREADY_EXISTS, TASK_WRITE_FAILED */
export async function writeFiles(session: SparkSession, query: LogicalPlan, write: FileWrite): Promise<boolean> {
  const output = new FileOutput(write.path, write.mode, write.overwriteOnly !== undefined);
  if (output.skipped) return false;
  try {
    await writeRows(new QueryExecution(session, query), write, output);
    if (write.mode === 'overwrite' && write.overwriteOnly) clearPartition(write);
    output.commit();
    return true;
  } catch (error) {
    try {
      output.abort();
    } catch {
      // What stopped the writing may stop the cleaning up; the first failure is the one to tell.
    }
    throw writeFailure(write.path, error);
  }
}

/** Runs the query and writes its rows into files of the output's choice. */
export async function writeRows(
  execution: QueryExecution,
  write: RowsFormat,
  output: PartOutput,
  options?: ActionOptions,
): Promise<void> {
  const session = execution.sparkSession;
  const { schema } = execution.commandExecuted;
  const isPartition = (f: StructField) => write.partitionBy.some((p) => p.toLowerCase() === f.name.toLowerCase());
  const dataColumns = schema.fields.map((f, i) => ({ f, i })).filter(({ f }) => !isPartition(f));
  const partitionColumns = write.partitionBy.map((p) => {
    const i = schema.fields.findIndex((f) => f.name.toLowerCase() === p.toLowerCase());
    return { name: p, i, type: schema.fields[i]?.dataType ?? STRING };
  });
  const dataSchema = new StructType(dataColumns.map(({ f }) => f));
  let part = 0;
  for await (const rows of session.sharedState.engine.partitions(execution, options)) {
    const writers = new Map<string, RowWriter>();
    for (const row of rows) {
      const values = partitionColumns.map(({ name, i, type }) => {
        const v = row[i] as Value;
        return [name, v === null ? null : toSqlString(v, type, session.timeZone)] as const;
      });
      const key = JSON.stringify(values);
      let writer = writers.get(key);
      if (!writer) {
        writer = openWriter(output, part, write, dataSchema, values, session.timeZone);
        writers.set(key, writer);
      }
      writer.write(dataColumns.map(({ i }) => row[i] as Value));
    }
    // An empty result still leaves a file that tells the schema.
    if (part === 0 && writers.size === 0 && partitionColumns.length === 0)
      writers.set('', openWriter(output, part, write, dataSchema, [], session.timeZone));
    for (const w of writers.values()) w.close();
    part++;
  }
}

function clearPartition({ path, partitionBy, overwriteOnly }: FileWrite): void {
  const folders = partitionBy.filter((c) => overwriteOnly?.[c] !== undefined).map((c) => `${c}=${overwriteOnly?.[c]}`);
  const folder = join(path, ...folders);
  if (folders.length > 0 && existsSync(folder) && !isHidden(folder)) rmSync(folder, { recursive: true, force: true });
}

function openWriter(
  output: PartOutput,
  part: number,
  write: RowsFormat,
  schema: StructType,
  partition: readonly (readonly [string, string | null])[],
  timeZone: string,
): RowWriter {
  const option = (name: string) => Object.entries(write.options).find(([k]) => k.toLowerCase() === name)?.[1];
  switch (write.format) {
    case 'parquet': {
      const compression = option('compression') ?? 'snappy';
      const writer = new ParquetFileWriter(output.newFile(part, parquetExtension(compression), partition), schema, {
        compression,
      });
      return { write: (row) => writer.write(row), close: () => void writer.finish() };
    }
    case 'csv':
      return writeCsv(
        output.newFile(part, `.csv${textExtension(option('compression') ?? option('codec'))}`, partition),
        schema,
        write.options,
        timeZone,
      );
    case 'json':
      return writeJson(
        output.newFile(part, `.json${textExtension(option('compression'))}`, partition),
        schema,
        write.options,
        timeZone,
      );
    case 'text':
      return writeText(output.newFile(part, `.txt${textExtension(option('compression'))}`, partition), write.options);
    default:
      throw unsupported(`writing ${write.format} files`);
  }
}
