import type { Expression } from '../../plan/expressions/expression.js';
import type { GeneratorCall } from '../../plan/expressions/functions.js';
import {
  Alias,
  AttributeReference,
  isNamed,
  type NamedExpression,
  SortOrder,
  toAttribute,
} from '../../plan/expressions/named.js';
import { splitConjuncts } from '../../plan/expressions/predicates.js';
import type { Attributes } from '../../plan/logical/logical-plan.js';
import { ALL_TUPLES, type Distribution, type Partitioning, SINGLE, UNSPECIFIED, unknown } from './partitioning.js';
import { bracketed, PhysicalPlan, UnaryExec } from './physical-plan.js';

export function outputOf(list: readonly Expression[]): Attributes {
  return list.filter(isNamed).map((e) => toAttribute(e as NamedExpression));
}

/** Renames in partitionings and orderings what a projection renames; what it drops breaks them.
 * Spark: `PartitioningPreservingUnaryExecNode`, `OrderPreservingUnaryExecNode`. */
export class Renaming {
  readonly #names = new Map<string, Expression>();
  readonly #output = new Set<number>();
  constructor(list: readonly Expression[]) {
    for (const e of list) {
      if (e instanceof Alias) {
        const { key } = e.child.canonicalized;
        if (!this.#names.has(key)) this.#names.set(key, e.toAttribute());
      } else if (e instanceof AttributeReference) this.#output.add(e.exprId);
    }
  }
  expression(e: Expression): Expression | undefined {
    if (e instanceof AttributeReference && this.#output.has(e.exprId)) return e;
    const renamed = this.#names.get(e.canonicalized.key);
    if (renamed) return renamed;
    if (e instanceof AttributeReference) return undefined;
    let lost = false;
    const out = e.mapChildren((c) => {
      const n = this.expression(c);
      if (!n) lost = true;
      return n ?? c;
    });
    return lost ? undefined : out;
  }
  partitioning(p: Partitioning): Partitioning {
    switch (p.kind) {
      case 'hash': {
        const expressions = p.expressions.map((e) => this.expression(e));
        return expressions.every((e) => e !== undefined)
          ? { ...p, expressions: expressions as Expression[] }
          : unknown(p.numPartitions);
      }
      case 'range': {
        const ordering = this.ordering(p.ordering);
        return ordering.length === p.ordering.length ? { ...p, ordering } : unknown(p.numPartitions);
      }
      case 'collection': {
        const members = p.members.map((m) => this.partitioning(m)).filter((m) => m.kind !== 'unknown');
        return members.length === 0 ? unknown(p.numPartitions) : { ...p, members };
      }
      default:
        return p;
    }
  }
  ordering(order: readonly SortOrder[]): SortOrder[] {
    const out: SortOrder[] = [];
    for (const o of order) {
      const child = this.expression(o.child);
      if (!child) break;
      out.push(child === o.child ? o : new SortOrder(child, o.direction, o.nullOrdering));
    }
    return out;
  }
}

/** Spark: `ProjectExec`. */
export class ProjectExec extends UnaryExec {
  readonly kind = 'Project';
  constructor(
    readonly projectList: readonly Expression[],
    readonly child: PhysicalPlan,
  ) {
    super();
  }
  args() {
    return [this.projectList, this.child];
  }
  override get output() {
    return outputOf(this.projectList);
  }
  override get outputPartitioning() {
    return new Renaming(this.projectList).partitioning(this.child.outputPartitioning);
  }
  override get outputOrdering() {
    return new Renaming(this.projectList).ordering(this.child.outputOrdering);
  }
  override get supportsCodegen() {
    return true;
  }
  protected override stringArgs(maxFields: number) {
    return [bracketed(this.projectList, maxFields)];
  }
  override formattedDetails(maxFields: number): [string, string][] {
    return [
      ['Output', `[${this.output.length}]: ${bracketed(this.projectList, maxFields)}`],
      ['Input', `[${this.child.output.length}]: ${bracketed(this.child.output, maxFields)}`],
    ];
  }
}

/** Spark: `FilterExec`. */
export class FilterExec extends UnaryExec {
  readonly kind = 'Filter';
  constructor(
    readonly condition: Expression,
    readonly child: PhysicalPlan,
  ) {
    super();
  }
  args() {
    return [this.condition, this.child];
  }
  /** Columns that the condition says are not null. */
  override get output() {
    const notNull = new Set<number>();
    for (const c of splitConjuncts(this.condition))
      if (c.kind === 'IsNotNull') for (const a of c.references) if (c.children[0] === a) notNull.add(a.exprId);
    return this.child.output.map((a) => (a.nullable && notNull.has(a.exprId) ? a.withNullability(false) : a));
  }
  override get outputOrdering() {
    return this.child.outputOrdering;
  }
  override get supportsCodegen() {
    return true;
  }
  protected override stringArgs() {
    return [String(this.condition)];
  }
  override formattedDetails(maxFields: number): [string, string][] {
    return [
      ['Input', `[${this.child.output.length}]: ${bracketed(this.child.output, maxFields)}`],
      ['Condition', String(this.condition).replace(/^([^(].*)$/, '$1')],
    ];
  }
}

/** Spark: `SortExec`. */
export class SortExec extends UnaryExec {
  readonly kind = 'Sort';
  constructor(
    readonly sortOrder: readonly SortOrder[],
    readonly global: boolean,
    readonly child: PhysicalPlan,
  ) {
    super();
  }
  args() {
    return [this.sortOrder, this.global, this.child];
  }
  override get outputOrdering() {
    return this.sortOrder;
  }
  override get requiredChildDistribution(): readonly Distribution[] {
    return [this.global ? { kind: 'ordered', ordering: this.sortOrder } : UNSPECIFIED];
  }
  override get supportsCodegen() {
    return true;
  }
  protected override stringArgs(maxFields: number) {
    return [bracketed(this.sortOrder, maxFields), String(this.global), '0'];
  }
}

/** Spark: `UnionExec`. */
export class UnionExec extends PhysicalPlan {
  readonly kind = 'Union';
  constructor(readonly inputs: readonly PhysicalPlan[]) {
    super();
  }
  args() {
    return [this.inputs];
  }
  override get output(): Attributes {
    const [first, ...rest] = this.inputs;
    if (!first) return [];
    return first.output.map((a, i) =>
      rest.some((p) => (p.output[i] as AttributeReference).nullable) ? a.withNullability(true) : a,
    );
  }
  override get outputPartitioning(): Partitioning {
    return unknown(this.inputs.reduce((n, c) => n + c.numPartitions, 0));
  }
  override get supportsColumnar() {
    return this.inputs.length > 0 && this.inputs.every((c) => c.supportsColumnar);
  }
}

/** Spark: `CollectLimitExec` (global, at the top), `GlobalLimitExec`, `LocalLimitExec`. `limit` −1: only an offset. */
export class LimitExec extends UnaryExec {
  constructor(
    readonly kind: 'CollectLimit' | 'GlobalLimit' | 'LocalLimit',
    readonly limit: number,
    readonly offset: number,
    readonly child: PhysicalPlan,
  ) {
    super();
  }
  args() {
    return [this.kind, this.limit, this.offset, this.child];
  }
  override get outputPartitioning() {
    return this.kind === 'CollectLimit' ? SINGLE : this.child.outputPartitioning;
  }
  override get outputOrdering() {
    return this.child.outputOrdering;
  }
  override get requiredChildDistribution(): readonly Distribution[] {
    return [this.kind === 'GlobalLimit' ? ALL_TUPLES : UNSPECIFIED];
  }
  override get supportsCodegen() {
    return this.kind !== 'CollectLimit';
  }
  protected override stringArgs() {
    if (this.kind === 'CollectLimit' && this.offset === 0) return [String(this.limit)];
    return this.kind === 'LocalLimit' ? [String(this.limit)] : [String(this.limit), String(this.offset)];
  }
}

/** The last rows. Spark: `CollectTailExec`. */
export class TailExec extends UnaryExec {
  readonly kind = 'CollectTail';
  constructor(
    readonly limit: number,
    readonly child: PhysicalPlan,
  ) {
    super();
  }
  args() {
    return [this.limit, this.child];
  }
  override get outputPartitioning() {
    return SINGLE;
  }
  protected override stringArgs() {
    return [String(this.limit)];
  }
}

/** Spark: `TakeOrderedAndProjectExec`. */
export class TakeOrderedAndProjectExec extends UnaryExec {
  readonly kind = 'TakeOrderedAndProject';
  constructor(
    readonly limit: number,
    readonly sortOrder: readonly SortOrder[],
    readonly projectList: readonly Expression[],
    readonly child: PhysicalPlan,
    readonly offset = 0,
  ) {
    super();
  }
  args() {
    return [this.limit, this.sortOrder, this.projectList, this.child, this.offset];
  }
  override get output() {
    return outputOf(this.projectList);
  }
  override get outputPartitioning() {
    return SINGLE;
  }
  override get outputOrdering() {
    return new Renaming(this.projectList).ordering(this.sortOrder);
  }
  override simpleString(maxFields: number) {
    const offset = this.offset ? `, offset=${this.offset}` : '';
    return `TakeOrderedAndProject(limit=${this.limit}${offset}, orderBy=${bracketed(this.sortOrder, maxFields, ',')}, output=${bracketed(this.output, maxFields, ',')})`;
  }
  protected override stringArgs(maxFields: number) {
    return [String(this.limit), bracketed(this.sortOrder, maxFields), bracketed(this.projectList, maxFields)];
  }
}

/** Spark: `SampleExec`. */
export class SampleExec extends UnaryExec {
  readonly kind = 'Sample';
  constructor(
    readonly lowerBound: number,
    readonly upperBound: number,
    readonly withReplacement: boolean,
    readonly seed: bigint,
    readonly child: PhysicalPlan,
  ) {
    super();
  }
  args() {
    return [this.lowerBound, this.upperBound, this.withReplacement, this.seed, this.child];
  }
  override get supportsCodegen() {
    return true;
  }
  protected override stringArgs() {
    const d = (n: number) => (Number.isInteger(n) ? n.toFixed(1) : String(n));
    return [d(this.lowerBound), d(this.upperBound), String(this.withReplacement), String(this.seed)];
  }
}

/** Merges neighbouring partitions. Spark: `CoalesceExec`. */
export class CoalesceExec extends UnaryExec {
  readonly kind = 'Coalesce';
  constructor(
    readonly wanted: number,
    readonly child: PhysicalPlan,
  ) {
    super();
  }
  args() {
    return [this.wanted, this.child];
  }
  override get outputPartitioning(): Partitioning {
    if (this.wanted === 1) return SINGLE;
    return unknown(Math.min(this.wanted, Math.max(1, this.child.numPartitions)));
  }
  protected override stringArgs() {
    return [String(this.wanted)];
  }
}

/** Spark: `ExpandExec`. */
export class ExpandExec extends UnaryExec {
  readonly kind = 'Expand';
  constructor(
    readonly projections: readonly (readonly Expression[])[],
    readonly outputAttributes: Attributes,
    readonly child: PhysicalPlan,
  ) {
    super();
  }
  args() {
    return [this.projections, this.outputAttributes, this.child];
  }
  override get output() {
    return this.outputAttributes;
  }
  override get outputPartitioning(): Partitioning {
    return unknown(this.child.numPartitions);
  }
  override get supportsCodegen() {
    return true;
  }
  protected override stringArgs(maxFields: number) {
    return [
      bracketed(
        this.projections.map((p) => bracketed(p, maxFields)),
        maxFields,
      ),
      bracketed(this.output, maxFields),
    ];
  }
}

/** Spark: `GenerateExec`. */
export class GenerateExec extends UnaryExec {
  readonly kind = 'Generate';
  constructor(
    readonly generator: GeneratorCall,
    readonly requiredChildOutput: Attributes,
    readonly outer: boolean,
    readonly generatorOutput: Attributes,
    readonly child: PhysicalPlan,
  ) {
    super();
  }
  args() {
    return [this.generator, this.requiredChildOutput, this.outer, this.generatorOutput, this.child];
  }
  override get output() {
    return [...this.requiredChildOutput, ...this.generatorOutput];
  }
  override get supportsCodegen() {
    return true;
  }
  protected override stringArgs(maxFields: number) {
    return [
      String(this.generator),
      bracketed(this.requiredChildOutput, maxFields),
      String(this.outer),
      bracketed(this.generatorOutput, maxFields),
    ];
  }
}

/** Spark: `WindowExec`. */
export class WindowExec extends UnaryExec {
  readonly kind = 'Window';
  constructor(
    readonly windowExpressions: readonly Expression[],
    readonly partitionSpec: readonly Expression[],
    readonly orderSpec: readonly SortOrder[],
    readonly child: PhysicalPlan,
  ) {
    super();
  }
  args() {
    return [this.windowExpressions, this.partitionSpec, this.orderSpec, this.child];
  }
  override get output() {
    return [...this.child.output, ...outputOf(this.windowExpressions)];
  }
  override get requiredChildDistribution(): readonly Distribution[] {
    return [this.partitionSpec.length ? { kind: 'clustered', expressions: this.partitionSpec } : ALL_TUPLES];
  }
  override get requiredChildOrdering() {
    return [[...this.partitionSpec.map((e) => new SortOrder(e)), ...this.orderSpec]];
  }
  override get outputOrdering() {
    return this.child.outputOrdering;
  }
  protected override stringArgs(maxFields: number) {
    const out = [bracketed(this.windowExpressions, maxFields), bracketed(this.partitionSpec, maxFields)];
    if (this.orderSpec.length) out.push(bracketed(this.orderSpec, maxFields));
    return out;
  }
}
