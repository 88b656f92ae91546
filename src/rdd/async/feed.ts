/** Elements of a source, synchronous or not. */
export type Source<T> = Iterable<T> | AsyncIterable<T>;

/** Reads a source one element at a time. An element of an asynchronous source that was asked for waits here until it is taken. */
export class Feed<T> {
  done = false;
  readonly #iterator: Iterator<T> | AsyncIterator<T>;
  #asked: Promise<void> | undefined;
  #arrived: { readonly result?: IteratorResult<T>; readonly error?: unknown } | undefined;

  constructor(source: Source<T>) {
    this.#iterator = iteratorOf(source);
  }

  /** Asks for the next element. @returns nothing if it is here, else when it will be */
  ask(): Promise<void> | undefined {
    if (this.#arrived || this.done) return undefined;
    if (this.#asked) return this.#asked;
    let next: IteratorResult<T> | Promise<IteratorResult<T>>;
    try {
      next = this.#iterator.next();
    } catch (error) {
      this.#arrived = { error };
      return undefined;
    }
    if (!(next instanceof Promise) && typeof (next as { then?: unknown }).then !== 'function') {
      this.#arrived = { result: next };
      return undefined;
    }
    return (this.#asked = Promise.resolve(next).then(
      (result) => this.#arrive({ result }),
      (error: unknown) => this.#arrive({ error }),
    ));
  }

  /** Takes the element that is here, or sets `done`. @throws what the source threw */
  take(): { readonly value: T } | undefined {
    const arrived = this.#arrived;
    this.#arrived = undefined;
    if (!arrived?.result) {
      this.done = true;
      throw arrived?.error;
    }
    if (!arrived.result.done) return { value: arrived.result.value };
    this.done = true;
    return undefined;
  }

  /** The element that was asked for and never taken. */
  get left(): T | undefined {
    const result = this.#arrived?.result;
    return result && !result.done ? result.value : undefined;
  }

  /** Tells the source that nothing more is read from it. One that is busy with an element is waited for, at most the time
   * of grace: it may wait for something that never comes. */
  async close(graceMs: number): Promise<void> {
    if (this.done) return;
    this.done = true;
    const busy = this.#asked !== undefined && !this.#arrived;
    const closed = Promise.resolve(this.#iterator.return?.());
    if (!busy) {
      await closed;
      return;
    }
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    // What it throws now is of no use to anybody: the reader has its end, or its error, already.
    await Promise.race([closed.then(noop, noop), grace]);
    clearTimeout(timer);
  }

  #arrive(arrived: { readonly result?: IteratorResult<T>; readonly error?: unknown }): void {
    this.#asked = undefined;
    this.#arrived = arrived;
  }
}

/** The elements of a partition come as promises where a function before made them so: they are started, not waited for. */
const PENDING = Symbol.for('memoframe.pending');

function iteratorOf<T>(source: Source<T>): Iterator<T> | AsyncIterator<T> {
  const pending = (source as { [PENDING]?: () => Iterator<T> })[PENDING];
  if (pending) return pending.call(source);
  return isAsync(source) ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}

function isAsync<T>(source: Source<T>): source is AsyncIterable<T> {
  return typeof (source as Partial<AsyncIterable<T>>)[Symbol.asyncIterator] === 'function';
}

function noop(): void {}
