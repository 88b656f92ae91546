import { readFileSync } from 'node:fs';
import { adviseSql, SparkError, type SparkSession } from '../index.js';
import type { CliArgs } from './args.js';
import { type VerbContext, writeReport } from './check.js';
import { describeError } from './errors.js';

/** `memoframe advise`: the files are one workload. @returns the exit code: 1 if a statement fails, 2 if one may not run */
export async function runAdvise(spark: SparkSession, args: CliArgs, { prepare }: VerbContext): Promise<number> {
  const texts = args.files.map((f) => readFileSync(f, 'utf8'));
  for (const text of texts) prepare(spark, text);
  let current = '';
  try {
    const advice = await adviseSql(spark, texts, {
      ...(args.budget === undefined ? {} : { budget: args.budget }),
      ...(args.runs === undefined ? {} : { runs: args.runs }),
      ...(args.cost === undefined ? {} : { cost: args.cost }),
      allowWrites: args.allowWrites,
      onStatement: (text) => {
        current = text;
      },
    });
    const json = () => `${JSON.stringify(advice.toJSON(), null, 2)}\n`;
    writeReport(args.format === 'json' ? json() : advice.text, args.output);
    return 0;
  } catch (error) {
    if (!(error instanceof SparkError)) throw error;
    process.stderr.write(`${describeError(error, current, spark)}\n`);
    const mayNotRun = error.condition === 'UNSUPPORTED_FEATURE' && current === '';
    if (mayNotRun) process.stderr.write('--allow-writes lets such statements run.\n');
    return mayNotRun ? 2 : 1;
  }
}
