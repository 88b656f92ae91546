import { internalError } from '../../errors/index.js';
import { type DataType, quoteIfNeeded } from '../../types/index.js';
import { Expression, LeafExpression } from './expression.js';
import type { SortOrder } from './named.js';

function noType(e: Expression): never {
  throw internalError(`${e.kind} has no type before analysis: ${e}`);
}

/** A column by name, `nameParts` as written without quotes. Spark: `UnresolvedAttribute`. */
export class UnresolvedAttribute extends LeafExpression {
  readonly kind = 'UnresolvedAttribute';
  constructor(
    readonly nameParts: readonly string[],
    /** Set for `df["a"]`: the id of the plan that the column belongs to. */
    readonly planId: number | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.planId];
  }
  get name() {
    return this.nameParts.map((p) => (p.includes('.') ? `\`${p}\`` : p)).join('.');
  }
  get dataType(): DataType {
    return noType(this);
  }
  get nullable(): boolean {
    return noType(this);
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return `'${this.name}`;
  }
  override sql() {
    return this.nameParts.map(quoteIfNeeded).join('.');
  }
}

/** `*`, `t.*`, `* EXCEPT (…)`. Spark: `UnresolvedStar`, `UnresolvedStarExceptOrReplace`. */
export class UnresolvedStar extends LeafExpression {
  readonly kind = 'UnresolvedStar';
  constructor(
    readonly target: readonly string[] | undefined = undefined,
    readonly except: readonly (readonly string[])[] = [],
    /** What takes the place of each excepted column, under its name; undefined: nothing. */
    readonly replacements: readonly Expression[] | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.target, this.except, this.replacements];
  }
  get dataType(): DataType {
    return noType(this);
  }
  get nullable(): boolean {
    return noType(this);
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return this.target ? `${this.target.join('.')}.*` : '*';
  }
  override sql() {
    return this.toString();
  }
}

/** Columns whose names match a regular expression (`df.colRegex`). Spark: `UnresolvedRegex`. */
export class UnresolvedRegex extends LeafExpression {
  readonly kind = 'UnresolvedRegex';
  constructor(
    readonly pattern: string,
    readonly table: string | undefined,
    readonly caseSensitive: boolean,
  ) {
    super();
  }
  args() {
    return [this.pattern, this.table, this.caseSensitive];
  }
  get dataType(): DataType {
    return noType(this);
  }
  get nullable(): boolean {
    return noType(this);
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return `${this.table ? `${this.table}.` : ''}${this.pattern}`;
  }
  override sql() {
    return this.toString();
  }
}

/** A select item that still lacks a name. Spark: `UnresolvedAlias`. */
export class UnresolvedAlias extends Expression {
  readonly kind = 'UnresolvedAlias';
  constructor(readonly child: Expression) {
    super();
  }
  args() {
    return [this.child];
  }
  get dataType(): DataType {
    return noType(this);
  }
  get nullable(): boolean {
    return noType(this);
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return `unresolvedalias(${this.child})`;
  }
  override sql(pretty: boolean) {
    return this.child.sql(pretty);
  }
}

/** A function call by name: scalar, aggregate, window or generator. Spark: `UnresolvedFunction`. */
export class UnresolvedFunction extends Expression {
  readonly kind = 'UnresolvedFunction';
  constructor(
    readonly nameParts: readonly string[],
    readonly operands: readonly Expression[],
    readonly isDistinct = false,
    readonly filter: Expression | undefined = undefined,
    readonly ignoreNulls = false,
    readonly withinGroup: readonly SortOrder[] = [],
    /** Built by an operator of the language rather than by name, so that no user function may take its place. */
    readonly isInternal = false,
  ) {
    super();
  }
  args() {
    return [
      this.nameParts,
      this.operands,
      this.isDistinct,
      this.filter,
      this.ignoreNulls,
      this.withinGroup,
      this.isInternal,
    ];
  }
  get name() {
    return this.nameParts.at(-1) as string;
  }
  get dataType(): DataType {
    return noType(this);
  }
  get nullable(): boolean {
    return noType(this);
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return `'${this.nameParts.join('.')}(${this.isDistinct ? 'distinct ' : ''}${this.operands.join(', ')})`;
  }
  override sql(pretty: boolean) {
    return `${this.nameParts.map(quoteIfNeeded).join('.')}(${this.isDistinct ? 'DISTINCT ' : ''}${this.operands.map((o) => o.sql(pretty)).join(', ')})`;
  }
}

/** `child.name` or `child[index]`, by the child's type: field, element or entry. Spark: `UnresolvedExtractValue`. */
export class UnresolvedExtractValue extends Expression {
  readonly kind = 'UnresolvedExtractValue';
  constructor(
    readonly child: Expression,
    readonly extraction: Expression,
  ) {
    super();
  }
  args() {
    return [this.child, this.extraction];
  }
  get dataType(): DataType {
    return noType(this);
  }
  get nullable(): boolean {
    return noType(this);
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return `${this.child}[${this.extraction}]`;
  }
  override sql(pretty: boolean) {
    return `${this.child.sql(pretty)}[${this.extraction.sql(pretty)}]`;
  }
}

/** `name => value` in a call. Spark: `NamedArgumentExpression`. */
export class NamedArgumentExpression extends Expression {
  readonly kind = 'NamedArgumentExpression';
  constructor(
    readonly name: string,
    readonly value: Expression,
  ) {
    super();
  }
  args() {
    return [this.name, this.value];
  }
  get dataType(): DataType {
    return this.value.dataType;
  }
  get nullable() {
    return this.value.nullable;
  }
  override toString() {
    return `${this.name} => ${this.value}`;
  }
  override sql(pretty: boolean) {
    return `${this.name} => ${this.value.sql(pretty)}`;
  }
}

/** `:name` (a string) or `?` (its offset in the text). Spark: `NamedParameter`, `PosParameter`. */
export class ParameterMarker extends LeafExpression {
  readonly kind = 'ParameterMarker';
  constructor(readonly marker: string | number) {
    super();
  }
  args() {
    return [this.marker];
  }
  get dataType(): DataType {
    return noType(this);
  }
  get nullable(): boolean {
    return noType(this);
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return typeof this.marker === 'string' ? `namedparameter(${this.marker})` : `posparameter(${this.marker})`;
  }
  override sql() {
    return typeof this.marker === 'string' ? `:${this.marker}` : '?';
  }
}

/** A position in the select list (`ORDER BY 1`), 1-based. Spark: `UnresolvedOrdinal`. */
export class UnresolvedOrdinal extends LeafExpression {
  readonly kind = 'UnresolvedOrdinal';
  constructor(readonly ordinal: number) {
    super();
  }
  args() {
    return [this.ordinal];
  }
  get dataType(): DataType {
    return noType(this);
  }
  get nullable(): boolean {
    return noType(this);
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return `unresolvedordinal(${this.ordinal})`;
  }
  override sql() {
    return String(this.ordinal);
  }
}

/** An item of a pipe step, checked once it is resolved: `|> AGGREGATE` needs an aggregate function in it, the other steps allow
 * none. Spark: `PipeExpression`. */
export class PipeExpression extends Expression {
  readonly kind = 'PipeExpression';
  constructor(
    readonly child: Expression,
    readonly isAggregate: boolean,
    readonly clause: string,
  ) {
    super();
  }
  args() {
    return [this.child, this.isAggregate, this.clause];
  }
  get dataType(): DataType {
    return this.child.dataType;
  }
  get nullable() {
    return this.child.nullable;
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return this.child.toString();
  }
  override sql(pretty: boolean) {
    return this.child.sql(pretty);
  }
}

/** A position among the input's columns: `|> AGGREGATE … GROUP BY 1`. Spark: `UnresolvedPipeAggregateOrdinal`. */
export class PipeAggregateOrdinal extends LeafExpression {
  readonly kind = 'UnresolvedPipeAggregateOrdinal';
  constructor(readonly ordinal: number) {
    super();
  }
  args() {
    return [this.ordinal];
  }
  get dataType(): DataType {
    return noType(this);
  }
  get nullable(): boolean {
    return noType(this);
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return `unresolvedpipeaggregateordinal(${this.ordinal})`;
  }
  override sql() {
    return String(this.ordinal);
  }
}
