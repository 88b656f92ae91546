import { internalError } from '../../errors/index.js';
import type { EvalMode } from '../../eval/function.js';
import { lookupScalar } from '../../eval/registry.js';
import { type DataType, equalTypes, isAnsiInterval, isIntegral, isNumeric, sameType } from '../../types/index.js';
import { argKey } from '../tree-node.js';
import { orderedKeys, orderedOperands } from './commutative.js';
import { Expression, type Ordinals, type TypeCheckFailure } from './expression.js';

export type ArithmeticKind =
  | 'Add'
  | 'Subtract'
  | 'Multiply'
  | 'Divide'
  | 'Remainder'
  | 'IntegralDivide'
  | 'BitwiseAnd'
  | 'BitwiseOr'
  | 'BitwiseXor';

export const ARITHMETIC_SYMBOL: Readonly<Record<ArithmeticKind, string>> = {
  Add: '+',
  Subtract: '-',
  Multiply: '*',
  Divide: '/',
  Remainder: '%',
  IntegralDivide: 'div',
  BitwiseAnd: '&',
  BitwiseOr: '|',
  BitwiseXor: '^',
};
const COMMUTATIVE: ReadonlySet<ArithmeticKind> = new Set(['Add', 'Multiply', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor']);

/** A binary operator on numbers, intervals or bits; both sides have one type once coerced (decimals may differ).
 * Spark: `BinaryArithmetic`. */
export class Arithmetic extends Expression {
  constructor(
    readonly kind: ArithmeticKind,
    readonly left: Expression,
    readonly right: Expression,
    readonly mode: EvalMode,
    /** Decimal results keep digits before the point (`spark.sql.decimalOperations.allowPrecisionLoss` off). */
    readonly exactDecimals = false,
    /** `mod` where the user wrote the function; shows in texts and is not part of the identity. */
    readonly shownName: string | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.kind, this.left, this.right, this.mode, this.exactDecimals, this.shownName];
  }
  protected override keyArgs() {
    return [this.left, this.right, this.isBitwise ? undefined : this.mode, this.exactDecimals];
  }
  withExactDecimals(): Arithmetic {
    return this.rebuild([this.kind, this.left, this.right, this.mode, true, this.shownName]);
  }
  get symbol(): string {
    return ARITHMETIC_SYMBOL[this.kind];
  }
  get isBitwise(): boolean {
    return this.kind === 'BitwiseAnd' || this.kind === 'BitwiseOr' || this.kind === 'BitwiseXor';
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    const l = this.left.dataType;
    const r = this.right.dataType;
    if (l.kind === 'decimal' && r.kind === 'decimal' && !this.isBitwise) return undefined;
    if (!sameType(l, r) && !(isAnsiInterval(l) && l.kind === r.kind))
      return {
        condition: 'BINARY_OP_DIFF_TYPES',
        parameters: { sqlExpr: quoteExpr(this), left: `"${l.sql}"`, right: `"${r.sql}"` },
      };
    const plusMinus = this.kind === 'Add' || this.kind === 'Subtract';
    const interval = isAnsiInterval(l);
    // Whole numbers are cast before they are divided.
    const ok = this.isBitwise
      ? isIntegral(l)
      : this.kind === 'Divide'
        ? l.kind === 'double' || l.kind === 'decimal'
        : this.kind === 'IntegralDivide'
          ? l.kind === 'long' || l.kind === 'decimal' || interval
          : isNumeric(l) || (plusMinus && (interval || l.kind === 'interval'));
    if (ok || l.kind === 'null') return undefined;
    return {
      condition: 'BINARY_OP_WRONG_TYPE',
      parameters: {
        sqlExpr: quoteExpr(this),
        inputType: this.isBitwise
          ? '"INTEGRAL"'
          : this.kind === 'Divide'
            ? '("DOUBLE" or "DECIMAL")'
            : this.kind === 'IntegralDivide'
              ? '("BIGINT" or "DECIMAL" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")'
              : plusMinus
                ? '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")'
                : '"NUMERIC"',
        actualDataType: `"${l.sql}"`,
      },
    };
  }
  get dataType(): DataType {
    const def = lookupScalar(this.symbol);
    if (!def) throw internalError(`no operator ${this.symbol}`);
    return def.returnType([this.left.dataType, this.right.dataType], {
      mode: this.mode,
      timeZone: 'UTC',
      nullable: [this.left.nullable, this.right.nullable],
      constants: [undefined, undefined],
      exactDecimals: this.exactDecimals,
    });
  }
  get nullable(): boolean {
    if (this.left.nullable || this.right.nullable) return true;
    if (this.mode === 'ANSI') return false;
    if (this.kind === 'Divide' || this.kind === 'Remainder' || this.kind === 'IntegralDivide') return true;
    return this.mode === 'TRY' || (!this.isBitwise && this.left.resolved && this.left.dataType.kind === 'decimal');
  }
  override get foldable() {
    return this.left.foldable && this.right.foldable;
  }
  override get nullIntolerant() {
    return true;
  }
  override get throwable() {
    return (this.mode === 'ANSI' && !this.isBitwise) || super.throwable;
  }
  protected override canonicalize(): Expression {
    if (!COMMUTATIVE.has(this.kind)) return this.withCanonicalizedChildren();
    const operands = orderedOperands(this, (e) =>
      e instanceof Arithmetic && e.kind === this.kind ? [e.left, e.right] : undefined,
    );
    const reordered = operands.reduce((l, r) => new Arithmetic(this.kind, l, r, this.mode, this.exactDecimals));
    // Reordering decimals can change the result type; then the written order stays.
    if (this.resolved && reordered.resolved && equalTypes(reordered.dataType, this.dataType)) return reordered;
    return this.withCanonicalizedChildren();
  }
  override canonicalKey(input: Ordinals): string {
    const { kind } = this;
    if (!COMMUTATIVE.has(kind)) return this.keyOfCanonicalChildren(input);
    const split = (e: Expression) => (e instanceof Arithmetic && e.kind === kind ? [e.left, e.right] : undefined);
    if (!this.resolved || !this.keepsTypeInAnyOrder(split)) return super.canonicalKey(input);
    const rest = `${this.isBitwise ? argKey(undefined) : `"${this.mode}"`},${this.exactDecimals}`;
    if (!split(this.left) && !split(this.right)) {
      const l = this.left.canonicalKey(input);
      const r = this.right.canonicalKey(input);
      return l > r ? `${kind}(${r},${l},${rest})` : `${kind}(${l},${r},${rest})`;
    }
    return orderedKeys(this, input, split).reduce((l, r) => `${kind}(${l},${r},${rest})`);
  }
  /** Plain numbers have one type all along; of two decimals the result has the same type either way. */
  private keepsTypeInAnyOrder(split: (e: Expression) => readonly Expression[] | undefined): boolean {
    const type = this.left.dataType;
    if (isNumeric(type) && type.kind !== 'decimal') return true;
    return type.kind === 'decimal' && this.right.dataType.kind === 'decimal' && !split(this.left) && !split(this.right);
  }
  override toString() {
    if (this.mode === 'TRY') return `try_${this.kind.toLowerCase()}(${this.left}, ${this.right})`;
    if (this.shownName) return `${this.shownName}(${this.left}, ${this.right})`;
    return `(${this.left} ${this.symbol} ${this.right})`;
  }
  override sql(pretty: boolean) {
    if (this.mode === 'TRY')
      return `try_${this.kind.toLowerCase()}(${this.left.sql(pretty)}, ${this.right.sql(pretty)})`;
    if (this.shownName) return `${this.shownName}(${this.left.sql(pretty)}, ${this.right.sql(pretty)})`;
    return `(${this.left.sql(pretty)} ${this.symbol} ${this.right.sql(pretty)})`;
  }
}

/** `"sql text"`, as Spark quotes expressions in errors. */
export function quoteExpr(e: Expression): string {
  return `"${e.sql(true)}"`;
}
