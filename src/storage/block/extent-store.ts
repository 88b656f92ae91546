import { internalError } from '../../errors/index.js';
import { type Arena, SLAB_BYTES } from '../memory/arena.js';
import { rebaseBlock, renewIds } from './layout.js';
import type { PublishedBlock } from './publish.js';

const PAGE_BYTES = 4096;
const PAGES = SLAB_BYTES / PAGE_BYTES;
/** Blocks up to this size share slabs: hundreds of small partitions must not take a MiB each. */
const SHARED_BYTES = SLAB_BYTES / 2;

/** Memory of one block. Whoever holds it counts as one reference. */
export interface Extent {
  readonly address: number;
  /** Bytes in use. */
  readonly byteLength: number;
}

/** Bytes of the arena that an extent takes: whole pages, or whole slabs. */
export function extentFootprint({ byteLength }: Extent): number {
  const unit = byteLength <= SHARED_BYTES ? PAGE_BYTES : SLAB_BYTES;
  return Math.ceil(byteLength / unit) * unit;
}

/** The arena memory of all blocks of one store. Main thread only. */
export class ExtentStore {
  readonly owner: number;
  /** Shared slabs: which of their pages are taken. */
  readonly #shared = new Map<number, Uint8Array>();
  readonly #references = new Map<Extent, number>();

  constructor(readonly arena: Arena) {
    this.owner = arena.nextId();
  }

  /** Bytes of all extents in use, rounding left out. */
  get usedBytes(): number {
    let sum = 0;
    for (const extent of this.#references.keys()) sum += extent.byteLength;
    return sum;
  }

  /** Takes over what a task has published: large extents change hands, small ones are moved together. One reference. */
  adopt(published: PublishedBlock): Extent {
    const { arena } = this;
    const { address, byteLength, slabs, owner } = published;
    const place = byteLength <= SHARED_BYTES ? this.#allocPages(Math.ceil(byteLength / PAGE_BYTES)) : 0;
    if (place === 0) {
      arena.transfer(owner, this.owner, address, slabs);
      return this.#track({ address, byteLength });
    }
    arena.u8.copyWithin(place, address, address + byteLength);
    rebaseBlock(arena.u32, place >>> 2, place - address);
    arena.release(owner, address, slabs);
    return this.#track({ address: place, byteLength });
  }

  /** A copy of another store's block with one reference, or undefined when the arena has no room. */
  copy(source: Extent): Extent | undefined {
    const extent = this.alloc(source.byteLength);
    if (!extent) return undefined;
    const { arena } = this;
    arena.u8.copyWithin(extent.address, source.address, source.address + source.byteLength);
    rebaseBlock(arena.u32, extent.address >>> 2, extent.address - source.address);
    renewIds(arena.u32, extent.address >>> 2, () => arena.nextId());
    return extent;
  }

  /** An extent for `byteLength` bytes with one reference, or undefined when the arena has no such room. */
  alloc(byteLength: number): Extent | undefined {
    const shared = byteLength <= SHARED_BYTES;
    const address = shared
      ? this.#allocPages(Math.ceil(byteLength / PAGE_BYTES))
      : this.arena.claim(this.owner, Math.ceil(byteLength / SLAB_BYTES));
    return address === 0 ? undefined : this.#track({ address, byteLength });
  }

  retain(extent: Extent): void {
    this.#references.set(extent, this.#count(extent) + 1);
  }

  /** Gives one reference back; the last one frees the memory. */
  release(extent: Extent): void {
    const count = this.#count(extent) - 1;
    if (count > 0) {
      this.#references.set(extent, count);
      return;
    }
    this.#references.delete(extent);
    const { address, byteLength } = extent;
    const slab = Math.floor(address / SLAB_BYTES) * SLAB_BYTES;
    const pages = this.#shared.get(slab);
    if (!pages) {
      this.arena.release(this.owner, address, Math.max(1, Math.ceil(byteLength / SLAB_BYTES)));
      return;
    }
    const first = (address - slab) / PAGE_BYTES;
    this.arena.poison(address, byteLength);
    pages.fill(0, first, first + Math.ceil(byteLength / PAGE_BYTES));
    if (pages.every((p) => p === 0)) {
      this.#shared.delete(slab);
      this.arena.release(this.owner, slab, 1);
    }
  }

  #track(extent: Extent): Extent {
    this.#references.set(extent, 1);
    return extent;
  }

  #count(extent: Extent): number {
    const count = this.#references.get(extent);
    if (count === undefined) throw internalError('extent was freed before');
    return count;
  }

  #allocPages(count: number): number {
    for (const [slab, pages] of this.#shared) {
      const first = findRun(pages, count);
      if (first >= 0) {
        pages.fill(1, first, first + count);
        return slab + first * PAGE_BYTES;
      }
    }
    const slab = this.arena.claim(this.owner, 1);
    if (slab === 0) return 0;
    this.#shared.set(slab, new Uint8Array(PAGES).fill(1, 0, count));
    return slab;
  }
}

function findRun(pages: Uint8Array, count: number): number {
  let run = 0;
  for (let i = 0; i < PAGES; i++) {
    run = pages[i] === 0 ? run + 1 : 0;
    if (run === count) return i - count + 1;
  }
  return -1;
}
