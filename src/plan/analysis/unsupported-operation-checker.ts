import { analysisError, SparkError, unsupported } from '../../errors/index.js';
import { WindowExpression } from '../expressions/window.js';
import { Command } from '../logical/commands.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import {
  Aggregate,
  Deduplicate,
  Distinct,
  GlobalLimit,
  Join,
  LateralJoin,
  LocalLimit,
  Offset,
  Sample,
  SetOperation,
  Sort,
  Tail,
  Union,
  Window,
} from '../logical/operators.js';
import { StreamingRelation } from '../logical/streaming.js';

/** Which rows a streaming query gives to its sink after each batch. Spark: `OutputMode`. */
export type OutputMode = 'append' | 'update' | 'complete';

/** A query with a streaming source runs as a stream only. @throws _LEGACY_ERROR_TEMP_3102.
 * Spark: `UnsupportedOperationChecker.checkForBatch` */
export function checkForBatch(plan: LogicalPlan): void {
  if (!plan.isStreaming && !plan.hasSubqueries) return;
  plan.foreachWithSubqueries((p) => {
    if (p instanceof StreamingRelation)
      throw refused('Queries with streaming sources must be executed with writeStream.start()', p);
  });
}

/** Refuses what no stream can do (Spark's rules), and what needs state from batch to batch, which is not built here.
 * @throws _LEGACY_ERROR_TEMP_3102, STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION, UNSUPPORTED_FEATURE
 * Spark: `UnsupportedOperationChecker.checkForStreaming` */
export function checkForStreaming(plan: LogicalPlan, mode: OutputMode): void {
  if (!plan.isStreaming)
    throw refused('Queries without streaming sources cannot be executed with writeStream.start()', plan);
  const aggregates = plan.collect((p) => (p instanceof Aggregate && p.isStreaming ? p : undefined));
  if (mode === 'append' && aggregates.length > 0) throw badMode(mode, 'streaming aggregations without watermark');
  if (mode === 'complete' && aggregates.length === 0) throw badMode(mode, 'no streaming aggregations');
  eachUp(plan, (p) => checkOperator(p, mode, aggregates.length > 0 && mode === 'complete'));
  eachUp(plan, checkStateless);
}

function eachUp(plan: LogicalPlan, f: (p: LogicalPlan) => void): void {
  for (const c of plan.children) eachUp(c, f);
  f(plan);
}

function checkOperator(p: LogicalPlan, mode: OutputMode, complete: boolean): void {
  if (p instanceof Command)
    throw refused(
      'Commands like CreateTable*, AlterTable*, Show* are not supported with streaming DataFrames/Datasets',
      p,
    );
  if (!p.isStreaming) return;
  if (p instanceof Join) checkJoin(p, mode);
  else if (p instanceof Union && p.children.some((c) => !c.isStreaming))
    throw refused('Union between streaming and batch DataFrames/Datasets is not supported', p);
  else if (p instanceof SetOperation && p.kind === 'Intersect')
    throw refused('Intersect of streaming DataFrames/Datasets is not supported', p);
  else if (p instanceof SetOperation && p.right.isStreaming)
    throw refused('Except on a streaming DataFrame/Dataset on the right is not supported', p);
  else if ((p instanceof GlobalLimit || p instanceof LocalLimit) && mode === 'update')
    throw refused('Limits are not supported on streaming DataFrames/Datasets in Update output mode', p);
  else if (p instanceof Offset) throw refused('Offset is not supported on streaming DataFrames/Datasets', p);
  else if (p instanceof Sort && !complete)
    throw refused(
      'Sorting is not supported on streaming DataFrames/Datasets, unless it is on aggregated DataFrame/Dataset in Complete output mode',
      p,
    );
  else if (p instanceof Sample) throw refused('Sampling is not supported on streaming DataFrames/Datasets', p);
  else if (p instanceof Window) throw windowRefused(p);
  for (const e of p.expressions)
    e.foreach((x) => {
      if ((x as { def?: { sparkClass?: string } }).def?.sparkClass === 'MonotonicallyIncreasingID')
        throw refused(`Expression(s): ${x.sql(false)} is not supported with streaming DataFrames/Datasets`, p);
    });
}

function checkJoin(p: Join, mode: OutputMode): void {
  const { left, right, joinType } = p;
  const [l, r] = [left.isStreaming, right.isStreaming];
  if (l && r && mode !== 'append')
    throw refused(
      `Join between two streaming DataFrames/Datasets is not supported in ${capitalized(mode)} output mode, only in Append output mode`,
      p,
    );
  const sides = (stream: string, other: string) =>
    `with streaming DataFrames/Datasets on the ${stream} and a static DataFrame/Dataset on the ${other} is not supported`;
  switch (joinType.kind) {
    case 'FullOuter':
      if (l !== r) throw refused(`FullOuter joins ${l ? sides('left', 'right') : sides('right', 'left')}`, p);
      return;
    case 'LeftAnti':
      if (r) throw refused('LeftAnti joins with a streaming DataFrame/Dataset on the right are not supported', p);
      return;
    case 'LeftOuter':
    case 'LeftSemi':
      if (r && !l)
        throw refused(
          `${joinType.kind} join with a streaming DataFrame/Dataset on the right and a static DataFrame/Dataset on the left is not supported`,
          p,
        );
      return;
    case 'RightOuter':
      if (l && !r)
        throw refused(
          'RightOuter join with a streaming DataFrame/Dataset on the left and a static DataFrame/DataSet on the right not supported',
          p,
        );
  }
}

/** What Spark runs with state. */
function checkStateless(p: LogicalPlan): void {
  for (const s of p.subqueries)
    if (s.existsWithSubqueries((q) => q instanceof StreamingRelation))
      throw unsupported('a streaming DataFrame within a subquery', p.origin);
  if (!p.isStreaming) return;
  if (p instanceof Aggregate)
    throw unsupported('streaming aggregation (aggregate each batch in foreachBatch)', p.origin);
  if (p instanceof Deduplicate || p instanceof Distinct)
    throw unsupported('streaming deduplication (deduplicate each batch in foreachBatch)', p.origin);
  if (p instanceof SetOperation) throw unsupported('EXCEPT on a streaming DataFrame', p.origin);
  if (p instanceof GlobalLimit || p instanceof LocalLimit || p instanceof Tail)
    throw unsupported('LIMIT on a streaming DataFrame', p.origin);
  if ((p instanceof Join || p instanceof LateralJoin) && p.children.every((c) => c.isStreaming))
    throw unsupported('a join of two streaming DataFrames', p.origin);
}

function windowRefused(p: Window): SparkError {
  const found = p.windowExpressions.flatMap((e) => {
    const windows: WindowExpression[] = [];
    e.foreach((x) => {
      if (x instanceof WindowExpression) windows.push(x);
    });
    return windows.map((w) => ({ w, name: (e as { name?: string }).name ?? '' }));
  });
  return analysisError('NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING', {
    windowFunc: found.map(({ w }) => w.windowFunction.sql(false).toUpperCase()).join(','),
    columnName: found.map(({ name }) => `\`${name.replaceAll('`', '``')}\``).join(','),
    windowSpec: found.map(({ w }) => w.windowSpec.sql(false).toUpperCase()).join(','),
  });
}

function badMode(mode: OutputMode, operation: string): SparkError {
  return analysisError('STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION', { outputMode: mode, operation });
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The part of the plan that is to blame comes after the message. Spark: `ExtendedAnalysisException`. */
function refused(msg: string, p: LogicalPlan): SparkError {
  const plan = p instanceof StreamingRelation ? p.source.name : p.treeString;
  return new SparkError('analysis', '_LEGACY_ERROR_TEMP_3102', { msg }, p.origin, { message: `${msg};\n${plan}` });
}
