import { evaluateConstant } from '../../eval/evaluate.js';
import { Binder } from '../expressions/bind.js';
import { Cast } from '../expressions/cast.js';
import type { Expression } from '../expressions/expression.js';
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

/** Expressions without inputs become literals. What raises is left, so that it raises only if a row asks for it.
 * Spark: `ConstantFolding`. */
export const ConstantFolding = upRule('ConstantFolding', (p) => p.mapExpressions((e) => fold(e)));

function fold(e: Expression): Expression {
  if (e instanceof Literal || isMalformedText(e)) return e;
  if (e.foldable && e.resolved) {
    const literal = foldConstant(e);
    if (literal) return literal;
  }
  if (e.kind === 'GeneratorCall' && e.foldable) return e;
  return e.mapChildren(fold);
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
