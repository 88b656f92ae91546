import '../../../src/rdd/attach.js';
import type { SparkContext } from '../../../src/rdd/spark-context.js';
import { SparkSession } from '../../../src/session/spark-session.js';

/** A context of its own on one worker, or as `master` and `conf` say. */
export async function startContext(
  master = 'local[1]',
  conf: Readonly<Record<string, string>> = {},
): Promise<{ sc: SparkContext; spark: SparkSession; end: () => Promise<void> }> {
  let builder = SparkSession.builder.master(master).appName('dstreams');
  for (const [key, value] of Object.entries(conf)) builder = builder.config(key, value);
  const spark = await builder.getOrCreate();
  return { sc: spark.sparkContext, spark, end: () => spark.stop() };
}
