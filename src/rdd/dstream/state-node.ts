import { StorageLevel } from '../../storage/block/storage-level.js';
import type { FunctionOptions } from '../closure/function-spec.js';
import type { RDD } from '../rdd.js';
import type { Duration } from './duration.js';
import { type StreamHost, StreamNode, type Time } from './stream-node.js';

/** The new state of a key from the batch's values and its state so far; undefined or null ends the key. */
export type UpdateFunction<V, S> = (values: V[], state: S | undefined) => S | null | undefined;

declare const $update: UpdateFunction<unknown, unknown>;

/** A state for each key, updated by each batch, also for keys that the batch does not have. Spark: `StateDStream`. */
export class StateNode<K, V, S> extends StreamNode<[K, S]> {
  override readonly cutsLineage = true;
  readonly parents: readonly [StreamNode<[K, V]>];
  constructor(
    host: StreamHost,
    parent: StreamNode<[K, V]>,
    private readonly update: UpdateFunction<V, S>,
    private readonly options: FunctionOptions,
    private readonly numPartitions: number,
    private readonly initial: RDD<[K, S]> | undefined,
  ) {
    super(host);
    this.parents = [parent];
    this.persist(StorageLevel.MEMORY_ONLY_SER);
  }

  get slideDuration(): Duration {
    return this.parents[0].slideDuration;
  }

  protected async compute(time: Time): Promise<RDD<[K, S]> | undefined> {
    const before = time - this.slideDuration.milliseconds;
    const previous = (await this.getOrCompute(before)) ?? (this.isTimeValid(before) ? undefined : this.initial);
    const batch = await this.parents[0].getOrCompute(time);
    if (!batch && !previous) return undefined;
    const { sparkContext } = this.host;
    const options = { vars: { ...this.options.vars, $update: this.update } };
    // Values are mapped so that the partitions stay those of the keys: the state itself is not shuffled again.
    return (batch ?? sparkContext.emptyRDD<[K, V]>())
      .cogroup(previous ?? sparkContext.emptyRDD<[K, S]>(), this.numPartitions)
      .flatMapValues(updateKey as (values: [V[], S[]]) => S[], options);
  }
}

/** Runs in workers, as text. */
function updateKey([values, states]: [unknown[], unknown[]]): unknown[] {
  const next = $update(values, states[0]);
  return next === undefined || next === null ? [] : [next];
}
