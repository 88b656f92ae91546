// A process that caches a table persistently, for tests that kill it. Arguments: folder, `once` or `loop`.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CacheEvent, SparkSession } from '../../src/index.js';

const [folder = '', mode = 'once'] = process.argv.slice(2);
const found: string[] = [];
const warnings: string[] = [];
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);

let cachingRead = 0;
async function cache(spark: SparkSession): Promise<unknown[]> {
  await spark.sql("CACHE LAZY TABLE t OPTIONS ('persistent' 'true')").collect();
  await spark.table('t').count();
  cachingRead = spark.sharedState.engine.lastMetrics.bytesRead;
  return (await spark.sql('SELECT min(v), max(v), count(*), sum(n) FROM t').collectArrays()).flat().map(String);
}

async function main(): Promise<void> {
  const spark = await SparkSession.builder
    .master('local[1]')
    .config('memoframe.cache.persistent.dir', join(folder, 'cache'))
    .config('spark.sql.files.maxPartitionBytes', '16k')
    .config('spark.sql.files.openCostInBytes', '0')
    .create();
  spark.sharedState.bus.subscribe((e: CacheEvent) => {
    if (e.type === 'warning') warnings.push(e.message);
    if (e.type === 'persistentFound' || e.type === 'persistentStored') found.push(e.type);
  });
  spark.read.parquet(join(folder, 't')).createOrReplaceTempView('t');
  say({ started: true });
  const rows = await cache(spark);
  say({ rows, found, warnings, cachingRead });
  while (mode === 'loop') {
    await spark.sql('UNCACHE TABLE t').collect();
    const started = performance.now();
    await cache(spark);
    // Half of the time the entry is there.
    await sleep(performance.now() - started);
  }
  await spark.stop();
}

main().catch((error: unknown) => {
  say({ error: String((error as Error).stack ?? error), warnings });
  process.exitCode = 1;
});
