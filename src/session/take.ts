import type { PhysicalSpec } from '../exec/operators/spec.js';
import type { Executor, RunOptions } from '../exec/pipelines/executor.js';
import type { PhysicalPlan } from '../exec/planner/physical-plan.js';
import type { Value } from '../types/index.js';

/** A query that ends in a limit over partitions that can run one by one. */
export interface TakePlan {
  readonly child: PhysicalSpec;
  readonly partitions: number;
  readonly limit: number;
  readonly offset: number;
}

/** Spark collects `CollectLimit` by running a few partitions at a time. @returns undefined for other queries */
export function takePlan(spec: PhysicalSpec, executed: PhysicalPlan): TakePlan | undefined {
  if (spec.op !== 'limit' || !spec.global || spec.limit < 0 || executed.nodeName !== 'CollectLimit') return undefined;
  const { child } = spec;
  if (child.partitions <= 0) return undefined;
  return { child, partitions: child.partitions, limit: spec.limit, offset: spec.offset };
}

/** Runs partitions in growing groups until there are enough rows. Spark: `SparkPlan.executeTake`. */
export async function takeRows(
  executor: Executor,
  take: TakePlan,
  run: RunOptions,
  confs: { readonly initialNumPartitions: number; readonly scaleUpFactor: number },
): Promise<{ rows: Value[][]; bytesRead: number }> {
  const wanted = take.limit + take.offset;
  const factor = Math.max(confs.scaleUpFactor, 2);
  const limited: PhysicalSpec = {
    op: 'limit',
    id: -1,
    output: take.child.output,
    partitions: take.partitions,
    limit: wanted,
    offset: 0,
    global: false,
    child: take.child,
  };
  const rows: Value[][] = [];
  let bytesRead = 0;
  let scanned = 0;
  while (rows.length < wanted && scanned < take.partitions) {
    let tries = confs.initialNumPartitions;
    if (scanned > 0) {
      const grown = scanned * factor;
      tries = rows.length === 0 ? grown : Math.min(Math.ceil((1.5 * (wanted - rows.length) * scanned) / rows.length), grown);
    }
    const end = Math.min(scanned + Math.max(1, tries), take.partitions);
    const partitions = Array.from({ length: end - scanned }, (_, i) => scanned + i);
    const result = await executor.run(limited, { ...run, partitions });
    try {
      for (const r of result.rows()) rows.push(r);
      for (const m of result.metrics.values()) bytesRead += m['bytesRead'] ?? 0;
    } finally {
      result.release();
    }
    scanned = end;
  }
  return { rows: rows.slice(take.offset, wanted), bytesRead };
}
