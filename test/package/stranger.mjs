// Runs in an empty folder where the packed tarball is installed: a query over the sample, then the same from cache.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { functions as F, SparkSession } from 'memoframe';

const home = dirname(createRequire(import.meta.url).resolve('memoframe/package.json'));
const spark = await SparkSession.builder.master('local[2]').getOrCreate();
const flights = spark.read.parquet(join(home, 'samples/flights.parquet'));
flights.createOrReplaceTempView('flights');
const busiest = flights.groupBy('origin').agg(F.count('*').alias('n')).orderBy(F.col('n').desc()).limit(3);
const rows = await busiest.collect();
const total = await flights.count();

await spark.sql('CACHE TABLE flights').collect();
let hits = 0;
const end = spark.sharedState.bus.subscribe((e) => {
  if (e.type === 'hit') hits++;
});
await spark.sql('SELECT max(delay) FROM flights').collect();
end();
const { bytesRead } = spark.sharedState.engine.lastMetrics;
await spark.stop();
console.log(JSON.stringify({ rows: rows.length, total, hits, bytesRead }));
