import type { Expression } from '../../plan/expressions/expression.js';
import { SortOrder } from '../../plan/expressions/named.js';
import type { JoinType } from '../../plan/logical/join-type.js';
import type { Attributes } from '../../plan/logical/logical-plan.js';
import type { Distribution, Partitioning } from './partitioning.js';
import { SINGLE, UNSPECIFIED, unknown } from './partitioning.js';
import { bracketed, PhysicalPlan } from './physical-plan.js';

export type BuildSide = 'left' | 'right';
export type JoinAlgorithm =
  | 'BroadcastHashJoin'
  | 'SortMergeJoin'
  | 'ShuffledHashJoin'
  | 'BroadcastNestedLoopJoin'
  | 'CartesianProduct';

/** Rows that the sides likely have. */
export interface RowEstimates {
  readonly left: number;
  readonly right: number;
}

/** A join by one of Spark's algorithms. Output as the logical join's. Spark: `BaseJoinExec` and its kin. */
export class JoinExec extends PhysicalPlan {
  constructor(
    readonly kind: JoinAlgorithm,
    readonly leftKeys: readonly Expression[],
    readonly rightKeys: readonly Expression[],
    readonly joinType: JoinType,
    /** What the keys do not say. */
    readonly condition: Expression | undefined,
    readonly left: PhysicalPlan,
    readonly right: PhysicalPlan,
    readonly buildSide: BuildSide | undefined,
    readonly isNullAwareAntiJoin: boolean,
    /** `leftKeys[i] <=> rightKeys[i]` rather than `=`: as the query wrote it; Spark rewrites such keys, the runtime takes them. */
    readonly original: {
      readonly left: readonly Expression[];
      readonly right: readonly Expression[];
      readonly nullSafe: readonly boolean[];
    },
    /** The side whose hash table is likely the smaller: what the runtime builds, whatever the algorithm shown. */
    readonly preferredBuild: BuildSide,
    readonly estimates: RowEstimates,
  ) {
    super();
  }
  args() {
    return [
      this.kind,
      this.leftKeys,
      this.rightKeys,
      this.joinType,
      this.condition,
      this.left,
      this.right,
      this.buildSide,
      this.isNullAwareAntiJoin,
      this.original,
      this.preferredBuild,
      this.estimates,
    ];
  }
  override get output(): Attributes {
    const nullable = (as: Attributes) => as.map((a) => a.withNullability(true));
    const { left, right, joinType } = this;
    switch (joinType.kind) {
      case 'LeftSemi':
      case 'LeftAnti':
        return left.output;
      case 'ExistenceJoin':
        return [...left.output, joinType.exists];
      case 'LeftOuter':
        return [...left.output, ...nullable(right.output)];
      case 'RightOuter':
        return [...nullable(left.output), ...right.output];
      case 'FullOuter':
        return [...nullable(left.output), ...nullable(right.output)];
      default:
        return [...left.output, ...right.output];
    }
  }
  get isShuffled(): boolean {
    return this.kind === 'SortMergeJoin' || this.kind === 'ShuffledHashJoin';
  }
  override get outputPartitioning(): Partitioning {
    const l = this.left.outputPartitioning;
    const r = this.right.outputPartitioning;
    switch (this.kind) {
      case 'BroadcastHashJoin':
      case 'BroadcastNestedLoopJoin': {
        const streamed = this.buildSide === 'left' ? r : l;
        // The partitions after the streamed ones hold the rows of the other side that met none.
        if (this.joinType.kind === 'FullOuter') return unknown(streamed.numPartitions + 1);
        if (this.kind === 'BroadcastHashJoin' && this.joinType.kind === 'Inner') return this.expanded(streamed);
        return streamed;
      }
      case 'CartesianProduct':
        return unknown(l.numPartitions * r.numPartitions);
      default:
        break;
    }
    switch (this.joinType.kind) {
      case 'Inner':
      case 'Cross':
        return collection([l, r]);
      case 'RightOuter':
        return r;
      case 'FullOuter':
        return l.kind === 'single' ? SINGLE : unknown(l.numPartitions);
      default:
        return l;
    }
  }
  /** An inner join's rows are also spread by the build side's keys. Spark: `BroadcastHashJoinExec.expandOutputPartitioning`. */
  private expanded(streamed: Partitioning): Partitioning {
    if (streamed.kind !== 'hash') return streamed;
    const [from, to] = this.buildSide === 'left' ? [this.rightKeys, this.leftKeys] : [this.leftKeys, this.rightKeys];
    const renamed = streamed.expressions.map((e) => {
      const i = from.findIndex((k) => k.semanticEquals(e));
      return i === -1 ? undefined : to[i];
    });
    if (renamed.some((e) => e === undefined)) return streamed;
    return collection([streamed, { ...streamed, expressions: renamed as Expression[] }]);
  }
  override get outputOrdering(): readonly SortOrder[] {
    if (this.kind === 'SortMergeJoin') {
      const right = this.joinType.kind === 'RightOuter';
      if (this.joinType.kind === 'FullOuter') return [];
      return (right ? this.rightKeys : this.leftKeys).map((k) => new SortOrder(k));
    }
    if (this.kind === 'BroadcastHashJoin') return (this.buildSide === 'left' ? this.right : this.left).outputOrdering;
    return [];
  }
  override get requiredChildDistribution(): readonly Distribution[] {
    if (this.isShuffled)
      return [
        { kind: 'clustered', expressions: this.leftKeys },
        { kind: 'clustered', expressions: this.rightKeys },
      ];
    if (this.kind === 'CartesianProduct') return [UNSPECIFIED, UNSPECIFIED];
    return this.buildSide === 'left' ? [{ kind: 'broadcast' }, UNSPECIFIED] : [UNSPECIFIED, { kind: 'broadcast' }];
  }
  override get requiredChildOrdering(): readonly (readonly SortOrder[])[] {
    if (this.kind !== 'SortMergeJoin') return [[], []];
    return [this.leftKeys.map((k) => new SortOrder(k)), this.rightKeys.map((k) => new SortOrder(k))];
  }
  override get supportsCodegen() {
    return this.kind !== 'CartesianProduct' && !(this.kind === 'SortMergeJoin' && this.joinType.kind === 'FullOuter');
  }
  private get joinTypeText(): string {
    return this.joinType.kind === 'ExistenceJoin' ? `ExistenceJoin(${this.joinType.exists})` : this.joinType.kind;
  }
  protected override stringArgs(maxFields: number): string[] {
    const build = this.buildSide === 'left' ? 'BuildLeft' : 'BuildRight';
    const condition = this.condition ? [String(this.condition)] : [];
    switch (this.kind) {
      case 'BroadcastNestedLoopJoin':
        return [build, this.joinTypeText, ...condition];
      case 'CartesianProduct':
        return condition;
      default: {
        const keys = [bracketed(this.leftKeys, maxFields), bracketed(this.rightKeys, maxFields), this.joinTypeText];
        if (this.kind === 'SortMergeJoin') return [...keys, ...condition];
        const naaj = this.kind === 'BroadcastHashJoin' ? [String(this.isNullAwareAntiJoin)] : [];
        return [...keys, build, ...condition, ...naaj];
      }
    }
  }
  override formattedDetails(maxFields: number): [string, string][] {
    const out: [string, string][] = [];
    if (this.leftKeys.length) {
      out.push(['Left keys', `[${this.leftKeys.length}]: ${bracketed(this.leftKeys, maxFields)}`]);
      out.push(['Right keys', `[${this.rightKeys.length}]: ${bracketed(this.rightKeys, maxFields)}`]);
    }
    out.push(['Join type', this.joinTypeText], ['Join condition', this.condition ? String(this.condition) : 'None']);
    return out;
  }
}

export function collection(members: readonly Partitioning[]): Partitioning {
  const flat = members.flatMap((m) => (m.kind === 'collection' ? m.members : [m]));
  return { kind: 'collection', members: flat, numPartitions: flat[0]?.numPartitions ?? 0 };
}
