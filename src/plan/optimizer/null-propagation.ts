import { AggregateExpression } from '../expressions/aggregate.js';
import { Cast } from '../expressions/cast.js';
import { Coalesce } from '../expressions/conditional.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { Comparison, In, NullCheck } from '../expressions/predicates.js';
import { InSubquery } from '../expressions/subquery.js';
import { Window } from '../logical/operators.js';
import { rule } from '../rule.js';
import { booleanConf, type ConfReader } from './conf.js';
import { aggregateCall } from './replace-operators.js';
import { upRule } from './tree-rules.js';

/** A null operand makes a null, a column that is never null passes its check. Spark: `NullPropagation`. */
export const NullPropagation = upRule('NullPropagation', (p) =>
  p.transformExpressionsUp((e) => (p instanceof Window && e instanceof AggregateExpression ? e : propagate(e))),
);

/** Before Spark 4, and outside ANSI mode, `NULL IN (SELECT …)` is null also where the query gives no row. */
export const nullInEmptyList = (conf: ConfReader) => {
  const legacy = legacyNullInEmptyList(conf);
  return rule('NullInEmptyList', (plan) =>
    legacy
      ? plan.transformUpWithSubqueries((p) =>
          p.transformExpressionsUp((e) =>
            e instanceof InSubquery &&
            e.values.length === 1 &&
            e.values.every((v) => isNull(v instanceof Cast ? v.child : v))
              ? Literal.nullOf(e.dataType)
              : e,
          ),
        )
      : plan,
  );
};

/** Spark: `SQLConf.legacyNullInEmptyBehavior`. */
export function legacyNullInEmptyList(conf: ConfReader): boolean {
  const ansi = booleanConf(conf, 'spark.sql.ansi.enabled', true);
  return booleanConf(conf, 'spark.sql.legacy.nullInEmptyListBehavior', !ansi);
}

function isNull(e: Expression): boolean {
  return e instanceof Literal && e.value === null;
}

function propagate(e: Expression): Expression {
  if (e instanceof AggregateExpression && e.aggregateFunction.def.name === 'count' && !e.isDistinct) {
    const { operands } = e.aggregateFunction;
    if (e.filter === undefined && operands.every(isNull)) return Literal.long(0n);
    // count(x) over a column that is never null counts rows.
    if (operands.length > 0 && operands.every((o) => !o.nullable) && !operands.every((o) => o instanceof Literal)) {
      const one = aggregateCall('count', [Literal.int(1)]);
      return new AggregateExpression(one.aggregateFunction, false, e.filter, e.resultId);
    }
    return e;
  }
  if (e instanceof NullCheck) {
    if (!e.child.nullable) return e.kind === 'IsNull' ? Literal.FALSE : Literal.TRUE;
    return e;
  }
  if (e instanceof Comparison && e.kind === 'EqualNullSafe') {
    if (isNull(e.right)) return new NullCheck('IsNull', e.left);
    if (isNull(e.left)) return new NullCheck('IsNull', e.right);
    return e;
  }
  if (e instanceof Coalesce) {
    const kept = e.operands.filter((o) => !isNull(o));
    if (kept.length === 0) return Literal.nullOf(e.dataType);
    const cut = kept.findIndex((o) => !o.nullable);
    const list = cut === -1 ? kept : kept.slice(0, cut + 1);
    if (list.length === 1) return list[0] as Expression;
    return list.length === e.operands.length ? e : new Coalesce(list);
  }
  if (e instanceof In && isNull(e.value)) return Literal.nullOf(e.dataType);
  if (e instanceof InSubquery && e.values.length === 1 && e.values.every(isNull)) return e;
  if (e.nullIntolerant && e.children.length > 0 && e.children.some(isNull) && e.resolved)
    return Literal.nullOf(e.dataType);
  return e;
}
