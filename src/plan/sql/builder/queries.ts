import { parseError, SparkError } from '../../../errors/index.js';
import { BOOLEAN } from '../../../types/index.js';
import { GroupingSetsExpression } from '../../expressions/aggregate.js';
import { Cast } from '../../expressions/cast.js';
import type { Expression } from '../../expressions/expression.js';
import { Alias, MultiAlias, SortOrder } from '../../expressions/named.js';
import { And, Comparison, In, Not, NullCheck, Or } from '../../expressions/predicates.js';
import { Exists, InSubquery } from '../../expressions/subquery.js';
import {
  UnresolvedAlias,
  UnresolvedAttribute,
  UnresolvedFunction,
  UnresolvedStar,
} from '../../expressions/unresolved.js';
import type { WindowSpecDefinition } from '../../expressions/window.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import {
  Aggregate,
  Distinct,
  Filter,
  limitPlan,
  Offset,
  Project,
  RepartitionByExpression,
  SetOperation,
  Sort,
  SubqueryAlias,
  Union,
} from '../../logical/operators.js';
import { OneRowRelation } from '../../logical/relations.js';
import {
  UnresolvedHaving,
  UnresolvedHint,
  UnresolvedRelation,
  UnresolvedSubqueryColumnAliases,
  UnresolvedWith,
  WithWindowDefinition,
} from '../../logical/unresolved.js';
import { type CstNode, has, keyword, need, needToken, node, nodes, type Span, spanOf, token } from './cst.js';
import { RelationBuilder } from './relations.js';
import { quoteId } from './text.js';

function readsTable(plan: LogicalPlan, name: string): boolean {
  const isIt = (p: LogicalPlan) =>
    p instanceof UnresolvedRelation && p.nameParts.length === 1 && p.nameParts[0]?.toLowerCase() === name.toLowerCase();
  return plan.find(isIt) !== undefined;
}

/** Queries from trees. Spark: the query half of `AstBuilder`. */
export abstract class QueryBuilder extends RelationBuilder {
  query(tree: CstNode): LogicalPlan {
    const plan = this.organized(this.queryTerm(need(tree, 'queryTerm')), need(tree, 'queryOrganization'));
    return this.withCtes(tree, plan);
  }

  protected withCtes(parent: CstNode, plan: LogicalPlan): LogicalPlan {
    const tree = node(parent, 'ctes');
    if (tree === undefined) return plan;
    const names: string[] = [];
    const duplicates = new Set<string>();
    const ctes = nodes(tree, 'namedQuery').map((named) => {
      const name = this.neededName(named, 'name');
      if (names.includes(name)) duplicates.add(name);
      names.push(name);
      const query = this.query(need(named, 'query'));
      const columns = this.columnAliases(named);
      const renamed =
        columns === undefined ? query : this.at(new UnresolvedSubqueryColumnAliases(columns, query), named);
      return this.at(new SubqueryAlias([name], renamed), named);
    });
    if (duplicates.size > 0) {
      const duplicateNames = [...duplicates].map((n) => quoteId(n)).join(', ');
      throw parseError('DUPLICATED_CTE_NAMES', { duplicateNames }, this.origin(tree));
    }
    // Spark 4.0 parses queries that read themselves, has no plan for them, and fails in this way.
    if (has(tree, 'RECURSIVE') && ctes.some((cte, i) => readsTable(cte, names[i] as string)))
      throw new SparkError('analysis', 'INTERNAL_ERROR', { message: 'WITH RECURSIVE has no plan' }, this.origin(tree));
    return this.at(new UnresolvedWith(plan, names, ctes), parent);
  }

  /** INTERSECT binds tighter than UNION and EXCEPT; `|>` applies to all before it. */
  protected queryTerm(tree: CstNode): LogicalPlan {
    const start = spanOf(tree).start;
    let done = this.queryPrimary(need(tree, 'queryPrimary'));
    let pending: { operator: CstNode; term: LogicalPlan }[] = [];
    const settle = (stop: number): LogicalPlan => {
      for (const { operator, term } of pending) done = this.setOperation(operator, done, term, { start, stop });
      pending = [];
      return done;
    };
    for (const suffix of nodes(tree, 'queryTermSuffix')) {
      const pipe = node(suffix, 'pipeRightSide');
      if (pipe !== undefined) {
        done = this.pipe(pipe, settle(spanOf(suffix).start));
        continue;
      }
      const operator = need(suffix, 'setOperator');
      const term = this.queryPrimary(need(suffix, 'queryPrimary'));
      const last = pending.at(-1);
      if (keyword(operator, 'kind') !== 'INTERSECT') pending.push({ operator, term });
      else if (last === undefined) done = this.setOperation(operator, done, term, { start, stop: spanOf(suffix).stop });
      else last.term = this.setOperation(operator, last.term, term, spanOf(suffix));
    }
    return settle(spanOf(tree).stop);
  }

  protected setOperation(operator: CstNode, left: LogicalPlan, right: LogicalPlan, span: Span): LogicalPlan {
    const quantifier = node(operator, 'setQuantifier');
    const all = quantifier !== undefined && has(quantifier, 'ALL');
    const kind = keyword(operator, 'kind');
    if (kind === 'INTERSECT') return this.at(new SetOperation('Intersect', left, right, all), span);
    if (kind !== 'UNION') return this.at(new SetOperation('Except', left, right, all), span);
    const union = this.at(new Union([left, right]), span);
    return all ? union : this.at(new Distinct(union), span);
  }

  protected queryPrimary(tree: CstNode): LogicalPlan {
    const query = node(tree, 'query');
    if (query !== undefined) return this.query(query);
    const specification = node(tree, 'querySpecification');
    if (specification !== undefined) return this.querySpecification(specification);
    const from = node(tree, 'fromStatement');
    if (from !== undefined) return this.fromStatement(from);
    const values = node(tree, 'inlineTable');
    if (values !== undefined) return this.inlineTable(values);
    return this.unresolvedRelation(need(tree, 'identifierReference'));
  }

  private querySpecification(tree: CstNode): LogicalPlan {
    const from = node(tree, 'fromClause');
    const relation = from === undefined ? this.at(new OneRowRelation(), tree) : this.fromClause(from);
    return this.select(need(tree, 'selectClause'), need(tree, 'selectRest'), relation, tree);
  }

  /** FROM first: one query for each SELECT, united. */
  private fromStatement(tree: CstNode): LogicalPlan {
    const from = this.fromClause(need(tree, 'fromClause'));
    const branches = nodes(tree, 'fromStatementBody').map((body) => this.fromStatementBody(body, from));
    if (branches.length === 0) return from;
    return branches.length === 1 ? (branches[0] as LogicalPlan) : this.at(new Union(branches), tree);
  }
  private fromStatementBody(body: CstNode, from: LogicalPlan): LogicalPlan {
    const insert = node(body, 'insertInto');
    if (insert !== undefined) throw this.syntaxErrorAt(needToken(insert, 'INSERT'));
    const plan = this.select(need(body, 'selectClause'), need(body, 'selectRest'), from, body);
    return this.organized(plan, need(body, 'queryOrganization'));
  }

  /** LATERAL VIEW, WHERE, GROUP BY or projection, HAVING, DISTINCT, WINDOW, hints: in this order. */
  protected select(
    clause: CstNode,
    rest: CstNode | undefined,
    relation: LogicalPlan,
    at: CstNode,
    pipe?: string,
  ): LogicalPlan {
    const written = this.namedExpressions(need(clause, 'namedExpressionSeq'));
    const items = (pipe === undefined ? written : written.map((e) => this.pipeItem(e, pipe))).map(asNamed);
    const quantifier = node(clause, 'setQuantifier');
    let plan = rest === undefined ? relation : this.withLateralViews(relation, nodes(rest, 'lateralView'));
    const where = rest && node(rest, 'whereClause');
    if (where !== undefined) plan = this.at(new Filter(this.neededExpression(where), plan), at);
    const grouping = rest && node(rest, 'aggregationClause');
    const having = rest && node(rest, 'having');
    if (grouping !== undefined) plan = this.aggregate(grouping, items, plan, false);
    else if (having !== undefined) plan = this.at(new Aggregate([], items, plan), at);
    else plan = this.at(new Project(items, plan), at);
    if (having !== undefined) {
      const condition = this.expression(having);
      const predicate = isPredicate(condition) ? condition : new Cast(condition, BOOLEAN, this.context.mode);
      plan = this.at(new UnresolvedHaving(predicate, plan), having);
    }
    if (quantifier !== undefined && has(quantifier, 'DISTINCT')) plan = this.at(new Distinct(plan), at);
    const windows = rest && node(rest, 'windowClause');
    if (windows !== undefined) plan = this.withWindows(windows, plan);
    return nodes(clause, 'hint').reduceRight((child, hint) => this.withHints(hint, child), plan);
  }

  protected namedExpressions(tree: CstNode): Expression[] {
    return nodes(tree, 'namedExpression').map((e) => this.namedExpression(e));
  }

  private withHints(tree: CstNode, plan: LogicalPlan): LogicalPlan {
    return nodes(tree, 'hintStatement').reduceRight((child, statement) => {
      const parameters = nodes(statement, 'primaryExpression').map((p) => this.primary(p));
      return this.at(new UnresolvedHint(this.neededName(statement, 'name'), parameters, child), tree);
    }, plan);
  }

  protected aggregate(tree: CstNode, items: readonly Expression[], child: LogicalPlan, aliases: boolean): Aggregate {
    const keys = nodes(tree, 'groupByItem').map((item) => this.groupByItem(item, aliases));
    const kind = keyword(tree, 'kind');
    if (kind === undefined) return this.at(new Aggregate(keys, items, child), tree);
    const analytics =
      kind === 'GROUPING'
        ? new GroupingSetsExpression(
            'grouping sets',
            nodes(tree, 'groupingSet').map((s) => this.expressions(s)),
            keys,
          )
        : new GroupingSetsExpression(
            kind === 'CUBE' ? 'cube' : 'rollup',
            keys.map((k) => [k]),
          );
    return this.at(new Aggregate([this.at(analytics, tree)], items, child), tree);
  }

  private groupByItem(tree: CstNode, aliases: boolean): Expression {
    const analytics = node(tree, 'groupingAnalytics');
    if (analytics !== undefined) return this.groupingAnalytics(analytics);
    const key = this.neededExpression(tree);
    const alias = token(tree, 'alias');
    if (alias === undefined) return key;
    if (aliases) return this.at(new Alias(key, this.name(alias)), tree);
    throw parseError(
      'PARSE_SYNTAX_ERROR',
      { error: `'${alias.image}'`, hint: `: extra input '${alias.image}'` },
      this.origin(alias),
    );
  }

  private groupingAnalytics(tree: CstNode): GroupingSetsExpression {
    const kind = keyword(tree, 'kind') as string;
    if (kind === 'GROUPING') {
      const sets = nodes(tree, 'groupingElement').flatMap((element) => {
        const inner = node(element, 'groupingAnalytics');
        if (inner !== undefined) return selectedSets(this.groupingAnalytics(inner));
        return [this.expressions(need(element, 'groupingSet'))];
      });
      return this.at(new GroupingSetsExpression('grouping sets', sets), tree);
    }
    const groups = nodes(tree, 'groupingSet').map((s) => this.expressions(s));
    if (groups.some((g) => g.length === 0))
      throw parseError('_LEGACY_ERROR_TEMP_0051', { element: kind }, this.origin(tree));
    return this.at(new GroupingSetsExpression(kind === 'CUBE' ? 'cube' : 'rollup', groups), tree);
  }

  /** Windows by name; a window that names another takes its definition. */
  protected withWindows(tree: CstNode, plan: LogicalPlan, ownOnly = false): LogicalPlan {
    const windows = nodes(tree, 'namedWindow');
    const definitions = new Map<string, WindowSpecDefinition>();
    const names = windows.map((w) => this.neededName(w, 'name'));
    for (const [i, name] of names.entries()) {
      if (names.indexOf(name) !== i) {
        throw parseError(
          'INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION',
          { windowName: quoteId(name) },
          this.origin(tree),
        );
      }
      const spec = need(windows[i] as CstNode, 'windowSpec');
      if (!has(spec, 'name')) definitions.set(name, this.windowDefinition(spec));
    }
    const specs = windows.map((w, i) => {
      const own = definitions.get(names[i] as string);
      if (own !== undefined) return own;
      const target = this.neededName(need(w, 'windowSpec'), 'name');
      const found = definitions.get(target);
      if (found !== undefined) return found;
      const condition = names.includes(target)
        ? 'INVALID_SQL_SYNTAX.INVALID_WINDOW_REFERENCE'
        : 'INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE';
      throw parseError(condition, { windowName: quoteId(target) }, this.origin(tree));
    });
    return this.at(new WithWindowDefinition(names, specs, plan, ownOnly), tree);
  }

  /** @throws UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES */
  protected checkCombination(tree: CstNode): void {
    const kinds = [has(tree, 'order'), has(tree, 'clusterBy'), has(tree, 'distributeBy') || has(tree, 'sort')];
    if (kinds.filter((k) => k).length > 1)
      throw parseError('UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES', {}, this.origin(tree));
  }

  /** ORDER BY, SORT BY, DISTRIBUTE BY, CLUSTER BY, WINDOW, OFFSET, LIMIT. Spark: `withQueryResultClauses`. */
  protected organized(plan: LogicalPlan, tree: CstNode): LogicalPlan {
    const order = nodes(tree, 'order').map((s) => this.sortItem(s));
    const sort = nodes(tree, 'sort').map((s) => this.sortItem(s));
    const distribute = this.expressions(tree, 'distributeBy');
    const cluster = this.expressions(tree, 'clusterBy');
    this.checkCombination(tree);
    let result = plan;
    if (order.length > 0) result = this.at(new Sort(order, true, result), tree);
    if (distribute.length > 0) result = this.at(new RepartitionByExpression(distribute, result, undefined), tree);
    if (sort.length > 0) result = this.at(new Sort(sort, false, result), tree);
    if (cluster.length > 0) {
      const partitioned = this.at(new RepartitionByExpression(cluster, result, undefined), tree);
      result = this.at(
        new Sort(
          cluster.map((e) => new SortOrder(e).withOrigin(e.origin)),
          false,
          partitioned,
        ),
        tree,
      );
    }
    const windows = node(tree, 'windowClause');
    if (windows !== undefined) result = this.withWindows(windows, result);
    const offset = node(tree, 'offset');
    if (offset !== undefined) result = this.at(new Offset(this.expression(offset), result), tree);
    const limit = node(tree, 'limit');
    if (limit !== undefined) result = this.at(limitPlan(this.expression(limit), result), tree);
    return result;
  }

  protected abstract pipeItem(e: Expression, clause: string): Expression;
  /** The step after `|>`. Defined in `pipes.ts`. */
  protected abstract pipe(tree: CstNode, left: LogicalPlan): LogicalPlan;
}

/** What has no name yet gets one in analysis. */
export function asNamed(e: Expression): Expression {
  const hasName =
    e instanceof Alias || e instanceof MultiAlias || e instanceof UnresolvedAttribute || e instanceof UnresolvedStar;
  return hasName ? e : new UnresolvedAlias(e).withOrigin(e.origin);
}

const PREDICATE_CALLS = /^(?:r?like|ilike|(?:not)?like(?:any|all))$/;
/** What Spark's parser already makes a predicate; HAVING casts all else to boolean. */
function isPredicate(e: Expression): boolean {
  if (e instanceof UnresolvedFunction) return e.isInternal && PREDICATE_CALLS.test(e.name);
  return [And, Or, Not, Comparison, In, NullCheck, InSubquery, Exists].some((type) => e instanceof type);
}

/** The sets that ROLLUP and CUBE stand for inside GROUPING SETS. Spark: `BaseGroupingSets.selectedGroupByExprs`. */
function selectedSets(e: GroupingSetsExpression): Expression[][] {
  const { form, groups } = e;
  if (form === 'grouping sets') return groups.map((g) => [...g]);
  if (form === 'rollup')
    return Array.from({ length: groups.length + 1 }, (_, i) => groups.slice(0, groups.length - i).flat());
  const subsets: (readonly (readonly Expression[])[])[] = [[]];
  for (const group of groups) subsets.push(...subsets.map((s) => [...s, group]));
  return subsets.sort((a, b) => b.length - a.length).map((s) => s.flat());
}
