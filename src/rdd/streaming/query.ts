import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { analysisError, SparkError } from '../../errors/index.js';
import type { LogicalPlan } from '../../plan/logical/index.js';
import type { SparkSession } from '../../session/spark-session.js';
import { timeOut } from '../async/timer.js';
import { Checkpoint } from './checkpoint.js';
import { pause, type StreamClock } from './clock.js';
import { MicroBatches, type TriggerResult } from './micro-batch.js';
import { STREAMING_CONFS } from './options.js';
import { rate, type StreamingQueryProgress, type StreamingQueryStatus, TriggerTimes } from './progress.js';
import { ForeachBatchSink } from './sinks/foreach-batch-sink.js';
import type { Sink } from './sinks/sink.js';
import { nextTriggerTime, type Trigger } from './trigger.js';

/** What a query is made of. */
export interface QueryDefinition {
  readonly session: SparkSession;
  readonly name: string | undefined;
  /** Analyzed. */
  readonly plan: LogicalPlan;
  readonly sink: Sink;
  readonly trigger: Trigger;
  readonly clock: StreamClock;
  readonly checkpointRoot: string;
  /** Nobody asked to keep it. */
  readonly deleteCheckpoint: boolean;
}

/** What the manager hears of a query. */
export interface QueryObserver {
  started(query: StreamingQuery): void;
  progressed(query: StreamingQuery, progress: StreamingQueryProgress): void;
  idle(query: StreamingQuery): void;
  terminated(query: StreamingQuery): void;
}

/** The queries whose batch functions are running in this flow of calls. */
const running = new AsyncLocalStorage<StreamingQuery>();

/** A query that runs batch after batch until it is stopped or fails. It does not keep the process alive; `awaitTermination` and
 * `processAllAvailable` do while they wait. Spark: `StreamingQuery`, `StreamExecution`. */
export class StreamingQuery {
  /** Of the checkpoint: the same after a restart. */
  readonly id: string;
  /** Of this run. */
  readonly runId = randomUUID();
  readonly name: string | undefined;
  readonly #abort = new AbortController();
  readonly #checkpoint: Checkpoint;
  readonly #progress: StreamingQueryProgress[] = [];
  readonly #done: Promise<void>;
  #status: StreamingQueryStatus = {
    message: 'Initializing sources',
    isDataAvailable: false,
    isTriggerActive: false,
  };
  #batches: MicroBatches | undefined;
  #active = true;
  #failure: SparkError | undefined;
  /** Nothing was new at the last trigger. */
  #noNewData = false;
  #waiters: (() => void)[] = [];
  #lastTriggerStartMs: number | undefined;
  #lastIdleReportMs = Number.NEGATIVE_INFINITY;

  /** @param before is awaited before the first trigger: the end of the run that this one replaces */
  constructor(
    private readonly definition: QueryDefinition,
    private readonly observer: QueryObserver,
    before?: (id: string) => Promise<void> | undefined,
  ) {
    const { session, checkpointRoot } = definition;
    this.name = definition.name;
    this.#checkpoint = new Checkpoint(checkpointRoot, session.conf);
    this.id = this.#checkpoint.id;
    const replaced = before?.(this.id);
    this.#done = this.#run(replaced);
  }

  get sparkSession(): SparkSession {
    return this.definition.session;
  }
  get isActive(): boolean {
    return this.#active;
  }
  get status(): StreamingQueryStatus {
    return this.#status;
  }
  /** The last triggers, oldest first (`spark.sql.streaming.numRecentProgressUpdates`). */
  get recentProgress(): readonly StreamingQueryProgress[] {
    return [...this.#progress];
  }
  get lastProgress(): StreamingQueryProgress | null {
    return this.#progress.at(-1) ?? null;
  }
  /** Why the query ended, if it failed: STREAM_FAILED with the error itself as cause. */
  exception(): SparkError | undefined {
    return this.#failure;
  }

  /** Ends the query: what runs is cancelled, and runs again when the query is started anew. Settles when nothing runs any more; called
   * by the batch's own function, it does not wait for that. */
  async stop(): Promise<void> {
    this.#active = false;
    this.#abort.abort();
    if (running.getStore() !== this) await this.#done;
  }
  /** Settles when the query has ended; with a time-out, then at the latest.
   * @returns whether it has ended @throws STREAM_FAILED if it failed */
  async awaitTermination(timeoutMs?: number): Promise<boolean> {
    const ended = await alive(timeoutMs === undefined ? this.#done : Promise.race([this.#done, sleep(timeoutMs)]));
    if (ended === 'late') return false;
    if (this.#failure) throw this.#failure;
    return true;
  }
  /** Settles when all that the sources had when this was called has been processed. For tests: a source that always has more keeps it
   * waiting. @throws STREAM_FAILED */
  async processAllAvailable(): Promise<void> {
    this.#noNewData = false;
    await alive(
      (async () => {
        while (this.#active && !this.#noNewData) await new Promise<void>((wake) => this.#waiters.push(wake));
        if (!this.#active) await this.#done;
      })(),
    );
    if (this.#failure) throw this.#failure;
  }

  /** The plan of the last batch. */
  explainString(extended = false): string {
    const batch = this.#batches?.lastExecution;
    return batch ? batch.explainString(extended ? 'extended' : 'simple') : 'No physical plan. Waiting for data.';
  }
  explain(extended = false): void {
    process.stdout.write(`${this.explainString(extended)}\n`);
  }

  async #run(replaced: Promise<void> | undefined): Promise<void> {
    // Whoever started the query has it before anything happens.
    await Promise.resolve();
    try {
      await replaced;
      this.observer.started(this);
      const { session, plan, sink, clock } = this.definition;
      this.#batches = new MicroBatches(session, plan, this.#checkpoint, sink, clock, (m) => this.#say(m));
      const batches = this.#batches;
      // Only a function can ask for the end of the query that calls it.
      if (sink instanceof ForeachBatchSink) await running.run(this, () => this.#triggers(batches));
      else await this.#triggers(batches);
    } catch (error) {
      if (!this.#abort.signal.aborted || !isCancellation(error)) this.#failure = this.#failed(error);
    }
    this.#end();
  }
  #say(message: string): void {
    this.#status = { ...this.#status, message };
  }
  #failed(error: unknown): SparkError {
    const message = error instanceof Error ? error.message : String(error);
    const { condition, parameters } = analysisError('STREAM_FAILED', { id: this.id, runId: this.runId, message });
    return new SparkError('runtime', condition, parameters, undefined, { cause: error });
  }
  #end(): void {
    this.#active = false;
    const cause = this.#failure?.parameters['message'];
    this.#status = {
      message: cause === undefined ? 'Stopped' : `Terminated with exception: ${cause}`,
      isDataAvailable: false,
      isTriggerActive: false,
    };
    const { deleteCheckpoint, checkpointRoot, session } = this.definition;
    // What a failed query leaves behind may tell why.
    if (deleteCheckpoint && !this.#failure) removeQuietly(checkpointRoot, session);
    this.observer.terminated(this);
    this.#wake();
  }
  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  async #triggers(batches: MicroBatches): Promise<void> {
    const { trigger, clock, session } = this.definition;
    const { signal } = this.#abort;
    if (trigger.kind === 'once') {
      await this.#trigger(batches, true);
      return;
    }
    if (trigger.kind === 'availableNow') batches.prepareForAvailableNow();
    while (this.#active) {
      const started = performance.now();
      // Of the start: after a batch that took longer than the interval the next one begins at once.
      const next = trigger.kind === 'processingTime' ? nextTriggerTime(clock.now(), trigger.intervalMs) : undefined;
      const { ran } = await this.#trigger(batches, false);
      if (trigger.kind === 'availableNow') {
        if (!ran) return;
      } else {
        // A folder that takes long to list is listed less often.
        const took = performance.now() - started;
        if (!ran) await pause(Math.max(STREAMING_CONFS.pollingDelayMs(session.conf), took), signal);
        if (next !== undefined) await clock.waitTill(next, signal);
      }
      // Others get their turn, whatever the batch was like.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async #trigger(batches: MicroBatches, all: boolean): Promise<TriggerResult> {
    const { clock } = this.definition;
    const times = new TriggerTimes(clock.now(), () => clock.now());
    this.#status = { ...this.#status, isTriggerActive: true };
    const result = await times.measure('triggerExecution', () =>
      batches.trigger(times, this.#abort.signal, all, (isDataAvailable, runs) => {
        this.#status = { ...this.#status, isDataAvailable };
        // Said at once: what comes after this look at the sources is new to whoever waits for it.
        if (!runs) this.#noNewData = true;
      }),
    );
    this.#say(result.ran ? 'Waiting for next trigger' : 'Waiting for data to arrive');
    this.#status = { ...this.#status, isTriggerActive: false };
    this.#report(batches, result, times);
    this.#lastTriggerStartMs = times.startMs;
    this.#wake();
    return result;
  }

  /** Triggers that found nothing are reported now and then only. */
  #report(batches: MicroBatches, result: TriggerResult, times: TriggerTimes): void {
    const { session, clock, sink } = this.definition;
    const now = clock.now();
    if (!result.ran) {
      if (now - this.#lastIdleReportMs < STREAMING_CONFS.noDataProgressEventIntervalMs(session.conf)) return;
      this.#lastIdleReportMs = now;
      this.observer.idle(this);
      return;
    }
    this.#lastIdleReportMs = now;
    const tookMs = now - times.startMs;
    const sinceMs =
      this.#lastTriggerStartMs === undefined ? Number.POSITIVE_INFINITY : times.startMs - this.#lastTriggerStartMs;
    const rates = (rows: number | null) => ({
      numInputRows: rows,
      inputRowsPerSecond: rate(rows, sinceMs),
      processedRowsPerSecond: rate(rows, tookMs),
    });
    const offset = (o: string | undefined) => (o === undefined ? null : (JSON.parse(o) as unknown));
    const rows = result.inputRows.map((n) => n ?? null);
    const progress: StreamingQueryProgress = {
      id: this.id,
      runId: this.runId,
      name: this.name ?? null,
      timestamp: new Date(times.startMs).toISOString(),
      batchId: result.batchId,
      batchDuration: tookMs,
      ...rates(rows.includes(null) ? null : rows.reduce<number>((a, b) => a + (b as number), 0)),
      durationMs: Object.fromEntries(Object.entries(times.durations).sort(([a], [b]) => (a < b ? -1 : 1))),
      stateOperators: [],
      sources: batches.sources.map((s, i) => ({
        description: s.description,
        startOffset: offset(result.start[i]),
        endOffset: offset(result.end[i]),
        latestOffset: null,
        ...rates(rows[i] ?? null),
      })),
      sink: { description: sink.description, numOutputRows: result.outputRows ?? -1 },
    };
    this.#progress.push(progress);
    while (this.#progress.length > STREAMING_CONFS.numRecentProgressUpdates(session.conf)) this.#progress.shift();
    this.observer.progressed(this, progress);
  }
}

/** A folder that cannot be removed is no reason for a query to fail. */
function removeQuietly(path: string, session: SparkSession): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    session.warn('StreamExecution', `Cannot delete ${path}: ${(error as Error).message}`);
  }
}

function isCancellation(error: unknown): boolean {
  if (error instanceof SparkError && error.kind === 'cancelled') return true;
  for (let e = error; e instanceof Error; e = e.cause) {
    if (e.name === 'AbortError' || (e instanceof SparkError && e.kind === 'cancelled')) return true;
  }
  return false;
}

function sleep(ms: number): Promise<'late'> {
  return new Promise((resolve) => {
    timeOut(ms, () => resolve('late'))?.unref();
  });
}

/** Keeps the process alive until the promise settles. */
export async function alive<T>(promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => undefined, 2 ** 30);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}
