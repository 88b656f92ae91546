import { BOOLEAN, type DataType, isOrderable, sameStructure, sameType } from '../../types/index.js';
import { quoteExpr } from './arithmetic.js';
import { byKey, orderedKeys, orderedOperands } from './commutative.js';
import { Expression, type Ordinals, type TypeCheckFailure } from './expression.js';

abstract class Predicate extends Expression {
  get dataType(): DataType {
    return BOOLEAN;
  }
  override get foldable() {
    return this.children.length > 0 && this.children.every((c) => c.foldable);
  }
}

function booleanOperands(e: Expression, left: Expression, right: Expression): TypeCheckFailure | undefined {
  if (!sameType(left.dataType, right.dataType))
    return {
      condition: 'BINARY_OP_DIFF_TYPES',
      parameters: { sqlExpr: quoteExpr(e), left: `"${left.dataType.sql}"`, right: `"${right.dataType.sql}"` },
    };
  if (left.dataType.kind !== 'boolean' && left.dataType.kind !== 'null')
    return {
      condition: 'BINARY_OP_WRONG_TYPE',
      parameters: { sqlExpr: quoteExpr(e), inputType: '"BOOLEAN"', actualDataType: `"${left.dataType.sql}"` },
    };
  return undefined;
}

/** Three-valued AND: false beats null. Spark: `And`. */
export class And extends Predicate {
  readonly kind = 'And';
  constructor(
    readonly left: Expression,
    readonly right: Expression,
  ) {
    super();
  }
  args() {
    return [this.left, this.right];
  }
  get nullable() {
    return this.left.nullable || this.right.nullable;
  }
  override checkInputDataTypes() {
    return booleanOperands(this, this.left, this.right);
  }
  protected override canonicalize(): Expression {
    return orderedOperands(this, (e) => (e instanceof And ? [e.left, e.right] : undefined)).reduce(
      (l, r) => new And(l, r),
    );
  }
  override canonicalKey(input: Ordinals): string {
    return orderedKeys(this, input, (e) => (e instanceof And ? [e.left, e.right] : undefined)).reduce(
      (l, r) => `And(${l},${r})`,
    );
  }
  override toString() {
    return `(${this.left} AND ${this.right})`;
  }
  override sql(pretty: boolean) {
    return `(${this.left.sql(pretty)} AND ${this.right.sql(pretty)})`;
  }
}

/** Three-valued OR: true beats null. Spark: `Or`. */
export class Or extends Predicate {
  readonly kind = 'Or';
  constructor(
    readonly left: Expression,
    readonly right: Expression,
  ) {
    super();
  }
  args() {
    return [this.left, this.right];
  }
  get nullable() {
    return this.left.nullable || this.right.nullable;
  }
  override checkInputDataTypes() {
    return booleanOperands(this, this.left, this.right);
  }
  protected override canonicalize(): Expression {
    return orderedOperands(this, (e) => (e instanceof Or ? [e.left, e.right] : undefined)).reduce(
      (l, r) => new Or(l, r),
    );
  }
  override canonicalKey(input: Ordinals): string {
    return orderedKeys(this, input, (e) => (e instanceof Or ? [e.left, e.right] : undefined)).reduce(
      (l, r) => `Or(${l},${r})`,
    );
  }
  override toString() {
    return `(${this.left} OR ${this.right})`;
  }
  override sql(pretty: boolean) {
    return `(${this.left.sql(pretty)} OR ${this.right.sql(pretty)})`;
  }
}

/** Null stays null. Spark: `Not`. */
export class Not extends Predicate {
  readonly kind = 'Not';
  constructor(readonly child: Expression) {
    super();
  }
  args() {
    return [this.child];
  }
  get nullable() {
    return this.child.nullable;
  }
  override get nullIntolerant() {
    return true;
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    const t = this.child.dataType;
    if (t.kind === 'boolean' || t.kind === 'null') return undefined;
    return {
      condition: 'UNEXPECTED_INPUT_TYPE',
      parameters: {
        sqlExpr: quoteExpr(this),
        paramIndex: 'first',
        requiredType: '"BOOLEAN"',
        inputSql: quoteExpr(this.child),
        inputType: `"${t.sql}"`,
      },
    };
  }
  protected override canonicalize(): Expression {
    const child = this.child.canonicalized;
    if (child instanceof Comparison && INVERSE[child.kind] !== undefined)
      return new Comparison(INVERSE[child.kind] as ComparisonKind, child.left, child.right);
    return new Not(child);
  }
  override toString() {
    return `NOT ${this.child}`;
  }
  override sql(pretty: boolean) {
    return `(NOT ${this.child.sql(pretty)})`;
  }
}

export type ComparisonKind =
  | 'EqualTo'
  | 'EqualNullSafe'
  | 'LessThan'
  | 'LessThanOrEqual'
  | 'GreaterThan'
  | 'GreaterThanOrEqual';

export const COMPARISON_SYMBOL: Readonly<Record<ComparisonKind, string>> = {
  EqualTo: '=',
  EqualNullSafe: '<=>',
  LessThan: '<',
  LessThanOrEqual: '<=',
  GreaterThan: '>',
  GreaterThanOrEqual: '>=',
};
/** The same comparison with the sides swapped. */
export const SWAPPED: Readonly<Record<ComparisonKind, ComparisonKind>> = {
  EqualTo: 'EqualTo',
  EqualNullSafe: 'EqualNullSafe',
  LessThan: 'GreaterThan',
  LessThanOrEqual: 'GreaterThanOrEqual',
  GreaterThan: 'LessThan',
  GreaterThanOrEqual: 'LessThanOrEqual',
};
/** The comparison that holds where this one does not (nulls aside). */
const INVERSE: Partial<Record<ComparisonKind, ComparisonKind>> = {
  LessThan: 'GreaterThanOrEqual',
  LessThanOrEqual: 'GreaterThan',
  GreaterThan: 'LessThanOrEqual',
  GreaterThanOrEqual: 'LessThan',
};

/** Spark: `BinaryComparison`. Null if a side is, except `<=>`. */
export class Comparison extends Predicate {
  constructor(
    readonly kind: ComparisonKind,
    readonly left: Expression,
    readonly right: Expression,
  ) {
    super();
  }
  args() {
    return [this.kind, this.left, this.right];
  }
  protected override keyArgs() {
    return [this.left, this.right];
  }
  get symbol() {
    return COMPARISON_SYMBOL[this.kind];
  }
  get nullable() {
    return this.kind !== 'EqualNullSafe' && (this.left.nullable || this.right.nullable);
  }
  override get nullIntolerant() {
    return this.kind !== 'EqualNullSafe';
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    const l = this.left.dataType;
    const r = this.right.dataType;
    if (!sameStructure(l, r))
      return {
        condition: 'BINARY_OP_DIFF_TYPES',
        parameters: { sqlExpr: quoteExpr(this), left: `"${l.sql}"`, right: `"${r.sql}"` },
      };
    if (!isOrderable(l))
      return {
        condition: 'INVALID_ORDERING_TYPE',
        parameters: { functionName: `\`${this.symbol}\``, sqlExpr: quoteExpr(this), dataType: `"${l.sql}"` },
      };
    return undefined;
  }
  protected override canonicalize(): Expression {
    const l = this.left.canonicalized;
    const r = this.right.canonicalized;
    return byKey(l, r) > 0 ? new Comparison(SWAPPED[this.kind], r, l) : new Comparison(this.kind, l, r);
  }
  override canonicalKey(input: Ordinals): string {
    const l = this.left.canonicalKey(input);
    const r = this.right.canonicalKey(input);
    return l > r ? `${SWAPPED[this.kind]}(${r},${l})` : `${this.kind}(${l},${r})`;
  }
  override toString() {
    return `(${this.left} ${this.symbol} ${this.right})`;
  }
  override sql(pretty: boolean) {
    return `(${this.left.sql(pretty)} ${this.symbol} ${this.right.sql(pretty)})`;
  }
}

/** `value IN (list)`: null if nothing equals and a side is null. Spark: `In`. */
export class In extends Predicate {
  readonly kind = 'In';
  constructor(
    readonly value: Expression,
    readonly list: readonly Expression[],
  ) {
    super();
  }
  args() {
    return [this.value, this.list];
  }
  get nullable() {
    return this.children.some((c) => c.nullable);
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    const t = this.value.dataType;
    if (this.list.every((e) => sameStructure(e.dataType, t))) return undefined;
    return {
      condition: 'DATA_DIFF_TYPES',
      parameters: {
        functionName: '`in`',
        dataType: `[${this.children.map((c) => `"${c.dataType.sql}"`).join(', ')}]`,
        sqlExpr: quoteExpr(this),
      },
    };
  }
  protected override canonicalize(): Expression {
    const list = this.list.map((e) => e.canonicalized);
    return new In(this.value.canonicalized, list.length > 1 ? list.sort(byKey) : list);
  }
  override canonicalKey(input: Ordinals): string {
    const list = this.list.map((e) => e.canonicalKey(input)).sort();
    return `In(${this.value.canonicalKey(input)},[${list.join(',')}])`;
  }
  override toString() {
    return `${this.value} IN (${this.list.join(',')})`;
  }
  override sql(pretty: boolean) {
    return `(${this.value.sql(pretty)} IN (${this.list.map((e) => e.sql(pretty)).join(', ')}))`;
  }
}

/** Never null. Spark: `IsNull`, `IsNotNull`. */
export class NullCheck extends Predicate {
  constructor(
    readonly kind: 'IsNull' | 'IsNotNull',
    readonly child: Expression,
  ) {
    super();
  }
  args() {
    return [this.kind, this.child];
  }
  protected override keyArgs() {
    return [this.child];
  }
  override canonicalKey(input: Ordinals): string {
    return this.keyOfCanonicalChildren(input);
  }
  get nullable() {
    return false;
  }
  override toString() {
    return `${this.kind.toLowerCase()}(${this.child})`;
  }
  override sql(pretty: boolean) {
    return `(${this.child.sql(pretty)} IS ${this.kind === 'IsNull' ? '' : 'NOT '}NULL)`;
  }
}

/** The AND-ed parts of a condition, left to right. Spark: `PredicateHelper.splitConjunctivePredicates`. */
export function splitConjuncts(e: Expression): Expression[] {
  return e instanceof And ? [...splitConjuncts(e.left), ...splitConjuncts(e.right)] : [e];
}
export function splitDisjuncts(e: Expression): Expression[] {
  return e instanceof Or ? [...splitDisjuncts(e.left), ...splitDisjuncts(e.right)] : [e];
}
/** @returns undefined for no parts */
export function joinConjuncts(parts: readonly Expression[]): Expression | undefined {
  return parts.length === 0 ? undefined : parts.reduce((l, r) => new And(l, r));
}
