import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analysisError, runtimeError, SparkError, unsupported } from '../../errors/index.js';
import { checkForStreaming, type OutputMode } from '../../plan/analysis/unsupported-operation-checker.js';
import { CreateTable } from '../../plan/logical/index.js';
import { parseParts } from '../../session/column.js';
import { createTable } from '../../session/commands/create-table.js';
import type { DataFrame } from '../../session/dataframe.js';
import { dataSourceNotFound } from '../../session/file-relation.js';
import { localPath } from '../../storage/files/listing.js';
import { illegalArgument } from '../java-errors.js';
import { ConfiguredStream } from './configured.js';
import { STREAMING_CONFS, type StreamOptions } from './options.js';
import type { StreamingQuery } from './query.js';
import { ConsoleSink } from './sinks/console-sink.js';
import { FileSink } from './sinks/file-sink.js';
import { type BatchFunction, ForeachBatchSink } from './sinks/foreach-batch-sink.js';
import { MemorySink } from './sinks/memory-sink.js';
import { NoopSink } from './sinks/noop-sink.js';
import type { Sink } from './sinks/sink.js';
import { streamsOf } from './streams.js';
import { type Trigger, type TriggerOptions, triggerOf } from './trigger.js';

const FILES = ['parquet', 'csv', 'json', 'text'];
/** Sinks that need no checkpoint of the user's: they begin anew. */
const WITHOUT_CHECKPOINT = ['memory', 'foreachBatch', 'console', 'noop'];

/** Starts a streaming query. Options: `checkpointLocation`, `path`, and those of the format. Spark: `DataStreamWriter`. */
export class DataStreamWriter extends ConfiguredStream {
  #mode: OutputMode = 'append';
  #trigger: Trigger = { kind: 'processingTime', intervalMs: 0 };
  #name: string | undefined;
  #partitionBy: readonly string[] = [];
  #function: BatchFunction | undefined;
  constructor(private readonly df: DataFrame) {
    super();
  }

  /** append (default), update or complete. @throws STREAMING_OUTPUT_MODE.INVALID */
  outputMode(mode: string): this {
    const m = mode.toLowerCase();
    if (m !== 'append' && m !== 'update' && m !== 'complete') {
      const { condition, parameters } = analysisError('STREAMING_OUTPUT_MODE.INVALID', { outputMode: mode });
      throw new SparkError('illegal-argument', condition, parameters);
    }
    this.#mode = m;
    return this;
  }
  /** A name of its own among the session's running queries; of the memory sink's view. */
  queryName(name: string): this {
    this.#name = name;
    return this;
  }
  /** `{ processingTime: '5 seconds' }`, `{ availableNow: true }` or `{ once: true }`. */
  trigger(options: TriggerOptions): this {
    this.#trigger = triggerOf(options);
    return this;
  }
  /** Folders by the values of columns, for file sinks. */
  partitionBy(...columns: readonly (string | readonly string[])[]): this {
    this.#partitionBy = columns.flat() as string[];
    return this;
  }
  /** Calls a function with the rows and the number of each batch, in order. The frame is static and kept while the function runs. After a
   * crash the last batch comes again under its number: go by that to take it once. */
  foreachBatch(f: BatchFunction): this {
    this.#function = f;
    return this;
  }

  /** Starts the query and returns at once. What is wrong with the plan, the checkpoint or the options is thrown here; what goes wrong later is
   * the query's `exception()`. @throws _LEGACY_ERROR_TEMP_1298 without a checkpoint location, _LEGACY_ERROR_TEMP_3102,
   * STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION, UNSUPPORTED_FEATURE for what needs state */
  start(path?: string): StreamingQuery {
    return this.run(this.optionsWith(path, 'start'));
  }
  /** Writes to a table's files; makes the table if there is none. @throws UNSUPPORTED_FEATURE for partitioned tables */
  toTable(name: string): StreamingQuery {
    const session = this.df.sparkSession;
    const parts = parseParts(name);
    const format = this.formatOr(session.conf);
    if (this.#partitionBy.length > 0) throw unsupported('toTable of a partitioned table');
    const options = this.optionsWith(undefined, 'start');
    this.checkedRoot(options, true);
    if (!session.sessionState.catalog.find(parts))
      createTable(
        session,
        new CreateTable(parts, this.df.schema, format, [], options.get('path'), {}, true, false, undefined),
      );
    const table = session.requireTable(parts, 'toTable');
    if (table.partitionColumns.length > 0) throw unsupported('toTable of a partitioned table');
    if (this.formatName !== undefined && this.formatName !== table.provider)
      throw analysisError('STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE', {
        outputMode: this.#mode,
        className: `${this.formatName} (the table ${table.identifier.quoted} is ${table.provider})`,
      });
    this.formatName = table.provider;
    options.set('path', table.location);
    return this.run(options);
  }

  private run(options: StreamOptions): StreamingQuery {
    const { df } = this;
    const session = df.sparkSession;
    const memory = new MemorySink();
    const sink = this.sink(options, memory);
    checkForStreaming(df.logicalPlan, this.#mode);
    const { root, temporary } = this.checkedRoot(options);
    const query = streamsOf(session).start({
      name: this.#name,
      plan: df.logicalPlan,
      sink,
      trigger: this.#trigger,
      checkpointRoot: root,
      deleteCheckpoint: temporary,
    });
    if (sink === memory) memory.frame(session, df.schema).createOrReplaceTempView(this.#name as string);
    return query;
  }
  private get source(): string {
    if (this.#function) return 'foreachBatch';
    return this.formatOr(this.df.sparkSession.conf);
  }
  private sink(options: StreamOptions, memory: MemorySink): Sink {
    const { source } = this;
    if (!FILES.includes(source) && this.#partitionBy.length > 0)
      throw analysisError('_LEGACY_ERROR_TEMP_1197', { operation: source });
    if (this.#function) return new ForeachBatchSink(this.#function);
    switch (source) {
      case 'memory':
        if (this.#name === undefined) throw analysisError('_LEGACY_ERROR_TEMP_1194', {});
        return memory;
      case 'console':
        return new ConsoleSink(options);
      case 'noop':
        return new NoopSink();
      case 'kafka':
      case 'orc':
      case 'xml':
        throw unsupported(`the streaming sink ${source}`);
    }
    if (!FILES.includes(source)) throw dataSourceNotFound(source);
    const path = options.get('path');
    if (path === undefined) {
      const { condition, parameters } = runtimeError('_LEGACY_ERROR_TEMP_2047', {});
      throw new SparkError('illegal-argument', condition, parameters);
    }
    if (this.#mode !== 'append')
      throw analysisError('STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE', {
        outputMode: this.#mode,
        className: source,
      });
    return new FileSink(this.df.sparkSession, path, {
      format: source,
      partitionBy: this.checkedPartitions(),
      options: options.given,
    });
  }
  private checkedPartitions(): readonly string[] {
    const names = this.df.columns;
    for (const column of this.#partitionBy)
      if (!names.some((n) => this.df.sameName(n, column)))
        throw analysisError('_LEGACY_ERROR_TEMP_1196', {
          columnName: column,
          validColumnNames: names.join(', '),
        });
    if (names.length > 0 && names.every((n) => this.#partitionBy.some((p) => this.df.sameName(n, p))))
      throw analysisError('ALL_PARTITION_COLUMNS_NOT_ALLOWED', {});
    return this.#partitionBy;
  }

  /** Where the checkpoint lies. Spark: `ResolveWriteToStream.resolveCheckpointLocation` */
  private checkedRoot(options: StreamOptions, checkOnly = false): { root: string; temporary: boolean } {
    const { conf } = this.df.sparkSession;
    const common = STREAMING_CONFS.checkpointLocation(conf);
    const given =
      options.get('checkpointLocation') ??
      (common === undefined ? undefined : join(localPath(common), this.#name ?? randomUUID()));
    if (given === undefined) {
      if (!WITHOUT_CHECKPOINT.includes(this.source))
        throw analysisError('_LEGACY_ERROR_TEMP_1298', { config: 'spark.sql.streaming.checkpointLocation' });
      return { root: checkOnly ? '' : mkdtempSync(join(tmpdir(), 'memoframe-stream-')), temporary: true };
    }
    const root = localPath(given);
    if (root === '') throw illegalArgument('checkpointLocation is empty');
    // The memory sink has lost its rows with its process.
    if (this.source === 'memory' && existsSync(join(root, 'offsets')))
      throw analysisError('_LEGACY_ERROR_TEMP_1299', { checkpointPath: join(root, 'offsets') });
    return { root, temporary: false };
  }
}
