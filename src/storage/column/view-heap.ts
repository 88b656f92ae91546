import type { Arena } from '../memory/arena.js';
import type { Region } from '../memory/region.js';

const CHUNK_BYTES = 32 * 1024;
/** Up to here a loop over characters beats the call into Node's encoder. */
const SHORT_TEXT = 16;

/** Packs variable-length bytes into a region without the region's 64-byte alignment per allocation. One thread at a time;
 * forget it when the region is reset or released. */
export class ViewHeap {
  readonly #arena: Arena;
  #next = 0;
  #end = 0;

  constructor(
    readonly region: Region,
    readonly chunkBytes = CHUNK_BYTES,
  ) {
    this.#arena = region.arena;
  }

  /** @returns the address of `byteLength` uninitialized bytes, at any alignment. */
  alloc(byteLength: number): number {
    const address = this.#reserve(byteLength);
    this.#next = address + byteLength;
    return address;
  }

  /** Writes `text` as UTF-8 and the view of it (address, byte length) at `slot`. */
  putText(slot: number, text: string): void {
    const { u8, u32, bytes } = this.#arena;
    const units = text.length;
    const address = this.#reserve(units * 3);
    let length = 0;
    if (units <= SHORT_TEXT) {
      while (length < units) {
        const c = text.charCodeAt(length);
        if (c > 127) break;
        u8[address + length++] = c;
      }
    }
    if (length < units) length = bytes.write(text, address, units * 3, 'utf8');
    this.#next = address + length;
    u32[slot >>> 2] = address;
    u32[(slot >>> 2) + 1] = length;
  }

  /** Copies `source` and writes the view of it at `slot`. */
  putBytes(slot: number, source: Uint8Array): void {
    const { u8, u32 } = this.#arena;
    const address = this.alloc(source.length);
    u8.set(source, address);
    u32[slot >>> 2] = address;
    u32[(slot >>> 2) + 1] = source.length;
  }

  #reserve(byteLength: number): number {
    if (this.#next + byteLength > this.#end) {
      const size = Math.max(this.chunkBytes, byteLength);
      this.#next = this.region.alloc(size);
      this.#end = this.#next + size;
    }
    return this.#next;
  }
}
