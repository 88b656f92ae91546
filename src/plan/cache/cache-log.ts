import type { LogicalPlan } from '../logical/logical-plan.js';
import type { CachedData } from './cache-manager.js';

/** Sentences of `spark.sql.dataframeCache.logLevel`: every decision of the cache with its plans. Spark: `CacheManager.logCacheOperation`. */
const MOST_PLANS = 20;

export function hitLog(fragment: LogicalPlan, entry: CachedData): string {
  return `Dataframe cache hit for input plan:\n${fragment.treeString} matched with cache entry:\n${entryText(entry)}`;
}

export function missLog(plan: LogicalPlan, entries: readonly CachedData[]): readonly string[] {
  return [
    `Dataframe cache miss for input plan:\n${plan.treeString}`,
    `Last ${MOST_PLANS} Dataframe cache entry logical plans:\n${plansText(entries.slice(0, MOST_PLANS))}`,
  ];
}

export function changeLog(before: LogicalPlan, after: LogicalPlan): string {
  const [left, right] = [before, after].map((p) => p.treeString.trimEnd().split('\n')) as [string[], string[]];
  const width = Math.max(...left.map((l) => l.length));
  const lines = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const [l, r] = [left[i] ?? '', right[i] ?? ''];
    return `${l === r ? ' ' : '!'}${l.padEnd(width + 3)}${r}`;
  });
  return `Dataframe cache hit plan change summary:\n${lines.join('\n')}`;
}

export function addedLog(entry: CachedData): string {
  return `Added Dataframe cache entry:\n${entryText(entry)}`;
}

export function recachedLog(entry: CachedData): string {
  return `Re-cached Dataframe cache entry:\n${entryText(entry)}`;
}

export function removedLog(entries: readonly CachedData[]): string {
  return `Removed ${entries.length} Dataframe cache entries, with logical plans being \n${plansText(entries)}`;
}

export const CLEARED_LOG = 'Cleared all Dataframe cache entries';

function plansText(entries: readonly CachedData[]): string {
  return `[${entries.map((e) => e.plan.treeString).join(',\n')}]`;
}

function entryText({ plan, relation }: CachedData): string {
  return `CachedData(\nlogicalPlan=${plan.treeString}\nInMemoryRelation=${relation.treeString})\n`;
}
