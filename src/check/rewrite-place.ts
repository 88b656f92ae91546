import type { CachedData } from '../plan/cache/cache-manager.js';
import { significant } from '../plan/cache/plan-distance.js';
import type { Rewrite } from '../plan/cache/rewrite.js';
import { Command, CTERelationDef, type LogicalPlan, LogicalRelation, queriesOf } from '../plan/logical/index.js';
import type { DrySession } from './dry-session.js';

const known = new WeakMap<LogicalPlan, ReadonlySet<string>>();

/** Keys of what a plan reads: files by path, other leaves by what they are. */
function sources(plan: LogicalPlan): ReadonlySet<string> {
  const before = known.get(plan);
  if (before) return before;
  const found = new Set<string>();
  plan.foreachWithSubqueries((p) => {
    if (p instanceof LogicalRelation) for (const root of p.relation.rootPaths) found.add(root);
    else if (p.children.length === 0 && p.kind !== 'OneRowRelation' && p.kind !== 'CTERelationRef')
      found.add(p.canonicalized.key);
  });
  known.set(plan, found);
  return found;
}

/** Whether an entry has anything to do with a query that misses it: both read a table or file. */
export function sharesSource(plan: LogicalPlan, entry: CachedData): boolean {
  const mine = sources(plan);
  for (const s of sources(entry.plan)) if (mine.has(s)) return true;
  return false;
}
/** The entry could be the query's own over other files. */
export function looksAlike(plan: LogicalPlan, entry: CachedData): boolean {
  return plan.shape === entry.plan.shape;
}

export interface PlacedRewrite {
  /** Offsets in the statement; `stop` exclusive. */
  readonly start: number;
  readonly stop: number;
  readonly text: string;
}

/** Occurrences of SELECT that are tried as the beginning of a fragment. */
const MOST_TRIED = 8;

/** Where in the statement the text of a rewrite's fragment stands. Shown by going through parser and analyzer: the stretch alone means
 * the fragment, and the statement with the rewrite in its place has the same columns and reads the entry. */
export function placeRewrite(
  session: DrySession,
  statement: string,
  query: LogicalPlan,
  rewrite: Rewrite,
): PlacedRewrite | undefined {
  let low = statement.length;
  let high = -1;
  // Of `(SELECT …) x` and `x AS (SELECT …)` what is between the parentheses.
  const outer = significant(rewrite.fragment);
  const fragment = outer instanceof CTERelationDef ? significant(outer.child) : outer;
  fragment.foreach((p) => {
    const { sqlText, startIndex, stopIndex } = p.origin;
    if (sqlText !== statement || startIndex === undefined || stopIndex === undefined) return;
    low = Math.min(low, startIndex);
    high = Math.max(high, stopIndex);
  });
  if (high < 0) return undefined;
  const { key } = fragment.canonicalized;
  const starts = [...statement.matchAll(/\b(select|from|table|with)\b/gi)].map((m) => m.index).filter((i) => i <= low);
  for (const start of starts.reverse().slice(0, MOST_TRIED)) {
    const stop = high + 1;
    try {
      const alone = session.analyze(session.parse(statement.slice(start, stop), undefined, true));
      if (alone.canonicalized.key !== key) continue;
      const rewritten = statement.slice(0, start) + rewrite.sql + statement.slice(stop);
      if (readsEntry(session, query, rewritten, rewrite)) return { start, stop, text: rewrite.sql };
    } catch {
      // Not the fragment's text.
    }
  }
  // A query with a CTE is never equal to its own text.
  const whole = rewrite.fragment === query && !(session.parse(statement) instanceof Command);
  return whole && readsEntry(session, query, rewrite.sql, rewrite)
    ? { start: 0, stop: statement.length, text: rewrite.sql }
    : undefined;
}

/** Whether the rewritten statement holds a query with the columns of `query` that reads the entry. */
function readsEntry(session: DrySession, query: LogicalPlan, statement: string, rewrite: Rewrite): boolean {
  const parsed = session.parse(statement);
  const inner = queriesOf(parsed);
  const columns = (p: LogicalPlan) => p.output.map((a) => `${a.name} ${a.dataType.sql}`).join();
  const { cacheManager } = session.sharedState;
  return (inner.length > 0 ? inner : [parsed]).some((q) => {
    const plan = session.analyze(q);
    return (
      columns(plan) === columns(query) && plan.existsWithSubqueries((x) => cacheManager.lookup(x) === rewrite.entry)
    );
  });
}
