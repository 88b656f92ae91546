import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFile } from '../listing.js';
import { CompactibleLog, type CompactibleLogOptions } from './compactible-log.js';
import { fileUri, uriPath } from './file-uri.js';

/** Folder, in a streaming query's output, of the log that says which files count. Spark: `FileStreamSink.metadataDir`. */
export const SINK_METADATA = '_spark_metadata';

/** A file in the log. Spark: `SinkFileStatus`. */
export interface SinkFileStatus {
  readonly path: string;
  readonly size: number;
  readonly isDir: boolean;
  readonly modificationTime: number;
  readonly blockReplication: number;
  readonly blockSize: number;
  readonly action: string;
}

/** The log of the folder that a streaming query writes to. Spark: `FileStreamSinkLog`. */
export function sinkLog(directory: string, options?: CompactibleLogOptions): CompactibleLog<SinkFileStatus> {
  return new CompactibleLog<SinkFileStatus>(join(directory, SINK_METADATA), options);
}

/** What the log says of a file that was written. */
export function sinkFileStatus(path: string): SinkFileStatus {
  const { size, mtimeMs } = statSync(path);
  return {
    path: fileUri(path),
    size,
    isDir: false,
    modificationTime: Math.floor(mtimeMs),
    blockReplication: 1,
    blockSize: 33_554_432,
    action: 'add',
  };
}

/** Files that a streaming query committed to a folder; undefined where none writes to it. Others there are leftovers of batches
 * that failed or were killed. Spark: `FileStreamSink.hasMetadata`, `MetadataLogFileIndex`. */
export function committedFiles(directory: string): DataFile[] | undefined {
  if (!statSync(join(directory, SINK_METADATA), { throwIfNoEntry: false })) return undefined;
  return sinkLog(directory)
    .all()
    .filter((f) => !f.isDir)
    .map((f) => ({ path: uriPath(f.path), size: f.size, mtimeMs: f.modificationTime }));
}
