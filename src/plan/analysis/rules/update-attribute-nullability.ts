import { AttributeReference } from '../../expressions/named.js';
import { resolveOperatorsUp, rule } from '../resolve-operators.js';

/** Attributes are as nullable as the children say. Spark: `UpdateAttributeNullability`. */
export const UpdateAttributeNullability = rule('UpdateAttributeNullability', (plan) =>
  resolveOperatorsUp(plan, (p) => {
    if (p.children.length === 0 || !p.resolved) return p;
    const nullable = new Map<number, boolean>();
    for (const c of p.children)
      for (const a of c.output) nullable.set(a.exprId, a.nullable || (nullable.get(a.exprId) ?? false));
    return p.transformExpressionsDown((e) => {
      if (!(e instanceof AttributeReference)) return e;
      const n = nullable.get(e.exprId);
      return n === undefined || n === e.nullable ? e : e.withNullability(n);
    });
  }),
);
