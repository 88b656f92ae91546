import { AttributeReference, type Expression } from '../expressions/index.js';
import { Aggregate, Filter, InMemoryRelation, Project, SubqueryAlias } from '../logical/index.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { UnresolvedRelation } from '../logical/unresolved.js';
import type { CachedData, CacheManager } from './cache-manager.js';

/** Parses and analyzes; the session's. */
export interface QueryCompiler {
  parse(sql: string): LogicalPlan;
  analyze(plan: LogicalPlan): LogicalPlan;
}

/** What to write instead so that the cache answers. */
export interface Rewrite {
  readonly sql: string;
  /** The part of the query that it stands for. */
  readonly fragment: LogicalPlan;
  readonly entry: CachedData;
}

/** The name that a cached plan without one has in rewrites. */
export const UNNAMED = 'cached';

/** A query over the cached result that gives the fragment's rows, shown to read the cache by going through parser, analyzer and
 * look-up; undefined if there is none, or it cannot be said in SQL. */
export function findRewrite(plan: LogicalPlan, manager: CacheManager, compiler: QueryCompiler): Rewrite | undefined {
  const here = rewriteHere(plan, manager, compiler);
  if (here) return here;
  for (const c of [...plan.children, ...plan.subqueries]) {
    const below = findRewrite(c, manager, compiler);
    if (below) return below;
  }
  return undefined;
}

function rewriteHere(plan: LogicalPlan, manager: CacheManager, compiler: QueryCompiler): Rewrite | undefined {
  const found = manager.findView(plan, 'subsume');
  if (!found) return undefined;
  const { entry, match } = found;
  const name = entry.relation.cached.tableName ?? UNNAMED;
  const sql = selectText(match.build(entry.relation.newInstance()), name);
  return sql !== undefined && isHit(sql, name, plan, entry, manager, compiler)
    ? { sql, fragment: plan, entry }
    : undefined;
}

/** `SELECT … FROM name WHERE … GROUP BY …` of a plan over the cached relation alone. */
function selectText(plan: LogicalPlan, name: string): string | undefined {
  if (!(plan instanceof Project || plan instanceof Aggregate)) return undefined;
  const filter = plan.child instanceof Filter ? plan.child : undefined;
  const base = filter ? filter.child : plan.child;
  if (!(base instanceof InMemoryRelation)) return undefined;
  const text = (e: Expression) =>
    e.transformUp((x) => (x instanceof AttributeReference ? x.withQualifier([]) : x)).sql(false);
  const list = (plan instanceof Project ? plan.projectList : plan.aggregateExpressions).map(text).join(', ');
  const where = filter ? ` WHERE ${text(filter.condition)}` : '';
  const keys = plan instanceof Aggregate ? plan.groupingExpressions.map(text) : [];
  return `SELECT ${shorten(list)} FROM ${name}${where}${keys.length > 0 ? ` GROUP BY ${keys.join(', ')}` : ''}`;
}

/** `a AS a` is `a`. */
function shorten(list: string): string {
  return list.replace(/(^|, )(`(?:[^`]|``)+`|\w+) AS \2(?=,|$)/g, '$1$2');
}

function isHit(
  sql: string,
  name: string,
  fragment: LogicalPlan,
  entry: CachedData,
  manager: CacheManager,
  compiler: QueryCompiler,
): boolean {
  try {
    const parts = name.split('.').map((p) => p.replace(/^`|`$/g, ''));
    const parsed = compiler
      .parse(sql)
      .transformUp((p) =>
        p instanceof UnresolvedRelation && p.nameParts.join('.') === parts.join('.')
          ? new SubqueryAlias(parts, entry.plan)
          : p,
      );
    const analyzed = compiler.analyze(parsed);
    const columns = (p: LogicalPlan) => p.output.map((a) => `${a.name} ${a.dataType.sql}`).join();
    const reads = (p: LogicalPlan): boolean => manager.lookup(p) === entry || p.children.some(reads);
    return columns(analyzed) === columns(fragment) && reads(analyzed);
  } catch {
    return false;
  }
}
