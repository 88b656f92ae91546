import type { BoundAggregate } from '../../eval/bound.js';
import { isIntegral } from '../../types/index.js';
import { isMergeable } from '../operators/aggregation.js';
import { scanFilter, splitFilter } from './cache-filter.js';
import type { PieceSpec, SinkSpec } from './fragment.js';
import { chosenColumns } from './piece.js';

/** What a cached scan may add up itself, where its piece ends in an aggregation without keys whose calls are counts, sums and
 * averages of its own columns: the column's slot for each call, undefined where rows are counted. */
export function wantedTotals(
  piece: PieceSpec,
  sink: SinkSpec | undefined,
): readonly (number | undefined)[] | undefined {
  if (piece.scan?.op !== 'scanCache' || piece.perPartition) return undefined;
  if (sink?.kind !== 'aggregate' || sink.complete || sink.keys.length > 0 || sink.aggregates.length === 0)
    return undefined;
  const columns = columnsAtEnd(piece);
  if (!columns) return undefined;
  const slots: (number | undefined)[] = [];
  for (const call of sink.aggregates) {
    const slot = isMergeable(call) && !call.filter ? slotOf(call, columns) : undefined;
    if (slot === undefined) return undefined;
    slots.push(slot === 'rows' ? undefined : slot);
  }
  return slots;
}

/** The scan's slot of each column that reaches the sink; undefined if rows or values change on the way. */
function columnsAtEnd(piece: PieceSpec): readonly number[] | undefined {
  const filter = scanFilter(piece);
  if (filter && splitFilter(filter.condition).rest) return undefined;
  return chosenColumns(filter ? piece.steps.slice(1) : piece.steps, piece.types.length);
}

function slotOf({ fn, args }: BoundAggregate, columns: readonly number[]): number | 'rows' | undefined {
  const [arg, ...others] = args;
  if (fn === 'count' && args.every((a) => a.k === 'literal' && a.value !== null)) return 'rows';
  if (!arg || others.length > 0 || arg.k !== 'input') return undefined;
  if (fn !== 'count' && fn !== 'sum' && fn !== 'avg' && fn !== 'mean') return undefined;
  return isIntegral(arg.type) || arg.type.kind === 'decimal' ? columns[arg.ordinal] : undefined;
}
