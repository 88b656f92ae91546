import { isThenable } from '../async/thenable.js';
import { canonicalKey } from '../data/keys.js';

import type { Aggregator } from './functions.js';

/** An element of operations by key. */
export type Pair = [key: unknown, value: unknown];

/** Values by key, in the order in which keys first came. Entries are the pairs that come out. */
export class CombineMap {
  readonly #entries = new Map<unknown, Pair>();

  constructor(readonly aggregator: Aggregator) {}

  get size(): number {
    return this.#entries.size;
  }
  add(key: unknown, value: unknown): void {
    const at = typeof key === 'number' ? key : canonicalKey(key);
    const entry = this.#entries.get(at);
    const { create, merge } = this.aggregator;
    if (entry) entry[1] = synchronous(merge(entry[1], value));
    else this.#entries.set(at, [key, synchronous(create(value))]);
  }
  addCombiner(key: unknown, combiner: unknown): void {
    const at = typeof key === 'number' ? key : canonicalKey(key);
    const entry = this.#entries.get(at);
    if (entry) entry[1] = synchronous(this.aggregator.mergeCombiners(entry[1], combiner));
    else this.#entries.set(at, [key, combiner]);
  }
  get pairs(): Pair[] {
    return [...this.#entries.values()];
  }
}

function synchronous(value: unknown): unknown {
  if (isThenable(value))
    throw new TypeError('functions that combine values must be synchronous, but one gave a promise');
  return value;
}

/** A pair, checked. @throws TypeError for elements that are no pairs */
export function asPair(v: unknown): Pair {
  if (!Array.isArray(v) || v.length < 2)
    throw new TypeError(`an operation by key needs [key, value] elements, but met ${preview(v)}`);
  return v as Pair;
}

function preview(v: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(v);
  } catch {
    // Bigints and cycles.
  }
  text ??= String(v);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
