import './advisor/attach.js';
import './rdd/attach.js';
import './rdd/streaming/attach.js';

export type { AdvisedEntry, RefusedPlan } from './advisor/advice.js';
export { adviseSql, type WorkloadOptions } from './advisor/advise-sql.js';
export { type AdviseOptions, CacheAdvisor, WorkloadAdvice } from './advisor/cache-advisor.js';
export { REFUSALS as ADVICE_REFUSALS, type RefusalReason } from './advisor/reasons.js';
export { type CheckOptions, checkSql } from './check/check-sql.js';
export {
  type Finding as CheckFinding,
  type Fix as CheckFix,
  type Place as CheckPlace,
  RULES as CHECK_RULES,
  type RuleId as CheckRule,
  type Severity as CheckSeverity,
} from './check/findings.js';
export { checkJson } from './check/format-json.js';
export { checkSarif } from './check/format-sarif.js';
export { checkText } from './check/format-text.js';
export {
  type Decision as CheckDecision,
  type FailOn,
  type FileReport as CheckReport,
  fails as failsCheck,
  isFailOn,
  type QueryReport as CheckedQuery,
  type StatementReport as CheckedStatement,
} from './check/report.js';
export { type ErrorKind, type Origin, SparkError } from './errors/index.js';
export { CACHE_ADVICE, type CacheAdviceCode } from './plan/cache/advice-codes.js';
export type { CacheExplanation } from './plan/cache/explain-cache.js';
export type {
  CacheEvent,
  CacheEventOf,
  CacheEventType,
  CacheListener,
  ListenerBus,
} from './plan/cache/listener-bus.js';
export { MISS_REASONS, type MissReason } from './plan/cache/miss-reason.js';
export { AsyncCall, type AsyncCallOptions, type AsyncWork } from './rdd/async/async-call.js';
export {
  awaitAll,
  awaitBatch,
  awaitSliding,
  type EachOptions,
  executeAsync,
  slidingPrefetch,
} from './rdd/async/await.js';
export type { AwaitOptions, Startable } from './rdd/async/pass-on.js';
export { type FunctionOptions, moduleFunction } from './rdd/closure/function-spec.js';
export { DStream, type ShuffleOptions, type WindowOptions } from './rdd/dstream/dstream.js';
export { Duration, type DurationLike, Milliseconds, Minutes, Seconds } from './rdd/dstream/duration.js';
export type { BatchInfo, StreamingListener } from './rdd/dstream/job-scheduler.js';
export type { UpdateFunction } from './rdd/dstream/state-node.js';
export {
  type StopOptions,
  StreamingContext,
  type StreamingContextOptions,
  type StreamingContextState,
} from './rdd/dstream/streaming-context.js';
export { HashPartitioner, type Partitioner } from './rdd/lineage/dependency.js';
export { RDD } from './rdd/rdd.js';
export type { RddActionOptions, RddFunctionOptions, StatCounter } from './rdd/rdd-actions.js';
export type { PartitionerLike, Partitioning } from './rdd/rdd-base.js';
export {
  mapRecords,
  mapRecordsAsync,
  type PoisonOptions,
  type PoisonRecord,
  poisonGuard,
  SKIPPED,
} from './rdd/resilience/poison.js';
export { backOffMs, type RetryOptions, withRetry } from './rdd/resilience/retry.js';
export { type Abortable, type TimeoutOptions, withTimeout } from './rdd/resilience/timeout.js';
export { Accumulator, type AccumulatorParam } from './rdd/shared/accumulator.js';
export { Broadcast, type BroadcastCounts } from './rdd/shared/broadcast.js';
export { SparkContext } from './rdd/spark-context.js';
export { ManualClock, type StreamClock } from './rdd/streaming/clock.js';
export type { StreamingQueryManager } from './rdd/streaming/manager.js';
export type {
  SourceProgress,
  StreamingQueryListener,
  StreamingQueryProgress,
  StreamingQueryStatus,
} from './rdd/streaming/progress.js';
export type { StreamingQuery } from './rdd/streaming/query.js';
export type { DataStreamReader } from './rdd/streaming/reader.js';
export type { BatchContext, BatchFunction } from './rdd/streaming/sinks/foreach-batch-sink.js';
export type { TriggerOptions } from './rdd/streaming/trigger.js';
export type { DataStreamWriter } from './rdd/streaming/writer.js';
export { WorkerCache, type WorkerCacheCounts, type WorkerCacheOptions, workerCache } from './rdd/worker/cache.js';
export type { PartitionIterator } from './rdd/worker/feed.js';
// What these add to the type of a task; their code runs in workers only.
export type {} from './rdd/worker/inject-resilience.js';
export type {} from './rdd/worker/inject-values.js';
export { type LookupOptions, type LookupReader, lookup } from './rdd/worker/lookup.js';
export {
  createLookup,
  type LookupBuildOptions,
  type LookupSource,
  type SharedLookup,
} from './rdd/worker/lookup-build.js';
export type { LookupKey, LookupRef } from './rdd/worker/lookup-file.js';
export { type ScopedCounts, type ScopedOptions, scopedCounts, workerScoped } from './rdd/worker/scoped.js';
export { openSqlite, type SqliteOptions } from './rdd/worker/sqlite.js';
export { TaskContext } from './rdd/worker/task-context.js';
export type { CacheAdvice } from './session/cache-advice.js';
export type { CacheEntryInfo, UnpersistEffects } from './session/cache-entries.js';
export type { EntryHistory, TimedEvent } from './session/cache-ledger.js';
export type { MaterializeResult } from './session/cache-materialize.js';
export type { PersistOptions, UnpersistOptions } from './session/cache-options.js';
export { Column, type ColumnOrName, type ColumnOrValue } from './session/column.js';
export { confNames } from './session/conf-data.js';
export { DataFrame } from './session/dataframe.js';
export type { ActionOptions, CollectOptions } from './session/dataframe-actions.js';
export { formatRows, type TextFormat, toSqlText } from './session/format-rows.js';
export { type FunctionHelp, functionDoc, functionNames } from './session/function-help.js';
export * as functions from './session/functions.js';
export { GroupedData } from './session/grouped-data.js';
export { DataFrameReader } from './session/reader.js';
export type { ObjectRow } from './session/rows.js';
export { SparkSession } from './session/spark-session.js';
export {
  isComplete as isCompleteStatement,
  KEYWORD_LIST as sqlKeywords,
  parseStatements as splitStatements,
  type StatementText,
} from './session/sql-text.js';
export { terminalWidth, visible } from './session/terminal-text.js';
export { Window, WindowSpec } from './session/window.js';
export { DataFrameWriter } from './session/writer.js';
export { StorageLevel } from './storage/block/storage-level.js';
export { tableToIpc } from './storage/column/arrow.js';
export { Interval, Timestamp } from './storage/column/public-value.js';
export * as types from './types/index.js';
export { Decimal } from './types/index.js';
