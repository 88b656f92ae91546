import type { DataType } from '../../types/index.js';
import type { AnalyzerCatalog, AnalyzerConf } from '../catalog-view.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import type { RoutineColumn } from '../logical/routine-commands.js';
import { type AttributeSet, Expression, LeafExpression } from './expression.js';

/** A function whose body is SQL text, analyzed anew at each use under the confs it was made with. Spark: `SQLFunction`. */
export interface SqlFunction {
  /** As plans show it: `spark_catalog.default.f`, or `f` of a temporary function. */
  readonly name: string;
  readonly nameParts: readonly string[];
  readonly parameters: readonly RoutineColumn[];
  /** Of a scalar function. */
  readonly returnType: DataType | undefined;
  /** Of a table function. */
  readonly columns: readonly RoutineColumn[] | undefined;
  readonly deterministic: boolean;
  readonly conf: AnalyzerConf;
  readonly catalog: AnalyzerCatalog;
  /** The body, parsed: one of both. */
  readonly body: () => { readonly expression?: Expression; readonly query?: LogicalPlan };
  readonly parseDefault: (text: string) => Expression;
}

/** A call of a scalar SQL function, before its body takes its place. Spark: `SQLFunctionExpression`. */
export class SqlFunctionExpression extends Expression {
  readonly kind = 'SQLFunctionExpression';
  constructor(
    readonly f: SqlFunction,
    readonly inputs: readonly Expression[],
  ) {
    super();
  }
  args() {
    return [this.f, this.inputs];
  }
  protected override keyArgs() {
    return [this.f.name, this.inputs];
  }
  get dataType(): DataType {
    return this.f.returnType as DataType;
  }
  get nullable() {
    return true;
  }
  override toString() {
    return `${this.f.name}(${this.inputs.join(', ')})`;
  }
  override sql(pretty: boolean) {
    return `${this.f.name}(${this.inputs.map((i) => i.sql(pretty)).join(', ')})`;
  }
}

/** The body of a SQL function in place of the call; `inputs` are for display. Spark: `SQLScalarFunction`. */
export class SqlScalarFunction extends Expression {
  readonly kind = 'SQLScalarFunction';
  constructor(
    readonly f: SqlFunction,
    readonly inputs: { readonly list: readonly Expression[] },
    readonly child: Expression,
  ) {
    super();
  }
  args() {
    return [this.f, this.inputs, this.child];
  }
  protected override keyArgs() {
    return [this.f.name, this.child];
  }
  protected override canonicalize(): Expression {
    return new SqlScalarFunction(this.f, { list: [] }, this.child.canonicalized);
  }
  get dataType(): DataType {
    return this.child.dataType;
  }
  get nullable() {
    return this.child.nullable;
  }
  override get foldable() {
    return this.child.foldable;
  }
  override get deterministic() {
    return this.f.deterministic && this.child.deterministic;
  }
  override toString() {
    return `${this.f.name}(${this.inputs.list.join(', ')})`;
  }
  override sql(_pretty: boolean) {
    return `${this.f.name}(${this.inputs.list.map((i) => i.sql(false)).join(', ')})`;
  }
}

/** An argument of a SQL function while the body is analyzed apart from the query: known by its type only. */
export class FunctionInput extends LeafExpression {
  readonly kind = 'FunctionInput';
  constructor(readonly input: { readonly expression: Expression }) {
    super();
  }
  args() {
    return [this.input];
  }
  protected override keyArgs() {
    return [this.input.expression];
  }
  get dataType(): DataType {
    return this.input.expression.dataType;
  }
  get nullable() {
    return this.input.expression.nullable;
  }
  override get foldable() {
    return this.input.expression.foldable;
  }
  override get deterministic() {
    return this.input.expression.deterministic;
  }
  override collectReferences(_into: AttributeSet): void {}
  override toString() {
    return this.input.expression.toString();
  }
  override sql(pretty: boolean) {
    return this.input.expression.sql(pretty);
  }
}
