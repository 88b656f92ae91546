import { internalError } from '../../errors/index.js';
import type { DataType } from '../../types/index.js';
import { Expression, LeafExpression } from './expression.js';
import { newExprId } from './named.js';

/** A lambda's parameter, bound. Spark: `NamedLambdaVariable`. */
export class NamedLambdaVariable extends LeafExpression {
  readonly kind = 'NamedLambdaVariable';
  constructor(
    readonly name: string,
    readonly dataType: DataType,
    readonly nullable: boolean,
    readonly exprId: number = newExprId(),
  ) {
    super();
  }
  args() {
    return [this.name, this.dataType, this.nullable, this.exprId];
  }
  protected override keyArgs() {
    return [this.name, this.dataType.sql, this.nullable, this.exprId];
  }
  override toString() {
    return `lambda ${this.name}#${this.exprId}${this.dataType.kind === 'long' ? 'L' : ''}`;
  }
  override sql() {
    return `namedlambdavariable()`;
  }
}

/** A lambda's parameter before types are known. Spark: `UnresolvedNamedLambdaVariable`. */
export class UnresolvedNamedLambdaVariable extends LeafExpression {
  readonly kind = 'UnresolvedNamedLambdaVariable';
  constructor(readonly nameParts: readonly string[]) {
    super();
  }
  args() {
    return [this.nameParts];
  }
  get name() {
    return this.nameParts.join('.');
  }
  get dataType(): DataType {
    throw internalError('an unresolved lambda variable has no type');
  }
  get nullable() {
    return true;
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return `lambda '${this.name}`;
  }
  override sql() {
    return this.name;
  }
}

/** `(parameters) -> body`. `hidden`: made by the engine around a plain expression. Spark: `LambdaFunction`. */
export class LambdaFunction extends Expression {
  readonly kind = 'LambdaFunction';
  constructor(
    readonly body: Expression,
    readonly parameters: readonly (NamedLambdaVariable | UnresolvedNamedLambdaVariable)[],
    readonly hidden = false,
  ) {
    super();
  }
  args() {
    return [this.body, this.parameters, this.hidden];
  }
  get bound(): boolean {
    return this.parameters.every((p) => p instanceof NamedLambdaVariable);
  }
  get dataType(): DataType {
    return this.body.dataType;
  }
  get nullable() {
    return this.body.nullable;
  }
  protected override canonicalize(): Expression {
    const ids = new Map(this.parameters.map((p, i) => [(p as NamedLambdaVariable).exprId, i]));
    const depth = lambdaDepth(this.body);
    const renamed = this.transformUp((e) => {
      if (!(e instanceof NamedLambdaVariable)) return e;
      const index = ids.get(e.exprId);
      return index === undefined
        ? e
        : new NamedLambdaVariable('none', e.dataType, e.nullable, -1 - index - 100 * depth);
    }) as LambdaFunction;
    return new LambdaFunction(
      renamed.body.canonicalized,
      renamed.parameters.map((p) => p.canonicalized as NamedLambdaVariable),
      this.hidden,
    );
  }
  override toString() {
    return `lambdafunction(${[this.body, ...this.parameters].join(', ')}, ${this.hidden})`;
  }
  override sql(pretty: boolean) {
    return `lambdafunction(${[this.body, ...this.parameters].map((e) => e.sql(pretty)).join(', ')})`;
  }
}

/** How deep lambdas nest, so that inner and outer parameters get different canonical ids. */
function lambdaDepth(e: Expression): number {
  const inner = Math.max(0, ...e.children.map(lambdaDepth));
  return e instanceof LambdaFunction ? inner + 1 : inner;
}
