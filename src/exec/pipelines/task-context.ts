import { cancelledError } from '../../errors/index.js';
import type { Kernels } from '../../kernels/index.js';
import type { Arena } from '../../storage/memory/arena.js';
import { Region } from '../../storage/memory/region.js';
import type { Value } from '../../types/index.js';
import type { MetricEntry } from './fragment.js';

/** What a thread needs to run tasks: made once per thread and arena. */
export interface ThreadEnv {
  readonly arena: Arena;
  readonly kernels: Kernels;
  /** Memory for one morsel each, kept (warm) between jobs; a job takes one. */
  readonly scratches: Region[];
  readonly owner: number;
}

/** Slabs that scratch regions claim at a time: enough that a usual morsel needs one run. */
const SCRATCH_SLABS = 4;

export function createThreadEnv(arena: Arena, kernels: Kernels, owner: number): ThreadEnv {
  return { arena, kernels, scratches: [], owner };
}

/** One job's view of the thread: memory, parameters, cancellation and metrics. Lives for one job on one thread. */
export class TaskContext {
  readonly arena: Arena;
  readonly kernels: Kernels;
  /** Dies with the morsel. */
  readonly scratch: Region;
  /** For one operation of an operator, which releases it at its end. */
  readonly work: Region;
  /** Lives as long as the query. */
  readonly keep: Region;
  readonly parameters: ReadonlyMap<number, Value>;
  /** Partition number of the running slice. */
  partitionIndex = 0;
  /** A step needs no more rows of this slice. */
  sliceDone = false;
  readonly #control: Int32Array;
  readonly #metrics = new Map<string, [number, string, number]>();

  constructor(
    readonly env: ThreadEnv,
    readonly owner: number,
    control: Int32Array,
    parameters: readonly (readonly [number, Value])[],
  ) {
    this.arena = env.arena;
    this.kernels = env.kernels;
    this.scratch = env.scratches.pop() ?? new Region(env.arena, env.owner, SCRATCH_SLABS);
    this.work = new Region(env.arena, owner);
    this.keep = new Region(env.arena, owner);
    this.parameters = new Map(parameters);
    this.#control = control;
  }

  /** @throws OPERATION_CANCELED once the query's flag is up */
  checkCancelled(): void {
    if (Atomics.load(this.#control, 0) !== 0) throw cancelledError();
  }

  /** Adds to a metric of a plan node. */
  count(nodeId: number, name: string, value: number): void {
    const key = `${nodeId}.${name}`;
    const entry = this.#metrics.get(key);
    if (entry) entry[2] += value;
    else this.#metrics.set(key, [nodeId, name, value]);
  }

  /** A metric counter that costs one addition a morsel. */
  counter(nodeId: number, name: string): { add(value: number): void } {
    const key = `${nodeId}.${name}`;
    let entry = this.#metrics.get(key);
    if (!entry) this.#metrics.set(key, (entry = [nodeId, name, 0]));
    const e = entry;
    return {
      add: (value) => {
        e[2] += value;
      },
    };
  }

  get metrics(): MetricEntry[] {
    return [...this.#metrics.values()];
  }

  /** Gives scratch back to the thread. What `keep` holds belongs to the query. */
  close(): void {
    this.scratch.reset();
    this.work.release();
    this.env.scratches.push(this.scratch);
  }

  startSlice(partitionIndex: number): void {
    this.partitionIndex = partitionIndex;
    this.sliceDone = false;
  }
}
