import { readFileSync, writeFileSync } from 'node:fs';
import {
  type CheckReport,
  checkJson,
  checkSarif,
  checkSql,
  checkText,
  failsCheck,
  type SparkSession,
} from '../index.js';
import type { CliArgs } from './args.js';

export interface VerbContext {
  readonly version: string;
  /** Registers the sample views that a text speaks of. */
  readonly prepare: (spark: SparkSession, text: string) => void;
}

/** `memoframe check`: each file is a job of its own. @returns the exit code: 1 if something is found at the level asked for */
export async function runCheck(args: CliArgs, { version, prepare }: VerbContext): Promise<number> {
  const schemas = args.schemas.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const reports: CheckReport[] = [];
  for (const file of args.files) {
    const text = readFileSync(file, 'utf8');
    reports.push(await checkSql(text, { file, schemas, confs: args.confs, prepare: (s) => prepare(s, text) }));
  }
  const format = { text: checkText, json: checkJson, sarif: (r: typeof reports) => checkSarif(r, version) };
  writeReport(format[args.format as keyof typeof format](reports), args.output);
  return reports.some((r) => r.findings.some((f) => failsCheck(f, args.failOn))) ? 1 : 0;
}

/** To a file, or to standard output. */
export function writeReport(text: string, output: string | undefined): void {
  if (output === undefined) process.stdout.write(text);
  else writeFileSync(output, text);
}
