import type { Expression } from './expression.js';

/** Flattens a chain of one commutative operator, canonicalizes the operands and puts them in one order. Any total order
 * does, as only equality of the results matters. Spark: `CommutativeExpression.orderCommutative`. */
export function orderedOperands(
  root: Expression,
  split: (e: Expression) => readonly Expression[] | undefined,
): Expression[] {
  const operands: Expression[] = [];
  const visit = (e: Expression): void => {
    const parts = split(e);
    if (parts) for (const p of parts) visit(p);
    else operands.push(e.canonicalized);
  };
  visit(root);
  return operands.sort(byKey);
}

export function byKey(a: Expression, b: Expression): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
