import {
  type CacheExplanation,
  DataFrame,
  type MissReason,
  SparkError,
  SparkSession,
  type StorageLevel,
} from '../index.js';
import { plainPlan, planLines } from './plan-text.js';
import { type Comparison, compareRows, type Row } from './row-diff.js';

/** What vitest and jest expect of a matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

export interface StorageExpectation {
  readonly level?: StorageLevel | string;
  readonly cachedPartitions?: number;
  /** Cached partitions of all, 0 to 1. */
  readonly fraction?: number;
}

function frame(received: unknown): DataFrame {
  if (received instanceof DataFrame) return received;
  throw new TypeError(`expected a DataFrame, got ${typeof received}`);
}

const nameOf = (h: CacheExplanation['hits'][number]): string =>
  h.entry.relation.cached.tableName ?? `entry ${h.entry.relation.cached.id}`;

/** A query fragment is answered from cache; with a name, by that entry. Nothing runs. */
export function toHitCache(received: unknown, name?: string): MatcherResult {
  const { hits, text } = frame(received).cacheExplanation;
  const names = hits.map(nameOf);
  const pass = name === undefined ? hits.length > 0 : names.includes(name);
  return {
    pass,
    message: () =>
      pass
        ? `expected no cache hit${name === undefined ? '' : ` on ${name}`}\n${text}`
        : `expected a cache hit${name === undefined ? '' : ` on ${name}, got ${names.join(', ') || 'none'}`}\n${text}`,
  };
}

/** No fragment is answered from cache; with a reason, for that one (`docs/explain-cache.md`). Nothing runs. */
export function toMissCache(received: unknown, expected: { readonly reason?: MissReason } = {}): MatcherResult {
  const { miss, text } = frame(received).cacheExplanation;
  const pass = miss !== undefined && (expected.reason === undefined || miss.reason === expected.reason);
  const wanted = expected.reason === undefined ? 'a cache miss' : `a cache miss for ${expected.reason}`;
  return { pass, message: () => `expected ${pass ? 'not ' : ''}${wanted}\n${text}` };
}

/** So many fragments are answered from cache. Nothing runs. */
export function toHitCacheTimes(received: unknown, times: number): MatcherResult {
  const { hits, text } = frame(received).cacheExplanation;
  const pass = hits.length === times;
  return {
    pass,
    message: () => `expected ${pass ? 'other than ' : ''}${times} cache hits, got ${hits.length}\n${text}`,
  };
}

/** Runs the query. It reads so many bytes from files. */
export async function toReadBytes(received: unknown, bytes: number): Promise<MatcherResult> {
  const df = frame(received);
  await df.collectArrays();
  const { bytesRead } = df.sparkSession.sharedState.engine.lastMetrics;
  const pass = bytesRead === bytes;
  return {
    pass,
    message: () =>
      `expected ${pass ? 'other than ' : ''}${bytes} bytes read from files, got ${bytesRead}\n${df.explainCache()}`,
  };
}

/** Runs the query. Statistics of cached batches rule out at least one (or so many) of them. */
export async function toPruneBatches(received: unknown, batches?: number): Promise<MatcherResult> {
  const df = frame(received);
  await df.collectArrays();
  const { batchesPruned, batchesRead } = df.sparkSession.sharedState.engine.lastMetrics;
  const pass = batches === undefined ? batchesPruned > 0 : batchesPruned === batches;
  return {
    pass,
    message: () =>
      `expected ${pass ? 'not ' : ''}${batches ?? 'some'} batches to be pruned, got ${batchesPruned} (${batchesRead} read)`,
  };
}

/** How the plan's result is stored: of a DataFrame, or of `[session, table]`. */
export function toHaveStorage(received: unknown, expected: StorageExpectation): MatcherResult {
  const df = Array.isArray(received) ? tableOf(received) : frame(received);
  const { hits } = df.cacheExplanation;
  const id = hits[0]?.entry.relation.cached.id;
  const found = df.sparkSession.catalog.cacheEntries().find((e) => e.id === id);
  const seen = {
    level: found?.level ?? 'not cached',
    cachedPartitions: found?.cachedPartitions ?? 0,
    fraction: found && found.partitions > 0 ? found.cachedPartitions / found.partitions : 0,
  };
  const wrong: string[] = [];
  if (expected.level !== undefined && levelText(expected.level) !== seen.level)
    wrong.push(`level: expected ${levelText(expected.level)}, got ${seen.level}`);
  for (const key of ['cachedPartitions', 'fraction'] as const)
    if (expected[key] !== undefined && expected[key] !== seen[key])
      wrong.push(`${key}: expected ${expected[key]}, got ${seen[key]}`);
  const pass = found !== undefined && wrong.length === 0;
  return {
    pass,
    message: () => (pass ? `expected other storage than ${JSON.stringify(seen)}` : wrong.join('\n') || 'not cached'),
  };
}

function tableOf(pair: readonly unknown[]): DataFrame {
  const [session, name] = pair;
  if (session instanceof SparkSession && typeof name === 'string') return session.table(name);
  throw new TypeError('expected a DataFrame or [session, table name]');
}

function levelText(level: StorageLevel | string): string {
  return typeof level === 'string' ? level : level.toString();
}

/** The cache would take one for the other: equal canonical plans. Nothing runs. */
export function toHaveSamePlanAs(received: unknown, other: DataFrame): MatcherResult {
  const df = frame(received);
  const pass = df.sameSemantics(other);
  return {
    pass,
    message: () => `expected ${pass ? 'different plans' : 'the same plan'}\n${planLines(df, other)}`,
  };
}

/** The analyzed plan is this text; ids and blank edges do not count. Nothing runs. */
export function toMatchPlan(received: unknown, plan: string): MatcherResult {
  const seen = plainPlan(frame(received).queryExecution.analyzed.treeString);
  const wanted = plainPlan(plan);
  const pass = seen === wanted;
  return { pass, message: () => `expected ${pass ? 'another plan than' : 'the plan'}\n${wanted}\ngot\n${seen}` };
}

/** The optimized plan, or the analyzed one, has a node of this name (`Join`, `InMemoryRelation`, …). Nothing runs. */
export function toContainNode(received: unknown, node: string): MatcherResult {
  const { analyzed, optimizedPlan } = frame(received).queryExecution;
  const pass = [analyzed, optimizedPlan].some((plan) => plan.exists((p) => p.nodeName === node || p.kind === node));
  return {
    pass,
    message: () => `expected ${pass ? 'no' : 'a'} node ${node} in\n${plainPlan(optimizedPlan.treeString)}`,
  };
}

/** Runs the query. Rows are arrays in the order of the columns, or objects; doubles are compared at relative 1e-9. */
export async function toEqualRows(
  received: unknown,
  rows: readonly Row[],
  options: { readonly ordered?: boolean } = {},
): Promise<MatcherResult> {
  const df = frame(received);
  const seen = await df.collectArrays();
  return comparison(compareRows(df.columns, seen, rows, options.ordered === true));
}

function comparison({ equal, text }: Comparison): MatcherResult {
  return { pass: equal, message: () => (equal ? 'expected other rows' : text) };
}

/** Runs the query twice, as it is and after its result is cached. Undefined orders do not count. */
export async function toReturnSameRowsCachedAndUncached(received: unknown): Promise<MatcherResult> {
  const df = frame(received);
  const again = () => df.select('*');
  const before = await again().collectArrays();
  const wasCached = df.storageLevel.isValid;
  if (!wasCached) df.cache();
  try {
    const filling = await again().collectArrays();
    const cached = await again().collectArrays();
    const first = compareRows(df.columns, filling, before, false);
    return comparison(first.equal ? compareRows(df.columns, cached, before, false) : first);
  } finally {
    if (!wasCached) df.unpersist();
  }
}

/** A DataFrame whose run fails, or a function that throws or rejects, with Spark's condition. */
export async function toFailWith(received: unknown, expected: { readonly condition: string }): Promise<MatcherResult> {
  const run = received instanceof DataFrame ? () => received.collectArrays() : received;
  if (typeof run !== 'function') throw new TypeError('expected a DataFrame or a function');
  let seen = 'nothing was thrown';
  try {
    await run();
  } catch (error) {
    seen = error instanceof SparkError ? (error.condition ?? error.message) : String(error);
  }
  const pass = seen === expected.condition;
  return {
    pass,
    message: () => `expected ${pass ? 'other than ' : ''}condition ${expected.condition}, got ${seen}`,
  };
}
