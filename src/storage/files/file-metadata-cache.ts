import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import { loadFooter, loadFooterSync } from '../parquet/footer.js';
import type { ParquetFile } from '../parquet/format.js';
import { readFailure } from './file-errors.js';

/** Spark's bound for file metadata. Spark: `SharedInMemoryCache` (spark.sql.hive.filesourcePartitionFileCacheSize). */
export const FILE_METADATA_CACHE_BYTES = 262_144_000;
/** Parsed footers take about this many times their bytes in the file. */
const PARSED_FACTOR = 6;

const footers = new LRUCache<string, ParquetFile>({
  maxSize: FILE_METADATA_CACHE_BYTES,
  sizeCalculation: (file) => Math.max(1, file.footerBytes * PARSED_FACTOR),
});

function keyOf(path: string, size: number, mtimeMs: number): string {
  return `${size}:${mtimeMs}:${path}`;
}

/** A file's footer: parsed once per path, size and modification time.
 * @throws FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER, FAILED_READ_FILE.FILE_NOT_EXIST */
export async function readFooter(path: string): Promise<ParquetFile> {
  const { size, mtimeMs } = await stat(path).catch((error) => {
    throw readFailure(path, error);
  });
  const cached = footers.get(keyOf(path, size, mtimeMs));
  if (cached) return cached;
  const file = await loadFooter(path);
  footers.set(keyOf(path, file.size, file.mtimeMs), file);
  return file;
}

/** As `readFooter`, blocking: for schema inference behind synchronous calls. */
export function readFooterSync(path: string): ParquetFile {
  let found: { size: number; mtimeMs: number };
  try {
    found = statSync(path);
  } catch (error) {
    throw readFailure(path, error);
  }
  const cached = footers.get(keyOf(path, found.size, found.mtimeMs));
  if (cached) return cached;
  const file = loadFooterSync(path);
  footers.set(keyOf(path, file.size, file.mtimeMs), file);
  return file;
}

/** Forgets all footers. Spark: `FileStatusCache.resetForTesting`, also behind `REFRESH`. */
export function clearFileMetadataCache(): void {
  footers.clear();
}
