import type { Expression } from '../../plan/expressions/expression.js';
import type { Join } from '../../plan/logical/operators.js';
import { booleanConf, bytesConf, type ConfReader } from '../../plan/optimizer/conf.js';
import { estimatedRows } from '../../plan/optimizer/row-estimate.js';
import { statistics } from '../../plan/optimizer/statistics.js';
import { isOrderable } from '../../types/index.js';
import { extractEquiJoinKeys, extractNullAwareAntiJoin } from './equi-join.js';
import { type BuildSide, type JoinAlgorithm, JoinExec, type RowEstimates } from './joins.js';
import type { PhysicalPlan } from './physical-plan.js';

/** Chooses the algorithm of a join as Spark would: hints first, then a broadcast of a side that is small enough, then sorting
 * both. Spark: `JoinSelection`. */
export function planJoin(join: Join, left: PhysicalPlan, right: PhysicalPlan, conf: ConfReader): JoinExec {
  const { joinType, hint } = join;
  const threshold = BigInt(bytesConf(conf, 'spark.sql.autoBroadcastJoinThreshold', 10485760));
  const leftSize = statistics(join.left).sizeInBytes;
  const rightSize = statistics(join.right).sizeInBytes;
  const inner = joinType.kind === 'Inner' || joinType.kind === 'Cross';
  const canLeft = inner || joinType.kind === 'RightOuter';
  const canRight =
    inner ||
    joinType.kind === 'LeftOuter' ||
    joinType.kind === 'LeftSemi' ||
    joinType.kind === 'LeftAnti' ||
    joinType.kind === 'ExistenceJoin';
  const hashLeft = canLeft || joinType.kind === 'FullOuter' || joinType.kind === 'LeftOuter';
  const hashRight = canRight || joinType.kind === 'FullOuter' || joinType.kind === 'RightOuter';
  const estimates = { left: estimatedRows(join.left), right: estimatedRows(join.right) };

  const make = (
    kind: JoinAlgorithm,
    leftKeys: readonly Expression[],
    rightKeys: readonly Expression[],
    condition: Expression | undefined,
    side: BuildSide | undefined,
    original: JoinExec['original'],
    nullAware = false,
  ) =>
    new JoinExec(
      kind,
      leftKeys,
      rightKeys,
      joinType,
      condition,
      left,
      right,
      side,
      nullAware,
      original,
      nullAware ? 'right' : preferredBuildSide(join, estimates),
      estimates,
    );

  const naaj = extractNullAwareAntiJoin(join);
  if (naaj) {
    const original = { left: [naaj[0]], right: [naaj[1]], nullSafe: [false] };
    return make('BroadcastHashJoin', [naaj[0]], [naaj[1]], undefined, 'right', original, true);
  }

  const smaller = (l: boolean, r: boolean): BuildSide | undefined =>
    l && r ? (rightSize <= leftSize ? 'right' : 'left') : l ? 'left' : r ? 'right' : undefined;
  const hinted = (name: string, l: boolean, r: boolean) => smaller(l && hint.left === name, r && hint.right === name);
  const small = (size: bigint, h: string | undefined) =>
    h !== 'no_broadcast_hash' && h !== 'no_broadcast_and_replication' && threshold >= 0n && size <= threshold;
  const bySize = smaller(canLeft && small(leftSize, hint.left), canRight && small(rightSize, hint.right));

  const keys = extractEquiJoinKeys(join);
  if (keys.leftKeys.length > 0) {
    const k = (kind: JoinAlgorithm, side: BuildSide | undefined) =>
      make(kind, keys.leftKeys, keys.rightKeys, keys.condition, side, keys.original);
    const orderable = keys.leftKeys.every((e) => isOrderable(e.dataType));
    const anyHint = (name: string) => hint.left === name || hint.right === name;
    const b = hinted('broadcast', canLeft, canRight);
    if (b) return k('BroadcastHashJoin', b);
    if (anyHint('merge') && orderable) return k('SortMergeJoin', undefined);
    const s = hinted('shuffle_hash', hashLeft, hashRight);
    if (s) return k('ShuffledHashJoin', s);
    if (anyHint('shuffle_replicate_nl') && inner)
      return make('CartesianProduct', [], [], join.condition, undefined, keys.original);
    if (bySize) return k('BroadcastHashJoin', bySize);
    const preferMerge = booleanConf(conf, 'spark.sql.join.preferSortMergeJoin', true);
    if ((!preferMerge || !orderable) && (hashLeft || hashRight))
      return k('ShuffledHashJoin', smaller(hashLeft, hashRight));
    return k('SortMergeJoin', undefined);
  }

  const none = { left: [], right: [], nullSafe: [] };
  const loop = (kind: JoinAlgorithm, side: BuildSide | undefined) => make(kind, [], [], join.condition, side, none);
  const desired: BuildSide =
    inner || joinType.kind === 'FullOuter' ? (rightSize <= leftSize ? 'right' : 'left') : canLeft ? 'left' : 'right';
  const b = hinted('broadcast', true, true);
  if (b) return loop('BroadcastNestedLoopJoin', b);
  if (inner && (hint.left === 'shuffle_replicate_nl' || hint.right === 'shuffle_replicate_nl'))
    return loop('CartesianProduct', undefined);
  if (bySize) return loop('BroadcastNestedLoopJoin', bySize);
  if (inner) return loop('CartesianProduct', undefined);
  return loop('BroadcastNestedLoopJoin', desired);
}

/** By estimated rows, not by Spark's bytes: the runtime hashes in memory in any case. */
function preferredBuildSide(join: Join, { left, right }: RowEstimates): BuildSide {
  switch (join.joinType.kind) {
    case 'Inner':
    case 'Cross':
    case 'FullOuter':
      return left < right ? 'left' : 'right';
    case 'RightOuter':
      return 'left';
    default:
      return 'right';
  }
}
