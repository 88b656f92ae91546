import type { BlockContext } from './context.js';
import { claimBlock, type Image } from './image.js';
import { C, CHUNK_WORDS, COLUMN_WORDS, H, HEADER_WORDS, K } from './layout.js';

/** Unpacks pieces of an image into the extent at `address`, on whichever threads. */
export type UnpackPieces = (image: Image, address: number, pieces: readonly number[]) => Promise<void>;

/** A block that is unpacked as far as its readers need it: first its head with all statistics, then column by column. Main
 * thread only. */
export class Unpacking {
  /** By piece: unpacked, on the way, or not yet. */
  readonly #pieces: (true | Promise<void> | undefined)[];
  /** Offsets at which the columns' bytes begin, and the block's length. */
  #starts: readonly number[] = [];

  /** @param address of an extent as long as the image's block */
  constructor(
    readonly context: BlockContext,
    readonly image: Image,
    readonly address: number,
    readonly unpack: UnpackPieces,
  ) {
    this.#pieces = image.pieces.map(() => undefined);
  }

  /** Unpacks the head. @throws BLOCK_DAMAGED, UNABLE_TO_ACQUIRE_MEMORY */
  async begin(): Promise<this> {
    const { context, image, address } = this;
    await this.#need(image.piecesOf(0, HEADER_WORDS * 4));
    const { u32 } = context.arena;
    const head = address >>> 2;
    // The runs of views are the last part of the head; a damaged length must not lead beyond the block.
    const end = u32[head + H.viewRuns]! + u32[head + H.viewRunCount]! * 8;
    await this.#need(image.piecesOf(0, Math.min(image.length, end)));
    claimBlock(context, address, image);
    this.#starts = this.#columnStarts();
    return this;
  }

  /** Whether these columns (all if left out) are there. */
  has(columns?: readonly number[]): boolean {
    return this.#of(columns).every((i) => this.#pieces[i] === true);
  }
  /** Unpacks what is missing of these columns. @throws BLOCK_DAMAGED, UNABLE_TO_ACQUIRE_MEMORY */
  need(columns?: readonly number[]): Promise<void> {
    return this.#need(this.#of(columns));
  }

  #of(columns: readonly number[] | undefined): number[] {
    if (!columns) return [...this.#pieces.keys()];
    const wanted = new Set<number>();
    for (const c of columns) for (const i of this.image.piecesOf(this.#starts[c]!, this.#starts[c + 1]!)) wanted.add(i);
    return [...wanted];
  }

  async #need(pieces: readonly number[]): Promise<void> {
    const missing = pieces.filter((i) => this.#pieces[i] === undefined);
    if (missing.length > 0) {
      const running = this.unpack(this.image, this.address, missing).then(
        () => {
          for (const i of missing) this.#pieces[i] = true;
        },
        (error: unknown) => {
          for (const i of missing) this.#pieces[i] = undefined;
          throw error;
        },
      );
      // Whoever waits below hears of it.
      running.catch(() => undefined);
      for (const i of missing) this.#pieces[i] = running;
    }
    await Promise.all(pieces.map((i) => this.#pieces[i]));
  }

  /** Columns lie one after another: dictionary, texts, then batch by batch. */
  #columnStarts(): number[] {
    const { u32 } = this.context.arena;
    const head = this.address >>> 2;
    const columns = u32[head + H.columns]!;
    const batches = u32[head + H.batches]!;
    const table = head + (u32[head + H.columnTable]! >>> 2);
    const chunks = head + (u32[head + H.chunkTable]! >>> 2);
    const starts: number[] = Array(columns + 1).fill(this.image.length);
    for (let c = columns - 1; c >= 0; c--) {
      let first = u32[table + c * COLUMN_WORDS + C.dictionary]!;
      for (let b = 0; b < batches && first === 0; b++) {
        const chunk = chunks + (c * batches + b) * CHUNK_WORDS;
        first = u32[chunk + K.validity]! || u32[chunk + K.data]!;
      }
      // A column of no bytes ends where it begins.
      starts[c] = first === 0 ? starts[c + 1]! : first;
    }
    return starts;
  }
}
