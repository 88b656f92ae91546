import {
  type DataFrame,
  formatRows,
  type SparkSession,
  splitStatements,
  type TextFormat,
  tableToIpc,
  visible,
} from '../index.js';
import type { OutputFormat } from './args.js';

export interface RunOptions {
  readonly format: OutputFormat;
  /** Rows shown at most; undefined: all. */
  readonly maxRows?: number | undefined;
  /** Columns of the terminal; undefined: lines may be of any length. */
  readonly maxWidth?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a statement gave. */
export interface Outcome {
  readonly text: string;
  readonly rows: number;
  /** There were more rows than were shown. */
  readonly more: boolean;
  /** Has a result to speak of: a query, SHOW, DESCRIBE… */
  readonly isQuery: boolean;
}

/** Runs one statement and renders its rows. @throws SparkError */
export async function runStatement(spark: SparkSession, sql: string, options: RunOptions): Promise<Outcome> {
  const df = spark.sql(sql);
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  if (df.columns.length === 0) {
    await df.collectValues(signal);
    return { text: '', rows: 0, more: false, isQuery: false };
  }
  const isPlan = df.columns.length === 1 && df.columns[0] === 'plan' && /^\s*explain\b/i.test(sql);
  const { maxRows } = options;
  const limited = maxRows === undefined || isPlan ? df : df.limit(maxRows + 1).awaiting(df);
  const all = await limited.collectValues(signal);
  const rows = maxRows === undefined ? all : all.slice(0, maxRows);
  const text = isPlan
    ? `${visible(String(rows[0]?.[0]))}\n`
    : formatRows(df.schema, rows, options.format as TextFormat, spark.timeZone, options.maxWidth);
  return { text, rows: rows.length, more: all.length > rows.length, isQuery: true };
}

/** Runs a text of several statements, printing each result. @returns false at the first failure */
export async function runScript(
  spark: SparkSession,
  text: string,
  options: RunOptions,
  fail: (error: unknown, sql: string) => void,
): Promise<boolean> {
  let current = text;
  try {
    for (const s of splitStatements(text)) {
      current = s.text;
      if (options.format === 'arrow') await writeArrow(spark.sql(s.text));
      else process.stdout.write((await runStatement(spark, s.text, options)).text);
    }
    return true;
  } catch (error) {
    fail(error, current);
    return false;
  }
}

async function writeArrow(df: DataFrame): Promise<void> {
  if (df.columns.length === 0) {
    await df.collectValues();
    return;
  }
  process.stdout.write(await tableToIpc(await df.toArrow()));
}
