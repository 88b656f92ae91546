import { cancelledError, internalError } from '../../errors/index.js';
import { readBatchHeader, writeBatchHeader } from '../../storage/column/batch.js';
import { buildColumns } from '../../storage/column/build.js';
import type { Arena } from '../../storage/memory/arena.js';
import { Region } from '../../storage/memory/region.js';
import type { DataType, Value } from '../../types/index.js';
import type { PhysicalSpec } from '../operators/spec.js';
import type { JobResult, JobSpec, SinkSpec, SliceOutput, TaskSpec } from './fragment.js';
import { chosenColumns, type Fragment, fragmentOf, prunePiece, withStep } from './piece.js';
import { batchSource, cutSlices } from './slices.js';

/** What a query run needs of its executor. */
export interface RunHost {
  readonly arena: Arena;
  /** Threads that jobs spread over; 0: the main thread alone. */
  readonly threads: number;
  /** Runs a job on workers, or here if it is small. */
  runJob(job: JobSpec, rows: number): Promise<JobResult[]>;
  /** @throws INTERNAL_ERROR where no such relation is registered */
  cachedRelation(id: number): CachedBlocks;
}

/** A cached relation as the runtime sees it (`exec/cached-relation.ts`). */
export interface CachedBlocks {
  readonly types: readonly DataType[];
  readonly numPartitions: number;
  /** Pins the blocks of these partitions for the run's life; what is missing is computed, and stored if it can be.
   * @param columns ordinals of those that will be read; default: all */
  pin(run: QueryRun, partitions: readonly number[], columns?: readonly number[]): Promise<readonly PinnedBlock[]>;
}

export interface PinnedBlock {
  readonly address: number;
  readonly rows: number;
  readonly batches: number;
}

/** Rows of one output partition, in the arena. */
export interface PartitionOutput {
  readonly partition: number;
  readonly batches: readonly number[];
  readonly rows: number;
}

/** Rows that another run left in the arena, for this one to read. */
export interface SharedRows {
  readonly types: readonly DataType[];
  readonly partitions: readonly PartitionOutput[];
}

const CONTROL_WORDS = 256;

/** What a run did beside its plan's nodes, by metric. */
export type RunCounts = Readonly<Record<string, number>>;

/** Ids of nodes are positive. */
const NO_NODE = -1;

/** One execution of a plan: its memory, its cancel flag, its jobs. */
export class QueryRun {
  readonly keep: Region;
  readonly control = new SharedArrayBuffer(CONTROL_WORDS * 4);
  readonly #flags = new Int32Array(this.control);
  readonly metrics = new Map<number, Record<string, number>>();
  /** Given back when the query ends. */
  readonly onRelease: (() => void)[] = [];
  readonly #cancelHooks = new Set<() => void>();
  /** Rows that sources were asked for so far. */
  sourceRows = 0;
  #counter = 0;

  constructor(
    readonly host: RunHost,
    readonly owner: number,
    readonly parameters: ReadonlyMap<number, Value>,
    readonly onProgress?: ((rows: number) => void) | undefined,
    readonly sharedRows: ReadonlyMap<number, SharedRows> = new Map(),
  ) {
    this.keep = new Region(host.arena, owner);
  }

  get arena(): Arena {
    return this.host.arena;
  }

  /** Adds to a metric that belongs to no node: what was read to fill cached relations. */
  count(name: string, value: number): void {
    if (value === 0) return;
    const entry = this.metrics.get(NO_NODE) ?? {};
    entry[name] = (entry[name] ?? 0) + value;
    this.metrics.set(NO_NODE, entry);
  }
  get counts(): RunCounts {
    return this.metrics.get(NO_NODE) ?? {};
  }
  /** A metric over all nodes. */
  total(name: string): number {
    let sum = 0;
    for (const m of this.metrics.values()) sum += m[name] ?? 0;
    return sum;
  }

  /** Stops all tasks at their next morsel. */
  cancel(): void {
    Atomics.store(this.#flags, 0, 1);
    for (const f of this.#cancelHooks) f();
  }

  /** Calls `hook` on cancellation. @returns takes the hook away */
  onCancel(hook: () => void): () => void {
    this.#cancelHooks.add(hook);
    return () => this.#cancelHooks.delete(hook);
  }

  checkCancelled(): void {
    if (Atomics.load(this.#flags, 0) !== 0) throw cancelledError();
  }

  #job(part: Pick<JobSpec, 'pieces' | 'slices' | 'sink' | 'tasks'>): JobSpec {
    // Counters are never used twice while a job may still look at them; there are more than a plan has stages.
    this.#counter = (this.#counter % (CONTROL_WORDS - 1)) + 1;
    Atomics.store(this.#flags, this.#counter, 0);
    return {
      ...part,
      owner: this.owner,
      control: this.control,
      counter: this.#counter,
      parameters: [...this.parameters],
      metrics: true,
    };
  }

  async #run(job: JobSpec, rows: number): Promise<JobResult[]> {
    this.checkCancelled();
    const started = performance.now();
    const results = await this.host.runJob(job, rows);
    if (job.pieces.some((p) => p.scan)) this.count('scanMs', performance.now() - started);
    for (const r of results) {
      for (const [id, name, value] of r.metrics) {
        const entry = this.metrics.get(id) ?? {};
        entry[name] = (entry[name] ?? 0) + value;
        this.metrics.set(id, entry);
      }
    }
    this.onProgress?.(rows);
    return results;
  }

  /** Runs partitions of a fragment into a sink. */
  async runFragment(
    fragment: Fragment,
    partitions: readonly number[],
    sink: SinkSpec,
    threads = this.host.threads,
  ): Promise<JobResult[]> {
    const { pieces, slices, rows } = await cutSlices(this.arena, fragment, partitions, threads);
    this.sourceRows += rows;
    if (slices.length === 0) return [];
    return this.#run(this.#job({ pieces: pieces.map((p) => prunePiece(p, sink)), slices, sink, tasks: [] }), rows);
  }

  /** Runs tasks over whole inputs. @returns outputs in the tasks' order */
  async runTasks(tasks: readonly TaskSpec[], rows: number): Promise<SliceOutput[]> {
    const results = await this.#run(this.#job({ pieces: [], slices: [], sink: undefined, tasks }), rows);
    return results.flatMap((r) => r.outputs).sort((a, b) => a.order - b.order);
  }

  /** Rows of partitions, in order, in the arena. Batches that are there already are not copied. */
  async collect(fragment: Fragment, partitions: readonly number[], maxRows?: number): Promise<PartitionOutput[]> {
    const ready = await this.#readyBatches(fragment, partitions);
    if (ready) return ready;
    const sink: SinkSpec = { kind: 'collect', types: fragment.types, ...(maxRows === undefined ? {} : { maxRows }) };
    const outputs = (await this.runFragment(fragment, partitions, sink)).flatMap((r) => r.outputs);
    return groupOutputs(outputs, partitions);
  }

  async #readyBatches(fragment: Fragment, partitions: readonly number[]): Promise<PartitionOutput[] | undefined> {
    const out: PartitionOutput[] = [];
    for (const partition of partitions) {
      const batches: number[] = [];
      let rows = 0;
      for (const { piece, part } of fragment.partitions[partition] ?? []) {
        const columns = chosenColumns(piece.steps, piece.types.length);
        if (!columns || piece.scan || piece.lazy) return undefined;
        for (const p of await piece.parts(part)) {
          if (p.source.kind !== 'batches') return undefined;
          for (const { address } of p.source.batches)
            batches.push(piece.steps.length === 0 ? address : this.#withColumns(address, piece.types, columns));
          rows += p.rows;
        }
      }
      out.push({ partition, batches, rows });
    }
    return out;
  }

  /** A batch of chosen columns of another. */
  #withColumns(address: number, types: readonly DataType[], columns: readonly number[]): number {
    const batch = readBatchHeader(this.arena, address, types);
    return writeBatchHeader(this.keep, { ...batch, columns: columns.map((c) => batch.columns[c]!) });
  }

  /** A fragment over finished rows. */
  materialized(id: number, types: readonly DataType[], partitions: readonly (readonly number[])[]): Fragment {
    const parts = partitions.map((addresses) => [batchSource(this.arena, addresses)]);
    return fragmentOf(
      {
        sourceId: -id - 1,
        types,
        steps: [],
        perPartition: false,
        parts: (part) => Promise.resolve(parts[part] ?? []),
      },
      partitions.length,
    );
  }

  /** Rows of a plan that ran before. */
  shared(spec: Extract<PhysicalSpec, { op: 'shared' }>): Fragment {
    const rows = this.sharedRows.get(spec.shared);
    if (!rows) throw internalError(`shared plan ${spec.shared} did not run`);
    const all = this.materialized(spec.id, rows.types, [rows.partitions.flatMap((p) => p.batches)]);
    const whole = spec.columns.length === rows.types.length && spec.columns.every((c, i) => c === i);
    return whole ? all : withStep(all, { op: 'select', columns: spec.columns });
  }

  /** Known rows, spread over partitions as Spark's `parallelize` does. */
  values(spec: Extract<PhysicalSpec, { op: 'values' }>): Fragment {
    const n = Math.max(1, spec.partitions);
    const types = spec.output.map((c) => c.type);
    const total = spec.rows.length;
    const partitions = Array.from({ length: n }, (_, p) => {
      const rows = spec.rows.slice(Math.floor((p * total) / n), Math.floor(((p + 1) * total) / n));
      if (rows.length === 0) return [];
      const columns = buildColumns(rows, types, this.keep);
      return [writeBatchHeader(this.keep, { length: rows.length, columns, owner: this.owner })];
    });
    return this.materialized(spec.id, types, partitions);
  }

  release(): void {
    for (const f of this.onRelease.splice(0)) f();
    this.arena.releaseAll(this.owner);
  }
}

/** Outputs by partition, in slice order. */
export function groupOutputs(outputs: readonly SliceOutput[], partitions: readonly number[]): PartitionOutput[] {
  const sorted = [...outputs].sort((a, b) => a.order - b.order);
  const byPartition = new Map<number, { batches: number[]; rows: number }>();
  for (const o of sorted) {
    const key = o.target ?? o.partition;
    const entry = byPartition.get(key) ?? { batches: [], rows: 0 };
    entry.batches.push(...o.batches);
    entry.rows += o.rows;
    byPartition.set(key, entry);
  }
  return partitions.map((partition) => ({ partition, ...(byPartition.get(partition) ?? { batches: [], rows: 0 }) }));
}
