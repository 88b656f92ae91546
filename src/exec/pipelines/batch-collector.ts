import type { Kernels } from '../../kernels/index.js';
import { writeBatchHeader } from '../../storage/column/batch.js';
import { bitmapBytes } from '../../storage/column/build.js';
import { type Morsel, REP_BYTES, type Rep, type Vector } from '../../storage/column/vector.js';
import type { Region } from '../../storage/memory/region.js';
import type { DataType } from '../../types/index.js';

const FIRST_CHUNK = 4096;
const LARGEST_CHUNK = 65_536;

interface Chunk {
  readonly reps: readonly Rep[];
  readonly data: number[];
  readonly validity: number[];
  readonly capacity: number;
  length: number;
}

/** Copies selected rows of morsels into batches that outlive them: 4,096 rows at first, then up to 65,536 a batch. Strings
 * keep their bytes where they are; dictionary codes become views. A column without memory (not needed) stays so. */
export class BatchCollector {
  readonly #batches: number[] = [];
  #chunk: Chunk | undefined;
  #rows = 0;

  constructor(
    readonly kernels: Kernels,
    readonly region: Region,
    readonly types: readonly DataType[],
    readonly firstChunk = FIRST_CHUNK,
  ) {}

  get rows(): number {
    return this.#rows;
  }

  append(morsel: Morsel): void {
    const { selected, columns } = morsel;
    if (selected === 0) return;
    let chunk = this.#chunk;
    if (chunk && (chunk.length + selected > chunk.capacity || !fits(chunk, columns))) {
      this.#flush();
      chunk = undefined;
    }
    chunk ??= this.#open(columns, selected);
    for (let c = 0; c < columns.length; c++) this.#copy(chunk, c, columns[c]!, morsel);
    chunk.length += selected;
    this.#rows += selected;
  }

  /** Headers of the batches, in row order. */
  finish(): number[] {
    this.#flush();
    return this.#batches;
  }

  #open(columns: readonly Vector[], selected: number): Chunk {
    let capacity = this.firstChunk;
    while (capacity < LARGEST_CHUNK && capacity < this.#rows) capacity *= 2;
    while (capacity < selected) capacity *= 2;
    const chunk: Chunk = {
      reps: columns.map((v) => v.rep),
      data: columns.map((v) => (v.data === 0 ? 0 : this.region.alloc(capacity * REP_BYTES[v.rep]))),
      validity: columns.map(() => 0),
      capacity,
      length: 0,
    };
    this.#chunk = chunk;
    return chunk;
  }

  #copy(chunk: Chunk, c: number, vector: Vector, morsel: Morsel): void {
    const { selection, selected } = morsel;
    const { kernels, region } = this;
    if (vector.data === 0) return;
    const width = REP_BYTES[vector.rep];
    const out = chunk.data[c]! + chunk.length * width;
    if (vector.dictionary) kernels.moveGatherCodes(vector.dictionary.data, vector.data, selection, selected, out);
    else if (selection === 0) region.arena.u8.copyWithin(out, vector.data, vector.data + selected * width);
    else kernels.moveGather(vector.data, selection, selected, width, out);
    if (vector.validity === 0 && chunk.validity[c] === 0) return;
    if (chunk.validity[c] === 0) {
      chunk.validity[c] = region.allocZeroed(bitmapBytes(chunk.capacity));
      kernels.moveBits(0, chunk.length, chunk.validity[c]!, 0);
    }
    if (selection === 0) kernels.moveBits(vector.validity, selected, chunk.validity[c]!, chunk.length);
    else kernels.moveGatherBits(vector.validity, selection, selected, chunk.validity[c]!, chunk.length);
  }

  #flush(): void {
    const chunk = this.#chunk;
    this.#chunk = undefined;
    if (!chunk || chunk.length === 0) return;
    const columns = this.types.map(
      (type, c): Vector => ({ type, rep: chunk.reps[c]!, data: chunk.data[c]!, validity: chunk.validity[c]! }),
    );
    this.#batches.push(writeBatchHeader(this.region, { length: chunk.length, columns, owner: this.region.owner }));
  }
}

function fits(chunk: Chunk, columns: readonly Vector[]): boolean {
  for (let c = 0; c < columns.length; c++) {
    const v = columns[c]!;
    if (v.rep !== chunk.reps[c] || (v.data === 0) !== (chunk.data[c] === 0)) return false;
  }
  return true;
}
