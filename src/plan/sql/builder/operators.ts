import { analysisError } from '../../../errors/index.js';
import type { EvalMode } from '../../../eval/function.js';
import { Arithmetic, type ArithmeticKind } from '../../expressions/arithmetic.js';
import { Collate } from '../../expressions/collate.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { Comparison, type ComparisonKind, Not } from '../../expressions/predicates.js';
import { UnresolvedFunction } from '../../expressions/unresolved.js';
import type { IToken } from './cst.js';

/** A call made by syntax, not by name: no user function may take its place. */
export function builtin(name: string, operands: readonly Expression[]): UnresolvedFunction {
  return new UnresolvedFunction([name], operands, false, undefined, false, [], true);
}

/** Higher binds tighter; all are left-associative. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  Asterisk: 7,
  Slash: 7,
  Percent: 7,
  DIV: 7,
  Plus: 6,
  Minus: 6,
  ConcatPipe: 6,
  ShiftLeft: 5,
  ShiftRight: 5,
  ShiftRightUnsigned: 5,
  Ampersand: 4,
  Hat: 3,
  Pipe: 2,
};
const ARITHMETIC: Readonly<Record<string, ArithmeticKind>> = {
  Asterisk: 'Multiply',
  Slash: 'Divide',
  Percent: 'Remainder',
  DIV: 'IntegralDivide',
  Plus: 'Add',
  Minus: 'Subtract',
  Ampersand: 'BitwiseAnd',
  Hat: 'BitwiseXor',
  Pipe: 'BitwiseOr',
};
const SHIFTS: Readonly<Record<string, string>> = {
  ShiftLeft: '<<',
  ShiftRight: '>>',
  ShiftRightUnsigned: '>>>',
};
const COMPARISONS: Readonly<Record<string, ComparisonKind>> = {
  Eq: 'EqualTo',
  NullSafeEq: 'EqualNullSafe',
  Lt: 'LessThan',
  LtEq: 'LessThanOrEqual',
  Gt: 'GreaterThan',
  GtEq: 'GreaterThanOrEqual',
};

export function precedence(operator: IToken): number {
  return PRECEDENCE[operator.tokenType.name] ?? 1;
}

/** Spark: `AstBuilder.visitArithmeticBinary`, `visitShiftExpression`, `visitComparison`. */
export function binary(operator: IToken, left: Expression, right: Expression, mode: EvalMode): Expression {
  const name = operator.tokenType.name;
  const arithmetic = ARITHMETIC[name];
  if (arithmetic !== undefined) return new Arithmetic(arithmetic, left, right, mode);
  const comparison = COMPARISONS[name];
  if (comparison !== undefined) return compare(comparison, left, right);
  const shift = SHIFTS[name];
  if (shift !== undefined) return builtin(shift, [left, right]);
  if (name === 'ConcatPipe') return builtin('concat', [left, right]);
  return new Not(compare('EqualTo', left, right));
}

/** A comparison under the collation that a side asks for. Under UTF8_LCASE texts compare as their lower-case forms do. Spark:
 * `CollationAwareUTF8String`. @throws COLLATION_MISMATCH.EXPLICIT */
export function compare(kind: ComparisonKind, left: Expression, right: Expression): Comparison {
  const written = [left, right].filter((e) => e instanceof Collate);
  const [first, second] = written;
  if (!first) return new Comparison(kind, left, right);
  if (second && first.collation !== second.collation)
    throw analysisError('COLLATION_MISMATCH.EXPLICIT', {
      explicitTypes: written.map((e) => `"STRING COLLATE ${e.collation}"`).join(', '),
    });
  const plain = (e: Expression) => (e instanceof Collate ? e.child : e);
  // A sigma at the end of a word is lower-cased to a letter of its own; the collation knows one small sigma.
  const folded = (e: Expression) =>
    builtin('translate', [builtin('lower', [plain(e)]), Literal.string('ς'), Literal.string('σ')]);
  const key = first.collation === 'UTF8_LCASE' ? folded : plain;
  return new Comparison(kind, key(left), key(right));
}
