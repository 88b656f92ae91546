import { internalError } from '../../errors/index.js';
import type { Expression } from '../expressions/expression.js';
import type { SortOrder } from '../expressions/named.js';
import type { WindowSpecDefinition } from '../expressions/window.js';
import { type Attributes, LeafNode, LogicalPlan, UnaryNode } from './logical-plan.js';

function noOutput(p: LogicalPlan): never {
  throw internalError(`${p.kind} has no output before analysis`);
}

/** A table or view by name. Spark: `UnresolvedRelation`. */
export class UnresolvedRelation extends LeafNode {
  readonly kind = 'UnresolvedRelation';
  constructor(
    readonly nameParts: readonly string[],
    readonly options: Readonly<Record<string, string>> = {},
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.options];
  }
  override get output(): Attributes {
    return [];
  }
  override get resolved() {
    return false;
  }
  protected override stringArgs() {
    return [`[${this.nameParts.join(', ')}]`, '[]', 'false'];
  }
}

/** A table function in FROM. Spark: `UnresolvedTableValuedFunction`. */
export class UnresolvedTableValuedFunction extends LeafNode {
  readonly kind = 'UnresolvedTableValuedFunction';
  constructor(
    readonly nameParts: readonly string[],
    readonly functionArgs: readonly Expression[],
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.functionArgs];
  }
  override get output(): Attributes {
    return [];
  }
  override get resolved() {
    return false;
  }
}

/** VALUES. Spark: `UnresolvedInlineTable`. */
export class UnresolvedInlineTable extends LeafNode {
  readonly kind = 'UnresolvedInlineTable';
  constructor(
    readonly names: readonly string[],
    readonly rows: readonly (readonly Expression[])[],
  ) {
    super();
  }
  args() {
    return [this.names, this.rows];
  }
  override get output(): Attributes {
    return [];
  }
  override get resolved() {
    return false;
  }
}

/** `AS t(a, b)`: new column names by position. Spark: `UnresolvedSubqueryColumnAliases`. */
export class UnresolvedSubqueryColumnAliases extends UnaryNode {
  readonly kind = 'UnresolvedSubqueryColumnAliases';
  constructor(
    readonly names: readonly string[],
    readonly child: LogicalPlan,
    /** The table function that the columns are of. */
    readonly functionName: string | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.names, this.child, this.functionName];
  }
  override get output(): Attributes {
    return [];
  }
  override get resolved() {
    return false;
  }
}

/** A hint by name, over the plan that it is about. Unknown hints are dropped with a warning. Spark: `UnresolvedHint`. */
export class UnresolvedHint extends UnaryNode {
  readonly kind = 'UnresolvedHint';
  constructor(
    readonly name: string,
    readonly parameters: readonly (Expression | string | number)[],
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.name, this.parameters, this.child];
  }
  override get output() {
    return this.child.output;
  }
  override get resolved() {
    return false;
  }
}

/** HAVING over an aggregate. Spark: `UnresolvedHaving`. */
export class UnresolvedHaving extends UnaryNode {
  readonly kind = 'UnresolvedHaving';
  constructor(
    readonly condition: Expression,
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.condition, this.child];
  }
  override get output() {
    return this.child.output;
  }
  override get resolved() {
    return false;
  }
}

/** WITH: `ctes[i]` is a name with its (aliased) plan. Spark: `UnresolvedWith`. */
export class UnresolvedWith extends LogicalPlan {
  readonly kind = 'UnresolvedWith';
  constructor(
    readonly child: LogicalPlan,
    readonly names: readonly string[],
    readonly ctes: readonly LogicalPlan[],
  ) {
    super();
  }
  args() {
    return [this.child, this.names, this.ctes];
  }
  override get output() {
    return this.child.output;
  }
  override get resolved() {
    return false;
  }
}

/** WINDOW clause: `specs[i]` is the definition, or the name of another window. Spark: `WithWindowDefinition`. */
export class WithWindowDefinition extends UnaryNode {
  readonly kind = 'WithWindowDefinition';
  constructor(
    readonly names: readonly string[],
    readonly specs: readonly WindowSpecDefinition[],
    readonly child: LogicalPlan,
    /** Of a pipe step: plans below do not know these windows. */
    readonly ownOnly = false,
  ) {
    super();
  }
  args() {
    return [this.names, this.specs, this.child, this.ownOnly];
  }
  override get output() {
    return this.child.output;
  }
}

/** PIVOT. `values` are literals (perhaps aliased or structs). Spark: `Pivot`. */
export class Pivot extends UnaryNode {
  readonly kind = 'Pivot';
  constructor(
    /** From the API: the grouping; in SQL undefined: all columns not used elsewhere. */
    readonly groupByExprs: readonly Expression[] | undefined,
    readonly pivotColumn: Expression,
    readonly pivotValues: readonly Expression[],
    readonly aggregates: readonly Expression[],
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.groupByExprs, this.pivotColumn, this.pivotValues, this.aggregates, this.child];
  }
  override get output(): Attributes {
    return noOutput(this);
  }
  override get resolved() {
    return false;
  }
}

/** UNPIVOT. Spark: `Unpivot`. */
export class Unpivot extends UnaryNode {
  readonly kind = 'Unpivot';
  constructor(
    readonly ids: readonly Expression[] | undefined,
    /** Each value is one or several columns. */
    readonly values: readonly (readonly Expression[])[] | undefined,
    readonly aliases: readonly (string | undefined)[] | undefined,
    readonly variableColumnName: string,
    readonly valueColumnNames: readonly string[],
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.ids, this.values, this.aliases, this.variableColumnName, this.valueColumnNames, this.child];
  }
  override get output(): Attributes {
    return noOutput(this);
  }
  override get resolved() {
    return false;
  }
}

/** A query whose columns the parser could not name (`SELECT *, explode(…)` is a plain Project); LATERAL VIEW before its
 * generator is known. Spark: `Generate` over `UnresolvedGenerator`. */
export class UnresolvedGenerate extends UnaryNode {
  readonly kind = 'UnresolvedGenerate';
  constructor(
    readonly generatorName: readonly string[],
    readonly generatorArgs: readonly Expression[],
    readonly outer: boolean,
    readonly qualifier: string | undefined,
    readonly columnNames: readonly string[],
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.generatorName, this.generatorArgs, this.outer, this.qualifier, this.columnNames, this.child];
  }
  override get output() {
    return this.child.output;
  }
  override get resolved() {
    return false;
  }
}

/** GROUP BY ALL and ORDER BY ALL markers. Spark: `UnresolvedOrderByAll` and `ResolveReferencesInAggregate`. */
export class UnresolvedOrderByAll extends UnaryNode {
  readonly kind = 'UnresolvedOrderByAll';
  constructor(
    readonly order: SortOrder,
    readonly global: boolean,
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.order, this.global, this.child];
  }
  override get output() {
    return this.child.output;
  }
  override get resolved() {
    return false;
  }
}
