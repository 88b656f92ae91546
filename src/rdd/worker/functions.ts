import type { AnyFunction } from '../closure/compile.js';
import { compileFunction } from '../closure/compile.js';
import type { FunctionSpec } from '../closure/function-spec.js';
import { decodeValue } from '../data/value-codec.js';
import type { AggregatorSpec, BuiltIn } from '../lineage/spec.js';

/** The functions of a node or an action, ready to call. */
export class Functions {
  readonly #compiled = new Map<FunctionSpec, AnyFunction>();

  /** Builds all functions that a spec holds. A promise only if modules must be loaded. */
  static of(spec: object): Functions | Promise<Functions> {
    const all = new Functions();
    const waits: Promise<void>[] = [];
    for (const f of functionSpecsIn(spec)) {
      const made = compileFunction(f);
      if (made instanceof Promise) waits.push(made.then((fn) => void all.#compiled.set(f, fn)));
      else all.#compiled.set(f, made);
    }
    return waits.length === 0 ? all : Promise.all(waits).then(() => all);
  }

  get(spec: FunctionSpec): AnyFunction {
    return this.#compiled.get(spec) as AnyFunction;
  }

  aggregator(spec: AggregatorSpec): Aggregator {
    const of = (f: FunctionSpec | BuiltIn): AnyFunction => (typeof f === 'string' ? BUILT_IN[f] : this.get(f));
    const { createCombiner } = spec;
    const from = (zero: Uint8Array, merge: AnyFunction) => (value: unknown) => merge(decodeValue(zero), value);
    return {
      create:
        typeof createCombiner === 'object' && 'zero' in createCombiner
          ? from(createCombiner.zero, this.get(createCombiner.merge))
          : of(createCombiner),
      merge: of(spec.mergeValue),
      mergeCombiners: of(spec.mergeCombiners),
      mapSideCombine: spec.mapSideCombine,
    };
  }
}

/** Spark: `Aggregator`. */
export interface Aggregator {
  readonly create: AnyFunction;
  readonly merge: AnyFunction;
  readonly mergeCombiners: AnyFunction;
  readonly mapSideCombine: boolean;
}

const BUILT_IN: Readonly<Record<BuiltIn, AnyFunction>> = {
  identity: (v) => v,
  first: (a) => a,
  list: (v) => [v],
  append: (list, v) => {
    (list as unknown[]).push(v);
    return list;
  },
  concat: (a, b) => {
    for (const v of b as unknown[]) (a as unknown[]).push(v);
    return a;
  },
};

/** Every function spec inside plain data. */
export function functionSpecsIn(value: unknown, found: FunctionSpec[] = []): FunctionSpec[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return found;
  if (typeof (value as FunctionSpec).fragment === 'string') found.push(value as FunctionSpec);
  else for (const v of Object.values(value)) functionSpecsIn(v, found);
  return found;
}
