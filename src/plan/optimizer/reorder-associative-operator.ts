import { isIntegral } from '../../types/index.js';
import { Arithmetic } from '../expressions/arithmetic.js';
import { GetStructField } from '../expressions/complex.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Aggregate } from '../logical/operators.js';
import { foldConstant } from './constant-folding.js';
import { upRule } from './tree-rules.js';

/** `1 + a + 2` → `a + 3` over whole numbers: constants of a chain are computed once. Grouping keys and what equals them stay.
 * Spark: `ReorderAssociativeOperator`. */
export const ReorderAssociativeOperator = upRule('ReorderAssociativeOperator', (p) => {
  const keys = p instanceof Aggregate ? p.groupingExpressions : [];
  const visit = (e: Expression): Expression => {
    if (keys.some((k) => k.semanticEquals(e))) return e;
    const next = reorder(e);
    return next.mapChildren(visit);
  };
  return p.mapExpressions(visit);
});

function reorder(e: Expression): Expression {
  if (!(e instanceof Arithmetic) || (e.kind !== 'Add' && e.kind !== 'Multiply')) return e;
  if (!e.deterministic || !e.resolved || !isIntegral(e.dataType)) return e;
  const { kind, mode } = e;
  const flatten = (x: Expression): Expression[] =>
    x instanceof Arithmetic && x.kind === kind && x.mode === mode ? [...flatten(x.left), ...flatten(x.right)] : [x];
  const parts = flatten(e);
  const constants = parts.filter((x) => x.foldable);
  const others = parts.filter((x) => !x.foldable);
  if (constants.length === 0 || others.length === 0) return e;
  const chain = (list: readonly Expression[]) => list.reduce((l, r) => new Arithmetic(kind, l, r, mode));
  const constant = foldConstant(chain(constants));
  if (!constant) return e;
  const next = new Arithmetic(kind, chain(others), constant, mode);
  return next.key === e.key ? e : next.spreadOrigin(e.origin);
}

/** A field of a struct that is made right there is the value that it is made of. Spark: `SimplifyExtractValueOps`. */
export const SimplifyExtractValueOps = upRule('SimplifyExtractValueOps', (p) =>
  p.transformExpressionsUp((e) => {
    if (!(e instanceof GetStructField)) return e;
    const { child } = e;
    if (!(child instanceof ScalarCall) || child.def.sparkClass !== 'CreateNamedStruct') return e;
    return child.operands[2 * e.ordinal + 1] ?? e;
  }),
);
