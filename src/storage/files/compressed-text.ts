import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import { unsupported } from '../../errors/index.js';
import { readFailure } from './file-errors.js';
import type { ByteSource } from './source.js';

/** Hadoop's codecs by file extension; those without a function are known and not built. */
const CODECS: Readonly<Record<string, ((bytes: Uint8Array) => Uint8Array) | null>> = {
  '.gz': (bytes) => gunzipSync(bytes),
  '.deflate': (bytes) => inflateSync(bytes),
  '.zst': (bytes) => unzstd(bytes),
  '.bz2': null,
  '.snappy': null,
  '.lz4': null,
};

/** Whether a text file is compressed, by its name: such a file cannot be split. Spark: `CompressionCodecFactory`. */
export function isCompressedText(path: string): boolean {
  return Object.hasOwn(CODECS, extname(path));
}

/** A text file's bytes, decompressed by its extension. Blocking.
 * @throws UNSUPPORTED_FEATURE for codecs not built, FAILED_READ_FILE.* */
export function readWholeText(path: string): Buffer {
  try {
    const bytes = readFileSync(path);
    const extension = extname(path);
    if (!Object.hasOwn(CODECS, extension)) return bytes;
    const codec = CODECS[extension];
    if (!codec) throw unsupported(`text files with extension ${extension}`);
    return Buffer.from(codec(bytes));
  } catch (error) {
    throw readFailure(path, error);
  }
}

/** Bytes in memory as a source; `bytesRead` counts the file's own bytes. */
export class MemorySource implements ByteSource {
  constructor(
    readonly path: string,
    readonly bytes: Buffer,
    readonly bytesRead: number,
  ) {}

  async read(into: Uint8Array, position: number): Promise<void> {
    into.set(this.bytes.subarray(position, position + into.length));
  }

  async close(): Promise<void> {}
}
