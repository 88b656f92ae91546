import { compareValues } from '../data/keys.js';
import { encodeValue } from '../data/value-codec.js';
import type { RDD } from '../rdd.js';
import type { SparkContext } from '../spark-context.js';
import type { Partitioner } from './dependency.js';
import { SharedWork } from './shared-work.js';
import type { PartitionerSpec } from './spec.js';

const SAMPLES_PER_PARTITION = 20;
const MAX_SAMPLES = 1e6;

/** Keys in order through the partitions, about equally many in each: bounds are found from a sample. Where there are fewer
 * different keys than partitions, the last partitions stay empty. Spark: `RangePartitioner`. */
export class RangePartitioner implements Partitioner {
  #bounds: unknown[] = [];
  readonly #search = new SharedWork((signal) => this.#find(signal));

  constructor(
    readonly context: SparkContext,
    readonly rdd: RDD<[unknown, unknown]>,
    readonly numPartitions: number,
    readonly ascending: boolean,
  ) {}

  async prepare(signal: AbortSignal | undefined): Promise<void> {
    if (this.numPartitions <= 1) return;
    await this.#search.done(signal);
  }

  async #find(signal: AbortSignal | undefined): Promise<void> {
    const total = Math.min(SAMPLES_PER_PARTITION * this.numPartitions, MAX_SAMPLES);
    const parts = this.rdd.getNumPartitions();
    // More than needed, for partitions of unequal size.
    const size = Math.ceil((3 * total) / Math.max(1, parts));
    const weighted: { readonly key: unknown; readonly weight: number }[] = [];
    await this.context.runAction(
      this.rdd,
      { kind: 'sampleKeys', size, seed: this.rdd.id },
      Array.from({ length: parts }, (_, p) => p),
      (_, result) => {
        const [n, keys] = result as [number, unknown[]];
        for (const key of keys) weighted.push({ key, weight: n / keys.length });
      },
      signal,
    );
    this.#bounds = boundsOf(weighted, Math.min(this.numPartitions, weighted.length));
  }

  spec(): PartitionerSpec {
    const { numPartitions, ascending } = this;
    return { kind: 'range', numPartitions, bounds: encodeValue(this.#bounds), ascending };
  }
  equals(other: Partitioner): boolean {
    return other === this;
  }
}

/** Spark: `RangePartitioner.determineBounds` */
function boundsOf(sample: { readonly key: unknown; readonly weight: number }[], partitions: number): unknown[] {
  const ordered = [...sample].sort((a, b) => compareValues(a.key, b.key));
  const step = ordered.reduce((sum, s) => sum + s.weight, 0) / partitions;
  const bounds: unknown[] = [];
  let [cumulated, target] = [0, step];
  for (const { key, weight } of ordered) {
    if (bounds.length >= partitions - 1) break;
    cumulated += weight;
    if (cumulated < target) continue;
    // A bound that was taken already separates nothing.
    if (bounds.length > 0 && compareValues(key, bounds.at(-1)) <= 0) continue;
    bounds.push(key);
    target += step;
  }
  return bounds;
}
