import { type DataType, DOUBLE, INT, isAnsiInterval, isNumeric, NULL, sameType } from '../../types/index.js';
import { Expression, LeafExpression, type TypeCheckFailure } from './expression.js';
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
  /** Shared by all queries. */
  override withOrigin(): this {
    return this;
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
    /** Zone in which intervals are added to timestamps; known once analyzed, not part of the identity. */
    readonly timeZone: string | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.frameType, this.lower, this.upper, this.timeZone];
  }
  protected override keyArgs() {
    return [this.frameType, this.lower, this.upper];
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    return frameFailure(this);
  }
  /** Edges with an offset. */
  get valueBoundary(): readonly Expression[] {
    return [this.lower, this.upper].filter((e) => !(e instanceof FrameBoundary));
  }
  override toString() {
    return `specifiedwindowframe(${this.frameType}, ${this.lower}, ${this.upper})`;
  }
  override sql(pretty: boolean) {
    const edge = (e: Expression) => {
      if (e instanceof FrameBoundary) return e.sql();
      return e.nodeName === 'UnaryMinus' ? `${e.children[0]?.sql(pretty)} PRECEDING` : `${e.sql(pretty)} FOLLOWING`;
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

function rangeAccepts(key: DataType, edge: DataType): boolean {
  if (key.kind === 'date')
    return (
      edge.kind === 'int' ||
      edge.kind === 'ym_interval' ||
      (edge.kind === 'dt_interval' && edge.endField === 0) ||
      edge.kind === 'date'
    );
  if (key.kind === 'timestamp' || key.kind === 'timestamp_ntz')
    return (
      edge.kind === 'interval' || edge.kind === 'ym_interval' || edge.kind === 'dt_interval' || edge.kind === key.kind
    );
  return sameType(key, edge);
}

function frameFailure(f: SpecifiedWindowFrame): TypeCheckFailure | undefined {
  const sqlExpr = `"${f.sql(true)}"`;
  const quote = (e: Expression) => `"${e.sql(true)}"`;
  for (const [location, e] of [
    ['lower', f.lower],
    ['upper', f.upper],
  ] as const) {
    if (e instanceof FrameBoundary) continue;
    if (!e.foldable)
      return {
        condition: 'SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE',
        parameters: { sqlExpr, location, expression: quote(e) },
      };
    const t = e.dataType;
    const ok =
      f.frameType === 'RowFrame' ? t.kind === 'int' : isNumeric(t) || isAnsiInterval(t) || t.kind === 'interval';
    if (!ok)
      return {
        condition: 'SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE',
        parameters: {
          sqlExpr,
          location,
          exprType: `"${t.sql}"`,
          expectedType:
            f.frameType === 'RowFrame'
              ? '"INT"'
              : '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")',
        },
      };
  }
  if (f.lower === FrameBoundary.UNBOUNDED_FOLLOWING || f.upper === FrameBoundary.UNBOUNDED_PRECEDING)
    return {
      condition: 'SPECIFIED_WINDOW_FRAME_INVALID_BOUND',
      parameters: { sqlExpr, upper: quote(f.upper), lower: quote(f.lower) },
    };
  const [lower, upper] = f.valueBoundary;
  if (!lower || !upper) return undefined;
  if (sameType(lower.dataType, upper.dataType)) {
    const [a, b] = [edgeValue(lower), edgeValue(upper)];
    if (a === undefined || b === undefined || a <= b) return undefined;
    return {
      condition: 'SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON',
      parameters: { sqlExpr, comparison: 'less than or equal' },
    };
  }
  return {
    condition: 'SPECIFIED_WINDOW_FRAME_DIFF_TYPES',
    parameters: {
      sqlExpr,
      lower: quote(lower),
      upper: quote(upper),
      lowerType: `"${lower.dataType.sql}"`,
      upperType: `"${upper.dataType.sql}"`,
    },
  };
}

/** The offset of an edge that is a whole number, written as such or negated. */
function edgeValue(e: Expression): number | bigint | undefined {
  if (e instanceof Literal) return typeof e.value === 'number' || typeof e.value === 'bigint' ? e.value : undefined;
  const [child] = e.children;
  if (e.children.length !== 1 || child === undefined) return undefined;
  const value = edgeValue(child);
  if (e.kind === 'Cast' || value === undefined) return value;
  return e.nodeName === 'UnaryMinus' ? -value : undefined;
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
    return (
      this.childrenResolved && this.frame instanceof SpecifiedWindowFrame && this.checkInputDataTypes() === undefined
    );
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    const { frame, orderSpec } = this;
    if (!(frame instanceof SpecifiedWindowFrame) || frame.frameType !== 'RangeFrame') return undefined;
    const sqlExpr = `"${this.sql(true)}"`;
    const unbounded =
      frame.lower === FrameBoundary.UNBOUNDED_PRECEDING && frame.upper === FrameBoundary.UNBOUNDED_FOLLOWING;
    if (!unbounded && orderSpec.length === 0)
      return { condition: 'RANGE_FRAME_WITHOUT_ORDER', parameters: { sqlExpr } };
    const [value] = frame.valueBoundary;
    const [key] = orderSpec;
    if (!value || !key) return undefined;
    if (orderSpec.length > 1)
      return { condition: 'RANGE_FRAME_MULTI_ORDER', parameters: { sqlExpr, orderSpec: orderSpec.join(',') } };
    if (rangeAccepts(key.dataType, value.dataType)) return undefined;
    return {
      condition: 'RANGE_FRAME_INVALID_TYPE',
      parameters: { sqlExpr, orderSpecType: `"${key.dataType.sql}"`, valueBoundaryType: `"${value.dataType.sql}"` },
    };
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
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    if ((this.name === 'lag' || this.name === 'lead') && !this.offset.foldable)
      return {
        condition: 'NON_FOLDABLE_INPUT',
        parameters: {
          sqlExpr: `"${this.sql(true)}"`,
          inputName: '`offset`',
          inputType: `"${this.offset.dataType.sql}"`,
          inputExpr: `"${this.offset.sql(true)}"`,
        },
      };
    const at = this.name === 'ntile' ? 0 : this.name === 'nth_value' ? 1 : -1;
    const given = this.operands[at];
    if (!(given instanceof Literal) || typeof given.value !== 'number' || given.value > 0) return undefined;
    const ntile = this.name === 'ntile';
    return {
      condition: 'VALUE_OUT_OF_RANGE',
      parameters: {
        sqlExpr: `"${this.sql(true)}"`,
        exprName: ntile ? 'buckets' : 'offset',
        valueRange: ntile ? '(0, 2147483647]' : '(0, 9223372036854775807]',
        currentValue: ntile ? String(given.value) : `${given.value}L`,
      },
    };
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
        return new SpecifiedWindowFrame('RowFrame', this.offset, this.offset);
      }
      default:
        return undefined;
    }
  }
  /** Rows from the current one, negative for lag. */
  private get offset(): Expression {
    const given = this.operands[1] as Expression;
    if (this.name === 'lead' || !(given instanceof Literal) || typeof given.value !== 'number') return given;
    return new Literal(-given.value, given.dataType);
  }
  override toString() {
    const shown =
      this.name === 'lag' || this.name === 'lead'
        ? [this.operands[0], this.offset, ...this.operands.slice(2)]
        : this.operands;
    if (this.name === 'nth_value') return `nth_value(${shown.join(', ')}, ${this.ignoreNulls})`;
    return `${this.name}(${shown.join(', ')})`;
  }
  override sql(pretty: boolean) {
    if (this.name === 'rank' || this.name === 'dense_rank' || this.name === 'percent_rank')
      return `${this.name.toUpperCase()}()`;
    const shown = this.operands;
    return `${this.name}(${shown.map((o) => o.sql(pretty)).join(', ')})${this.ignoreNulls ? ' ignore nulls' : ''}`;
  }
}
