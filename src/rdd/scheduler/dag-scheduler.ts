import { orAborted } from '../async/abort.js';
import { decodeValue } from '../data/value-codec.js';
import { sparkException } from '../java-errors.js';
import type { Dependency, LineageNode, ShuffleDependency } from '../lineage/dependency.js';
import type { ActionSpec, KeepSpec } from '../lineage/spec.js';
import { functionSpecsIn } from '../worker/functions.js';
import type { BlockTracker } from './block-tracker.js';
import type { BlockSource, BroadcastMessage, TaskDone, TaskInputs } from './protocol.js';
import type { TaskScheduler } from './task-scheduler.js';
import type { Preference } from './task-set.js';
import type { WorkerHandle } from './worker-handle.js';

/** What the scheduler of stages is built on. */
export interface DagOptions {
  readonly tasks: TaskScheduler;
  readonly blocks: BlockTracker;
  readonly maxFailures: number;
  readonly maxLosses: number;
  /** Replaces heaps by bytes where workers do not live on. */
  readonly keepOf: (node: LineageNode) => KeepSpec | undefined;
  /** What a worker is sent of a broadcast. */
  readonly broadcast: (id: number, worker: WorkerHandle) => BroadcastMessage;
  readonly prepareBroadcasts: (ids: readonly number[]) => Promise<void>;
  readonly addUpdates: (updates: TaskDone['accumulators']) => void;
}

/** How often a job may find that what it thought was kept is gone. Spark: `maxConsecutiveStageAttempts` */
const MAX_STAGE_ATTEMPTS = 4;

/** What a job's nodes were given before its tasks run; several of its stages may need one node. */
class Preparations {
  readonly #done = new Map<LineageNode, Promise<void>>();
  readonly #releases: (() => void)[] = [];

  /** Once for each node; settles when it is done, whoever asked first. */
  of(node: LineageNode, signal: AbortSignal | undefined): Promise<void> {
    let done = this.#done.get(node);
    if (!done) {
      done = this.#prepare(node, signal);
      this.#done.set(node, done);
    }
    return done;
  }
  async #prepare({ lineage }: LineageNode, signal: AbortSignal | undefined): Promise<void> {
    if (lineage.prepare) this.#releases.push(await lineage.prepare(signal));
  }
  release(): void {
    for (const release of this.#releases) release();
  }
}

/** Cuts jobs into stages at shuffles, and runs those whose output is missing. Spark: `DAGScheduler`. */
export class DagScheduler {
  #nextStage = 0;
  #nextAction = 0;

  constructor(readonly options: DagOptions) {}

  /** Runs an action over partitions of an RDD; `use` is told each result once, as it comes. */
  async runJob(
    rdd: LineageNode,
    spec: ActionSpec,
    partitions: readonly number[],
    use: (partition: number, result: unknown) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const job = new Preparations();
    try {
      await this.#prepare(rdd, partitions, signal, job);
      const stageId = this.#nextStage++;
      const left = new Set(partitions);
      await this.#stage(stageId, rdd, spec, left, signal, job, (partition, done) => {
        // Once for each partition: later successes of it do not come here.
        left.delete(partition);
        this.options.addUpdates(done.accumulators);
        use(partition, decodeValue(done.result));
      });
    } finally {
      job.release();
    }
  }

  /** Runs the tasks of a stage, and again what comes before it where that turns out to be gone. */
  async #stage(
    stageId: number,
    rdd: LineageNode,
    spec: ActionSpec,
    left: ReadonlySet<number>,
    signal: AbortSignal | undefined,
    job: Preparations,
    succeeded: (partition: number, done: TaskDone) => void,
  ): Promise<void> {
    const { tasks, blocks } = this.options;
    const action = this.#nextAction++;
    try {
      for (let attempt = 0, before = left.size; ; attempt++) {
        // Only attempts that bring nothing count.
        if (left.size < before) attempt = 0;
        before = left.size;
        const todo = [...left];
        await this.#prepare(rdd, todo, signal, job);
        await this.#makeShuffles(rdd, todo, signal, job);
        const nodes = this.#lineageNodes(rdd);
        const broadcasts = [
          ...new Set(
            [...nodes.map((n) => n.lineage.spec), spec].flatMap((s) => functionSpecsIn(s)).flatMap((f) => f.broadcasts),
          ),
        ];
        await this.options.prepareBroadcasts(broadcasts);
        const result = await tasks.run({
          stageId,
          rdd: rdd.id,
          action,
          partitions: todo,
          maxFailures: this.options.maxFailures,
          maxLosses: this.options.maxLosses,
          signal,
          equip: (worker) => this.#equip(worker, nodes, broadcasts, action, spec),
          inputs: (partition) => this.#inputs(rdd, partition),
          preferred: nodes.some((n) => this.options.keepOf(n)) ? (p) => this.#preferred(rdd, p) : undefined,
          succeeded,
        });
        if (result.kind === 'done') return;
        for (const key of result.blocks) {
          const [id, partition] = key.split(':').map(Number) as [number, number];
          blocks.lost(id, partition);
        }
        if (attempt + 1 >= MAX_STAGE_ATTEMPTS) {
          const message = `Job aborted due to stage failure: stage ${stageId} has failed ${MAX_STAGE_ATTEMPTS} times, as kept partitions were gone each time.`;
          throw sparkException(message);
        }
      }
    } finally {
      for (const worker of tasks.workers)
        if (worker.sentActions.delete(action))
          worker.send({ kind: 'forget', rdds: [], actions: [action], broadcasts: [], blocks: [] });
    }
  }

  /** Sends a worker the nodes, broadcasts and action that it lacks. */
  #equip(
    worker: WorkerHandle,
    nodes: readonly LineageNode[],
    broadcasts: readonly number[],
    action: number,
    spec: ActionSpec,
  ): void {
    for (const id of broadcasts) {
      if (worker.sentBroadcasts.has(id)) continue;
      worker.send(this.options.broadcast(id, worker));
      worker.sentBroadcasts.add(id);
    }
    for (const node of nodes) {
      if (worker.sentRdds.has(node.id)) continue;
      worker.send({ kind: 'define', id: node.id, spec: node.lineage.spec });
      worker.sentRdds.add(node.id);
    }
    if (worker.sentActions.has(action)) return;
    worker.send({ kind: 'action', id: action, spec });
    worker.sentActions.add(action);
  }

  /** RDDs of one stage: up to shuffles. */
  #lineageNodes(rdd: LineageNode): LineageNode[] {
    const found = new Map<number, LineageNode>();
    const stack = [rdd];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (found.has(node.id)) continue;
      found.set(node.id, node);
      for (const d of node.lineage.dependencies) if (d.kind === 'narrow') stack.push(d.rdd);
    }
    return [...found.values()];
  }

  /** Does what nodes need before tasks run, where it is not hidden behind what is kept. */
  async #prepare(
    rdd: LineageNode,
    partitions: readonly number[],
    signal: AbortSignal | undefined,
    job: Preparations,
  ): Promise<void> {
    const nodes: LineageNode[] = [];
    this.#visit(rdd, partitions, (node) => void nodes.push(node));
    for (const node of nodes) await job.of(node, signal);
  }

  /** Calls `see` for the nodes that tasks of these partitions compute, and `shuffle` for the shuffles they read. */
  #visit(
    rdd: LineageNode,
    partitions: readonly number[],
    see: (node: LineageNode) => void,
    shuffle?: (shuffle: ShuffleDependency) => void,
  ): void {
    const seen = new Map<number, Set<number>>();
    const stack: { node: LineageNode; partitions: readonly number[] }[] = [{ node: rdd, partitions }];
    for (let at = stack.pop(); at; at = stack.pop()) {
      const { node } = at;
      let known = seen.get(node.id);
      if (!known) seen.set(node.id, (known = new Set()));
      const kept = this.options.keepOf(node) !== undefined;
      const fresh: number[] = [];
      for (const p of at.partitions) {
        if (known.has(p)) continue;
        known.add(p);
        if (!kept || !this.options.blocks.has(node.id, p)) fresh.push(p);
      }
      if (fresh.length === 0) continue;
      see(node);
      for (const d of node.lineage.dependencies) {
        if (d.kind === 'shuffle') shuffle?.(d.shuffle);
        else stack.push({ node: d.rdd, partitions: parentsOf(d, fresh) });
      }
    }
  }

  /** Runs the stages whose output these partitions read. */
  async #makeShuffles(
    rdd: LineageNode,
    partitions: readonly number[],
    signal: AbortSignal | undefined,
    job: Preparations,
  ): Promise<void> {
    const wanted = new Set<ShuffleDependency>();
    this.#visit(
      rdd,
      partitions,
      () => {},
      (s) => wanted.add(s),
    );
    await allSettled([...wanted].map((s) => this.#makeShuffle(s, signal, job)));
  }

  async #makeShuffle(shuffle: ShuffleDependency, signal: AbortSignal | undefined, job: Preparations): Promise<void> {
    while (!shuffle.complete) {
      if (shuffle.running) {
        // Another job makes it; what fails there is tried again here, with this job's own signal.
        const other = shuffle.running.catch(() => undefined);
        await orAborted(other, signal);
        continue;
      }
      const run = this.#runMapStage(shuffle, signal, job);
      shuffle.running = run;
      try {
        await run;
      } finally {
        shuffle.running = undefined;
      }
    }
  }

  async #runMapStage(shuffle: ShuffleDependency, signal: AbortSignal | undefined, job: Preparations): Promise<void> {
    await shuffle.partitioner.prepare?.(signal);
    const left = new Set<number>();
    for (const [p, output] of shuffle.outputs.entries()) if (!output) left.add(p);
    await this.#prepare(shuffle.rdd, [...left], signal, job);
    await this.#makeShuffles(shuffle.rdd, [...left], signal, job);
    const spec: ActionSpec = {
      kind: 'write-shuffle',
      shuffle: shuffle.id,
      partitioner: shuffle.partitioner.spec(),
      aggregator: shuffle.aggregator,
    };
    await this.#stage(this.#nextStage++, shuffle.rdd, spec, left, signal, job, (partition, done) => {
      left.delete(partition);
      this.options.addUpdates(done.accumulators);
      shuffle.outputs[partition] = done.shuffle;
    });
  }

  /** What the task of a partition is given: inputs of leaves, output of shuffles, kept partitions. */
  #inputs(rdd: LineageNode, partition: number): TaskInputs {
    const leaves: Record<string, unknown> = {};
    const shuffles: Record<string, readonly Uint8Array[]> = {};
    const keep: Record<number, KeepSpec> = {};
    const sources: Record<string, BlockSource> = {};
    const seen = new Set<string>();
    const stack: { node: LineageNode; partition: number }[] = [{ node: rdd, partition }];
    for (let at = stack.pop(); at; at = stack.pop()) {
      const { node } = at;
      const key = `${node.id}:${at.partition}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const level = this.options.keepOf(node);
      if (level) {
        keep[node.id] = level;
        const source = this.options.blocks.source(node.id, at.partition);
        if (source) {
          sources[key] = source;
          // A file may be damaged: then the rest is needed.
          if (source.kind === 'bytes') continue;
        }
      }
      const { leaf, dependencies } = node.lineage;
      if (leaf) {
        const input = leaf(at.partition);
        if (input !== undefined) leaves[key] = input;
      }
      for (const d of dependencies) {
        if (d.kind === 'narrow') for (const p of d.parents(at.partition)) stack.push({ node: d.rdd, partition: p });
        else {
          const blocks = d.shuffle.blocks(at.partition);
          if (blocks) shuffles[`${d.shuffle.id}:${at.partition}`] = blocks;
        }
      }
    }
    return { leaves, shuffles, keep, blocks: sources };
  }

  /** Spark: `getPreferredLocsInternal`: of the RDD itself, else of what it is made of by narrow dependencies. */
  #preferred(rdd: LineageNode, partition: number): Preference {
    const seen = new Set<string>();
    const blocks: string[] = [];
    const visit = (node: LineageNode, at: number): readonly number[] => {
      const key = `${node.id}:${at}`;
      if (seen.has(key)) return [];
      seen.add(key);
      if (this.options.keepOf(node)) {
        blocks.push(key);
        const heaps = this.options.blocks.heaps(node.id, at);
        if (heaps.length > 0) return heaps;
      }
      for (const d of node.lineage.dependencies) {
        if (d.kind !== 'narrow') continue;
        for (const p of d.parents(at)) {
          const places = visit(d.rdd, p);
          if (places.length > 0) return places;
        }
      }
      return [];
    };
    return { workers: visit(rdd, partition), blocks };
  }
}

function parentsOf(d: Extract<Dependency, { kind: 'narrow' }>, partitions: readonly number[]): number[] {
  return [...new Set(partitions.flatMap((p) => d.parents(p)))];
}

/** Waits for all, then throws the first failure. */
async function allSettled(promises: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(promises)) if (outcome.status === 'rejected') throw outcome.reason;
}
