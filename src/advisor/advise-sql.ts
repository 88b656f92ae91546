import { unsupported } from '../errors/index.js';
import {
  AlterRelation,
  CreateTable,
  DeleteFrom,
  DropNamespace,
  DropRelation,
  InsertInto,
  type LogicalPlan,
  MultiInsert,
  RowLevelCommand,
  TruncateTable,
} from '../plan/logical/index.js';
import { parseStatements } from '../plan/sql/parser.js';
import type { SparkSession } from '../session/spark-session.js';
import './attach.js';
import type { AdviseOptions, WorkloadAdvice } from './cache-advisor.js';

export interface WorkloadOptions extends AdviseOptions {
  /** Statements that change data run too; otherwise they are refused before anything runs. */
  readonly allowWrites?: boolean;
  /** Told of each statement before it runs. */
  readonly onStatement?: (text: string) => void;
}

/** Runs the statements of texts as a workload and finds what to cache for their queries.
 * @throws UNSUPPORTED_FEATURE for statements that change data, unless they are allowed; what a statement throws */
export async function adviseSql(
  spark: SparkSession,
  texts: readonly string[],
  options: WorkloadOptions = {},
): Promise<WorkloadAdvice> {
  const statements = texts.flatMap(parseStatements);
  if (!options.allowWrites)
    for (const { text } of statements) {
      const plan = spark.parse(text);
      if (changesData(plan))
        throw unsupported(`a workload that changes data, unless that is allowed (${firstWords(text)})`);
    }
  const advisor = spark.cacheAdvisor.record();
  try {
    for (const { text } of statements) {
      options.onStatement?.(text);
      await spark.sql(text).collectValues();
    }
  } finally {
    advisor.stop();
  }
  return advisor.advise(options);
}

function changesData(plan: LogicalPlan): boolean {
  if (plan instanceof CreateTable) return plan.query !== undefined || plan.replace;
  return (
    plan instanceof InsertInto ||
    plan instanceof MultiInsert ||
    plan instanceof TruncateTable ||
    plan instanceof DeleteFrom ||
    plan instanceof RowLevelCommand ||
    plan instanceof DropNamespace ||
    plan instanceof AlterRelation ||
    (plan instanceof DropRelation && !plan.isView)
  );
}

const firstWords = (text: string) => text.trim().split(/\s+/).slice(0, 4).join(' ');
