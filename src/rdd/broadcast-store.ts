import type { SparkError } from '../errors/index.js';
import { tableToIpc } from '../storage/column/arrow.js';
import { encodeValue, toShared } from './data/value-codec.js';
import { sparkException } from './java-errors.js';
import type { BroadcastMessage } from './scheduler/protocol.js';
import type { WorkerHandle } from './scheduler/worker-handle.js';
import { Broadcast, knownBroadcasts, nextBroadcastId } from './shared/broadcast.js';
import { extractArrays } from './shared/broadcast-parts.js';

interface Entry {
  value: unknown;
  message: BroadcastMessage | undefined;
  sent: number;
  read: number;
  destroyed: boolean;
}

type Table = Parameters<typeof tableToIpc>[0];

/** The driver's side of broadcasts: encodes each once, and counts where it goes. Spark: `BroadcastManager`. */
export class BroadcastStore {
  readonly #entries = new Map<number, Entry>();
  /** Broadcasts that nobody has any more. */
  readonly #gone = new FinalizationRegistry<number>((id) => this.#drop(id));

  constructor(
    readonly options: { readonly assertRunning: () => void; readonly workers: () => readonly WorkerHandle[] },
  ) {}

  create<T>(value: T): Broadcast<T> {
    this.options.assertRunning();
    const id = nextBroadcastId();
    const entry: Entry = { value, message: undefined, sent: 0, read: 0, destroyed: false };
    const alive = () => {
      if (entry.destroyed) throw destroyed(id);
    };
    const read = (): T => {
      alive();
      return entry.value as T;
    };
    const broadcast = new Broadcast<T>(id, read, {
      use: alive,
      counts: () => ({
        sent: entry.sent,
        read: entry.read,
        bytes: sizeOf(entry.message),
        sharedBytes: sum((entry.message?.arrays ?? []).map((a) => a.length)),
      }),
      unpersist: () => {
        alive();
        this.#forget(id);
      },
      destroy: () => {
        alive();
        entry.destroyed = true;
        entry.value = undefined;
        entry.message = undefined;
        this.#forget(id);
      },
    });
    this.#entries.set(id, entry);
    knownBroadcasts().set(id, new WeakRef(broadcast as Broadcast<unknown>));
    this.#gone.register(broadcast, id);
    return broadcast;
  }

  /** Encodes those that are to be sent. @throws org.apache.spark.SparkException for one that was destroyed */
  async prepare(ids: readonly number[]): Promise<void> {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (!entry || entry.destroyed) throw destroyed(id);
      entry.message ??= await encode(id, entry.value);
    }
  }
  /** For one more worker. */
  send(id: number): BroadcastMessage {
    const entry = this.#entries.get(id);
    if (!entry?.message) throw destroyed(id);
    entry.sent++;
    return entry.message;
  }
  read(id: number): void {
    const entry = this.#entries.get(id);
    if (entry) entry.read++;
  }

  #forget(id: number): void {
    for (const worker of this.options.workers())
      if (worker.sentBroadcasts.delete(id))
        worker.send({ kind: 'forget', rdds: [], actions: [], broadcasts: [id], blocks: [] });
  }
  #drop(id: number): void {
    this.#forget(id);
    knownBroadcasts().delete(id);
    this.#entries.delete(id);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
function sizeOf(message: BroadcastMessage | undefined): number {
  return message ? message.bytes.length + sum(message.arrays.map((a) => a.length)) : 0;
}

async function encode(id: number, value: unknown): Promise<BroadcastMessage> {
  if (isArrowTable(value)) {
    const ipc = toShared(await tableToIpc(value));
    return { kind: 'broadcast', id, format: 'arrow', bytes: new Uint8Array(0), arrays: [ipc] };
  }
  const arrays: Uint8Array[] = [];
  const rest = extractArrays(value, arrays);
  try {
    return { kind: 'broadcast', id, format: 'value', bytes: toShared(encodeValue(rest)), arrays };
  } catch (cause) {
    const message = `Task not serializable: the value of Broadcast(${id}) cannot be copied: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw sparkException(message, cause);
  }
}

function isArrowTable(value: unknown): value is Table {
  if (typeof value !== 'object' || value === null) return false;
  const { batches, schema } = value as Partial<Record<string, unknown>>;
  return value.constructor?.name === 'Table' && Array.isArray(batches) && typeof schema === 'object';
}

/** Spark: `Broadcast.assertValid`. */
function destroyed(id: number): SparkError {
  const message = `Attempted to use Broadcast(${id}) after it was destroyed`;
  return sparkException(message);
}
