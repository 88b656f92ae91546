import { BOOLEAN, type DataType, StructField, StructType, sameType } from '../../types/index.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { type AttributeSet, Expression, type TypeCheckFailure } from './expression.js';
import { type AttributeReference, isNamed, newExprId } from './named.js';

/** An expression that holds a plan. `outerAttrs` are the outer columns that it reads; `joinCond` is filled by the optimizer
 * when it pulls correlated predicates up. Spark: `SubqueryExpression`. */
export abstract class SubqueryExpression extends Expression {
  abstract readonly plan: LogicalPlan;
  abstract readonly outerAttrs: readonly Expression[];
  abstract readonly exprId: number;
  abstract readonly joinCond: readonly Expression[];
  abstract withPlan(plan: LogicalPlan): SubqueryExpression;
  abstract withOuterAttrs(outerAttrs: readonly Expression[]): SubqueryExpression;
  abstract withJoinCond(joinCond: readonly Expression[]): SubqueryExpression;
  override get hasSubquery(): boolean {
    return true;
  }
  override get resolved(): boolean {
    return this.childrenResolved && this.plan.resolved;
  }
  override get deterministic(): boolean {
    return super.deterministic && this.plan.deterministic;
  }
  get isCorrelated(): boolean {
    return this.outerAttrs.length > 0;
  }
  override collectReferences(into: AttributeSet): void {
    for (const a of this.outerAttrs) a.collectReferences(into);
    // The plan of an unresolved subquery has no output yet; join conditions come with the optimizer.
    if (this.joinCond.length === 0) return;
    const own = this.plan.outputSet;
    for (const c of this.joinCond) for (const r of c.references) if (!own.has(r)) into.add(r);
  }
  protected conditionSql(pretty: boolean): string {
    return [...this.outerAttrs, ...this.joinCond].map((e) => e.sql(pretty)).join(', ');
  }
  protected get conditionString(): string {
    return `[${[...this.outerAttrs, ...this.joinCond].join(' && ')}]`;
  }
}

/** A subquery expression that is its plan and its correlation, and nothing else. */
abstract class PlanSubquery extends SubqueryExpression {
  constructor(
    readonly plan: LogicalPlan,
    readonly outerAttrs: readonly Expression[] = [],
    readonly exprId: number = newExprId(),
    readonly joinCond: readonly Expression[] = [],
  ) {
    super();
  }
  args() {
    return [this.plan, this.outerAttrs, this.exprId, this.joinCond];
  }
  withPlan(plan: LogicalPlan) {
    return this.rebuild([plan, this.outerAttrs, this.exprId, this.joinCond]);
  }
  withOuterAttrs(outerAttrs: readonly Expression[]) {
    return this.rebuild([this.plan, outerAttrs, this.exprId, this.joinCond]);
  }
  withJoinCond(joinCond: readonly Expression[]) {
    return this.rebuild([this.plan, this.outerAttrs, this.exprId, joinCond]);
  }
}

/** One value. No row gives null, more than one row raises SCALAR_SUBQUERY_TOO_MANY_ROWS. Spark: `ScalarSubquery`. */
export class ScalarSubquery extends PlanSubquery {
  readonly kind = 'ScalarSubquery';
  get dataType(): DataType {
    return (this.plan.output[0] as AttributeReference).dataType;
  }
  get nullable() {
    return true;
  }
  protected override canonicalize(): Expression {
    return new ScalarSubquery(
      this.plan.canonicalized,
      this.outerAttrs.map((a) => a.canonicalized),
      0,
      this.joinCond.map((c) => c.canonicalized),
    );
  }
  override toString() {
    return `scalar-subquery#${this.exprId} ${this.conditionString}`;
  }
  override sql(pretty = true) {
    return `scalarsubquery(${this.conditionSql(pretty)})`;
  }
}

/** EXISTS: never null. Spark: `Exists`. */
export class Exists extends PlanSubquery {
  readonly kind = 'Exists';
  get dataType(): DataType {
    return BOOLEAN;
  }
  get nullable() {
    return false;
  }
  protected override canonicalize(): Expression {
    return new Exists(
      this.plan.canonicalized,
      this.outerAttrs.map((a) => a.canonicalized),
      0,
      this.joinCond.map((c) => c.canonicalized),
    );
  }
  override toString() {
    return `exists#${this.exprId} ${this.conditionString}`;
  }
  override sql(pretty = true) {
    return `exists(${this.conditionSql(pretty)})`;
  }
}

/** The right side of IN (query). `childOutputs` are the plan's columns before the optimizer adds more. Spark: `ListQuery`. */
export class ListQuery extends SubqueryExpression {
  readonly kind = 'ListQuery';
  constructor(
    readonly plan: LogicalPlan,
    readonly outerAttrs: readonly Expression[] = [],
    readonly exprId: number = newExprId(),
    readonly numCols = -1,
    readonly joinCond: readonly Expression[] = [],
  ) {
    super();
  }
  args() {
    return [this.plan, this.outerAttrs, this.exprId, this.numCols, this.joinCond];
  }
  withPlan(plan: LogicalPlan) {
    return this.rebuild([plan, this.outerAttrs, this.exprId, this.numCols, this.joinCond]);
  }
  withOuterAttrs(outerAttrs: readonly Expression[]) {
    return this.rebuild([this.plan, outerAttrs, this.exprId, this.numCols, this.joinCond]);
  }
  withJoinCond(joinCond: readonly Expression[]) {
    return this.rebuild([this.plan, this.outerAttrs, this.exprId, this.numCols, joinCond]);
  }
  withNumCols(numCols: number) {
    return this.rebuild([this.plan, this.outerAttrs, this.exprId, numCols, this.joinCond]);
  }
  get childOutputs(): readonly AttributeReference[] {
    return this.numCols < 0 ? this.plan.output : this.plan.output.slice(0, this.numCols);
  }
  override get resolved() {
    return super.resolved && this.numCols !== -1;
  }
  get dataType(): DataType {
    const outputs = this.childOutputs;
    const [first] = outputs;
    if (outputs.length === 1 && first) return first.dataType;
    return new StructType(outputs.map((a) => new StructField(a.name, a.dataType, a.nullable, a.metadata)));
  }
  get nullable() {
    return false;
  }
  protected override canonicalize(): Expression {
    return new ListQuery(
      this.plan.canonicalized,
      this.outerAttrs.map((a) => a.canonicalized),
      0,
      this.numCols,
      this.joinCond.map((c) => c.canonicalized),
    );
  }
  override toString() {
    return `list#${this.exprId} ${this.conditionString}`;
  }
  override sql(pretty = true) {
    return `listquery(${this.conditionSql(pretty)})`;
  }
}

const rowFieldName = (e: Expression, i: number): string => (isNamed(e) ? e.name : `_${i}`);

/** `values IN (query)`. Spark: `InSubquery`. */
export class InSubquery extends Expression {
  readonly kind = 'InSubquery';
  constructor(
    readonly values: readonly Expression[],
    readonly query: ListQuery,
  ) {
    super();
  }
  args() {
    return [this.values, this.query];
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    const right = this.query.childOutputs;
    const { values } = this;
    const text = (es: readonly Expression[]) => es.map((e) => `"${e.sql(true)}"`).join(', ');
    const sqlExpr = `"${this.sql(true)}"`;
    if (values.length !== right.length)
      return {
        condition: 'IN_SUBQUERY_LENGTH_MISMATCH',
        parameters: {
          sqlExpr,
          leftLength: String(values.length),
          rightLength: String(right.length),
          leftColumns: text(values),
          rightColumns: text(right),
        },
      };
    const mismatched = values.flatMap((v, i) => {
      const r = right[i] as AttributeReference;
      if (sameType(v.dataType, r.dataType)) return [];
      return [`(${v.sql(false)}:${v.dataType.simpleString}, ${r.sql(false)}:${r.dataType.simpleString})`];
    });
    if (mismatched.length === 0) return undefined;
    return {
      condition: 'IN_SUBQUERY_DATA_TYPE_MISMATCH',
      parameters: {
        sqlExpr,
        mismatchedColumns: mismatched.join(', '),
        leftType: values.map((v) => `"${v.dataType.sql}"`).join(', '),
        rightType: right.map((a) => `"${a.dataType.sql}"`).join(', '),
      },
    };
  }
  get dataType(): DataType {
    return BOOLEAN;
  }
  get nullable() {
    return this.values.some((v) => v.nullable) || this.query.childOutputs.some((a) => a.nullable);
  }
  override toString() {
    const v =
      this.values.length === 1
        ? String(this.values[0])
        : `named_struct(${this.values.map((x, i) => `${rowFieldName(x, i)}, ${x}`).join(', ')})`;
    return `${v} IN (${this.query})`;
  }
  override sql(pretty: boolean) {
    const v =
      this.values.length === 1
        ? this.values[0]?.sql(pretty)
        : `named_struct(${this.values.map((x, i) => `'${rowFieldName(x, i)}', ${x.sql(pretty)}`).join(', ')})`;
    return `(${v} IN (${this.query.sql(pretty)}))`;
  }
}

/** A relation as an argument of a table function. Spark: `FunctionTableSubqueryArgumentExpression`. */
export class TableArgument extends PlanSubquery {
  readonly kind = 'FunctionTableSubqueryArgumentExpression';
  get dataType(): DataType {
    return new StructType(this.plan.output.map((a) => new StructField(a.name, a.dataType, a.nullable, a.metadata)));
  }
  get nullable() {
    return false;
  }
  override toString() {
    return `table-argument#${this.exprId} ${this.conditionString}`;
  }
  override sql() {
    return `functiontablesubqueryargumentexpression(${this.outerAttrs.map((a) => a.sql(true)).join(', ')})`;
  }
}

/** The right side of a lateral join. Spark: `LateralSubquery`. */
export class LateralSubquery extends PlanSubquery {
  readonly kind = 'LateralSubquery';
  get dataType(): DataType {
    return new StructType(this.plan.output.map((a) => new StructField(a.name, a.dataType, a.nullable, a.metadata)));
  }
  get nullable() {
    return true;
  }
  protected override canonicalize(): Expression {
    return new LateralSubquery(
      this.plan.canonicalized,
      this.outerAttrs.map((a) => a.canonicalized),
      0,
      this.joinCond.map((c) => c.canonicalized),
    );
  }
  override toString() {
    return `lateral-subquery#${this.exprId} ${this.conditionString}`;
  }
  override sql(pretty = true) {
    return `lateralsubquery(${this.conditionSql(pretty)})`;
  }
}
