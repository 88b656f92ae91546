export interface ConfEntry {
  readonly default: string | undefined;
  readonly doc: string;
  /** Cannot be changed once the session runs. */
  readonly static?: boolean;
  readonly type?: 'boolean' | 'int' | 'long' | 'bytes' | 'double' | 'zone';
}

/** The configuration keys that memoframe knows, Spark's names and defaults; others are kept as they are, except
 * that unknown ones of memoframe are refused. */
export const CONF_ENTRIES: Readonly<Record<string, ConfEntry>> = {
  'memoframe.cache.freshness': {
    default: 'warn',
    doc: 'What to do when a query hits cached data that is older than its files: spark (serve it, as Spark does), warn (serve it and warn once), refresh (make it anew), fail.',
  },
  'memoframe.cache.match': {
    default: 'spark',
    doc: 'How queries are matched with cached plans: spark (exactly as Apache Spark), normalized (also plans of the same rows and columns that are written otherwise), subsume (also plans that hold more than the query wants).',
  },
  'memoframe.cache.persistent': {
    default: 'false',
    doc: 'Keep every cached result beyond the life of the process, unless its own option says otherwise.',
    type: 'boolean',
  },
  'memoframe.cache.persistent.attach': {
    default: 'false',
    doc: 'Queries use results in the persistent cache without being told to cache: what is found is registered as if it were cached.',
    type: 'boolean',
  },
  'memoframe.cache.persistent.dir': {
    default: undefined,
    doc: 'Folder of the persistent cache; default: memoframe/persistent in $XDG_CACHE_HOME or ~/.cache.',
    static: true,
  },
  'memoframe.cache.persistent.maxBytes': {
    default: '10g',
    doc: 'Bytes that the persistent cache may take; those entries go that were not used for longest.',
    static: true,
    type: 'bytes',
  },
  'memoframe.optimizer.joinReorder': {
    default: 'true',
    doc: 'Order inner joins by estimated rows; plans that fill caches keep the order that Spark gives them.',
    type: 'boolean',
  },
  'memoframe.optimizer.shareCtes': {
    default: 'true',
    doc: 'Run a costly CTE that is used more than once only once; plans that fill caches put it in at each use, as Spark does.',
    type: 'boolean',
  },
  'memoframe.streaming.foreachBatch.persist': {
    default: 'true',
    doc: 'Keep the rows of a micro-batch from the first action of a foreachBatch function until it has ended.',
    type: 'boolean',
  },
  'spark.app.name': { default: 'memoframe', doc: 'Name of the application.', static: true },
  'spark.default.parallelism': {
    default: undefined,
    doc: 'Partitions of ranges and local data; default: the workers.',
    type: 'int',
  },
  'spark.driver.memory': { default: '1g', doc: 'Accepted for compatibility; see spark.executor.memory.', static: true },
  'spark.executor.memory': {
    default: undefined,
    doc: 'Memory of an executor; default: 60 % of the machine.',
    static: true,
    type: 'bytes',
  },
  'spark.local.dir': {
    default: undefined,
    doc: "Folder of blocks on disk; default: the system's temporary one.",
    static: true,
  },
  'spark.locality.wait': {
    default: '3s',
    doc: 'How long an RDD task waits for the worker that has its cached partition, before another one computes it again.',
    static: true,
  },
  'spark.master': {
    default: undefined,
    doc: 'local[n]: one executor with n workers; local-cluster[n,c,m]: n executors with c workers and m MiB each.',
    static: true,
  },
  'spark.memory.fraction': {
    default: '0.6',
    doc: 'Share of executor memory for execution and storage.',
    static: true,
    type: 'double',
  },
  'spark.memory.offHeap.enabled': {
    default: 'false',
    doc: 'Whether OFF_HEAP blocks may use memory.',
    static: true,
    type: 'boolean',
  },
  'spark.memory.offHeap.size': { default: '0', doc: 'Bytes for OFF_HEAP blocks.', static: true, type: 'bytes' },
  'spark.memory.storageFraction': {
    default: '0.5',
    doc: 'Share of the pool in which blocks are safe from execution.',
    static: true,
    type: 'double',
  },
  'spark.rdd.limit.initialNumPartitions': {
    default: '1',
    doc: 'Partitions that take() of an RDD runs first.',
    type: 'int',
  },
  'spark.rdd.limit.scaleUpFactor': {
    default: '4',
    doc: 'How many times more partitions take() of an RDD runs next, at most.',
    type: 'int',
  },
  'spark.sql.adaptive.enabled': { default: 'true', doc: 'Adaptive execution, as it shows in plans.', type: 'boolean' },
  'spark.sql.analyzer.canonicalization.multiCommutativeOpMemoryOptThreshold': {
    default: '3',
    doc: 'Accepted for compatibility.',
    type: 'int',
  },
  'spark.sql.ansi.doubleQuotedIdentifiers': {
    default: 'false',
    doc: 'Double quotes hold names, as back-ticks do.',
    type: 'boolean',
  },
  'spark.sql.ansi.enabled': {
    default: 'true',
    doc: 'ANSI mode: errors instead of nulls and overflows.',
    type: 'boolean',
  },
  'spark.sql.ansi.enforceReservedKeywords': {
    default: 'false',
    doc: 'Reserved keywords cannot be names.',
    type: 'boolean',
  },
  'spark.sql.autoBroadcastJoinThreshold': {
    default: '10485760b',
    doc: 'Largest relation that a join broadcasts; -1: none.',
    type: 'bytes',
  },
  'spark.sql.cache.serializer': {
    default: 'org.apache.spark.sql.execution.columnar.DefaultCachedBatchSerializer',
    doc: 'Accepted for compatibility.',
    static: true,
  },
  'spark.sql.caseSensitive': { default: 'false', doc: 'Whether names differ by case.', type: 'boolean' },
  'spark.sql.catalogImplementation': { default: 'in-memory', doc: 'Where tables are registered.', static: true },
  'spark.sql.crossJoin.enabled': { default: 'true', doc: 'Allow joins without a condition.', type: 'boolean' },
  'spark.sql.debug.maxToStringFields': { default: '25', doc: 'Columns shown in plan strings.', type: 'int' },
  'spark.sql.defaultCacheStorageLevel': { default: 'MEMORY_AND_DISK', doc: 'Level of cache() and CACHE TABLE.' },
  'spark.sql.files.maxPartitionBytes': {
    default: '128MB',
    doc: 'Largest piece of a file in one partition.',
    type: 'bytes',
  },
  'spark.sql.files.maxPartitionNum': {
    default: undefined,
    doc: 'Suggested largest number of file partitions.',
    type: 'int',
  },
  'spark.sql.files.minPartitionNum': {
    default: undefined,
    doc: 'Suggested least number of file partitions; default: the parallelism.',
    type: 'int',
  },
  'spark.sql.files.openCostInBytes': { default: '4MB', doc: 'Bytes that opening a file counts as.', type: 'bytes' },
  'spark.sql.groupByAliases': { default: 'true', doc: 'GROUP BY may name select aliases.', type: 'boolean' },
  'spark.sql.groupByOrdinal': { default: 'true', doc: 'GROUP BY 1 means the first column.', type: 'boolean' },
  'spark.sql.hive.filesourcePartitionFileCacheSize': {
    default: '262144000',
    doc: 'Bytes of partition listings kept, set by the first partitioned table that is read; 0: none.',
    type: 'bytes',
  },
  'spark.sql.hive.manageFilesourcePartitions': {
    default: 'true',
    doc: 'Keep listings of partitioned tables.',
    type: 'boolean',
  },
  'spark.sql.inMemoryColumnarStorage.batchSize': {
    default: '10000',
    doc: 'Rows of a cached column batch.',
    type: 'int',
  },
  'spark.sql.inMemoryColumnarStorage.compressed': {
    default: 'true',
    doc: 'Narrow and dictionary-encode cached columns.',
    type: 'boolean',
  },
  'spark.sql.inMemoryColumnarStorage.enableVectorizedReader': {
    default: 'true',
    doc: 'Accepted for compatibility: cached columns are read by batches in any case.',
    type: 'boolean',
  },
  'spark.sql.inMemoryColumnarStorage.hugeVectorReserveRatio': { default: '1.2', doc: 'Accepted.', type: 'double' },
  'spark.sql.inMemoryColumnarStorage.hugeVectorThreshold': { default: '-1b', doc: 'Accepted.', type: 'bytes' },
  'spark.sql.inMemoryColumnarStorage.partitionPruning': {
    default: 'true',
    doc: 'Skip cached batches by min and max.',
    type: 'boolean',
  },
  'spark.sql.inMemoryTableScanStatistics.enable': { default: 'false', doc: 'Accepted.', type: 'boolean' },
  'spark.sql.dataframeCache.logLevel': {
    default: 'TRACE',
    doc: 'From which level on every decision of the cache is logged: at WARN and above it is.',
  },
  'spark.sql.decimalOperations.allowPrecisionLoss': {
    default: 'true',
    doc: 'Decimal arithmetic keeps at least six digits behind the point rather than all before it.',
    type: 'boolean',
  },
  'spark.sql.function.concatBinaryAsString': {
    default: 'false',
    doc: 'concat() of binaries is a string.',
    type: 'boolean',
  },
  'spark.sql.function.eltOutputAsString': {
    default: 'false',
    doc: 'elt() of binaries is a string.',
    type: 'boolean',
  },
  'spark.sql.binaryOutputStyle': {
    default: '',
    doc: 'How binaries show and to_csv() writes them: UTF-8, BASIC, BASE64, HEX or HEX_DISCRETE.',
  },
  'spark.sql.legacy.negativeIndexInArrayInsert': {
    default: 'false',
    doc: 'Negative positions of array_insert() count from 0.',
    type: 'boolean',
  },
  'spark.sql.legacy.percentileDiscCalculation': {
    default: 'false',
    doc: 'percentile_disc() rounds positions down.',
    type: 'boolean',
  },
  'spark.sql.legacy.allowParameterlessCount': { default: 'false', doc: 'count() is 0.', type: 'boolean' },
  'spark.sql.legacy.allowStarWithSingleTableIdentifierInCount': {
    default: 'false',
    doc: 'count(t.*) counts the rows without a null.',
    type: 'boolean',
  },
  'spark.sql.legacy.codingErrorAction': {
    default: 'false',
    doc: 'encode() and decode() replace what a charset cannot say.',
    type: 'boolean',
  },
  'spark.sql.legacy.javaCharsets': {
    default: 'false',
    doc: 'encode() and decode() take other charsets too.',
    type: 'boolean',
  },
  'spark.sql.legacy.lpadRpadAlwaysReturnString': {
    default: 'false',
    doc: 'lpad() and rpad() of binaries are strings.',
    type: 'boolean',
  },
  'spark.sql.legacy.bangEqualsNot': {
    default: 'false',
    doc: '`!` stands for NOT within predicates: `a ! IN (…)`.',
    type: 'boolean',
  },
  'spark.sql.legacy.parseQueryWithoutEof': {
    default: 'false',
    doc: 'Queries of views end where they can end; the rest of the text is ignored.',
    type: 'boolean',
  },
  'spark.sql.legacy.interval.enabled': {
    default: 'false',
    doc: 'INTERVAL literals and differences of moments are calendar intervals.',
    type: 'boolean',
  },
  'spark.sql.legacy.ctePrecedencePolicy': {
    default: 'CORRECTED',
    doc: 'Of CTEs of one name: the inner one is meant (CORRECTED), the outer one (LEGACY), or neither (EXCEPTION).',
  },
  'spark.sql.legacy.storeAnalyzedPlanForView': {
    default: 'false',
    doc: 'SQL views keep their plan, not their text.',
    type: 'boolean',
  },
  'spark.sql.legacy.timeParserPolicy': {
    default: 'CORRECTED',
    doc: 'How date-time patterns are read: CORRECTED as DateTimeFormatter, LEGACY as SimpleDateFormat, EXCEPTION if both agree.',
  },
  'spark.sql.limit.initialNumPartitions': { default: '1', doc: 'Partitions that take tries first.', type: 'int' },
  'spark.sql.limit.scaleUpFactor': { default: '4', doc: 'Growth of the partitions that take tries.', type: 'int' },
  'spark.sql.metadataCacheTTLSeconds': {
    default: '-1000ms',
    doc: 'Listings of tables are made anew after so many seconds (or `10min`); negative: only by REFRESH.',
    static: true,
  },
  'spark.sql.optimizer.canChangeCachedPlanOutputPartitioning': {
    default: 'false',
    doc: 'Adaptive execution may coalesce cached partitions.',
    type: 'boolean',
  },
  'spark.sql.optimizer.excludedRules': {
    default: undefined,
    doc: 'Full names of optimizer rules that do not run, between commas; those that answers need run all the same.',
  },
  'spark.sql.optimizer.scalarSubqueryUseSingleJoin': {
    default: 'true',
    doc: 'A correlated scalar subquery may give several rows: it fails when it does.',
    type: 'boolean',
  },
  'spark.sql.orderByOrdinal': { default: 'true', doc: 'ORDER BY 1 means the first column.', type: 'boolean' },
  'spark.sql.parquet.mergeSchema': { default: 'false', doc: 'Merge the schemas of all files.', type: 'boolean' },
  'spark.sql.legacy.viewSchemaBindingMode': {
    default: 'true',
    doc: 'Views may say how they follow changes of the schema of their query.',
    type: 'boolean',
  },
  'spark.sql.legacy.viewSchemaCompensation': {
    default: 'true',
    doc: 'Views without WITH SCHEMA cast their columns to the types they were made with.',
    type: 'boolean',
  },
  'spark.sql.runSQLOnFiles': { default: 'true', doc: 'FROM may name files: parquet.`path`.', type: 'boolean' },
  'spark.sql.parser.escapedStringLiterals': {
    default: 'false',
    doc: 'Backslashes in string literals stay as they are.',
    type: 'boolean',
  },
  'spark.sql.parser.quotedRegexColumnNames': {
    default: 'false',
    doc: 'Back-quoted names in select lists are regular expressions over column names.',
    type: 'boolean',
  },
  'spark.sql.session.timeZone': { default: 'UTC', doc: 'Zone of timestamps without one.', type: 'zone' },
  'spark.sql.shuffle.partitions': {
    default: '200',
    doc: 'Partitions after an exchange, where their number shows.',
    type: 'int',
  },
  'spark.sql.sources.default': { default: 'parquet', doc: 'Format of tables and files without one.' },
  'spark.sql.timestampType': {
    default: 'TIMESTAMP_LTZ',
    doc: 'What TIMESTAMP means: TIMESTAMP_LTZ or TIMESTAMP_NTZ.',
  },
  'spark.sql.variable.substitute': {
    default: 'true',
    doc: '${key} in a text becomes the value of the conf.',
    type: 'boolean',
  },
  'spark.sql.warehouse.dir': { default: 'spark-warehouse', doc: 'Folder of managed tables.', static: true },
  'spark.storage.replication.proactive': { default: 'true', doc: 'Accepted for compatibility.', type: 'boolean' },
  'spark.streaming.concurrentJobs': {
    default: '1',
    doc: 'Jobs of DStreams that run at the same time; more than 1 gives up the order of batches.',
    type: 'int',
  },
  'spark.streaming.stopSparkContextByDefault': {
    default: 'true',
    doc: 'Whether stopping a StreamingContext stops the session too.',
    type: 'boolean',
  },
  'spark.streaming.unpersist': {
    default: 'true',
    doc: 'Whether DStreams let go of RDDs that no later batch needs.',
    type: 'boolean',
  },
  'spark.task.maxFailures': {
    default: '4',
    doc: 'Failures of an RDD task after which its job fails; local[n] allows 1, local[n,F] F.',
    static: true,
    type: 'int',
  },
  'spark.task.reaper.killTimeout': {
    default: '2s',
    doc: 'How long an RDD task may go on after it was told to end; then its worker is ended.',
    static: true,
  },
  'spark.testing.memory': {
    default: undefined,
    doc: 'Memory of an executor where tests want another than spark.executor.memory.',
    static: true,
    type: 'bytes',
  },
  'spark.testing.reservedMemory': {
    default: undefined,
    doc: 'Part of executor memory that is kept back; default: 300 MiB.',
    static: true,
    type: 'bytes',
  },
  'spark.worker.reuse': {
    default: 'true',
    doc: 'Whether RDD workers live on after a task; false: each task has a new one, and what it kept there is lost.',
    static: true,
    type: 'boolean',
  },
};

/** Keys of all known confs. */
export const confNames = (): readonly string[] => Object.keys(CONF_ENTRIES);
