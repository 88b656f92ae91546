// Streams FOLDER/in into FOLDER/out, a file a batch, and into files that are named after the batch. Ends when all is done.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SparkSession } from '../../../src/index.js';

const folder = process.argv[2] as string;
const spark = await SparkSession.builder.master('local[0]').create();
const stream = () =>
  spark.readStream.format('csv').schema('id INT, name STRING').option('maxFilesPerTrigger', 1).load(join(folder, 'in'));
process.stdout.write('ready\n');
const files = stream()
  .writeStream.format('parquet')
  .option('checkpointLocation', join(folder, 'cp-files'))
  .trigger({ availableNow: true })
  .start(join(folder, 'out'));
mkdirSync(join(folder, 'batches'), { recursive: true });
const batches = stream()
  .writeStream.option('checkpointLocation', join(folder, 'cp-batches'))
  .foreachBatch(async (df, batchId) => {
    const rows = (await df.select('id').collectArrays()).map(([id]) => id);
    const path = join(folder, 'batches', String(batchId));
    writeFileSync(`${path}.${process.pid}`, JSON.stringify(rows));
    renameSync(`${path}.${process.pid}`, path);
  })
  .trigger({ availableNow: true })
  .start();
await Promise.all([files.awaitTermination(), batches.awaitTermination()]);
await spark.stop();
process.stdout.write('done\n');
