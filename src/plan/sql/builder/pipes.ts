import { analysisError, parseError, unsupported } from '../../../errors/index.js';
import { lookupAggregate, lookupScalar } from '../../../eval/registry.js';
import { GroupingSetsExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import { UnresolvedAttribute, UnresolvedFunction, UnresolvedStar } from '../../expressions/unresolved.js';
import { UnresolvedWindowExpression, WindowExpression, WindowSpecDefinition } from '../../expressions/window.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Filter, PipeOperator, Project, SubqueryAlias } from '../../logical/operators.js';
import { type CstNode, has, need, needToken, node, spanOf } from './cst.js';
import { asNamed, QueryBuilder } from './queries.js';

/** The steps of the pipe syntax. Spark: the `OperatorPipe` part of `AstBuilder`. */
export abstract class PipeBuilder extends QueryBuilder {
  /** The step after `|>`. Spark: `visitOperatorPipeRightSide`. */
  protected override pipe(tree: CstNode, left: LogicalPlan): LogicalPlan {
    const select = node(tree, 'selectClause');
    if (select !== undefined) {
      checkPipeItems(this.namedExpressions(need(select, 'namedExpressionSeq')), 'SELECT');
      const plan = this.select(select, undefined, left, tree);
      const windows = node(tree, 'windowClause');
      return windows === undefined ? plan : this.withWindows(windows, plan);
    }
    const where = node(tree, 'whereClause');
    if (where !== undefined) {
      if (has(tree, 'windowClause'))
        throw parseError('NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE', {}, this.origin(tree));
      return this.at(new Filter(this.neededExpression(where), new PipeOperator(left)), tree);
    }
    const pivot = node(tree, 'pivotClause');
    if (pivot !== undefined) return this.pivot(pivot, left);
    const unpivot = node(tree, 'unpivotClause');
    if (unpivot !== undefined) return this.unpivot(unpivot, left);
    const sample = node(tree, 'sample');
    if (sample !== undefined) return this.sample(sample, left);
    const join = node(tree, 'joinRelation');
    if (join !== undefined) return this.join(join, left);
    const operator = node(tree, 'setOperator');
    if (operator !== undefined) {
      return this.setOperation(operator, left, this.queryPrimary(need(tree, 'queryPrimary')), spanOf(tree));
    }
    const organization = node(tree, 'queryOrganization');
    if (organization !== undefined) {
      if (has(organization, 'windowClause')) {
        throw parseError(
          'UNSUPPORTED_FEATURE.CLAUSE_WITH_PIPE_OPERATORS',
          { clauses: 'the WINDOW clause' },
          this.origin(tree),
        );
      }
      const clauses = PIPE_CLAUSES.filter(([label]) => has(organization, label)).map(([, text]) => text);
      const [clause1, clause2] = clauses;
      const paired = clause1 === 'OFFSET' || clause1 === 'DISTRIBUTE BY';
      if (clause1 !== undefined && clause2 !== undefined && !(paired && clauses.length === 2)) {
        throw parseError('MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS', { clause1, clause2 }, this.origin(tree));
      }
      return this.organized(new PipeOperator(left), organization);
    }
    return this.pipeKeyword(tree, left);
  }

  private pipeKeyword(tree: CstNode, left: LogicalPlan): LogicalPlan {
    switch (needToken(tree, 'kind').tokenType.name) {
      case 'EXTEND': {
        const items = this.namedExpressions(need(tree, 'namedExpressionSeq')).map(asNamed);
        checkPipeItems(items, 'EXTEND');
        return this.at(new Project([new UnresolvedStar(), ...items], left), tree);
      }
      case 'DROP': {
        const except = this.names(tree, 'column').map((n) => [n]);
        return this.at(new Project([new UnresolvedStar(undefined, except)], left), tree);
      }
      case 'AS':
        return this.at(new SubqueryAlias([this.neededName(tree, 'alias')], left), tree);
      case 'AGGREGATE':
        return this.pipeAggregate(tree, left);
      default:
        throw unsupported('|> SET', this.origin(tree));
    }
  }

  /** The grouping keys come first in the output. */
  private pipeAggregate(tree: CstNode, left: LogicalPlan): LogicalPlan {
    const list = node(tree, 'namedExpressionSeq');
    const items = list === undefined ? [] : this.namedExpressions(list).map(asNamed);
    checkPipeAggregates(items);
    const grouping = node(tree, 'aggregationClause');
    if (grouping === undefined) {
      if (list !== undefined) return this.at(new Aggregate([], items, left), tree);
      const message =
        'The AGGREGATE clause requires a list of aggregate expressions or a list of grouping expressions, or both';
      throw parseError('_LEGACY_ERROR_TEMP_0035', { message }, this.origin(tree));
    }
    const made = this.aggregate(grouping, items, left, true);
    const unsupportedCase = (text: string) =>
      parseError('UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE', { case: text }, this.origin(grouping));
    for (const e of [...made.groupingExpressions, ...items]) {
      const call = e.find(
        (x) =>
          x instanceof UnresolvedFunction &&
          x.operands.length === 1 &&
          /^grouping(?:_id)?$/i.test(x.nameParts.join('.')),
      );
      if (call instanceof UnresolvedFunction) throw unsupportedCase(call.name.toUpperCase());
      if (e.exists((x) => x instanceof WindowSpecDefinition)) {
        throw unsupportedCase(
          'window functions; please update the query to move the window functions to a subsequent |> SELECT operator instead',
        );
      }
    }
    for (const key of made.groupingExpressions) {
      if (key instanceof GroupingSetsExpression) {
        throw unsupportedCase(key.form === 'grouping sets' ? 'GROUPING SETS' : `GROUP BY ${key.form.toUpperCase()}`);
      }
      if (key instanceof UnresolvedAttribute && key.name.toUpperCase() === 'ALL') throw unsupportedCase('GROUP BY ALL');
      if (key.kind === 'Literal') throw unsupported('|> AGGREGATE with GROUP BY ordinals', this.origin(grouping));
    }
    return this.at(
      new Aggregate(made.groupingExpressions, [...made.groupingExpressions.map(asNamed), ...items], left),
      tree,
    );
  }
}

/** In the order in which Spark looks at them. */
const PIPE_CLAUSES = [
  ['order', 'ORDER BY'],
  ['clusterBy', 'CLUSTER BY'],
  ['distributeBy', 'DISTRIBUTE BY'],
  ['sort', 'SORT BY'],
  ['offset', 'OFFSET'],
  ['limit', 'LIMIT'],
] as const;

/** The first aggregate call outside windows. */
function aggregateIn(e: Expression): UnresolvedFunction | undefined {
  if (e instanceof WindowExpression || e instanceof UnresolvedWindowExpression) return undefined;
  if (e instanceof UnresolvedFunction && e.nameParts.length === 1 && lookupAggregate(e.name) !== undefined) return e;
  for (const child of e.children) {
    const found = aggregateIn(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
/** Whether all calls are of scalar functions that we know, so that none can be an aggregate. */
function onlyScalars(e: Expression): boolean {
  if (e instanceof UnresolvedFunction && !e.isInternal && lookupScalar(e.name) === undefined) return false;
  return e.children.every(onlyScalars);
}

/** @throws PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION. Spark: `PipeExpression` */
export function checkPipeItems(items: readonly Expression[], clause: string): void {
  for (const item of items) {
    const found = aggregateIn(item);
    if (found !== undefined) {
      throw analysisError('PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION', { expr: found.sql(true), clause }, found.origin);
    }
  }
}

/** @throws PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION. Spark: `PipeExpression` */
export function checkPipeAggregates(items: readonly Expression[]): void {
  for (const item of items) {
    if (aggregateIn(item) === undefined && onlyScalars(item)) {
      const expr = item.sql(true);
      throw analysisError('PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION', { expr }, item.origin);
    }
  }
}
