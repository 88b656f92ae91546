/** Progress of one source in one trigger. Offsets are JSON values. Spark: `SourceProgress`. */
export interface SourceProgress {
  readonly description: string;
  readonly startOffset: unknown;
  readonly endOffset: unknown;
  readonly latestOffset: unknown;
  /** Null where the rows of a batch cannot be told. */
  readonly numInputRows: number | null;
  readonly inputRowsPerSecond: number | null;
  readonly processedRowsPerSecond: number | null;
}

/** What one trigger did. Spark: `StreamingQueryProgress`. */
export interface StreamingQueryProgress {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
  /** Start of the trigger, ISO 8601, UTC. */
  readonly timestamp: string;
  readonly batchId: number;
  /** Milliseconds. */
  readonly batchDuration: number;
  readonly numInputRows: number | null;
  readonly inputRowsPerSecond: number | null;
  readonly processedRowsPerSecond: number | null;
  /** Milliseconds of each step. */
  readonly durationMs: Readonly<Record<string, number>>;
  readonly stateOperators: readonly never[];
  readonly sources: readonly SourceProgress[];
  readonly sink: { readonly description: string; readonly numOutputRows: number };
}

/** Spark: `StreamingQueryStatus`. */
export interface StreamingQueryStatus {
  readonly message: string;
  readonly isDataAvailable: boolean;
  readonly isTriggerActive: boolean;
}

/** Is told of queries as they go. What it throws is a warning. Spark: `StreamingQueryListener`. */
export interface StreamingQueryListener {
  onQueryStarted?(event: {
    readonly id: string;
    readonly runId: string;
    readonly name: string | null;
    readonly timestamp: string;
  }): void;
  onQueryProgress?(event: { readonly progress: StreamingQueryProgress }): void;
  onQueryIdle?(event: { readonly id: string; readonly runId: string; readonly timestamp: string }): void;
  onQueryTerminated?(event: {
    readonly id: string;
    readonly runId: string;
    readonly exception: string | undefined;
  }): void;
}

/** Collects what one trigger took. Spark: `ProgressReporter`, `ProgressContext`. */
export class TriggerTimes {
  readonly durations: Record<string, number> = {};
  constructor(
    readonly startMs: number,
    private readonly now: () => number,
  ) {}
  measure<T>(name: string, f: () => T): T {
    const start = this.now();
    const add = (): void => {
      this.durations[name] = (this.durations[name] ?? 0) + Math.max(0, this.now() - start);
    };
    let async = false;
    try {
      const result = f();
      if (result instanceof Promise) {
        async = true;
        return result.finally(add) as T;
      }
      return result;
    } finally {
      if (!async) add();
    }
  }
}

/** Rows a second; nothing over nothing is 0. */
export function rate(rows: number | null, ms: number): number | null {
  if (rows === null) return null;
  return ms > 0 && Number.isFinite(ms) ? (rows * 1000) / ms : 0;
}
