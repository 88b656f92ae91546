import { Alias, AttributeReference, Cast, type Expression, Literal, splitConjuncts } from '../expressions/index.js';
import { Aggregate, CTERelationRef, Filter, Join, LogicalRelation, Project, WithCTE } from '../logical/index.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { exchanged, significant, significantChildren, withoutIds } from './plan-distance.js';

/** Why a fragment is not an entry, and what to do. A closed list; `docs/explain-cache.md` describes each. */
export const MISS_REASONS = {
  NO_ENTRIES: 'Nothing is cached.',
  PROJECT_FILTER_ORDER:
    'The same operators stand in another order. Matching compares plans as written, before the optimizer: write the filter and the select in the order of the cached plan.',
  ALIAS_BELOW_FILTER:
    'One of the two filters by a name that its select gives, the other before the select. Filter on the same side of the select as the cached plan.',
  FILTER_SPLIT:
    'The same conditions are in one filter here and in several there. Write as many filters as the cached plan has.',
  EXTRA_FILTER: 'The query filters more than the cached plan. Filter the cached result instead.',
  MISSING_FILTER: 'The cached plan filters rows away that the query wants.',
  EXTRA_COLUMN: 'The query selects a column that the cached plan does not have.',
  MISSING_COLUMN: 'The cached plan has columns that the query leaves out. Select from the cached result instead.',
  COLUMN_ORDER: 'The same columns stand in another order.',
  ALIAS_ADDED:
    'A column has an alias on one side only: `a AS x` and `a` are not equal, though the name itself does not count.',
  DIFFERENT_COLUMNS: 'The columns differ.',
  LITERAL_TYPE:
    'The conditions differ in the type of a literal, or in a cast: write the literal as the cached plan has it.',
  LITERAL_VALUE: 'The plans differ in the value of a literal.',
  SESSION_CONF: 'The same text was analyzed under another ANSI mode or time zone, which the expressions keep.',
  DIFFERENT_CONDITION: 'The conditions differ.',
  JOIN_SIDES: 'The sides of the join are exchanged.',
  DIFFERENT_JOIN: 'The joins differ in type or condition.',
  DIFFERENT_GROUPING: 'The grouping differs (its order counts).',
  DIFFERENT_AGGREGATES: 'The aggregates differ (their order counts).',
  DIFFERENT_SORT: 'The sort order differs.',
  DIFFERENT_LIMIT: 'The limits differ.',
  DIFFERENT_FILES: 'The two read different files.',
  DIFFERENT_OPTIONS: 'The two read the same files with other options or another schema.',
  CTE_IDENTITY:
    'A CTE gets a new identity whenever its text is analyzed, so no text with a CTE equals another. Cache the query that the CTE holds.',
  NONDETERMINISTIC:
    'A non-deterministic expression gets a new seed each time the text is analyzed. Give a seed, or reuse the DataFrame.',
  DIFFERENT_OPERATOR: 'The plans have different operators.',
  DIFFERENT_ARGUMENTS: 'The operators are the same but not their arguments.',
} as const;
export type MissReason = keyof typeof MISS_REASONS;

/** The reason why two plans differ whose first different nodes, from the top, are `a` (the query's) and `b` (the entry's). */
export function missReason(
  query: LogicalPlan,
  entry: LogicalPlan,
  a: LogicalPlan | undefined,
  b: LogicalPlan | undefined,
): MissReason {
  const hasCte = (p: LogicalPlan) => p.exists((x) => x instanceof WithCTE || x instanceof CTERelationRef);
  if (hasCte(query) && hasCte(entry) && plainText(query) === plainText(entry)) return 'CTE_IDENTITY';
  if (!a || !b) return 'DIFFERENT_OPERATOR';
  const seeded = (p: LogicalPlan) => !p.expressions.every((e) => e.deterministic);
  if (a.kind === b.kind && seeded(a) && seeded(b)) return 'NONDETERMINISTIC';
  return chainReason(query, entry) ?? nodeReason(a, b);
}

/** The reason and the nodes that show it where both sides are selects and filters over the same rows. */
function chainReason(query: LogicalPlan, entry: LogicalPlan): MissReason | undefined {
  const [left, right] = withoutCommonBase(chainOf(query), chainOf(entry));
  if (left.base.canonicalized.key !== right.base.canonicalized.key) return undefined;
  const mine = conditionsOf(left);
  const theirs = conditionsOf(right);
  const kinds = (c: Chain) => c.steps.map((p) => p.kind).join();
  const sameConditions = mine.length > 0 && [...mine].sort().join('\n') === [...theirs].sort().join('\n');
  if (sameConditions && kinds(left) !== kinds(right)) {
    const folded = (c: Chain) => c.steps.filter((p, i) => p.kind !== 'Filter' || c.steps[i - 1]?.kind !== 'Filter');
    const same =
      folded(left)
        .map((p) => p.kind)
        .join() ===
      folded(right)
        .map((p) => p.kind)
        .join();
    if (same) return 'FILTER_SPLIT';
    const names = (p: LogicalPlan) => p.output.map((o) => o.name.toLowerCase()).join();
    if (names(query) === names(entry))
      return throughAlias(left) || throughAlias(right) ? 'ALIAS_BELOW_FILTER' : 'PROJECT_FILTER_ORDER';
  }
  const lists = (c: Chain) =>
    c.steps
      .filter((p) => p instanceof Project)
      .map((p) => plainText(p, true))
      .join('\n');
  if (lists(left) === lists(right) && mine.length !== theirs.length) {
    if (theirs.every((c) => mine.includes(c))) return 'EXTRA_FILTER';
    if (mine.every((c) => theirs.includes(c))) return 'MISSING_FILTER';
  }
  return undefined;
}

interface Chain {
  readonly steps: readonly (Project | Filter)[];
  readonly base: LogicalPlan;
}

/** Selects and filters down to what stands below them. */
function chainOf(p: LogicalPlan): Chain {
  const steps: (Project | Filter)[] = [];
  let node = significant(p);
  for (; node instanceof Project || node instanceof Filter; node = significant(node.child)) steps.push(node);
  return { steps, base: node };
}

/** Steps at the bottom that both have belong to the rows that both start from. */
function withoutCommonBase(left: Chain, right: Chain): [Chain, Chain] {
  let n = 0;
  for (; n < Math.min(left.steps.length, right.steps.length); n++)
    if (left.steps.at(-1 - n)!.canonicalized.key !== right.steps.at(-1 - n)!.canonicalized.key) break;
  const cut = (c: Chain): Chain => (n === 0 ? c : { steps: c.steps.slice(0, -n), base: c.steps.at(-n) as LogicalPlan });
  return [cut(left), cut(right)];
}

/** Conditions in terms of what stands below the chain. */
function conditionsOf(chain: Chain): string[] {
  return chain.steps.flatMap((p, i) =>
    p instanceof Filter ? splitConjuncts(resolveDown(p.condition, chain, i)).map((c) => withoutIds(String(c))) : [],
  );
}

function resolveDown(e: Expression, chain: Chain, from: number): Expression {
  let out = e;
  for (const p of chain.steps.slice(from)) {
    if (!(p instanceof Project)) continue;
    const values = new Map(p.projectList.flatMap((x) => (x instanceof Alias ? [[x.exprId, x.child] as const] : [])));
    out = out.transformUp((x) => (x instanceof AttributeReference ? (values.get(x.exprId) ?? x) : x));
  }
  return out;
}

/** Does a filter read a name that a select below it gives? */
function throughAlias(chain: Chain): boolean {
  return chain.steps.some(
    (p, i) => p instanceof Filter && String(resolveDown(p.condition, chain, i)) !== String(p.condition),
  );
}

function nodeReason(a: LogicalPlan, b: LogicalPlan): MissReason {
  if (a instanceof LogicalRelation && b instanceof LogicalRelation) return relationReason(a, b);
  if (a.kind !== b.kind) return 'DIFFERENT_OPERATOR';
  if (a instanceof Project && b instanceof Project) return columnReason(a, b);
  const literal = literalReason(a, b);
  if (a instanceof Join && b instanceof Join) {
    if (exchanged(significantChildren(a), significantChildren(b))) return 'JOIN_SIDES';
    return a.joinType.kind === b.joinType.kind ? (literal ?? 'DIFFERENT_JOIN') : 'DIFFERENT_JOIN';
  }
  if (literal && !/Limit|Offset/.test(a.kind)) return literal;
  if (a instanceof Filter) return 'DIFFERENT_CONDITION';
  if (a instanceof Aggregate && b instanceof Aggregate) {
    const groups = (p: Aggregate) => withoutIds(p.groupingExpressions.join('\n'));
    return groups(a) === groups(b) ? 'DIFFERENT_AGGREGATES' : 'DIFFERENT_GROUPING';
  }
  if (a.kind === 'Sort') return 'DIFFERENT_SORT';
  return /Limit|Offset/.test(a.kind) ? 'DIFFERENT_LIMIT' : 'DIFFERENT_ARGUMENTS';
}

function relationReason(a: LogicalRelation, b: LogicalRelation): MissReason {
  const roots = (r: LogicalRelation) => [...r.relation.rootPaths].sort().join('\n');
  return roots(a) === roots(b) && a.relation.format === b.relation.format ? 'DIFFERENT_OPTIONS' : 'DIFFERENT_FILES';
}

function columnReason(a: Project, b: Project): MissReason {
  if (a.projectList.length > b.projectList.length) return 'EXTRA_COLUMN';
  if (a.projectList.length < b.projectList.length) return 'MISSING_COLUMN';
  const items = (p: Project, f: (e: Expression) => Expression) =>
    p.projectList.map((e) => withoutIds(String(f(e)))).join('\n');
  const bare = (e: Expression) => (e instanceof Alias ? e.child : e);
  const sorted = (text: string) => text.split('\n').sort().join('\n');
  if (items(a, bare) === items(b, bare)) return literalReason(a, b) ?? 'ALIAS_ADDED';
  if (sorted(items(a, bare)) === sorted(items(b, bare))) return 'COLUMN_ORDER';
  return literalReason(a, b) ?? 'DIFFERENT_COLUMNS';
}

/** Do the two differ in no more than constants, or in what a session's settings put into expressions? */
function literalReason(a: LogicalPlan, b: LogicalPlan): MissReason | undefined {
  const text = (p: LogicalPlan, f: (e: Expression) => Expression) =>
    p.expressions.map((e) => withoutIds(String(e.transformUp(f)))).join('\n');
  const same = (f: (e: Expression) => Expression) => text(a, f) === text(b, f);
  if (same((e) => e)) {
    if (!same(withType)) return 'LITERAL_TYPE';
    return a.expressions.length > 0 && ownExpressions(a) !== ownExpressions(b) ? 'SESSION_CONF' : undefined;
  }
  const uncast = (e: Expression): Expression => (e instanceof Cast ? e.child : e);
  if (same((e) => literalByValue(uncast(e)))) return 'LITERAL_TYPE';
  if (same((e) => (e instanceof Literal ? HOLE : e))) return 'LITERAL_VALUE';
  return undefined;
}
const HOLE = new Literal(null, Literal.NULL.dataType);

/** Numbers of any type, and texts of them, as one. */
function literalByValue(e: Expression): Expression {
  if (!(e instanceof Literal) || e.value === null || typeof e.value === 'object') return e;
  return new AttributeReference(String(e.value), e.dataType, false, 0);
}

/** Constants under the names of their types. */
function withType(e: Expression): Expression {
  return e instanceof Literal ? new AttributeReference(`${e}: ${e.dataType.sql}`, e.dataType, false, 0) : e;
}

const ownExpressions = (p: LogicalPlan): string =>
  p.expressions.map((e) => e.canonicalized.key.replace(/\b\d+\b/g, '#')).join();

function plainText(p: LogicalPlan, own = false): string {
  const text = own ? p.simpleString : significant(p).treeString;
  return withoutIds(text).replace(/(CTERelation(?:Def|Ref)) \d+/g, '$1');
}
