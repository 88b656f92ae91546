const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/** Runs `f` when the signal aborts, at once if it has. One listener serves all calls that hang on a signal, however many.
 * @returns takes `f` off again */
export function onAbort(signal: AbortSignal, f: () => void): () => void {
  if (signal.aborted) {
    f();
    return () => {};
  }
  let all = listeners.get(signal);
  if (!all) {
    const set = new Set<() => void>();
    signal.addEventListener('abort', () => {
      listeners.delete(signal);
      for (const g of [...set]) g();
    });
    listeners.set(signal, (all = set));
  }
  const set = all;
  set.add(f);
  return () => set.delete(f);
}

/** The promise, or the signal's reason if that aborts first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const off = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(off);
  });
}
