import type { DataType } from '../../types/index.js';
import { bitmapBytes } from '../column/build.js';
import { defaultRep, type Morsel, REP_BYTES } from '../column/vector.js';
import type { Region } from '../memory/region.js';
import type { BlockContext } from './context.js';

/** Rows to publish: morsels or whole batches, of any length; only selected rows count. */
export type BlockInput = Pick<Morsel, 'length' | 'columns' | 'selection' | 'selected'>;

/** The selected rows of one column of all inputs, dense: `rows` slots of `width` bytes. */
export interface StagedColumn {
  readonly type: DataType;
  readonly width: number;
  readonly data: number;
  /** Bitmap over all rows, or 0 where no row is null. */
  readonly validity: number;
}

/** Gathers the validity of one column, or 0 if nothing is null. */
export function stageValidity(
  { kernels }: BlockContext,
  inputs: readonly BlockInput[],
  column: number,
  rows: number,
  region: Region,
): number {
  if (inputs.every((m) => m.columns[column]!.validity === 0)) return 0;
  const bits = region.allocZeroed(bitmapBytes(rows));
  let nulls = 0;
  let row = 0;
  for (const m of inputs) {
    nulls += kernels.blockAppendBits(m.columns[column]!.validity, m.selection, 0, m.selected, bits, row);
    row += m.selected;
  }
  return nulls === 0 ? 0 : bits;
}

/** Gathers the values of one column; dictionaries are resolved to views. */
export function stageColumn(
  context: BlockContext,
  inputs: readonly BlockInput[],
  column: number,
  type: DataType,
  rows: number,
  region: Region,
): StagedColumn {
  const { kernels, arena } = context;
  if (type.kind === 'null') return { type, width: 1, data: 0, validity: 0 };
  const narrow = type.kind === 'decimal' && inputs.every((m) => m.columns[column]!.rep === 'i64');
  const width = narrow ? 8 : REP_BYTES[defaultRep(type)];
  const validity = stageValidity(context, inputs, column, rows, region);
  // Kernels write up to 16 bytes beyond the last row.
  const data = region.alloc(rows * width + 64);
  let out = data;
  let temporary = 0;
  let temporaryRows = 0;
  for (const { columns, selection, selected } of inputs) {
    const vector = columns[column]!;
    if (vector.dictionary) {
      const { data: entries, size } = vector.dictionary;
      let codes = vector.data;
      if (selection !== 0) {
        if (selected > temporaryRows) {
          temporaryRows = selected;
          temporary = region.alloc(selected * 8);
        }
        kernels.gather4(vector.data, selection, selected, temporary);
        codes = temporary;
      }
      if (size > 0) kernels.decode8(entries, size, codes, 0, selected, out);
      else arena.u8.fill(0, out, out + selected * 8);
    } else if (width === 16 && vector.rep === 'i64') {
      let source = vector.data;
      if (selection !== 0) {
        if (selected > temporaryRows) {
          temporaryRows = selected;
          temporary = region.alloc(selected * 8);
        }
        kernels.gather8(vector.data, selection, selected, temporary);
        source = temporary;
      }
      kernels.blockWiden(source, 8, 0n, 16, selected, out);
    } else gather(context, width, vector.data, selection, selected, out);
    out += selected * width;
  }
  return { type, width, data, validity };
}

function gather(
  { kernels }: BlockContext,
  width: number,
  data: number,
  rows: number,
  count: number,
  out: number,
): void {
  switch (width) {
    case 1:
      kernels.gather1(data, rows, count, out);
      break;
    case 4:
      kernels.gather4(data, rows, count, out);
      break;
    case 8:
      kernels.gather8(data, rows, count, out);
      break;
    default:
      kernels.gather16(data, rows, count, out);
  }
}
