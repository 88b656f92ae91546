import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analysisError } from '../../errors/index.js';
import type { RuntimeConfig } from '../../session/conf.js';
import { MetadataLog, versionedLines, writeWhole } from '../../storage/files/streaming/metadata-log.js';
import { illegalState } from '../java-errors.js';

/** A place in a source, as the JSON text that logs hold. */
export type Offset = string;

/** What a batch reads up to, source by source; undefined: nothing yet of that source. Spark: `OffsetSeq`. */
export interface OffsetSeq {
  readonly offsets: readonly (Offset | undefined)[];
  /** The moment that `current_timestamp()` of the batch gives, also when it runs again. */
  readonly batchTimestampMs: number;
}

/** Confs that Spark fixes for the life of a checkpoint, with its defaults: Spark reads them back. Spark:
 * `OffsetSeqMetadata.relevantSQLConfs`. */
const FIXED_CONFS: readonly (readonly [string, string])[] = [
  [
    'spark.sql.streaming.stateStore.providerClass',
    'org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider',
  ],
  ['spark.sql.streaming.stateStore.rocksdb.formatVersion', '5'],
  ['spark.sql.streaming.stateStore.encodingFormat', 'unsaferow'],
  ['spark.sql.streaming.statefulOperator.useStrictDistribution', 'true'],
  ['spark.sql.streaming.flatMapGroupsWithState.stateFormatVersion', '2'],
  ['spark.sql.streaming.multipleWatermarkPolicy', 'min'],
  ['spark.sql.streaming.aggregation.stateFormatVersion', '2'],
  ['spark.sql.shuffle.partitions', '200'],
  ['spark.sql.streaming.join.stateFormatVersion', '2'],
  ['spark.sql.streaming.stateStore.compression.codec', 'lz4'],
  ['spark.sql.optimizer.pruneFiltersCanPruneStreamingSubplan', 'false'],
];

/** A query's progress on disk, in Spark's own layout: `metadata`, `offsets/N`, `commits/N`, `sources/N`. Each file is written
 * once and whole, so that a process may die at any moment. */
export class Checkpoint {
  readonly id: string;
  readonly #offsets: MetadataLog;
  readonly #commits: MetadataLog;

  constructor(
    readonly root: string,
    private readonly conf: RuntimeConfig,
  ) {
    mkdirSync(root, { recursive: true });
    this.id = readOrMakeId(join(root, 'metadata'));
    this.#offsets = new MetadataLog(join(root, 'offsets'));
    this.#commits = new MetadataLog(join(root, 'commits'));
    mkdirSync(this.#offsets.directory, { recursive: true });
    mkdirSync(this.#commits.directory, { recursive: true });
  }
  /** Folder of a source's own log. */
  sourcePath(n: number): string {
    return join(this.root, 'sources', String(n));
  }
  latestBatch(): number | undefined {
    return this.#offsets.latest();
  }
  latestCommit(): number | undefined {
    return this.#commits.latest();
  }
  /** @throws CONCURRENT_STREAM_LOG_UPDATE if the batch is there already */
  addOffsets(batch: number, { offsets, batchTimestampMs }: OffsetSeq): void {
    const conf = Object.fromEntries(FIXED_CONFS.map(([k, v]) => [k, this.conf.getOptional(k) ?? v]));
    const metadata = JSON.stringify({ batchWatermarkMs: 0, batchTimestampMs, conf });
    const text = ['v1', metadata, ...offsets.map((o) => o ?? '-')].join('\n');
    if (!this.#offsets.add(batch, text)) throw concurrentUpdate(batch);
  }
  /** @throws java.lang.IllegalStateException for a log that is not whole */
  offsets(batch: number): OffsetSeq | undefined {
    const text = this.#offsets.get(batch);
    if (text === undefined) return undefined;
    const [metadata = '', ...offsets] = versionedLines(text, join(this.#offsets.directory, String(batch)));
    if (metadata === '') throw illegalState(`The offset log of batch ${batch} is not whole.`);
    const { batchTimestampMs } = JSON.parse(metadata) as { batchTimestampMs: number };
    return { batchTimestampMs, offsets: offsets.map((o) => (o === '-' ? undefined : JSON.stringify(JSON.parse(o)))) };
  }
  /** @throws CONCURRENT_STREAM_LOG_UPDATE if the batch is there already */
  commit(batch: number): void {
    if (!this.#commits.add(batch, 'v1\n{"nextBatchWatermarkMs":0}')) throw concurrentUpdate(batch);
  }
  /** Forgets batches that are long done. */
  purge(below: number): void {
    this.#offsets.purge(below);
    this.#commits.purge(below);
  }
}

function concurrentUpdate(batch: number) {
  return analysisError('CONCURRENT_STREAM_LOG_UPDATE', { batchId: String(batch) });
}

/** The query's id lives as long as its checkpoint. Spark: `StreamMetadata`. */
function readOrMakeId(path: string): string {
  if (!existsSync(path)) writeWhole(path, JSON.stringify({ id: randomUUID() }));
  return (JSON.parse(readFileSync(path, 'utf8')) as { id: string }).id;
}
