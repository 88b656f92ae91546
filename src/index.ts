export { type ErrorKind, type Origin, SparkError } from './errors/index.js';
export type { CacheExplanation } from './plan/cache/explain-cache.js';
export type { CacheEvent, CacheListener } from './plan/cache/listener-bus.js';
export { MISS_REASONS, type MissReason } from './plan/cache/miss-reason.js';
export { Column, type ColumnOrName, type ColumnOrValue } from './session/column.js';
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
export { Window, WindowSpec } from './session/window.js';
export { DataFrameWriter } from './session/writer.js';
export { StorageLevel } from './storage/block/storage-level.js';
export { tableToIpc } from './storage/column/arrow.js';
export { Interval, Timestamp } from './storage/column/public-value.js';
export * as types from './types/index.js';
export { Decimal } from './types/index.js';
