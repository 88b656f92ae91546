import { Command } from '../logical/index.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import type { CachedData, CacheManager } from './cache-manager.js';
import { MISS_REASONS, type MissReason, missReason } from './miss-reason.js';
import { planDiff } from './plan-diff.js';
import { compareTrees, significant, significantChildren } from './plan-distance.js';
import { findRewrite, type QueryCompiler, type Rewrite, UNNAMED } from './rewrite.js';
import type { MatchMode } from './subsume/view-index.js';

export interface CacheHit {
  readonly entry: CachedData;
  readonly fragment: LogicalPlan;
  /** What is done with the cached rows, if they are not the fragment's own (`memoframe.cache.match`). */
  readonly compensation: LogicalPlan | undefined;
}
export interface CacheMiss {
  readonly reason: MissReason;
  readonly entry: CachedData | undefined;
  /** First nodes that differ, top-down; undefined where one side has no such node. */
  readonly queryNode: LogicalPlan | undefined;
  readonly entryNode: LogicalPlan | undefined;
  /** Verified to read the cache. */
  readonly rewrite: Rewrite | undefined;
}
export interface CacheExplanation {
  readonly hits: readonly CacheHit[];
  readonly miss: CacheMiss | undefined;
  readonly text: string;
}

/** Entries that are compared with a query, the newest; with more, telling which is nearest would take longer than it helps. */
const MOST_COMPARED = 200;

/** Says which fragments of an analyzed plan are cached and, if none is, which entry comes nearest, where the two part, why that
 * makes a miss and what would hit. */
export function explainCache(
  plan: LogicalPlan,
  manager: CacheManager,
  mode: MatchMode,
  compiler: QueryCompiler,
): CacheExplanation {
  const hits = findHits(plan, manager, mode);
  if (hits.length > 0) return { hits, miss: undefined, text: `== Cache ==\n${hits.map(hitText).join('\n')}\n` };
  const rewrite = findRewrite(plan, manager, compiler);
  // An entry that can answer the whole is the one to talk about.
  const near =
    rewrite?.fragment === plan
      ? { ...rewrite, ...compareTrees(rewrite.fragment, rewrite.entry.plan) }
      : nearest(plan, manager.entries.slice(0, MOST_COMPARED));
  if (!near) {
    const miss: CacheMiss = {
      reason: 'NO_ENTRIES',
      entry: undefined,
      queryNode: undefined,
      entryNode: undefined,
      rewrite: undefined,
    };
    return { hits, miss, text: `== Cache ==\n${headline(miss.reason)}\n` };
  }
  const { fragment, entry, left, right } = near;
  const reason = missReason(fragment, entry.plan, left, right);
  const miss: CacheMiss = {
    reason,
    entry,
    queryNode: left,
    entryNode: right,
    rewrite,
  };
  return { hits, miss, text: `== Cache ==\n${missText(miss, fragment)}\n` };
}

function findHits(plan: LogicalPlan, manager: CacheManager, mode: MatchMode): CacheHit[] {
  if (plan instanceof Command) return [];
  const entry = manager.lookup(plan);
  if (entry) return [{ entry, fragment: plan, compensation: undefined }];
  const view = manager.findView(plan, mode);
  if (view) {
    const compensation = view.match.build(view.entry.relation.newInstance());
    return [{ entry: view.entry, fragment: plan, compensation }];
  }
  return [...plan.subqueries, ...plan.children].flatMap((p) => findHits(p, manager, mode));
}

interface Near {
  readonly fragment: LogicalPlan;
  readonly entry: CachedData;
  readonly distance: number;
  readonly left: LogicalPlan | undefined;
  readonly right: LogicalPlan | undefined;
}

/** The entry and the fragment of the query that need the fewest edits to become one, for the nodes that they have. */
function nearest(plan: LogicalPlan, entries: readonly CachedData[]): Near | undefined {
  let best: Near | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const theirs = size(significant(entry.plan));
    plan.foreachWithSubqueries((fragment) => {
      if (significant(fragment) !== fragment) return;
      const mine = size(fragment);
      // No edit script is shorter than the difference in size.
      if (Math.abs(theirs - mine) / (theirs + mine) >= bestScore) return;
      const c = compareTrees(fragment, entry.plan);
      // A bigger fragment that is nearly the entry says more than a leaf that both have.
      const score = c.distance / (theirs + mine);
      if (score < bestScore) {
        bestScore = score;
        best = { fragment, entry, ...c };
      }
    });
  }
  return best;
}

function size(p: LogicalPlan): number {
  return significantChildren(p).reduce((n, c) => n + size(c), 1);
}

const headline = (reason: MissReason): string => `MISS ${reason}: ${MISS_REASONS[reason]}`;

function hitText({ entry, fragment, compensation }: CacheHit): string {
  const lines = [`HIT  ${describe(entry)}`, `     answers: ${fragment.simpleString}`];
  if (compensation) {
    lines.push('     from the cached rows:');
    lines.push(compensation.treeString.trimEnd().replace(/^/gm, '       '));
  }
  return lines.join('\n');
}

function missText(miss: CacheMiss, fragment: LogicalPlan): string {
  const lines = [headline(miss.reason)];
  if (!miss.entry) return lines.join('\n');
  lines.push(`     nearest: ${describe(miss.entry)}`);
  lines.push('     first difference:');
  lines.push(`       query   ${shown(miss.queryNode)}`);
  lines.push(`       cached  ${shown(miss.entryNode)}`);
  lines.push('     plans, side by side:', planDiff(fragment, miss.entry.plan).replace(/^/gm, '   '));
  if (miss.rewrite) {
    const unnamed = miss.rewrite.entry.relation.cached.tableName === undefined;
    lines.push(`     this would hit${unnamed ? ` (\`${UNNAMED}\` being the cached DataFrame's view)` : ''}:`);
    lines.push(`       ${miss.rewrite.sql}`);
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
