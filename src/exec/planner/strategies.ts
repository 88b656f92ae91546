import { dirname } from 'node:path';
import { internalError, unsupported } from '../../errors/index.js';
import { compileRow } from '../../eval/evaluate.js';
import { Binder } from '../../plan/expressions/bind.js';
import { AttributeSet, type Expression } from '../../plan/expressions/expression.js';
import { AttributeReference, SortOrder } from '../../plan/expressions/named.js';
import { joinConjuncts, splitConjuncts } from '../../plan/expressions/predicates.js';
import { SubqueryExpression } from '../../plan/expressions/subquery.js';
import type { Attributes, LogicalPlan } from '../../plan/logical/logical-plan.js';
import {
  Aggregate,
  Expand,
  Filter,
  Generate,
  GlobalLimit,
  Join,
  LocalLimit,
  Offset,
  Project,
  RebalancePartitions,
  Repartition,
  RepartitionByExpression,
  Sample,
  Sort,
  Tail,
  Union,
  Window,
} from '../../plan/logical/operators.js';
import {
  InMemoryRelation,
  LocalRelation,
  LogicalRelation,
  OneRowRelation,
  Range,
} from '../../plan/logical/relations.js';
import { SharedRelation } from '../../plan/logical/shared.js';
import { StreamingRelation } from '../../plan/logical/streaming.js';
import { bytesConf, type ConfReader, intConf } from '../../plan/optimizer/conf.js';
import { foldConstant } from '../../plan/optimizer/constant-folding.js';
import { aliasMap, replaceAlias, replaceAliasButKeepName } from '../../plan/optimizer/substitute.js';
import { planFilePartitions } from '../../storage/files/split.js';
import { StructField, StructType } from '../../types/index.js';
import { planAggregate } from './aggregate-planning.js';
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
import { ShuffleExchangeExec } from './exchange.js';
import { planJoin } from './join-selection.js';
import { SINGLE } from './partitioning.js';
import type { PhysicalPlan } from './physical-plan.js';
import { translateFilter } from './pushed-filters.js';
import {
  FileScanExec,
  InMemoryTableScanExec,
  type ListedFiles,
  LocalTableScanExec,
  RangeExec,
  StreamingRelationExec,
} from './scan.js';
import { SharedScanExec } from './shared-scan.js';

/** Turns logical operators into Spark's physical ones, exchanges not yet put in. Spark: `SparkPlanner` and its strategies. */
export class Strategies {
  constructor(readonly conf: ConfReader) {}

  private get shufflePartitions(): number {
    return intConf(this.conf, 'spark.sql.shuffle.partitions', 200);
  }

  /** The whole query: a limit on top collects at the driver. Spark: `SpecialLimits` under `ReturnAnswer`. */
  planRoot(plan: LogicalPlan): PhysicalPlan {
    const top = this.topN(plan);
    if (top) return top;
    const limited = limitAndOffset(plan);
    if (limited) return new LimitExec('CollectLimit', limited.limit, limited.offset, this.plan(limited.child));
    if (plan instanceof Tail) return new TailExec(intOf(plan.limitExpr), this.plan(plan.child));
    return this.plan(plan);
  }

  plan(plan: LogicalPlan): PhysicalPlan {
    const top = this.topN(plan);
    if (top) return top;
    const scan = this.scan(plan);
    if (scan) return scan;
    if (plan instanceof Project) return new ProjectExec(plan.projectList, this.plan(plan.child));
    if (plan instanceof Filter) return new FilterExec(plan.condition, this.plan(plan.child));
    if (plan instanceof Aggregate) return planAggregate(plan, this.plan(plan.child));
    if (plan instanceof Join) return planJoin(plan, this.plan(plan.left), this.plan(plan.right), this.conf);
    if (plan instanceof Sort) return new SortExec(plan.order, plan.global, this.plan(plan.child));
    if (plan instanceof GlobalLimit || plan instanceof Offset) {
      const limited = limitAndOffset(plan);
      if (limited && limited.offset > 0)
        return new LimitExec('GlobalLimit', limited.limit, limited.offset, this.localLimit(limited));
      if (plan instanceof GlobalLimit)
        return new LimitExec('GlobalLimit', intOf(plan.limitExpr), 0, this.plan(plan.child));
      return new LimitExec('GlobalLimit', -1, intOf(plan.offsetExpr), this.plan(plan.child));
    }
    if (plan instanceof LocalLimit) return new LimitExec('LocalLimit', intOf(plan.limitExpr), 0, this.plan(plan.child));
    if (plan instanceof Tail) return new TailExec(intOf(plan.limitExpr), this.plan(plan.child));
    if (plan instanceof Union) return new UnionExec(plan.inputs.map((c) => this.plan(c)));
    if (plan instanceof Window)
      return new WindowExec(plan.windowExpressions, plan.partitionSpec, plan.orderSpec, this.plan(plan.child));
    if (plan instanceof Expand) return new ExpandExec(plan.projections, plan.outputAttributes, this.plan(plan.child));
    if (plan instanceof Generate)
      return new GenerateExec(
        plan.generator,
        plan.requiredChildOutput,
        plan.outer,
        plan.qualifiedGeneratorOutput,
        this.plan(plan.child),
      );
    if (plan instanceof Sample)
      return new SampleExec(plan.lowerBound, plan.upperBound, plan.withReplacement, plan.seed, this.plan(plan.child));
    if (plan instanceof Repartition) return this.repartition(plan);
    if (plan instanceof RepartitionByExpression) return this.repartitionBy(plan);
    if (plan instanceof LocalRelation)
      return new LocalTableScanExec(
        plan.output,
        plan.rows,
        this.conf.defaultParallelism,
        plan.identity === undefined ? 'LocalTableScan' : 'ExistingRDD',
      );
    if (plan instanceof SharedRelation) return new SharedScanExec(plan, undefined);
    if (plan instanceof OneRowRelation) return new LocalTableScanExec([], [[]], 1, 'OneRowRelation');
    if (plan instanceof Range)
      return new RangeExec(
        plan.start,
        plan.end,
        plan.step,
        plan.numSlices ?? this.conf.defaultParallelism,
        plan.output,
      );
    if (plan instanceof StreamingRelation) return new StreamingRelationExec(plan.source.name, plan.output);
    throw unsupported(`running ${plan.nodeName}`, plan.origin);
  }

  private localLimit(l: Limited): PhysicalPlan {
    const child = this.plan(l.child);
    return l.limit >= 0 ? new LimitExec('LocalLimit', l.limit, 0, child) : child;
  }

  /** Spark: `SpecialLimits`: a limit over a sort, perhaps with a projection or an offset between. */
  private topN(plan: LogicalPlan): PhysicalPlan | undefined {
    const limited = limitAndOffset(plan);
    if (!limited || limited.limit < 0 || limited.limit >= TOP_K_FALLBACK) return undefined;
    const { child, limit, offset } = limited;
    if (child instanceof Sort && child.global)
      return new TakeOrderedAndProjectExec(limit, child.order, child.output, this.plan(child.child), offset);
    if (child instanceof Project && child.child instanceof Sort && child.child.global) {
      const sort = child.child;
      return new TakeOrderedAndProjectExec(limit, sort.order, child.projectList, this.plan(sort.child), offset);
    }
    return undefined;
  }

  private repartition(plan: Repartition): PhysicalPlan {
    const child = this.plan(plan.child);
    if (!plan.shuffle) return new CoalesceExec(plan.numPartitions, child);
    const n = plan.numPartitions;
    return new ShuffleExchangeExec(
      n === 1 ? SINGLE : { kind: 'roundRobin', numPartitions: n },
      child,
      'REPARTITION_BY_NUM',
    );
  }

  private repartitionBy(plan: RepartitionByExpression): PhysicalPlan {
    const n = plan.numPartitions ?? this.shufflePartitions;
    const es = plan.partitionExpressions;
    const child = this.plan(plan.child);
    const rebalanced = es.length === 0 ? 'REBALANCE_PARTITIONS_BY_NONE' : 'REBALANCE_PARTITIONS_BY_COL';
    const byCount = plan.numPartitions === undefined ? 'REPARTITION_BY_COL' : 'REPARTITION_BY_NUM';
    const origin = plan instanceof RebalancePartitions ? rebalanced : byCount;
    if (n === 1) return new ShuffleExchangeExec(SINGLE, child, origin);
    if (es.length === 0) return new ShuffleExchangeExec({ kind: 'roundRobin', numPartitions: n }, child, origin);
    if (es.every((e) => e instanceof SortOrder))
      return new ShuffleExchangeExec({ kind: 'range', ordering: es as SortOrder[], numPartitions: n }, child, origin);
    return new ShuffleExchangeExec({ kind: 'hash', expressions: es, numPartitions: n }, child, origin);
  }

  /** Projections and filters over a relation become one scan with what it can take over. Spark: `PhysicalOperation`. */
  private scan(plan: LogicalPlan): PhysicalPlan | undefined {
    const op = physicalOperation(plan);
    if (!op) return undefined;
    if (op.relation instanceof InMemoryRelation) return cacheScan(op.projects, op.filters, op.relation);
    return this.fileScan(op.projects, op.filters, op.relation);
  }

  private fileScan(
    projects: readonly Expression[] | undefined,
    filters: readonly Expression[],
    relation: LogicalRelation,
  ): PhysicalPlan {
    const { partitionSchema } = relation.relation;
    const partitionNames = new Set(partitionSchema.fields.map((f) => f.name.toLowerCase()));
    const partitionColumns = relation.output.filter((a) => partitionNames.has(a.name.toLowerCase()));
    const partitionSet = new AttributeSet(partitionColumns);
    const isPartitionFilter = (e: Expression) =>
      e.deterministic && e.references.size > 0 && e.references.subsetOf(partitionSet) && !hasSubquery(e);
    const partitionFilters = filters.filter(isPartitionFilter);
    const after = filters.filter((e) => !isPartitionFilter(e));
    const dataFilters = after.filter(
      (e) => e.deterministic && !e.references.intersects(partitionSet) && e.references.size > 0,
    );
    const wanted = new AttributeSet();
    for (const e of projects ?? relation.output) e.collectReferences(wanted);
    for (const e of after) e.collectReferences(wanted);
    const dataColumns = relation.output.filter((a) => !partitionSet.has(a) && wanted.has(a));
    const output: Attributes = [...dataColumns, ...partitionColumns];
    const selected = this.directories(relation, partitionColumns, partitionFilters);
    const scan = new FileScanExec(
      relation,
      output,
      partitionFilters,
      dataFilters,
      dataFilters
        .filter((e) => !hasSubquery(e))
        .map(translateFilter)
        .filter((t) => t !== undefined),
      new StructType(dataColumns.map((a) => new StructField(a.name, a.dataType))),
      this.splits(relation, selected),
      partitionFilters.length ? selected.flatMap((d) => folderOf(d)) : undefined,
    );
    return projected(projects ?? relation.output, filtered(after, scan));
  }

  /** Partition folders whose values pass the filters. */
  private directories(relation: LogicalRelation, columns: Attributes, filters: readonly Expression[]) {
    const files = relation.relation as ListedFiles;
    // Listed once: what is not kept may be another the next time.
    const { directories } = files;
    if (!directories) throw internalError(`relation ${files.key} lists no files`);
    const condition = joinConjuncts(filters);
    if (!condition) return directories;
    const names = files.partitionSchema.fields.map((f) => f.name.toLowerCase());
    const order = names.map((n) => columns.find((a) => a.name.toLowerCase() === n) as AttributeReference);
    const passes = compileRow(new Binder(order).bind(condition));
    return directories.filter((d) => passes(d.values) === true);
  }

  private splits(relation: LogicalRelation, directories: ListedFiles['directories']) {
    const files = relation.relation;
    const max = intConf(this.conf, 'spark.sql.files.maxPartitionNum', -1);
    const format = files.format;
    const splitable =
      format === 'parquet' ||
      ((format === 'csv' || format === 'json') && files.options['multiLine'] !== 'true') ||
      format === 'text';
    return planFilePartitions(
      directories,
      {
        maxPartitionBytes: bytesConf(this.conf, 'spark.sql.files.maxPartitionBytes', 134217728),
        openCostInBytes: bytesConf(this.conf, 'spark.sql.files.openCostInBytes', 4194304),
        minPartitionNum: intConf(this.conf, 'spark.sql.files.minPartitionNum', this.conf.defaultParallelism),
        maxPartitionNum: max < 0 ? undefined : max,
      },
      splitable,
    );
  }
}

function folderOf(directory: ListedFiles['directories'][number]): string[] {
  const [file] = directory.files;
  return file ? [`file:${dirname(file.path)}`] : [];
}

const TOP_K_FALLBACK = 2147483632;

interface Limited {
  readonly limit: number;
  readonly offset: number;
  readonly child: LogicalPlan;
}

/** LIMIT, OFFSET, and LIMIT over OFFSET. `limit` −1: none; with an offset, the limit counts the skipped rows too, as Spark
 * shows it. */
function limitAndOffset(plan: LogicalPlan): Limited | undefined {
  if (plan instanceof GlobalLimit) {
    const limit = intOf(plan.limitExpr);
    const inner = plan.child instanceof LocalLimit ? plan.child.child : plan.child;
    if (inner instanceof Offset) {
      const offset = intOf(inner.offsetExpr);
      const below =
        inner.child instanceof LocalLimit && intOf(inner.child.limitExpr) >= limit + offset
          ? inner.child.child
          : inner.child;
      return { limit: limit + offset, offset, child: below };
    }
    return { limit, offset: 0, child: inner };
  }
  if (plan instanceof Offset) {
    const offset = intOf(plan.offsetExpr);
    if (plan.child instanceof GlobalLimit) {
      const below = limitAndOffset(plan.child);
      if (below && below.offset === 0) return { limit: below.limit, offset, child: below.child };
    }
    return { limit: -1, offset, child: plan.child };
  }
  return undefined;
}

/** Constant folding may be excluded: a limit can still be `1 + 1`. */
function intOf(e: Expression): number {
  const value = foldConstant(e)?.value;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  throw internalError(`a limit that is not a number: ${e}`);
}

export function hasSubquery(e: Expression): boolean {
  return e.exists((x) => x instanceof SubqueryExpression);
}

interface Operation {
  /** Undefined: all columns as they are. */
  readonly projects: readonly Expression[] | undefined;
  readonly filters: readonly Expression[];
  readonly relation: InMemoryRelation | LogicalRelation;
}

function physicalOperation(plan: LogicalPlan): Operation | undefined {
  if (plan instanceof InMemoryRelation || plan instanceof LogicalRelation)
    return { projects: undefined, filters: [], relation: plan };
  if (plan instanceof Filter && plan.condition.deterministic) {
    const below = physicalOperation(plan.child);
    if (!below) return undefined;
    const condition = below.projects ? replaceAlias(plan.condition, aliasMap(below.projects)) : plan.condition;
    return { ...below, filters: [...below.filters, ...splitConjuncts(condition)] };
  }
  if (plan instanceof Project && plan.projectList.every((e) => e.deterministic)) {
    const below = physicalOperation(plan.child);
    if (!below) return undefined;
    const map = below.projects ? aliasMap(below.projects) : undefined;
    // Spark merges only what does not repeat costly work; the optimizer has merged the rest already.
    if (map && map.size > 0) return undefined;
    return {
      ...below,
      projects: map ? plan.projectList.map((e) => replaceAliasButKeepName(e, map)) : plan.projectList,
    };
  }
  return undefined;
}

function filtered(filters: readonly Expression[], child: PhysicalPlan): PhysicalPlan {
  const condition = joinConjuncts(filters);
  return condition ? new FilterExec(condition, child) : child;
}

function projected(projects: readonly Expression[], child: PhysicalPlan): PhysicalPlan {
  const { output } = child;
  const same =
    projects.length === output.length &&
    projects.every((e, i) => e instanceof AttributeReference && e.exprId === (output[i] as AttributeReference).exprId);
  return same ? child : new ProjectExec(projects, child);
}

/** Spark: `InMemoryScans` with `pruneFilterProject`. */
function cacheScan(
  projects: readonly Expression[] | undefined,
  filters: readonly Expression[],
  relation: InMemoryRelation,
): PhysicalPlan {
  const list = projects ?? relation.output;
  const projectSet = new AttributeSet();
  for (const e of list) e.collectReferences(projectSet);
  const filterSet = new AttributeSet();
  for (const e of filters) e.collectReferences(filterSet);
  const prunable = filters.filter((e) => e.deterministic && !hasSubquery(e));
  const own = (a: AttributeReference) => relation.output.find((o) => o.exprId === a.exprId) ?? a;
  if (
    list.every((e) => e instanceof AttributeReference) &&
    new Set(list.map((e) => (e as AttributeReference).exprId)).size === list.length &&
    filterSet.subsetOf(projectSet)
  )
    return filtered(filters, new InMemoryTableScanExec((list as AttributeReference[]).map(own), prunable, relation));
  const wanted = new AttributeSet([...projectSet, ...filterSet]);
  // Spark: `AttributeSet.toSeq`.
  const sorted = [...wanted].sort((a, b) => (a.name === b.name ? a.exprId - b.exprId : a.name < b.name ? -1 : 1));
  const scan = new InMemoryTableScanExec(sorted.map(own), prunable, relation);
  return projected(list, filtered(filters, scan));
}
