import { SparkError } from '../../errors/index.js';
import { evaluateConstant } from '../../eval/evaluate.js';
import { Binder } from '../expressions/bind.js';
import { Cast } from '../expressions/cast.js';
import { CaseWhen, Coalesce, If } from '../expressions/conditional.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { upRule } from './tree-rules.js';

const binder = new Binder([]);

/** The value of an expression without inputs; undefined where computing it raises. */
export function foldConstant(e: Expression): Literal | undefined {
  if (e instanceof Literal) return e;
  try {
    return new Literal(evaluateConstant(binder.bind(e)), e.dataType);
  } catch {
    return undefined;
  }
}

/** Expressions without inputs become literals. What raises in a branch that no row may take is left; elsewhere it raises
 * now, whether there are rows or not, as in Spark.
 * @throws the condition that computing a constant raises
 * Spark: `ConstantFolding`. */
export const ConstantFolding = upRule('ConstantFolding', (p) => p.mapExpressions((e) => fold(e, false)));

function fold(e: Expression, inBranch: boolean): Expression {
  if (e instanceof Literal || isMalformedText(e)) return e;
  if (e.foldable && e.resolved) {
    const literal = inBranch ? foldConstant(e) : foldOrRaise(e);
    if (literal) return literal;
  }
  if (e.kind === 'GeneratorCall' && e.foldable) return e;
  const branches = inBranch || isConditional(e);
  return e.mapChildren((c) => fold(c, branches));
}

/** Spark: the classes with the trait `ConditionalExpression`. */
const isConditional = (e: Expression): boolean =>
  e instanceof If ||
  e instanceof CaseWhen ||
  e instanceof Coalesce ||
  (e instanceof ScalarCall && e.def.name === 'nanvl');

/** @returns undefined for what cannot be computed here at all */
function foldOrRaise(e: Expression): Literal | undefined {
  try {
    return new Literal(evaluateConstant(binder.bind(e)), e.dataType);
  } catch (error) {
    if (error instanceof SparkError && error.kind === 'runtime') throw error;
    return undefined;
  }
}

/** A cast of bytes that are not UTF-8: strings here cannot hold them, and functions of a text's bytes look behind the cast. */
function isMalformedText(e: Expression): boolean {
  if (!(e instanceof Cast) || e.dataType.kind !== 'string' || !e.foldable || e.child.dataType.kind !== 'binary')
    return false;
  const bytes = foldConstant(e.child)?.value;
  if (!(bytes instanceof Uint8Array)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return false;
  } catch {
    return true;
  }
}
