import { internalError, NO_ORIGIN, type Origin, unsupported } from '../../errors/index.js';
import type { BoundExpr } from '../../eval/bound.js';
import { Binder } from '../../plan/expressions/bind.js';
import type { Expression } from '../../plan/expressions/expression.js';
import { ScalarCall } from '../../plan/expressions/functions.js';
import { AttributeReference } from '../../plan/expressions/named.js';
import { splitConjuncts } from '../../plan/expressions/predicates.js';
import type { Attributes } from '../../plan/logical/logical-plan.js';
import type { ColumnSpec, JoinType, PartitioningSpec, PhysicalSpec } from '../operators/spec.js';
import { AggregateExec } from './aggregates.js';
import {
  CoalesceExec,
  ExpandExec,
  FilterExec,
  GenerateExec,
  LimitExec,
  ProjectExec,
  SampleExec,
  SortExec,
  TailExec,
  TakeOrderedAndProjectExec,
  UnionExec,
  WindowExec,
} from './basic.js';
import {
  AdaptiveSparkPlanExec,
  BroadcastExchangeExec,
  ColumnarToRowExec,
  ReusedExchangeExec,
  ShuffleExchangeExec,
} from './exchange.js';
import { JoinExec } from './joins.js';
import { lowerWindowFunction } from './lower-window.js';
import type { Partitioning } from './partitioning.js';
import type { PhysicalPlan } from './physical-plan.js';
import { PlannedSubquery } from './planned-subquery.js';
import { FileScanExec, InMemoryTableScanExec, LocalTableScanExec, RangeExec } from './scan.js';
import { SharedScanExec } from './shared-scan.js';
import { CodegenStageExec } from './stages.js';

/** What runs before the query. A scalar subquery: the one value of its one row (null without a row) is parameter `id`. A shared
 * plan: its rows stay until the query ends. */
export interface PreliminarySpec {
  readonly kind: 'subquery' | 'shared';
  /** Unique among those of its kind. */
  readonly id: number;
  readonly spec: PhysicalSpec;
  /** Where the subquery stands in the SQL text. */
  readonly origin: Origin;
}

/** What the runtime gets. */
export interface PreparedQuery {
  readonly spec: PhysicalSpec;
  /** In the order to run: a later one may use what earlier ones gave. */
  readonly preliminaries: readonly PreliminarySpec[];
  /** Partitions that Spark's result has. */
  readonly outputPartitions: number;
  /** Only the last so many rows are wanted (`tail`). */
  readonly tail: number | undefined;
}

export interface LoweringOptions {
  /** Every node has as many partitions as in Spark: for filling caches and for functions that show the partition. */
  readonly exactPartitions?: boolean;
  /** Cached batches are read whatever their statistics say. */
  readonly readAllBatches?: boolean;
}

/** Turns a physical plan into plain data for the runtime: steps of an aggregation become one, exchanges and sorts that only serve
 * Spark's algorithms vanish, filters are shown to the scans below them.
 * @throws UNSUPPORTED_FEATURE for what the runtime lacks */
export function lowerPlan(plan: PhysicalPlan, options: LoweringOptions = {}): PreparedQuery {
  const lowering = new Lowering(
    options.exactPartitions === true || showsPartitions(plan),
    options.readAllBatches === true,
  );
  let top = plan;
  while (top instanceof AdaptiveSparkPlanExec || top instanceof CodegenStageExec) top = top.child;
  const tail = top instanceof TailExec ? top : undefined;
  const spec = lowering.lower(tail ? tail.child : top);
  return { spec, preliminaries: lowering.preliminaries, outputPartitions: plan.numPartitions, tail: tail?.limit };
}

/** Functions whose value depends on the partition. */
function showsPartitions(plan: PhysicalPlan): boolean {
  return plan.exists((p) =>
    p.expressions.some((e) => e.exists((x) => x instanceof ScalarCall && x.def.deterministic === false)),
  );
}

function columns(output: Attributes): ColumnSpec[] {
  return output.map((a) => ({ name: a.name, type: a.dataType, nullable: a.nullable }));
}

class Lowering {
  readonly preliminaries: PreliminarySpec[] = [];
  readonly #done = new Map<number, number>();
  readonly #byKey = new Map<string, number>();
  #lastId = 0;
  constructor(
    readonly exact: boolean,
    readonly readAllBatches: boolean,
  ) {}

  private binder(input: Attributes): Binder {
    return new Binder(input, (s) => this.parameter(s as PlannedSubquery));
  }

  /** Lowers the subquery the first time; equal subqueries run once. */
  private parameter(s: PlannedSubquery): number {
    const known = this.#done.get(s.exprId) ?? this.#byKey.get(s.physical.key);
    if (known !== undefined) return known;
    if (!(s instanceof PlannedSubquery)) throw internalError('a subquery was not planned');
    this.before('subquery', s.exprId, s.physical, s.logical.origin);
    this.#done.set(s.exprId, s.exprId);
    this.#byKey.set(s.physical.key, s.exprId);
    return s.exprId;
  }

  /** Lowers a plan that runs first, and what it needs itself. */
  private before(kind: PreliminarySpec['kind'], id: number, plan: PhysicalPlan, origin: Origin = NO_ORIGIN): void {
    const has = (k: string, i: number) => this.preliminaries.some((x) => x.kind === k && x.id === i);
    if (has(kind, id)) return;
    const inner = lowerPlan(plan, { readAllBatches: this.readAllBatches });
    for (const i of inner.preliminaries) if (!has(i.kind, i.id)) this.preliminaries.push(i);
    this.preliminaries.push({ kind, id, spec: inner.spec, origin });
  }

  private base(output: Attributes, partitions: number) {
    return { id: ++this.#lastId, output: columns(output), partitions };
  }
  /** A count that only exchanges decide: free unless partitions show. */
  private free(p: PhysicalPlan): number {
    return this.exact ? p.numPartitions : 0;
  }

  lower(p: PhysicalPlan): PhysicalSpec {
    if (p instanceof AdaptiveSparkPlanExec || p instanceof ColumnarToRowExec || p instanceof CodegenStageExec)
      return this.lower(p.child);
    if (p instanceof FilterExec) return this.filter(p);
    if (p instanceof ProjectExec) return this.project(p.projectList, p.output, p.child.output, this.lower(p.child));
    if (p instanceof AggregateExec) return this.aggregate(p);
    if (p instanceof JoinExec) return this.join(p);
    if (p instanceof ShuffleExchangeExec) return this.exchange(p);
    if (p instanceof BroadcastExchangeExec) return this.lower(p.child);
    if (p instanceof ReusedExchangeExec) throw internalError('reused exchanges are not lowered');
    if (p instanceof SortExec) return this.sort(p);
    if (p instanceof TakeOrderedAndProjectExec) return this.topN(p);
    if (p instanceof LimitExec) return this.limit(p);
    if (p instanceof UnionExec) {
      const children = p.inputs.map((c) => this.lower(c));
      const sum = children.some((c) => c.partitions === 0) ? 0 : children.reduce((n, c) => n + c.partitions, 0);
      return { ...this.base(p.output, sum), op: 'union', children };
    }
    if (p instanceof WindowExec) return this.window(p);
    if (p instanceof ExpandExec) {
      const child = this.lower(p.child);
      const binder = this.binder(p.child.output);
      const projections = p.projections.map((row) => row.map((e) => binder.bind(e)));
      return { ...this.base(p.output, child.partitions), op: 'expand', projections, child };
    }
    if (p instanceof GenerateExec) {
      const child = this.lower(p.child);
      const binder = this.binder(p.child.output);
      const args = p.generator.operands.map((e) => binder.bind(e));
      const keep = p.requiredChildOutput.map((a) => ordinal(p.child.output, a));
      return {
        ...this.base(p.output, child.partitions),
        op: 'generate',
        fn: p.generator.name,
        args,
        outer: p.outer,
        keep,
        child,
      };
    }
    if (p instanceof CoalesceExec) {
      const child = this.lower(p.child);
      return { ...this.base(p.output, p.numPartitions), op: 'coalesce', child };
    }
    if (p instanceof SampleExec) {
      const child = this.lower(p.child);
      const { lowerBound, upperBound, withReplacement, seed } = p;
      return {
        ...this.base(p.output, child.partitions),
        op: 'sample',
        lowerBound,
        upperBound,
        withReplacement,
        seed,
        child,
      };
    }
    return this.leaf(p, []);
  }

  private leaf(p: PhysicalPlan, pushed: readonly BoundExpr[]): PhysicalSpec {
    if (p instanceof SharedScanExec) {
      const { id, ordinals } = p.relation;
      if (!p.prepared) throw internalError('a shared plan was not planned');
      this.before('shared', id, p.prepared);
      return { ...this.base(p.output, 1), op: 'shared', shared: id, columns: ordinals };
    }
    if (p instanceof FileScanExec) return this.fileScan(p, pushed);
    if (p instanceof InMemoryTableScanExec)
      return {
        ...this.base(p.output, p.numPartitions),
        op: 'scanCache',
        relation: p.relation.cached.id,
        columns: p.output.map((a) => ordinal(p.relation.output, a)),
        pushed: this.readAllBatches ? [] : pushed,
      };
    if (p instanceof LocalTableScanExec) return { ...this.base(p.output, p.numPartitions), op: 'values', rows: p.rows };
    if (p instanceof RangeExec)
      return { ...this.base(p.output, p.numSlices), op: 'range', start: p.start, end: p.end, step: p.step };
    throw unsupported(`running ${p.nodeName}`);
  }

  private fileScan(p: FileScanExec, pushed: readonly BoundExpr[]): PhysicalSpec {
    const { relation } = p.relation;
    const partitionNames = relation.partitionSchema.fields.map((f) => f.name.toLowerCase());
    const wanted = p.output.map((a) => {
      const partition = partitionNames.indexOf(a.name.toLowerCase());
      return partition === -1 ? { data: a.name } : { partition };
    });
    const base = this.base(p.output, p.splits.length);
    const engine = relation.options['engine'];
    if (relation.format === 'parquet' && engine !== 'parquetjs-lite')
      return { ...base, op: 'scanParquet', splits: p.splits, columns: wanted, caseSensitive: false, pushed };
    const format = relation.format === 'parquet' ? 'parquetjs-lite' : relation.format;
    if (format !== 'csv' && format !== 'json' && format !== 'text' && format !== 'parquetjs-lite')
      throw unsupported(`reading ${format}`);
    return {
      ...base,
      op: 'scanFile',
      format,
      splits: p.splits,
      columns: wanted,
      dataSchema: relation.dataSchema.fields.map((f) => ({ name: f.name, type: f.dataType, nullable: f.nullable })),
      options: relation.options,
    };
  }

  private filter(p: FilterExec): PhysicalSpec {
    let below = p.child;
    while (below instanceof ColumnarToRowExec || below instanceof CodegenStageExec) below = below.child;
    const binder = this.binder(below.output);
    const condition = binder.bind(p.condition);
    const isScan = below instanceof FileScanExec || below instanceof InMemoryTableScanExec;
    const child = isScan
      ? this.leaf(
          below,
          pushable(p.condition).map((e) => binder.bind(e)),
        )
      : this.lower(below);
    return { ...this.base(p.output, child.partitions), op: 'filter', condition, child };
  }

  private project(
    list: readonly Expression[],
    output: Attributes,
    input: Attributes,
    child: PhysicalSpec,
  ): PhysicalSpec {
    const identity =
      list.length === input.length &&
      list.every((e, i) => e instanceof AttributeReference && e.exprId === (input[i] as AttributeReference).exprId);
    if (identity) return child;
    const binder = this.binder(input);
    return { ...this.base(output, child.partitions), op: 'project', exprs: list.map((e) => binder.bind(e)), child };
  }

  private aggregate(p: AggregateExec): PhysicalSpec {
    const { whole } = p;
    if (!whole) throw internalError(`${p.nodeName} is not the last step of an aggregation`);
    let cursor: PhysicalPlan = p.child;
    while (!(cursor instanceof AggregateExec && cursor.first)) cursor = cursor.children[0] as PhysicalPlan;
    const input = cursor.child;
    const child = this.lower(input);
    const binder = this.binder(input.output);
    const middle = [...whole.groupingAttributes, ...whole.results];
    const spec: PhysicalSpec = {
      ...this.base(middle, this.free(p)),
      op: 'aggregate',
      keys: whole.groupingExpressions.map((e) => binder.bind(e)),
      aggregates: whole.aggregates.map((a) => binder.bindAggregate(a)),
      child,
    };
    return this.project(whole.resultExpressions, p.output, middle, spec);
  }

  private join(p: JoinExec): PhysicalSpec {
    const left = this.lower(stripped(p.left));
    const right = this.lower(stripped(p.right));
    const l = this.binder(p.left.output);
    const r = this.binder(p.right.output);
    const both = this.binder([...p.left.output, ...p.right.output]);
    const hashed = p.kind === 'BroadcastHashJoin' || p.isShuffled;
    const broadcast = p.kind === 'BroadcastHashJoin' || p.kind === 'BroadcastNestedLoopJoin';
    const streamed = p.buildSide === 'left' ? right.partitions : left.partitions;
    return {
      ...this.base(p.output, this.exact ? p.numPartitions : broadcast ? streamed : 0),
      op: 'join',
      joinType: JOIN_TYPES[p.joinType.kind] as JoinType,
      leftKeys: hashed ? p.original.left.map((e) => l.bind(e)) : [],
      rightKeys: hashed ? p.original.right.map((e) => r.bind(e)) : [],
      nullSafe: hashed ? p.original.nullSafe : [],
      condition: p.condition ? both.bind(p.condition) : undefined,
      buildSide: p.preferredBuild,
      estimates: p.estimates,
      nullAwareAnti: p.isNullAwareAntiJoin,
      left,
      right,
    };
  }

  /** What Spark puts in for its own algorithms is left out; what the query asks for is done. */
  private exchange(p: ShuffleExchangeExec): PhysicalSpec {
    if (p.shuffleOrigin === 'ENSURE_REQUIREMENTS') return this.lower(p.child);
    const child = this.lower(p.child);
    return {
      ...this.base(p.output, p.numPartitions),
      op: 'exchange',
      partitioning: this.partitioning(p.partitioning, p.child.output),
      child,
    };
  }

  private partitioning(p: Partitioning, input: Attributes): PartitioningSpec {
    const binder = this.binder(input);
    switch (p.kind) {
      case 'single':
        return { kind: 'single' };
      case 'hash':
        return { kind: 'hash', exprs: p.expressions.map((e) => binder.bind(e)) };
      case 'range':
        return { kind: 'range', keys: p.ordering.map((o) => binder.bindSortOrder(o)) };
      case 'roundRobin':
        return { kind: 'roundRobin' };
      default:
        throw internalError(`no exchange to ${p.kind}`);
    }
  }

  private sort(p: SortExec): PhysicalSpec {
    const child = this.lower(p.global ? stripped(p.child) : p.child);
    const binder = this.binder(p.child.output);
    const keys = p.sortOrder.map((o) => binder.bindSortOrder(o));
    return {
      ...this.base(p.output, p.global ? this.free(p) : child.partitions),
      op: 'sort',
      keys,
      global: p.global,
      child,
    };
  }

  private topN(p: TakeOrderedAndProjectExec): PhysicalSpec {
    const child = this.lower(p.child);
    const binder = this.binder(p.child.output);
    const keys = p.sortOrder.map((o) => binder.bindSortOrder(o));
    const top: PhysicalSpec = {
      ...this.base(p.child.output, 1),
      op: 'topN',
      keys,
      limit: Math.max(0, p.limit - p.offset),
      offset: p.offset,
      child,
    };
    return this.project(p.projectList, p.output, p.child.output, top);
  }

  private limit(p: LimitExec): PhysicalSpec {
    const global = p.kind !== 'LocalLimit';
    const child = this.lower(global ? stripped(p.child) : p.child);
    return {
      ...this.base(p.output, global ? 1 : child.partitions),
      op: 'limit',
      limit: p.limit < 0 ? -1 : Math.max(0, p.limit - p.offset),
      offset: p.offset,
      global,
      child,
    };
  }

  private window(p: WindowExec): PhysicalSpec {
    const child = this.lower(stripped(p.child));
    const binder = this.binder(p.child.output);
    return {
      ...this.base(p.output, this.free(p)),
      op: 'window',
      partitionKeys: p.partitionSpec.map((e) => binder.bind(e)),
      orderKeys: p.orderSpec.map((o) => binder.bindSortOrder(o)),
      functions: p.windowExpressions.map((e) => lowerWindowFunction(e, binder)),
      child,
    };
  }
}

/** Without the exchange and the sort that Spark's algorithm above wants. */
function stripped(p: PhysicalPlan): PhysicalPlan {
  if (p instanceof CodegenStageExec) return stripped(p.child);
  if (p instanceof SortExec && !p.global) return stripped(p.child);
  if (p instanceof ShuffleExchangeExec && p.shuffleOrigin === 'ENSURE_REQUIREMENTS') return stripped(p.child);
  if (p instanceof BroadcastExchangeExec) return stripped(p.child);
  return p;
}

function pushable(condition: Expression): Expression[] {
  return splitConjuncts(condition).filter(
    (e) => e.deterministic && e.references.size > 0 && !e.exists((x) => x instanceof PlannedSubquery),
  );
}

function ordinal(output: Attributes, a: AttributeReference): number {
  const i = output.findIndex((o) => o.exprId === a.exprId);
  if (i === -1) throw internalError(`${a} is not in [${output.join(', ')}]`);
  return i;
}

const JOIN_TYPES: Readonly<Record<string, JoinType>> = {
  Inner: 'inner',
  Cross: 'inner',
  LeftOuter: 'left',
  RightOuter: 'right',
  FullOuter: 'full',
  LeftSemi: 'semi',
  LeftAnti: 'anti',
  ExistenceJoin: 'existence',
};
