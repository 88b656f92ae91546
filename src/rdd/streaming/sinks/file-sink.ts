import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DataFrame } from '../../../session/dataframe.js';
import type { SparkSession } from '../../../session/spark-session.js';
import { type PartOutput, type RowsFormat, writeRows } from '../../../session/write-files.js';
import { localPath } from '../../../storage/files/listing.js';
import { partitionDirectory } from '../../../storage/files/path-names.js';
import type { CompactibleLog } from '../../../storage/files/streaming/compactible-log.js';
import { syncPath } from '../../../storage/files/streaming/metadata-log.js';
import { type SinkFileStatus, sinkFileStatus, sinkLog } from '../../../storage/files/streaming/sink-log.js';
import { illegalState } from '../../java-errors.js';
import { STREAMING_CONFS } from '../options.js';
import type { BatchOutcome, Sink } from './sink.js';

/** Files in a folder, each row exactly once: what a batch wrote counts once its log line is there, and readers go by the log.
 * A batch that comes again after its line was written is passed over. Spark: `FileStreamSink`. */
export class FileSink implements Sink {
  readonly description: string;
  readonly #directory: string;
  readonly #log: CompactibleLog<SinkFileStatus>;
  constructor(
    session: SparkSession,
    path: string,
    private readonly rows: RowsFormat,
  ) {
    this.#directory = localPath(path);
    this.description = `FileSink[file:${this.#directory}]`;
    this.#log = sinkLog(this.#directory, STREAMING_CONFS.logOptions(session.conf, 'fileSink'));
  }
  async addBatch(batchId: number, batch: DataFrame, signal: AbortSignal): Promise<BatchOutcome> {
    if (batchId <= (this.#log.latest() ?? -1)) return {};
    // From the first batch on readers go by the log, which is there before any file is.
    mkdirSync(this.#log.directory, { recursive: true });
    const output = new ManifestOutput(this.#directory);
    let counts: BatchOutcome['counts'];
    try {
      await writeRows(batch.queryExecution, this.rows, output, {
        signal,
        onCounts: (c) => {
          counts = c;
        },
      });
    } catch (error) {
      output.abort();
      throw error;
    }
    if (!this.#log.add(batchId, output.committed())) throw illegalState(`Race while writing batch ${batchId}`);
    return { counts };
  }
}

/** Files under their own names at once: until the log has them they do not count. Spark: `ManifestFileCommitProtocol`. */
class ManifestOutput implements PartOutput {
  readonly #files: string[] = [];
  constructor(private readonly directory: string) {}
  newFile(
    index: number,
    extension: string,
    partition: readonly (readonly [name: string, value: string | null])[] = [],
  ): string {
    const folder = join(this.directory, ...partition.map(([n, v]) => partitionDirectory(n, v)));
    mkdirSync(folder, { recursive: true });
    const dash = partition.length > 0 ? '.' : '-';
    const path = join(folder, `part-${String(index).padStart(5, '0')}-${randomUUID()}${dash}c000${extension}`);
    this.#files.push(path);
    return path;
  }
  /** Settles the files on the disk, names included. */
  committed(): SinkFileStatus[] {
    const written = this.#files.filter((f) => existsSync(f));
    for (const file of written) syncPath(file);
    for (const folder of new Set(written.map(dirname))) syncPath(folder);
    return written.map(sinkFileStatus);
  }
  abort(): void {
    for (const file of this.#files) rmSync(file, { force: true });
  }
}
