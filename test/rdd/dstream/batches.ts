import type { DStream } from '../../../src/rdd/dstream/dstream.js';
import { Seconds } from '../../../src/rdd/dstream/duration.js';
import { StreamingContext } from '../../../src/rdd/dstream/streaming-context.js';
import type { SparkContext } from '../../../src/rdd/spark-context.js';
import { ManualClock } from '../../../src/rdd/streaming/clock.js';

/** How batches are run. */
export interface BatchesOptions<T> {
  readonly oneAtATime?: boolean;
  readonly defaults?: readonly T[];
  readonly slices?: number;
}

/** Runs `ticks` batches of one second over a queue of `input`. @returns the elements of each batch, sorted, by time in ms */
export async function runBatches<T, U>(
  sc: SparkContext,
  input: readonly (readonly T[])[],
  ticks: number,
  build: (stream: DStream<T>, ssc: StreamingContext) => DStream<U>,
  options: BatchesOptions<T> = {},
): Promise<[time: number, elements: U[]][]> {
  const clock = new ManualClock();
  const ssc = new StreamingContext(sc, Seconds(1), { clock });
  const queue = input.map((batch) => sc.parallelize([...batch], options.slices ?? 2));
  const byDefault = options.defaults && sc.parallelize([...options.defaults], 1);
  const seen: [number, U[]][] = [];
  build(ssc.queueStream(queue, options.oneAtATime ?? true, byDefault), ssc).foreachRDD(async (rdd, time) => {
    const elements = await rdd.collect();
    seen.push([time, elements.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))]);
  });
  ssc.start();
  clock.advance(1000 * ticks);
  await Promise.race([ssc.stop({ stopSparkContext: false, stopGracefully: true }), ssc.awaitTermination()]);
  await ssc.stop({ stopSparkContext: false });
  return seen;
}
