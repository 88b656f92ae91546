import { analysisError } from '../errors/index.js';
import { type Expression, type Literal, ParameterMarker } from '../plan/expressions/index.js';
import type { LogicalPlan } from '../plan/logical/index.js';
import { Column, type ColumnOrValue, lit } from './column.js';

/** Values for `:name` markers by name, or for `?` markers in order. */
export type SqlArgs = Readonly<Record<string, ColumnOrValue>> | readonly ColumnOrValue[];

/** Puts values for parameter markers. @throws UNBOUND_SQL_PARAMETER */
export function bindParameters(plan: LogicalPlan, args: SqlArgs): LogicalPlan {
  const positions: number[] = [];
  const isList = Array.isArray(args);
  if (isList)
    plan.foreachWithSubqueries((p) => {
      for (const e of p.expressions)
        e.foreach((x) => {
          if (x instanceof ParameterMarker && typeof x.marker === 'number') positions.push(x.marker);
        });
    });
  positions.sort((a, b) => a - b);
  const valueFor = (m: ParameterMarker): Expression => {
    const index = typeof m.marker === 'number' ? positions.indexOf(m.marker) : -1;
    const value = isList
      ? args[index]
      : Object.hasOwn(args, m.marker)
        ? (args as Record<string, ColumnOrValue>)[m.marker as string]
        : undefined;
    if (value === undefined) throw analysisError('UNBOUND_SQL_PARAMETER', { name: m.sql() }, m.origin);
    return value instanceof Column ? value.expr : (lit(value).expr as Literal);
  };
  return plan.transformUpWithSubqueries((p) =>
    p.transformExpressionsUp((e) => (e instanceof ParameterMarker ? valueFor(e) : e)),
  );
}
