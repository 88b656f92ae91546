import { parseError } from '../../../errors/index.js';
import { GroupingSetsExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { Alias, MultiAlias } from '../../expressions/named.js';
import {
  PipeAggregateOrdinal,
  PipeExpression,
  UnresolvedAttribute,
  UnresolvedFunction,
  UnresolvedStar,
} from '../../expressions/unresolved.js';
import { WindowSpecDefinition } from '../../expressions/window.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Filter, PipeOperator, Project, SubqueryAlias } from '../../logical/operators.js';
import { type CstNode, has, need, needToken, node, nodes, spanOf } from './cst.js';
import { operationNotAllowed } from './numbers.js';
import { asNamed, QueryBuilder } from './queries.js';

/** The steps of the pipe syntax. Spark: the `OperatorPipe` part of `AstBuilder`. */
export abstract class PipeBuilder extends QueryBuilder {
  /** The step after `|>`. Spark: `visitOperatorPipeRightSide`. */
  protected override pipe(tree: CstNode, left: LogicalPlan): LogicalPlan {
    const select = node(tree, 'selectClause');
    if (select !== undefined) {
      const plan = this.select(select, undefined, left, tree, 'SELECT');
      const windows = node(tree, 'windowClause');
      return windows === undefined ? plan : this.withWindows(windows, plan, true);
    }
    const where = node(tree, 'whereClause');
    if (where !== undefined) {
      if (has(tree, 'windowClause'))
        throw parseError('NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE', {}, this.origin(tree));
      return this.at(new Filter(this.neededExpression(where), new PipeOperator(left)), tree);
    }
    const pivot = node(tree, 'pivotClause');
    const unpivot = node(tree, 'unpivotClause');
    if (pivot !== undefined && unpivot !== undefined)
      throw parseError('NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT', {}, this.origin(tree));
    if (pivot !== undefined) return this.pivot(pivot, left);
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
      this.checkCombination(organization);
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
        const items = this.namedExpressions(need(tree, 'namedExpressionSeq'))
          .map((e) => this.pipeItem(e, 'EXTEND'))
          .map(asNamed);
        return this.at(new Project([new UnresolvedStar(), ...items], left), tree);
      }
      case 'DROP': {
        const except = this.names(tree, 'column').map((n) => [n]);
        return this.at(new Project([new UnresolvedStar(undefined, except)], left), tree);
      }
      case 'AS':
        if (has(tree, 'dashed'))
          throw parseError('INVALID_IDENTIFIER', { ident: this.source(tree).slice(2).trim() }, this.origin(tree));
        return this.at(new SubqueryAlias([this.neededName(tree, 'alias')], left), tree);
      case 'AGGREGATE':
        return this.pipeAggregate(tree, left);
      default:
        return this.pipeSet(need(tree, 'assignmentList'), left);
    }
  }

  /** Stars and columns of `|> SELECT` need no check. */
  protected override pipeItem(e: Expression, clause: string): Expression {
    if (clause === 'SELECT' && (e instanceof UnresolvedStar || e instanceof UnresolvedAttribute)) return e;
    const mark = (x: Expression): Expression =>
      new PipeExpression(x, clause === 'AGGREGATE', clause).withOrigin(x.origin);
    if (e instanceof Alias || e instanceof MultiAlias) return e.withNewChildren([mark(e.child)]);
    return mark(e);
  }

  /** Each assignment is a projection of its own, so that later ones see the new values. */
  private pipeSet(tree: CstNode, left: LogicalPlan): LogicalPlan {
    return nodes(tree, 'assignment').reduce((plan, assignment) => {
      const key = this.multipart(need(assignment, 'multipartIdentifier'));
      if (key.length > 1)
        throw operationNotAllowed(
          'SQL pipe syntax |> SET operator with multi-part assignment key (only single-part keys are allowed)',
          this.origin(assignment),
        );
      const value = this.pipeItem(this.neededExpression(assignment), 'SET');
      return this.at(new Project([new UnresolvedStar(undefined, [key], [value])], plan), tree);
    }, left);
  }

  /** The grouping keys come first in the output. */
  private pipeAggregate(tree: CstNode, left: LogicalPlan): LogicalPlan {
    const list = node(tree, 'namedExpressionSeq');
    const items =
      list === undefined
        ? []
        : this.namedExpressions(list)
            .map((e) => this.pipeItem(e, 'AGGREGATE'))
            .map(asNamed);
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
    }
    const keys = made.groupingExpressions.map((key) =>
      key instanceof Literal && typeof key.value === 'number' && key.dataType.kind === 'int'
        ? new PipeAggregateOrdinal(key.value).withOrigin(key.origin)
        : key,
    );
    return this.at(new Aggregate(keys, [...keys.map(asNamed), ...items], left), tree);
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
