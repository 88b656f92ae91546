import * as zlib from 'node:zlib';
import { unsupported } from '../../errors/index.js';
import type { Kernels } from '../../kernels/index.js';
import type { Arena } from '../memory/arena.js';
import type { Codec } from './format.js';

/** Memory that a ZSTD page needs besides, 16-aligned. */
export const ZSTD_SCRATCH_BYTES = 147_456;

/** Decompresses `source` bytes at `from` to exactly `length` bytes at `to`, all in the arena. 64 bytes of slack must follow both.
 * `scratch`: address of `ZSTD_SCRATCH_BYTES`, asked for where they are needed.
 * @throws RangeError if the block is malformed or has another length */
export function decompress(
  arena: Arena,
  kernels: Kernels,
  codec: Codec,
  from: number,
  source: number,
  to: number,
  length: number,
  scratch: () => number,
): void {
  switch (codec) {
    case 'UNCOMPRESSED':
      if (source !== length) throw new RangeError('uncompressed page has another length than it says');
      kernels.pqCopy(to, from, length);
      return;
    case 'SNAPPY':
      check(kernels.pqSnappy(from, from + source, to, to + length), length);
      return;
    case 'LZ4_RAW':
      check(kernels.pqLz4(from, from + source, to, to + length), length);
      return;
    case 'LZ4':
      check(hadoopLz4(arena, kernels, from, source, to, length), length);
      return;
    case 'ZSTD':
      check(kernels.zstdDecompress(from, from + source, to, to + length, scratch()), length);
      return;
    case 'GZIP':
    case 'BROTLI': {
      const bytes = arena.u8.subarray(from, from + source);
      const out = library(codec, bytes, length);
      check(out.length, length);
      arena.u8.set(out, to);
      return;
    }
    default:
      throw unsupported(`Parquet codec ${codec}`);
  }
}

function check(got: number, length: number): void {
  if (got !== length) throw new RangeError(`page decompresses to ${got} bytes instead of ${length}`);
}

function library(codec: 'GZIP' | 'BROTLI', bytes: Uint8Array, length: number): Uint8Array {
  // A page that would grow beyond the size in its header is refused before memory is taken for it.
  const options = { maxOutputLength: Math.max(1, length) };
  if (length === 0) return new Uint8Array(0);
  return codec === 'GZIP' ? zlib.gunzipSync(bytes, options) : zlib.brotliDecompressSync(bytes, options);
}

/** The old codec `LZ4`: Hadoop's frames (big-endian lengths before each block), or, from some writers, a bare block. */
function hadoopLz4(arena: Arena, kernels: Kernels, from: number, source: number, to: number, length: number): number {
  const { view } = arena;
  const end = from + source;
  let at = from;
  let written = 0;
  while (end - at >= 8) {
    const outer = view.getUint32(at, false);
    const inner = view.getUint32(at + 4, false);
    if (outer > length - written || inner > end - at - 8) break;
    const got = kernels.pqLz4(at + 8, at + 8 + inner, to + written, to + written + outer);
    if (got !== outer) break;
    at += 8 + inner;
    written += outer;
  }
  if (at === end && written === length) return written;
  return kernels.pqLz4(from, end, to, to + length);
}
