import type { SparkSession } from '../../session/spark-session.js';
import { timeOut } from '../async/timer.js';
import { illegalArgument, illegalState } from '../java-errors.js';
import { type StreamClock, SYSTEM_CLOCK } from './clock.js';
import { STREAMING_CONFS } from './options.js';
import type { StreamingQueryListener } from './progress.js';
import { alive, type QueryDefinition, type QueryObserver, StreamingQuery } from './query.js';

/** All queries of an application: no two may run on one checkpoint. */
const applications = new WeakMap<object, Set<StreamingQuery>>();

/** A session's streaming queries: `spark.streams`. Spark: `StreamingQueryManager`. */
export class StreamingQueryManager {
  /** The time that queries started from now on go by. */
  clock: StreamClock = SYSTEM_CLOCK;
  readonly #active = new Set<StreamingQuery>();
  readonly #listeners = new Set<StreamingQueryListener>();
  #lastTerminated: StreamingQuery | undefined;
  #waiters: (() => void)[] = [];

  constructor(private readonly session: SparkSession) {
    session.sharedState.closers.add(() => this.stopAll());
  }

  get active(): readonly StreamingQuery[] {
    return [...this.#active];
  }
  get(id: string): StreamingQuery | undefined {
    return this.active.find((q) => q.id === id);
  }
  addListener(listener: StreamingQueryListener): void {
    this.#listeners.add(listener);
  }
  removeListener(listener: StreamingQueryListener): void {
    this.#listeners.delete(listener);
  }
  /** Settles when any query has ended since the session began or `resetTerminated` was called; with a time-out, then at the latest.
   * @returns whether one has @throws STREAM_FAILED if that one failed */
  async awaitAnyTermination(timeoutMs?: number): Promise<boolean> {
    const end = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
    await alive(
      (async () => {
        while (!this.#lastTerminated && (end === undefined || performance.now() < end)) {
          const left = end === undefined ? undefined : end - performance.now();
          await new Promise<void>((wake) => {
            this.#waiters.push(wake);
            if (left !== undefined) timeOut(left, wake)?.unref();
          });
        }
      })(),
    );
    const failure = this.#lastTerminated?.exception();
    if (failure) throw failure;
    return this.#lastTerminated !== undefined;
  }
  /** Forgets queries that have ended, so that `awaitAnyTermination` waits for others. */
  resetTerminated(): void {
    this.#lastTerminated = undefined;
  }

  /** @throws java.lang.IllegalArgumentException where a query of this name runs, java.lang.IllegalStateException where one with this
   * checkpoint does and is not to be stopped */
  start(definition: Omit<QueryDefinition, 'session' | 'clock'>): StreamingQuery {
    const { session } = this;
    const { name } = definition;
    if (name !== undefined && this.active.some((q) => q.name === name))
      throw illegalArgument(
        `Cannot start query with name ${name} as a query with that name is already active in this SparkSession`,
      );
    const shared = applications.get(session.sharedState) ?? new Set<StreamingQuery>();
    applications.set(session.sharedState, shared);
    const query = new StreamingQuery({ ...definition, session, clock: this.clock }, this.observer(shared), (id) => {
      const old = [...shared].filter((q) => q.id === id);
      if (old.length === 0) return undefined;
      if (!STREAMING_CONFS.stopActiveRunOnRestart(session.conf))
        throw illegalState(
          `Cannot start query with id ${id} as another query with same id is already active. Perhaps you are attempting to restart a query from checkpoint that is already active.`,
        );
      session.warn('StreamingQueryManager', `Stopping the active run of query ${id}, as it was started anew.`);
      return Promise.all(old.map((q) => q.stop())).then(() => undefined);
    });
    this.#active.add(query);
    shared.add(query);
    return query;
  }
  private observer(shared: Set<StreamingQuery>): QueryObserver {
    const at = () => new Date(this.clock.now()).toISOString();
    const ids = ({ id, runId }: StreamingQuery) => ({ id, runId });
    return {
      started: (q) => this.tell((l) => l.onQueryStarted?.({ ...ids(q), name: q.name ?? null, timestamp: at() })),
      progressed: (_q, progress) => this.tell((l) => l.onQueryProgress?.({ progress })),
      idle: (q) => this.tell((l) => l.onQueryIdle?.({ ...ids(q), timestamp: at() })),
      terminated: (q) => {
        this.#active.delete(q);
        shared.delete(q);
        // One that failed is not forgotten for one that was stopped after it.
        if (!this.#lastTerminated || q.exception()) this.#lastTerminated = q;
        const waiters = this.#waiters;
        this.#waiters = [];
        for (const wake of waiters) wake();
        this.tell((l) => l.onQueryTerminated?.({ ...ids(q), exception: q.exception()?.message }));
      },
    };
  }
  private tell(f: (listener: StreamingQueryListener) => void): void {
    for (const l of this.#listeners)
      try {
        f(l);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.session.warn('StreamingQueryListenerBus', `A listener failed: ${why}`);
      }
  }
  /** The application ends. */
  private async stopAll(): Promise<void> {
    await Promise.allSettled(this.active.map((q) => q.stop()));
  }
}
