import type { BoundAggregate, BoundExpr, BoundSortKey } from '../../eval/bound.js';
import type { DataType, Value } from '../../types/index.js';

/** The contract between planner and runtime: a physical plan as plain data (structured-clone safe). Expressions are bound:
 * `input` ordinals index the child's output (joins: left columns, then right ones). Every node says its output columns in
 * order. The runtime cuts the tree at breakers, runs tasks on workers, and may run a node in any way that keeps its rows.
 *
 * `partitions` is the number of output partitions that Spark would have where that shows (a cached relation's blocks,
 * `take`'s growing number of partitions, `spark_partition_id`); 0 means that the runtime may choose. */
export type PhysicalSpec =
  | ScanParquetSpec
  | ScanCacheSpec
  | ScanFileSpec
  | SharedSpec
  | ValuesSpec
  | RangeSpec
  | FilterSpec
  | ProjectSpec
  | AggregateSpec
  | JoinSpec
  | SortSpec
  | TopNSpec
  | LimitSpec
  | WindowSpec
  | ExpandSpec
  | GenerateSpec
  | UnionSpec
  | ExchangeSpec
  | CoalesceSpec
  | SampleSpec;

export interface ColumnSpec {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

interface SpecBase {
  /** Unique in the plan; metrics are reported under it. */
  readonly id: number;
  readonly output: readonly ColumnSpec[];
  readonly partitions: number;
}

/** A piece of a file as Spark splits it: a row group belongs to the split that holds its middle byte. */
export interface FileSplit {
  readonly path: string;
  readonly start: number;
  readonly length: number;
  /** Hive partition column values, in the order of the relation's partition schema. */
  readonly partitionValues: readonly Value[];
}

/** Spark: `FileSourceScanExec` over Parquet. Output: the wanted data columns, then the wanted partition columns. */
export interface ScanParquetSpec extends SpecBase {
  readonly op: 'scanParquet';
  /** One array of splits per partition. */
  readonly splits: readonly (readonly FileSplit[])[];
  /** For each output column: a data column by name (resolved case-insensitively unless `caseSensitive`), or a partition
   * value by ordinal. A data column that a file lacks reads as null. */
  readonly columns: readonly ({ readonly data: string } | { readonly partition: number })[];
  readonly caseSensitive: boolean;
  /** Conjuncts over the output that the parent filter also checks: for pruning row groups and pages, and for reading
   * filter columns first. The scan may return rows that do not satisfy them. */
  readonly pushed: readonly BoundExpr[];
}

/** Text-like files by row: CSV, JSON, text, and Parquet through `parquetjs-lite`. */
export interface ScanFileSpec extends SpecBase {
  readonly op: 'scanFile';
  readonly format: 'csv' | 'json' | 'text' | 'parquetjs-lite';
  readonly splits: readonly (readonly FileSplit[])[];
  readonly columns: readonly ({ readonly data: string } | { readonly partition: number })[];
  readonly dataSchema: readonly ColumnSpec[];
  readonly options: Readonly<Record<string, string>>;
}

/** Blocks of a cached relation. Missing blocks of the wanted partitions are computed and stored first. Spark: `InMemoryTableScanExec`. */
export interface ScanCacheSpec extends SpecBase {
  readonly op: 'scanCache';
  /** Key of the relation in the runtime's table of cached relations (`exec/cached-relation.ts`). */
  readonly relation: number;
  /** Ordinals in the relation's output. */
  readonly columns: readonly number[];
  /** Conjuncts over the output for pruning batches by min, max, null count. */
  readonly pushed: readonly BoundExpr[];
}

/** Rows of a plan that ran before this one, kept in the arena under `shared`. */
export interface SharedSpec extends SpecBase {
  readonly op: 'shared';
  readonly shared: number;
  /** Ordinals in that plan's output. */
  readonly columns: readonly number[];
}

/** Rows that are already known. Spark: `LocalTableScanExec`; one row without columns: `OneRowRelation`. */
export interface ValuesSpec extends SpecBase {
  readonly op: 'values';
  readonly rows: readonly (readonly Value[])[];
}

export interface RangeSpec extends SpecBase {
  readonly op: 'range';
  readonly start: bigint;
  readonly end: bigint;
  readonly step: bigint;
}

export interface FilterSpec extends SpecBase {
  readonly op: 'filter';
  readonly condition: BoundExpr;
  readonly child: PhysicalSpec;
}

export interface ProjectSpec extends SpecBase {
  readonly op: 'project';
  readonly exprs: readonly BoundExpr[];
  readonly child: PhysicalSpec;
}

/** A whole aggregation (the runtime splits it into partial and final). Output: keys, then aggregates. Without keys there
 * is exactly one row, also over no input. */
export interface AggregateSpec extends SpecBase {
  readonly op: 'aggregate';
  readonly keys: readonly BoundExpr[];
  readonly aggregates: readonly BoundAggregate[];
  readonly child: PhysicalSpec;
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'existence' | 'cross';

/** Output: left columns ++ right columns; `semi`, `anti`: left columns; `existence`: left columns ++ one boolean. Rows with a
 * null key match nothing unless `nullSafe[i]` (`<=>`). `condition` (over left ++ right) decides matches, also for outer joins.
 * No keys: nested loops. `buildSide` is a wish: `semi` and `anti` build their left side if it is
 * much smaller, too, but only if there are keys and the number of partitions is free. `nullAwareAnti` (NOT IN, one key): a null on the right, or a null on the left over a non-empty right, drops the row. */
export interface JoinSpec extends SpecBase {
  readonly op: 'join';
  readonly joinType: JoinType;
  readonly leftKeys: readonly BoundExpr[];
  readonly rightKeys: readonly BoundExpr[];
  readonly nullSafe: readonly boolean[];
  readonly condition?: BoundExpr | undefined;
  readonly buildSide: 'left' | 'right';
  /** Rows that the sides likely have. */
  readonly estimates?: { readonly left: number; readonly right: number };
  readonly nullAwareAnti: boolean;
  readonly left: PhysicalSpec;
  readonly right: PhysicalSpec;
}

/** `global`: one total order over all partitions; otherwise each partition is sorted by itself. Stable. */
export interface SortSpec extends SpecBase {
  readonly op: 'sort';
  readonly keys: readonly BoundSortKey[];
  readonly global: boolean;
  readonly child: PhysicalSpec;
}

/** ORDER BY … LIMIT: rows offset … offset+limit−1 of the total order. Spark: `TakeOrderedAndProjectExec`. */
export interface TopNSpec extends SpecBase {
  readonly op: 'topN';
  readonly keys: readonly BoundSortKey[];
  readonly limit: number;
  readonly offset: number;
  readonly child: PhysicalSpec;
}

/** `global`: over partitions in their order; otherwise each partition by itself (Spark: `LocalLimit`). `limit` −1: none. */
export interface LimitSpec extends SpecBase {
  readonly op: 'limit';
  readonly limit: number;
  readonly offset: number;
  readonly global: boolean;
  readonly child: PhysicalSpec;
}

export type FrameBound =
  | { readonly kind: 'unboundedPreceding' | 'unboundedFollowing' | 'currentRow' }
  /** Offset: rows (`ROWS`), or a literal that is added to the one order key (`RANGE`); negative precedes. Intervals are added
   * to timestamps in the time zone. */
  | { readonly kind: 'offset'; readonly value: Value; readonly type: DataType; readonly timeZone?: string };

export interface BoundWindowFunction {
  /** `row_number rank dense_rank percent_rank cume_dist ntile lag lead nth_value`, or an aggregate's name. */
  readonly fn: string;
  readonly args: readonly BoundExpr[];
  readonly aggregate?: BoundAggregate | undefined;
  readonly ignoreNulls: boolean;
  readonly frame: { readonly unit: 'rows' | 'range'; readonly lower: FrameBound; readonly upper: FrameBound };
  readonly type: DataType;
}

/** Output: the child's columns, then one per function. */
export interface WindowSpec extends SpecBase {
  readonly op: 'window';
  readonly partitionKeys: readonly BoundExpr[];
  readonly orderKeys: readonly BoundSortKey[];
  readonly functions: readonly BoundWindowFunction[];
  readonly child: PhysicalSpec;
}

/** Each input row gives one output row per projection. Spark: `ExpandExec`. */
export interface ExpandSpec extends SpecBase {
  readonly op: 'expand';
  readonly projections: readonly (readonly BoundExpr[])[];
  readonly child: PhysicalSpec;
}

/** Output: the child's columns `keep`, then the generator's. `fn`: `explode posexplode inline stack json_tuple …`. */
export interface GenerateSpec extends SpecBase {
  readonly op: 'generate';
  readonly fn: string;
  readonly args: readonly BoundExpr[];
  readonly outer: boolean;
  readonly keep: readonly number[];
  readonly child: PhysicalSpec;
}

/** Partitions of the children one after another; columns by position, types already equal. */
export interface UnionSpec extends SpecBase {
  readonly op: 'union';
  readonly children: readonly PhysicalSpec[];
}

export type PartitioningSpec =
  | { readonly kind: 'single' }
  | { readonly kind: 'hash'; readonly exprs: readonly BoundExpr[] }
  | { readonly kind: 'range'; readonly keys: readonly BoundSortKey[] }
  | { readonly kind: 'roundRobin' };

/** Moves rows between partitions (`partitions` of them). */
export interface ExchangeSpec extends SpecBase {
  readonly op: 'exchange';
  readonly partitioning: PartitioningSpec;
  readonly child: PhysicalSpec;
}

/** Merges neighbouring partitions without moving rows. */
export interface CoalesceSpec extends SpecBase {
  readonly op: 'coalesce';
  readonly child: PhysicalSpec;
}

/** Spark's `SampleExec`: XORShiftRandom seeded with `seed + partition index`. */
export interface SampleSpec extends SpecBase {
  readonly op: 'sample';
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly withReplacement: boolean;
  readonly seed: bigint;
  readonly child: PhysicalSpec;
}
