import { internalError } from '../../errors/index.js';
import type { BoundExpr } from '../../eval/bound.js';
import type { JoinSpec } from '../operators/spec.js';
import type { StepSpec } from './fragment.js';
import { allPartitions, lower } from './lower.js';
import { type Fragment, withStep } from './piece.js';
import type { QueryRun } from './query-run.js';
import { isWorthFiltering, type RoutedFilters, type RuntimeFilter } from './runtime-filter.js';

/** A semi or anti join builds its left side where that has so many times fewer rows: then the scan of the right side, which threads
 * share, is the probe. */
const MUCH_SMALLER = 4;

/** Builds the hash table of one side and adds the probe to the other's pipeline. Joins that keep unmatched build rows run to
 * their end here, since those rows are known only then. */
export async function lowerJoin(run: QueryRun, spec: JoinSpec, down: RoutedFilters['children']): Promise<Fragment> {
  const [leftFilters = [], rightFilters = []] = down;
  const { id, joinType, nullSafe, condition, nullAwareAnti } = spec;
  const leftOnly = joinType === 'semi' || joinType === 'anti' || joinType === 'existence';
  const marksOnly = leftOnly && marksLeft(spec, leftFilters);
  const buildSide = marksOnly ? 'left' : leftOnly ? 'right' : spec.buildSide;
  const build = buildSide === 'left' ? spec.left : spec.right;
  const buildKeys = buildSide === 'left' ? spec.leftKeys : spec.rightKeys;
  const probeKeys = buildSide === 'left' ? spec.rightKeys : spec.leftKeys;
  const keepsBuild = joinType === 'full' || joinType === buildSide || marksOnly;
  const buildTypes = build.output.map((c) => c.type);
  // Without a condition nobody looks at a semi join's build columns.
  const kept = leftOnly && !marksOnly && !condition ? [] : buildTypes;

  const inputs = kept.map((type, ordinal): BoundExpr => ({ k: 'input', ordinal, type, nullable: true }));
  const keyed = withStep(await lower(run, build, buildSide === 'left' ? leftFilters : rightFilters), {
    op: 'project',
    id: -id - 1,
    exprs: [...inputs, ...buildKeys],
  });
  const before = run.sourceRows;
  const collected = await run.collect(keyed, allPartitions(keyed));
  const sourceRows = run.sourceRows - before;
  const rows = collected.reduce((sum, o) => sum + o.rows, 0);
  const [built] = await run.runTasks(
    [
      {
        kind: 'joinBuild',
        batches: collected.flatMap((o) => o.batches),
        types: [...kept, ...buildKeys.map((k) => k.type)],
        width: kept.length,
        nullSafe,
        mark: keepsBuild,
      },
    ],
    rows,
  );
  const table = built?.table;
  if (!table) throw internalError('a join build gave no table');

  const probeSpec = buildSide === 'left' ? spec.right : spec.left;
  const filters = [...(buildSide === 'left' ? rightFilters : leftFilters)];
  const keepsProbe =
    !marksOnly &&
    (joinType === 'anti' ||
      joinType === 'existence' ||
      joinType === 'full' ||
      (joinType !== 'inner' && joinType !== 'semi' && joinType !== 'cross' && joinType !== buildSide));
  // Fewer build rows than their table has, so some probe rows will find nothing.
  const selective = rows * 2 <= sourceRows;
  if (
    !keepsProbe &&
    selective &&
    probeKeys.length > 0 &&
    probeKeys.every((k) => k.k === 'input') &&
    isWorthFiltering(probeSpec)
  )
    filters.push({
      ordinals: probeKeys.map((k) => (k.k === 'input' ? k.ordinal : -1)),
      types: probeKeys.map((k) => k.type),
      nullSafe,
      table,
      keeps: rows / sourceRows,
    });
  const probe = await lower(run, probeSpec, filters);
  const both = buildSide === 'left' ? [...kept, ...probe.types] : [...probe.types, ...kept];
  const output = marksOnly
    ? []
    : joinType === 'semi' || joinType === 'anti'
      ? probe.types
      : joinType === 'existence'
        ? spec.output.map((c) => c.type)
        : both;
  const step: StepSpec = {
    op: 'probe',
    id,
    joinType: marksOnly ? 'inner' : joinType,
    marksOnly,
    keys: probeKeys,
    nullSafe,
    condition,
    buildSide,
    nullAwareAnti,
    table,
    types: probe.types,
    needed: output.map(() => true),
    output,
  };
  const joined = withStep(probe, step);
  if (!keepsBuild) return joined;

  const outputs = await run.collect(joined, allPartitions(joined));
  const [rest] = await run.runTasks(
    [
      {
        kind: 'marked',
        id,
        table,
        want: joinType === 'semi',
        others: marksOnly ? [] : probe.types,
        buildFirst: buildSide === 'left',
      },
    ],
    table.rows,
  );
  if (marksOnly) return run.materialized(id, kept, [rest && rest.rows > 0 ? rest.batches : []]);
  const partitions = outputs.map((o) => [...o.batches]);
  if (rest && rest.rows > 0) {
    if (partitions.length === 0) partitions.push([]);
    partitions[partitions.length - 1]!.push(...rest.batches);
  }
  return run.materialized(id, joined.types, partitions);
}

/** Whether a semi or anti join builds its left side, marks the rows that a right row matches, and gives those or the others. */
function marksLeft(spec: JoinSpec, filters: readonly RuntimeFilter[]): boolean {
  const { joinType, buildSide, estimates, nullAwareAnti, partitions, leftKeys } = spec;
  if (joinType === 'existence' || nullAwareAnti || partitions !== 0 || leftKeys.length === 0) return false;
  if (buildSide === 'left') return true;
  if (!estimates) return false;
  return filters.reduce((n, f) => n * f.keeps, estimates.left) * MUCH_SMALLER <= estimates.right;
}
