import type { ActionSpec, KeepSpec, NodeSpec } from '../lineage/spec.js';

/** What a worker is started with. */
export interface WorkerStart {
  readonly workerId: number;
  readonly executorId: string;
  /** One Int32: the number of the task that must end, or 0. */
  readonly killFlag: SharedArrayBuffer;
  /** Bytes of values that the worker may keep in its heap. */
  readonly heapBytes: number;
  /** Folder for blocks on disk. */
  readonly localDir: string;
}

/** Where a kept partition is, if the worker need not compute it. */
export type BlockSource =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly path: string; readonly checksum: number };

/** What a task needs besides the lineage. Keys are `id:partition`. */
export interface TaskInputs {
  readonly leaves: Readonly<Record<string, unknown>>;
  /** Map outputs in the order of the map partitions. */
  readonly shuffles: Readonly<Record<string, readonly Uint8Array[]>>;
  /** How kept RDDs of the lineage are kept, by id. */
  readonly keep: Readonly<Record<number, KeepSpec>>;
  readonly blocks: Readonly<Record<string, BlockSource>>;
}

/** One attempt of a task, for a worker that knows its RDDs and its action. */
export interface TaskMessage {
  readonly kind: 'task';
  readonly taskId: number;
  readonly stageId: number;
  readonly partition: number;
  readonly attempt: number;
  readonly rdd: number;
  readonly action: number;
  readonly inputs: TaskInputs;
}

/** A broadcast on its way: the value's bytes, and memory that is shared and not copied. */
export interface BroadcastMessage {
  readonly kind: 'broadcast';
  readonly id: number;
  readonly format: 'value' | 'arrow';
  readonly bytes: Uint8Array;
  readonly arrays: readonly Uint8Array[];
}

/** What the driver tells a worker. */
export type ToWorker =
  | { readonly kind: 'define'; readonly id: number; readonly spec: NodeSpec }
  | { readonly kind: 'action'; readonly id: number; readonly spec: ActionSpec }
  | BroadcastMessage
  | TaskMessage
  | { readonly kind: 'cancel'; readonly taskId: number; readonly reason: string }
  | {
      readonly kind: 'forget';
      readonly rdds: readonly number[];
      readonly actions: readonly number[];
      readonly broadcasts: readonly number[];
      /** RDDs whose kept partitions go. */
      readonly blocks: readonly number[];
    }
  | { readonly kind: 'stop' };

/** What became of a kept partition in a task. */
export interface BlockUpdate {
  readonly rdd: number;
  readonly partition: number;
  /** Bytes in the worker's heap; 0: not there. */
  readonly heap: number;
  /** For levels of bytes, and for replicas. */
  readonly bytes?: Uint8Array;
  readonly file?: { readonly path: string; readonly checksum: number; readonly size: number };
}

/** An error as data. */
export interface EncodedFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Own fields that can be copied, encoded. */
  readonly fields: Uint8Array | undefined;
  readonly cause: EncodedFailure | undefined;
  readonly errors: readonly EncodedFailure[] | undefined;
}

/** A task has succeeded. */
export interface TaskDone {
  readonly kind: 'done';
  readonly taskId: number;
  readonly result: Uint8Array;
  /** Accumulators' ids with their encoded values. */
  readonly accumulators: readonly (readonly [number, Uint8Array])[];
  readonly blocks: readonly BlockUpdate[];
  /** Shuffle output: one buffer, and where each partition begins in it. */
  readonly shuffle?: { readonly data: Uint8Array; readonly offsets: readonly number[] };
}

/** What a worker tells the driver. */
export type FromWorker =
  | TaskDone
  | {
      readonly kind: 'failed';
      readonly taskId: number;
      readonly error: EncodedFailure;
      /** Set where input was missing that the driver thought was not needed: kept partitions that are gone, as `rdd:partition`. */
      readonly missing: readonly string[] | undefined;
      /** The user's function, where it was one that failed. */
      readonly fragment: string | undefined;
      readonly blocks: readonly BlockUpdate[];
    }
  /** A broadcast's value was built here. */
  | { readonly kind: 'broadcast-read'; readonly id: number }
  | { readonly kind: 'stopped' };
