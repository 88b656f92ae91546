import { type DataType, EMPTY_METADATA, isOrderable, LONG, type Metadata, quoteIfNeeded } from '../../types/index.js';
import { type AttributeSet, Expression, LeafExpression, type Ordinals, type TypeCheckFailure } from './expression.js';

let lastExprId = 0;
/** Ids are drawn for the whole process, so that attributes of different queries never collide. Spark: `NamedExpression.newExprId`. */
export function newExprId(): number {
  return ++lastExprId;
}

export type Qualifier = readonly string[];

/** What may stand in a select list: has a name and, once resolved, an id. Spark: `NamedExpression`. */
export type NamedExpression = AttributeReference | Alias | OuterReference;

export function isNamed(e: Expression): e is NamedExpression {
  return e instanceof AttributeReference || e instanceof Alias || e instanceof OuterReference;
}

export function toAttribute(e: NamedExpression): AttributeReference {
  if (e instanceof AttributeReference) return e;
  if (e instanceof OuterReference) return e.child;
  return e.toAttribute();
}

function typeSuffix(t: DataType | undefined): string {
  return t === LONG ? 'L' : '';
}

const SHARED_ORDINALS = 64;
const canonicalColumns = new WeakMap<DataType, AttributeReference[]>();

/** A column of a relation, by id. Names and qualifiers serve resolution and printing only. Spark: `AttributeReference`. */
export class AttributeReference extends LeafExpression {
  readonly kind = 'AttributeReference';
  constructor(
    readonly name: string,
    readonly dataType: DataType,
    readonly nullable: boolean,
    readonly exprId: number,
    readonly qualifier: Qualifier = [],
    readonly metadata: Metadata = EMPTY_METADATA,
  ) {
    super();
  }
  args() {
    return [this.name, this.dataType, this.nullable, this.exprId, this.qualifier, this.metadata];
  }
  static create(
    name: string,
    dataType: DataType,
    nullable = true,
    qualifier: Qualifier = [],
    metadata = EMPTY_METADATA,
  ) {
    return new AttributeReference(name, dataType, nullable, newExprId(), qualifier, metadata);
  }
  protected override keyArgs() {
    return [this.name, this.dataType.sql, this.nullable, this.exprId];
  }
  protected override canonicalize(): Expression {
    return AttributeReference.canonical(this.dataType, this.exprId);
  }
  override canonicalKey(input: Ordinals): string {
    const ordinal = input.indexOf(this.exprId);
    return AttributeReference.canonical(this.dataType, ordinal === -1 ? this.exprId : ordinal).key;
  }
  /** The nameless column that stands for the input's `ordinal`-th in canonical plans. Small ones are made once: look-ups in the
   * cache make little else. */
  static canonical(dataType: DataType, ordinal: number): AttributeReference {
    if (ordinal < 0 || ordinal >= SHARED_ORDINALS) return new AttributeReference('none', dataType, true, ordinal);
    let made = canonicalColumns.get(dataType);
    if (!made) canonicalColumns.set(dataType, (made = []));
    made[ordinal] ??= new AttributeReference('none', dataType, true, ordinal);
    return made[ordinal];
  }
  override collectReferences(into: AttributeSet): void {
    into.add(this);
  }
  /** Queries share the columns of a table: they keep no query's place. */
  override spreadOrigin(): this {
    return this;
  }
  override semanticEquals(other: Expression): boolean {
    return other instanceof AttributeReference && other.exprId === this.exprId;
  }
  private with(
    change: Partial<Pick<AttributeReference, 'name' | 'dataType' | 'nullable' | 'exprId' | 'qualifier' | 'metadata'>>,
  ): AttributeReference {
    return this.rebuild([
      change.name ?? this.name,
      change.dataType ?? this.dataType,
      change.nullable ?? this.nullable,
      change.exprId ?? this.exprId,
      change.qualifier ?? this.qualifier,
      change.metadata ?? this.metadata,
    ]);
  }
  withName(name: string) {
    return this.with({ name });
  }
  withNullability(nullable: boolean) {
    return this.with({ nullable });
  }
  withQualifier(qualifier: Qualifier) {
    return this.with({ qualifier });
  }
  withExprId(exprId: number) {
    return this.with({ exprId });
  }
  withDataType(dataType: DataType) {
    return this.with({ dataType });
  }
  withMetadata(metadata: Metadata) {
    return this.with({ metadata });
  }
  newInstance() {
    return this.withExprId(newExprId());
  }
  get qualifiedName(): string {
    return [...this.qualifier, this.name].map(quoteIfNeeded).join('.');
  }
  override toString() {
    return `${this.name}#${this.exprId}${typeSuffix(this.dataType)}`;
  }
  override sql(pretty: boolean) {
    return pretty ? this.name : this.qualifiedName;
  }
}

/** Gives an expression a name and an id. Spark: `Alias`. */
export class Alias extends Expression {
  readonly kind = 'Alias';
  constructor(
    readonly child: Expression,
    readonly name: string,
    readonly exprId: number = newExprId(),
    readonly qualifier: Qualifier = [],
    readonly explicitMetadata: Metadata | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.child, this.name, this.exprId, this.qualifier, this.explicitMetadata];
  }
  protected override keyArgs() {
    const { child, name, exprId, qualifier } = this;
    return qualifier.length === 0 ? [child, name, exprId] : [child, name, exprId, qualifier];
  }
  get dataType(): DataType {
    return this.child.dataType;
  }
  get nullable(): boolean {
    return this.child.nullable;
  }
  get metadata(): Metadata {
    if (this.explicitMetadata) return this.explicitMetadata;
    return this.child instanceof AttributeReference || this.child instanceof Alias
      ? this.child.metadata
      : EMPTY_METADATA;
  }
  toAttribute(): AttributeReference {
    return new AttributeReference(this.name, this.dataType, this.nullable, this.exprId, this.qualifier, this.metadata);
  }
  newInstance() {
    return new Alias(this.child, this.name, newExprId(), this.qualifier, this.explicitMetadata).withOrigin(this.origin);
  }
  withExprId(exprId: number): Alias {
    return this.rebuild([this.child, this.name, exprId, this.qualifier, this.explicitMetadata]);
  }
  override toString() {
    return `${this.child} AS ${this.name}#${this.exprId}${typeSuffix(this.child.resolved ? this.dataType : undefined)}`;
  }
  override sql(pretty: boolean) {
    return `${this.child.sql(pretty)} AS ${quoteIfNeeded(this.name)}`;
  }
}

/** A column of an outer query, read inside a subquery. Spark: `OuterReference`. */
export class OuterReference extends LeafExpression {
  readonly kind = 'OuterReference';
  constructor(readonly child: AttributeReference) {
    super();
  }
  args() {
    return [this.child];
  }
  get name() {
    return this.child.name;
  }
  get exprId() {
    return this.child.exprId;
  }
  get qualifier() {
    return this.child.qualifier;
  }
  get metadata() {
    return this.child.metadata;
  }
  get dataType(): DataType {
    return this.child.dataType;
  }
  get nullable() {
    return this.child.nullable;
  }
  toAttribute() {
    return this.child;
  }
  protected override canonicalize(): Expression {
    return new OuterReference(this.child.canonicalized as AttributeReference);
  }
  override toString() {
    return `outer(${this.child})`;
  }
  /** Pretty or not: Spark does not look inside. */
  override sql() {
    return `outer(${this.child.sql(false)})`;
  }
}

export type SortDirection = 'ASC' | 'DESC';
export type NullOrdering = 'NULLS FIRST' | 'NULLS LAST';

/** One ORDER BY key. Spark: `SortOrder`. */
export class SortOrder extends Expression {
  readonly kind = 'SortOrder';
  readonly nullOrdering: NullOrdering;
  constructor(
    readonly child: Expression,
    readonly direction: SortDirection = 'ASC',
    nullOrdering?: NullOrdering,
  ) {
    super();
    this.nullOrdering = nullOrdering ?? (direction === 'ASC' ? 'NULLS FIRST' : 'NULLS LAST');
  }
  args() {
    return [this.child, this.direction, this.nullOrdering];
  }
  override canonicalKey(input: Ordinals): string {
    return this.keyOfCanonicalChildren(input);
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    const type = this.child.dataType;
    if (isOrderable(type)) return undefined;
    return {
      condition: 'INVALID_ORDERING_TYPE',
      parameters: { functionName: '`sortorder`', sqlExpr: `"${this.sql(true)}"`, dataType: `"${type.sql}"` },
    };
  }
  get dataType(): DataType {
    return this.child.dataType;
  }
  get nullable() {
    return this.child.nullable;
  }
  override toString() {
    return `${this.child} ${this.direction} ${this.nullOrdering}`;
  }
  override sql(pretty: boolean) {
    return `${this.child.sql(pretty)} ${this.direction} ${this.nullOrdering}`;
  }
}

/** Several names for what a generator yields. Removed by the analyzer. Spark: `MultiAlias`. */
export class MultiAlias extends Expression {
  readonly kind = 'MultiAlias';
  constructor(
    readonly child: Expression,
    readonly names: readonly string[],
  ) {
    super();
  }
  args() {
    return [this.child, this.names];
  }
  get dataType(): DataType {
    return this.child.dataType;
  }
  get nullable() {
    return true;
  }
  override get resolved() {
    return false;
  }
  override toString() {
    return `${this.child} AS [${this.names.join(', ')}]`;
  }
  override sql(pretty: boolean) {
    return `${this.child.sql(pretty)} AS (${this.names.join(', ')})`;
  }
}

/** The id column that Expand adds for grouping sets. Spark: `VirtualColumn.groupingIdAttribute`. */
export const GROUPING_ID_NAME = 'spark_grouping_id';
