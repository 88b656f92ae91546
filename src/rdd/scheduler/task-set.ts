import type { BlockUpdate, TaskDone, TaskInputs } from './protocol.js';
import type { WorkerHandle } from './worker-handle.js';

/** Where a task should run. */
export interface Preference {
  /** Ids of workers that have what it is made of. */
  readonly workers: readonly number[];
  /** Kept partitions that were looked for, as `rdd:partition`: it holds until one of them moves. */
  readonly blocks: readonly string[];
}

/** Tasks of one stage that can run in any order. */
export interface TaskSet {
  readonly stageId: number;
  /** The RDD, and the action on its partitions. */
  readonly rdd: number;
  readonly action: number;
  readonly partitions: readonly number[];
  readonly maxFailures: number;
  /** Of how many losses of workers a task may be part where losses are no failures; then it is given up. */
  readonly maxLosses: number;
  readonly signal: AbortSignal | undefined;
  /** Sends a worker what it lacks for this stage. */
  readonly equip: (worker: WorkerHandle) => void;
  readonly inputs: (partition: number) => TaskInputs;
  /** Where the partition's task should run; absent where nothing is kept. */
  readonly preferred: ((partition: number) => Preference) | undefined;
  /** The first success of a partition. */
  readonly succeeded: (partition: number, done: TaskDone, worker: WorkerHandle) => void;
}

/** How a run of tasks ended. */
export type TaskSetResult =
  | { readonly kind: 'done' }
  /** What was thought to be kept is gone: these blocks, as `rdd:partition`. What is not done yet must be run again. */
  | { readonly kind: 'missing'; readonly blocks: readonly string[] };

/** Told of what became of kept partitions on a worker. */
export type BlockListener = (worker: WorkerHandle, updates: readonly BlockUpdate[]) => void;
