import { analysisError } from '../../../errors/index.js';
import { lookupAggregate, lookupScalar } from '../../../eval/registry.js';
import type { Expression } from '../../expressions/expression.js';
import { UnresolvedFunction } from '../../expressions/unresolved.js';
import { UnresolvedWindowExpression, WindowExpression } from '../../expressions/window.js';

/** The first aggregate call outside windows. */
function aggregateIn(e: Expression): UnresolvedFunction | undefined {
  if (e instanceof WindowExpression || e instanceof UnresolvedWindowExpression) return undefined;
  if (e instanceof UnresolvedFunction && e.nameParts.length === 1 && lookupAggregate(e.name) !== undefined) return e;
  for (const child of e.children) {
    const found = aggregateIn(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
/** Whether all calls are of scalar functions that we know, so that none can be an aggregate. */
function onlyScalars(e: Expression): boolean {
  if (e instanceof UnresolvedFunction && !e.isInternal && lookupScalar(e.name) === undefined) return false;
  return e.children.every(onlyScalars);
}

/** @throws PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION. Spark: `PipeExpression` */
export function checkPipeItems(items: readonly Expression[], clause: string): void {
  for (const item of items) {
    const found = aggregateIn(item);
    if (found !== undefined) {
      throw analysisError('PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION', { expr: found.sql(true), clause }, found.origin);
    }
  }
}

/** @throws PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION. Spark: `PipeExpression` */
export function checkPipeAggregates(items: readonly Expression[]): void {
  for (const item of items) {
    if (aggregateIn(item) === undefined && onlyScalars(item)) {
      const expr = item.sql(true);
      throw analysisError('PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION', { expr }, item.origin);
    }
  }
}
