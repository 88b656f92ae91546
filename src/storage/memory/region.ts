import { runtimeError } from '../../errors/index.js';
import { type Arena, SLAB_BYTES } from './arena.js';

/** Alignment of every allocation: a cache line, enough for SIMD and i128. */
const ALIGN = 64;

interface Run {
  readonly address: number;
  readonly slabs: number;
}

/** A state of a region to go back to. */
export interface RegionMark {
  readonly runs: number;
  readonly next: number;
  readonly end: number;
}

/** A bump allocator over slabs of one owner: allocate freely, give all back at once. One thread at a time. */
export class Region implements Disposable {
  #runs: Run[] = [];
  #next = 0;
  #end = 0;

  constructor(
    readonly arena: Arena,
    readonly owner: number,
    /** Slabs claimed at a time for small allocations. */
    readonly stepSlabs = 1,
  ) {}

  /** @returns the address of `byteLength` uninitialized bytes, aligned to 64. Never 0.
   * @throws UNABLE_TO_ACQUIRE_MEMORY when the arena is full */
  alloc(byteLength: number): number {
    const size = Math.max(ALIGN, Math.ceil(byteLength / ALIGN) * ALIGN);
    if (this.#next + size > this.#end) return this.#grow(size);
    const address = this.#next;
    this.#next += size;
    return address;
  }

  /** As `alloc`, zeroed. */
  allocZeroed(byteLength: number): number {
    const address = this.alloc(byteLength);
    // Whole words: filling a shared byte array goes byte by byte. Allocations are multiples of 64 bytes.
    this.arena.f64.fill(0, address >>> 3, (address + byteLength + 7) >>> 3);
    return address;
  }

  /** Claims a run that holds `size` bytes and returns the address of those bytes. */
  #grow(size: number): number {
    const slabs = Math.max(this.stepSlabs, Math.ceil(size / SLAB_BYTES));
    const address = this.arena.claim(this.owner, slabs);
    if (address === 0) {
      throw runtimeError('UNABLE_TO_ACQUIRE_MEMORY', {
        requestedBytes: String(size),
        receivedBytes: String(0),
      });
    }
    this.#runs.push({ address, slabs });
    const end = address + slabs * SLAB_BYTES;
    // Keep bumping in the run that has more room left after this allocation.
    if (end - (address + size) < this.#end - this.#next) return address;
    this.#next = address + size;
    this.#end = end;
    return address;
  }

  /** Bytes claimed from the arena. */
  get claimedBytes(): number {
    return this.#runs.reduce((sum, r) => sum + r.slabs, 0) * SLAB_BYTES;
  }

  /** The present state, for `rewind`. */
  mark(): RegionMark {
    return { runs: this.#runs.length, next: this.#next, end: this.#end };
  }

  /** Forgets what was allocated since the mark. */
  rewind(mark: RegionMark): void {
    while (this.#runs.length > mark.runs) {
      const run = this.#runs.pop()!;
      this.arena.release(this.owner, run.address, run.slabs);
    }
    this.#next = mark.next;
    this.#end = mark.end;
    this.arena.poison(mark.next, mark.end - mark.next);
  }

  /** Forgets all allocations but keeps the first run for reuse: between morsels or tasks. */
  reset(): void {
    const [first, ...rest] = this.#runs;
    for (const run of rest) this.arena.release(this.owner, run.address, run.slabs);
    this.#runs = first ? [first] : [];
    if (first) this.arena.poison(first.address, first.slabs * SLAB_BYTES);
    this.#next = first?.address ?? 0;
    this.#end = first ? first.address + first.slabs * SLAB_BYTES : 0;
  }

  /** Gives everything back. The region may be used again. */
  release(): void {
    for (const run of this.#runs) this.arena.release(this.owner, run.address, run.slabs);
    this.#runs = [];
    this.#next = 0;
    this.#end = 0;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
