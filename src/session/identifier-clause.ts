import { analysisError } from '../errors/index.js';
import { Alias, type Expression } from '../plan/expressions/index.js';
import { OneRowRelation, Project } from '../plan/logical/index.js';
import { evaluateNow } from './evaluate-now.js';
import type { SparkSession } from './spark-session.js';

/** The name that IDENTIFIER(expression) spells: a constant string, of literals, parameters and session variables.
 * Spark: `IdentifierResolution`. @throws NOT_A_CONSTANT_STRING.* */
export function identifierText(session: SparkSession, e: Expression): string {
  const plan = session.analyze(new Project([new Alias(e, 'name')], new OneRowRelation())) as Project;
  const value = (plan.projectList[0] as Alias).child;
  const expr = value.sql(false);
  if (!value.foldable)
    throw analysisError('NOT_A_CONSTANT_STRING.NOT_CONSTANT', { name: 'IDENTIFIER', expr }, e.origin);
  const { kind } = value.dataType;
  if (kind !== 'string')
    throw analysisError(
      'NOT_A_CONSTANT_STRING.WRONG_TYPE',
      { name: 'IDENTIFIER', expr, dataType: value.dataType.simpleString },
      e.origin,
    );
  const [row] = evaluateNow(session, plan) ?? [];
  const text = row?.[0] ?? null;
  if (text === null) throw analysisError('NOT_A_CONSTANT_STRING.NULL', { name: 'IDENTIFIER', expr }, e.origin);
  return text as string;
}
