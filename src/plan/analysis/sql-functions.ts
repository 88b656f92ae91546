import { analysisError, internalError, type Origin } from '../../errors/index.js';
import { quoteIdentifier } from '../../types/index.js';
import { AggregateExpression } from '../expressions/aggregate.js';
import { Cast } from '../expressions/cast.js';
import type { Expression } from '../expressions/expression.js';
import { Alias, OuterReference } from '../expressions/named.js';
import {
  FunctionInput,
  type SqlFunction,
  SqlFunctionExpression,
  SqlScalarFunction,
} from '../expressions/sql-function.js';
import { LateralSubquery, ScalarSubquery, SubqueryExpression } from '../expressions/subquery.js';
import { UnresolvedAlias } from '../expressions/unresolved.js';
import { INNER } from '../logical/join-type.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, LateralJoin, Project, SubqueryAlias } from '../logical/operators.js';
import { OneRowRelation } from '../logical/relations.js';
import { SqlFunctionNode } from '../logical/sql-function-node.js';
import type { AnalyzerContext } from './context.js';
import { arranged } from './named-arguments.js';

const quoted = (f: SqlFunction): string => f.nameParts.map(quoteIdentifier).join('.');

/** A call of a scalar SQL function. Spark: `SessionCatalog.makeSQLFunctionBuilder`.
 * @throws WRONG_NUM_ARGS.WITHOUT_SUGGESTION, NOT_A_SCALAR_FUNCTION */
export function sqlFunctionCall(f: SqlFunction, args: readonly Expression[], origin: Origin): Expression {
  if (f.columns !== undefined) throw analysisError('NOT_A_SCALAR_FUNCTION', { functionName: quoted(f) }, origin);
  const inputs = byPosition(f, args, origin);
  checkCount(f, inputs, origin);
  return new SqlFunctionExpression(f, inputs);
}

function checkCount(f: SqlFunction, inputs: readonly Expression[], origin: Origin): void {
  const required = f.parameters.filter((p) => p.defaultSql === undefined).length;
  if (inputs.length <= f.parameters.length && inputs.length >= required) return;
  throw analysisError(
    'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
    {
      functionName: quoted(f),
      expectedNum: String(f.parameters.length),
      actualNum: String(inputs.length),
      docroot: 'https://spark.apache.org/docs/latest',
    },
    origin,
  );
}

/** Arguments in the order of the parameters. */
function byPosition(f: SqlFunction, args: readonly Expression[], origin: Origin): readonly Expression[] {
  const parameters = f.parameters.map(({ name, defaultSql }) => ({
    name,
    byDefault: defaultSql === undefined ? undefined : () => f.parseDefault(defaultSql),
  }));
  return arranged(quoted(f), parameters, args, origin);
}

/** One row of the arguments, cast to the parameters' types and known by their names and by the function's. */
function inputProject(f: SqlFunction, inputs: readonly Expression[], castDefaults: boolean): Project {
  const qualifier = [f.nameParts.at(-1) as string];
  const mode = f.conf.ansiEnabled ? 'ANSI' : 'LEGACY';
  const list = f.parameters.map((p, i) => {
    const given = inputs[i];
    if (given !== undefined) {
      const input = given.resolved ? new FunctionInput({ expression: given }) : given;
      return new Alias(new Cast(input.withOrigin(given.origin), p.dataType, mode), p.name, undefined, qualifier);
    }
    const value = f.parseDefault(p.defaultSql as string);
    const typed = castDefaults ? new Cast(value, p.dataType, mode) : value;
    return new Alias(new Cast(typed, p.dataType, mode), p.name, undefined, qualifier);
  });
  return new Project(list, new OneRowRelation());
}

/** The arguments take their places again. */
function withInputs<T extends LogicalPlan>(plan: T): T {
  return plan.transformUp((p) =>
    p.transformExpressionsUp((e) => (e instanceof FunctionInput ? e.input.expression : e)),
  ) as T;
}

/** The analyzed body of a call over one row of its arguments: what computes the result, and the arguments.
 * Spark: `SessionCatalog.makeSQLFunctionPlan`, `ResolveSQLFunctions.resolve`. @throws NESTED_AGGREGATE_FUNCTION */
export function expandCall(
  call: SqlFunctionExpression,
  context: AnalyzerContext,
): { readonly body: Expression; readonly inputs: readonly Alias[] } {
  const { f } = call;
  if (call.inputs.some((i) => i.exists((e) => e instanceof AggregateExpression)))
    throw analysisError('NESTED_AGGREGATE_FUNCTION', {}, call.origin);
  const { expression, query } = f.body();
  const value = query === undefined ? (expression as Expression) : new ScalarSubquery(query);
  const mode = f.conf.ansiEnabled ? 'ANSI' : 'LEGACY';
  const result = new Alias(new Cast(bare(value), call.dataType, mode), f.nameParts.at(-1) as string);
  const plan = new Project([result], inputProject(f, call.inputs, true));
  plan.transformExpressionsUp((e) => e.withOrigin(call.origin));
  const resolved = context.analyzeBody(plan, f.catalog, f.conf, true);
  if (!(resolved instanceof Project) || !(resolved.child instanceof Project))
    throw internalError(`the SQL function ${f.name} became ${resolved.kind}`);
  const inputs = withInputs(resolved.child).projectList as readonly Alias[];
  const body = new SqlScalarFunction(
    f,
    { list: inputs.map((a) => a.toAttribute()) },
    (resolved.projectList[0] as Alias).child,
  );
  return { body, inputs };
}
function bare(e: Expression): Expression {
  return e instanceof Alias || e instanceof UnresolvedAlias ? e.child : e;
}

/** A table function's body over its arguments, which stand where the body reads them if nothing else can tell.
 * Spark: `makeSQLTableFunctionPlan`, `ResolveSQLTableFunctions`. */
export function expandTableCall(
  f: SqlFunction,
  args: readonly Expression[],
  context: AnalyzerContext,
  origin: Origin,
): LogicalPlan {
  const { columns } = f;
  if (columns === undefined) throw analysisError('NOT_A_TABLE_FUNCTION', { functionName: quoted(f) }, origin);
  const inputs = byPosition(f, args, origin);
  checkCount(f, inputs, origin);
  const query = f.body().query as LogicalPlan;
  const name = f.nameParts.at(-1) as string;
  const plan =
    f.parameters.length === 0
      ? query
      : new LateralJoin(inputProject(f, inputs, false), new LateralSubquery(query), INNER, undefined);
  const resolved = withInputs(context.analyzeBody(plan, f.catalog, f.conf, false));
  const mode = f.conf.ansiEnabled ? 'ANSI' : 'LEGACY';
  const output = resolved.output.slice(-columns.length);
  const list = columns.map(
    (c, i) => new Alias(new Cast(output[i] as Expression, c.dataType, mode, context.conf.timeZone), c.name),
  );
  const inner = inlined(resolved);
  return new SqlFunctionNode(f, new SubqueryAlias([name], new Project(list, inner)));
}

/** LateralJoin(arguments, body) → body with the arguments in it. Refuses arguments that are random, and those that read the
 * outer query where the body aggregates. */
function inlined(plan: LogicalPlan): LogicalPlan {
  if (!(plan instanceof LateralJoin) || !(plan.child instanceof Project)) return plan;
  const aliases = plan.child.projectList as readonly Alias[];
  const body = plan.right.plan;
  const reads = aliases.some((a) => a.exists((e) => e instanceof OuterReference));
  if (!aliases.every((a) => a.deterministic)) return plan;
  if (aliases.some((a) => a.exists((e) => e instanceof SubqueryExpression))) return plan;
  if (reads && body.exists((p) => p instanceof Aggregate)) return plan;
  const values = new Map(aliases.map((a) => [a.exprId, a.child]));
  const next = body.transformUpWithSubqueries((p) => {
    if (p instanceof Project)
      return new Project(
        p.projectList.map((e) => {
          if (e instanceof OuterReference && values.has(e.exprId))
            return new Alias(values.get(e.exprId) as Expression, e.name, e.exprId);
          return replaced(e, values);
        }),
        p.child,
      );
    return p.transformExpressionsUp((e) => replaced(e, values));
  });
  // A column of the body that is an argument keeps the argument's id.
  return next;
}
function replaced(e: Expression, values: ReadonlyMap<number, Expression>): Expression {
  return e.transformUp((x) => (x instanceof OuterReference ? (values.get(x.exprId) ?? x) : x));
}
