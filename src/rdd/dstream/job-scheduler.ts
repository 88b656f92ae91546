import type { Time } from './stream-node.js';

/** One output operation of one batch. Spark: `Job`. */
export interface Job {
  readonly time: Time;
  readonly outputOperation: number;
  readonly run: () => Promise<unknown>;
}

/** What listeners learn of a batch; times in ms by the context's clock. Spark: `BatchInfo`. */
export interface BatchInfo {
  readonly batchTime: Time;
  readonly submissionTime: number;
  readonly processingStartTime: number | undefined;
  readonly processingEndTime: number | undefined;
  /** From the first job's start to the last one's end. */
  readonly processingDelay: number | undefined;
  /** From submission to the first job's start. */
  readonly schedulingDelay: number | undefined;
  readonly numOutputOperations: number;
  /** What failed, by output operation. */
  readonly failures: ReadonlyMap<number, unknown>;
}

/** Spark: `StreamingListener`. */
export interface StreamingListener {
  onBatchSubmitted?(batch: BatchInfo): void;
  onBatchStarted?(batch: BatchInfo): void;
  onBatchCompleted?(batch: BatchInfo): void;
}

/** What the scheduler tells its context. */
export interface SchedulerEvents {
  readonly now: () => number;
  readonly notify: (event: keyof StreamingListener, batch: BatchInfo) => void;
  readonly failed: (what: string, error: unknown) => void;
  /** All jobs of the batch have ended; the next batch's jobs wait for the promise. */
  readonly completed: (time: Time) => Promise<void>;
}

class JobSet {
  started: number | undefined;
  ended: number | undefined;
  left: number;
  readonly failures = new Map<number, unknown>();
  constructor(
    readonly time: Time,
    readonly jobs: readonly Job[],
    readonly submitted: number,
  ) {
    this.left = jobs.length;
  }

  get info(): BatchInfo {
    const { started, ended } = this;
    return {
      batchTime: this.time,
      submissionTime: this.submitted,
      processingStartTime: started,
      processingEndTime: ended,
      processingDelay: started === undefined || ended === undefined ? undefined : ended - started,
      schedulingDelay: started === undefined ? undefined : started - this.submitted,
      numOutputOperations: this.jobs.length,
      failures: this.failures,
    };
  }
}

/** Runs the jobs of batches in the order of batches and of output operations, `concurrentJobs` at once. Spark: `JobScheduler`. */
export class JobScheduler {
  readonly #queue: { readonly job: Job; readonly set: JobSet }[] = [];
  readonly #sets = new Set<JobSet>();
  readonly #idle = new Set<() => void>();
  #running = 0;

  constructor(
    private readonly events: SchedulerEvents,
    /** `spark.streaming.concurrentJobs`, default 1. */
    private readonly concurrentJobs: number,
  ) {}

  submit(time: Time, jobs: readonly Job[]): void {
    const set = new JobSet(time, jobs, this.events.now());
    if (jobs.length === 0) {
      this.#running++;
      void this.#complete(set).finally(() => this.#release());
      return;
    }
    this.#sets.add(set);
    this.events.notify('onBatchSubmitted', set.info);
    for (const job of jobs) this.#queue.push({ job, set });
    this.#pump();
  }

  /** Batches that are not done, oldest first. */
  pendingTimes(): Time[] {
    return [...this.#sets].map((set) => set.time).sort((a, b) => a - b);
  }

  /** Resolves when nothing runs or waits. */
  whenIdle(): Promise<void> {
    if (this.#running === 0 && this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.add(resolve));
  }

  /** Jobs that have not started never will. */
  dropWaiting(): void {
    for (const { set } of this.#queue.splice(0)) this.#sets.delete(set);
    this.#signalIdle();
  }

  #pump(): void {
    while (this.#running < this.concurrentJobs) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#running++;
      void this.#run(next.job, next.set).finally(() => this.#release());
    }
  }

  #release(): void {
    this.#running--;
    this.#pump();
    this.#signalIdle();
  }

  async #run(job: Job, set: JobSet): Promise<void> {
    const { events } = this;
    if (set.started === undefined) {
      set.started = events.now();
      events.notify('onBatchStarted', set.info);
    }
    try {
      await job.run();
    } catch (error) {
      set.failures.set(job.outputOperation, error);
      events.failed(`Error running job streaming job ${job.time} ms.${job.outputOperation}`, error);
    }
    if (--set.left === 0) await this.#complete(set);
  }

  async #complete(set: JobSet): Promise<void> {
    set.ended = this.events.now();
    await this.events.completed(set.time);
    this.#sets.delete(set);
    if (set.jobs.length > 0) this.events.notify('onBatchCompleted', set.info);
  }

  #signalIdle(): void {
    if (this.#running > 0 || this.#queue.length > 0) return;
    for (const wake of this.#idle) wake();
    this.#idle.clear();
  }
}
