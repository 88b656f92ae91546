import { internalError } from '../../errors/index.js';

/** Bytes of one slab, the unit in which regions claim memory. */
export const SLAB_BYTES = 1 << 20;
/** Not 65536: AssemblyScript's stub runtime computes size 0 there. */
const MAX_PAGES = 65_535;
const PAGE_BYTES = 65_536;
/** Slabs below this one hold the kernels' static data and are never handed out; address 0 means "absent". */
const FIRST_SLAB = 2;
const FREE = 0;
const RESERVED = -1;
/** Debug builds overwrite what is given back. */
const POISON = process.env['MEMOFRAME_DEBUG_MEMORY'] === '1';
/** Addresses and lengths made of this byte lie beyond the arena. */
export const POISON_BYTE = 0xfe;

/** What a worker thread needs to join an arena. Structured-clone safe. */
export interface ArenaHandle {
  readonly memory: WebAssembly.Memory;
  /** Owner of each slab (0: free), then the last id drawn; shared by all threads. */
  readonly slabOwners: SharedArrayBuffer;
}

/** The one shared memory that holds all columns, reserved whole at start and never grown (a grown memory would leave
 * stale views behind in every thread). Slabs of 1 MiB are claimed lock-free by compare-and-swap on an owner table, so a
 * terminated worker can hold no lock and its slabs can be given back by owner. */
export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly buffer: SharedArrayBuffer;
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly i16: Int16Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly i64: BigInt64Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  /** The whole memory once more, for text (`utf8Slice`) and for values at any alignment. */
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly #owners: Int32Array;
  readonly #ownerBuffer: SharedArrayBuffer;
  readonly #lastId: Int32Array;

  constructor(handle: ArenaHandle) {
    this.memory = handle.memory;
    this.buffer = handle.memory.buffer as unknown as SharedArrayBuffer;
    this.u8 = new Uint8Array(this.buffer);
    this.i8 = new Int8Array(this.buffer);
    this.i16 = new Int16Array(this.buffer);
    this.i32 = new Int32Array(this.buffer);
    this.u32 = new Uint32Array(this.buffer);
    this.i64 = new BigInt64Array(this.buffer, 0, Math.floor(this.buffer.byteLength / 8));
    this.f32 = new Float32Array(this.buffer);
    this.f64 = new Float64Array(this.buffer, 0, Math.floor(this.buffer.byteLength / 8));
    this.bytes = Buffer.from(this.buffer);
    this.view = new DataView(this.buffer);
    this.#ownerBuffer = handle.slabOwners;
    const slabs = Math.floor(this.buffer.byteLength / SLAB_BYTES);
    this.#owners = new Int32Array(handle.slabOwners, 0, slabs);
    this.#lastId = new Int32Array(handle.slabOwners, slabs * 4, 1);
  }

  /** Reserves up to 4 GiB of address space; takes less where the process may not have that much. */
  static create(maxBytes = MAX_PAGES * PAGE_BYTES): Arena {
    let pages = Math.min(MAX_PAGES, Math.floor(maxBytes / PAGE_BYTES));
    for (;;) {
      try {
        const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
        const slabs = Math.floor((pages * PAGE_BYTES) / SLAB_BYTES);
        const slabOwners = new SharedArrayBuffer(slabs * 4 + 4);
        new Int32Array(slabOwners).fill(RESERVED, 0, FIRST_SLAB);
        return new Arena({ memory, slabOwners });
      } catch (error) {
        if (pages <= 1024) throw error;
        pages >>= 1;
      }
    }
  }

  get handle(): ArenaHandle {
    return { memory: this.memory, slabOwners: this.#ownerBuffer };
  }

  get totalBytes(): number {
    return (this.#owners.length - FIRST_SLAB) * SLAB_BYTES;
  }

  /** A positive number that no other thread of this arena was given: for owners, dictionaries, blocks. */
  nextId(): number {
    const id = Atomics.add(this.#lastId, 0, 1) + 1;
    if (id <= 0) throw internalError('arena ids are used up');
    return id;
  }

  /** Claims `count` neighbouring slabs for `owner`. @returns the first slab's address, or 0 if no such run is free. */
  claim(owner: number, count: number): number {
    if (owner <= 0) throw internalError(`slab owner must be positive: ${owner}`);
    const owners = this.#owners;
    const last = owners.length - count;
    for (let start = FIRST_SLAB; start <= last; ) {
      if (Atomics.load(owners, start) !== FREE) {
        start++;
        continue;
      }
      let got = 0;
      while (got < count && Atomics.compareExchange(owners, start + got, FREE, owner) === FREE) got++;
      if (got === count) return start * SLAB_BYTES;
      for (let i = 0; i < got; i++) Atomics.store(owners, start + i, FREE);
      start += got + 1;
    }
    return 0;
  }

  /** Gives back the run of `count` slabs at `address`. */
  release(owner: number, address: number, count: number): void {
    const first = address / SLAB_BYTES;
    for (let i = first; i < first + count; i++) {
      if (Atomics.load(this.#owners, i) === owner) this.poison(i * SLAB_BYTES, SLAB_BYTES);
      if (Atomics.compareExchange(this.#owners, i, owner, FREE) !== owner)
        throw internalError(`slab ${i} is not owned by ${owner}`);
    }
  }

  /** Gives back all that `owner` holds: after a task, a query, or a worker's death. */
  releaseAll(owner: number): void {
    for (let i = FIRST_SLAB; i < this.#owners.length; i++) {
      // A plain look: nobody else claims or releases slabs in this owner's name, and there are thousands.
      if (this.#owners[i] !== owner) continue;
      this.poison(i * SLAB_BYTES, SLAB_BYTES);
      Atomics.compareExchange(this.#owners, i, owner, FREE);
    }
  }

  /** In debug builds overwrites bytes that nobody may read any more, so that a read after release gives nonsense at once
   * instead of yesterday's right values. */
  poison(address: number, byteLength: number): void {
    if (POISON) this.u8.fill(POISON_BYTE, address, address + byteLength);
  }

  /** Moves a run of slabs to another owner without copying. */
  transfer(from: number, to: number, address: number, count: number): void {
    const first = address / SLAB_BYTES;
    for (let i = first; i < first + count; i++) {
      if (Atomics.compareExchange(this.#owners, i, from, to) !== from)
        throw internalError(`slab ${i} is not owned by ${from}`);
    }
  }

  /** Bytes held by `owner`, or by anyone. */
  usedBytes(owner?: number): number {
    let count = 0;
    for (let i = FIRST_SLAB; i < this.#owners.length; i++) {
      const o = Atomics.load(this.#owners, i);
      if (owner === undefined ? o !== FREE : o === owner) count++;
    }
    return count * SLAB_BYTES;
  }
}
