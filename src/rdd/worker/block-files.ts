import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../../storage/column/crc32.js';
import { decodeValue } from '../data/value-codec.js';

let last = 0;

/** Writes a kept partition; the file has its name only when it is whole. */
export function writeBlockFile(
  folder: string,
  rdd: number,
  partition: number,
  bytes: Uint8Array,
): { path: string; checksum: number; size: number } {
  mkdirSync(folder, { recursive: true });
  const path = join(
    folder,
    `rdd_${rdd}_${partition}-${process.pid}-${++last}-${Math.random().toString(36).slice(2, 8)}`,
  );
  writeFileSync(`${path}.tmp`, bytes);
  renameSync(`${path}.tmp`, path);
  return { path, checksum: crc32(bytes), size: bytes.length };
}

/** The values; undefined where the file is gone or is not what was written. */
export function readBlockFile(path: string, checksum: number): unknown[] | undefined {
  try {
    const bytes = readFileSync(path);
    return crc32(bytes) === checksum ? (decodeValue(bytes) as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}
