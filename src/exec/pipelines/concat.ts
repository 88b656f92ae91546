import type { Kernels } from '../../kernels/index.js';
import { type Batch, readBatchHeader } from '../../storage/column/batch.js';
import { bitmapBytes } from '../../storage/column/build.js';
import { defaultRep, REP_BYTES, type Rep, type Vector } from '../../storage/column/vector.js';
import type { Region } from '../../storage/memory/region.js';
import type { DataType } from '../../types/index.js';

/** Batches one after another in contiguous columns. One batch alone is returned as it is. A column that has no memory in
 * the first batch has none in the result; reps become the widest among the batches. */
export function concatBatches(
  kernels: Kernels,
  region: Region,
  addresses: readonly number[],
  types: readonly DataType[],
): Batch {
  const batches = addresses.map((a) => readBatchHeader(region.arena, a, types));
  if (batches.length === 1) return batches[0]!;
  const length = batches.reduce((sum, b) => sum + b.length, 0);
  const columns = types.map((type, c) => concatColumn(kernels, region, batches, type, c, length));
  return { length, columns, owner: region.owner };
}

function concatColumn(
  kernels: Kernels,
  region: Region,
  batches: readonly Batch[],
  type: DataType,
  c: number,
  length: number,
): Vector {
  const vectors = batches.map((b) => b.columns[c]!);
  const rep = widestRep(vectors, type);
  if (vectors.length > 0 && vectors.every((v) => v.data === 0)) return { type, rep, data: 0, validity: 0 };
  const width = REP_BYTES[rep];
  const data = region.alloc(Math.max(1, length) * width);
  const nullable = vectors.some((v) => v.validity !== 0);
  const validity = nullable ? region.allocZeroed(bitmapBytes(length)) : 0;
  const { u8 } = region.arena;
  let row = 0;
  vectors.forEach((v, b) => {
    const n = batches[b]!.length;
    const out = data + row * width;
    if (v.dictionary) kernels.moveGatherCodes(v.dictionary.data, v.data, 0, n, out);
    else if (v.rep === rep) u8.copyWithin(out, v.data, v.data + n * width);
    else kernels.moveWiden(v.data, REP_BYTES[v.rep], n, out, width);
    if (nullable) kernels.moveBits(v.validity, n, validity, row);
    row += n;
  });
  return { type, rep, data, validity };
}

function widestRep(vectors: readonly Vector[], type: DataType): Rep {
  let rep: Rep | undefined;
  for (const v of vectors) if (rep === undefined || REP_BYTES[v.rep] > REP_BYTES[rep]) rep = v.rep;
  return rep ?? defaultRep(type);
}

/** Rows of a batch by number (u32 at `rows`), contiguous. NONE as a number (in `outer`) gives nulls. */
export function gatherVector(
  kernels: Kernels,
  region: Region,
  v: Vector,
  rows: number,
  n: number,
  outer = false,
): Vector {
  if (v.data === 0) return v;
  const width = REP_BYTES[v.rep];
  const data = region.alloc(Math.max(1, n) * width);
  if (v.dictionary) kernels.moveGatherCodes(v.dictionary.data, v.data, rows, n, data);
  else if (outer) kernels.moveGatherOuter(v.data, rows, n, width, data);
  else kernels.moveGather(v.data, rows, n, width, data);
  let validity = 0;
  if (outer || v.validity !== 0) {
    validity = region.alloc(bitmapBytes(Math.max(1, n)));
    if (kernels.moveGatherBits(v.validity, rows, n, validity, 0) === 0) validity = 0;
  }
  return { type: v.type, rep: v.rep, data, validity };
}
