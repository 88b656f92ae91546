import { deflateSync, inflateSync } from 'node:zlib';
import { runtimeError } from '../../errors/index.js';
import { Region } from '../memory/region.js';
import type { BlockContext } from './context.js';
import { BLOCK_MAGIC, H, moveViews, renewIds } from './layout.js';

/** A block outside the arena: the extent's bytes cut into pieces, each compressed: text by deflate, the rest as an LZ4
 * block of its bit planes or, where views are, with those taken apart. u32 magic, raw length, number of pieces, the extent's address (its views count from there), number
 * of runs of views, spare; per run its offset and number of views; per piece its compressed length (the top bit: deflate) and
 * checksum; then the pieces, each from a multiple of eight bytes on: shared memory is copied by words only then. */
const IMAGE_MAGIC = 0x4d46_4903;
const PIECE_BYTES = 1024 * 1024;
const HEAD_WORDS = 6;
const TABLE_BYTES = 65_536;
/** Slabs claimed at a time for packed pieces. */
const KEPT_SLABS = 8;
/** Deflate shrinks by a factor of 1032 at most, LZ4 by 255. */
const MOST_SHRINKING = 1040;
/** The longest that a piece can become, and a little more. */
const PACKED_BYTES = PIECE_BYTES + Math.ceil(PIECE_BYTES / 255) + 64;
/** Kernels that take planes apart read whole SIMD words, up to so many bytes beyond the last plane. */
const BEYOND = 16;
const DEFLATED = 0x8000_0000;
/** Blocks up to this size are deflated whole: their columns are short and share pieces, and the time does not matter. */
const SMALL_BYTES = 8 * 1024 * 1024;
/** Of 256 sampled bytes. */
const TEXT_SHARE = 240;

const align8 = (n: number) => Math.ceil(n / 8) * 8;

/** A run of views: offset in the block, number. */
type Run = readonly [offset: number, count: number];

/** Compresses the block at `address`, which must stay pinned until this returns. Runs in any thread; takes some slabs of the
 * arena meanwhile.
 * @param smallBytes blocks up to this size are deflated whole
 * @throws UNABLE_TO_ACQUIRE_MEMORY */
export function packBlock(
  { arena, kernels }: BlockContext,
  address: number,
  byteLength: number,
  smallBytes = SMALL_BYTES,
): Uint8Array {
  using scratch = new Region(arena, arena.nextId());
  const table = scratch.alloc(TABLE_BYTES);
  const packed = scratch.alloc(PACKED_BYTES);
  const copy = scratch.alloc(PIECE_BYTES);
  const runs = runsOf(arena.u32, address);
  const count = Math.ceil(byteLength / PIECE_BYTES);
  const head = new Uint32Array(HEAD_WORDS + runs.length * 2 + count * 2);
  head.set([IMAGE_MAGIC, byteLength, count, address, runs.length]);
  head.set(runs.flat(), HEAD_WORDS);
  using kept = new Region(arena, arena.nextId(), KEPT_SLABS);
  const pieces: Uint8Array[] = [];
  let total = head.byteLength;
  for (let i = 0; i < count; i++) {
    const from = i * PIECE_BYTES;
    const raw = Math.min(PIECE_BYTES, byteLength - from);
    let length: number;
    let flag = 0;
    if (byteLength <= smallBytes || kernels.shareOfText(address + from, raw) >= TEXT_SHARE) {
      const deflated = deflateSync(arena.u8.subarray(address + from, address + from + raw), { level: 1 });
      length = deflated.length;
      if (length > PACKED_BYTES) throw damaged('deflate');
      arena.u8.set(deflated, packed);
      flag = DEFLATED;
    } else {
      const source = address + from;
      const views = within(runs, from, raw);
      // Between views lie their texts: left as they are.
      if (views.length > 0) {
        arena.u8.copyWithin(copy, source, source + raw);
        for (const [offset, n] of views) kernels.viewsToPlanes(source + offset, n, copy + offset);
      } else kernels.toBitPlanes(source, raw, copy);
      length = kernels.lz4Pack(copy, raw, packed, table);
    }
    head[HEAD_WORDS + runs.length * 2 + i * 2] = length + flag;
    head[HEAD_WORDS + runs.length * 2 + i * 2 + 1] = kernels.checksum32(packed, length);
    pieces.push(keepPiece(kept, packed, align8(length)));
    total += align8(length);
  }
  const out = new Uint8Array(new SharedArrayBuffer(total));
  out.set(new Uint8Array(head.buffer));
  let at = head.byteLength;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** A copy of `size` bytes at `from`: in the arena, which has it back at once, or, where that is full, left to the collector. */
function keepPiece(region: Region, from: number, size: number): Uint8Array {
  const { u8 } = region.arena;
  try {
    const at = region.alloc(size);
    u8.copyWithin(at, from, from + size);
    return u8.subarray(at, at + size);
  } catch {
    return u8.slice(from, from + size);
  }
}

/** Runs of views of the block at `address`, in order. */
function runsOf(u32: Uint32Array, address: number): Run[] {
  const head = address >>> 2;
  const at = (address + u32[head + H.viewRuns]!) >>> 2;
  return Array.from(
    { length: u32[head + H.viewRunCount]! },
    (_, r): Run => [u32[at + r * 2]!, u32[at + r * 2 + 1]!],
  ).sort((a, b) => a[0] - b[0]);
}

/** What of the runs lies in the piece of `length` bytes from `from`; offsets count from there. Views never straddle pieces. */
function within(runs: readonly Run[], from: number, length: number): Run[] {
  const out: Run[] = [];
  for (const [offset, count] of runs) {
    const first = Math.max(offset, from);
    const end = Math.min(offset + count * 8, from + length);
    if (first < end) out.push([first - from, (end - first) / 8]);
  }
  return out;
}

function damaged(path: string, cause?: unknown): Error {
  return runtimeError('BLOCK_DAMAGED', { path }, undefined, cause);
}

/** One compressed piece of an image. */
interface Piece {
  /** Where its bytes lie in the image. */
  readonly at: number;
  readonly size: number;
  readonly deflated: boolean;
  readonly checksum: number;
}

/** An image's own table, read and checked; the pieces are checked when they are unpacked. */
export class Image {
  private constructor(
    readonly bytes: Uint8Array,
    readonly path: string,
    /** Of the block. */
    readonly length: number,
    /** Where the block lay: its views count from there. */
    readonly address: number,
    readonly runs: readonly Run[],
    readonly pieces: readonly Piece[],
  ) {}

  /** @throws BLOCK_DAMAGED */
  static open(bytes: Uint8Array, path: string): Image {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const word = (i: number): number => {
      if (i * 4 + 4 > bytes.length) throw damaged(path);
      return view.getUint32(i * 4, true);
    };
    if (word(0) !== IMAGE_MAGIC) throw damaged(path);
    const length = word(1);
    const count = word(2);
    // A length beyond what can come of the bytes is a lie and must not be allocated.
    if (length > bytes.length * MOST_SHRINKING || count !== Math.ceil(length / PIECE_BYTES)) throw damaged(path);
    const runs = Array.from(
      { length: Math.min(word(4), bytes.length / 8) },
      (_, r): Run => [word(HEAD_WORDS + r * 2), word(HEAD_WORDS + r * 2 + 1)],
    );
    const table = HEAD_WORDS + runs.length * 2;
    const pieces: Piece[] = [];
    let at = (table + count * 2) * 4;
    for (let i = 0; i < count; i++) {
      const entry = word(table + i * 2);
      const size = entry % DEFLATED;
      if (size > PACKED_BYTES) throw damaged(path);
      pieces.push({ at, size, deflated: entry >= DEFLATED, checksum: word(table + i * 2 + 1) });
      at += align8(size);
    }
    if (at !== bytes.length) throw damaged(path);
    return new Image(bytes, path, length, word(3), runs, pieces);
  }

  /** Numbers of the pieces that hold bytes `from` … `to − 1` of the block. */
  piecesOf(from: number, to: number): number[] {
    const first = Math.floor(from / PIECE_BYTES);
    const end = Math.min(this.pieces.length, Math.ceil(to / PIECE_BYTES));
    return Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
  }

  /** Unpacks some pieces to their places in the extent at `address`, their views made to count from there. Runs in any thread.
   * @throws BLOCK_DAMAGED, UNABLE_TO_ACQUIRE_MEMORY; these parts of the extent are then undefined */
  unpack({ arena, kernels }: BlockContext, address: number, numbers: readonly number[]): void {
    const { bytes, path, length, runs } = this;
    const { u8, u32 } = arena;
    using scratch = new Region(arena, arena.nextId());
    const packed = scratch.alloc(PACKED_BYTES);
    const copy = scratch.alloc(PIECE_BYTES + BEYOND);
    for (const i of numbers) {
      const { at, size, deflated, checksum } = this.pieces[i]!;
      const start = i * PIECE_BYTES;
      const expected = Math.min(PIECE_BYTES, length - start);
      const to = address + start;
      u8.set(bytes.subarray(at, at + align8(size)), packed);
      if (kernels.checksum32(packed, size) >>> 0 !== checksum) throw damaged(path);
      const views = within(runs, start, expected);
      if (deflated) inflate(u8, packed, size, to, expected, path);
      else {
        if (kernels.lz4Unpack(packed, packed + size, copy, copy + expected) === 0) throw damaged(path);
        if (views.length === 0) kernels.fromBitPlanes(copy, expected, to);
        else {
          u8.copyWithin(to, copy, copy + expected);
          for (const [offset, n] of views) kernels.planesToViews(copy + offset, n, to + offset);
        }
      }
      for (const [offset, n] of views) moveViews(u32, (to + offset) >>> 2, n, address - this.address);
    }
  }
}

/** Unpacks an image whole into the extent at `address`, as long as its `length` says. It becomes a block of its own: with new
 * ids, so that nothing remembered of an earlier block at this address fits.
 * @throws BLOCK_DAMAGED, UNABLE_TO_ACQUIRE_MEMORY; the extent's content is then undefined */
export function unpackBlock(context: BlockContext, address: number, image: Image): void {
  image.unpack(context, address, [...image.pieces.keys()]);
  claimBlock(context, address, image);
}

/** Checks the unpacked head of a block and gives it ids of its own.
 * @throws BLOCK_DAMAGED */
export function claimBlock({ arena }: BlockContext, address: number, { length, path }: Image): void {
  const head = address >>> 2;
  const { u32 } = arena;
  if (u32[head + H.magic] !== BLOCK_MAGIC || u32[head + H.byteLength] !== length) throw damaged(path);
  renewIds(u32, head, () => arena.nextId());
}

function inflate(u8: Uint8Array, from: number, size: number, to: number, expected: number, path: string): void {
  let raw: Uint8Array;
  try {
    raw = inflateSync(u8.subarray(from, from + size), { maxOutputLength: PIECE_BYTES });
  } catch (cause) {
    throw damaged(path, cause);
  }
  if (raw.length !== expected) throw damaged(path);
  u8.set(raw, to);
}
