import { internalError } from '../../errors/index.js';
import type { BoundExpr } from '../../eval/bound.js';
import { planSplit, readFooter } from '../../storage/parquet/reader.js';
import { LONG } from '../../types/index.js';
import type {
  ExchangeSpec,
  LimitSpec,
  PhysicalSpec,
  RangeSpec,
  ScanCacheSpec,
  ScanParquetSpec,
  SortSpec,
  TopNSpec,
} from '../operators/spec.js';
import type { SinkSpec } from './fragment.js';
import { lowerAggregate } from './lower-aggregate.js';
import { lowerJoin } from './lower-join.js';
import { lowerWindow } from './lower-window.js';
import { type Fragment, fragmentOf, type Piece, type SourcePart, withStep } from './piece.js';
import { groupOutputs, type PinnedBlock, type QueryRun } from './query-run.js';
import { applyFilter, type RoutedFilters, type RuntimeFilter, routeFilters } from './runtime-filter.js';
import { batchSource } from './slices.js';

/** Turns a plan into a fragment whose breakers have run: what is left is sources and steps. Breakers (aggregation, join
 * build, sort, exchange, global limit) run their whole input here. */
export async function lower(
  run: QueryRun,
  spec: PhysicalSpec,
  filters: readonly RuntimeFilter[] = [],
): Promise<Fragment> {
  run.checkCancelled();
  const { children, here } = routeFilters(spec, filters);
  const fragment = await lowerNode(run, spec, children);
  return here.reduce((f, filter) => applyFilter(f, filter, FILTER_ID), fragment);
}

/** Metrics of runtime filters are nobody's. */
const FILTER_ID = -1_000_000;

async function lowerNode(run: QueryRun, spec: PhysicalSpec, down: RoutedFilters['children']): Promise<Fragment> {
  const below = down[0] ?? [];
  switch (spec.op) {
    case 'values':
      return run.values(spec);
    case 'shared':
      return run.shared(spec);
    case 'range':
      return range(spec);
    case 'scanParquet':
      return scanParquet(spec);
    case 'scanFile': {
      const { splits, ...scan } = spec;
      const types = spec.output.map((c) => c.type);
      return sourceFragment(spec.id, types, splits.length, scan, (p) =>
        Promise.resolve([{ source: { kind: 'file', splits: splits[p] ?? [] }, rows: 1 << 20 }]),
      );
    }
    case 'scanCache':
      return scanCache(run, spec);
    case 'filter':
      return withStep(await lower(run, spec.child, below), { op: 'filter', id: spec.id, condition: spec.condition });
    case 'project':
      return withStep(await lower(run, spec.child, below), { op: 'project', id: spec.id, exprs: spec.exprs });
    case 'expand': {
      const types = spec.output.map((c) => c.type);
      return withStep(await lower(run, spec.child), {
        op: 'expand',
        id: spec.id,
        projections: spec.projections,
        types,
      });
    }
    case 'generate': {
      const { id, fn, args, outer, keep } = spec;
      const types = spec.output.map((c) => c.type);
      return withStep(await lower(run, spec.child), { op: 'generate', id, fn, args, outer, keep, types });
    }
    case 'sample': {
      const { id, lowerBound, upperBound, withReplacement, seed } = spec;
      const child = single(run, await lower(run, spec.child), id);
      return withStep(child, { op: 'sample', id, lowerBound, upperBound, withReplacement, seed });
    }
    case 'limit':
      return spec.global ? globalLimit(run, spec) : localLimit(run, spec);
    case 'union': {
      const children: Fragment[] = [];
      for (const child of spec.children) children.push(await lower(run, child));
      return { partitions: children.flatMap((c) => c.partitions), types: spec.output.map((c) => c.type) };
    }
    case 'coalesce':
      return coalesce(await lower(run, spec.child), spec.partitions);
    case 'exchange':
      return exchange(run, spec, below);
    case 'aggregate':
      return lowerAggregate(run, spec, below);
    case 'join':
      return lowerJoin(run, spec, down);
    case 'sort':
      return spec.global ? globalSort(run, spec, await lower(run, spec.child, below)) : localSort(run, spec, below);
    case 'topN':
      return topN(run, spec);
    case 'window':
      return lowerWindow(run, spec, below);
    default:
      throw internalError(`no such operator: ${(spec as { op: string }).op}`);
  }
}

/** Numbers of all partitions. */
export function allPartitions(fragment: Fragment): number[] {
  return [...fragment.partitions.keys()];
}

function sourceFragment(
  id: number,
  types: Piece['types'],
  partitions: number,
  scan: Piece['scan'],
  parts: Piece['parts'],
  manySources = false,
): Fragment {
  return fragmentOf({ sourceId: id, types, scan, steps: [], perPartition: false, parts, manySources }, partitions);
}

function range(spec: RangeSpec): Fragment {
  const n = Math.max(1, spec.partitions);
  const { start, end, step } = spec;
  const span = end - start;
  let total = span / step;
  if (total * step !== span) total += 1n;
  if (total < 0n) total = 0n;
  const at = (p: number): bigint => (BigInt(p) * total) / BigInt(n);
  return sourceFragment(spec.id, [LONG], n, undefined, (p) => {
    const count = Number(at(p + 1) - at(p));
    if (count === 0) return Promise.resolve([]);
    return Promise.resolve([{ source: { kind: 'range', start: start + at(p) * step, step, count }, rows: count }]);
  });
}

/** Blocks are pinned, and missing ones computed, when their partitions run. */
function scanCache(run: QueryRun, spec: ScanCacheSpec): Fragment {
  const { relation, ...scan } = spec;
  const cached = run.host.cachedRelation(relation);
  const pinned = new Map<number, PinnedBlock>();
  const prepare = async (parts: readonly number[]) => {
    const missing = parts.filter((p) => !pinned.has(p));
    if (missing.length === 0) return;
    const blocks = await cached.pin(run, missing, spec.columns);
    for (const [i, p] of missing.entries()) pinned.set(p, blocks[i]!);
  };
  const piece: Piece = {
    sourceId: spec.id,
    types: spec.columns.map((c) => cached.types[c]!),
    scan: { ...scan, blockTypes: cached.types },
    steps: [],
    perPartition: false,
    lazy: true,
    prepare,
    parts: async (p) => {
      await prepare([p]);
      const { address, rows, batches } = pinned.get(p)!;
      return rows === 0 ? [] : [{ source: { kind: 'block', address, from: 0, to: batches }, rows }];
    },
  };
  return fragmentOf(piece, cached.numPartitions);
}

async function scanParquet(spec: ScanParquetSpec): Promise<Fragment> {
  const { splits, ...scan } = spec;
  const wanted = spec.columns.flatMap((c, i) => ('data' in c ? [{ name: c.data, type: spec.output[i]!.type }] : []));
  // The planner's conjuncts index the output; the reader's the wanted data columns.
  const ordinals = new Map<number, number>();
  spec.columns.forEach((c, i) => {
    if ('data' in c) ordinals.set(i, ordinals.size);
  });
  const pushed = spec.pushed.flatMap((e) => remapInputs(e, ordinals) ?? []);
  const partSources = async (p: number): Promise<SourcePart[]> => {
    const parts: SourcePart[] = [];
    for (const split of splits[p] ?? []) {
      const file = await readFooter(split.path);
      const plan = planSplit(file, split, wanted, { caseSensitive: spec.caseSensitive, pushed });
      const rows = plan.rowGroups.reduce((sum, g) => sum + g.rows, 0);
      if (rows > 0) parts.push({ source: { kind: 'parquet', plan, partitionValues: split.partitionValues }, rows });
    }
    return parts;
  };
  const many = splits.some((s) => s.length > 1);
  return sourceFragment(
    spec.id,
    spec.output.map((c) => c.type),
    splits.length,
    scan,
    partSources,
    many,
  );
}

/** The expression over other ordinals; undefined if it reads a column that has none. */
function remapInputs(expr: BoundExpr, ordinals: ReadonlyMap<number, number>): BoundExpr | undefined {
  let lost = false;
  const visit = (e: unknown): unknown => {
    if (typeof e !== 'object' || e === null) return e;
    if (Array.isArray(e)) return e.map(visit);
    const node = e as BoundExpr;
    if (node.k === 'literal') return node;
    if (node.k === 'input') {
      const ordinal = ordinals.get(node.ordinal);
      if (ordinal === undefined) lost = true;
      return { ...node, ordinal };
    }
    return Object.fromEntries(Object.entries(node).map(([key, v]) => [key, key === 'type' ? v : visit(v)]));
  };
  const out = visit(expr) as BoundExpr;
  return lost ? undefined : out;
}

/** A fragment each of whose partitions is one source, so that a step may keep state over the partition. Partitions of
 * several sources are run, each when it is asked for, and put together. */
function single(run: QueryRun, fragment: Fragment, id: number): Fragment {
  if (fragment.partitions.every((refs) => refs.length <= 1 && refs.every(({ piece }) => !piece.manySources)))
    return fragment;
  const ready = new Map<number, SourcePart>();
  const prepare = async (parts: readonly number[]) => {
    const missing = parts.filter((p) => !ready.has(p));
    if (missing.length === 0) return;
    for (const { partition, batches } of await run.collect(fragment, missing))
      ready.set(partition, batchSource(run.arena, batches));
  };
  const piece: Piece = {
    sourceId: -id - 1,
    types: fragment.types,
    steps: [],
    perPartition: false,
    lazy: true,
    prepare,
    parts: async (p) => {
      await prepare([p]);
      return [ready.get(p)!];
    },
  };
  return fragmentOf(piece, fragment.partitions.length);
}

/** Runs a sink that takes each partition as a whole; partitions of several sources are put together first. */
export async function runPartitionwise(
  run: QueryRun,
  fragment: Fragment,
  sink: SinkSpec,
): Promise<readonly (readonly number[])[]> {
  const whole = single(run, fragment, sink.kind === 'collect' ? 0 : sink.id);
  const one: Fragment = {
    ...whole,
    partitions: whole.partitions.map((refs) => refs.map(({ piece, part }) => ({ piece: perPartition(piece), part }))),
  };
  const all = allPartitions(one);
  const outputs = (await run.runFragment(one, all, sink)).flatMap((r) => r.outputs);
  return groupOutputs(outputs, all).map((o) => o.batches);
}

const marked = new WeakMap<Piece, Piece>();

function perPartition(piece: Piece): Piece {
  let p = marked.get(piece);
  if (!p) {
    p = { ...piece, perPartition: true };
    marked.set(piece, p);
  }
  return p;
}

async function localLimit(run: QueryRun, spec: LimitSpec): Promise<Fragment> {
  const child = single(run, await lower(run, spec.child), spec.id);
  return withStep(child, { op: 'limit', id: spec.id, limit: spec.limit, offset: spec.offset });
}

/** Runs partitions one, then ever more at once, until there are enough rows. Spark: `CollectLimitExec`. */
async function globalLimit(run: QueryRun, spec: LimitSpec): Promise<Fragment> {
  const wanted = spec.limit < 0 ? Number.POSITIVE_INFINITY : spec.limit + spec.offset;
  const { child: below } = spec;
  // A local limit that lets enough rows through says nothing more.
  const source =
    below.op === 'limit' && !below.global && below.offset === 0 && below.limit >= wanted ? below.child : below;
  const child = await lower(run, source);
  const batches: number[] = [];
  let rows = 0;
  const total = child.partitions.length;
  const sequential: Fragment = {
    ...child,
    partitions: child.partitions.map((refs) => refs.map(({ piece, part }) => ({ piece: perPartition(piece), part }))),
  };
  for (let next = 0, width = 1; next < total && rows < wanted; next += width, width *= 4) {
    const partitions = Array.from({ length: Math.min(width, total - next) }, (_, i) => next + i);
    const maxRows = Number.isFinite(wanted) ? wanted - rows : undefined;
    for (const o of await run.collect(sequential, partitions, maxRows)) {
      batches.push(...o.batches);
      rows += o.rows;
    }
  }
  const all = run.materialized(spec.id, child.types, [batches]);
  return withStep(all, { op: 'limit', id: spec.id, limit: spec.limit, offset: spec.offset });
}

/** Neighbouring partitions together. Spark: `DefaultPartitionCoalescer` without locality. */
export function coalesce(fragment: Fragment, n: number): Fragment {
  const total = fragment.partitions.length;
  if (n <= 0 || n >= total) return fragment;
  const partitions = Array.from({ length: n }, (_, i) =>
    fragment.partitions.slice(Math.floor((i * total) / n), Math.floor(((i + 1) * total) / n)).flat(),
  );
  return { ...fragment, partitions };
}

async function exchange(run: QueryRun, spec: ExchangeSpec, filters: readonly RuntimeFilter[]): Promise<Fragment> {
  const child = await lower(run, spec.child, filters);
  const { partitioning } = spec;
  const n = spec.partitions > 0 ? spec.partitions : Math.max(1, run.host.threads);
  switch (partitioning.kind) {
    case 'single':
      return { ...child, partitions: [child.partitions.flat()] };
    case 'range': {
      const sorted = await globalSort(
        run,
        { ...spec, op: 'sort', keys: partitioning.keys, global: true, child: spec.child },
        child,
      );
      return sorted;
    }
    default:
      return runExchange(run, spec.id, child, partitioning, n);
  }
}

/** Moves rows to `n` partitions by hash or in turn. */
export async function runExchange(
  run: QueryRun,
  id: number,
  child: Fragment,
  partitioning: Extract<SinkSpec, { kind: 'exchange' }>['partitioning'],
  n: number,
): Promise<Fragment> {
  const sink: SinkSpec = { kind: 'exchange', id, types: child.types, partitioning, partitions: n };
  // In turn means by place in the partition.
  const source = partitioning.kind === 'roundRobin' ? single(run, child, id) : child;
  const outputs = (await run.runFragment(source, allPartitions(source), sink)).flatMap((r) => r.outputs);
  const targets = groupOutputs(
    outputs,
    Array.from({ length: n }, (_, i) => i),
  );
  return run.materialized(
    id,
    child.types,
    targets.map((t) => t.batches),
  );
}

async function localSort(run: QueryRun, spec: SortSpec, filters: readonly RuntimeFilter[]): Promise<Fragment> {
  const child = await lower(run, spec.child, filters);
  const sink: SinkSpec = { kind: 'sort', id: spec.id, types: child.types, keys: spec.keys };
  return run.materialized(spec.id, child.types, await runPartitionwise(run, child, sink));
}

async function globalSort(run: QueryRun, spec: SortSpec, child: Fragment): Promise<Fragment> {
  const together: Fragment = { ...child, partitions: [child.partitions.flat()] };
  const sink: SinkSpec = { kind: 'sort', id: spec.id, types: child.types, keys: spec.keys };
  const [batches = []] = await runPartitionwise(run, together, sink);
  if (spec.partitions <= 1) return run.materialized(spec.id, child.types, [batches]);
  return splitRows(run, spec.id, child.types, batches, spec.partitions);
}

/** One run of rows cut into `n` neighbouring partitions of about equal size, at multiples of 64 rows. */
function splitRows(
  run: QueryRun,
  id: number,
  types: Fragment['types'],
  batches: readonly number[],
  n: number,
): Fragment {
  const { source, rows } = batchSource(run.arena, batches);
  if (source.kind !== 'batches') throw internalError('batches expected');
  const step = Math.max(64, Math.ceil(rows / n / 64) * 64);
  const parts: SourcePart[][] = Array.from({ length: n }, () => []);
  let before = 0;
  for (const { address, to } of source.batches) {
    for (let at = 0; at < to; ) {
      const p = Math.min(n - 1, Math.floor((before + at) / step));
      const room = p === n - 1 ? to - at : (p + 1) * step - (before + at);
      const end = Math.min(to, at + Math.max(64, Math.ceil(room / 64) * 64));
      parts[p]!.push({ source: { kind: 'batches', batches: [{ address, from: at, to: end }] }, rows: end - at });
      at = end;
    }
    before += to;
  }
  return fragmentOf(
    {
      sourceId: -id - 1,
      types,
      steps: [],
      perPartition: false,
      lazy: true,
      parts: (p) => Promise.resolve(parts[p] ?? []),
    },
    n,
  );
}

/** Beyond this a full sort costs less than sorting parts again and again. */
const MOST_TOP_ROWS = 200_000;

async function topN(run: QueryRun, spec: TopNSpec): Promise<Fragment> {
  const child = await lower(run, spec.child);
  const limit = spec.limit + spec.offset;
  const { id, keys } = spec;
  if (limit > MOST_TOP_ROWS) {
    const sorted = await globalSort(run, { ...spec, op: 'sort', global: true, partitions: 1 }, child);
    return withStep(single(run, sorted, id), { op: 'limit', id, limit: spec.limit, offset: spec.offset });
  }
  const { types } = child;
  const results = await run.runFragment(child, allPartitions(child), { kind: 'topN', id, types, keys, limit });
  const batches = results.flatMap((r) => r.outputs.flatMap((o) => o.batches));
  if (batches.length === 0) return run.materialized(id, types, [[]]);
  const rows = results.reduce((sum, r) => sum + r.outputs.reduce((n, o) => n + o.rows, 0), 0);
  const [merged] = await run.runTasks([{ kind: 'mergeTopN', id, types, keys, batches, limit }], rows);
  const all = run.materialized(id, types, [merged!.batches]);
  return spec.offset === 0 ? all : withStep(all, { op: 'limit', id, limit: spec.limit, offset: spec.offset });
}
