import { registerTaggedClass } from '../data/value-codec.js';
import { sparkException } from '../java-errors.js';

/** How often a broadcast travelled. */
export interface BroadcastCounts {
  /** Workers that were sent it: once each, however many tasks use it. */
  readonly sent: number;
  /** Workers that built the value: those whose tasks asked for it. */
  readonly read: number;
  /** Bytes of the value, of which `sharedBytes` lie in memory that all workers see. */
  readonly bytes: number;
  readonly sharedBytes: number;
}

/** What the owner of a broadcast can do with it: on the driver only. */
export interface BroadcastControl {
  readonly counts: () => BroadcastCounts;
  readonly unpersist: () => void;
  readonly destroy: () => void;
  /** Makes sure that it can be sent. @throws when it was destroyed */
  readonly use: () => void;
}

const KNOWN = Symbol.for('memoframe.broadcasts');

interface Known {
  next: number;
  readonly byId: Map<number, WeakRef<Broadcast<unknown>>>;
}
function known(): Known {
  const holder = globalThis as { [KNOWN]?: Known };
  holder[KNOWN] ??= { next: 0, byId: new Map() };
  return holder[KNOWN];
}

/** The broadcasts of this thread, of all contexts. */
export function knownBroadcasts(): Map<number, WeakRef<Broadcast<unknown>>> {
  return known().byId;
}
/** A number that no other context of the process uses. */
export function nextBroadcastId(): number {
  return known().next++;
}

/** A value that every worker gets once, whatever the number of tasks: pass the broadcast in `vars` and read `value` in the
 * function. What workers see is frozen; typed arrays and Arrow tables lie in memory that all threads share. Spark: `Broadcast`. */
export class Broadcast<T> {
  readonly #read: () => T;
  readonly #control: BroadcastControl | undefined;
  constructor(
    readonly id: number,
    read: () => T,
    control?: BroadcastControl,
  ) {
    this.#read = read;
    this.#control = control;
  }

  /** @throws org.apache.spark.SparkException once it is destroyed */
  get value(): T {
    return this.#read();
  }
  /** How often it travelled so far. */
  get counts(): BroadcastCounts {
    return this.#driver('counts').counts();
  }
  /** Drops the workers' copies; tasks that use it later get it again. */
  unpersist(): void {
    this.#driver('unpersist').unpersist();
  }
  /** Drops it everywhere: later uses fail. */
  destroy(): void {
    this.#driver('destroy').destroy();
  }
  /** For the codec: it is about to travel. */
  travels(): number {
    this.#control?.use();
    return this.id;
  }
  toString(): string {
    return `Broadcast(${this.id})`;
  }

  #driver(what: string): BroadcastControl {
    if (this.#control) return this.#control;
    const message = `${what} of a broadcast is for the driver: workers can only read its value.`;
    throw sparkException(message);
  }
}

registerTaggedClass({
  tag: 'Broadcast',
  is: (v) => v instanceof Broadcast,
  encode: (v: Broadcast<unknown>, notes) => {
    const id = v.travels();
    notes.broadcast?.(id, v);
    return id;
  },
  decode: (id: number) => {
    const known = knownBroadcasts().get(id)?.deref();
    if (known) return known;
    const message = `Broadcast(${id}) is not known to this thread.`;
    throw sparkException(message);
  },
});
