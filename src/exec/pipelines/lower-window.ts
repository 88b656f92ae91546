import { textOf } from '../operators/aggregation.js';
import type { WindowSpec } from '../operators/spec.js';
import type { SinkSpec } from './fragment.js';
import { lower, runExchange, runPartitionwise } from './lower.js';
import type { Fragment } from './piece.js';
import type { QueryRun } from './query-run.js';
import type { RuntimeFilter } from './runtime-filter.js';

/** Brings rows of a window partition together, then computes the functions partition by partition. */
export async function lowerWindow(
  run: QueryRun,
  spec: WindowSpec,
  filters: readonly RuntimeFilter[],
): Promise<Fragment> {
  const child = await lower(run, spec.child, filters);
  const { child: _child, ...plain } = spec;
  const types = spec.output.map((c) => c.type);
  const sink: SinkSpec = { kind: 'window', id: spec.id, types: child.types, spec: plain };
  let together: Fragment;
  if (isTogether(spec)) together = child;
  else if (spec.partitionKeys.length === 0 || (spec.partitions <= 1 && run.host.threads <= 1))
    together = { ...child, partitions: [child.partitions.flat()] };
  else {
    const n = spec.partitions > 0 ? spec.partitions : run.host.threads * 2;
    together = await runExchange(run, spec.id, child, { kind: 'hash', exprs: spec.partitionKeys }, n);
  }
  return run.materialized(spec.id, types, await runPartitionwise(run, together, sink));
}

/** Has the input been exchanged by (some of) the partition keys, so that no window partition is spread? */
function isTogether(spec: WindowSpec): boolean {
  let child = spec.child;
  while (child.op === 'sort' && !child.global) child = child.child;
  if (child.op !== 'exchange') return false;
  if (child.partitioning.kind === 'single') return true;
  if (child.partitioning.kind !== 'hash') return false;
  const keys = new Set(spec.partitionKeys.map(textOf));
  return child.partitioning.exprs.every((e) => keys.has(textOf(e)));
}
