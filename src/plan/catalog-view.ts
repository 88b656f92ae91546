import type { Origin } from '../errors/index.js';
import type { DataType } from '../types/index.js';
import type { SqlFunction } from './expressions/sql-function.js';
import type { VariableDefinition } from './expressions/variable.js';
import type { LogicalPlan } from './logical/logical-plan.js';

/** What the analyzer may ask of the world; the session implements it. Spark: `CatalogManager`, `FunctionRegistry`, `SQLConf`. */
export interface AnalyzerCatalog {
  /** The analyzed plan behind a name, its columns with the ids that the catalog keeps for it (a table read twice gives the same
   * ids, so that plans match): `SubqueryAlias(View(…))` or `SubqueryAlias(LogicalRelation)`. Undefined if there is none.
   * A view's stored text is analyzed anew, in the view's own confs. */
  lookupRelation(
    nameParts: readonly string[],
    options: Readonly<Record<string, string>>,
    /** Where the query names it. */
    origin?: Origin,
  ): LogicalPlan | undefined;
  /** Names for suggestions. */
  relationNames(): readonly string[];
  /** User functions beside the registry: JavaScript UDFs. */
  lookupFunction?(nameParts: readonly string[]): UserFunction | undefined;
  /** A function whose body is SQL text. */
  lookupSqlFunction?(nameParts: readonly string[]): SqlFunction | undefined;
  /** A table function of the session's own: its plan, or undefined if there is none. */
  lookupTableFunction?(name: string): LogicalPlan | undefined;
  /** A session variable by one to three name parts. */
  lookupVariable?(nameParts: readonly string[]): VariableDefinition | undefined;
  readonly currentCatalog: string;
  readonly currentDatabase: string;
  readonly currentUser: string;
}

export interface UserFunction {
  readonly kind: 'udf';
  readonly id: number;
  readonly name: string;
  readonly returnType: DataType;
  readonly deterministic: boolean;
}

/** The confs that analysis depends on, captured once per analysis. Spark: `SQLConf`. */
export interface AnalyzerConf {
  readonly ansiEnabled: boolean;
  readonly caseSensitive: boolean;
  readonly timeZone: string;
  readonly groupByOrdinal: boolean;
  readonly orderByOrdinal: boolean;
  readonly groupByAliases: boolean;
  readonly crossJoinEnabled: boolean;
  readonly defaultParallelism: number;
  /** Plans adapt while they run (`spark.sql.adaptive.enabled`); default true. */
  readonly adaptive?: boolean;
  /** A correlated scalar subquery may give several rows until it runs (`spark.sql.optimizer.scalarSubqueryUseSingleJoin`). */
  readonly scalarSubqueryUseSingleJoin?: boolean;
  /** Which of two CTEs of one name, one inside the other, is meant (`spark.sql.legacy.ctePrecedencePolicy`). */
  readonly ctePrecedencePolicy?: 'CORRECTED' | 'EXCEPTION' | 'LEGACY';
  /** TIMESTAMP means TIMESTAMP_NTZ (`spark.sql.timestampType`). */
  readonly timestampNtz?: boolean;
  /** Differences of moments are calendar intervals (`spark.sql.legacy.interval.enabled`). */
  readonly legacyIntervals?: boolean;
  /** Date-time patterns are those of SimpleDateFormat, or may not differ from them (`spark.sql.legacy.timeParserPolicy`). */
  readonly legacyTimeParser?: boolean | 'exception';
  readonly functions?: FunctionConf;
}

/** Confs that change what single functions do; absent: all off. */
export interface FunctionConf {
  /** Decimal arithmetic keeps digits before the point rather than six behind it (`allowPrecisionLoss` off). */
  readonly exactDecimals?: boolean;
  readonly concatBinaryAsString?: boolean;
  readonly eltBinaryAsString?: boolean;
  readonly padBinaryAsString?: boolean;
  readonly javaCharsets?: boolean;
  readonly replaceUnmappable?: boolean;
  readonly parameterlessCount?: boolean;
  readonly countTableStar?: boolean;
  /** -1 in array_insert() stands before the last element. */
  readonly legacyArrayInsert?: boolean;
  readonly legacyPercentileDisc?: boolean;
  /** How to_csv() writes binaries, upper case; empty: as text. */
  readonly binaryStyle?: string;
}
