import { StorageLevel } from '../../storage/block/storage-level.js';
import { illegalArgument, illegalState, unsupportedOperation } from '../java-errors.js';
import type { RDD } from '../rdd.js';
import type { SparkContext } from '../spark-context.js';
import { Duration } from './duration.js';

/** A batch's time in milliseconds: the end of its interval. Spark: `Time`. */
export type Time = number;

/** What a stream needs of its context. */
export interface StreamHost {
  readonly sparkContext: SparkContext;
  readonly batchDuration: Duration;
  /** Default of `spark.streaming.unpersist`: true. */
  readonly unpersist: boolean;
  /** @throws IllegalStateException when streams can no longer be added */
  assertOpen(): void;
}

const MIN_CHECKPOINT = new Duration(10_000);

/** One stream of the graph: a way to make the RDD of each batch. Spark: the inner side of `DStream`. */
export abstract class StreamNode<T = unknown> {
  abstract readonly slideDuration: Duration;
  abstract readonly parents: readonly StreamNode[];
  /** Its lineage grows from batch to batch and is cut from time to time. Spark: `mustCheckpoint`. */
  readonly cutsLineage: boolean = false;

  storageLevel: StorageLevel = StorageLevel.NONE;
  rememberDuration: Duration | undefined;
  checkpointDuration: Duration | undefined;
  #zeroTime: Time | undefined;
  /** By time; a batch without RDD is known as such, so that inputs are asked once per batch. */
  readonly #batches = new Map<Time, Promise<RDD<T> | undefined>>();
  /** What batches were before their lineage was cut: cached still. */
  readonly #long = new Map<Time, RDD<T>>();

  constructor(protected readonly host: StreamHost) {
    host.assertOpen();
  }

  /** The RDD of a batch; undefined for none. Called once per valid time, in the order of times. */
  protected abstract compute(time: Time): Promise<RDD<T> | undefined>;

  /** How long parents keep their RDDs for this one. */
  protected get parentRememberDuration(): Duration {
    return this.rememberDuration ?? this.slideDuration;
  }

  persist(level: StorageLevel): void {
    if (this.#zeroTime !== undefined)
      throw unsupportedOperation('Cannot change storage level of an DStream after streaming context has started');
    this.storageLevel = level;
  }

  checkpoint(interval: Duration): void {
    if (this.#zeroTime !== undefined)
      throw unsupportedOperation('Cannot change checkpoint interval of an DStream after streaming context has started');
    if (this.storageLevel.equals(StorageLevel.NONE)) this.persist(StorageLevel.MEMORY_ONLY_SER);
    this.checkpointDuration = interval;
  }

  /** Fixes time zero, from which valid times are counted. */
  initialize(zeroTime: Time): void {
    this.#zeroTime = zeroTime;
    const slide = this.slideDuration;
    if (this.cutsLineage && !this.checkpointDuration) {
      const slides = Math.ceil(MIN_CHECKPOINT.milliseconds / slide.milliseconds);
      this.checkpointDuration = new Duration(slide.milliseconds * slides);
    }
    const { checkpointDuration } = this;
    if (checkpointDuration && !checkpointDuration.isMultipleOf(slide))
      throw illegalArgument(
        `requirement failed: The checkpoint interval for ${this.constructor.name} has been set to ${checkpointDuration} which not a multiple of its slide time (${slide}). Please set it to a multiple of ${slide}.`,
      );
    // Twice, so that the last one that was cut is not forgotten.
    const least = checkpointDuration ? checkpointDuration.plus(checkpointDuration) : slide;
    this.#rememberAtLeast(least);
    for (const parent of this.parents) parent.initialize(zeroTime);
  }

  /** Keeps the RDDs for `duration`, and those of the parents for as long as that needs. */
  remember(duration: Duration): void {
    this.#rememberAtLeast(duration);
    for (const parent of this.parents) parent.remember(this.parentRememberDuration);
  }

  #rememberAtLeast(duration: Duration): void {
    if (!this.rememberDuration || duration.milliseconds > this.rememberDuration.milliseconds)
      this.rememberDuration = duration;
  }

  isTimeValid(time: Time): boolean {
    const zero = this.#zero();
    return time > zero && (time - zero) % this.slideDuration.milliseconds === 0;
  }

  /** The RDD of a time, made when first asked for; undefined for none and for times that are no batch of this stream. */
  getOrCompute(time: Time): Promise<RDD<T> | undefined> {
    let batch = this.#batches.get(time);
    if (!batch) {
      if (!this.isTimeValid(time)) return Promise.resolve(undefined);
      batch = this.#make(time);
      this.#batches.set(time, batch);
      // A failure is the asker's; it is not remembered.
      batch.catch(() => this.#batches.delete(time));
    }
    return batch;
  }

  async #make(time: Time): Promise<RDD<T> | undefined> {
    const rdd = await this.compute(time);
    if (rdd && !this.storageLevel.equals(StorageLevel.NONE)) rdd.persist(this.storageLevel);
    return rdd;
  }

  /** The RDDs of all batches from `from` to `to`, both included. */
  async slice(from: Time, to: Time): Promise<RDD<T>[]> {
    const zero = this.#zero();
    const step = this.slideDuration.milliseconds;
    const floor = (time: Time): Time => zero + Math.floor((time - zero) / step) * step;
    const rdds: RDD<T>[] = [];
    for (let time = floor(from); time <= floor(to); time += step) {
      const rdd = time >= zero ? await this.getOrCompute(time) : undefined;
      if (rdd) rdds.push(rdd);
    }
    return rdds;
  }

  /** Forgets, and no longer caches, what no later batch needs. */
  async clear(time: Time): Promise<void> {
    const oldest = time - (this.rememberDuration as Duration).milliseconds;
    for (const [at, batch] of this.#batches) {
      if (at > oldest) continue;
      this.#batches.delete(at);
      const before = this.#long.get(at);
      this.#long.delete(at);
      if (this.host.unpersist) for (const rdd of [before, await batch]) rdd?.unpersist();
    }
  }

  /** No longer caches what it cached itself. */
  release(): void {
    if (this.storageLevel.equals(StorageLevel.NONE) || !this.host.unpersist) return;
    for (const rdd of this.#long.values()) rdd.unpersist();
    for (const batch of this.#batches.values())
      batch.then(
        (rdd) => rdd?.unpersist(),
        () => {},
      );
    this.#batches.clear();
    this.#long.clear();
  }

  /** Cuts the lineage of the batch at `time` if its turn has come; its jobs have run. */
  async cutLineage(time: Time, cut: (rdd: RDD<unknown>) => Promise<RDD<unknown>>): Promise<void> {
    const every = this.checkpointDuration;
    const batch = this.#batches.get(time);
    if (!every || !batch || (time - this.#zero()) % every.milliseconds !== 0) return;
    const rdd = await batch;
    if (!rdd) return;
    const short = (await cut(rdd as RDD<unknown>)) as RDD<T>;
    this.#long.set(time, rdd);
    this.#batches.set(time, Promise.resolve(short));
  }

  #zero(): Time {
    if (this.#zeroTime === undefined) throw illegalState(`${this.constructor.name} has not been initialized`);
    return this.#zeroTime;
  }
}

/** A stream without parents. Spark: `InputDStream`. */
export abstract class InputNode<T> extends StreamNode<T> {
  readonly parents = [];
  get slideDuration(): Duration {
    return this.host.batchDuration;
  }
}

/** A stream whose batches are made from its parents' by a function on the driver. A parent without RDD is an error, as in
 * Spark. Spark: `TransformedDStream`. */
export class TransformedNode<T> extends StreamNode<T> {
  readonly parents: readonly [StreamNode, ...StreamNode[]];
  readonly slideDuration: Duration;
  constructor(
    host: StreamHost,
    parents: readonly StreamNode<never>[],
    private readonly transform: (rdds: RDD<never>[], time: Time) => RDD<T> | PromiseLike<RDD<T>>,
  ) {
    super(host);
    const [first, ...rest] = parents as unknown as StreamNode[];
    if (!first) throw illegalArgument('requirement failed: List of DStreams to transform is empty');
    const slide = first.slideDuration;
    if (rest.some((p) => p.slideDuration.milliseconds !== slide.milliseconds))
      throw illegalArgument('requirement failed: Some of the DStreams have different slide durations');
    this.parents = [first, ...rest];
    this.slideDuration = slide;
  }

  protected async compute(time: Time): Promise<RDD<T> | undefined> {
    const rdds: RDD<never>[] = [];
    for (const parent of this.parents) {
      const rdd = await parent.getOrCompute(time);
      // Only what comes of nothing may be nothing.
      if (!rdd) {
        if (this.parents.length === 1) return undefined;
        throw illegalState(`Couldn't generate RDD from parent at time ${time} ms`);
      }
      rdds.push(rdd as RDD<never>);
    }
    const rdd = await this.transform(rdds, time);
    if (rdd === null || rdd === undefined)
      throw illegalState(
        'Transform function must not return null. Return SparkContext.emptyRDD() instead to represent no element as the result of transformation.',
      );
    return rdd;
  }
}
