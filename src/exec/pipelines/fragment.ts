import type { BoundAggregate, BoundExpr, BoundSortKey } from '../../eval/bound.js';
import type { PublishedBlock } from '../../storage/block/publish.js';
import type { SplitPlan } from '../../storage/parquet/reader.js';
import type { DataType, Value } from '../../types/index.js';
import type {
  FileSplit,
  JoinType,
  PartitioningSpec,
  ScanCacheSpec,
  ScanFileSpec,
  ScanParquetSpec,
  WindowSpec,
} from '../operators/spec.js';

/** Where a slice's rows come from. Plain data. */
export type SliceSource =
  /** Rows of batches in the arena, named by header address; `types` of the piece are the batch's. */
  | { readonly kind: 'batches'; readonly batches: readonly BatchRange[] }
  | { readonly kind: 'range'; readonly start: bigint; readonly step: bigint; readonly count: number }
  /** Row groups of one Parquet file; see `ScanParquetSpec` for the columns. */
  | { readonly kind: 'parquet'; readonly plan: SplitPlan; readonly partitionValues: readonly Value[] }
  /** Batches `from` … `to − 1` of a cached block. */
  | { readonly kind: 'block'; readonly address: number; readonly from: number; readonly to: number }
  /** Splits of a text-like file, read by row. */
  | { readonly kind: 'file'; readonly splits: readonly FileSplit[] };

/** Rows `from` … `to − 1` (all if `to` is 0) of the batch at `address`; `from` is a multiple of 64. */
export interface BatchRange {
  readonly address: number;
  readonly from: number;
  readonly to: number;
}

/** A run of rows that one worker takes at once. Results are put in order by `partition`, then `order`. */
export interface Slice {
  readonly piece: number;
  /** Output partition of the fragment. */
  readonly partition: number;
  /** Partition number as expressions see it. */
  readonly index: number;
  readonly order: number;
  /** Estimate. */
  readonly rows: number;
  readonly source: SliceSource;
}

/** A hash table of a join's build side in the arena. Chains hold row + 1, 0 ends one (`kernels/assembly/join.ts`). */
export interface JoinTable {
  readonly rows: number;
  /** Header address of the build columns, contiguous. */
  readonly batch: number;
  readonly types: readonly DataType[];
  /** `dense`: by key, each at most once. `runs`: build rows lie in key order, and a key has a run of them. */
  readonly kind: 'dense' | 'runs' | 'i64' | 'rows' | 'none';
  /** First row + 1 by bucket, or (dense) by key − smallest key; `runs`: first row by key, the next key's is the end. */
  readonly heads: number;
  readonly mask: number;
  /** Two i64: smallest and largest key. */
  readonly range: number;
  /** A bit per key between the smallest and the largest, where that is small and most probes will miss; else 0. */
  readonly bits: number;
  /** Which key the bits are of. With several keys they only say which rows cannot match. */
  readonly bitsKey: number;
  /** Next row of the chain by row; 0: every chain has one row. */
  readonly next: number;
  /** No two rows share a key. */
  readonly unique: boolean;
  /** By row: i64 keys, or packed keys. */
  readonly keys: number;
  readonly hashes: number;
  readonly keyTypes: readonly DataType[];
  /** Key columns where null matches nothing, as bits of the packed null word. */
  readonly nullMask: number;
  /** One byte by build row: a probe row matched it. 0 where nobody asks. */
  readonly matched: number;
  readonly hasNullKey: boolean;
}

/** What a pipeline does to each morsel. */
export type StepSpec =
  | { readonly op: 'filter'; readonly id: number; readonly condition: BoundExpr }
  | { readonly op: 'project'; readonly id: number; readonly exprs: readonly BoundExpr[] }
  | {
      readonly op: 'expand';
      readonly id: number;
      readonly projections: readonly (readonly BoundExpr[])[];
      readonly types: readonly DataType[];
    }
  | {
      readonly op: 'generate';
      readonly id: number;
      readonly fn: string;
      readonly args: readonly BoundExpr[];
      readonly outer: boolean;
      readonly keep: readonly number[];
      readonly types: readonly DataType[];
    }
  | {
      readonly op: 'sample';
      readonly id: number;
      readonly lowerBound: number;
      readonly upperBound: number;
      readonly withReplacement: boolean;
      readonly seed: bigint;
    }
  /** Of each slice by itself; slices must be whole partitions. */
  | { readonly op: 'limit'; readonly id: number; readonly limit: number; readonly offset: number }
  | { readonly op: 'select'; readonly columns: readonly number[] }
  | {
      readonly op: 'probe';
      readonly id: number;
      readonly joinType: JoinType;
      readonly keys: readonly BoundExpr[];
      readonly nullSafe: readonly boolean[];
      /** Over left ++ right. */
      readonly condition: BoundExpr | undefined;
      readonly buildSide: 'left' | 'right';
      readonly nullAwareAnti: boolean;
      readonly table: JoinTable;
      /** Nothing is handed on: build rows that match are marked. */
      readonly marksOnly: boolean;
      /** Types of the probe side's columns. */
      readonly types: readonly DataType[];
      /** Output columns that later steps read; others may stay empty. */
      readonly needed: readonly boolean[];
      readonly output: readonly DataType[];
    };

/** What slices of a scan have in common. */
export type SourceSpec =
  | Omit<ScanParquetSpec, 'splits'>
  | Omit<ScanFileSpec, 'splits'>
  | (Omit<ScanCacheSpec, 'relation'> & { readonly blockTypes: readonly DataType[] });

/** A source and its steps; the plain part of a piece that travels to workers. */
export interface PieceSpec {
  readonly sourceId: number;
  readonly types: readonly DataType[];
  readonly scan?: SourceSpec | undefined;
  readonly steps: readonly StepSpec[];
  /** Steps are made anew for each slice. */
  readonly perPartition: boolean;
}

/** Rows that reach the end of a pipeline. */
export type SinkSpec =
  | { readonly kind: 'collect'; readonly types: readonly DataType[]; readonly maxRows?: number }
  | {
      readonly kind: 'exchange';
      readonly id: number;
      readonly types: readonly DataType[];
      readonly partitioning: PartitioningSpec;
      readonly partitions: number;
    }
  | {
      readonly kind: 'aggregate';
      readonly id: number;
      readonly keys: readonly BoundExpr[];
      readonly aggregates: readonly BoundAggregate[];
      /** False: a table per worker, to be merged. True: each slice is complete in itself and gives finished rows. */
      readonly complete: boolean;
    }
  | {
      readonly kind: 'topN';
      readonly id: number;
      readonly types: readonly DataType[];
      readonly keys: readonly BoundSortKey[];
      readonly limit: number;
    }
  /** Each slice sorted by itself, written as one run. */
  | {
      readonly kind: 'sort';
      readonly id: number;
      readonly types: readonly DataType[];
      readonly keys: readonly BoundSortKey[];
    }
  /** Each slice holds whole window partitions. */
  | {
      readonly kind: 'window';
      readonly id: number;
      readonly types: readonly DataType[];
      readonly spec: Omit<WindowSpec, 'child'>;
    };

/** Work on whole inputs between pipelines. */
export type TaskSpec =
  /** Columns from `width` on are the keys. */
  | {
      readonly kind: 'joinBuild';
      readonly batches: readonly number[];
      readonly types: readonly DataType[];
      readonly width: number;
      readonly nullSafe: readonly boolean[];
      readonly mark: boolean;
    }
  | {
      readonly kind: 'mergeAggregate';
      readonly id: number;
      readonly keys: readonly BoundExpr[];
      readonly aggregates: readonly BoundAggregate[];
      readonly tables: readonly AggregateTable[];
      readonly part: number;
      readonly parts: number;
    }
  | {
      readonly kind: 'mergeTopN';
      readonly id: number;
      readonly types: readonly DataType[];
      readonly keys: readonly BoundSortKey[];
      readonly batches: readonly number[];
      readonly limit: number;
    }
  /** One partition of a cached relation as a block, whose slabs belong to `blockOwner`. */
  | {
      readonly kind: 'publish';
      readonly types: readonly DataType[];
      readonly batches: readonly number[];
      readonly partition: number;
      readonly blockOwner: number;
      readonly batchRows?: number | undefined;
      /** Values are narrowed and texts coded. */
      readonly compressed: boolean;
      /** The block is stored serialized: its image is made along with it. */
      readonly serialized: boolean;
    }
  /** Pieces of a compressed block, into the extent at `address`. */
  | {
      readonly kind: 'unpack';
      /** The image, in shared memory. */
      readonly bytes: Uint8Array;
      readonly path: string;
      readonly address: number;
      readonly pieces: readonly number[];
    }
  /** Build rows that a probe row matched (`want`), or that none did, with nulls for the other side. */
  | {
      readonly kind: 'marked';
      readonly id: number;
      readonly table: JoinTable;
      readonly want: boolean;
      readonly others: readonly DataType[];
      readonly buildFirst: boolean;
    };

/** Work for a pool: workers take slices one after another from `control[counter]`. */
export interface JobSpec {
  readonly pieces: readonly PieceSpec[];
  readonly slices: readonly Slice[];
  readonly sink: SinkSpec | undefined;
  /** Instead of slices. */
  readonly tasks: readonly TaskSpec[];
  /** Owner of everything that outlives the job. */
  readonly owner: number;
  /** Int32: [0] is the query's cancel flag; the rest are slice counters. */
  readonly control: SharedArrayBuffer;
  readonly counter: number;
  readonly parameters: readonly (readonly [number, Value])[];
  readonly metrics: boolean;
}

/** Rows that one slice gave. */
export interface SliceOutput {
  readonly partition: number;
  readonly order: number;
  readonly batches: readonly number[];
  readonly rows: number;
  /** Exchange: the target partition. */
  readonly target?: number;
  /** Join build. */
  readonly table?: JoinTable;
  /** Publication. */
  readonly block?: PublishedBlock;
}

export interface JobResult {
  readonly outputs: readonly SliceOutput[];
  /** Partial aggregation: this worker's table, if it saw rows. */
  readonly table?: AggregateTable | undefined;
  readonly metrics: readonly MetricEntry[];
}

export type MetricEntry = readonly [nodeId: number, name: string, value: number];

/** A worker's groups and accumulators, in the arena. */
export interface AggregateTable {
  readonly groups: number;
  readonly mode: 'none' | 'i64' | 'rows';
  readonly keys: number;
  readonly nullGroup: number;
  readonly accumulators: readonly (readonly number[])[];
}
