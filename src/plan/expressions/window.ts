import { type DataType, DOUBLE, INT, NULL } from '../../types/index.js';
import { Expression, LeafExpression } from './expression.js';
import { Literal } from './literal.js';
import type { SortOrder } from './named.js';

abstract class Unevaluable extends Expression {
  get dataType(): DataType {
    return NULL;
  }
  get nullable() {
    return true;
  }
}

/** A frame's edge without an offset. Spark: `SpecialFrameBoundary`. */
export class FrameBoundary extends LeafExpression {
  readonly kind = 'FrameBoundary';
  constructor(readonly name: 'UnboundedPreceding' | 'UnboundedFollowing' | 'CurrentRow') {
    super();
  }
  args() {
    return [this.name];
  }
  get dataType(): DataType {
    return NULL;
  }
  get nullable() {
    return false;
  }
  override toString() {
    return `${this.name.toLowerCase()}$()`;
  }
  override sql() {
    return this.name === 'CurrentRow'
      ? 'CURRENT ROW'
      : this.name === 'UnboundedPreceding'
        ? 'UNBOUNDED PRECEDING'
        : 'UNBOUNDED FOLLOWING';
  }
  static readonly UNBOUNDED_PRECEDING = new FrameBoundary('UnboundedPreceding');
  static readonly UNBOUNDED_FOLLOWING = new FrameBoundary('UnboundedFollowing');
  static readonly CURRENT_ROW = new FrameBoundary('CurrentRow');
}

/** Rows around the current one. An offset edge is an expression, negative for PRECEDING. Spark: `SpecifiedWindowFrame`. */
export class SpecifiedWindowFrame extends Unevaluable {
  readonly kind = 'SpecifiedWindowFrame';
  constructor(
    readonly frameType: 'RowFrame' | 'RangeFrame',
    readonly lower: Expression,
    readonly upper: Expression,
  ) {
    super();
  }
  args() {
    return [this.frameType, this.lower, this.upper];
  }
  override toString() {
    return `specifiedwindowframe(${this.frameType}, ${this.lower}, ${this.upper})`;
  }
  override sql(pretty: boolean) {
    const edge = (e: Expression) => {
      if (e instanceof FrameBoundary) return e.sql();
      if (e instanceof Literal && (typeof e.value === 'number' || typeof e.value === 'bigint'))
        return e.value < 0 ? `${-e.value} PRECEDING` : `${e.value} FOLLOWING`;
      return e.kind === 'UnaryMinus' ? `${e.children[0]?.sql(pretty)} PRECEDING` : `${e.sql(pretty)} FOLLOWING`;
    };
    return `${this.frameType === 'RowFrame' ? 'ROWS' : 'RANGE'} BETWEEN ${edge(this.lower)} AND ${edge(this.upper)}`;
  }
}

/** No frame written; the analyzer puts the default one. Spark: `UnspecifiedFrame`. */
export class UnspecifiedFrame extends LeafExpression {
  readonly kind = 'UnspecifiedFrame';
  args() {
    return [];
  }
  get dataType(): DataType {
    return NULL;
  }
  get nullable() {
    return true;
  }
  override toString() {
    return 'unspecifiedframe$()';
  }
  override sql() {
    return '';
  }
}

export type WindowFrame = SpecifiedWindowFrame | UnspecifiedFrame;

/** Spark: `WindowSpecDefinition`. */
export class WindowSpecDefinition extends Unevaluable {
  readonly kind = 'WindowSpecDefinition';
  constructor(
    readonly partitionSpec: readonly Expression[],
    readonly orderSpec: readonly SortOrder[],
    readonly frame: WindowFrame,
  ) {
    super();
  }
  args() {
    return [this.partitionSpec, this.orderSpec, this.frame];
  }
  override get resolved() {
    return this.childrenResolved && this.frame instanceof SpecifiedWindowFrame;
  }
  override toString() {
    return `windowspecdefinition(${[...this.partitionSpec, ...this.orderSpec, this.frame].join(', ')})`;
  }
  override sql(pretty: boolean) {
    const parts: string[] = [];
    if (this.partitionSpec.length)
      parts.push(`PARTITION BY ${this.partitionSpec.map((e) => e.sql(pretty)).join(', ')}`);
    if (this.orderSpec.length) parts.push(`ORDER BY ${this.orderSpec.map((e) => e.sql(pretty)).join(', ')}`);
    const frame = this.frame.sql(pretty);
    if (frame) parts.push(frame);
    return `(${parts.join(' ')})`;
  }
}

/** `f OVER (spec)`. Spark: `WindowExpression`. */
export class WindowExpression extends Expression {
  readonly kind = 'WindowExpression';
  constructor(
    readonly windowFunction: Expression,
    readonly windowSpec: WindowSpecDefinition,
  ) {
    super();
  }
  args() {
    return [this.windowFunction, this.windowSpec];
  }
  get dataType(): DataType {
    return this.windowFunction.dataType;
  }
  get nullable() {
    return this.windowFunction.nullable;
  }
  override toString() {
    return `${this.windowFunction} ${this.windowSpec}`;
  }
  override sql(pretty: boolean) {
    return `${this.windowFunction.sql(pretty)} OVER ${this.windowSpec.sql(pretty)}`;
  }
}

/** `f OVER name`, until the name is looked up. Spark: `UnresolvedWindowExpression`. */
export class UnresolvedWindowExpression extends Expression {
  readonly kind = 'UnresolvedWindowExpression';
  constructor(
    readonly child: Expression,
    readonly windowName: string,
  ) {
    super();
  }
  args() {
    return [this.child, this.windowName];
  }
  get dataType(): DataType {
    return NULL;
  }
  get nullable() {
    return true;
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return `unresolvedwindowexpression(${this.child}, ${this.windowName})`;
  }
  override sql(pretty: boolean) {
    return `${this.child.sql(pretty)} OVER ${this.windowName}`;
  }
}

export type WindowFunctionName =
  | 'row_number'
  | 'rank'
  | 'dense_rank'
  | 'percent_rank'
  | 'cume_dist'
  | 'ntile'
  | 'lag'
  | 'lead'
  | 'nth_value';

/** A function that only windows have. For lag and lead the operands are (input, offset, default); the rank functions get the
 * order keys as operands from the analyzer, as in Spark. Spark: `WindowFunction`. */
export class WindowFunctionCall extends Expression {
  readonly kind = 'WindowFunctionCall';
  constructor(
    readonly name: WindowFunctionName,
    readonly operands: readonly Expression[],
    readonly ignoreNulls = false,
  ) {
    super();
  }
  args() {
    return [this.name, this.operands, this.ignoreNulls];
  }
  get dataType(): DataType {
    switch (this.name) {
      case 'percent_rank':
      case 'cume_dist':
        return DOUBLE;
      case 'lag':
      case 'lead':
      case 'nth_value':
        return this.operands[0]?.dataType ?? NULL;
      default:
        return INT;
    }
  }
  get nullable() {
    switch (this.name) {
      case 'lag':
      case 'lead':
        return (this.operands[0]?.nullable ?? true) || (this.operands[2]?.nullable ?? true);
      case 'nth_value':
        return true;
      default:
        return false;
    }
  }
  /** The frame that the function dictates, if it does. Spark: `WindowFunction.frame`. */
  get requiredFrame(): SpecifiedWindowFrame | undefined {
    switch (this.name) {
      case 'row_number':
      case 'rank':
      case 'dense_rank':
      case 'percent_rank':
      case 'ntile':
        return new SpecifiedWindowFrame('RowFrame', FrameBoundary.UNBOUNDED_PRECEDING, FrameBoundary.CURRENT_ROW);
      case 'cume_dist':
        return new SpecifiedWindowFrame('RangeFrame', FrameBoundary.UNBOUNDED_PRECEDING, FrameBoundary.CURRENT_ROW);
      case 'lag':
      case 'lead': {
        const offset = this.operands[1] as Expression;
        return new SpecifiedWindowFrame('RowFrame', offset, offset);
      }
      default:
        return undefined;
    }
  }
  override toString() {
    return `${this.name}(${this.operands.join(', ')})${this.ignoreNulls ? ' ignore nulls' : ''}`;
  }
  override sql(pretty: boolean) {
    const shown =
      this.name === 'rank' || this.name === 'dense_rank' || this.name === 'percent_rank' ? [] : this.operands;
    return `${this.name}(${shown.map((o) => o.sql(pretty)).join(', ')})${this.ignoreNulls ? ' ignore nulls' : ''}`;
  }
}
