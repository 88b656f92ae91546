import { analysisError } from '../../errors/index.js';
import {
  Alias,
  type Expression,
  Literal,
  UnresolvedAttribute,
  VariableReference,
} from '../../plan/expressions/index.js';
import { Command, ExecuteImmediate, type LogicalPlan, SetVariable } from '../../plan/logical/index.js';
import { quoteIdentifier } from '../../types/index.js';
import type { SparkSession } from '../spark-session.js';

function variable(session: SparkSession, nameParts: readonly string[]): VariableReference {
  const definition = session.sessionState.catalog.lookupVariable(nameParts);
  if (definition === undefined)
    throw analysisError('UNRESOLVED_VARIABLE', {
      variableName: nameParts.map(quoteIdentifier).join('.'),
      searchPath: '`system`.`session`',
    });
  return new VariableReference(nameParts, definition);
}

/** The statement that EXECUTE IMMEDIATE runs, its parameters filled in. Spark: `SubstituteExecuteImmediate`.
 * @throws UNRESOLVED_VARIABLE, NULL_QUERY_STRING_EXECUTE_IMMEDIATE, NESTED_EXECUTE_IMMEDIATE and others */
export function expandImmediate(session: SparkSession, command: ExecuteImmediate): LogicalPlan {
  const values = command.arguments_.map((e) => argument(session, e));
  const text = queryText(session, command.query);
  const markers = { named: false, positional: false };
  const parameterOf = (marker: string | number): Expression | undefined => {
    if (typeof marker === 'number') markers.positional = true;
    else markers.named = true;
    if (typeof marker === 'number') {
      const value = values[marker];
      return value instanceof Alias ? value.child : value;
    }
    const same = (name: string): boolean => name.toLowerCase() === marker.toLowerCase();
    const hit = values.find((v) =>
      same(v instanceof Alias ? v.name : v instanceof VariableReference ? v.definition.name : ''),
    );
    return hit instanceof Alias ? hit.child : hit;
  };
  const plan: LogicalPlan = session.parse(text, parameterOf, command.targets.length > 0);
  if (plan instanceof ExecuteImmediate)
    throw analysisError('NESTED_EXECUTE_IMMEDIATE', { sqlString: text.toUpperCase() });
  if (command.targets.length > 0 && plan instanceof Command)
    throw analysisError('INVALID_STATEMENT_FOR_EXECUTE_INTO', { sqlString: text.toUpperCase() });
  if (values.length > 0) {
    if (markers.named && markers.positional) throw analysisError('INVALID_QUERY_MIXED_QUERY_PARAMETERS', {});
    if (markers.named) {
      const nameless = values.filter((v) => !(v instanceof Alias || v instanceof VariableReference));
      if (nameless.length > 0)
        throw analysisError('ALL_PARAMETERS_MUST_BE_NAMED', {
          exprs: nameless.map((v) => `"${v.sql(true)}"`).join(', '),
        });
    }
  }
  return command.targets.length === 0 ? plan : new SetVariable(command.targets, plan);
}

/** A literal, a variable, or either with a name. @throws UNSUPPORTED_EXPR_FOR_PARAMETER */
function argument(session: SparkSession, e: Expression): Expression {
  if (e instanceof Literal) return e;
  if (e instanceof UnresolvedAttribute) return variable(session, e.nameParts);
  if (e instanceof Alias) return new Alias(argument(session, e.child), e.name);
  throw analysisError('UNSUPPORTED_EXPR_FOR_PARAMETER', { invalidExprSql: `"${e.sql(true)}"` }, e.origin);
}

function queryText(session: SparkSession, query: string | readonly string[]): string {
  if (typeof query === 'string') return query;
  const { definition } = variable(session, query);
  if (definition.dataType.kind !== 'string')
    throw analysisError('INVALID_VARIABLE_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE', {
      varType: `"${definition.dataType.sql}"`,
    });
  const { value } = definition.current;
  if (value === null)
    throw analysisError('NULL_QUERY_STRING_EXECUTE_IMMEDIATE', { varName: quoteIdentifier(definition.name) });
  return value as string;
}
