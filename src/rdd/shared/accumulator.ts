import type { SparkError } from '../../errors/index.js';
import type { AnyFunction } from '../closure/compile.js';
import { compileFunction } from '../closure/compile.js';
import type { FunctionSpec } from '../closure/function-spec.js';
import { copyValue, decodeValue, encodeValue, registerTaggedClass } from '../data/value-codec.js';
import { sparkException } from '../java-errors.js';
import { workerRegistry } from '../worker/registry.js';

/** How an accumulator adds up; plain data. */
export type AccumulatorSpec =
  | { readonly kind: 'long' | 'double' | 'collection' }
  | { readonly kind: 'custom'; readonly zero: unknown; readonly addInPlace: FunctionSpec };

/** How values of a custom accumulator add up. PySpark: `AccumulatorParam`. */
export interface AccumulatorParam<T> {
  /** The value that adds nothing, for a value of the accumulator. Runs on the driver. */
  readonly zero: (value: T) => T;
  /** Adds the second to the first and gives the result; may change and give the first. Travels to workers as text. */
  readonly addInPlace: (a: T, b: T) => T;
}

interface Sum {
  readonly sum: number | bigint;
  readonly count: number;
}

interface Arithmetic {
  readonly zero: () => unknown;
  readonly add: (state: unknown, value: unknown) => unknown;
  readonly merge: (a: unknown, b: unknown) => unknown;
}

function problem(message: string): SparkError {
  return sparkException(message);
}

/** Whole numbers, as a number while it is exact, else as a bigint of 64 bits. */
function addLongs(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  const sum = BigInt.asIntN(64, BigInt(a) + BigInt(b));
  return Number.isSafeInteger(Number(sum)) ? Number(sum) : sum;
}

function arithmeticOf(spec: AccumulatorSpec): Arithmetic {
  switch (spec.kind) {
    case 'long':
    case 'double': {
      const long = spec.kind === 'long';
      return {
        zero: () => ({ sum: 0, count: 0 }) satisfies Sum,
        add: (state, value) => {
          const { sum, count } = state as Sum;
          if (long) {
            if (typeof value !== 'bigint' && !Number.isSafeInteger(value))
              throw problem(`A long accumulator adds whole numbers, not ${String(value)}.`);
            return { sum: addLongs(sum, value as number | bigint), count: count + 1 };
          }
          if (typeof value !== 'number') throw problem(`A double accumulator adds numbers, not ${String(value)}.`);
          return { sum: (sum as number) + value, count: count + 1 };
        },
        merge: (a, b) => {
          const [x, y] = [a as Sum, b as Sum];
          const sum = long ? addLongs(x.sum, y.sum) : (x.sum as number) + (y.sum as number);
          return { sum, count: x.count + y.count };
        },
      };
    }
    case 'collection':
      return {
        zero: () => [],
        add: (list, value) => {
          (list as unknown[]).push(value);
          return list;
        },
        merge: (a, b) => {
          for (const v of b as unknown[]) (a as unknown[]).push(v);
          return a;
        },
      };
    case 'custom': {
      const f = compileFunction(spec.addInPlace);
      if (f instanceof Promise) throw problem('addInPlace of an accumulator must travel as text.');
      const add = f as AnyFunction;
      return { zero: () => copyValue(spec.zero), add, merge: add };
    }
  }
}

/** A value to which tasks add, and which the driver reads. What an action's tasks add counts once for each partition, whatever
 * fails and runs again; what transformations add counts as often as they run. Spark: `AccumulatorV2`.
 * @typeParam V what is added @typeParam T what it comes to */
export class Accumulator<V, T = V> {
  readonly #arithmetic: Arithmetic;
  #state: unknown;

  constructor(
    readonly id: number,
    readonly spec: AccumulatorSpec,
    readonly name: string | undefined,
    initial?: unknown,
  ) {
    this.#arithmetic = arithmeticOf(spec);
    this.#state = initial === undefined ? this.#arithmetic.zero() : initial;
  }

  /** In a task: adds to what the task has gathered. */
  add(value: V): void {
    const { task } = workerRegistry();
    if (workerRegistry().workerId < 0) {
      this.#state = this.#arithmetic.add(this.#state, value);
      return;
    }
    if (!task) throw problem('An accumulator was used on a worker when no task was running.');
    const entry = task.accumulators.get(this.id);
    if (entry) entry.value = this.#arithmetic.add(entry.value, value);
    else task.accumulators.set(this.id, { value: this.#arithmetic.add(this.#arithmetic.zero(), value) });
  }

  /** @throws org.apache.spark.SparkException in a task */
  get value(): T {
    const state = this.#driverState();
    return (this.spec.kind === 'long' || this.spec.kind === 'double' ? (state as Sum).sum : state) as T;
  }
  /** Of long and double accumulators. */
  get sum(): T {
    return this.value;
  }
  /** How many values were added to a long or double accumulator. */
  get count(): number {
    return (this.#driverState() as Sum).count;
  }
  get avg(): number {
    const { sum, count } = this.#driverState() as Sum;
    return Number(sum) / count;
  }
  /** Whether it is as if nothing had been added. */
  get isZero(): boolean {
    const state = this.#driverState();
    switch (this.spec.kind) {
      case 'collection':
        return (state as unknown[]).length === 0;
      case 'custom':
        return Buffer.compare(encodeValue(state), encodeValue(this.spec.zero)) === 0;
      default:
        return (state as Sum).count === 0;
    }
  }
  reset(): void {
    this.#driverState();
    this.#state = this.#arithmetic.zero();
  }
  /** For the scheduler: adds what a task has gathered. */
  merge(gathered: unknown): void {
    this.#state = this.#arithmetic.merge(this.#state, gathered);
  }
  toString(): string {
    return `Accumulator(id: ${this.id}, name: ${this.name ?? 'none'})`;
  }

  #driverState(): unknown {
    if (workerRegistry().workerId >= 0) throw problem('Accumulator.value cannot be accessed inside tasks');
    return this.#state;
  }
}

const KNOWN = Symbol.for('memoframe.accumulators');

interface Known {
  next: number;
  readonly byId: Map<number, WeakRef<Accumulator<unknown, unknown>>>;
}
function known(): Known {
  const holder = globalThis as { [KNOWN]?: Known };
  holder[KNOWN] ??= { next: 0, byId: new Map() };
  return holder[KNOWN];
}

/** The driver's accumulators that are still used, of all contexts. */
export function knownAccumulators(): Map<number, WeakRef<Accumulator<unknown, unknown>>> {
  return known().byId;
}
/** A number that no other context of the process uses. */
export function nextAccumulatorId(): number {
  return known().next++;
}

registerTaggedClass({
  tag: 'Accumulator',
  is: (v) => v instanceof Accumulator,
  // Bytes, as a zero may be of a class that travels.
  encode: (v: Accumulator<unknown>) => [v.id, encodeValue(v.spec), v.name],
  decode: ([id, spec, name]: [number, Uint8Array, string | undefined]) =>
    knownAccumulators().get(id)?.deref() ?? new Accumulator(id, decodeValue(spec) as AccumulatorSpec, name),
});
