import { evaluateConstant } from '../plan/analysis/constants.js';
import { SubqueryExpression } from '../plan/expressions/index.js';
import { LocalRelation, type LogicalPlan, OneRowRelation, Project } from '../plan/logical/index.js';
import type { Value } from '../types/index.js';
import { QueryExecution } from './query-execution.js';
import type { SparkSession } from './spark-session.js';

/** The rows of an analyzed plan that reads no table, computed without a job; undefined where it takes one. */
export function evaluateNow(session: SparkSession, plan: LogicalPlan): readonly (readonly Value[])[] | undefined {
  const optimized = new QueryExecution(session, plan).optimizedPlan;
  if (optimized instanceof LocalRelation) return optimized.rows;
  if (!(optimized instanceof Project) || !(optimized.child instanceof OneRowRelation)) return undefined;
  if (optimized.projectList.some((e) => e.exists((x) => x instanceof SubqueryExpression))) return undefined;
  return [optimized.projectList.map((e) => evaluateConstant(e, session.timeZone))];
}
