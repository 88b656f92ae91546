import type { Kernels } from '../../kernels/index.js';
import { bitmapBytes } from '../../storage/column/build.js';
import { defaultRep, MORSEL_ROWS, REP_BYTES, type Vector } from '../../storage/column/vector.js';
import type { Region } from '../../storage/memory/region.js';
import type { DataType } from '../../types/index.js';
import { isIntegerKey, PackedKeys } from './packed-keys.js';

const FIRST_GROUPS = 1024;
const NO_GROUP = -1;
/** Keys that a map may span: at least, and at most whatever the number of rows and groups. */
const LEAST_MAP = 1 << 18;
const LARGEST_MAP = 1 << 26;
/** Combinations of dictionary codes that a direct table may have. */
const MOST_COMBINATIONS = 1 << 16;

/** Numbers the distinct keys that it is shown, 0, 1, 2, … Null is a key like any other. Memory: the region; growth leaves the
 * smaller arrays behind. */
export class GroupTable {
  readonly mode: 'none' | 'i64' | 'rows';
  readonly packed: PackedKeys | undefined;
  #zeros = 0;
  #zeroRows = 0;
  readonly #u32: Uint32Array;
  readonly #state: number;
  #limit = FIRST_GROUPS;
  #slots = 0;
  #size = 0;
  #keys = 0;
  /** Map by key: groups + 1. */
  #direct = false;
  #map = 0;
  #mapSize = 0;
  #low = 0;
  #rowsSeen = 0;
  #codeMap = 0;
  #codeIds = '';

  constructor(
    readonly kernels: Kernels,
    readonly region: Region,
    /** Memory for one morsel. */
    readonly scratch: Region,
    readonly types: readonly DataType[],
    expectedGroups = FIRST_GROUPS,
  ) {
    this.mode = types.length === 0 ? 'none' : types.length === 1 && isIntegerKey(types[0]!) ? 'i64' : 'rows';
    this.packed = this.mode === 'rows' ? new PackedKeys(types) : undefined;
    this.#u32 = region.arena.u32;
    this.#state = region.allocZeroed(64);
    this.#low = this.#state + 8;
    this.#direct = this.mode === 'i64';
    if (this.mode === 'none') this.#u32[this.#state >>> 2] = 1;
    while (this.#limit < expectedGroups) this.#limit *= 2;
    if (this.mode !== 'none') this.#allocate();
  }

  get groups(): number {
    return this.#u32[this.#state >>> 2]!;
  }

  /** Address of the groups' keys: i64 keys or packed rows. */
  get keys(): number {
    return this.#keys;
  }

  /** Number of the null key's group in `i64` mode, or −1. */
  get nullGroup(): number {
    return this.mode === 'i64' ? this.#u32[(this.#state >>> 2) + 1]! - 1 : NO_GROUP;
  }

  /** @returns the address of one u32 group number per selected row, to be read before scratch is reset */
  find(vectors: readonly Vector[], selection: number, n: number): number {
    const { kernels, scratch } = this;
    if (this.mode === 'none') return this.#zeroGroups(n);
    const gids = scratch.alloc(Math.max(1, n) * 4);
    if (this.mode === 'i64') {
      this.#findInteger(vectors[0]!, selection, n, gids);
      return gids;
    }
    if (this.#findCodes(vectors, selection, n, gids)) return gids;
    // Packed in pieces, so that scratch stays within a morsel's measure.
    for (let from = 0; from < n; from += MORSEL_ROWS) {
      const count = Math.min(MORSEL_ROWS, n - from);
      if (selection === 0 && from > 0) {
        const rows = scratch.alloc(count * 4);
        kernels.moveIota(from, count, rows);
        this.#findPacked(vectors, rows, count, gids + from * 4);
      } else this.#findPacked(vectors, selection === 0 ? 0 : selection + from * 4, count, gids + from * 4);
    }
    return gids;
  }

  /** Group 0 for `n` rows. Nobody writes there: one run of zeros serves all morsels. */
  #zeroGroups(n: number): number {
    if (n > this.#zeroRows) {
      this.#zeroRows = Math.max(n, MORSEL_ROWS);
      this.#zeros = this.region.allocZeroed(this.#zeroRows * 4);
    }
    return this.#zeros;
  }

  /** One integer key: a map by key while the keys lie close together, else a hash table. */
  #findInteger(v: Vector, selection: number, n: number, gids: number): void {
    const { kernels } = this;
    const wide = v.rep === 'i64' ? 1 : 0;
    this.#rowsSeen += n;
    let done = 0;
    while (done < n) {
      if (this.#direct) {
        done = kernels.groupDirectFind(
          v.data,
          wide,
          v.validity,
          selection,
          done,
          n,
          this.#map,
          this.#low,
          this.#mapSize,
          this.#keys,
          this.#limit,
          this.#state,
          gids,
        );
        if (done < n && this.groups < this.#limit) this.#widen(v, selection, done);
      } else
        done = kernels.groupI64Find(
          v.data,
          wide,
          v.validity,
          selection,
          done,
          n,
          this.#slots,
          this.#size - 1,
          this.#keys,
          this.#limit,
          this.#state,
          gids,
        );
      if (done < n && this.groups >= this.#limit) this.#grow();
    }
  }

  /** The map misses the key of the row at `position`: make it cover it, or go over to hashing. */
  #widen(v: Vector, selection: number, position: number): void {
    const { kernels, region } = this;
    const { u32, i32, i64 } = region.arena;
    const row = selection === 0 ? position : u32[(selection >>> 2) + position]!;
    const key = v.rep === 'i64' ? i64[(v.data >>> 3) + row]! : BigInt(i32[(v.data >>> 2) + row]!);
    const low = i64[this.#low >>> 3]!;
    const high = low + BigInt(this.#mapSize);
    const empty = this.#mapSize === 0;
    const from = empty || key < low ? key : low;
    const to = empty || key >= high ? key + 1n : high;
    const allowed = Math.max(LEAST_MAP, Math.min(LARGEST_MAP, Math.max(this.groups * 32, this.#rowsSeen * 2)));
    const span = to - from;
    if (span > BigInt(allowed)) {
      this.#direct = false;
      this.#size = this.#limit * 2;
      this.#slots = region.allocZeroed(this.#size * 16);
      kernels.groupI64Fill(this.#keys, this.groups, this.nullGroup, this.#slots, this.#size - 1);
      return;
    }
    // Room on the side that grows, so that keys in order do not widen it again and again.
    const size = Math.max(1024, Number(span) * 2);
    const start = !empty && key < low ? to - BigInt(size) : from;
    this.#map = region.allocZeroed(size * 4);
    this.#mapSize = size;
    i64[this.#low >>> 3] = BigInt.asIntN(64, start);
    kernels.groupDirectFill(this.#keys, this.groups, this.nullGroup, this.#low, this.#map);
  }

  /** Dictionary-encoded keys: a table from code combinations to groups, as long as the dictionaries stay the same. */
  #findCodes(vectors: readonly Vector[], selection: number, n: number, gids: number): boolean {
    let combinations = 1;
    for (const { dictionary } of vectors) {
      if (!dictionary) return false;
      combinations *= dictionary.size + 1;
      if (combinations > MOST_COMBINATIONS) return false;
    }
    const { kernels, scratch, region } = this;
    const ids = vectors.map((v) => v.dictionary!.id).join();
    if (ids !== this.#codeIds) {
      this.#codeIds = ids;
      if (this.#codeMap === 0) this.#codeMap = region.alloc(MOST_COMBINATIONS * 4);
      kernels.moveFill(this.#codeMap, 0, combinations * 4);
    }
    const keys = scratch.alloc(n * 4 + 4);
    vectors.forEach(({ data, validity, dictionary }, k) => {
      kernels.codeKeys(data, validity, selection, n, dictionary!.size, k === 0 ? 1 : 0, keys);
    });
    const unknown = scratch.alloc(n * 4 + 4);
    const count = kernels.codeGroups(keys, n, this.#codeMap, gids, unknown);
    if (count === 0) return true;
    let rows = unknown;
    if (selection !== 0) {
      rows = scratch.alloc(count * 4);
      kernels.moveGather(selection, unknown, count, 4, rows);
    }
    const found = scratch.alloc(count * 4);
    this.#findPacked(vectors, rows, count, found);
    kernels.codeLearn(keys, unknown, count, found, this.#codeMap, gids);
    return true;
  }

  #findPacked(vectors: readonly Vector[], selection: number, n: number, gids: number): void {
    const { kernels, scratch } = this;
    const packed = this.packed!;
    const rows = scratch.alloc(Math.max(1, n) * packed.stride);
    packed.pack(kernels, vectors, selection, n, rows);
    this.findRows(rows, n, gids);
  }

  /** As `find`, for rows that are packed already. */
  findRows(rows: number, n: number, gids: number): void {
    const { kernels, scratch } = this;
    const { stride, viewMask } = this.packed!;
    const hashes = scratch.alloc(Math.max(1, n) * 4);
    kernels.hashRows(rows, stride, n, viewMask, hashes);
    let done = 0;
    while (done < n) {
      done = kernels.groupRowsFind(
        rows,
        hashes,
        done,
        n,
        stride,
        viewMask,
        this.#slots,
        this.#size - 1,
        this.#keys,
        this.#limit,
        this.#state,
        gids,
      );
      if (done < n) this.#grow();
    }
  }

  /** The key columns of all groups, in group order, in the region. */
  keyVectors(region: Region): Vector[] {
    return unpackKeys(this.kernels, region, this.types, this.mode, this.keys, this.groups, this.nullGroup);
  }

  #allocate(): void {
    const stride = this.mode === 'i64' ? 8 : this.packed!.stride;
    this.#keys = this.region.alloc(this.#limit * stride);
    if (this.#direct) return;
    this.#size = this.#limit * 2;
    this.#slots = this.region.allocZeroed(this.#size * (this.mode === 'i64' ? 16 : 8));
  }

  #grow(): void {
    const { kernels } = this;
    const old = { slots: this.#slots, size: this.#size, keys: this.#keys, limit: this.#limit };
    this.#limit *= old.limit < 1 << 16 ? 4 : 2;
    this.#allocate();
    const stride = this.mode === 'i64' ? 8 : this.packed!.stride;
    kernels.moveCopy(old.keys, this.#keys, old.limit * stride);
    if (this.#direct) return;
    if (this.mode === 'i64') kernels.groupI64Fill(this.#keys, this.groups, this.nullGroup, this.#slots, this.#size - 1);
    else kernels.groupRehash(old.slots, old.size, this.#slots, this.#size - 1);
  }
}

/** Columns of a group table's keys. */
export function unpackKeys(
  kernels: Kernels,
  region: Region,
  types: readonly DataType[],
  mode: GroupTable['mode'],
  keys: number,
  groups: number,
  nullGroup: number,
): Vector[] {
  if (mode === 'none') return [];
  if (mode === 'rows') return new PackedKeys(types).unpack(kernels, keys, groups, region);
  const type = types[0]!;
  const rep = defaultRep(type);
  const { arena } = region;
  let data = keys;
  if (rep === 'i32') {
    data = region.alloc(Math.max(1, groups) * REP_BYTES.i32);
    kernels.keysToI32(keys, groups, data);
  }
  let validity = 0;
  if (nullGroup >= 0) {
    validity = region.allocZeroed(bitmapBytes(groups));
    kernels.moveBits(0, groups, validity, 0);
    arena.u8[validity + (nullGroup >>> 3)]! &= ~(1 << (nullGroup & 7));
  }
  return [{ type, rep, data, validity }];
}
