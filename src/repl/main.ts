import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SparkError, SparkSession } from '../index.js';
import { type CliArgs, type OutputFormat, parseArgs, USAGE, VERBS } from './args.js';
import { describeError, nearest } from './errors.js';
import { registerSample } from './sample-data.js';

/** As the name of a file. */
const STDIN = '-';

/** The command `memoframe`. Sets the exit code: 0, 1 after a failed statement or findings, 2 for wrong arguments. */
async function main(): Promise<void> {
  const args = parseArgs(process.argv.slice(2));
  if (typeof args === 'string') {
    process.stderr.write(`memoframe: ${args}\n(memoframe --help lists what it takes)\n`);
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
  const wrong = [...args.files, ...args.schemas].map(notAFile).find((reason) => reason !== undefined);
  if (wrong !== undefined) {
    process.stderr.write(`memoframe: ${wrong}\n`);
    process.exitCode = 2;
    return;
  }
  if (args.verb === 'check') {
    const { runCheck } = await import('./check.js');
    process.exitCode = await runCheck(args, { version: packageVersion(), prepare: prepareSample });
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

/** Why a path is no file to read, and what may have been meant; undefined if it is one. Pipes and devices may be read. */
function notAFile(path: string): string | undefined {
  if (path === STDIN) return undefined;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found) return found.isDirectory() ? `${path} is a folder, not a file of SQL` : undefined;
  if (/\s/.test(path.trim())) return `there is no file ${path} (SQL itself is given with -c)`;
  const [verb] = nearest(path, VERBS);
  return `there is no file ${path}${verb === undefined ? '' : `. Did you mean memoframe ${verb}?`}`;
}

/** The sample is there for who names it. */
function prepareSample(spark: SparkSession, text: string): void {
  if (/\bflights\b/i.test(text)) registerSample(spark);
}

async function perform(spark: SparkSession, args: CliArgs): Promise<void> {
  if (args.verb === 'advise') {
    const { runAdvise } = await import('./advise.js');
    process.exitCode = await runAdvise(spark, args, { version: packageVersion(), prepare: prepareSample });
    return;
  }
  const fail = (error: unknown, sql: string) => {
    // So that it can be suggested.
    if (error instanceof SparkError && error.condition === 'TABLE_OR_VIEW_NOT_FOUND') registerSample(spark);
    process.stderr.write(`${describeError(error, sql, spark)}\n`);
    process.exitCode = 1;
  };
  const [file] = args.files;
  const text = args.command ?? (file === undefined ? undefined : readFileSync(file === STDIN ? 0 : file, 'utf8'));
  if (text !== undefined) {
    prepareSample(spark, text);
    const { runScript } = await import('./run-sql.js');
    // Beside the results, as the prompt shows them.
    spark.events.on('warning', ({ message }) => process.stderr.write(`warning: ${message}\n`));
    await runScript(spark, text, { format: args.format as OutputFormat, maxWidth: process.stdout.columns }, fail);
    return;
  }
  const { Repl } = await import('./repl.js');
  const sample = registerSample(spark);
  if (process.stdin.isTTY) {
    process.stdout.write(`memoframe ${packageVersion()}: SQL over files, cached as Apache Spark 4.0.1 caches.\n`);
    process.stdout.write('.help lists commands, .tour shows the cache.\n');
    if (sample !== undefined) process.stdout.write(`Sample data: ${sample}\n`);
  }
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
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`memoframe: ${error.message}\n`);
  process.exit(1);
});
main().catch((error: unknown) => {
  process.stderr.write(`${describeError(error, '')}\n`);
  // A file that cannot be read or written is bad input.
  process.exitCode = error instanceof Error && 'syscall' in error ? 2 : 1;
});
