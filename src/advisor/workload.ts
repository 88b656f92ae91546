import type { LogicalPlan } from '../plan/logical/index.js';
import type { QueryExecution } from '../session/query-execution.js';
import type { QueryMetrics } from '../session/query-metrics.js';

/** What a run costs: its wall time, or the time that an object store takes for the bytes it reads from files, the machine's own
 * speed left out. */
export type CostModel = 'time' | 'bytes';

/** Bytes that a millisecond brings. */
const BYTES_PER_MS = 100_000;

/** Milliseconds of a run. */
export function costOf(
  { elapsedMs, bytesRead }: Pick<QueryMetrics, 'elapsedMs' | 'bytesRead'>,
  model: CostModel,
): number {
  return model === 'time' ? elapsedMs : bytesRead / BYTES_PER_MS;
}

/** One query of the workload; runs of equal queries are put together. */
export interface RecordedQuery {
  /** As parsed or built: analyzed anew, it draws new ids. */
  readonly logical: LogicalPlan;
  readonly analyzed: LogicalPlan;
  readonly runs: number;
  /** Of the fastest recorded run. */
  readonly ms: number;
  readonly bytesRead: number;
}

/** What a session ran while it was recorded. */
export class Workload {
  readonly #queries = new Map<string, RecordedQuery>();

  add(execution: QueryExecution, ms: number, bytesRead: number): void {
    const { logical, commandExecuted: analyzed } = execution;
    const { key } = analyzed.canonicalized;
    const before = this.#queries.get(key);
    this.#queries.set(key, {
      logical,
      analyzed,
      runs: (before?.runs ?? 0) + 1,
      ms: Math.min(before?.ms ?? ms, ms),
      bytesRead: Math.max(before?.bytesRead ?? 0, bytesRead),
    });
  }
  get queries(): readonly RecordedQuery[] {
    return [...this.#queries.values()];
  }
  clear(): void {
    this.#queries.clear();
  }
}
