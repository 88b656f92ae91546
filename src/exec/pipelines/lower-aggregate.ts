import type { BoundExpr } from '../../eval/bound.js';
import { readBatchHeader, writeBatchHeader } from '../../storage/column/batch.js';
import type { Vector } from '../../storage/column/vector.js';
import { isMergeable, textOf } from '../operators/aggregation.js';
import type { AggregateSpec } from '../operators/spec.js';
import type { AggregateTable, SinkSpec, TaskSpec } from './fragment.js';
import { allPartitions, lower, runExchange, runPartitionwise } from './lower.js';
import type { Fragment } from './piece.js';
import type { QueryRun } from './query-run.js';
import type { RuntimeFilter } from './runtime-filter.js';

/** Below this many groups one task merges what the threads found. */
const SMALL_MERGE = 20_000;
/** Fewer input rows than this are not worth distributing. */
const SMALL_INPUT = 50_000;

/** Runs an aggregation: a table per thread, merged by key hash; or, where states cannot be merged between threads, rows are
 * first brought together by key. */
export async function lowerAggregate(
  run: QueryRun,
  spec: AggregateSpec,
  filters: readonly RuntimeFilter[],
): Promise<Fragment> {
  return aggregate(run, spec, await lower(run, spec.child, filters));
}

/** Over a lowered child. */
async function aggregate(run: QueryRun, spec: AggregateSpec, child: Fragment): Promise<Fragment> {
  const twice = distinctFirst(spec);
  if (twice) return aggregate(run, twice.outer, await aggregate(run, twice.inner, child));
  const split = byArguments(spec);
  if (split) return sideBySide(run, spec, split, child);
  const types = spec.output.map((c) => c.type);
  const { id, keys, aggregates } = spec;
  const sink: SinkSpec = { kind: 'aggregate', id, keys, aggregates, complete: !aggregates.every(isMergeable) };
  const batches = sink.complete ? await complete(run, spec, child, sink) : [await partial(run, spec, child, sink)];
  if (sink.complete && spec.partitions > 1 && keys.length > 0) return run.materialized(id, types, batches);
  const all = run.materialized(id, types, [batches.flat()]);
  if (spec.partitions <= 1 || keys.length === 0) return all;
  return runExchange(run, id, all, { kind: 'hash', exprs: keys.map((_, i) => output(spec, i)) }, spec.partitions);
}

/** Without keys, distinct calls over different arguments are aggregations of their own, each in parallel; their single rows
 * are laid side by side. @returns ordinals of the calls of each; undefined where one aggregation does */
function byArguments({ keys, aggregates }: AggregateSpec): readonly (readonly number[])[] | undefined {
  if (keys.length > 0) return undefined;
  const groups = new Map<string, number[]>();
  aggregates.forEach((a, i) => {
    if (a.distinct && a.filter) return;
    const key = a.distinct ? textOf(a.args) : '';
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  const covered = [...groups.values()].reduce((n, g) => n + g.length, 0);
  return groups.size > 1 && covered === aggregates.length ? [...groups.values()] : undefined;
}

async function sideBySide(
  run: QueryRun,
  spec: AggregateSpec,
  groups: readonly (readonly number[])[],
  child: Fragment,
): Promise<Fragment> {
  const columns: Vector[] = new Array(spec.aggregates.length);
  for (const ordinals of groups) {
    const part: AggregateSpec = {
      ...spec,
      aggregates: ordinals.map((i) => spec.aggregates[i]!),
      output: ordinals.map((i) => spec.output[i]!),
    };
    const fragment = await aggregate(run, part, child);
    const [only] = await run.collect(fragment, [0]);
    const batch = readBatchHeader(run.arena, only!.batches[0]!, fragment.types);
    ordinals.forEach((i, c) => {
      columns[i] = batch.columns[c]!;
    });
  }
  const address = writeBatchHeader(run.keep, { length: 1, columns, owner: run.owner });
  return run.materialized(
    spec.id,
    spec.output.map((c) => c.type),
    [[address]],
  );
}

/** Distinct calls over the same arguments: rows are first made distinct by keys and arguments, then aggregated plainly, both in
 * parallel. Undefined where calls differ. Spark: `planAggregateWithOneDistinct` */
function distinctFirst(spec: AggregateSpec): { inner: AggregateSpec; outer: AggregateSpec } | undefined {
  const { keys, aggregates, child } = spec;
  const [first] = aggregates;
  if (!first?.distinct || first.args.length === 0) return undefined;
  const args = textOf(first.args);
  if (!aggregates.every((a) => a.distinct && !a.filter && textOf(a.args) === args)) return undefined;
  const exprs = [...keys, ...first.args];
  const inputs = exprs.map((e, ordinal): BoundExpr => ({ k: 'input', ordinal, type: e.type, nullable: true }));
  const inner: AggregateSpec = {
    op: 'aggregate',
    id: -spec.id - 1,
    partitions: 0,
    output: exprs.map((e, i) => ({ name: `_${i}`, type: e.type, nullable: true })),
    keys: exprs,
    aggregates: [],
    child,
  };
  const outer: AggregateSpec = {
    ...spec,
    keys: inputs.slice(0, keys.length),
    aggregates: aggregates.map((a) => ({ ...a, distinct: false, args: inputs.slice(keys.length) })),
    child: inner,
  };
  return { inner, outer };
}

function output(spec: AggregateSpec, ordinal: number): BoundExpr {
  const { type, nullable } = spec.output[ordinal]!;
  return { k: 'input', ordinal, type, nullable };
}

async function partial(
  run: QueryRun,
  spec: AggregateSpec,
  child: Fragment,
  sink: SinkSpec,
): Promise<readonly number[]> {
  const results = await run.runFragment(child, allPartitions(child), sink);
  const tables = results.map((r) => r.table).filter((t): t is AggregateTable => t !== undefined);
  const groups = tables.reduce((sum, t) => sum + t.groups, 0);
  const parts = groups < SMALL_MERGE || spec.keys.length === 0 ? 1 : Math.max(1, run.host.threads);
  const tasks = Array.from({ length: parts }, (_, part): TaskSpec => {
    const { id, keys, aggregates } = spec;
    return { kind: 'mergeAggregate', id, keys, aggregates, tables, part, parts };
  });
  return (await run.runTasks(tasks, groups)).flatMap((o) => o.batches);
}

/** Finished batches by partition. */
async function complete(
  run: QueryRun,
  spec: AggregateSpec,
  child: Fragment,
  sink: SinkSpec,
): Promise<readonly (readonly number[])[]> {
  const { id, keys } = spec;
  let together: Fragment;
  if (keys.length === 0) together = { ...child, partitions: [child.partitions.flat()] };
  else {
    const n =
      spec.partitions > 1
        ? spec.partitions
        : (await inputRows(child)) < SMALL_INPUT
          ? 1
          : Math.max(1, run.host.threads * 2);
    together =
      n === 1
        ? { ...child, partitions: [child.partitions.flat()] }
        : await runExchange(run, id, child, { kind: 'hash', exprs: keys }, n);
  }
  const batches = await runPartitionwise(run, together, sink);
  if (keys.length > 0 || batches.some((b) => b.length > 0)) return batches;
  // Over no rows there is still one row.
  const { aggregates } = spec;
  const [only] = await run.runTasks(
    [{ kind: 'mergeAggregate', id, keys, aggregates, tables: [], part: 0, parts: 1 }],
    0,
  );
  return [only!.batches];
}

/** Rows at the sources, as far as they are known without work. */
async function inputRows(fragment: Fragment): Promise<number> {
  let rows = 0;
  for (const refs of fragment.partitions) {
    for (const { piece, part } of refs) {
      if (piece.lazy) return Number.POSITIVE_INFINITY;
      for (const p of await piece.parts(part)) rows += p.rows;
    }
  }
  return rows;
}
