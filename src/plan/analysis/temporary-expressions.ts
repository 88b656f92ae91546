import type { DataType } from '../../types/index.js';
import { Expression, LeafExpression } from '../expressions/expression.js';

/** A column of HAVING, ORDER BY or WHERE that was looked up below an Aggregate and stays only if it ends up inside an
 * aggregate function or a grouping expression. `hasTried`: it did not. Spark: `TempResolvedColumn`. */
export class TempResolvedColumn extends Expression {
  readonly kind = 'TempResolvedColumn';
  constructor(
    readonly child: Expression,
    readonly nameParts: readonly string[],
    readonly hasTried = false,
  ) {
    super();
  }
  args() {
    return [this.child, this.nameParts, this.hasTried];
  }
  override get resolved() {
    return this.child.resolved && !this.hasTried;
  }
  get dataType(): DataType {
    return this.child.dataType;
  }
  get nullable() {
    return this.child.nullable;
  }
  protected override canonicalize(): Expression {
    return this.child.canonicalized;
  }
  override toString() {
    return `tempresolvedcolumn(${this.child}, ${this.nameParts.join(', ')}, ${this.hasTried})`;
  }
  override sql(pretty: boolean) {
    return this.child.sql(pretty);
  }
}

/** A column that names an alias further left in the same select list. `ne` is that column, unresolved while the alias is.
 * Spark: `LateralColumnAliasReference`. */
export class LateralColumnAliasReference extends LeafExpression {
  readonly kind = 'LateralColumnAliasReference';
  constructor(
    readonly ne: Expression,
    readonly nameParts: readonly string[],
    readonly aliasId: number,
  ) {
    super();
  }
  args() {
    return [this.ne, this.nameParts, this.aliasId];
  }
  override get resolved() {
    return this.ne.resolved;
  }
  get dataType(): DataType {
    return this.ne.dataType;
  }
  get nullable() {
    return this.ne.nullable;
  }
  override toString() {
    return `lateralAliasReference(${this.nameParts.join('.')})`;
  }
  override sql() {
    return `lateralAliasReference(${this.nameParts.join('.')})`;
  }
}

export function hasLateralAlias(e: Expression): boolean {
  return e.exists((x) => x instanceof LateralColumnAliasReference);
}
