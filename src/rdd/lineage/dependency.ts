import type { StorageLevel } from '../../storage/block/storage-level.js';
import type { FunctionSpec } from '../closure/function-spec.js';
import type { AggregatorSpec, NodeSpec, PartitionerSpec } from './spec.js';

/** How an RDD is made of others, on the driver. */
export interface Lineage {
  /** What workers do; names its parents by id. */
  readonly spec: NodeSpec;
  readonly numPartitions: number;
  readonly dependencies: readonly Dependency[];
  /** How its keys are spread over the partitions, if by key. */
  readonly partitioner?: Partitioner | undefined;
  /** What a partition's task is given. */
  readonly leaf?: ((partition: number) => unknown) | undefined;
  /** What must be known before tasks run: done before each job. @returns releases it after the job */
  readonly prepare?: ((signal: AbortSignal | undefined) => Promise<() => void>) | undefined;
  /** What `toDebugString` calls it. */
  readonly label: string;
}

/** What an RDD is made of: partitions of another one, or the output of a shuffle. Spark: `NarrowDependency`, `ShuffleDependency`. */
export type Dependency =
  | { readonly kind: 'narrow'; readonly rdd: LineageNode; readonly parents: (partition: number) => readonly number[] }
  | { readonly kind: 'shuffle'; readonly shuffle: ShuffleDependency };

/** An RDD, as far as the scheduler is concerned. */
export interface LineageNode {
  readonly id: number;
  readonly lineage: Lineage;
  readonly storageLevel: StorageLevel;
}

/** Output of one map task of a shuffle. */
export interface MapOutput {
  readonly data: Uint8Array;
  readonly offsets: readonly number[];
}

/** A shuffle: its output is made once and kept until the RDD that reads it is gone. Spark: `ShuffleDependency`. */
export class ShuffleDependency {
  /** By map partition. */
  outputs: (MapOutput | undefined)[];
  /** The stage that makes it, while it runs. */
  running: Promise<void> | undefined;

  constructor(
    readonly id: number,
    readonly rdd: LineageNode,
    readonly partitioner: Partitioner,
    readonly aggregator: AggregatorSpec | undefined,
  ) {
    this.outputs = new Array<MapOutput | undefined>(rdd.lineage.numPartitions).fill(undefined);
  }

  get complete(): boolean {
    return !this.outputs.includes(undefined);
  }
  /** What the reduce task of a partition reads; undefined while there is output missing. */
  blocks(partition: number): Uint8Array[] | undefined {
    const blocks: Uint8Array[] = [];
    for (const output of this.outputs) {
      if (!output) return undefined;
      const { data, offsets } = output;
      const [from, to] = [offsets[partition] as number, offsets[partition + 1] as number];
      if (to > from) blocks.push(data.subarray(from, to));
    }
    return blocks;
  }
}

/** Gives a partition for each key. A custom one is `{ numPartitions, getPartition }`; its function travels as text. */
export interface Partitioner {
  readonly numPartitions: number;
  /** What travels; known when jobs run. */
  spec(): PartitionerSpec;
  /** What must be found out before: bounds of ranges. */
  prepare?(signal: AbortSignal | undefined): Promise<void>;
  equals(other: Partitioner): boolean;
}

/** By the hash of the key; equal to those of as many partitions. Spark: `HashPartitioner`. */
export class HashPartitioner implements Partitioner {
  constructor(readonly numPartitions: number) {}
  spec(): PartitionerSpec {
    return { kind: 'hash', numPartitions: this.numPartitions };
  }
  equals(other: Partitioner): boolean {
    return other instanceof HashPartitioner && other.numPartitions === this.numPartitions;
  }
}

/** By nothing about the element: for even partitions. */
export class RoundRobinPartitioner implements Partitioner {
  constructor(readonly numPartitions: number) {}
  spec(): PartitionerSpec {
    return { kind: 'round-robin', numPartitions: this.numPartitions };
  }
  equals(): boolean {
    return false;
  }
}

/** By a function of the user. Equal to those made of the same object. */
export class CustomPartitioner implements Partitioner {
  constructor(
    readonly numPartitions: number,
    readonly getPartition: FunctionSpec,
    readonly given: object,
  ) {}
  spec(): PartitionerSpec {
    return { kind: 'custom', numPartitions: this.numPartitions, getPartition: this.getPartition };
  }
  equals(other: Partitioner): boolean {
    return other instanceof CustomPartitioner && other.given === this.given;
  }
}
