import type { AggregateFunctionDef, EvalMode } from '../../eval/function.js';
import { BYTE, type DataType, LONG } from '../../types/index.js';
import { argKey } from '../tree-node.js';
import { capturedParts, replacedAggregate } from './captured.js';
import { If } from './conditional.js';
import { Expression, type Ordinals, type TypeCheckFailure } from './expression.js';
import { analysisContext, coercionFailure, RuntimeReplaceable } from './functions.js';
import { newExprId } from './named.js';
import { orderedSql, orderedText, plainOrderedSql } from './ordered-aggregate-text.js';
import { Comparison } from './predicates.js';

/** An aggregate function applied to arguments, not yet placed. Spark: `AggregateFunction`. */
export class AggregateCall extends Expression {
  readonly kind = 'AggregateCall';
  constructor(
    readonly def: AggregateFunctionDef,
    readonly operands: readonly Expression[],
    readonly mode: EvalMode,
    readonly timeZone: string | undefined = undefined,
    readonly shownName: string | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.def, this.operands, this.mode, this.timeZone, this.shownName];
  }
  protected override keyArgs() {
    const [name, mode] = capturedParts(this.def, this.mode, undefined);
    return [name, this.operands, mode];
  }
  protected override canonicalize(): Expression {
    return this.replaced?.canonicalized ?? this.withCanonicalizedChildren();
  }
  override canonicalKey(input: Ordinals): string {
    return this.replaced?.canonicalKey(input) ?? this.keyOfCanonicalChildren(input);
  }
  private get replaced(): AggregateCall | undefined {
    const call = replacedAggregate(
      this.def,
      this.operands,
      (a, b, nothing) =>
        new RuntimeReplaceable('nullif', [a, b], new If(new Comparison('EqualTo', a, b), nothing, a), true),
    );
    return call && new AggregateCall(call.def, call.operands, this.mode, this.timeZone);
  }
  override get nodeName() {
    return this.def.sparkClass;
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    const failure = coercionFailure(this, this.def, this.operands, this.mode, this.timeZone);
    return failure && { ...failure, parameters: { ...failure.parameters, sqlExpr: `"${this.plainSql}"` } };
  }
  get dataType(): DataType {
    return this.def.returnType(
      this.operands.map((o) => o.dataType),
      analysisContext(this.operands, this.mode, this.timeZone ?? 'UTC'),
    );
  }
  get nullable() {
    return this.def.nullability !== 'never';
  }
  override get deterministic() {
    return this.def.deterministic !== false && super.deterministic;
  }
  get name() {
    return this.shownName ?? this.def.name;
  }
  override toString() {
    return this.text(false);
  }
  /** As `AggregateExpression` shows it; buffers' offsets are arguments of some of Spark's classes. */
  text(isDistinct: boolean): string {
    const ordered = orderedText(this, isDistinct);
    if (ordered) return ordered;
    const extra = BUFFERED.has(this.def.sparkClass)
      ? [...(this.operands.length > 1 ? [] : (RATES[this.def.sparkClass] ?? [])), '0', '0']
      : [];
    return `${this.name}(${isDistinct ? 'distinct ' : ''}${[...this.operands, ...extra, ...(this.def.sparkClass === 'Percentile' ? ['false'] : [])].join(', ')})`;
  }
  override sql(pretty: boolean) {
    return this.sqlText(pretty, false);
  }
  /** The call as its operands, without WITHIN GROUP. */
  get plainSql(): string {
    return plainOrderedSql(this) ?? this.sql(true);
  }
  sqlText(pretty: boolean, isDistinct: boolean): string {
    const ordered = orderedSql(this, pretty, isDistinct);
    if (ordered) return ordered;
    // Whether nulls are passed over is not an operand of Spark's First and Last.
    const shown = POSITIONAL.has(this.def.sparkClass) ? this.operands.slice(0, 1) : this.operands;
    return `${this.name}(${isDistinct ? 'DISTINCT ' : ''}${shown.map((o) => o.sql(pretty)).join(', ')})`;
  }
}
const POSITIONAL: ReadonlySet<string> = new Set(['First', 'Last', 'AnyValue']);
const BUFFERED: ReadonlySet<string> = new Set([
  'ApproximatePercentile',
  'BitmapConstructAgg',
  'CollectList',
  'CollectSet',
  'CountMinSketchAgg',
  'HistogramNumeric',
  'HyperLogLogPlusPlus',
  'Percentile',
  'PivotFirst',
]);
const RATES: Readonly<Record<string, readonly string[]>> = { HyperLogLogPlusPlus: ['0.05'] };

/** An aggregate function in place: distinct or not, perhaps filtered. Spark: `AggregateExpression`. */
export class AggregateExpression extends Expression {
  readonly kind = 'AggregateExpression';
  constructor(
    readonly aggregateFunction: AggregateCall,
    readonly isDistinct: boolean,
    readonly filter: Expression | undefined = undefined,
    readonly resultId: number = newExprId(),
  ) {
    super();
  }
  args() {
    return [this.aggregateFunction, this.isDistinct, this.filter, this.resultId];
  }
  get dataType(): DataType {
    return this.aggregateFunction.dataType;
  }
  get nullable() {
    return this.aggregateFunction.nullable;
  }
  protected override canonicalize(): Expression {
    return new AggregateExpression(
      this.aggregateFunction.canonicalized as AggregateCall,
      this.isDistinct,
      this.filter?.canonicalized,
      0,
    );
  }
  override canonicalKey(input: Ordinals): string {
    const filter = this.filter?.canonicalKey(input) ?? argKey(undefined);
    return `AggregateExpression(${this.aggregateFunction.canonicalKey(input)},${this.isDistinct},${filter},0)`;
  }
  override toString() {
    const { aggregateFunction: f } = this;
    const call = f.text(this.isDistinct);
    return this.filter ? `${call} FILTER (WHERE ${this.filter})` : call;
  }
  override sql(pretty: boolean) {
    const { aggregateFunction: f } = this;
    const call = f.sqlText(pretty, this.isDistinct);
    return this.filter ? `${call} FILTER (WHERE ${this.filter.sql(pretty)})` : call;
  }
}

/** GROUP BY ROLLUP, CUBE, GROUPING SETS before the analyzer expands them. Spark: `BaseGroupingSets`. */
export class GroupingSetsExpression extends Expression {
  readonly kind = 'GroupingSetsExpression';
  constructor(
    readonly form: 'rollup' | 'cube' | 'grouping sets',
    /** For rollup and cube: the columns, grouped as written; for grouping sets: the sets. */
    readonly groups: readonly (readonly Expression[])[],
    /** Grouping sets with a separate column list (`GROUP BY a, b GROUPING SETS (…)`). */
    readonly userGiven: readonly Expression[] = [],
  ) {
    super();
  }
  args() {
    return [this.form, this.groups, this.userGiven];
  }
  get dataType(): DataType {
    return LONG;
  }
  get nullable() {
    return false;
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return `${this.form}(${this.groups.map((g) => `(${g.join(', ')})`).join(', ')})`;
  }
  override sql(pretty: boolean) {
    return `${this.form}(${this.groups.map((g) => `(${g.map((e) => e.sql(pretty)).join(', ')})`).join(', ')})`;
  }
}

/** `grouping(col)`; replaced by the analyzer. Spark: `Grouping`. */
export class Grouping extends Expression {
  readonly kind = 'Grouping';
  constructor(readonly child: Expression) {
    super();
  }
  args() {
    return [this.child];
  }
  get dataType(): DataType {
    return BYTE;
  }
  get nullable() {
    return false;
  }
  override toString() {
    return `grouping(${this.child})`;
  }
  override sql(pretty: boolean) {
    return `grouping(${this.child.sql(pretty)})`;
  }
}

/** `grouping_id(cols…)`; replaced by the analyzer. Spark: `GroupingID`. */
export class GroupingId extends Expression {
  readonly kind = 'GroupingID';
  constructor(readonly groupByExprs: readonly Expression[]) {
    super();
  }
  args() {
    return [this.groupByExprs];
  }
  get dataType(): DataType {
    return LONG;
  }
  get nullable() {
    return false;
  }
  override toString() {
    return `grouping_id(${this.groupByExprs.join(', ')})`;
  }
  override sql(pretty: boolean) {
    return `grouping_id(${this.groupByExprs.map((e) => e.sql(pretty)).join(', ')})`;
  }
}

/** Whether an expression holds an aggregate that is not inside a window. */
export function containsAggregate(e: Expression): boolean {
  if (e instanceof AggregateExpression) return true;
  if (e.kind === 'WindowExpression') return e.children.some((c) => c.children.some(containsAggregate));
  return e.children.some(containsAggregate);
}
