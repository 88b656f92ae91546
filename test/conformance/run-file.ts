import type { SparkSession } from '../../src/index.js';
import { AggregateCall, type Expression, Literal, SubqueryExpression } from '../../src/plan/expressions/index.js';
import {
  Aggregate,
  Command,
  Distinct,
  Generate,
  Join,
  type LogicalPlan,
  ResolvedCommand,
  Sample,
  Sort,
} from '../../src/plan/logical/index.js';
import type { DataType, Value } from '../../src/types/index.js';
import type { GoldenStatement } from './golden.js';
import { trimEnd } from './golden.js';
import { byUnits, type HiveStyle, hiveText } from './hive-text.js';
import { type Failure, failureOf, judgeFailure, type Reason, recordedError, type Verdict } from './judge.js';
import { hideVolatile } from './normalize.js';

/** What one statement gave. `got…` texts are there for failures only. */
export interface Outcome {
  readonly index: number;
  readonly result: Reason | 'ok';
  readonly analyzed: Reason | 'ok' | 'none';
  readonly got: string;
  readonly gotPlan: string;
  readonly context: boolean | undefined;
  readonly ms: number;
}

const REDACTED = '[Analyzer test output redacted due to nondeterminism]';

/** Runs a statement and judges both its result and its analyzed plan. */
export async function runStatement(session: SparkSession, index: number, golden: GoldenStatement): Promise<Outcome> {
  const started = performance.now();
  let plan: Verdict | undefined;
  let result: Verdict;
  try {
    const df = session.sql(golden.sql);
    if (df.ready) await settled(session, df.ready);
    const { analyzed } = df.queryExecution;
    const command = analyzed instanceof Command || analyzed instanceof ResolvedCommand;
    if (golden.analyzed !== undefined) plan = judgePlan(golden.analyzed, analyzed);
    const schema = df.schema.catalogString;
    const style = {
      timeZone: session.timeZone,
      binary: session.conf.getOptional('spark.sql.binaryOutputStyle'),
    };
    const types = df.schema.fields.map((f) => f.dataType);
    const lines = rowTexts(await df.collectValues(), types, df.schema.fieldNames, command, style);
    const sorted = isSorted(analyzed) || (command && isDescription(df.schema.fieldNames, analyzed));
    const rows = trimEnd((sorted ? lines : lines.sort(byUnits)).join('\n'));
    const got = `${schema}\n${rows}`;
    const reason = recordedError(golden.output)
      ? 'no error'
      : schema !== golden.schema
        ? 'wrong schema'
        : rows !== golden.output
          ? 'wrong answer'
          : undefined;
    result = { reason, got };
  } catch (e) {
    const failure = failureOf(e);
    result = judgeFailure(recordedError(golden.output), failure);
    if (!plan && golden.analyzed !== undefined) plan = judgePlanFailure(golden.analyzed, failure);
  }
  return {
    index,
    result: result.reason ?? 'ok',
    analyzed: golden.analyzed === undefined ? 'none' : (plan?.reason ?? 'ok'),
    got: result.reason === undefined ? '' : result.got,
    gotPlan: plan?.reason === undefined ? '' : plan.got,
    context: result.context,
    ms: Math.round(performance.now() - started),
  };
}

/** A job's failure belongs to its own statement: it must not come up again in the next. */
async function settled(session: SparkSession, job: Promise<void>): Promise<void> {
  try {
    await job;
  } catch (e) {
    await session
      .range(0)
      .collect()
      .catch(() => undefined);
    throw e;
  }
}

function judgePlan(want: string, plan: LogicalPlan): Verdict {
  const text = plan.treeString;
  if (recordedError(want)) return { reason: 'no error', got: text };
  const got = trimEnd(isRepeatable(plan) ? hideVolatile(text) : REDACTED);
  const reason = plan instanceof Command ? 'no plan text' : 'wrong plan';
  return { reason: got === want ? undefined : reason, got };
}

function judgePlanFailure(want: string, failure: Failure): Verdict {
  return judgeFailure(recordedError(want), failure);
}

/** Expressions that give another value another day. */
const MOMENTS = new Set([
  'current_date',
  'curdate',
  'current_timestamp',
  'now',
  'current_user',
  'user',
  'session_user',
]);

/** Spark's suite hides plans with expressions that are not deterministic, that know the time or the user, and with dates and
 * timestamps as literals. Aggregate functions that depend on the order of rows do not count. Spark:
 * `getNormalizedQueryAnalysisResult`. */
function isRepeatable(plan: LogicalPlan): boolean {
  let repeatable = true;
  plan.foreachWithSubqueries((p) => {
    for (const e of p.expressions) e.foreach((x) => (repeatable &&= !isVolatile(x)));
  });
  return repeatable;
}

function isVolatile(x: Expression): boolean {
  if (x instanceof Literal) return x.dataType.kind === 'date' || x.dataType.kind === 'timestamp';
  const name = (x as { readonly def?: { readonly name?: string } }).def?.name;
  if (name !== undefined && MOMENTS.has(name)) return true;
  if (x instanceof AggregateCall || x instanceof SubqueryExpression) return false;
  return !x.deterministic && x.children.every((c) => c.deterministic);
}

/** The order of the rows is the plan's. Spark: `isSemanticallySorted`. */
function isSorted(plan: LogicalPlan): boolean {
  if ([Join, Aggregate, Generate, Sample, Distinct].some((c) => plan instanceof c)) return false;
  if (plan instanceof Sort && plan.global) return true;
  return plan.children.some(isSorted);
}

const DESCRIPTION = 'col_name,data_type,comment';

function isDescription(names: readonly string[], plan: LogicalPlan): boolean {
  return names.join() === DESCRIPTION || plan.nodeName === 'DescribeColumnCommand';
}

/** Rows as lines of text, tabs between cells; some commands show less than they give. Spark: `HiveResult.hiveResultString`. */
function rowTexts(
  rows: readonly (readonly Value[])[],
  types: readonly DataType[],
  names: readonly string[],
  command: boolean,
  style: HiveStyle,
): string[] {
  if (command && names.join() === DESCRIPTION)
    return rows.map((r) => hideVolatile(r.map((c) => String(c ?? '').padEnd(20)).join('\t')));
  const only = command && /^namespace,(tableName|viewName),isTemporary$/.test(names.join()) ? 1 : undefined;
  return rows.map((r) =>
    hideVolatile(
      only === undefined ? r.map((v, i) => hiveText(v, types[i] as DataType, style)).join('\t') : String(r[only]),
    ),
  );
}
