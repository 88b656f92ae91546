import type { CacheManager } from '../plan/cache/cache-manager.js';
import { significant } from '../plan/cache/plan-distance.js';
import { type Expression, ScalarCall } from '../plan/expressions/index.js';
import { Command, InMemoryRelation, Join, type LogicalPlan, LogicalRelation } from '../plan/logical/index.js';
import type { RefusalReason } from './reasons.js';
import type { RecordedQuery } from './workload.js';

/** A plan that the workload computes more than once. */
export interface Candidate {
  readonly key: string;
  /** One of its occurrences, without the aliases above it. */
  readonly plan: LogicalPlan;
  /** All occurrences as they stand in the queries, aliases and views included. */
  readonly nodes: readonly LogicalPlan[];
  /** Occurrences by number of the query, one run each. */
  readonly uses: ReadonlyMap<number, number>;
  /** Over all recorded runs. */
  readonly totalUses: number;
  /** Plans below it by key: how often each stands there. */
  readonly below: ReadonlyMap<string, number>;
}
export interface RefusedCandidate {
  readonly candidate: Candidate;
  readonly reason: RefusalReason;
}

interface Found {
  plan: LogicalPlan;
  nodes: LogicalPlan[];
  uses: Map<number, number>;
}

/** The common sub-plans of a workload, equal as the CacheManager says, largest first. Of a plan whose every occurrence stands in the
 * same larger plan only the larger one is kept. */
export function findCandidates(
  queries: readonly RecordedQuery[],
  manager: CacheManager,
): { candidates: Candidate[]; refused: RefusedCandidate[] } {
  const found = new Map<string, Found>();
  queries.forEach((q, number) => {
    const visit = (p: LogicalPlan, above: string | undefined): void => {
      const { key } = p.canonicalized;
      // Aliases vanish in the canonical form: the same fragment, counted once.
      if (isComputed(p)) {
        const f: Found = found.get(key) ?? { plan: significant(p), nodes: [], uses: new Map() };
        f.nodes.push(p);
        if (key !== above) f.uses.set(number, (f.uses.get(number) ?? 0) + 1);
        found.set(key, f);
      }
      for (const c of p.children) visit(c, key);
      for (const s of p.subqueries) visit(s, undefined);
    };
    visit(q.analyzed, undefined);
  });
  const repeated = [...found].flatMap(([key, f]) => {
    const totalUses = [...f.uses].reduce((n, [number, times]) => n + times * (queries[number]?.runs ?? 1), 0);
    return totalUses < 2 ? [] : [{ key, ...f, totalUses, below: keysBelow(f.plan, key) }];
  });
  const closed = repeated.filter(
    (c) => !repeated.some((d) => d.below.has(c.key) && d.totalUses >= c.totalUses && usable(d, manager)),
  );
  const candidates: Candidate[] = [];
  const refused: RefusedCandidate[] = [];
  for (const candidate of closed) {
    const reason = refusal(candidate, manager);
    if (reason) refused.push({ candidate, reason });
    else candidates.push(candidate);
  }
  // Of what is refused for one reason the largest says it.
  const told = refused.filter(
    (r) => !refused.some((o) => o.reason === r.reason && o.candidate.below.has(r.candidate.key)),
  );
  const size = (p: LogicalPlan): number => p.children.reduce((n, c) => n + size(c), 1);
  return { candidates: candidates.sort((a, b) => size(b.plan) - size(a.plan)), refused: told };
}

const usable = (c: Candidate, manager: CacheManager) => refusal(c, manager) === undefined;

function keysBelow(plan: LogicalPlan, own: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const visit = (p: LogicalPlan, above: string | undefined): void => {
    const { key } = p.canonicalized;
    if (key !== above && key !== own) counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const c of p.children) visit(c, key);
    for (const s of p.subqueries) visit(s, undefined);
  };
  visit(plan, own);
  return counts;
}

/** Not a statement, a row from nothing, a reference to what stands elsewhere, or a part of a correlated subquery. */
function isComputed(p: LogicalPlan): boolean {
  return !(p instanceof Command || NOT_COMPUTED.has(p.kind) || isCorrelated(p));
}
const NOT_COMPUTED: ReadonlySet<string> = new Set(['OneRowRelation', 'CTERelationRef', 'CTERelationDef']);

function refusal({ plan }: Candidate, manager: CacheManager): RefusalReason | undefined {
  if (manager.lookup(plan)) return 'ALREADY_CACHED';
  if (
    plan.existsWithSubqueries(
      (p) => p.kind === 'Sample' || p.expressions.some((e) => !e.deterministic || e.exists(isOfNow)),
    )
  )
    return 'NONDETERMINISTIC';
  if (plan.existsWithSubqueries((p) => p.kind === 'CTERelationRef' || p.kind === 'WithCTE')) return 'CTE_IDENTITY';
  if (plan instanceof Join && !plan.condition) return 'CARTESIAN';
  if (!plan.existsWithSubqueries((p) => p instanceof LogicalRelation || p instanceof InMemoryRelation))
    return 'LOCAL_DATA';
  return undefined;
}

/** A cached `current_date()` would stand still. */
function isOfNow(e: Expression): boolean {
  return e instanceof ScalarCall && OF_NOW.has(e.def.sparkClass);
}
const OF_NOW: ReadonlySet<string> = new Set(['CurrentTimestamp', 'CurrentDate', 'LocalTimestamp', 'Now']);

/** What reads the columns of the query around it is no query of its own. */
function isCorrelated(plan: LogicalPlan): boolean {
  return plan.exists((p) => p.expressions.some((e) => e.exists((x) => x.kind === 'OuterReference')));
}
