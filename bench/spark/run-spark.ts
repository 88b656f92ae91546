import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Spark's storage levels as it takes them: disk, memory, off heap, deserialized. */
export type SparkLevel = readonly [boolean, boolean, boolean, boolean];
export const DESERIALIZED: SparkLevel = [true, true, false, true];
export const SERIALIZED: SparkLevel = [true, true, false, false];

export interface SparkCached {
  readonly level: SparkLevel;
  /** To fill the cache. */
  readonly seconds: number;
  readonly bytes: number;
  /** Best of some rounds. */
  readonly queries: Readonly<Record<string, { readonly ms: number; readonly answer: readonly string[] }>>;
}

/** Where PySpark 4.0.1 is installed: `--spark DIR`, or `SPARK_VENV`. Undefined: Spark is left out. */
export function sparkVenv(args: readonly string[]): string | undefined {
  const given = args.includes('--spark') ? args[args.indexOf('--spark') + 1] : undefined;
  return given && !given.startsWith('--') ? given : process.env['SPARK_VENV'];
}

/** Fills Spark's cache with `lineitem` at each level and runs the queries on it, in a process of its own that has ended
 * when this returns. */
export function runSpark(
  venv: string,
  file: string,
  levels: readonly SparkLevel[],
  queries: Readonly<Record<string, string>>,
  rounds = 5,
): SparkCached[] {
  const out = execFileSync(join(venv, 'bin/python'), ['bench/spark/cache.py'], {
    input: JSON.stringify({ file, levels, queries, rounds }),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as SparkCached);
}
