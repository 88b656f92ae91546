import { isThenable } from '../async/thenable.js';
import { canonicalKey, compareValues } from '../data/keys.js';
import { decodeValue } from '../data/value-codec.js';
import type { CogroupSource, NodeSpec, StepKind } from '../lineage/spec.js';
import { asPair, CombineMap, type Pair } from './combine.js';
import { drain, drainToArray } from './drain.js';
import {
  ArrayFeed,
  ConcatFeed,
  type Feed,
  FilterFeed,
  FlatMapFeed,
  feedOf,
  LazyFeed,
  MapFeed,
  PartitionIterator,
} from './feed.js';
import type { Functions } from './functions.js';
import { IndexFeed, RangeFeed, sampled, ZipFeed } from './sources.js';
import { MissingInput, type TaskState } from './task-state.js';
import { textLines } from './text.js';

/** What a node may ask of the worker. */
export interface NodeHost {
  /** The elements of a partition of another RDD. */
  feed(rdd: number, partition: number, task: TaskState): Feed;
}

/** A node with its functions: makes the elements of partitions. */
export function computeNode(
  id: number,
  spec: NodeSpec,
  functions: Functions,
  partition: number,
  task: TaskState,
  host: NodeHost,
): Feed {
  switch (spec.op) {
    case 'data': {
      const bytes = leaf(task, id, partition) as Uint8Array | undefined;
      if (!bytes) throw new MissingInput(task.computed);
      return new ArrayFeed(decodeValue(bytes) as unknown[]);
    }
    case 'range':
      return new RangeFeed(spec, partition);
    case 'text':
      return textLines(leaf(task, id, partition) as never);
    case 'step': {
      const up = host.feed(spec.parent, partition, task);
      return step(spec.step, up, spec.fn && functions.get(spec.fn), partition, task);
    }
    case 'sample':
      return sampled(host.feed(spec.parent, partition, task), spec, BigInt(leaf(task, id, partition) as bigint));
    case 'zip-index': {
      const { unique } = spec;
      const first = unique === undefined ? (leaf(task, id, partition) as number | undefined) : partition;
      if (first === undefined) throw new MissingInput(task.computed);
      return new IndexFeed(host.feed(spec.parent, partition, task), first, unique ?? 1);
    }
    case 'union': {
      let i = spec.parents.length - 1;
      while ((spec.parents[i] as { first: number }).first > partition) i--;
      const parent = spec.parents[i] as { id: number; first: number };
      return host.feed(parent.id, partition - parent.first, task);
    }
    case 'coalesce': {
      const group = spec.groups[partition] as readonly number[];
      return new ConcatFeed(group.length, (i) => host.feed(spec.parent, group[i] as number, task));
    }
    case 'zip':
      return new ZipFeed(host.feed(spec.left, partition, task), host.feed(spec.right, partition, task));
    case 'cartesian': {
      const left = host.feed(spec.left, Math.floor(partition / spec.rightPartitions), task);
      const right = host.feed(spec.right, partition % spec.rightPartitions, task);
      return new LazyFeed(
        () => {
          const all = drainToArray(right);
          const pairs = (values: unknown[]) => new FlatMapFeed(left, (l) => values.map((r) => [l, r]));
          return all instanceof Promise ? all.then(pairs) : pairs(all);
        },
        async () => {
          await left.close();
          await right.close();
        },
      );
    }
    case 'shuffled':
      return shuffled(spec, functions, partition, task);
    case 'combine':
      return combineNarrow(
        host.feed(spec.parent, partition, task),
        new CombineMap(functions.aggregator(spec.aggregator)),
      );
    case 'cogroup':
      return cogroup(spec.sources, partition, task, host);
  }
}

function leaf(task: TaskState, id: number, partition: number): unknown {
  return task.inputs.leaves[`${id}:${partition}`];
}

function step(
  kind: StepKind,
  up: Feed,
  fn: ((...args: unknown[]) => unknown) | undefined,
  partition: number,
  { context }: TaskState,
): Feed {
  const f = fn as (...args: unknown[]) => unknown;
  switch (kind) {
    case 'map':
      return new MapFeed(up, (v) => f(v, context));
    case 'filter':
      return new FilterFeed(up, (v) => f(v, context));
    case 'flatMap':
      return new FlatMapFeed(up, (v) => f(v, context));
    case 'mapPartitions':
      return partitionFeed(up, (it) => f(it, context));
    case 'mapPartitionsWithIndex':
      return partitionFeed(up, (it) => f(partition, it, context));
    case 'mapValues':
      return new MapFeed(up, (v) => {
        const [key, value] = asPair(v);
        const r = f(value, context);
        return isThenable(r) ? r.then((x) => [key, x]) : [key, r];
      });
    case 'flatMapValues':
      return new FlatMapFeed(up, (v) => {
        const [key, value] = asPair(v);
        const r = f(value, context);
        return isThenable(r) ? r.then((x) => paired(key, x)) : paired(key, r);
      });
    case 'keyBy':
      return new MapFeed(up, (v) => {
        const key = f(v, context);
        return isThenable(key) ? key.then((k) => [k, v]) : [key, v];
      });
    case 'keys':
      return new MapFeed(up, (v) => asPair(v)[0]);
    case 'values':
      return new MapFeed(up, (v) => asPair(v)[1]);
    case 'glom':
      return new LazyFeed(
        () => {
          const all = drainToArray(up);
          return all instanceof Promise ? all.then((values) => new ArrayFeed([values])) : new ArrayFeed([all]);
        },
        () => up.close(),
      );
  }
}

function paired(key: unknown, values: unknown): Feed | PartitionIterator<unknown> {
  return new PartitionIterator(new MapFeed(feedOf(values), (x) => [key, x]));
}

function partitionFeed(up: Feed, f: (iterator: PartitionIterator<unknown>) => unknown): Feed {
  return new LazyFeed(
    () => {
      const given = f(new PartitionIterator(up));
      return isThenable(given) ? given.then(feedOf) : feedOf(given);
    },
    () => up.close(),
  );
}

/** The blocks of a shuffle for one partition, as pairs. */
function shuffleBlocks(shuffle: number, partition: number, task: TaskState): readonly Uint8Array[] {
  const blocks = task.inputs.shuffles[`${shuffle}:${partition}`];
  if (!blocks) throw new MissingInput(task.computed);
  return blocks;
}

function shuffled(
  spec: Extract<NodeSpec, { op: 'shuffled' }>,
  functions: Functions,
  partition: number,
  task: TaskState,
): Feed {
  const blocks = shuffleBlocks(spec.shuffle, partition, task);
  const pairs = (): Pair[] => {
    if (!spec.aggregator) {
      const all: Pair[] = [];
      for (const b of blocks) for (const p of decodeValue(b) as Pair[]) all.push(p);
      return all;
    }
    const aggregator = functions.aggregator(spec.aggregator);
    const map = new CombineMap(aggregator);
    for (const b of blocks)
      for (const [k, v] of decodeValue(b) as Pair[])
        if (aggregator.mapSideCombine) map.addCombiner(k, v);
        else map.add(k, v);
    return map.pairs;
  };
  if (!spec.aggregator && !spec.sort) {
    const all = new ConcatFeed(blocks.length, (i) => new ArrayFeed(decodeValue(blocks[i] as Uint8Array) as unknown[]));
    return spec.valuesOnly ? new MapFeed(all, (p) => (p as Pair)[1]) : all;
  }
  return new LazyFeed(() => {
    const all = pairs();
    if (spec.sort) sortPairs(all, spec.sort === 'ascending' ? 1 : -1);
    return spec.valuesOnly ? new ArrayFeed(all.map((p) => p[1])) : new ArrayFeed(all);
  });
}

/** By key; pairs of equal keys stay in their order. */
function sortPairs(pairs: Pair[], sign: number): void {
  const numbers = pairs.every(([k]) => typeof k === 'number' && !Number.isNaN(k));
  // Several times faster than the general order, where it is the same. Equal infinities have no difference.
  if (numbers) pairs.sort(([a], [b]) => (a === b ? 0 : sign * ((a as number) - (b as number))));
  else pairs.sort((a, b) => sign * compareValues(a[0], b[0]));
}

function combineNarrow(up: Feed, map: CombineMap): Feed {
  return new LazyFeed(
    () => {
      const wait = drain(up, (v) => {
        const [key, value] = asPair(v);
        map.add(key, value);
      });
      return wait ? wait.then(() => new ArrayFeed(map.pairs)) : new ArrayFeed(map.pairs);
    },
    () => up.close(),
  );
}

/** `[key, [values of the first, values of the second, …]]` for each key of any. Spark: `CoGroupedRDD`. */
function cogroup(sources: readonly CogroupSource[], partition: number, task: TaskState, host: NodeHost): Feed {
  const feeds = sources.map((s) =>
    s.kind === 'narrow'
      ? host.feed(s.parent, partition, task)
      : ((blocks) =>
          new ConcatFeed(blocks.length, (i) => new ArrayFeed(decodeValue(blocks[i] as Uint8Array) as unknown[])))(
          shuffleBlocks(s.shuffle, partition, task),
        ),
  );
  const groups = new Map<unknown, [unknown, unknown[][]]>();
  const gather = (i: number): undefined | Promise<undefined> => {
    for (let at = i; at < feeds.length; at++) {
      const wait = drain(feeds[at] as Feed, (v) => {
        const [key, value] = asPair(v);
        const canonical = canonicalKey(key);
        let group = groups.get(canonical);
        if (!group) groups.set(canonical, (group = [key, sources.map(() => [])]));
        (group[1][at] as unknown[]).push(value);
      });
      if (wait) return wait.then(() => gather(at + 1));
    }
    return undefined;
  };
  return new LazyFeed(
    () => {
      const wait = gather(0);
      return wait ? wait.then(() => new ArrayFeed([...groups.values()])) : new ArrayFeed([...groups.values()]);
    },
    async () => {
      for (const f of feeds) await f.close();
    },
  );
}
