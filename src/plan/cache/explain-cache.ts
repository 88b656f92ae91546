import { Command, Filter, LogicalRelation, Project, ResolvedHint, SubqueryAlias, View } from '../logical/index.js';
import { LogicalPlan } from '../logical/logical-plan.js';
import { argKey } from '../tree-node.js';
import type { CachedData, CacheManager } from './cache-manager.js';

/** Why a fragment is not an entry. A closed list; `docs/explain-cache.md` describes each. */
export type MissReason =
  | 'NO_ENTRIES'
  | 'PROJECT_FILTER_ORDER'
  | 'EXTRA_COLUMN'
  | 'MISSING_COLUMN'
  | 'DIFFERENT_FILES'
  | 'DIFFERENT_CONDITION'
  | 'DIFFERENT_COLUMNS'
  | 'NONDETERMINISTIC'
  | 'DIFFERENT_OPERATOR'
  | 'DIFFERENT_ARGUMENTS';

export interface CacheHit {
  readonly entry: CachedData;
  readonly fragment: LogicalPlan;
}
export interface CacheMiss {
  readonly reason: MissReason;
  readonly entry: CachedData | undefined;
  /** First nodes that differ, top-down; undefined where one side has no such node. */
  readonly queryNode: LogicalPlan | undefined;
  readonly entryNode: LogicalPlan | undefined;
}
export interface CacheExplanation {
  readonly hits: readonly CacheHit[];
  readonly miss: CacheMiss | undefined;
  readonly text: string;
}

/** Says which fragments of an analyzed plan are cached and, if none is, which entry comes nearest and where the two part. */
export function explainCache(plan: LogicalPlan, manager: CacheManager): CacheExplanation {
  const hits = findHits(plan, manager);
  if (hits.length > 0) {
    const text = hits.map((h) => `HIT  ${describe(h.entry)}\n     answers: ${h.fragment.simpleString}`).join('\n');
    return { hits, miss: undefined, text: `== Cache ==\n${text}\n` };
  }
  const miss = nearestMiss(plan, manager.entries);
  return { hits, miss, text: `== Cache ==\n${missText(miss)}\n` };
}

function findHits(plan: LogicalPlan, manager: CacheManager): CacheHit[] {
  if (plan instanceof Command) return [];
  const entry = manager.lookup(plan);
  if (entry) return [{ entry, fragment: plan }];
  return [...plan.subqueries, ...plan.children].flatMap((p) => findHits(p, manager));
}

interface Comparison {
  readonly entry: CachedData;
  readonly equalNodes: number;
  readonly distance: number;
  readonly queryNode: LogicalPlan | undefined;
  readonly entryNode: LogicalPlan | undefined;
}

function nearestMiss(plan: LogicalPlan, entries: readonly CachedData[]): CacheMiss {
  let best: Comparison | undefined;
  for (const entry of entries) {
    plan.foreachWithSubqueries((fragment) => {
      const c = compare(fragment, entry);
      if (!best || c.distance < best.distance || (c.distance === best.distance && c.equalNodes > best.equalNodes))
        best = c;
    });
  }
  if (!best) return { reason: 'NO_ENTRIES', entry: undefined, queryNode: undefined, entryNode: undefined };
  const { entry, queryNode, entryNode } = best;
  const swapped = queryNode && entryNode && orderDifference(queryNode, entryNode);
  if (swapped) return { reason: 'PROJECT_FILTER_ORDER', entry, queryNode: swapped[0], entryNode: swapped[1] };
  return { reason: reasonOf(queryNode, entryNode), entry, queryNode, entryNode };
}

/** Aliases, views, hints and projections that change nothing vanish in canonical plans, so the comparison looks through them. */
function significant(p: LogicalPlan): LogicalPlan {
  if (p instanceof View) return significant(p.content);
  if (p instanceof Project && p.canonicalized.key === p.child.canonicalized.key) return significant(p.child);
  return p instanceof SubqueryAlias || p instanceof ResolvedHint ? significant(p.child) : p;
}
const significantChildren = (p: LogicalPlan) => p.children.map(significant);
const size = (p: LogicalPlan): number => 1 + significantChildren(p).reduce((n, c) => n + size(c), 0);

function compare(fragment: LogicalPlan, entry: CachedData): Comparison {
  let equalNodes = 0;
  let distance = 0;
  let first: [LogicalPlan | undefined, LogicalPlan | undefined] | undefined;
  const differ = (a: LogicalPlan | undefined, b: LogicalPlan | undefined, cost: number) => {
    distance += cost;
    first ??= [a, b];
  };
  const walk = (a: LogicalPlan, b: LogicalPlan): void => {
    if (a.canonicalized.key === b.canonicalized.key) {
      equalNodes += size(a);
      return;
    }
    if (ownKey(a) === ownKey(b)) equalNodes++;
    else differ(a, b, a.kind === b.kind ? 1 : 2);
    const left = significantChildren(a);
    const right = significantChildren(b);
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      const l = left[i];
      const r = right[i];
      if (l && r) walk(l, r);
      else differ(l, r, 2 * size((l ?? r) as LogicalPlan));
    }
  };
  walk(significant(fragment), significant(entry.plan));
  return { entry, equalNodes, distance, queryNode: first?.[0], entryNode: first?.[1] };
}

/** A node's canonical content without its children. */
function ownKey(p: LogicalPlan): string {
  const { canonicalized } = p;
  return `${canonicalized.kind}:${canonicalized
    .args()
    .map((a) => argKey(withoutPlans(a)))
    .join(',')}`;
}
function withoutPlans(arg: unknown): unknown {
  if (Array.isArray(arg)) return arg.map(withoutPlans);
  return arg instanceof LogicalPlan ? '·' : arg;
}

function reasonOf(a: LogicalPlan | undefined, b: LogicalPlan | undefined): MissReason {
  if (!a || !b) return 'DIFFERENT_OPERATOR';
  if (!a.deterministic && a.kind === b.kind) return 'NONDETERMINISTIC';
  if (a instanceof LogicalRelation && b instanceof LogicalRelation) return 'DIFFERENT_FILES';
  if (a.kind !== b.kind) return 'DIFFERENT_OPERATOR';
  if (a instanceof Project && b instanceof Project) {
    if (a.projectList.length > b.projectList.length) return 'EXTRA_COLUMN';
    if (a.projectList.length < b.projectList.length) return 'MISSING_COLUMN';
    return 'DIFFERENT_COLUMNS';
  }
  return a.kind === 'Filter' || a.kind === 'Join' ? 'DIFFERENT_CONDITION' : 'DIFFERENT_ARGUMENTS';
}

/** Selects and filters down to what stands below them. */
function chainOf(p: LogicalPlan): LogicalPlan[] {
  const chain: LogicalPlan[] = [];
  let node: LogicalPlan | undefined = significant(p);
  for (; node instanceof Project || node instanceof Filter; node = significant(node.child)) chain.push(node);
  if (node) chain.push(node);
  return chain;
}

/** The famous case: both sides filter the same rows alike, but select before or after. @returns the first nodes that differ in kind */
function orderDifference(a: LogicalPlan, b: LogicalPlan): [LogicalPlan, LogicalPlan] | undefined {
  const left = chainOf(a);
  const right = chainOf(b);
  const conditions = (chain: readonly LogicalPlan[]) =>
    chain
      .flatMap((p) => (p instanceof Filter ? [String(p.condition).replace(/#\d+L?/g, '')] : []))
      .sort()
      .join();
  if (conditions(left) === '' || conditions(left) !== conditions(right)) return undefined;
  if (left.at(-1)?.canonicalized.key !== right.at(-1)?.canonicalized.key) return undefined;
  const names = (p: LogicalPlan) => p.output.map((o) => o.name).join();
  if (names(a) !== names(b)) return undefined;
  const at = left.findIndex((p, i) => right[i]?.kind !== p.kind);
  const [first, second] = [left[at], right[at]];
  return first && second && [first, second];
}

const SENTENCES: Readonly<Record<MissReason, string>> = {
  NO_ENTRIES: 'Nothing is cached.',
  PROJECT_FILTER_ORDER:
    'The same operators stand in another order. Matching compares plans as written, before the optimizer: write the filter and the select in the order of the cached plan.',
  EXTRA_COLUMN: 'The query selects a column that the cached plan does not have.',
  MISSING_COLUMN: 'The cached plan has columns that the query leaves out. Select from the cached result instead.',
  DIFFERENT_FILES: 'The two read different files, or the same files with other options.',
  DIFFERENT_CONDITION: 'The conditions differ (also in the type of a literal).',
  DIFFERENT_COLUMNS: 'The columns differ, or their order, or one is an alias and the other is not.',
  NONDETERMINISTIC: 'A non-deterministic expression gets a new seed each time the text is analyzed.',
  DIFFERENT_OPERATOR: 'The plans have different operators.',
  DIFFERENT_ARGUMENTS: 'The operators are the same but not their arguments.',
};

function missText(miss: CacheMiss): string {
  const lines = [`MISS ${miss.reason}: ${SENTENCES[miss.reason]}`];
  if (miss.entry) {
    lines.push(`     nearest: ${describe(miss.entry)}`);
    lines.push('     first difference:');
    lines.push(`       query   ${shown(miss.queryNode)}`);
    lines.push(`       cached  ${shown(miss.entryNode)}`);
  }
  return lines.join('\n');
}

/** A node with what stands right below it. */
function shown(p: LogicalPlan | undefined): string {
  if (!p) return '(nothing)';
  const below = significantChildren(p).map((c) => c.simpleString);
  return below.length === 1 ? `${p.simpleString}  over  ${below[0]}` : p.simpleString;
}

function describe(e: CachedData): string {
  const { cached } = e.relation;
  const name = cached.tableName === undefined ? `entry ${cached.id}` : `In-memory table ${cached.tableName}`;
  return `${name} (${e.plan.simpleString})`;
}
