import type { Expression, Ordinals } from './expression.js';

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

/** Keys of what `orderedOperands` gives, in its order. */
export function orderedKeys(
  root: Expression,
  input: Ordinals,
  split: (e: Expression) => readonly Expression[] | undefined,
): string[] {
  const keys: string[] = [];
  const visit = (e: Expression): void => {
    const parts = split(e);
    if (parts) for (const p of parts) visit(p);
    else keys.push(e.canonicalKey(input));
  };
  visit(root);
  return keys.sort();
}

export function byKey(a: Expression, b: Expression): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
