import type { SqlFunction } from '../expressions/sql-function.js';
import { type LogicalPlan, UnaryNode } from './logical-plan.js';

/** Marks where a table function's body begins. Removed by the optimizer. Spark: `SQLFunctionNode`. */
export class SqlFunctionNode extends UnaryNode {
  readonly kind = 'SQLFunctionNode';
  constructor(
    readonly f: SqlFunction,
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.f, this.child];
  }
  protected override keyArgs() {
    return [this.f.name, this.child];
  }
  override get output() {
    return this.child.output;
  }
  override get maxRows() {
    return this.child.maxRows;
  }
  protected override stringArgs() {
    return [this.f.name];
  }
}
