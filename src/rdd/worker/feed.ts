import { cancelledError, type SparkError } from '../../errors/index.js';
import { isThenable } from '../async/thenable.js';
import { sparkException } from '../java-errors.js';
import { workerRegistry } from './registry.js';

/** What `pull` gives when there is no more. */
export const DONE: unique symbol = Symbol('done');

/** An element that is not there yet. */
export class Later {
  constructor(
    /** Of an element, or of DONE. */
    readonly promise: Promise<unknown>,
    /** Whether it is an element for certain, so that the next one may be pulled before this one is there. */
    readonly sure: boolean,
  ) {
    // Whoever awaits it sees the failure; one that nobody awaits any more must not end the thread.
    promise.catch(() => undefined);
  }
}

/** The elements of a partition. `pull` gives an element, DONE, or Later; only where a function is asynchronous do promises
 * appear, so that synchronous chains cost a call for each element and no more. */
export interface Feed {
  pull(): unknown;
  /** The consumer wants no more: generators run their `finally`. */
  close(): unknown;
}

/** The element or DONE. */
export function settle(v: unknown): unknown {
  return v instanceof Later ? v.promise : v;
}

/** Elements that are there. */
export class ArrayFeed implements Feed {
  #next = 0;
  constructor(readonly values: readonly unknown[]) {}
  pull(): unknown {
    return this.#next < this.values.length ? this.values[this.#next++] : DONE;
  }
  close(): void {
    this.#next = this.values.length;
  }
}

/** What a function gives for each element; where that is a promise, it is started and the next element may be pulled. */
export class MapFeed implements Feed {
  constructor(
    readonly up: Feed,
    readonly f: (v: unknown) => unknown,
  ) {}
  pull(): unknown {
    const v = this.up.pull();
    if (v === DONE) return DONE;
    if (v instanceof Later)
      return new Later(
        v.promise.then((x) => (x === DONE ? DONE : this.f(x))),
        v.sure,
      );
    const r = this.f(v);
    return isThenable(r) ? new Later(Promise.resolve(r), true) : r;
  }
  close(): unknown {
    return this.up.close();
  }
}

/** Elements that a function keeps. */
export class FilterFeed implements Feed {
  constructor(
    readonly up: Feed,
    readonly f: (v: unknown) => unknown,
  ) {}
  pull(): unknown {
    for (;;) {
      const v = this.up.pull();
      if (v === DONE) return DONE;
      if (v instanceof Later) return new Later(this.#search(v.promise), false);
      const keep = this.f(v);
      if (isThenable(keep))
        return new Later(
          keep.then((k) => (k ? v : this.#search(settle(this.up.pull())))),
          false,
        );
      if (keep) return v;
    }
  }
  async #search(first: unknown): Promise<unknown> {
    for (let v = await first; ; v = await settle(this.up.pull())) if (v === DONE || (await this.f(v))) return v;
  }
  close(): unknown {
    return this.up.close();
  }
}

/** The elements of one feed after another; the next one is made when the former has ended. */
export class ConcatFeed implements Feed {
  #current: Feed | undefined;
  #next = 0;
  #closed = false;
  constructor(
    readonly count: number,
    readonly make: (index: number) => Feed,
  ) {}
  pull(): unknown {
    for (;;) {
      if (!this.#current) {
        if (this.#closed || this.#next >= this.count) return DONE;
        this.#current = this.make(this.#next++);
      }
      const v = this.#current.pull();
      if (v === DONE) this.#current = undefined;
      else if (v instanceof Later && !v.sure) return new Later(this.#await(v), false);
      else return v;
    }
  }
  async #await(later: Later): Promise<unknown> {
    const v = await later.promise;
    if (v !== DONE) return v;
    this.#current = undefined;
    return settle(this.pull());
  }
  close(): unknown {
    this.#closed = true;
    return this.#current?.close();
  }
}

/** The elements of what a function gives for each element. */
export class FlatMapFeed implements Feed {
  #inner: Feed | undefined;
  constructor(
    readonly up: Feed,
    readonly f: (v: unknown) => unknown,
  ) {}
  pull(): unknown {
    for (;;) {
      if (this.#inner) {
        const v = this.#inner.pull();
        if (v instanceof Later && !v.sure) return new Later(this.#await(v.promise), false);
        if (v !== DONE) return v;
        this.#inner = undefined;
      }
      const v = this.up.pull();
      if (v === DONE) return DONE;
      if (v instanceof Later) return new Later(this.#open(v.promise), false);
      const r = this.f(v);
      if (isThenable(r)) return new Later(this.#openResult(r), false);
      this.#inner = feedOf(r);
    }
  }
  async #open(element: Promise<unknown>): Promise<unknown> {
    const v = await element;
    return v === DONE ? DONE : this.#openResult(this.f(v));
  }
  async #openResult(result: unknown): Promise<unknown> {
    this.#inner = feedOf(await result);
    return settle(this.pull());
  }
  async #await(promise: Promise<unknown>): Promise<unknown> {
    const v = await promise;
    if (v !== DONE) return v;
    this.#inner = undefined;
    return settle(this.pull());
  }
  async close(): Promise<void> {
    await this.#inner?.close();
    await this.up.close();
  }
}

/** A feed that is made at the first pull, perhaps after a wait. */
export class LazyFeed implements Feed {
  #inner: Feed | undefined;
  #closed = false;
  constructor(
    readonly make: () => Feed | Promise<Feed>,
    readonly closeUp: () => unknown = () => undefined,
  ) {}
  pull(): unknown {
    if (this.#inner) return this.#inner.pull();
    if (this.#closed) return DONE;
    const made = this.make();
    if (isThenable(made)) return new Later(this.#open(made as Promise<Feed>), false);
    this.#inner = made as Feed;
    return this.#inner.pull();
  }
  async #open(made: Promise<Feed>): Promise<unknown> {
    this.#inner = await made;
    return settle(this.#inner.pull());
  }
  async close(): Promise<void> {
    this.#closed = true;
    await this.#inner?.close();
    await this.closeUp();
  }
}

class IteratorFeed implements Feed {
  #done = false;
  constructor(readonly iterator: Iterator<unknown>) {}
  pull(): unknown {
    if (this.#done) return DONE;
    const step = this.iterator.next();
    if (isThenable(step)) return new Later(this.#await(step as Promise<IteratorResult<unknown>>), false);
    if (step.done) {
      this.#done = true;
      return DONE;
    }
    return isThenable(step.value) ? new Later(Promise.resolve(step.value), true) : step.value;
  }
  async #await(step: Promise<IteratorResult<unknown>>): Promise<unknown> {
    const s = await step;
    if (!s.done) return s.value;
    this.#done = true;
    return DONE;
  }
  close(): unknown {
    if (this.#done) return undefined;
    this.#done = true;
    return this.iterator.return?.();
  }
}

/** The elements of what a function returned: an iterable or an iterator, synchronous or not. Nothing: no elements.
 * @throws org.apache.spark.SparkException for anything else */
export function feedOf(value: unknown): Feed {
  if (value === undefined || value === null) return new ArrayFeed([]);
  if (value instanceof PartitionIterator) return value.feed;
  if (Array.isArray(value))
    return value.some(isThenable) ? new IteratorFeed(value[Symbol.iterator]()) : new ArrayFeed(value);
  if (typeof value === 'object') {
    const v = value as Partial<AsyncIterable<unknown> & Iterable<unknown> & Iterator<unknown>>;
    const asyncOpen = v[Symbol.asyncIterator];
    if (asyncOpen) return new IteratorFeed(asyncOpen.call(v) as unknown as Iterator<unknown>);
    const open = v[Symbol.iterator];
    if (open) return new IteratorFeed(open.call(v));
    if (typeof v.next === 'function') return new IteratorFeed(v as Iterator<unknown>);
  }
  if (typeof value === 'string') return new IteratorFeed(value[Symbol.iterator]());
  const message = `The function gave ${typeof value === 'object' ? 'an object that cannot be iterated' : `a ${typeof value}`} where an iterable is needed.`;
  throw sparkException(message);
}

/** For those who want to start several elements at once: its iterator gives promises for elements that are not there yet. */
export const PENDING: unique symbol = Symbol.for('memoframe.pending') as never;

/** The elements of a partition, as functions of `mapPartitions` get them: iterable with `for` and with `for await`, once. */
export class PartitionIterator<T> implements Iterable<T>, AsyncIterable<T>, Iterator<T> {
  readonly #killFlag = workerRegistry().killFlag;

  constructor(readonly feed: Feed) {}

  #pull(): unknown {
    if (this.#killFlag[0] !== 0) throw cancelledError('task killed');
    return this.feed.pull();
  }

  /** @throws org.apache.spark.SparkException where what comes before is asynchronous */
  next(): IteratorResult<T> {
    const v = this.#pull();
    if (v === DONE) return { done: true, value: undefined };
    if (v instanceof Later) throw asynchronousUpstream();
    return { done: false, value: v as T };
  }
  return(): IteratorResult<T> {
    const closed = this.feed.close();
    if (isThenable(closed)) closed.catch(() => undefined);
    return { done: true, value: undefined };
  }
  [Symbol.iterator](): Iterator<T> {
    return this;
  }
  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: async () => {
        const v = await settle(this.#pull());
        return v === DONE ? { done: true, value: undefined } : { done: false, value: v as T };
      },
      return: async () => {
        await this.feed.close();
        return { done: true, value: undefined };
      },
    };
  }
  /** Elements, or promises of elements; a promise of the step where it is not known whether there is a next element before
   * the last one is there. */
  [PENDING](): { next(): IteratorResult<T | Promise<T>> | Promise<IteratorResult<T>>; return(): IteratorResult<T> } {
    return {
      next: () => {
        const v = this.#pull();
        if (v === DONE) return { done: true, value: undefined };
        if (!(v instanceof Later)) return { done: false, value: v as T };
        if (v.sure) return { done: false, value: v.promise as Promise<T> };
        return v.promise.then((x) => (x === DONE ? { done: true, value: undefined } : { done: false, value: x as T }));
      },
      return: () => this.return(),
    };
  }

  map<U>(f: (value: T) => U | Promise<U>): PartitionIterator<U> {
    return new PartitionIterator<U>(new MapFeed(this.feed, f as (v: unknown) => unknown));
  }
  filter(f: (value: T) => boolean | Promise<boolean>): PartitionIterator<T> {
    return new PartitionIterator<T>(new FilterFeed(this.feed, f as (v: unknown) => unknown));
  }
  flatMap<U>(f: (value: T) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U>>): PartitionIterator<U> {
    return new PartitionIterator<U>(new FlatMapFeed(this.feed, f as (v: unknown) => unknown));
  }
  /** All elements. @throws org.apache.spark.SparkException where what comes before is asynchronous */
  toArray(): T[] {
    return [...this];
  }
}

function asynchronousUpstream(): SparkError {
  const message =
    'What comes before this function is asynchronous: iterate with `for await` in an async function or async generator.';
  return sparkException(message);
}
