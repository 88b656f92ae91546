import { illegalArgument } from '../java-errors.js';
import type { RDD } from '../rdd.js';
import type { Duration } from './duration.js';
import type { Job } from './job-scheduler.js';
import type { StreamNode, Time } from './stream-node.js';

/** What is done with each batch of a stream. Spark: `ForEachDStream`. */
export interface OutputOperation {
  readonly node: StreamNode;
  readonly run: (rdd: RDD<unknown>, time: Time) => unknown;
}

/** The streams of a context and what is done with them. Spark: `DStreamGraph`. */
export class StreamGraph {
  readonly #outputs: OutputOperation[] = [];

  addOutput(output: OutputOperation): void {
    this.#outputs.push(output);
  }

  /** @throws IllegalArgumentException without outputs */
  validate(): void {
    if (this.#outputs.length === 0)
      throw illegalArgument('requirement failed: No output operations registered, so nothing to execute');
  }

  initialize(zeroTime: Time, remember: Duration | undefined): void {
    for (const { node } of this.#outputs) node.initialize(zeroTime);
    for (const { node } of this.#outputs) node.remember(remember ?? (node.rememberDuration as Duration));
  }

  /** Each input, once. */
  inputs(): StreamNode[] {
    return [...this.#nodes()].filter((node) => node.parents.length === 0);
  }

  /** The jobs of one batch, in the order of the output operations; none for a stream without RDD. */
  async generateJobs(time: Time): Promise<Job[]> {
    const jobs: Job[] = [];
    for (const [outputOperation, { node, run }] of this.#outputs.entries()) {
      const rdd = await node.getOrCompute(time);
      if (rdd) jobs.push({ time, outputOperation, run: async () => run(rdd, time) });
    }
    return jobs;
  }

  /** Each stream, parents before children. */
  #nodes(): Set<StreamNode> {
    const seen = new Set<StreamNode>();
    const visit = (node: StreamNode): void => {
      if (seen.has(node)) return;
      for (const parent of node.parents) visit(parent);
      seen.add(node);
    };
    for (const { node } of this.#outputs) visit(node);
    return seen;
  }

  /** After the jobs of a batch: cuts lineages whose turn it is, forgets what no later batch needs. */
  async endBatch(time: Time, cut: (rdd: RDD<unknown>) => Promise<RDD<unknown>>): Promise<void> {
    for (const node of this.#nodes()) await node.cutLineage(time, cut);
    for (const node of this.#nodes()) await node.clear(time);
  }

  /** Lets go of what the streams keep; no batch follows. */
  release(): void {
    for (const node of this.#nodes()) node.release();
  }
}
