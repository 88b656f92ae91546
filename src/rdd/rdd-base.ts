import { StorageLevel } from '../storage/block/storage-level.js';
import { encodeFunction } from './closure/encode-function.js';
import type { FunctionOptions, FunctionSpec } from './closure/function-spec.js';
import { illegalArgument, unsupportedOperation } from './java-errors.js';
import { CustomPartitioner, HashPartitioner, type Lineage, type Partitioner } from './lineage/dependency.js';
import type { StepKind } from './lineage/spec.js';
import type { RDD } from './rdd.js';
import type { SparkContext } from './spark-context.js';

/** A partitioner of the user: `getPartition` travels as text (or is a moduleFunction) and gives 0 to numPartitions - 1. */
export interface PartitionerLike {
  readonly numPartitions: number;
  readonly getPartition: (key: never) => number;
}

/** How many partitions, or which partitioner. */
export type Partitioning = number | PartitionerLike | Partitioner;

/** Where transformations take `(…, partitions?, options?)`, options may stand in the place of partitions. */
export type PartitioningOrOptions = Partitioning | FunctionOptions | undefined;

/** What an RDD is: its lineage, its name, and how it is kept. */
export abstract class RddBase<_T> {
  #level = StorageLevel.NONE;
  #name: string | undefined;

  constructor(
    readonly context: SparkContext,
    readonly id: number,
    readonly lineage: Lineage,
  ) {}

  get sparkContext(): SparkContext {
    return this.context;
  }
  getNumPartitions(): number {
    return this.lineage.numPartitions;
  }
  /** How keys are spread over partitions; undefined if not by key. */
  get partitioner(): Partitioner | undefined {
    return this.lineage.partitioner;
  }
  get name(): string | undefined {
    return this.#name;
  }
  setName(name: string): this {
    this.#name = name;
    return this;
  }

  /** Keeps the partitions once they are computed. Nothing runs.
   * @throws java.lang.UnsupportedOperationException where it has another level already */
  persist(level: StorageLevel | keyof typeof StorageLevel | string = StorageLevel.MEMORY_ONLY): this {
    const wanted = typeof level === 'string' ? StorageLevel.fromString(level) : (level as StorageLevel);
    wanted.requireUsable();
    this.context.assertRunning();
    if (!this.#level.equals(StorageLevel.NONE) && !this.#level.equals(wanted)) {
      const message = 'Cannot change storage level of an RDD after it was already assigned a level';
      throw unsupportedOperation(message);
    }
    this.#level = wanted;
    this.context.persisted(this as unknown as RDD<unknown>);
    return this;
  }
  /** As `persist(MEMORY_ONLY)`: values in the workers' heaps. */
  cache(): this {
    return this.persist();
  }
  /** Forgets what is kept. Partitions are computed again when they are next used. */
  unpersist(): this {
    this.#level = StorageLevel.NONE;
    this.context.unpersisted(this.id);
    return this;
  }
  get storageLevel(): StorageLevel {
    return this.#level;
  }
  getStorageLevel(): StorageLevel {
    return this.#level;
  }
  get isCached(): boolean {
    return !this.#level.equals(StorageLevel.NONE);
  }

  /** The lineage as text, a line for each RDD, indented at shuffles. Spark: `RDD.toDebugString`. */
  toDebugString(): string {
    const lines: string[] = [];
    const visit = (node: RddBase<unknown>, indent: string, first: string): void => {
      const { label, dependencies } = node.lineage;
      const name = node.#name === undefined ? label : `${node.#name} ${label}`;
      const level = node.#level.equals(StorageLevel.NONE) ? '' : ` [${node.#level.description}]`;
      lines.push(`${first}${name}[${node.id}]${level}`);
      if (node.isCached) {
        const s = node.context.storageOf(node.id);
        if (s.cachedPartitions > 0)
          lines.push(
            `${indent} |       CachedPartitions: ${s.cachedPartitions}; MemorySize: ${s.memoryBytes} B; DiskSize: ${s.diskBytes} B`,
          );
      }
      for (const d of dependencies) {
        if (d.kind === 'narrow') visit(d.rdd as RddBase<unknown>, indent, `${indent} |  `);
        else {
          const { rdd } = d.shuffle as unknown as { rdd: RddBase<unknown> };
          visit(rdd, `${indent}    `, `${indent} +-(${rdd.lineage.numPartitions}) `);
        }
      }
    };
    visit(this, '', `(${this.lineage.numPartitions}) `);
    return lines.join('\n');
  }
  toString(): string {
    return `${this.#name === undefined ? '' : `${this.#name} `}${this.lineage.label}[${this.id}]`;
  }

  /** An RDD made of this one, partition by partition. */
  protected step<U>(
    step: StepKind,
    fn: FunctionSpec | undefined,
    keepsPartitioning: boolean,
    label = 'MapPartitionsRDD',
  ): RDD<U> {
    return this.context.newRdd<U>({
      spec: { op: 'step', step, parent: this.id, fn },
      numPartitions: this.lineage.numPartitions,
      dependencies: [oneToOne(this)],
      partitioner: keepsPartitioning ? this.lineage.partitioner : undefined,
      label,
    });
  }
  protected stepWith<U>(step: StepKind, fn: unknown, options: FunctionOptions | undefined, keeps = false): RDD<U> {
    return this.step(step, encodeFunction(fn, options), keeps);
  }
}

/** Each partition is made of the one of the same number. */
export function oneToOne(rdd: RddBase<unknown> | { readonly id: number }): {
  kind: 'narrow';
  rdd: never;
  parents: (p: number) => readonly number[];
} {
  return { kind: 'narrow', rdd: rdd as never, parents: (p) => [p] };
}

/** Tells partitions and options apart, which may be given in either place. */
export function partitioningAndOptions(
  first: PartitioningOrOptions,
  second: FunctionOptions | undefined,
): { readonly partitioning: Partitioning | undefined; readonly options: FunctionOptions | undefined } {
  if (typeof first === 'object' && !('numPartitions' in first)) return { partitioning: undefined, options: first };
  return { partitioning: first as Partitioning | undefined, options: second };
}

const custom = new WeakMap<object, CustomPartitioner>();

/** @throws java.lang.IllegalArgumentException for a number of partitions that is not positive */
export function toPartitioner(given: Partitioning, options?: FunctionOptions): Partitioner {
  if (typeof given === 'number') return new HashPartitioner(positive(given));
  if ('spec' in given) return given;
  let known = custom.get(given);
  if (!known) {
    known = new CustomPartitioner(positive(given.numPartitions), encodeFunction(given.getPartition, options), given);
    custom.set(given, known);
  }
  return known;
}

/** @throws java.lang.IllegalArgumentException for what is no number of partitions */
export function positive(n: number): number {
  if (Number.isInteger(n) && n > 0) return n;
  throw illegalArgument(`requirement failed: Number of partitions (${n}) must be positive.`);
}

/** The partitioner of the RDD with the most partitions, where it will do; else by hash. Spark: `Partitioner.defaultPartitioner` */
export function defaultPartitioner(context: SparkContext, rdds: readonly RddBase<unknown>[]): Partitioner {
  const most = Math.max(...rdds.map((r) => r.lineage.numPartitions));
  const wanted = context.conf.optionalInt('spark.default.parallelism') ?? most;
  let best: RddBase<unknown> | undefined;
  for (const r of rdds)
    if (r.lineage.partitioner && (!best || r.lineage.numPartitions > best.lineage.numPartitions)) best = r;
  if (best?.lineage.partitioner) {
    const n = best.lineage.partitioner.numPartitions;
    if (Math.log10(most) - Math.log10(n) < 1 || wanted <= n) return best.lineage.partitioner;
  }
  return new HashPartitioner(Math.max(1, wanted));
}
