import { mergedNullability, quoteIfNeeded, sameType } from '../../types/index.js';
import { AttributeSet, type Expression } from '../expressions/expression.js';
import type { GeneratorCall } from '../expressions/functions.js';
import {
  Alias,
  type AttributeReference,
  isNamed,
  type NamedExpression,
  newExprId,
  type SortOrder,
  toAttribute,
} from '../expressions/named.js';
import type { JoinStrategy } from './joins.js';
import { type Attributes, argString, BinaryNode, LogicalPlan, UnaryNode } from './logical-plan.js';

export * from './cte.js';
export * from './joins.js';
export * from './partitioning.js';

function outputOf(list: readonly Expression[]): Attributes {
  return list.filter(isNamed).map((e) => toAttribute(e as NamedExpression));
}
function minRows(a: bigint | undefined, b: bigint): bigint {
  return a === undefined || b < a ? b : a;
}

/** Kinds that are no column in canonical form either: known without making it. */
const NEVER_COLUMNS: ReadonlySet<string> = new Set('Literal Cast Add Subtract Multiply Divide ScalarCall'.split(' '));

/** One output column per expression. Spark: `Project`. */
export class Project extends UnaryNode {
  readonly kind = 'Project';
  constructor(
    readonly projectList: readonly Expression[],
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.projectList, this.child];
  }
  private memoOutput: Attributes | undefined = undefined;
  override get output(): Attributes {
    this.memoOutput ??= outputOf(this.projectList);
    return this.memoOutput;
  }
  override get maxRows() {
    return this.child.maxRows;
  }
  /** May vanish in the canonical form. */
  protected override makeShape(): number {
    return this.child.shape;
  }
  /** A projection that at most renames the child's columns in their places vanishes. Spark: `noSemanticChange`. */
  protected override doCanonicalize(): LogicalPlan {
    return this.noSemanticChange ? this.child.canonicalized : super.doCanonicalize();
  }
  protected override makeCanonicalKey(): string {
    return this.noSemanticChange ? this.child.canonicalKey : this.keyOfCanonicalChildren();
  }
  private get noSemanticChange(): boolean {
    const input = this.child.output;
    return (
      this.projectList.length === input.length &&
      this.projectList.every((e, i) => {
        const a = input[i] as AttributeReference;
        if (!(e instanceof Alias)) return e.semanticEquals(a);
        if (e.explicitMetadata !== undefined || e.qualifier.length > 0 || NEVER_COLUMNS.has(e.child.kind)) return false;
        return e.child.semanticEquals(a);
      })
    );
  }
  protected override get selfResolved() {
    return this.projectList.every(
      (e) =>
        isNamed(e) &&
        !e.exists(
          (x) => x.kind === 'AggregateExpression' || x.kind === 'GeneratorCall' || x.kind === 'WindowExpression',
        ),
    );
  }
}

/** Keeps child rows whose `condition` is true; false and null drop the row. Output: the child's. Spark: `Filter`. */
export class Filter extends UnaryNode {
  readonly kind = 'Filter';
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
  override get maxRows() {
    return this.child.maxRows;
  }
}

/** Groups by `groupingExpressions`; one output column per aggregate expression. Spark: `Aggregate`. */
export class Aggregate extends UnaryNode {
  readonly kind = 'Aggregate';
  constructor(
    readonly groupingExpressions: readonly Expression[],
    readonly aggregateExpressions: readonly Expression[],
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.groupingExpressions, this.aggregateExpressions, this.child];
  }
  private memoOutput: Attributes | undefined = undefined;
  override get output(): Attributes {
    this.memoOutput ??= outputOf(this.aggregateExpressions);
    return this.memoOutput;
  }
  override get maxRows() {
    return this.groupingExpressions.length === 0 ? 1n : this.child.maxRows;
  }
  protected override get selfResolved() {
    return this.aggregateExpressions.every((e) => isNamed(e) && !e.exists((x) => x.kind === 'WindowExpression'));
  }
}

/** Names a relation: its columns get `identifier` as qualifier. Vanishes in canonical plans. Spark: `SubqueryAlias`. */
export class SubqueryAlias extends UnaryNode {
  readonly kind = 'SubqueryAlias';
  constructor(
    /** Catalog and namespace parts first, the alias last. */
    readonly identifier: readonly string[],
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.identifier, this.child];
  }
  get alias() {
    return this.identifier.at(-1) as string;
  }
  private memoOutput: Attributes | undefined = undefined;
  override get output(): Attributes {
    this.memoOutput ??= this.child.output.map((a) => a.withQualifier(this.identifier));
    return this.memoOutput;
  }
  override get maxRows() {
    return this.child.maxRows;
  }
  protected override doCanonicalize(): LogicalPlan {
    return this.child.canonicalized;
  }
  protected override makeCanonicalKey(): string {
    return this.child.canonicalKey;
  }
  protected override makeShape(): number {
    return this.child.shape;
  }
  protected override stringArgs() {
    return [this.identifier.map(quoteIfNeeded).join('.')];
  }
}

/** The end of a step of the pipe syntax (`|>`). Unlike aliases it stays in canonical plans. Spark: `PipeOperator`. */
export class PipeOperator extends UnaryNode {
  readonly kind = 'PipeOperator';
  constructor(readonly child: LogicalPlan) {
    super();
  }
  args() {
    return [this.child];
  }
  override get output() {
    return this.child.output;
  }
  override get maxRows() {
    return this.child.maxRows;
  }
}

/** A hint that was understood. Vanishes in canonical plans. Spark: `ResolvedHint`. */
export class ResolvedHint extends UnaryNode {
  readonly kind = 'ResolvedHint';
  constructor(
    readonly child: LogicalPlan,
    readonly strategy: JoinStrategy,
  ) {
    super();
  }
  args() {
    return [this.child, this.strategy];
  }
  override get output() {
    return this.child.output;
  }
  protected override doCanonicalize(): LogicalPlan {
    return this.child.canonicalized;
  }
  protected override makeCanonicalKey(): string {
    return this.child.canonicalKey;
  }
  protected override makeShape(): number {
    return this.child.shape;
  }
  protected override stringArgs() {
    return [`(strategy=${this.strategy})`];
  }
}

/** Global: a total order; otherwise within partitions. Spark: `Sort`. */
export class Sort extends UnaryNode {
  readonly kind = 'Sort';
  constructor(
    readonly order: readonly SortOrder[],
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
  override get maxRows() {
    return this.child.maxRows;
  }
}

/** At most n rows in all. Spark: `GlobalLimit`, over `LocalLimit`. */
export class GlobalLimit extends UnaryNode {
  readonly kind = 'GlobalLimit';
  constructor(
    readonly limitExpr: Expression,
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.limitExpr, this.child];
  }
  override get output() {
    return this.child.output;
  }
  override get maxRows() {
    return limitRows(this.limitExpr, this.child.maxRows);
  }
}

/** At most n rows of each partition. Spark: `LocalLimit`. */
export class LocalLimit extends UnaryNode {
  readonly kind = 'LocalLimit';
  constructor(
    readonly limitExpr: Expression,
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.limitExpr, this.child];
  }
  override get output() {
    return this.child.output;
  }
}

function limitRows(e: Expression, child: bigint | undefined): bigint | undefined {
  const literal = e as { value?: unknown };
  return e.kind === 'Literal' && typeof literal.value === 'number' ? minRows(child, BigInt(literal.value)) : child;
}

export function limitPlan(limit: Expression, child: LogicalPlan): LogicalPlan {
  return new GlobalLimit(limit, new LocalLimit(limit, child));
}

/** Leaves out the first n rows. Spark: `Offset`. */
export class Offset extends UnaryNode {
  readonly kind = 'Offset';
  constructor(
    readonly offsetExpr: Expression,
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.offsetExpr, this.child];
  }
  override get output() {
    return this.child.output;
  }
}

/** The last n rows. Spark: `Tail`. */
export class Tail extends UnaryNode {
  readonly kind = 'Tail';
  constructor(
    readonly limitExpr: Expression,
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.limitExpr, this.child];
  }
  override get output() {
    return this.child.output;
  }
}

/** Rows that differ in all columns. Spark: `Distinct`. */
export class Distinct extends UnaryNode {
  readonly kind = 'Distinct';
  constructor(readonly child: LogicalPlan) {
    super();
  }
  args() {
    return [this.child];
  }
  override get output() {
    return this.child.output;
  }
}

/** One row per distinct `keys`. Spark: `Deduplicate`. */
export class Deduplicate extends UnaryNode {
  readonly kind = 'Deduplicate';
  constructor(
    readonly keys: readonly Expression[],
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.keys, this.child];
  }
  override get output() {
    return this.child.output;
  }
}

/** All rows of all children; columns by position (or by name until resolved). Spark: `Union`. */
export class Union extends LogicalPlan {
  readonly kind = 'Union';
  constructor(
    readonly inputs: readonly LogicalPlan[],
    readonly byName = false,
    readonly allowMissingCol = false,
  ) {
    super();
  }
  args() {
    return [this.inputs, this.byName, this.allowMissingCol];
  }
  override get output(): Attributes {
    const [first, ...rest] = this.inputs;
    if (!first) return [];
    return first.output.map((a, i) => {
      const others = rest.flatMap((p) => p.output[i] ?? []);
      const type = mergedNullability([a.dataType, ...others.map((o) => o.dataType)]);
      const merged = type === a.dataType ? a : a.withDataType(type);
      return others.some((o) => o.nullable) ? merged.withNullability(true) : merged;
    });
  }
  protected override get selfResolved() {
    const [first, ...rest] = this.inputs;
    return (
      first !== undefined &&
      !this.byName &&
      rest.every(
        (p) =>
          p.output.length === first.output.length &&
          p.output.every((a, i) => sameType(a.dataType, (first.output[i] as AttributeReference).dataType)),
      )
    );
  }
  protected override stringArgs() {
    return this.byName ? [String(this.byName), String(this.allowMissingCol)] : ['false', 'false'];
  }
}

/** Spark: `Intersect` and `Except`. */
export class SetOperation extends BinaryNode {
  constructor(
    readonly kind: 'Intersect' | 'Except',
    readonly left: LogicalPlan,
    readonly right: LogicalPlan,
    readonly isAll: boolean,
  ) {
    super();
  }
  args() {
    return [this.kind, this.left, this.right, this.isAll];
  }
  protected override keyArgs() {
    return [this.left, this.right, this.isAll];
  }
  override get maxRows() {
    const { left, right } = this;
    if (this.kind === 'Except') return left.maxRows;
    if (left.maxRows === undefined || right.maxRows === undefined) return left.maxRows ?? right.maxRows;
    return left.maxRows < right.maxRows ? left.maxRows : right.maxRows;
  }
  override get output(): Attributes {
    if (this.kind === 'Except') return this.left.output;
    return this.left.output.map((a, i) => a.withNullability(a.nullable && (this.right.output[i]?.nullable ?? true)));
  }
  get duplicateResolved(): boolean {
    return !this.left.outputSet.intersects(this.right.outputSet);
  }
  protected override get selfResolved() {
    return (
      this.duplicateResolved &&
      this.left.output.length === this.right.output.length &&
      this.left.output.every((a, i) => sameType(a.dataType, (this.right.output[i] as AttributeReference).dataType))
    );
  }
  override get nodeName() {
    return this.isAll ? `${this.kind} All` : this.kind;
  }
  protected override stringArgs() {
    return [String(this.isAll)];
  }
  override get simpleString() {
    return `${this.nodeName} ${this.isAll}`;
  }
}

/** Spark: `Sample`. */
export class Sample extends UnaryNode {
  readonly kind = 'Sample';
  constructor(
    readonly lowerBound: number,
    readonly upperBound: number,
    readonly withReplacement: boolean,
    readonly seed: bigint,
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.lowerBound, this.upperBound, this.withReplacement, this.seed, this.child];
  }
  override get output() {
    return this.child.output;
  }
  protected override stringArgs() {
    const double = (n: number) => (Number.isInteger(n) ? n.toFixed(1) : String(n));
    return [double(this.lowerBound), double(this.upperBound), String(this.withReplacement), String(this.seed)];
  }
}

/** Adds window function columns to the child's. Spark: `Window`. */
export class Window extends UnaryNode {
  readonly kind = 'Window';
  constructor(
    readonly windowExpressions: readonly Expression[],
    readonly partitionSpec: readonly Expression[],
    readonly orderSpec: readonly SortOrder[],
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.windowExpressions, this.partitionSpec, this.orderSpec, this.child];
  }
  override get output(): Attributes {
    return [...this.child.output, ...outputOf(this.windowExpressions)];
  }
  override get producedAttributes() {
    return new AttributeSet(outputOf(this.windowExpressions));
  }
  protected override stringArgs() {
    const out = [argString(this.windowExpressions)];
    if (this.partitionSpec.length) out.push(argString(this.partitionSpec));
    if (this.orderSpec.length) out.push(argString(this.orderSpec));
    return out;
  }
}

/** Each row once per projection. Spark: `Expand`. */
export class Expand extends UnaryNode {
  readonly kind = 'Expand';
  constructor(
    readonly projections: readonly (readonly Expression[])[],
    readonly outputAttributes: Attributes,
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.projections, this.outputAttributes, this.child];
  }
  override get output() {
    return this.outputAttributes;
  }
  override get references() {
    const set = new AttributeSet();
    for (const p of this.projections) for (const e of p) e.collectReferences(set);
    return set;
  }
  override get producedAttributes() {
    return new AttributeSet(this.output.filter((a) => !this.inputSet.has(a)));
  }
}

/** Joins each row with what the generator makes of it. Spark: `Generate`. */
export class Generate extends UnaryNode {
  readonly kind = 'Generate';
  constructor(
    readonly generator: GeneratorCall,
    /** Child columns by position that are not wanted above; filled by the optimizer. */
    readonly unrequiredChildIndex: readonly number[],
    readonly outer: boolean,
    readonly qualifier: string | undefined,
    readonly generatorOutput: Attributes,
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.generator, this.unrequiredChildIndex, this.outer, this.qualifier, this.generatorOutput, this.child];
  }
  get requiredChildOutput(): Attributes {
    return this.child.output.filter((_, i) => !this.unrequiredChildIndex.includes(i));
  }
  get qualifiedGeneratorOutput(): Attributes {
    const { qualifier } = this;
    const nullable = this.outer ? this.generatorOutput.map((a) => a.withNullability(true)) : this.generatorOutput;
    return qualifier === undefined ? nullable : nullable.map((a) => a.withQualifier([qualifier]));
  }
  override get output(): Attributes {
    return [...this.requiredChildOutput, ...this.qualifiedGeneratorOutput];
  }
  override get producedAttributes() {
    return new AttributeSet(this.generatorOutput);
  }
  protected override stringArgs() {
    const out = [String(this.generator)];
    if (this.unrequiredChildIndex.length) out.push(argString(this.unrequiredChildIndex));
    out.push(String(this.outer));
    if (this.qualifier !== undefined) out.push(this.qualifier);
    out.push(argString(this.generatorOutput));
    return out;
  }
}

/** A named expression of any expression: itself, or under an alias with `name`. */
export function named(e: Expression, name: string): NamedExpression {
  return isNamed(e) ? e : new Alias(e, name, newExprId());
}
