import { unsupported } from '../../errors/index.js';
import type { DataType } from '../../types/index.js';
import { REP_BYTES, type Vector } from '../column/vector.js';
import type { Region } from '../memory/region.js';
import { type ChunkReader, SLACK } from './chunk-reader.js';

/** Rows [from, to) of a row group. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Decodes a flat column: the rows of ascending ranges, a stretch at a time. */
export class FlatColumnReader {
  #range = 0;

  constructor(
    readonly reader: ChunkReader,
    readonly type: DataType,
    readonly ranges: readonly RowRange[],
  ) {}

  /** Decodes the next `rows` rows into `region`.
   * @throws RangeError if the chunk holds fewer */
  read(rows: number, region: Region): Vector {
    const { reader, type } = this;
    const { maxDef } = reader.leaf;
    const coded = reader.rep === 'view' && reader.allDictionary;
    const width = coded ? 4 : REP_BYTES[reader.rep];
    const data = region.alloc(rows * width + SLACK);
    const bitmap = maxDef > 0 ? region.allocZeroed((rows >> 3) + 16) : 0;
    let nulls = 0;
    for (let done = 0; done < rows; ) {
      const n = Math.min(rows - done, this.#available());
      const valid = reader.readDefined(n, bitmap, done);
      const to = data + done * width;
      if (coded) reader.readCodes(valid, to);
      else reader.readValues(valid, to);
      if (valid < n) {
        nulls += n - valid;
        // Slots of nulls hold codes too: whoever gathers without looking must stay inside the dictionary.
        if (coded) reader.context.arena.u8.fill(0, to + valid * 4, to + n * 4);
        spread(reader, width, to, bitmap, done, n, valid);
      }
      done += n;
    }
    const base = { type, rep: reader.rep, data, validity: nulls > 0 ? bitmap : 0 };
    return coded && reader.dictionary ? { ...base, dictionary: reader.dictionary } : base;
  }

  /** Passes over the next `rows` rows; whole pages are not even decompressed. */
  skip(rows: number): void {
    const { reader } = this;
    const dense = this.ranges.length === 1 && this.ranges[0]?.from === 0;
    for (let left = rows; left > 0; ) {
      // Between ranges a page's rows are not all the column's.
      const dropped = dense ? reader.dropPage(left) : 0;
      if (dropped > 0) {
        left -= dropped;
        continue;
      }
      const n = Math.min(left, this.#available());
      reader.skip(n);
      left -= n;
    }
  }

  /** Rows that can be read at once, after passing over those between ranges. */
  #available(): number {
    const { reader } = this;
    for (;;) {
      const range = this.ranges[this.#range];
      const left = reader.available();
      if (!range || left === 0) throw new RangeError('pages hold fewer rows than the row group');
      if (reader.row >= range.to) this.#range++;
      else if (reader.row < range.from) reader.skip(Math.min(left, range.from - reader.row));
      else return Math.min(left, range.to - reader.row);
    }
  }
}

/** Moves `valid` packed values to their rows. */
function spread(
  reader: ChunkReader,
  width: number,
  to: number,
  bitmap: number,
  from: number,
  rows: number,
  valid: number,
): void {
  const { kernels } = reader.context;
  if (width === 8) kernels.pqSpread64(to, bitmap, from, rows, valid);
  else if (width === 4) kernels.pqSpread32(to, bitmap, from, rows, valid);
  else if (width === 1) kernels.pqSpread8(to, bitmap, from, rows, valid);
  else kernels.pqSpread128(to, bitmap, from, rows, valid);
}

/** A column of nulls: what a file lacks. */
export function nullVector(type: DataType, rep: Vector['rep'], rows: number, region: Region): Vector {
  return {
    type,
    rep,
    data: region.allocZeroed(rows * REP_BYTES[rep] + SLACK),
    validity: region.allocZeroed((rows >> 3) + 16),
    constant: true,
  };
}

/** Levels and values of one leaf of a nested column, all rows of a row group. */
export interface LeafColumn {
  /** One byte a slot; empty where the maximum is 0. */
  readonly rep: Uint8Array;
  readonly def: Uint8Array;
  readonly slots: number;
  /** Address of the present values, packed, in the conversion's representation. */
  readonly values: number;
}

/** Decodes a whole leaf: levels as bytes, present values packed. */
export function readLeaf(reader: ChunkReader, numValues: number, scratch: Region): LeafColumn {
  const { arena } = reader.context;
  const { maxDef, maxRep } = reader.leaf;
  if (maxDef > 255 || maxRep > 255) throw unsupported('Parquet columns nested deeper than 255 levels');
  const rep = maxRep > 0 ? scratch.alloc(numValues + SLACK) : 0;
  const def = maxDef > 0 ? scratch.alloc(numValues + SLACK) : 0;
  const width = REP_BYTES[reader.rep];
  const values = scratch.alloc(numValues * width + SLACK);
  let present = 0;
  for (let done = 0; done < numValues; ) {
    const n = Math.min(numValues - done, reader.available());
    if (n === 0) throw new RangeError(`pages hold ${done} values of ${numValues}`);
    reader.readLevels(n, rep + done, def + done);
    let valid = n;
    if (maxDef > 0) {
      valid = reader.context.kernels.pqCountBytes(def + done, n, maxDef);
    }
    reader.readValues(valid, values + present * width);
    present += valid;
    done += n;
  }
  return {
    rep: maxRep > 0 ? arena.u8.subarray(rep, rep + numValues) : new Uint8Array(0),
    def: maxDef > 0 ? arena.u8.subarray(def, def + numValues) : new Uint8Array(0),
    slots: numValues,
    values,
  };
}
