import type { AggregateExpression } from '../../plan/expressions/aggregate.js';
import type { Expression } from '../../plan/expressions/expression.js';
import { SortOrder } from '../../plan/expressions/named.js';
import type { Attributes } from '../../plan/logical/logical-plan.js';
import { Renaming } from './basic.js';
import { ALL_TUPLES, type Distribution, UNSPECIFIED } from './partitioning.js';
import { bracketed, type PhysicalPlan, truncated, UnaryExec } from './physical-plan.js';

export type AggregateMode = 'Partial' | 'PartialMerge' | 'Final' | 'Complete';

/** An aggregation as the query means it: what the lowered plan runs in one node. Aggregates' results arrive in `results` by
 * their `resultId`. */
export interface WholeAggregation {
  readonly groupingExpressions: readonly Expression[];
  /** Named grouping columns as `resultExpressions` read them. */
  readonly groupingAttributes: Attributes;
  readonly aggregates: readonly AggregateExpression[];
  /** Where each aggregate's result arrives. */
  readonly results: Attributes;
  readonly resultExpressions: readonly Expression[];
  readonly child: PhysicalPlan;
}

/** One step of an aggregation. The last step carries the `whole`. Spark: `HashAggregateExec`, `ObjectHashAggregateExec`,
 * `SortAggregateExec`. */
export class AggregateExec extends UnaryExec {
  constructor(
    readonly kind: 'HashAggregate' | 'ObjectHashAggregate' | 'SortAggregate',
    readonly groupingExpressions: readonly Expression[],
    /** As shown: `partial_sum(a#1)`. */
    readonly functions: readonly string[],
    /** Keys that its input must be spread by; undefined: takes rows as they come. */
    readonly required: readonly Expression[] | undefined,
    readonly outputAttributes: Attributes,
    readonly resultExpressions: readonly Expression[],
    readonly child: PhysicalPlan,
    readonly whole: Omit<WholeAggregation, 'child'> | undefined,
    /** Takes the input's rows. */
    readonly first: boolean,
    /** What the functions make: buffers, or results in the last step. */
    readonly aggregateAttributes: Attributes,
  ) {
    super();
  }
  args() {
    return [
      this.kind,
      this.groupingExpressions,
      this.functions,
      this.required,
      this.outputAttributes,
      this.resultExpressions,
      this.child,
      this.whole,
      this.first,
      this.aggregateAttributes,
    ];
  }
  override get output() {
    return this.outputAttributes;
  }
  /** Those of the whole aggregation too: it is what runs. */
  override mapExpressions(f: (e: Expression) => Expression): this {
    const mapped = super.mapExpressions(f);
    if (!this.whole) return mapped;
    const { groupingExpressions, groupingAttributes, aggregates, results, resultExpressions } = this.whole;
    const whole = {
      groupingExpressions: groupingExpressions.map(f),
      groupingAttributes,
      aggregates: aggregates.map((a) => f(a) as AggregateExpression),
      results,
      resultExpressions: resultExpressions.map(f),
    };
    const unchanged =
      whole.groupingExpressions.every((e, i) => e === groupingExpressions[i]) &&
      whole.aggregates.every((e, i) => e === aggregates[i]) &&
      whole.resultExpressions.every((e, i) => e === resultExpressions[i]);
    return unchanged ? mapped : mapped.rebuild(mapped.args().map((a) => (a === this.whole ? whole : a)));
  }
  override get outputPartitioning() {
    return new Renaming(this.resultExpressions).partitioning(this.child.outputPartitioning);
  }
  override get outputOrdering() {
    return this.kind === 'SortAggregate'
      ? new Renaming(this.resultExpressions).ordering(this.groupingExpressions.map((e) => new SortOrder(e)))
      : [];
  }
  override get requiredChildDistribution(): readonly Distribution[] {
    if (this.required === undefined) return [UNSPECIFIED];
    return [this.required.length === 0 ? ALL_TUPLES : { kind: 'clustered', expressions: this.required }];
  }
  override get requiredChildOrdering() {
    return [this.kind === 'SortAggregate' ? this.groupingExpressions.map((e) => new SortOrder(e)) : []];
  }
  override get supportsCodegen() {
    return this.kind === 'HashAggregate';
  }
  override simpleString(maxFields: number) {
    const label = this.kind === 'SortAggregate' ? 'key' : 'keys';
    return `${this.kind}(${label}=[${truncated(this.groupingExpressions, maxFields)}], functions=[${truncated(this.functions, maxFields)}])`;
  }
  override formattedDetails(maxFields: number): [string, string][] {
    return [
      ['Input', `[${this.child.output.length}]: ${bracketed(this.child.output, maxFields)}`],
      ['Keys', listed(this.groupingExpressions, maxFields)],
      ['Functions', listed(this.functions, maxFields)],
      ['Aggregate Attributes', listed(this.aggregateAttributes, maxFields)],
      ['Results', listed(this.resultExpressions, maxFields)],
    ];
  }
}

function listed(list: readonly { toString(): string }[], maxFields: number): string {
  return list.length === 0 ? '[]' : `[${list.length}]: ${bracketed(list, maxFields)}`;
}
