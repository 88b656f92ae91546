import type { FunctionSpec } from '../closure/function-spec.js';

/** How a shuffle chooses partitions; plain data. `functions[0]` of a custom one gives the partition. */
export type PartitionerSpec =
  | { readonly kind: 'hash'; readonly numPartitions: number }
  | { readonly kind: 'range'; readonly numPartitions: number; readonly bounds: Uint8Array; readonly ascending: boolean }
  | { readonly kind: 'custom'; readonly numPartitions: number; readonly getPartition: FunctionSpec }
  /** Element after element to one partition after the other, from a random one on. Spark: `CoalescedRDD` with shuffle. */
  | { readonly kind: 'round-robin'; readonly numPartitions: number };

/** How values of one key become one. Functions are specs, or names of built-in ones. */
export interface AggregatorSpec {
  readonly createCombiner: FunctionSpec | BuiltIn | StartFrom;
  readonly mergeValue: FunctionSpec | BuiltIn;
  readonly mergeCombiners: FunctionSpec | BuiltIn;
  readonly mapSideCombine: boolean;
}

/** Merges the first value of a key into a copy of `zero`, which is encoded. */
export interface StartFrom {
  readonly zero: Uint8Array;
  readonly merge: FunctionSpec;
}

/** Functions that need not travel. */
export type BuiltIn = 'identity' | 'first' | 'list' | 'append' | 'concat';

/** One RDD as a worker knows it: what to do with the elements of its parents, which are named by their ids. Plain data. */
export type NodeSpec =
  /** Elements that the driver encoded: the input of the partition. */
  | { readonly op: 'data' }
  | {
      readonly op: 'range';
      readonly start: number;
      readonly end: number;
      readonly step: number;
      readonly slices: number;
    }
  /** Lines of a piece of a file: the input of the partition is a `TextSplit`. */
  | { readonly op: 'text' }
  | { readonly op: 'step'; readonly step: StepKind; readonly parent: number; readonly fn: FunctionSpec | undefined }
  | {
      readonly op: 'sample';
      readonly parent: number;
      readonly lower: number;
      readonly upper: number;
      readonly cell: boolean;
      readonly withReplacement: boolean;
    }
  | { readonly op: 'zip-index'; readonly parent: number; readonly unique: number | undefined }
  | { readonly op: 'union'; readonly parents: readonly { readonly id: number; readonly first: number }[] }
  | { readonly op: 'coalesce'; readonly parent: number; readonly groups: readonly (readonly number[])[] }
  | { readonly op: 'zip'; readonly left: number; readonly right: number }
  | { readonly op: 'cartesian'; readonly left: number; readonly right: number; readonly rightPartitions: number }
  | {
      readonly op: 'shuffled';
      readonly shuffle: number;
      readonly aggregator: AggregatorSpec | undefined;
      /** Sorted by key within the partition. */
      readonly sort: 'ascending' | 'descending' | undefined;
      /** Elements are the values alone. */
      readonly valuesOnly: boolean;
    }
  /** Combines the values of a key within a partition: the parent has the right partitions already. */
  | { readonly op: 'combine'; readonly parent: number; readonly aggregator: AggregatorSpec }
  | { readonly op: 'cogroup'; readonly sources: readonly CogroupSource[] };

/** One side of a cogroup: of the partitions that it has to have, or by a shuffle. */
export type CogroupSource =
  | { readonly kind: 'narrow'; readonly parent: number }
  | { readonly kind: 'shuffle'; readonly shuffle: number };

/** What a node does with the elements of its parent, partition by partition. */
export type StepKind =
  | 'map'
  | 'filter'
  | 'flatMap'
  | 'mapPartitions'
  | 'mapPartitionsWithIndex'
  | 'mapValues'
  | 'flatMapValues'
  | 'keyBy'
  | 'keys'
  | 'values'
  | 'glom';

/** What a task does with the elements of its partition. Plain data. */
export type ActionSpec =
  | { readonly kind: 'collect' }
  | { readonly kind: 'count' }
  | { readonly kind: 'take'; readonly n: number }
  | { readonly kind: 'foreach'; readonly fn: FunctionSpec }
  | { readonly kind: 'foreachPartition'; readonly fn: FunctionSpec }
  /** `fn(iterator, task)`; gives what it returns. */
  | { readonly kind: 'run'; readonly fn: FunctionSpec }
  | { readonly kind: 'reduce'; readonly fn: FunctionSpec }
  /** `zero` encoded. */
  | { readonly kind: 'fold'; readonly zero: Uint8Array; readonly fn: FunctionSpec }
  | {
      readonly kind: 'takeOrdered';
      readonly n: number;
      readonly descending: boolean;
      readonly key: FunctionSpec | undefined;
    }
  | { readonly kind: 'stats' }
  | { readonly kind: 'countByValue' }
  /** Keys for the bounds of a range partitioner. */
  | { readonly kind: 'sampleKeys'; readonly size: number; readonly seed: number }
  | { readonly kind: 'saveText'; readonly folder: string }
  | {
      readonly kind: 'write-shuffle';
      readonly shuffle: number;
      readonly partitioner: PartitionerSpec;
      readonly aggregator: AggregatorSpec | undefined;
    };

/** How a partition is kept: by `StorageLevel`, plain. */
export interface KeepSpec {
  readonly memory: boolean;
  readonly disk: boolean;
  readonly deserialized: boolean;
  readonly replicas: number;
}

/** A piece of a text file. */
export interface TextSplit {
  readonly path: string;
  readonly start: number;
  readonly length: number;
}
