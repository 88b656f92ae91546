import type { PhysicalSpec } from '../exec/operators/spec.js';
import type { Executor, RunOptions } from '../exec/pipelines/executor.js';
import type { PhysicalPlan } from '../exec/planner/physical-plan.js';
import type { Value } from '../types/index.js';
import { addCounts, type Counts } from './query-metrics.js';

/** A query that wants a few rows of partitions that can run one by one. */
export interface TakePlan {
  readonly child: PhysicalSpec;
  readonly partitions: number;
  readonly limit: number;
  readonly offset: number;
  /** The last rows instead of the first. */
  readonly fromEnd: boolean;
}

/** Spark collects `CollectLimit` and `CollectTail` by running a few partitions at a time. @returns undefined for other queries */
export function takePlan(spec: PhysicalSpec, tail: number | undefined, executed: PhysicalPlan): TakePlan | undefined {
  if (tail !== undefined)
    return spec.partitions > 0
      ? { child: spec, partitions: spec.partitions, limit: tail, offset: 0, fromEnd: true }
      : undefined;
  if (spec.op !== 'limit' || !spec.global || spec.limit < 0 || executed.nodeName !== 'CollectLimit') return undefined;
  const { child } = spec;
  if (child.partitions <= 0) return undefined;
  return { child, partitions: child.partitions, limit: spec.limit, offset: spec.offset, fromEnd: false };
}

/** Runs partitions in growing groups until there are enough rows. Spark: `SparkPlan.executeTake`, `executeTail`. */
export async function takeRows(
  executor: Executor,
  take: TakePlan,
  run: RunOptions,
  confs: { readonly initialNumPartitions: number; readonly scaleUpFactor: number },
): Promise<{ rows: Value[][]; counts: Counts }> {
  const wanted = take.limit + take.offset;
  const factor = Math.max(confs.scaleUpFactor, 2);
  const spec = take.fromEnd ? take.child : localLimit(take, wanted);
  let rows: Value[][] = [];
  const counts: Record<string, number> = {};
  let scanned = 0;
  while (rows.length < wanted && scanned < take.partitions) {
    let tries = confs.initialNumPartitions;
    if (scanned > 0) {
      const grown = scanned * factor;
      tries =
        rows.length === 0 ? grown : Math.min(Math.ceil((1.5 * (wanted - rows.length) * scanned) / rows.length), grown);
    }
    const end = Math.min(scanned + Math.max(1, tries), take.partitions);
    const partitions = Array.from({ length: end - scanned }, (_, i) =>
      take.fromEnd ? take.partitions - end + i : scanned + i,
    );
    const result = await executor.run(spec, { ...run, partitions });
    try {
      const more = result.rows();
      rows = take.fromEnd ? [...more, ...rows] : [...rows, ...more];
      addCounts(counts, result);
    } finally {
      result.release();
    }
    scanned = end;
  }
  return {
    rows: take.fromEnd ? rows.slice(Math.max(0, rows.length - wanted)) : rows.slice(take.offset, wanted),
    counts,
  };
}

function localLimit({ child, partitions }: TakePlan, limit: number): PhysicalSpec {
  return { op: 'limit', id: -1, output: child.output, partitions, limit, offset: 0, global: false, child };
}
