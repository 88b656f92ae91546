import type { TaskInputs, TaskMessage } from '../scheduler/protocol.js';
import type { TaskContext } from './task-context.js';

/** Thrown where a task needs what the driver did not give, as it thought a kept partition would do. */
export class MissingInput {
  constructor(
    /** Partitions that were thought to be kept and had to be computed, as `rdd:partition`. */
    readonly blocks: readonly string[],
  ) {}
}

/** One attempt, as nodes and actions see it. */
export interface TaskState {
  readonly message: TaskMessage;
  readonly inputs: TaskInputs;
  readonly context: TaskContext;
  /** Kept partitions that the task had to compute. */
  readonly computed: string[];
}
