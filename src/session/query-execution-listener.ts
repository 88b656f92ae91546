import type { QueryExecution } from './query-execution.js';
import type { QueryMetrics } from './query-metrics.js';

/** Is told of every query that a session ran. Spark: `QueryExecutionListener`. */
export interface QueryExecutionListener {
  /** @param funcName the action: `collect`, `toLocalIterator`, `toArrow` */
  onSuccess?(funcName: string, execution: QueryExecution, durationMs: number, metrics: QueryMetrics): void;
  onFailure?(funcName: string, execution: QueryExecution, error: unknown): void;
}

/** The listeners of one session. Spark: `ExecutionListenerManager`. */
export class ExecutionListenerManager {
  #listeners: readonly QueryExecutionListener[] = [];

  register(listener: QueryExecutionListener): void {
    this.unregister(listener);
    this.#listeners = [...this.#listeners, listener];
  }
  unregister(listener: QueryExecutionListener): void {
    this.#listeners = this.#listeners.filter((l) => l !== listener);
  }
  clear(): void {
    this.#listeners = [];
  }

  /** Runs a query and tells how it went. `metrics` are asked for once it has run. */
  async observe<T>(
    funcName: string,
    execution: QueryExecution,
    metrics: () => QueryMetrics,
    run: () => Promise<T>,
  ): Promise<T> {
    if (this.#listeners.length === 0) return run();
    const started = performance.now();
    try {
      const result = await run();
      const durationMs = performance.now() - started;
      for (const l of this.#listeners) l.onSuccess?.(funcName, execution, durationMs, metrics());
      return result;
    } catch (error) {
      for (const l of this.#listeners) l.onFailure?.(funcName, execution, error);
      throw error;
    }
  }
}
