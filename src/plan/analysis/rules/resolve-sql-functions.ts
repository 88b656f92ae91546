import { analysisError } from '../../../errors/index.js';
import { quoteIdentifier } from '../../../types/index.js';
import { AggregateExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import { Alias, AttributeReference, isNamed, OuterReference, toAttribute } from '../../expressions/named.js';
import { SqlFunctionExpression } from '../../expressions/sql-function.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Filter, Join, Project } from '../../logical/operators.js';
import { UnresolvedHaving } from '../../logical/unresolved.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, mapSame } from '../resolve-operators.js';
import { expandCall } from '../sql-functions.js';
import { hasLateralAlias, TempResolvedColumn } from '../temporary-expressions.js';

/** Project(f(a)) → Project(body of f, Project(a AS parameter, …, child)); the same below filters, aggregates and in join
 * conditions. Inner calls first; bodies that hold calls themselves follow in the next round. Not inside a body: its own
 * expansion is part of the query's. Spark: `ResolveSQLFunctions`. @throws UNSUPPORTED_SQL_UDF_USAGE */
export const ResolveSQLFunctions = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveSQLFunctions', (plan) => (context.inFunctionBody ? plan : rewrite(plan, context)));

const hasCall = (e: Expression): boolean => e.exists((x) => x instanceof SqlFunctionExpression);

function rewrite(p: LogicalPlan, context: AnalyzerContext): LogicalPlan {
  if (p.analyzed) return p;
  const calls = p.resolved && p.expressions.some(hasCall);
  if (p instanceof Filter && p.child instanceof Aggregate && waits(p)) return p.mapChildren((a) => belowOf(a, context));
  if (p instanceof UnresolvedHaving && p.child instanceof Aggregate) return p.mapChildren((a) => belowOf(a, context));
  if (calls && !(p instanceof Project || p instanceof Filter || p instanceof Aggregate || p instanceof Join)) refuse(p);
  const below = p.mapChildren((c) => rewrite(c, context));
  if (!calls) return below;
  if (below instanceof Project) return project(below, context);
  if (below instanceof Filter) return filter(below, context);
  if (below instanceof Aggregate) return aggregate(below, context);
  if (below instanceof Join) return join(below, context);
  return below;
}

function refuse(p: LogicalPlan): void {
  for (const e of p.expressions) {
    const call = e.find((x) => x instanceof SqlFunctionExpression) as SqlFunctionExpression | undefined;
    if (call !== undefined)
      throw analysisError(
        'UNSUPPORTED_SQL_UDF_USAGE',
        { functionName: call.f.nameParts.map(quoteIdentifier).join('.'), nodeName: p.nodeName },
        call.origin,
      );
  }
}

/** The condition of HAVING goes into the aggregate first. */
function waits(f: Filter): boolean {
  const { condition } = f;
  return !f.resolved || condition.exists((e) => e instanceof AggregateExpression || e instanceof TempResolvedColumn);
}
function belowOf(a: LogicalPlan, context: AnalyzerContext): LogicalPlan {
  return a.mapChildren((c) => rewrite(c, context));
}

/** Calls without calls among their arguments become bodies; their arguments are added to `inputs`. */
function expand(e: Expression, inputs: Alias[], context: AnalyzerContext): Expression {
  if (!(e instanceof SqlFunctionExpression) || e.inputs.some((i) => hasCall(i) || hasLateralAlias(i)))
    return e.mapChildren((c) => expand(c, inputs, context));
  const expanded = expandCall(e, context);
  inputs.push(...expanded.inputs);
  return expanded.body.withOrigin(e.origin);
}

function project(p: Project, context: AnalyzerContext): LogicalPlan {
  const inputs: Alias[] = [];
  const list = mapSame(p.projectList, (e) => expand(e, inputs, context));
  if (list === p.projectList) return p;
  return new Project(list, new Project([...p.child.output, ...inputs], p.child));
}

function filter(f: Filter, context: AnalyzerContext): LogicalPlan {
  const inputs: Alias[] = [];
  const condition = expand(f.condition, inputs, context);
  if (condition === f.condition) return f;
  return new Project(f.child.output, new Filter(condition, new Project([...f.child.output, ...inputs], f.child)));
}

/** Arguments stay where they are: a join condition has no projection of its own. */
function join(j: Join, context: AnalyzerContext): LogicalPlan {
  const inputs: Alias[] = [];
  const condition = j.condition && expand(j.condition, inputs, context);
  if (condition === j.condition) return j;
  const values = new Map(inputs.map((a) => [a.exprId, a.child]));
  const inPlace = condition?.transformUp((e) => (e instanceof AttributeReference ? (values.get(e.exprId) ?? e) : e));
  return new Join(j.left, j.right, j.joinType, inPlace, j.hint);
}

/** Keys with calls are computed below; what aggregates is computed in the Aggregate, and calls around it above. */
function aggregate(a: Aggregate, context: AnalyzerContext): LogicalPlan {
  const keys: Alias[] = [];
  let list = a.aggregateExpressions;
  const groups = a.groupingExpressions.map((written) => {
    if (!hasCall(written)) return written;
    const g = written instanceof Alias ? written.child : written;
    const key = new Alias(g, g instanceof SqlFunctionExpression ? g.f.name : g.sql(true));
    keys.push(key);
    const column = key.toAttribute();
    list = mapSame(list, (e) => e.transformDown((x) => (x.semanticEquals(g) || x.equals(g) ? column : x)));
    return column;
  });
  const extracted: Expression[] = [];
  const above = list.map((e) => extract(e, extracted));
  const inputs: Alias[] = [];
  const inner = extracted.map((e) => expand(e, inputs, context));
  let child = a.child;
  if (keys.length > 0) child = new Project([...child.output, ...keys], child);
  if (inputs.length > 0) child = new Project([...child.output, ...inputs], child);
  return new Project(above, new Aggregate(groups, inner, child));
}

/** Expressions without calls outside aggregate functions are computed as a whole. */
function extract(e: Expression, into: Expression[]): Expression {
  if (outsideAggregates(e)) {
    return e.mapChildren((c) => extract(c, into));
  }
  const named = isNamed(e) && !(e instanceof OuterReference) ? e : new Alias(e, e.sql(true));
  into.push(named);
  return toAttribute(named);
}
function outsideAggregates(e: Expression): boolean {
  if (e instanceof AggregateExpression) return false;
  return e instanceof SqlFunctionExpression || e.children.some(outsideAggregates);
}
