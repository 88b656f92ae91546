import { cancelledError } from '../../errors/index.js';
import { fragmentOfError } from '../closure/compile.js';
import { decodeValue, encodeValue, toShared } from '../data/value-codec.js';
import type { ActionSpec, KeepSpec, NodeSpec } from '../lineage/spec.js';
import { encodeFailure } from '../scheduler/failure.js';
import type { BlockUpdate, FromWorker, TaskMessage, ToWorker, WorkerStart } from '../scheduler/protocol.js';
import { runAction, ShuffleOutput } from './actions.js';
import { readBlockFile, writeBlockFile } from './block-files.js';
import { dropBroadcast, receiveBroadcast } from './broadcasts.js';
import { drainToArray } from './drain.js';
import { estimateSize } from './estimate-size.js';
import { ArrayFeed, type Feed, LazyFeed } from './feed.js';
import { Functions } from './functions.js';
import { type HeapBlock, HeapStore } from './heap-store.js';
import { computeNode, type NodeHost } from './nodes.js';
import { disposeWorker, workerRegistry } from './registry.js';
import { TaskContext } from './task-context.js';
import { MissingInput, type TaskState } from './task-state.js';

interface Defined<T> {
  readonly spec: T;
  readonly functions: Functions | Promise<Functions>;
}

/** Runs the tasks of one worker, one at a time, over what it knows of RDDs. */
export class WorkerRuntime implements NodeHost {
  readonly #nodes = new Map<number, Defined<NodeSpec>>();
  readonly #actions = new Map<number, Defined<ActionSpec>>();
  readonly #heap: HeapStore;
  #current:
    | { readonly message: TaskMessage; readonly context: TaskContext; stray?: { readonly error: unknown } }
    | undefined;
  /** What the next task must wait for. */
  #awaited: Promise<unknown> | undefined;
  /** What became of kept partitions since the last report. */
  #updates: BlockUpdate[] = [];

  constructor(
    readonly start: WorkerStart,
    readonly post: (message: FromWorker, transfer?: readonly ArrayBuffer[]) => void,
  ) {
    this.#heap = new HeapStore(start.heapBytes);
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case 'define':
        this.#nodes.set(message.id, { spec: message.spec, functions: quiet(() => Functions.of(message.spec)) });
        return;
      case 'action':
        this.#actions.set(message.id, { spec: message.spec, functions: quiet(() => Functions.of(message.spec)) });
        return;
      case 'broadcast':
        this.#awaited =
          receiveBroadcast(message, () => this.post({ kind: 'broadcast-read', id: message.id })) ?? this.#awaited;
        return;
      case 'task':
        void this.#run(message);
        return;
      case 'cancel':
        if (this.#current?.message.taskId === message.taskId)
          this.#current.context.interrupt(cancelledError(message.reason));
        return;
      case 'forget':
        for (const id of message.rdds) this.#nodes.delete(id);
        for (const id of message.actions) this.#actions.delete(id);
        for (const id of message.broadcasts) dropBroadcast(id);
        for (const id of [...message.blocks, ...message.rdds]) this.#heap.removeRdd(id);
        return;
      case 'stop':
        void disposeWorker().then(() => this.post({ kind: 'stopped' }));
    }
  }

  /** A promise that nobody awaited has failed, or a callback has thrown: the task that runs has failed, and the worker lives on. */
  stray(error: unknown): void {
    if (this.#current) this.#current.stray ??= { error };
    else
      process.stderr.write(`memoframe: an error on worker ${this.start.workerId} when no task was running: ${error}\n`);
  }

  async #run(message: TaskMessage): Promise<void> {
    const { taskId } = message;
    const context = new TaskContext({
      stageId: message.stageId,
      partitionId: message.partition,
      attemptNumber: message.attempt,
      taskAttemptId: taskId,
    });
    const registry = workerRegistry();
    const state: TaskState = { message, inputs: message.inputs, context, computed: [] };
    this.#current = { message, context };
    registry.task = context;
    this.#updates = [];
    try {
      if (this.#awaited) await this.#awaited;
      this.#awaited = undefined;
      let action = this.#actions.get(message.action) as Defined<ActionSpec>;
      // Modules that functions come from.
      const waiting = [...this.#nodes.values(), action].map((d) => d.functions).filter((f) => f instanceof Promise);
      if (waiting.length > 0) await this.#settleFunctions(message);
      action = this.#actions.get(message.action) as Defined<ActionSpec>;
      const feed = this.feed(message.rdd, message.partition, state);
      let result: unknown;
      try {
        result = runAction(action.spec, action.functions as Functions, feed, state);
        if (result instanceof Promise) result = await result;
      } finally {
        await feed.close();
      }
      const failures = await context.finish();
      if (failures.length > 0) throw failures[0];
      const stray = this.#current?.stray;
      if (stray) throw stray.error;
      registry.task = undefined;
      this.#current = undefined;
      const shuffle = result instanceof ShuffleOutput ? result : undefined;
      const bytes = encodeValue(shuffle ? null : result === undefined ? null : result);
      const accumulators = [...context.accumulators].map(([id, a]) => [id, encodeValue(a.value)] as const);
      this.post(
        {
          kind: 'done',
          taskId,
          result: bytes,
          accumulators,
          blocks: this.#updates,
          ...(shuffle && { shuffle: { data: shuffle.data, offsets: shuffle.offsets } }),
        },
        [bytes.buffer as ArrayBuffer],
      );
    } catch (error) {
      await context.finish(error);
      registry.task = undefined;
      this.#current = undefined;
      const missing = error instanceof MissingInput ? error.blocks : undefined;
      this.post({
        kind: 'failed',
        taskId,
        error: encodeFailure(error),
        missing,
        fragment: fragmentOfError(error),
        blocks: this.#updates,
      });
    }
  }

  /** Waits for the functions of a task's lineage, and throws what failed there. */
  async #settleFunctions(message: TaskMessage): Promise<void> {
    const action = this.#actions.get(message.action) as Defined<ActionSpec>;
    this.#actions.set(message.action, { spec: action.spec, functions: await action.functions });
    const visit = async (id: number): Promise<void> => {
      const node = this.#nodes.get(id) as Defined<NodeSpec>;
      if (node.functions instanceof Promise) this.#nodes.set(id, { spec: node.spec, functions: await node.functions });
      for (const parent of parentsOf(node.spec)) await visit(parent);
    };
    await visit(message.rdd);
  }

  feed(rdd: number, partition: number, task: TaskState): Feed {
    const keep = task.inputs.keep[rdd];
    if (!keep) return this.#compute(rdd, partition, task);
    const kept = this.#heap.get(rdd, partition);
    if (kept) return new ArrayFeed(kept);
    const source = task.inputs.blocks[`${rdd}:${partition}`];
    if (source?.kind === 'bytes') return new ArrayFeed(decodeValue(source.bytes) as unknown[]);
    if (source) {
      const values = readBlockFile(source.path, source.checksum);
      if (values) return new ArrayFeed(values);
      this.#updates.push({ rdd, partition, heap: 0 });
    }
    task.computed.push(`${rdd}:${partition}`);
    let up: Feed | undefined;
    return new LazyFeed(
      () => {
        up = this.#compute(rdd, partition, task);
        const all = drainToArray(up);
        const store = (values: unknown[]) => {
          this.#keep(rdd, partition, values, keep);
          return new ArrayFeed(values);
        };
        return all instanceof Promise ? all.then(store) : store(all);
      },
      () => up?.close(),
    );
  }

  #compute(rdd: number, partition: number, task: TaskState): Feed {
    const node = this.#nodes.get(rdd) as Defined<NodeSpec>;
    return computeNode(rdd, node.spec, node.functions as Functions, partition, task, this);
  }

  /** Keeps a partition's values where its level wants them. */
  #keep(rdd: number, partition: number, values: unknown[], keep: KeepSpec): void {
    let heap = 0;
    let encoded: Uint8Array | undefined;
    const bytes = () => (encoded ??= encodeValue(values));
    let shared: Uint8Array | undefined;
    let file: BlockUpdate['file'];
    if (keep.memory && keep.deserialized) {
      const size = estimateSize(values);
      const victims = this.#heap.evictFor(rdd, size);
      for (const v of victims ?? []) this.#spill(v);
      if (victims) {
        this.#heap.put({ rdd, partition, values, bytes: size, toDisk: keep.disk });
        heap = size;
      }
    } else if (keep.memory) shared = toShared(bytes());
    if (keep.disk && heap === 0 && !shared) file = writeBlockFile(this.start.localDir, rdd, partition, bytes());
    // Replicas are bytes that the driver keeps for other executors.
    if (keep.replicas > 1 && !shared && (keep.memory || keep.disk)) shared = toShared(bytes());
    this.#updates.push({ rdd, partition, heap, ...(shared && { bytes: shared }), ...(file && { file }) });
  }

  #spill({ rdd, partition, values, toDisk }: HeapBlock): void {
    const file = toDisk ? writeBlockFile(this.start.localDir, rdd, partition, encodeValue(values)) : undefined;
    this.#updates.push({ rdd, partition, heap: 0, ...(file && { file }) });
  }
}

/** A failure to build functions is thrown by the task that needs them. */
function quiet(make: () => Functions | Promise<Functions>): Functions | Promise<Functions> {
  try {
    const made = make();
    if (made instanceof Promise) made.catch(() => undefined);
    return made;
  } catch (error) {
    const failed = Promise.reject(error);
    failed.catch(() => undefined);
    return failed;
  }
}

function parentsOf(spec: NodeSpec): readonly number[] {
  switch (spec.op) {
    case 'step':
    case 'sample':
    case 'zip-index':
    case 'coalesce':
    case 'combine':
      return [spec.parent];
    case 'union':
      return spec.parents.map((p) => p.id);
    case 'zip':
    case 'cartesian':
      return [spec.left, spec.right];
    case 'cogroup':
      return spec.sources.flatMap((s) => (s.kind === 'narrow' ? [s.parent] : []));
    default:
      return [];
  }
}
