import { cancelledError } from '../../errors/index.js';
import { DONE, type Feed, Later } from './feed.js';
import { workerRegistry } from './registry.js';

/** Gives all elements to `use`, in order. A promise only if something is asynchronous. `use` ends it early with `false`. */
export function drain(feed: Feed, use: (v: unknown) => unknown): undefined | Promise<undefined> {
  const { killFlag } = workerRegistry();
  for (;;) {
    if (killFlag[0] !== 0) throw cancelledError('task killed');
    const v = feed.pull();
    if (v === DONE) return undefined;
    if (v instanceof Later) return drainLater(feed, use, v, killFlag);
    if (use(v) === false) return undefined;
  }
}

async function drainLater(
  feed: Feed,
  use: (v: unknown) => unknown,
  first: unknown,
  killFlag: Int32Array,
): Promise<undefined> {
  for (let v = first; ; v = feed.pull()) {
    if (v instanceof Later) v = await v.promise;
    if (killFlag[0] !== 0) throw cancelledError('task killed');
    if (v === DONE || use(v) === false) return undefined;
  }
}

/** All elements in an array. */
export function drainToArray(feed: Feed): unknown[] | Promise<unknown[]> {
  const values: unknown[] = [];
  const wait = drain(feed, (v) => {
    values.push(v);
  });
  return wait ? wait.then(() => values) : values;
}
