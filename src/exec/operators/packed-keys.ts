import { internalError } from '../../errors/index.js';
import type { Kernels } from '../../kernels/index.js';
import { bitmapBytes } from '../../storage/column/build.js';
import { defaultRep, REP_BYTES, type Rep, type Vector } from '../../storage/column/vector.js';
import type { Region } from '../../storage/memory/region.js';
import type { DataType } from '../../types/index.js';

interface KeyColumn {
  readonly type: DataType;
  readonly rep: Rep;
  /** Byte offset in the packed row. */
  readonly offset: number;
}

/** How several key columns lie in one packed row (see `kernels/assembly/lib/rows.ts`): a word of null bits, then a word per
 * key (two for 128-bit values). */
export class PackedKeys {
  readonly columns: readonly KeyColumn[];
  readonly stride: number;
  /** One bit per word that may view bytes elsewhere. */
  readonly viewMask: number;

  constructor(readonly types: readonly DataType[]) {
    let offset = 8;
    let mask = 0;
    this.columns = types.map((type) => {
      const rep = defaultRep(type);
      const column = { type, rep, offset };
      if (rep === 'view') mask |= 1 << (offset >> 3);
      offset += rep === 'i128' ? 16 : 8;
      return column;
    });
    this.stride = offset;
    this.viewMask = mask;
    if (offset >> 3 > 32 && mask !== 0) throw internalError('more than 31 key words with strings');
  }

  /** Packs n selected rows into `rows` (n × stride bytes). */
  pack(kernels: Kernels, vectors: readonly Vector[], selection: number, n: number, rows: number): void {
    const { stride } = this;
    kernels.packClear(rows, stride, n);
    for (const [k, { rep, offset }] of this.columns.entries()) {
      const v = vectors[k]!;
      const { data, validity } = v;
      switch (v.rep) {
        case 'bool':
          kernels.packBool(data, validity, selection, n, rows, stride, offset, k);
          break;
        case 'i32':
          kernels.packI32(data, validity, selection, n, rows, stride, offset, k);
          break;
        case 'i64':
          if (rep === 'i128') kernels.packI64Wide(data, validity, selection, n, rows, stride, offset, k);
          else kernels.packI64(data, validity, selection, n, rows, stride, offset, k);
          break;
        case 'f32':
          kernels.packF32(data, validity, selection, n, rows, stride, offset, k);
          break;
        case 'f64':
          kernels.packF64(data, validity, selection, n, rows, stride, offset, k);
          break;
        case 'i128':
          kernels.packI128(data, validity, selection, n, rows, stride, offset, k);
          break;
        case 'view':
          kernels.packView(
            v.dictionary?.data ?? data,
            v.dictionary ? data : 0,
            validity,
            selection,
            n,
            rows,
            stride,
            offset,
            k,
          );
          break;
      }
    }
  }

  /** Key columns of n packed rows. */
  unpack(kernels: Kernels, rows: number, n: number, region: Region): Vector[] {
    return this.columns.map(({ type, rep, offset }, k): Vector => {
      const width = REP_BYTES[rep];
      const data = region.alloc(Math.max(1, n) * width);
      const bitmap = region.allocZeroed(bitmapBytes(Math.max(1, n)));
      const nulls =
        rep === 'view'
          ? kernels.unpackView(rows, this.stride, offset, k, n, data, bitmap, region.alloc(Math.max(1, n) * 8))
          : kernels.unpackFixed(rows, this.stride, offset, k, n, width, data, bitmap);
      return { type, rep, data, validity: nulls === 0 ? 0 : bitmap };
    });
  }
}

/** Types whose values are one integer of at most 64 bits, so that a single key needs no packing. */
export function isIntegerKey(type: DataType): boolean {
  const rep = defaultRep(type);
  return rep === 'i32' || rep === 'i64';
}
