import { AsyncLocalStorage } from 'node:async_hooks';
import { timeOut } from '../async/timer.js';
import { illegalArgument, illegalState } from '../java-errors.js';
import { cancelJobsBy } from '../job-scope.js';
import type { RDD } from '../rdd.js';
import { messageOf } from '../resilience/retry.js';
import type { SparkContext } from '../spark-context.js';
import { type StreamClock, SystemClock } from '../streaming/clock.js';
import { DStream } from './dstream.js';
import { type Duration, type DurationLike, toDuration } from './duration.js';
import { type OutputOperation, StreamGraph } from './graph.js';
import { ConstantNode, QueueNode, TextFileNode } from './input-nodes.js';
import { type BatchInfo, JobScheduler, type StreamingListener } from './job-scheduler.js';
import { cutLineage } from './lineage.js';
import { RecurringTimer } from './recurring-timer.js';
import { type StreamHost, type StreamNode, type Time, TransformedNode } from './stream-node.js';

/** Spark: `StreamingContextState`. */
export type StreamingContextState = 'INITIALIZED' | 'ACTIVE' | 'STOPPED';

/** What a context is made with besides its interval. */
export interface StreamingContextOptions {
  /** Where the time comes from; tests give a ManualClock. Spark: the conf `spark.streaming.clock`. */
  readonly clock?: StreamClock;
}

/** How a context is stopped. */
export interface StopOptions {
  /** Default `spark.streaming.stopSparkContextByDefault`: true. */
  readonly stopSparkContext?: boolean;
  /** Process what has arrived before stopping; default false. */
  readonly stopGracefully?: boolean;
}

/** How long running jobs may go on after a stop that is not graceful, in ms; Spark's. */
const GRACE_MS = 2000;

let active: StreamingContext | undefined;

/** The context whose batch's code runs. */
const within = /* @__PURE__ */ new AsyncLocalStorage<StreamingContext>();

/** Cuts time into batches and runs what is to be done with each, in order. Spark: `StreamingContext`.
 *
 * A batch has the time of the end of its interval; times are multiples of the batch duration. One context may be active
 * in a process. */
export class StreamingContext implements StreamHost {
  readonly batchDuration: Duration;
  readonly unpersist: boolean;
  readonly clock: StreamClock;
  readonly #graph = new StreamGraph();
  readonly #listeners = new Set<StreamingListener>();
  readonly #timer: RecurringTimer;
  readonly #scheduler: JobScheduler;
  /** Ends the jobs of batches, and no others of the SparkContext. */
  readonly #jobs = new AbortController();
  readonly #waiters = new Set<{ resolve: () => void; reject: (error: unknown) => void }>();
  #state: StreamingContextState = 'INITIALIZED';
  #remember: Duration | undefined;
  #error: { readonly error: unknown } | undefined;
  #generating: Promise<void> = Promise.resolve();
  /** No batch begins any more. */
  #closing = false;
  /** What still runs has been told to end. */
  #abandoned = false;
  #stopping: Promise<void> | undefined;

  /** @param batchDuration a Duration, or seconds */
  constructor(
    readonly sparkContext: SparkContext,
    batchDuration: DurationLike,
    options: StreamingContextOptions = {},
  ) {
    this.batchDuration = toDuration(batchDuration);
    this.clock = options.clock ?? new SystemClock(true);
    this.unpersist = this.#conf('spark.streaming.unpersist', 'true') === 'true';
    const concurrentJobs = Math.max(1, Math.trunc(Number(this.#conf('spark.streaming.concurrentJobs', '1'))) || 1);
    this.#scheduler = new JobScheduler(
      {
        now: () => this.clock.now(),
        notify: (event, batch) => this.#notify(event, batch),
        failed: (what, error) => this.#fail(what, error),
        completed: (time) => this.#endBatch(time),
      },
      concurrentJobs,
    );
    this.#timer = new RecurringTimer(this.clock, this.batchDuration.milliseconds, (time) => this.#generate(time));
  }

  /** The context that runs in this process. */
  static getActive(): StreamingContext | undefined {
    return active;
  }

  getState(): StreamingContextState {
    return this.#state;
  }

  /** A stream of the RDDs of a queue that the program may go on filling: one per batch, or all that are there. An empty queue
   * gives `defaultRDD`, else an RDD without elements. The stream no longer caches an RDD once its batch is forgotten. */
  queueStream<T>(queue: RDD<T>[] | Iterable<RDD<T>>, oneAtATime = true, defaultRDD?: RDD<T> | null): DStream<T> {
    const waiting = Array.isArray(queue) ? queue : [...queue];
    return new DStream<T>(this, new QueueNode<T>(this, waiting, oneAtATime, defaultRDD ?? undefined));
  }

  /** A stream of the same RDD in each batch. Spark: `ConstantInputDStream`. */
  constantStream<T>(rdd: RDD<T>): DStream<T> {
    return new DStream<T>(this, new ConstantNode<T>(this, rdd));
  }

  /** The lines of files that are moved into a folder after the start. Spark: `textFileStream`. */
  textFileStream(folder: string): DStream<string> {
    return new DStream<string>(this, new TextFileNode(this, folder));
  }

  /** All elements of several streams of one interval. */
  union<T>(...streams: DStream<T>[]): DStream<T> {
    const nodes = streams.map((s) => s.node as StreamNode<never>);
    if (nodes.length === 0) throw illegalArgument('should have at least one DStream to union');
    const union = (rdds: RDD<T>[]): RDD<T> => this.sparkContext.union(rdds);
    return new DStream<T>(this, new TransformedNode<T>(this, nodes, union as never));
  }

  /** A stream whose batches `fn` makes, on the driver, of those of several streams of one interval. */
  transform<A extends readonly unknown[], T>(
    streams: readonly [...{ [K in keyof A]: DStream<A[K]> }],
    fn: (rdds: { [K in keyof A]: RDD<A[K]> }, time: Time) => RDD<T> | PromiseLike<RDD<T>>,
  ): DStream<T> {
    const nodes = (streams as readonly DStream<never>[]).map((s) => s.node);
    return new DStream<T>(this, new TransformedNode<T>(this, nodes, fn as never));
  }

  /** Keeps the RDDs of all streams for at least this long, for those who ask for them later (`slice`). */
  remember(duration: DurationLike): void {
    this.#remember = toDuration(duration);
  }

  addStreamingListener(listener: StreamingListener): void {
    this.#listeners.add(listener);
  }

  removeStreamingListener(listener: StreamingListener): void {
    this.#listeners.delete(listener);
  }

  /** Begins with the interval that runs. @throws IllegalStateException, IllegalArgumentException without outputs */
  start(): void {
    if (this.#state === 'ACTIVE') return;
    if (this.#state === 'STOPPED') throw illegalState('StreamingContext has already been stopped');
    this.sparkContext.assertRunning();
    if (active && !active.sparkContext.isStopped)
      throw illegalState('Only one StreamingContext may be started in this process, and one is running');
    this.#graph.validate();
    const first = this.#timer.startTime();
    this.#graph.initialize(first - this.batchDuration.milliseconds, this.#remember);
    this.#state = 'ACTIVE';
    active = this;
    const inputs = this.#graph.inputs().filter((node) => node instanceof TextFileNode);
    this.#generating = Promise.all(inputs.map((node) => node.start())).then(
      () => {},
      (error: unknown) => this.#fail('Error starting the streaming context', error),
    );
    this.#timer.start(first);
  }

  /** Resolves when the context is stopped; rejects with the cause when a batch fails, which does not stop it. */
  async awaitTermination(): Promise<void> {
    await this.#awaitEnd(undefined);
  }

  /** The same for a limited time. @param timeout a Duration, or seconds. @returns whether it is stopped */
  awaitTerminationOrTimeout(timeout: DurationLike): Promise<boolean> {
    return this.#awaitEnd(toDuration(timeout).milliseconds);
  }

  #awaitEnd(timeoutMs: number | undefined): Promise<boolean> {
    if (this.#error) return Promise.reject(this.#error.error);
    if (this.#state === 'STOPPED') return this.#stopped().then(() => true);
    return new Promise<boolean>((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const leave = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter = {
        resolve: () => {
          leave();
          resolve(true);
        },
        reject: (error: unknown) => {
          leave();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
      if (timeoutMs !== undefined)
        timer = timeOut(timeoutMs, () => {
          leave();
          resolve(false);
        });
    });
  }

  /** Ends the context: no batch follows. Gracefully, the interval that runs gets its batch and all batches are processed;
   * else batches that wait are dropped, and jobs that run have two seconds left. Stopping twice, or before the start, is fine.
   * Within a batch it does not wait. */
  stop(options?: StopOptions | boolean, stopGracefully = false): Promise<void> {
    const given: StopOptions =
      typeof options === 'boolean' ? { stopSparkContext: options, stopGracefully } : (options ?? {});
    const byDefault = this.#conf('spark.streaming.stopSparkContextByDefault', 'true') === 'true';
    this.#stopping ??= this.#stop(given.stopGracefully ?? false);
    const stopped = this.#stopping.then(async () => {
      // As in Spark, where nothing of an application is left without it.
      if (given.stopSparkContext ?? byDefault) await this.sparkContext.session.stop();
    });
    // A batch that waited for its own end would wait for ever.
    return within.getStore() === this ? Promise.resolve() : stopped;
  }

  async #stop(gracefully: boolean): Promise<void> {
    if (this.#state === 'ACTIVE') {
      await this.#timer.stop(gracefully);
      if (gracefully) {
        await this.#generating;
        await this.#scheduler.whenIdle();
      } else await this.#abandon();
    }
    this.#graph.release();
    this.#state = 'STOPPED';
    if (active === this) active = undefined;
    for (const waiter of [...this.#waiters]) waiter.resolve();
  }

  async #abandon(): Promise<void> {
    this.#closing = true;
    this.#scheduler.dropWaiting();
    const over = this.#generating.then(() => this.#scheduler.whenIdle());
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), GRACE_MS);
    });
    if ((await Promise.race([over, late])) === 'late') {
      this.#abandoned = true;
      this.#jobs.abort();
    }
    clearTimeout(timer);
  }

  #stopped(): Promise<void> {
    return this.#stopping ?? Promise.resolve();
  }

  /** @throws IllegalStateException */
  assertOpen(): void {
    if (this.#state === 'INITIALIZED') return;
    const when = this.#state === 'ACTIVE' ? 'starting' : 'stopping';
    throw illegalState(
      `Adding new inputs, transformations, and output operations after ${when} a context is not supported`,
    );
  }

  /** For DStream: registers an output operation. */
  addOutput({ node, run }: OutputOperation): void {
    this.assertOpen();
    this.#graph.addOutput({ node, run: (rdd, time) => this.#inBatch(() => run(rdd, time)) });
  }

  #inBatch<T>(f: () => T): T {
    return within.run(this, () => cancelJobsBy(this.#jobs.signal, f));
  }

  /** Batches are made one after the other: a queue gives its RDDs in the order of times. */
  #generate(time: Time): void {
    this.#generating = this.#generating.then(async () => {
      if (this.#closing) return;
      try {
        // Without its SparkContext it has no future, and should not keep the process alive.
        if (this.sparkContext.isStopped) void this.stop({ stopSparkContext: false });
        this.sparkContext.assertRunning();
        const jobs = await this.#inBatch(() => this.#graph.generateJobs(time));
        if (!this.#closing) this.#scheduler.submit(time, jobs);
      } catch (error) {
        this.#fail(`Error generating jobs for time ${time} ms`, error);
      }
    });
  }

  async #endBatch(time: Time): Promise<void> {
    try {
      if (!this.#abandoned) await this.#graph.endBatch(time, (rdd) => cutLineage(this.sparkContext, rdd));
    } catch (error) {
      this.#fail(`Error ending the batch of time ${time} ms`, error);
    }
  }

  #fail(what: string, error: unknown): void {
    // What ends because the context is being ended is no failure.
    if (this.#abandoned) return;
    this.#error ??= { error };
    if (this.#waiters.size === 0) process.emitWarning(`${what}: ${messageOf(error)}`, 'StreamingWarning');
    for (const waiter of [...this.#waiters]) waiter.reject(error);
  }

  #notify(event: keyof StreamingListener, batch: BatchInfo): void {
    for (const listener of [...this.#listeners])
      try {
        listener[event]?.(batch);
      } catch (error) {
        // Who only listens stops nothing.
        process.emitWarning(`A StreamingListener failed: ${messageOf(error)}`, 'StreamingWarning');
      }
  }

  #conf(key: string, byDefault: string): string {
    return this.sparkContext.conf.getOptional(key) ?? byDefault;
  }
}
