import { AttributeSet } from '../plan/expressions/index.js';
import { Deduplicate, Distinct, type LogicalPlan, Union } from '../plan/logical/index.js';

/** Flattens unions of unions that the API builds one after another: `a.union(b).union(c)` is one Union of three.
 * Spark: `Dataset.combineUnions`. */
export function combineUnions(plan: LogicalPlan): LogicalPlan {
  return plan.transformDown((p) => {
    if (p instanceof Distinct && p.child instanceof Union) return new Distinct(flatten(p.child, true));
    if (p instanceof Deduplicate && p.child instanceof Union && coversAll(p))
      return new Deduplicate(p.keys, flatten(p.child, true));
    return p instanceof Union ? flatten(p, false) : p;
  });
}

function flatten(u: Union, isDistinct: boolean): Union {
  const inputs = u.inputs.flatMap((c) => {
    const inner = isDistinct ? underDistinct(c) : c;
    return inner instanceof Union && inner.byName === u.byName && inner.allowMissingCol === u.allowMissingCol
      ? inner.inputs
      : [c];
  });
  return inputs.length === u.inputs.length ? u : new Union(inputs, u.byName, u.allowMissingCol);
}

function underDistinct(p: LogicalPlan): LogicalPlan | undefined {
  if (p instanceof Distinct) return p.child;
  return p instanceof Deduplicate && p.child instanceof Union && coversAll(p) ? p.child : undefined;
}

function coversAll(p: Deduplicate): boolean {
  const keys = new AttributeSet(p.keys.flatMap((k) => [...k.references]));
  return p.child.resolved && p.child.outputSet.subsetOf(keys) && keys.subsetOf(p.child.outputSet);
}
