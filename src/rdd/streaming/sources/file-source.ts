import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { analysisError, runtimeError } from '../../../errors/index.js';
import { COUNT_ROWS_AS } from '../../../exec/pipelines/file-source.js';
import { LogicalRelation } from '../../../plan/logical/index.js';
import { dataSourceNotFound, pathFileRelation } from '../../../session/file-relation.js';
import type { SparkSession } from '../../../session/spark-session.js';
import { isGlob } from '../../../storage/files/glob.js';
import { listFiles, localPath } from '../../../storage/files/listing.js';
import { CompactibleLog } from '../../../storage/files/streaming/compactible-log.js';
import { fileUri, uriPath } from '../../../storage/files/streaming/file-uri.js';
import { STRING, StructField, StructType } from '../../../types/index.js';
import { illegalState } from '../../java-errors.js';
import type { Offset } from '../checkpoint.js';
import { durationMillis, STREAMING_CONFS, type StreamOptions } from '../options.js';
import { SeenFiles } from './seen-files.js';
import type { BatchRows, MicroBatchSource, StreamingSourceMaker } from './source.js';

let made = 0;

/** Files of a folder as they appear. Spark: `DataSource` with a `FileFormat`. */
export class FileSourceMaker implements StreamingSourceMaker {
  readonly name: string;
  readonly key = `files#${++made}`;
  readonly schema: StructType;
  /** @throws PATH_NOT_FOUND, _LEGACY_ERROR_TEMP_2048 without a schema, DATA_SOURCE_NOT_FOUND */
  constructor(
    session: SparkSession,
    readonly format: string,
    readonly path: string,
    readonly options: StreamOptions,
    given: StructType | undefined,
  ) {
    this.name = `FileSource[${path}]`;
    if (!['parquet', 'csv', 'json', 'text'].includes(format)) throw dataSourceNotFound(format);
    const infers = STREAMING_CONFS.schemaInference(session.conf);
    // What a pattern finds may come later.
    if (!isGlob(localPath(path)) && !existsSync(localPath(path))) throw analysisError('PATH_NOT_FOUND', { path });
    if (!given && !infers && format !== 'text') throw runtimeError('_LEGACY_ERROR_TEMP_2048', {});
    const schema = given ?? (format === 'text' ? new StructType([new StructField('value', STRING)]) : undefined);
    this.schema = pathFileRelation(
      { format, paths: [path], options: options.given, schema, pathOption: false, ignoreMissingFiles: true },
      session.conf,
    ).schema;
  }
  open(session: SparkSession, logPath: string): MicroBatchSource {
    return new FileSource(this, session, logPath);
  }
}

/** A file of the source's log. Spark: `FileStreamSource.FileEntry`. */
interface FileEntry {
  readonly path: string;
  readonly timestamp: number;
  readonly batchId: number;
}
interface FoundFile {
  readonly path: string;
  readonly timestamp: number;
  readonly size: number;
}

/** So few files that are left over for the next batch are listed anew. */
const DISCARD_RATIO = 0.2;
const MOST_KEPT = 10_000;

/** Which files each offset stands for is written to the source's log before any batch reads them, so that a batch that runs again
 * reads the same files. Spark: `FileStreamSource`. */
class FileSource implements MicroBatchSource {
  readonly initialOffset = undefined;
  readonly description: string;
  readonly #log: CompactibleLog<FileEntry>;
  readonly #seen: SeenFiles;
  readonly #maxFiles: number | undefined;
  readonly #maxBytes: number | undefined;
  readonly #latestFirst: boolean;
  #offset: number;
  /** Listed, for later batches. */
  #unread: readonly FoundFile[] | undefined;
  /** All that there will be. */
  #available: readonly FoundFile[] | undefined;

  constructor(
    private readonly maker: FileSourceMaker,
    private readonly session: SparkSession,
    logPath: string,
  ) {
    const { options, path } = maker;
    this.description = `FileStreamSource[file:${localPath(path)}]`;
    this.#maxFiles = options.positive('maxFilesPerTrigger');
    this.#maxBytes = options.positive('maxBytesPerTrigger');
    this.#latestFirst = options.flag('latestFirst', false);
    const fileNameOnly = options.flag('fileNameOnly', false);
    const limited = this.#latestFirst && (this.#maxFiles !== undefined || this.#maxBytes !== undefined);
    const age = durationMillis(options.get('maxFileAge') ?? '7d', 'maxFileAge');
    if (this.#latestFirst)
      session.warn('FileStreamSource', "'latestFirst' is true: new files come first, and 'maxFileAge' does not count.");
    if (fileNameOnly)
      session.warn(
        'FileStreamSource',
        "'fileNameOnly' is true: a file whose name was seen before, in whatever folder, counts as seen, and its rows are lost.",
      );
    this.#log = new CompactibleLog(logPath, STREAMING_CONFS.logOptions(session.conf, 'fileSource'));
    this.#offset = this.#log.latest() ?? -1;
    this.#seen = new SeenFiles(limited ? Number.MAX_SAFE_INTEGER : age, (p) => (fileNameOnly ? basename(p) : p));
    for (const e of this.#log.all()) this.#seen.add(uriPath(e.path), e.timestamp);
    this.#seen.purge();
  }

  latestOffset(all: boolean): Offset | undefined {
    const found = this.#unread ?? this.newFiles();
    const batch = all ? found : this.limited(found);
    const rest = found.slice(batch.length);
    const limit = this.#maxFiles;
    const keep = !all && !this.#latestFirst && limit !== undefined && rest.length >= limit * DISCARD_RATIO;
    this.#unread = keep && rest.length > 0 ? rest.slice(0, MOST_KEPT) : undefined;
    for (const f of batch) this.#seen.add(f.path, f.timestamp);
    this.#seen.purge();
    if (batch.length > 0) {
      const batchId = this.#offset + 1;
      const entries = batch.map(({ path, timestamp }) => ({ path: fileUri(path), timestamp, batchId }));
      if (!this.#log.add(batchId, entries))
        throw illegalState(`Concurrent update to the log. Multiple streaming jobs detected for ${batchId}`);
      this.#offset = batchId;
    }
    return this.#offset === -1 ? undefined : JSON.stringify({ logOffset: this.#offset });
  }
  private limited(found: readonly FoundFile[]): readonly FoundFile[] {
    if (this.#maxFiles !== undefined) return found.slice(0, this.#maxFiles);
    if (this.#maxBytes === undefined) return found;
    let bytes = 0;
    const end = found.findIndex((f, i) => {
      bytes += f.size;
      return i > 0 && bytes > (this.#maxBytes as number);
    });
    return end === -1 ? found : found.slice(0, end);
  }
  private newFiles(): readonly FoundFile[] {
    return (this.#available ?? this.list()).filter((f) => this.#seen.isNew(f.path, f.timestamp));
  }
  /** Oldest first, or newest. */
  private list(): FoundFile[] {
    const { options, path } = this.maker;
    const files = listFiles([path], {
      basePath: options.get('basePath'),
      recursiveFileLookup: options.flag('recursiveFileLookup', false),
      pathGlobFilter: options.get('pathGlobFilter'),
      ignoreMissingFiles: true,
    }).files.map((f) => ({ path: f.path, size: f.size, timestamp: Math.floor(f.mtimeMs) }));
    const sign = this.#latestFirst ? -1 : 1;
    return files.sort((a, b) => sign * (a.timestamp - b.timestamp));
  }
  prepareForAvailableNow(): void {
    this.#available = this.list();
  }

  batch(start: Offset | undefined, end: Offset): BatchRows {
    const paths = this.entries(logOffset(start) + 1, logOffset(end)).map((e) => uriPath(e.path));
    const { format, path, options, schema } = this.maker;
    const { given } = options.copy();
    for (const key of Object.keys(given)) if (/^(path|basepath)$/i.test(key)) delete given[key];
    const relation = pathFileRelation(
      {
        format,
        paths,
        options: { ...given, ...(isGlob(localPath(path)) ? {} : { basePath: path }), [COUNT_ROWS_AS]: this.maker.key },
        schema,
        pathOption: false,
        ignoreMissingFiles: true,
        globPaths: false,
      },
      this.session.conf,
    );
    const rows = relation.rowCount;
    return {
      plan: new LogicalRelation(relation, relation.attributes(), undefined),
      rows: rows === undefined ? undefined : Number(rows),
      countedAs: this.maker.key,
    };
  }
  /** Entries of a range of offsets; those whose own file is gone are in a compaction. */
  private entries(from: number, to: number): FileEntry[] {
    const out: FileEntry[] = [];
    let all: FileEntry[] | undefined;
    for (let id = from; id <= to; id++) {
      const own = this.#log.get(id);
      if (!own) all ??= this.#log.all();
      for (const e of own ?? (all as FileEntry[])) if (e.batchId === id) out.push(e);
    }
    return out;
  }
}

/** An object, or, in old logs, a number. Spark: `FileStreamSourceOffset`. */
function logOffset(offset: Offset | undefined): number {
  if (offset === undefined) return -1;
  const parsed = JSON.parse(offset) as number | { logOffset: number };
  return typeof parsed === 'number' ? parsed : parsed.logOffset;
}
