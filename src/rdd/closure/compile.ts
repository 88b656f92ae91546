import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decodeValue } from '../data/value-codec.js';
import { sparkException } from '../java-errors.js';
import { workerRegistry } from '../worker/registry.js';
import type { FunctionSpec } from './function-spec.js';
import { HELPERS, INJECTED } from './globals.js';

/** A function of the user, as it was built. */
export type AnyFunction = (...args: unknown[]) => unknown;

const MAX_COMPILED = 1000;
/** Factories by their parameters and text: the same text compiles once. */
const compiled = new Map<string, AnyFunction>();

let lastText = 0;
/** What messages show of each text that was compiled. */
const fragments = new Map<number, string>();

/** The shipped function in which an error was made, by its stack. */
export function fragmentOfError(error: unknown): string | undefined {
  const stack = typeof error === 'object' && error !== null ? (error as { stack?: unknown }).stack : undefined;
  const id = typeof stack === 'string' ? /memoframe-function-(\d+)/.exec(stack)?.[1] : undefined;
  return id === undefined ? undefined : fragments.get(Number(id));
}

/** Modules are looked for from where the driver works, not from where this file lies. */
function importFrom(target: unknown): Promise<unknown> {
  const name = String(target);
  if (/^[a-z]+:/i.test(name)) return import(name);
  const base = join(process.cwd(), 'package.json');
  if (isAbsolute(name) || name.startsWith('.'))
    return import(pathToFileURL(isAbsolute(name) ? name : join(process.cwd(), name)).href);
  return importPackage(name, base);
}

async function importPackage(name: string, base: string): Promise<unknown> {
  let path: string;
  try {
    path = createRequire(base).resolve(name);
  } catch {
    // Packages with an `import` condition only, and this package itself.
    return import(name);
  }
  return import(isAbsolute(path) ? pathToFileURL(path).href : path);
}

const identity = (x: unknown) => x;
let ambient: Record<string, unknown> | undefined;

function ambientValues(): Record<string, unknown> {
  if (!ambient) {
    ambient = {};
    for (const name of HELPERS) ambient[name] = importFrom;
    ambient['__name'] = identity;
    ambient['require'] = createRequire(join(process.cwd(), 'package.json'));
  }
  return { ...ambient, ...workerRegistry().injected };
}

/** Builds the function, in a worker or on the driver. A promise only if a module must be loaded. */
export function compileFunction(spec: FunctionSpec): AnyFunction | Promise<AnyFunction> {
  if (spec.module) return loadFunction(spec.module.url, spec.module.name);
  const values = spec.values === undefined ? {} : (decodeValue(spec.values) as Record<string, unknown>);
  const inner = Object.entries(spec.functions).map(([name, f]) => [name, compileFunction(f)] as const);
  const pending = inner.some(([, f]) => f instanceof Promise);
  const finish = (functions: readonly (readonly [string, AnyFunction])[]): AnyFunction => {
    const known = ambientValues();
    const own = [...spec.names, ...functions.map(([name]) => name)];
    const names = [...new Set([...HELPERS, ...INJECTED])].filter((n) => !own.includes(n));
    const parameters = [...names, ...own];
    const key = `${parameters.join()}\n${spec.source}`;
    let factory = compiled.get(key);
    if (!factory) {
      const id = ++lastText;
      fragments.set(id, spec.fragment);
      factory = new Function(
        ...parameters,
        `'use strict';\nreturn (${spec.source});\n//# sourceURL=memoframe-function-${id}`,
      ) as AnyFunction;
      if (compiled.size >= MAX_COMPILED) compiled.delete(compiled.keys().next().value as string);
      compiled.set(key, factory);
    }
    const given = [...names.map((n) => known[n]), ...spec.names.map((n) => values[n]), ...functions.map(([, f]) => f)];
    return factory(...given) as AnyFunction;
  };
  if (!pending) return finish(inner as (readonly [string, AnyFunction])[]);
  return Promise.all(inner.map(async ([name, f]) => [name, await f] as const)).then(finish);
}

async function loadFunction(url: string, name: string): Promise<AnyFunction> {
  const module = (await importFrom(url)) as Record<string, unknown>;
  const found = module[name] ?? (module['default'] as Record<string, unknown> | undefined)?.[name];
  if (typeof found === 'function') return found as AnyFunction;
  const message = `The module ${url} exports no function ${name}.`;
  throw sparkException(message);
}
