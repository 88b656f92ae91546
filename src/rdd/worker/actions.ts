import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { XorShiftRandom } from '../../exec/operators/xor-shift-random.js';
import { isThenable } from '../async/thenable.js';
import { canonicalKey, compareValues } from '../data/keys.js';
import { decodeValue, encodeValue } from '../data/value-codec.js';
import type { ActionSpec } from '../lineage/spec.js';
import { asPair, CombineMap, type Pair } from './combine.js';
import { drain, drainToArray } from './drain.js';
import { type Feed, PartitionIterator } from './feed.js';
import type { Functions } from './functions.js';
import { partitionerOf } from './partition-by.js';
import type { TaskState } from './task-state.js';

/** Output of a map task: the pairs of each partition, encoded one after another. */
export class ShuffleOutput {
  constructor(
    readonly data: Uint8Array,
    /** Where each partition begins, and the end. */
    readonly offsets: readonly number[],
  ) {}
}

/** Runs an action over the elements. @returns its result, or a promise if anything is asynchronous */
export function runAction(spec: ActionSpec, functions: Functions, feed: Feed, task: TaskState): unknown {
  switch (spec.kind) {
    case 'collect':
      return drainToArray(feed);
    case 'count': {
      let n = 0;
      return after(
        drain(feed, () => {
          n++;
        }),
        () => n,
      );
    }
    case 'take': {
      const values: unknown[] = [];
      if (spec.n <= 0) return values;
      return after(
        drain(feed, (v) => values.push(v) < spec.n),
        () => values,
      );
    }
    case 'foreach':
      return foreach(feed, functions.get(spec.fn), task);
    case 'foreachPartition': {
      const r = functions.get(spec.fn)(new PartitionIterator(feed), task.context);
      // What a generator does, it does when it is asked for its elements.
      return isThenable(r) ? r.then(exhaust) : exhaust(r);
    }
    case 'run':
      return functions.get(spec.fn)(new PartitionIterator(feed), task.context);
    case 'reduce': {
      const f = functions.get(spec.fn);
      let any = false;
      let result: unknown;
      const use = (v: unknown) => {
        result = any ? f(result, v, task.context) : v;
        if (isThenable(result)) throw new TypeError('the function of reduce must be synchronous, but gave a promise');
        any = true;
      };
      return after(drain(feed, use as never), () => (any ? [result] : []));
    }
    case 'fold': {
      const f = functions.get(spec.fn);
      let result = decodeValue(spec.zero);
      const use = (v: unknown) => {
        result = f(result, v, task.context);
        if (isThenable(result))
          throw new TypeError('functions that combine values must be synchronous, but one gave a promise');
      };
      return after(drain(feed, use as never), () => result);
    }
    case 'takeOrdered':
      return takeOrdered(feed, spec, spec.key && functions.get(spec.key), task);
    case 'stats':
      return stats(feed);
    case 'countByValue': {
      const counts = new Map<unknown, [unknown, number]>();
      return after(
        drain(feed, (v) => {
          const key = canonicalKey(v);
          const entry = counts.get(key);
          if (entry) entry[1]++;
          else counts.set(key, [v, 1]);
        }),
        () => [...counts.values()],
      );
    }
    case 'sampleKeys':
      return sampleKeys(feed, spec.size, BigInt(spec.seed) + BigInt(task.message.partition));
    case 'saveText':
      return saveText(feed, spec.folder, task);
    case 'write-shuffle':
      return writeShuffle(feed, spec, functions, task);
  }
}

function after<T>(wait: undefined | Promise<undefined>, result: () => T): T | Promise<T> {
  return wait ? wait.then(result) : result();
}

function foreach(feed: Feed, f: (...args: unknown[]) => unknown, task: TaskState): unknown {
  const { context } = task;
  let pending: Promise<unknown> | undefined;
  const use = (v: unknown): boolean => {
    const r = f(v, context);
    pending = isThenable(r) ? r : undefined;
    return pending === undefined;
  };
  const wait = drain(feed, use);
  if (!wait && !pending) return null;
  return (async () => {
    await wait;
    // One after another, as the elements come.
    while (pending) {
      await pending;
      pending = undefined;
      await drain(feed, use);
    }
    return null;
  })();
}

function exhaust(result: unknown): unknown {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return null;
  const it = result as { next?: unknown; [Symbol.asyncIterator]?: unknown };
  if (typeof it.next !== 'function') return null;
  if (typeof it[Symbol.asyncIterator] === 'function')
    return (async () => {
      for await (const _ of result as AsyncIterable<unknown>);
      return null;
    })();
  for (const _ of result as Iterable<unknown>);
  return null;
}

/** The n least (or greatest) elements, in order. */
function takeOrdered(
  feed: Feed,
  { n, descending }: { readonly n: number; readonly descending: boolean },
  key: ((...args: unknown[]) => unknown) | undefined,
  { context }: TaskState,
): unknown {
  const sign = descending ? -1 : 1;
  let best: { key: unknown; value: unknown }[] = [];
  const order = (a: { key: unknown }, b: { key: unknown }) => sign * compareValues(a.key, b.key);
  const shrink = () => {
    best.sort(order);
    best = best.slice(0, n);
  };
  const use = (value: unknown) => {
    best.push({ key: key ? key(value, context) : value, value });
    if (best.length >= 2 * n + 100) shrink();
  };
  return after(drain(feed, use as never), () => {
    shrink();
    return best.map((b) => b.value);
  });
}

/** `[count, mean, sum of squared distances from it, greatest, least, sum]`. Spark: `StatCounter` */
function stats(feed: Feed): unknown {
  let [n, mean, m2, max, min, sum] = [0, 0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  const use = (given: unknown) => {
    const v = Number(given);
    const delta = v - mean;
    n++;
    mean += delta / n;
    m2 += delta * (v - mean);
    max = Math.max(max, v);
    min = Math.min(min, v);
    sum += v;
  };
  return after(drain(feed, use as never), () => [n, mean, m2, max, min, sum]);
}

/** `[number of elements, keys of some]`: a reservoir. */
function sampleKeys(feed: Feed, size: number, seed: bigint): unknown {
  const random = new XorShiftRandom(seed);
  const keys: unknown[] = [];
  let n = 0;
  const use = (v: unknown) => {
    const key = asPair(v)[0];
    if (n++ < size) keys.push(key);
    else {
      const at = Math.floor(random.nextDouble() * n);
      if (at < size) keys[at] = key;
    }
  };
  return after(drain(feed, use as never), () => [n, keys]);
}

/** One text file; it has its name only when it is whole, so a failed attempt leaves nothing. */
function saveText(feed: Feed, folder: string, { message }: TaskState): unknown {
  const name = `part-${String(message.partition).padStart(5, '0')}`;
  const temporary = join(folder, '_temporary', `${name}-${message.taskId}`);
  mkdirSync(join(folder, '_temporary'), { recursive: true });
  const file = openSync(temporary, 'w');
  let open = true;
  const finish = () => {
    if (open) closeSync(file);
    open = false;
  };
  let buffer = '';
  const use = (v: unknown) => {
    buffer += `${textOf(v)}\n`;
    if (buffer.length < 65_536) return;
    writeSync(file, buffer);
    buffer = '';
  };
  const fail = (error: unknown): never => {
    finish();
    rmSync(temporary, { force: true });
    throw error;
  };
  const commit = () => {
    writeSync(file, buffer);
    finish();
    renameSync(temporary, join(folder, name));
    return null;
  };
  try {
    const wait = drain(feed, use as never);
    return wait ? wait.then(commit).catch(fail) : commit();
  } catch (error) {
    return fail(error);
  }
}

/** JSON has whole numbers of any length, which `JSON.stringify` cannot write: they are marked, and the marks taken away. */
const BIGINT = '\u0000bigint ';
const BIGINTS = /"\\u0000bigint (-?\d+)"/g;

function textOf(v: unknown): string {
  if (typeof v !== 'object' || v === null) return String(v);
  const own = (v as { toString: unknown }).toString;
  if (!Array.isArray(v) && typeof own === 'function' && own !== Object.prototype.toString) return String(v);
  let bigints = false;
  const text = JSON.stringify(v, (_, x) => {
    if (typeof x !== 'bigint') return x;
    bigints = true;
    return `${BIGINT}${x}`;
  });
  return bigints ? text.replace(BIGINTS, '$1') : text;
}

function writeShuffle(
  feed: Feed,
  spec: Extract<ActionSpec, { kind: 'write-shuffle' }>,
  functions: Functions,
  task: TaskState,
): unknown {
  const n = spec.partitioner.numPartitions;
  const target = partitionerOf(spec.partitioner, functions, task.message.partition);
  const aggregator = spec.aggregator && functions.aggregator(spec.aggregator);
  const buckets: Pair[][] = Array.from({ length: n }, () => []);
  const encode = () => {
    const parts = buckets.map((b) => (b.length === 0 ? undefined : encodeValue(b)));
    const offsets = [0];
    for (const p of parts) {
      // Whole words, so that numbers can be read in place.
      const end = (offsets.at(-1) as number) + (p?.length ?? 0);
      offsets.push(Math.ceil(end / 8) * 8);
    }
    const data = new Uint8Array(new SharedArrayBuffer(offsets.at(-1) as number));
    for (const [i, p] of parts.entries()) if (p) data.set(p, offsets[i]);
    return new ShuffleOutput(data, offsets);
  };
  if (aggregator?.mapSideCombine) {
    const map = new CombineMap(aggregator);
    const use = (v: unknown) => {
      const [key, value] = asPair(v);
      map.add(key, value);
    };
    return after(drain(feed, use as never), () => {
      for (const pair of map.pairs) (buckets[target(pair[0])] as Pair[]).push(pair);
      return encode();
    });
  }
  const use = (v: unknown) => {
    const pair = asPair(v);
    (buckets[target(pair[0])] as Pair[]).push(pair);
  };
  return after(drain(feed, use as never), encode);
}
