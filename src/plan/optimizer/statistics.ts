import { AttributeSet, type Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { splitConjuncts } from '../expressions/predicates.js';
import type { Attributes, LogicalPlan } from '../logical/logical-plan.js';
import {
  Aggregate,
  Expand,
  Filter,
  GlobalLimit,
  Join,
  LocalLimit,
  Project,
  Sample,
  Union,
} from '../logical/operators.js';
import { InMemoryRelation, LocalRelation, LogicalRelation, OneRowRelation, Range } from '../logical/relations.js';
import { SharedRelation } from '../logical/shared.js';
import { StreamingRelation } from '../logical/streaming.js';

/** Spark: `Statistics`. Sizes decide on broadcasts and must be Spark's. */
export interface Statistics {
  readonly sizeInBytes: bigint;
  readonly rowCount: bigint | undefined;
}

const known = new WeakMap<LogicalPlan, Statistics>();

/** Spark's estimate without cost-based optimization. Spark: `SizeInBytesOnlyStatsPlanVisitor`. */
export function statistics(plan: LogicalPlan): Statistics {
  // A cached relation's numbers change when its blocks are loaded.
  if (plan.exists((p) => p instanceof InMemoryRelation)) return compute(plan);
  let stats = known.get(plan);
  if (!stats) {
    stats = compute(plan);
    known.set(plan, stats);
  }
  return stats;
}

function rowSize(output: Attributes): bigint {
  return BigInt(8 + output.reduce((n, a) => n + a.dataType.defaultSize, 0));
}

function outputSize(output: Attributes, rows: bigint): bigint {
  const size = rowSize(output) * rows;
  return size > 0n ? size : 1n;
}

function literalInt(e: Expression): bigint | undefined {
  if (!(e instanceof Literal)) return undefined;
  return typeof e.value === 'number' ? BigInt(e.value) : typeof e.value === 'bigint' ? e.value : undefined;
}

/** The relation below, if filters choose among its partitions: then its files are looked at. Spark: `PruneFileSourcePartitions`. */
function prunedRelation(plan: LogicalPlan): LogicalRelation | undefined {
  const conditions: Expression[] = [];
  let below = plan;
  while (below instanceof Filter || below instanceof Project) {
    if (below instanceof Filter) conditions.push(...splitConjuncts(below.condition));
    below = below.children[0] as LogicalPlan;
  }
  if (conditions.length === 0 || !(below instanceof LogicalRelation)) return undefined;
  const { unlistedSizeInBytes, partitionSchema } = below.relation;
  if (unlistedSizeInBytes === undefined) return undefined;
  const names = new Set(partitionSchema.fields.map((f) => f.name.toLowerCase()));
  const columns = new AttributeSet(below.output.filter((a) => names.has(a.name.toLowerCase())));
  const chooses = (e: Expression) => e.deterministic && e.references.size > 0 && e.references.subsetOf(columns);
  return conditions.some(chooses) ? below : undefined;
}

function compute(plan: LogicalPlan): Statistics {
  const pruned = prunedRelation(plan);
  if (pruned) {
    const size = (BigInt(Math.ceil(pruned.relation.sizeInBytes)) * rowSize(plan.output)) / rowSize(pruned.output);
    return { sizeInBytes: size > 0n ? size : 1n, rowCount: undefined };
  }
  if (plan instanceof LogicalRelation) {
    const { unlistedSizeInBytes, sizeInBytes } = plan.relation;
    return { sizeInBytes: unlistedSizeInBytes ?? BigInt(Math.ceil(sizeInBytes)), rowCount: undefined };
  }
  if (plan instanceof InMemoryRelation) {
    const { loadedStats, estimatedSizeInBytes } = plan.cached;
    return loadedStats ?? { sizeInBytes: estimatedSizeInBytes, rowCount: undefined };
  }
  if (plan instanceof LocalRelation) {
    const size = plan.output.reduce((n, a) => n + a.dataType.defaultSize, 0) * plan.rows.length;
    // A collection that came from outside has no known size in Spark.
    if (plan.identity !== undefined) return { sizeInBytes: 9223372036854775807n, rowCount: undefined };
    return { sizeInBytes: BigInt(size), rowCount: BigInt(plan.rows.length) };
  }
  if (plan instanceof StreamingRelation) return { sizeInBytes: 9223372036854775807n, rowCount: undefined };
  if (plan instanceof SharedRelation) return unary(plan, plan.plan);
  if (plan instanceof OneRowRelation) return { sizeInBytes: 1n, rowCount: 1n };
  if (plan instanceof Range) {
    const rows = plan.numElements;
    return { sizeInBytes: rows === 0n ? 1n : rows * 8n, rowCount: rows };
  }
  if (plan instanceof Aggregate && plan.groupingExpressions.length === 0)
    return { sizeInBytes: outputSize(plan.output, 1n), rowCount: 1n };
  if (plan instanceof Join) {
    const { kind } = plan.joinType;
    if (kind === 'LeftSemi' || kind === 'LeftAnti')
      return { sizeInBytes: statistics(plan.left).sizeInBytes, rowCount: undefined };
  }
  if (plan instanceof GlobalLimit) {
    const n = literalInt(plan.limitExpr);
    const child = statistics(plan.child);
    const rows =
      n === undefined ? child.rowCount : child.rowCount === undefined || n < child.rowCount ? n : child.rowCount;
    return { sizeInBytes: outputSize(plan.output, rows ?? 0n), rowCount: rows };
  }
  if (plan instanceof LocalLimit) {
    const n = literalInt(plan.limitExpr);
    const child = statistics(plan.child);
    if (n === 0n) return { sizeInBytes: 1n, rowCount: 0n };
    return { sizeInBytes: child.sizeInBytes, rowCount: undefined };
  }
  if (plan instanceof Union)
    return {
      sizeInBytes: plan.inputs.reduce((n, p) => n + statistics(p).sizeInBytes, 0n),
      rowCount: undefined,
    };
  if (plan instanceof Sample) {
    const child = statistics(plan.child).sizeInBytes;
    const ratio = Math.ceil((plan.upperBound - plan.lowerBound) * 1e6);
    const size = (child * BigInt(ratio)) / 1000000n;
    return { sizeInBytes: size > 0n ? size : 1n, rowCount: undefined };
  }
  if (plan instanceof Expand) {
    const s = unary(plan, plan.child);
    return { sizeInBytes: s.sizeInBytes * BigInt(plan.projections.length), rowCount: undefined };
  }
  if (plan.children.length === 1) return unary(plan, plan.children[0] as LogicalPlan);
  return {
    sizeInBytes: plan.children.reduce((n, p) => n * statistics(p).sizeInBytes, 1n),
    rowCount: undefined,
  };
}

/** The child's size in proportion to the width of a row. */
function unary(plan: LogicalPlan, child: LogicalPlan): Statistics {
  const below = statistics(child);
  const size = (below.sizeInBytes * rowSize(plan.output)) / rowSize(child.output);
  return {
    sizeInBytes: size > 0n ? size : 1n,
    rowCount: plan instanceof Filter || plan instanceof Aggregate ? undefined : below.rowCount,
  };
}
