import { internalError } from '../errors/index.js';
import type { LogicalPlan } from '../plan/logical/logical-plan.js';
import type { CachedRelation } from '../plan/logical/relations.js';
import { Block } from '../storage/block/block.js';
import type { Blocks } from '../storage/block/block-cluster.js';
import type { BlockPin } from '../storage/block/block-pin.js';
import type { PublishedBlock } from '../storage/block/publish.js';
import type { StorageLevel } from '../storage/block/storage-level.js';
import { ENTRY_LOST, type PersistentBlocks } from '../storage/persistent/persistent-blocks.js';
import { type DataType, StructField, StructType, type Value } from '../types/index.js';
import type { PhysicalSpec } from './operators/spec.js';
import type { Executor } from './pipelines/executor.js';
import { coalesce, lower } from './pipelines/lower.js';
import type { Fragment } from './pipelines/piece.js';
import type { CachedBlocks, PinnedBlock, QueryRun, RunCounts } from './pipelines/query-run.js';
import { allCachedScans, cachedScans } from './planner/cached-scans.js';
import type { Spread } from './planner/partitioning.js';
import type { PhysicalPlan } from './planner/physical-plan.js';

export interface CachedRelationOptions {
  /** The block ids' RDD number; unique in the application. */
  readonly id: number;
  readonly tableName?: string | undefined;
  readonly level: StorageLevel;
  /** Computes the rows; its output partitions are the blocks. */
  readonly spec: PhysicalSpec;
  readonly numPartitions: number;
  readonly physicalPlanString: string;
  readonly estimatedSizeInBytes: bigint;
  /** For estimates of columns. */
  readonly optimizedPlan?: LogicalPlan | undefined;
  /** Values of the spec's `parameter` expressions (scalar subqueries), asked for when blocks are computed; tells what was read. */
  readonly parameters?: ((read: (bytes: number) => void) => Promise<ReadonlyMap<number, Value>>) | undefined;
  /** Spark: `spark.sql.inMemoryColumnarStorage.batchSize`. */
  readonly batchRows?: number | undefined;
  /** How its plan spreads rows; of an adaptive plan that is known once it runs. */
  readonly spread?: Spread | undefined;
  /** Rows of each block are in the order that its plan tells. */
  readonly isSorted?: boolean | undefined;
  /** For explain. */
  readonly executedPlan?: PhysicalPlan | undefined;
  readonly isAdaptive?: boolean | undefined;
  /** Spark: `spark.sql.inMemoryColumnarStorage.compressed`. */
  readonly compressed?: boolean | undefined;
  readonly executor: Executor;
  readonly blocks: Blocks;
  /** Told once, when blocks are first asked for: after the relations that its plan reads. */
  readonly onFirstUse?: (() => void) | undefined;
  /** Asked at the first use: the plan over files as they are listed now, if the listing is another by then. */
  readonly replanned?: (() => ReplannedRelation | undefined) | undefined;
  /** Keeps the blocks beyond the process's life. */
  readonly persistent?: PersistentBlocks | undefined;
}

export type ReplannedRelation = Pick<CachedRelationOptions, 'spec' | 'numPartitions' | 'parameters' | 'executedPlan'>;

/** Computations of a whole relation are done in about so many steps. */
const CHUNKS = 8;

/** The blocks behind an `InMemoryRelation`: computed partition by partition when a query first scans them, stored by the
 * block manager, computed again when they are gone. Registers itself with the executor. Spark: `CachedRDDBuilder`. */
export class CachedRelationBlocks implements CachedRelation, CachedBlocks {
  readonly id: number;
  readonly types: readonly DataType[];
  /** Of the blocks, for whoever reads their files. */
  readonly schema: StructType;
  #loaded = false;
  /** Something asked for blocks: a relation without partitions is loaded from then on. */
  #touched = false;
  /** Spark's accumulators: they grow at each computation of a partition, also a repeated one. */
  #materialized = 0;
  #sizeInBytes = 0n;
  #rowCount = 0n;
  /** What computing partitions counted so far, by metric. */
  readonly fillCounts: Record<string, number> = {};
  /** Losses of the persistent entry before the last new start, and that start. */
  #overBefore: number | undefined;
  #over: Promise<void> | undefined;

  /** Its entry is gone. */
  #cleared = false;
  /** Relations without an entry whose blocks are kept for this one. */
  readonly #revived: CachedRelationBlocks[] = [];
  #options: CachedRelationOptions;

  constructor(options: CachedRelationOptions) {
    this.#options = options;
    this.id = options.id;
    this.types = options.spec.output.map((c) => c.type);
    this.schema = new StructType(options.spec.output.map((c) => new StructField(c.name, c.type, c.nullable)));
    options.executor.register(this);
  }

  get options(): CachedRelationOptions {
    return this.#options;
  }
  get tableName(): string | undefined {
    return this.options.tableName;
  }
  get storageLevelString(): string {
    return this.options.level.toString();
  }
  get level(): StorageLevel {
    return this.options.level;
  }
  get persistent(): boolean {
    return this.options.persistent !== undefined;
  }
  get persistentNote(): string | undefined {
    return this.options.persistent?.note;
  }
  get numPartitions(): number {
    return this.options.numPartitions;
  }
  get physicalPlanString(): string {
    return this.options.physicalPlanString;
  }
  get optimizedPlan(): LogicalPlan | undefined {
    return this.options.optimizedPlan;
  }
  /** Undefined until it is known. Spark: `InMemoryTableScanExec.outputPartitioning`. */
  get spread(): Spread | undefined {
    return this.options.isAdaptive && !this.#touched ? undefined : this.options.spread;
  }
  get isSorted(): boolean {
    return this.options.isSorted === true;
  }
  get executedPlan(): PhysicalPlan | undefined {
    return this.options.executedPlan;
  }
  get estimatedSizeInBytes(): bigint {
    return this.options.estimatedSizeInBytes;
  }

  /** Partitions computed so far, repeated ones counted again. */
  get materializedPartitions(): number {
    return this.#materialized;
  }

  get loaded(): boolean {
    if (!this.#loaded) this.#loaded = this.#touched && this.#materialized === this.numPartitions;
    return this.#loaded;
  }

  get loadedStats(): { readonly sizeInBytes: bigint; readonly rowCount: bigint } | undefined {
    return this.loaded ? { sizeInBytes: this.#sizeInBytes, rowCount: this.#rowCount } : undefined;
  }

  /** Computes and stores what is missing of these partitions (all by default). @returns what that read */
  async materialize(
    partitions: readonly number[] = [...Array(this.numPartitions).keys()],
    signal?: AbortSignal,
  ): Promise<RunCounts> {
    const { executor } = this.options;
    const run = executor.begin({ signal });
    const end = executor.watch(run, signal);
    try {
      // What is there already is not looked into.
      await this.pin(run, partitions, []);
      return run.counts;
    } finally {
      end();
      executor.end(run);
    }
  }

  async pin(
    run: QueryRun,
    partitions: readonly number[],
    columns?: readonly number[],
  ): Promise<readonly PinnedBlock[]> {
    this.#touch();
    for (;;) {
      const losses = this.options.persistent?.losses;
      try {
        const pins = await this.#pinAll(run, partitions, losses, columns);
        return pins.map((pin) => this.#describe(pin));
      } catch (error) {
        if (error !== ENTRY_LOST) throw error;
        await this.#startOver(losses);
      }
    }
  }

  /** The first use of the blocks. What the plan reads is made before: files as they are listed now, and cached relations, those
   * without an entry too, if the plan is older than that. */
  #touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    this.#options = { ...this.#options, ...this.#options.replanned?.() };
    const { executedPlan, onFirstUse } = this.options;
    for (const inner of executedPlan ? allCachedScans(executedPlan) : []) {
      if (!(inner instanceof CachedRelationBlocks)) continue;
      if (inner.#cleared) this.#revive(inner);
      else inner.#touch();
    }
    onFirstUse?.();
  }
  /** A query that scans the relation begins. Spark makes the RDD then, also where no partition of it is read. */
  use(): void {
    if (!this.#cleared) this.#touch();
  }
  #revive(inner: CachedRelationBlocks): void {
    inner.#cleared = false;
    inner.#touched = false;
    inner.options.blocks.reviveRelation(inner.id);
    inner.#touch();
    this.#revived.push(inner);
  }

  /** The entry is gone. @returns relations whose blocks nobody needs any more */
  clear(): readonly CachedRelationBlocks[] {
    this.#cleared = true;
    return [this, ...this.#revived.splice(0).flatMap((r) => r.clear())];
  }

  /** @throws ENTRY_LOST where the persistent entry was lost meanwhile: blocks of the entry and blocks computed since may be of
   * different states of the sources */
  async #pinAll(
    run: QueryRun,
    partitions: readonly number[],
    losses: number | undefined,
    wanted: readonly number[] | undefined,
  ): Promise<readonly BlockPin[]> {
    const { blocks, level, persistent, executor } = this.options;
    // A block that is kept is written whole.
    const columns = persistent ? undefined : wanted;
    const batch = new Computation((missing) => this.#compute(run, missing));
    const settled = await Promise.allSettled(
      partitions.map(async (partition) => {
        const quick = blocks.tryPin({ rddId: this.id, partition }, columns);
        if (quick) return quick;
        const { pin } = await blocks.getOrCompute(
          { rddId: this.id, partition },
          level,
          this.schema,
          async () => (persistent && (await this.#load(run, persistent, partition))) ?? batch.ask(partition),
          columns,
        );
        return pin;
      }),
    );
    const pins = settled.flatMap((s) => (s.status === 'fulfilled' ? [s.value] : []));
    if (persistent?.losses !== losses) {
      for (const pin of pins) pin.release();
      throw ENTRY_LOST;
    }
    for (const pin of pins) run.onRelease.push(() => pin.release());
    const failed = settled.find((s) => s.status === 'rejected');
    if (failed) throw failed.reason;
    if (persistent) for (const pin of pins) await persistent.save(pin.id.partition, executor, pin);
    return pins;
  }

  /** A block of the persistent entry, if there is one. */
  async #load(run: QueryRun, persistent: PersistentBlocks, partition: number): Promise<PublishedBlock | undefined> {
    const { executor } = this.options;
    const loaded = await persistent.load(partition, executor, executor.newOwner());
    if (!loaded) return undefined;
    run.count('persistentBytesRead', loaded.bytes);
    this.#note(loaded.block);
    return loaded.block;
  }

  /** Forgets what was loaded and computed before the entry was lost; once for each loss. */
  async #startOver(before: number | undefined): Promise<void> {
    if (this.#overBefore !== before) {
      this.#overBefore = before;
      this.#loaded = false;
      this.#materialized = 0;
      this.#sizeInBytes = 0n;
      this.#rowCount = 0n;
      this.#over = this.options.blocks.clearRelation(this.id);
    }
    await this.#over;
  }

  #note(block: PublishedBlock): void {
    this.#materialized++;
    this.#sizeInBytes += BigInt(Math.round(block.sparkSize));
    this.#rowCount += BigInt(block.rows);
  }

  #describe(pin: BlockPin): PinnedBlock {
    const batches = Block.open(this.options.blocks.arena, pin.address, this.types).batches;
    return { address: pin.address, rows: pin.rows, batches };
  }

  /** Runs the plan for some partitions and packs each into a block; the rows' own memory is given back at once. What was
   * packed before a failure is kept. */
  async #compute(outer: QueryRun, partitions: readonly number[]): Promise<Computed> {
    const { executor, spec, numPartitions, batchRows } = this.options;
    await this.options.persistent?.settled();
    await this.#fillInner(outer);
    const parameters = await this.options.parameters?.((bytes) => outer.count('bytesRead', bytes));
    const run = executor.begin({ parameters });
    let running = run;
    // Cancelling the query cancels what it waits for.
    const stop = outer.onCancel(() => running.cancel());
    let blockOwner = executor.newOwner();
    const done = new Map<number, PublishedBlock>();
    try {
      const fragment = coalesce(await lower(run, spec), numPartitions);
      // Some partitions at a time, so that the rows of all are never there unpacked.
      const step = Math.max(1, executor.threads, Math.ceil(partitions.length / CHUNKS));
      for (let from = 0; from < partitions.length; from += step) {
        outer.checkCancelled();
        run.checkCancelled();
        running = executor.begin({ parameters });
        blockOwner = executor.newOwner();
        try {
          for (const [p, block] of await this.#publish(
            running,
            fragment,
            partitions.slice(from, from + step),
            blockOwner,
            batchRows,
          ))
            done.set(p, block);
        } finally {
          outer.count('bytesRead', running.total('bytesRead'));
          this.#countFill(running);
          executor.end(running);
          running = run;
        }
      }
      return { blocks: done };
    } catch (error) {
      // Only the blocks of the step that failed.
      if (![...done.values()].some((b) => b.owner === blockOwner)) executor.arena.releaseAll(blockOwner);
      return { blocks: done, error };
    } finally {
      stop();
      outer.count('bytesRead', run.total('bytesRead'));
      this.#countFill(run);
      executor.end(run);
    }
  }
  /** An adaptive plan runs the cached scans in it as stages of their own: all partitions, before the rest. A limit that is not
   * the last of a query takes its rows from every partition. */
  async #fillInner(outer: QueryRun): Promise<void> {
    const { executedPlan, isAdaptive } = this.options;
    if (!executedPlan || !(isAdaptive || executedPlan.nodeName === 'CollectLimit')) return;
    for (const inner of cachedScans(executedPlan)) {
      if (!(inner instanceof CachedRelationBlocks)) continue;
      outer.checkCancelled();
      const counts = await inner.materialize();
      outer.count('bytesRead', counts['bytesRead'] ?? 0);
    }
  }
  #countFill(run: QueryRun): void {
    for (const counts of run.metrics.values())
      for (const [name, n] of Object.entries(counts)) this.fillCounts[name] = (this.fillCounts[name] ?? 0) + n;
  }

  async #publish(
    run: QueryRun,
    fragment: Fragment,
    partitions: readonly number[],
    blockOwner: number,
    batchRows: number | undefined,
  ): Promise<ReadonlyMap<number, PublishedBlock>> {
    const { compressed = true, level } = this.options;
    const serialized = level.useMemory && !level.deserialized;
    const present = partitions.filter((p) => p < fragment.partitions.length);
    const outputs = await run.collect(fragment, present);
    const tasks = partitions.map((partition) => {
      const batches = outputs.find((o) => o.partition === partition)?.batches ?? [];
      const how = { compressed, serialized };
      return { kind: 'publish', types: this.types, batches, partition, blockOwner, batchRows, ...how } as const;
    });
    const rows = outputs.reduce((sum, o) => sum + o.rows, 0);
    const done = new Map<number, PublishedBlock>();
    for (const { partition, block } of await run.runTasks(tasks, rows)) {
      if (!block) throw internalError('a publication gave no block');
      done.set(partition, block);
      this.#note(block);
    }
    return done;
  }
}

/** Blocks by partition, and why there are no others. */
interface Computed {
  readonly blocks: ReadonlyMap<number, PublishedBlock>;
  readonly error?: unknown;
}

/** Gathers the partitions asked for in one turn of the event loop, so that one job computes them together. */
class Computation {
  #asked: number[] = [];
  #running: Promise<Computed> | undefined;

  constructor(readonly compute: (partitions: readonly number[]) => Promise<Computed>) {}

  async ask(partition: number): Promise<PublishedBlock> {
    this.#asked.push(partition);
    this.#running ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        const asked = this.#asked;
        this.#asked = [];
        this.#running = undefined;
        this.compute(asked).then(resolve, reject);
      });
    });
    const { blocks, error } = await this.#running;
    const block = blocks.get(partition);
    if (!block) throw error ?? internalError(`partition ${partition} was not computed`);
    return block;
  }
}
