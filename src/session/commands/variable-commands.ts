import { analysisError, runtimeError } from '../../errors/index.js';
import { Analyzer } from '../../plan/analysis/analyzer.js';
import {
  Alias,
  Cast,
  type Expression,
  Literal,
  SubqueryExpression,
  UnresolvedAttribute,
  VariableReference,
} from '../../plan/expressions/index.js';
import {
  type CreateVariable,
  type DropVariable,
  GlobalLimit,
  LocalLimit,
  type LogicalPlan,
  limitPlan,
  Offset,
  OneRowRelation,
  Project,
  ResolvedCommand,
  type SetVariable,
  SubqueryAlias,
  UnresolvedInlineTable,
  UnresolvedWith,
} from '../../plan/logical/index.js';
import { parseExpression } from '../../plan/sql/parser.js';
import { quoteIdentifier, sameType, type Value } from '../../types/index.js';
import { type CommandResult, done } from '../command-result.js';
import { evaluateNow } from '../evaluate-now.js';
import { QueryExecution } from '../query-execution.js';
import type { SparkSession } from '../spark-session.js';

const quoted = (nameParts: readonly string[]): string => nameParts.map(quoteIdentifier).join('.');

function unresolved(nameParts: readonly string[], searchPath: string) {
  return analysisError('UNRESOLVED_VARIABLE', { variableName: quoted(nameParts), searchPath });
}
/** The last part of a name that can mean a session variable. @throws UNRESOLVED_VARIABLE */
function variableName(session: SparkSession, nameParts: readonly string[]): string {
  const name = session.sessionState.catalog.variables.simpleName(nameParts);
  if (name === undefined) throw unresolved(nameParts, '`system`.`session`');
  return name;
}
function identifierNode(name: string): LogicalPlan {
  const text = `ResolvedIdentifier org.apache.spark.sql.catalyst.analysis.FakeSystemCatalog$@0, session.${name}`;
  return new ResolvedCommand(text);
}

/** DECLARE VARIABLE: the default is computed once. Spark: `CreateVariableExec`.
 * @throws VARIABLE_ALREADY_EXISTS, INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION */
export function createVariable(session: SparkSession, command: CreateVariable): CommandResult {
  const name = variableName(session, command.nameParts);
  const { defaultSql, replace } = command;
  if (command.defaultValue.exists((e) => e instanceof SubqueryExpression))
    throw analysisError(
      'INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION',
      { statement: 'DECLARE VARIABLE', colName: quoted(['system', 'session', name]), defaultValue: defaultSql },
      command.defaultValue.origin,
    );
  const plan = session.analyze(new Project([new Alias(command.defaultValue, name)], new OneRowRelation()));
  const value = (plan as Project).projectList[0] as Alias;
  const [row] = evaluateNow(session, plan) ?? [];
  session.sessionState.catalog.variables.create(name, value.dataType, defaultSql, row?.[0] ?? null, replace);
  return done(`CreateVariable defaultvalueexpression(${value.child}, ${defaultSql}), ${replace}`, [
    identifierNode(name),
  ]);
}

/** @throws VARIABLE_NOT_FOUND */
export function dropVariable(session: SparkSession, command: DropVariable): CommandResult {
  const name = variableName(session, command.nameParts);
  session.sessionState.catalog.variables.drop(name, command.ifExists);
  return done(`DropVariable ${command.ifExists}`, [identifierNode(name)]);
}

/** SET VARIABLE: a query of one row at most; no row gives NULL. What needs no job is set at once; else the new values arrive
 * with the job. Spark: `ResolveSetVariable`, `SetVariableExec`.
 * @throws UNRESOLVED_VARIABLE, DUPLICATE_ASSIGNMENTS, ASSIGNMENT_ARITY_MISMATCH, ROW_SUBQUERY_TOO_MANY_ROWS */
export function setVariable(session: SparkSession, command: SetVariable): CommandResult {
  const { variables } = session.sessionState.catalog;
  const targets = command.targets.map((parts) => {
    const definition = variables.find(parts);
    if (definition === undefined) throw unresolved(parts, '`SYSTEM`.`SESSION`');
    return new VariableReference(parts, definition);
  });
  const names = targets.map((t) => t.definition.name);
  const twice = [...new Set(names.filter((n, i) => names.indexOf(n) !== i))];
  if (twice.length > 0)
    throw analysisError('DUPLICATE_ASSIGNMENTS', { nameList: twice.map(quoteIdentifier).join(', ') });
  const query = assignable(session, withDefaults(session, command.sourceQuery, targets), targets);
  const plan = new ResolvedCommand(`SetVariable [${targets.join(', ')}]`, [query]);
  const assign = (rows: readonly (readonly Value[])[]): Value[] => {
    if (rows.length > 1) throw runtimeError('ROW_SUBQUERY_TOO_MANY_ROWS', {});
    return targets.map((_, i) => rows[0]?.[i] ?? null);
  };
  const known = evaluateNow(session, query);
  if (known !== undefined) {
    const values = assign(known);
    targets.forEach((t, i) => {
      variables.assign(t.definition, values[i] as Value);
    });
    return { ...done(''), plan };
  }
  const next = targets.map((t) => variables.assign(t.definition));
  const { engine } = session.sharedState;
  // Earlier failures are theirs to tell.
  const job = session
    .idle()
    .then(() => engine.rows(new QueryExecution(session, query)))
    .then((rows) => {
      const values = assign(rows);
      next.forEach((d, i) => {
        d.settle(values[i] as Value);
      });
    });
  // A statement that fails changes nothing.
  const guarded = job.catch((error: unknown) => {
    next.forEach((d, i) => {
      if (d.isPending) d.settle((targets[i] as VariableReference).definition.current.value);
    });
    throw error;
  });
  return { ...done(''), plan, job: guarded };
}

/** The query's columns cast to the variables' types, two rows at most. */
function assignable(session: SparkSession, source: LogicalPlan, targets: readonly VariableReference[]): LogicalPlan {
  const query = session.analyze(source);
  const { output } = query;
  if (output.length !== targets.length)
    throw analysisError('ASSIGNMENT_ARITY_MISMATCH', {
      numTarget: String(targets.length),
      numExpr: String(output.length),
    });
  const mode = session.conf.boolean('spark.sql.ansi.enabled') ? 'ANSI' : 'LEGACY';
  const list = output.map((a, i) => {
    const { dataType, definition } = targets[i] as VariableReference;
    return sameType(a.dataType, dataType)
      ? a
      : new Alias(new Cast(a, dataType, mode, session.timeZone).withOrigin(source.origin), definition.name);
  });
  const cast = list.every((e, i) => e === output[i]) ? query : session.analyze(new Project(list, query));
  const { maxRows } = cast;
  return maxRows !== undefined && maxRows <= 2n ? cast : session.analyze(limitPlan(Literal.int(2), cast));
}

/** DEFAULT, where it stands alone for a value, is the variable's default. Spark: `ResolveColumnDefaultInCommandInputQuery`.
 * @throws DEFAULT_PLACEMENT_INVALID */
function withDefaults(session: SparkSession, plan: LogicalPlan, targets: readonly VariableReference[]): LogicalPlan {
  if (
    !plan.existsWithSubqueries((p) => p.expressions.some((e) => e.exists(isDefault))) &&
    !(plan instanceof UnresolvedWith)
  )
    return plan;
  const one = (e: Expression, i: number, keepName: boolean): Expression => {
    const target = targets[i];
    if (!isDefault(e) || target === undefined) {
      if (e.exists(isDefault)) throw analysisError('DEFAULT_PLACEMENT_INVALID', {});
      return e;
    }
    const value = parseExpression(target.definition.defaultSql, session.conf.parserOptions);
    return keepName ? new Alias(value, (e as UnresolvedAttribute).nameParts[0] as string) : value;
  };
  if (plan instanceof UnresolvedWith) {
    const child = withDefaults(session, plan.child, targets);
    return child === plan.child ? plan : new UnresolvedWith(child, plan.names, plan.ctes);
  }
  if (
    plan instanceof GlobalLimit ||
    plan instanceof LocalLimit ||
    plan instanceof Offset ||
    plan instanceof SubqueryAlias
  )
    return plan.withNewChildren([withDefaults(session, plan.child, targets)]);
  if (plan instanceof UnresolvedInlineTable)
    return new UnresolvedInlineTable(
      plan.names,
      plan.rows.map((row) => row.map((e, i) => one(e, i, false))),
    );
  if (plan instanceof Project) {
    const names = columnNames(session, plan.child);
    if (names.includes('default')) return plan;
    return new Project(
      plan.projectList.map((e, i) => one(e, i, true)),
      plan.child,
    );
  }
  return plan;
}
function isDefault(e: Expression): boolean {
  return e instanceof UnresolvedAttribute && e.nameParts.length === 1 && /^default$/i.test(e.nameParts[0] as string);
}
function columnNames(session: SparkSession, plan: LogicalPlan): string[] {
  const resolved = new Analyzer(session.sessionState.catalog, session.conf.analyzerConf).resolve(plan);
  return resolved.resolved ? resolved.output.map((a) => a.name.toLowerCase()) : [];
}
