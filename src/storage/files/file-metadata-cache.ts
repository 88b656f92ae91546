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

interface Footer {
  /** Of the file when it was read. */
  readonly state: string;
  readonly file: ParquetFile;
}

const footers = new LRUCache<string, Footer>({
  maxSize: FILE_METADATA_CACHE_BYTES,
  sizeCalculation: ({ file }) => Math.max(1, file.footerBytes * PARSED_FACTOR),
});

interface FileState {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

/** Whoever writes a file over and sets its size and time back still changes the rest. */
function stateText({ size, mtimeMs, ctimeMs, ino }: FileState): string {
  return `${size}:${mtimeMs}:${ctimeMs}:${ino}`;
}

/** A footer that was read while its file changed is not kept. */
function keep(path: string, state: FileState, file: ParquetFile): ParquetFile {
  if (file.size === state.size && file.mtimeMs === state.mtimeMs) footers.set(path, { state: stateText(state), file });
  return file;
}

/** A file's footer: parsed once for each state of the file.
 * @throws FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER, FAILED_READ_FILE.FILE_NOT_EXIST */
export async function readFooter(path: string): Promise<ParquetFile> {
  const state = await stat(path).catch((error) => {
    throw readFailure(path, error);
  });
  const cached = footers.get(path);
  return cached?.state === stateText(state) ? cached.file : keep(path, state, await loadFooter(path));
}

/** As `readFooter`, blocking: for schema inference behind synchronous calls. */
export function readFooterSync(path: string): ParquetFile {
  let state: FileState;
  try {
    state = statSync(path);
  } catch (error) {
    throw readFailure(path, error);
  }
  const cached = footers.get(path);
  return cached?.state === stateText(state) ? cached.file : keep(path, state, loadFooterSync(path));
}

/** Forgets the footers of some files: behind `REFRESH`. */
export function forgetFooters(paths: Iterable<string>): void {
  for (const path of paths) footers.delete(path);
}

/** Forgets all footers. Spark: `FileStatusCache.resetForTesting`. */
export function clearFileMetadataCache(): void {
  footers.clear();
}

/** Footers that are kept, and their estimated bytes. */
export function footerCacheSize(): { readonly entries: number; readonly sizeInBytes: number } {
  return { entries: footers.size, sizeInBytes: footers.calculatedSize };
}
