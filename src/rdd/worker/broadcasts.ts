import { type ArrowModule, loadArrow } from '../../storage/column/arrow-module.js';
import { decodeValue } from '../data/value-codec.js';
import type { BroadcastMessage } from '../scheduler/protocol.js';
import { Broadcast, knownBroadcasts } from '../shared/broadcast.js';
import { restoreArrays } from '../shared/broadcast-parts.js';

/** Keeps them alive: the table of known ones does not. */
const held = new Map<number, Broadcast<unknown>>();

/** Makes a broadcast known here. Its value is built when it is first read.
 * @returns what tasks must wait for, if anything */
export function receiveBroadcast(message: BroadcastMessage, onRead: () => void): Promise<unknown> | undefined {
  let built: { readonly value: unknown } | undefined;
  let arrow: ArrowModule | undefined;
  const broadcast = new Broadcast(message.id, () => {
    if (!built) {
      built = {
        value: arrow
          ? arrow.tableFromIPC(message.arrays[0] as Uint8Array)
          : freeze(restoreArrays(decodeValue(message.bytes), message.arrays)),
      };
      onRead();
    }
    return built.value;
  });
  const wait = message.format === 'arrow' ? loadArrow().then((module) => (arrow = module)) : undefined;
  held.set(message.id, broadcast);
  knownBroadcasts().set(message.id, new WeakRef(broadcast));
  return wait;
}

/** Forgets a broadcast: the next task that uses it gets it again. */
export function dropBroadcast(id: number): void {
  held.delete(id);
  knownBroadcasts().delete(id);
}

/** Plain objects and arrays, all the way down. */
function freeze(value: unknown): unknown {
  const stack = [value];
  for (let v = stack.pop(); stack.length > 0 || v !== undefined; v = stack.pop()) {
    if (typeof v !== 'object' || v === null || ArrayBuffer.isView(v) || Object.isFrozen(v)) continue;
    const proto = Object.getPrototypeOf(v) as object | null;
    if (proto !== Object.prototype && proto !== Array.prototype && proto !== null) {
      if (v instanceof Map) for (const x of v.values()) if (typeof x === 'object') stack.push(x);
      continue;
    }
    Object.freeze(v);
    for (const x of Object.values(v)) if (typeof x === 'object' && x !== null) stack.push(x);
  }
  return value;
}
