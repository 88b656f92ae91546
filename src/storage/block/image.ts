import { runtimeError } from '../../errors/index.js';
import { Region } from '../memory/region.js';
import type { BlockContext } from './context.js';
import { BLOCK_MAGIC, H, rebaseBlock, renewIds } from './layout.js';

/** A block outside the arena: the extent's bytes cut into pieces, each an LZ4 block. u32 magic, raw length, number of pieces,
 * the extent's address (its views count from there), per piece its compressed length and checksum, then the pieces, each
 * from a multiple of eight bytes on: shared memory is copied by words only then. */
const IMAGE_MAGIC = 0x4d46_4902;
const PIECE_BYTES = 1024 * 1024;
const HEAD_WORDS = 4;
const PIECE_WORDS = 2;
const TABLE_BYTES = 65_536;
/** LZ4 shrinks by a factor of 255 at most. */
const MOST_SHRINKING = 256;
/** The longest that a piece can become, and a little more. */
const PACKED_BYTES = PIECE_BYTES + Math.ceil(PIECE_BYTES / 255) + 64;

/** Compresses the block at `address`, which must stay pinned until this returns. Runs in any thread; takes two slabs of the
 * arena meanwhile.
 * @throws UNABLE_TO_ACQUIRE_MEMORY */
export function packBlock({ arena, kernels }: BlockContext, address: number, byteLength: number): Uint8Array {
  using scratch = new Region(arena, arena.nextId());
  const table = scratch.alloc(TABLE_BYTES);
  const packed = scratch.alloc(PACKED_BYTES);
  const count = Math.ceil(byteLength / PIECE_BYTES);
  const head = new Uint32Array(HEAD_WORDS + count * PIECE_WORDS);
  head.set([IMAGE_MAGIC, byteLength, count, address]);
  const pieces: Uint8Array[] = [];
  let total = head.byteLength;
  for (let i = 0; i < count; i++) {
    const from = i * PIECE_BYTES;
    const length = kernels.lz4Pack(address + from, Math.min(PIECE_BYTES, byteLength - from), packed, table);
    head.set([length, kernels.checksum32(packed, length) >>> 0], HEAD_WORDS + i * PIECE_WORDS);
    pieces.push(arena.u8.slice(packed, packed + align8(length)));
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

const align8 = (n: number) => Math.ceil(n / 8) * 8;

function damaged(path: string, cause?: unknown): Error {
  return runtimeError('BLOCK_DAMAGED', { path }, undefined, cause);
}

/** Bytes of the block in an image.
 * @throws BLOCK_DAMAGED */
export function imageLength(image: Uint8Array, path: string): number {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (image.length < HEAD_WORDS * 4 || view.getUint32(0, true) !== IMAGE_MAGIC) throw damaged(path);
  const length = view.getUint32(4, true);
  // A length beyond what can come of the bytes is a lie and must not be allocated.
  if (length > image.length * MOST_SHRINKING || view.getUint32(8, true) !== Math.ceil(length / PIECE_BYTES))
    throw damaged(path);
  return length;
}

/** Unpacks an image into the extent at `address` (as long as `imageLength` says). It becomes a block of its own: with new
 * ids, so that nothing remembered of an earlier block at this address fits.
 * @throws BLOCK_DAMAGED, UNABLE_TO_ACQUIRE_MEMORY; the extent's content is then undefined */
export function unpackBlock({ arena, kernels }: BlockContext, address: number, image: Uint8Array, path: string): void {
  const length = imageLength(image, path);
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const count = view.getUint32(8, true);
  using scratch = new Region(arena, arena.nextId());
  const packed = scratch.alloc(PACKED_BYTES);
  let at = (HEAD_WORDS + count * PIECE_WORDS) * 4;
  for (let i = 0; i < count; i++) {
    const entry = (HEAD_WORDS + i * PIECE_WORDS) * 4;
    const size = view.getUint32(entry, true);
    const from = address + i * PIECE_BYTES;
    const expected = Math.min(PIECE_BYTES, length - i * PIECE_BYTES);
    if (size > PACKED_BYTES || at + align8(size) > image.length) throw damaged(path);
    arena.u8.set(image.subarray(at, at + align8(size)), packed);
    at += align8(size);
    if (kernels.checksum32(packed, size) >>> 0 !== view.getUint32(entry + 4, true)) throw damaged(path);
    if (kernels.lz4Unpack(packed, packed + size, from, from + expected) === 0) throw damaged(path);
  }
  if (at !== image.length) throw damaged(path);
  const head = address >>> 2;
  const { u32 } = arena;
  if (u32[head + H.magic] !== BLOCK_MAGIC || u32[head + H.byteLength] !== length) throw damaged(path);
  rebaseBlock(u32, head, address - view.getUint32(12, true));
  renewIds(u32, head, () => arena.nextId());
}
