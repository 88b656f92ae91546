import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SparkError, SparkSession } from '../index.js';
import { parseArgs, USAGE } from './args.js';
import { describeError } from './errors.js';
import { registerSample } from './sample-data.js';

/** The command `memoframe`. Sets the exit code: 0, 1 after a failed statement, 2 for wrong arguments. */
async function main(): Promise<void> {
  const args = parseArgs(process.argv.slice(2));
  if (typeof args === 'string') {
    process.stderr.write(`memoframe: ${args}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  if (args.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (args.version) {
    process.stdout.write(`memoframe ${packageVersion()} (Spark 4.0.1 semantics)\n`);
    return;
  }
  const builder = SparkSession.builder;
  for (const [k, v] of args.confs) builder.config(k, v);
  const spark = await builder.getOrCreate();
  try {
    await perform(spark, args);
  } finally {
    await spark.stop();
  }
}

async function perform(spark: SparkSession, args: Exclude<ReturnType<typeof parseArgs>, string>): Promise<void> {
  const fail = (error: unknown, sql: string) => {
    // So that it can be suggested.
    if (error instanceof SparkError && error.condition === 'TABLE_OR_VIEW_NOT_FOUND') registerSample(spark);
    process.stderr.write(`${describeError(error, sql, spark)}\n`);
    process.exitCode = 1;
  };
  const path = args.check ?? args.file;
  if (path !== undefined && !existsSync(path)) {
    process.stderr.write(`memoframe: there is no file ${path}\n`);
    process.exitCode = 2;
    return;
  }
  const mentionsSample = (text: string) => /\bflights\b/i.test(text);
  if (args.check !== undefined) {
    if (mentionsSample(readFileSync(args.check, 'utf8'))) registerSample(spark);
    const { checkFile } = await import('./check.js');
    const misses = await checkFile(spark, args.check);
    if (misses < 0 || (misses > 0 && args.failOnMiss)) process.exitCode = 1;
    return;
  }
  const text = args.command ?? (args.file === undefined ? undefined : readFileSync(args.file, 'utf8'));
  if (text !== undefined) {
    if (mentionsSample(text)) registerSample(spark);
    const { runScript } = await import('./run-sql.js');
    await runScript(spark, text, { format: args.format }, fail);
    return;
  }
  const { Repl } = await import('./repl.js');
  const sample = registerSample(spark);
  process.stdout.write(
    `memoframe ${packageVersion()}: SQL over Parquet, cached as Apache Spark 4.0.1 caches. .help lists commands, .tour shows the cache.\n`,
  );
  if (sample !== undefined) process.stdout.write(`Sample data: ${sample}\n`);
  // Workers start while the user types.
  // Ending before they are up is no failure.
  spark.sharedState.engine.warmUp().catch(() => undefined);
  await new Repl(spark).run();
}

function packageVersion(): string {
  const file = join(dirname(fileURLToPath(import.meta.url)), '../package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : '';
}

// A reader that has seen enough (`| head`) closes the pipe: no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
main().catch((error: unknown) => {
  process.stderr.write(`${describeError(error, '')}\n`);
  process.exitCode = 1;
});
