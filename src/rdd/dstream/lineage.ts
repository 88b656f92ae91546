import type { RDD } from '../rdd.js';
import type { SparkContext } from '../spark-context.js';

/** An RDD of the same partitions that does not remember how it was made: its elements are copied to the driver. What a stream
 * hands from batch to batch would otherwise hold all batches before. Spark: `RDD.checkpoint`. */
export async function cutLineage(context: SparkContext, rdd: RDD<unknown>): Promise<RDD<unknown>> {
  const partitions = await rdd.glom().collect();
  const short = context
    .parallelize(partitions, Math.max(1, partitions.length))
    .flatMap((partition: Iterable<unknown>) => partition);
  return short;
}
