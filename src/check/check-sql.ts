import type { SparkSession } from '../session/spark-session.js';
import { Checker } from './checker.js';
import { DrySession } from './dry-session.js';
import type { FileReport } from './report.js';

export interface CheckOptions {
  /** Named in places and messages. */
  readonly file?: string;
  /** Statements that come before the job's: DDL, settings. What is wrong in them is found too. */
  readonly schemas?: readonly { readonly file: string; readonly text: string }[];
  readonly confs?: readonly (readonly [key: string, value: string])[];
  /** Registers views that the job may read. */
  readonly prepare?: (spark: SparkSession) => void;
}

/** Checks a job of Spark SQL statements without running any: what Spark's CacheManager would decide for each query, and what is
 * wrong with the job's caches. Needs no data: schemas come from DDL, or from the footers of Parquet files. */
export async function checkSql(text: string, options: CheckOptions = {}): Promise<FileReport> {
  const session = DrySession.start(options.confs);
  options.prepare?.(session);
  const checker = new Checker(session);
  for (const s of options.schemas ?? []) await checker.run(s.text, s.file);
  const file = options.file ?? 'job.sql';
  await checker.run(text, file);
  return checker.report(file);
}
