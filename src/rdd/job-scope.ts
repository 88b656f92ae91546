import { AsyncLocalStorage } from 'node:async_hooks';

const scope = /* @__PURE__ */ new AsyncLocalStorage<AbortSignal>();

/** Runs `f`; `signal` ends the jobs that it starts, and what it awaits starts. Spark: a job group. */
export function cancelJobsBy<T>(signal: AbortSignal, f: () => T): T {
  return scope.run(signal, f);
}

/** The signal that ends the jobs of the code that runs, besides their own. */
export function jobSignal(): AbortSignal | undefined {
  return scope.getStore();
}
