import type { BlockUpdate } from './protocol.js';
import type { TaskSet } from './task-set.js';

/** Where the tasks of a set should run, found out once for each task, and again when a kept partition that it is made of has
 * moved: a set of thousands of tasks is looked through whenever one of them ends. */
export class Places {
  /** Ids of workers, by the task's place in the set. */
  readonly #known: (readonly number[] | undefined)[] = [];
  /** Tasks to look at anew, by the kept partition that moves. */
  readonly #watched = new Map<string, number[]>();

  constructor(
    private readonly partitions: TaskSet['partitions'],
    private readonly preferred: NonNullable<TaskSet['preferred']>,
  ) {}

  /** Ids of the workers that have what the task is made of, some of which may have ended. */
  of(index: number): readonly number[] {
    const known = this.#known[index];
    if (known) return known;
    const { workers, blocks } = this.preferred(this.partitions[index] as number);
    for (const key of blocks) {
      const watching = this.#watched.get(key);
      if (watching) watching.push(index);
      else this.#watched.set(key, [index]);
    }
    this.#known[index] = workers;
    return workers;
  }

  /** Kept partitions have come or gone. */
  moved(updates: readonly BlockUpdate[]): void {
    for (const { rdd, partition } of updates) {
      const key = `${rdd}:${partition}`;
      for (const index of this.#watched.get(key) ?? []) this.#known[index] = undefined;
      this.#watched.delete(key);
    }
  }
}
