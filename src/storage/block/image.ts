import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import { runtimeError } from '../../errors/index.js';
import type { Arena } from '../memory/arena.js';
import { BLOCK_MAGIC, H, rebaseBlock, renewIds } from './layout.js';

/** A block outside the arena: the extent's bytes with views counted from 0, cut into pieces, each compressed by zlib, whose
 * checksum guards the piece. u32 magic, raw length, number of pieces, their compressed lengths, then the pieces. */
const IMAGE_MAGIC = 0x4d46_4901;
const PIECE_BYTES = 4 * 1024 * 1024;
const HEAD_WORDS = 3;

const compress = promisify(deflate) as (data: Uint8Array, options: { level: number }) => Promise<Buffer>;
const decompress = promisify(inflate) as (data: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

/** Compresses the block at `address`; the extent must stay pinned until this has returned a promise (it copies at once).
 * Pieces are compressed on Node's thread pool. */
export async function packBlock(arena: Arena, address: number, byteLength: number): Promise<Uint8Array> {
  const raw = new Uint8Array(byteLength + (4 - (byteLength % 4)));
  raw.set(arena.u8.subarray(address, address + byteLength));
  rebaseBlock(new Uint32Array(raw.buffer), 0, -address);
  const count = Math.ceil(byteLength / PIECE_BYTES);
  const pieces = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      compress(raw.subarray(i * PIECE_BYTES, Math.min((i + 1) * PIECE_BYTES, byteLength)), { level: 1 }),
    ),
  );
  const head = (HEAD_WORDS + count) * 4;
  const out = new Uint8Array(new SharedArrayBuffer(head + pieces.reduce((sum, p) => sum + p.length, 0)));
  const words = new Uint32Array(out.buffer, 0, HEAD_WORDS + count);
  words.set([IMAGE_MAGIC, byteLength, count, ...pieces.map((p) => p.length)]);
  let at = head;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

function damaged(path: string, cause?: unknown): Error {
  return runtimeError('BLOCK_DAMAGED', { path }, undefined, cause);
}

/** Bytes of the block in an image.
 * @throws BLOCK_DAMAGED */
export function imageLength(image: Uint8Array, path: string): number {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (image.length < HEAD_WORDS * 4 || view.getUint32(0, true) !== IMAGE_MAGIC) throw damaged(path);
  const length = view.getUint32(4, true);
  // Deflate shrinks by a factor of 1032 at most: a length beyond that is a lie and must not be allocated.
  if (length > image.length * 1040 || view.getUint32(8, true) !== Math.ceil(length / PIECE_BYTES)) throw damaged(path);
  return length;
}

/** Unpacks an image into the extent at `address` (as long as `imageLength` says). It becomes a block of its own: with new
 * ids, so that nothing remembered of an earlier block at this address fits.
 * @throws BLOCK_DAMAGED; the extent's content is then undefined */
export async function unpackBlock(arena: Arena, address: number, image: Uint8Array, path: string): Promise<void> {
  const length = imageLength(image, path);
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const count = view.getUint32(8, true);
  let at = (HEAD_WORDS + count) * 4;
  const work: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    const size = view.getUint32((HEAD_WORDS + i) * 4, true);
    const expected = Math.min(PIECE_BYTES, length - i * PIECE_BYTES);
    const piece = image.subarray(at, at + size);
    at += size;
    work.push(
      decompress(piece, { maxOutputLength: PIECE_BYTES }).then((raw) => {
        if (raw.length !== expected) throw damaged(path);
        arena.u8.set(raw, address + i * PIECE_BYTES);
      }),
    );
  }
  const done = await Promise.allSettled(work);
  const failed = done.find((d) => d.status === 'rejected');
  if (failed) throw damaged(path, failed.reason);
  if (at !== image.length) throw damaged(path);
  const head = address >>> 2;
  const { u32 } = arena;
  if (u32[head + H.magic] !== BLOCK_MAGIC || u32[head + H.byteLength] !== length) throw damaged(path);
  rebaseBlock(u32, head, address);
  renewIds(u32, head, () => arena.nextId());
}
