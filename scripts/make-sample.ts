import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SparkSession } from '../src/index.js';

/** `node scripts/run.mjs scripts/make-sample.ts`: one flight in forty of vega-datasets' three million real ones, picked by hash
 * and ordered by date, as `samples/flights.parquet`: the data that the packed tarball carries. */
const SOURCE = 'node_modules/vega-datasets/data/flights-3m.parquet';
const TARGET = 'samples/flights.parquet';
const ONE_IN = 40;
const MAX_BYTES = 1_000_000;

const spark = await SparkSession.builder.create();
const sample = spark.read
  .parquet(SOURCE)
  .filter(`pmod(hash(date, origin, destination, delay), ${ONE_IN}) = 0`)
  .coalesce(1)
  .sortWithinPartitions('date', 'origin', 'destination', 'delay');
const folder = join('.build', `sample-${process.pid}`);
await sample.write.option('compression', 'gzip').parquet(folder);
const part = readdirSync(folder).find((f) => f.endsWith('.parquet')) as string;
renameSync(join(folder, part), TARGET);
rmSync(folder, { recursive: true });
const bytes = statSync(TARGET).size;
console.log(`${TARGET}: ${await spark.read.parquet(TARGET).count()} rows, ${bytes} bytes`);
await spark.stop();
if (bytes > MAX_BYTES) process.exitCode = 1;
