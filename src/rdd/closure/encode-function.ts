import { SparkError } from '../../errors/index.js';
import { encodeValue } from '../data/value-codec.js';
import { sparkException } from '../java-errors.js';
import { readFunctionText } from './free-names.js';
import { type FunctionOptions, type FunctionSpec, ModuleFunction } from './function-spec.js';
import { GLOBALS, HELPERS, INJECTED } from './globals.js';

const FRAGMENT_LENGTH = 160;

/** What a message shows of a function. */
export function fragmentOf(source: string): string {
  const line = source.replace(/\s+/g, ' ').trim();
  return line.length <= FRAGMENT_LENGTH ? line : `${line.slice(0, FRAGMENT_LENGTH - 1)}…`;
}

/** Spark: `SparkException: Task not serializable`, thrown by `ClosureCleaner`. */
export function notSerializable(why: string, fragment: string, cause?: unknown): SparkError {
  const message = `Task not serializable: ${why} Function: ${fragment}`;
  return sparkException(message, cause);
}

/** Makes plain data of a function, so that a worker can build it.
 * @throws org.apache.spark.SparkException `Task not serializable`, with the names that the function captures */
export function encodeFunction(fn: unknown, options: FunctionOptions = {}): FunctionSpec {
  const vars = options.vars ?? {};
  if (fn instanceof ModuleFunction)
    return {
      module: { url: fn.url, name: fn.name },
      names: [],
      values: undefined,
      functions: {},
      broadcasts: [],
      fragment: `${fn.name} of ${fn.url}`,
    };
  if (typeof fn !== 'function') throw notSerializable('what was given is no function.', fragmentOf(String(fn)));
  const text = Function.prototype.toString.call(fn);
  const fragment = fragmentOf(text);
  const { free, expression, importMeta } = readText(fn as () => unknown, text, fragment);
  if (importMeta) throw notSerializable('import.meta stays with its module; pass what is needed in vars.', fragment);
  const captured = free.filter(
    (n) => !Object.hasOwn(vars, n) && !GLOBALS.has(n) && !INJECTED.has(n) && !HELPERS.has(n),
  );
  if (captured.length > 0) throw notSerializable(captureHint(captured), fragment);
  const held: object[] = [];
  const spec: FunctionSpec = { source: expression, fragment, ...encodeVars(vars, free, fragment, held) };
  if (held.length > 0) holds.set(spec, held);
  return spec;
}

/** Broadcasts live as long as functions that name them. */
const holds = new WeakMap<FunctionSpec, readonly object[]>();

function readText(fn: () => unknown, text: string, fragment: string) {
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) {
    if (fn.name !== '' && (globalThis as Record<string, unknown>)[fn.name] === fn && GLOBALS.has(fn.name))
      return { free: [], expression: fn.name, importMeta: false };
    throw notSerializable(
      'it is built in or bound, and has no text that could travel; wrap it in a function.',
      fragment,
    );
  }
  const read = readFunctionText(text);
  if (!read) throw notSerializable('its text cannot be read as a function.', fragment);
  return read;
}

function captureHint(names: readonly string[]): string {
  const listed = names.map((n) => `\`${n}\``).join(', ');
  const imported = names.some((n) => /^__vi_import|^__vite_ssr_import/.test(n));
  const how = imported
    ? 'Imports do not travel: use moduleFunction(url, name), or await import() inside.'
    : `Functions travel as text, without the variables around them: pass ${names.length === 1 ? 'it' : 'them'} in the last argument, { vars: { ${names.join(', ')} } }, or broadcast a large value and pass the broadcast so.`;
  return `the function captures ${listed}. ${how}`;
}

/** Only names that the text uses travel; functions may use all of them. */
function encodeVars(
  vars: Readonly<Record<string, unknown>>,
  free: readonly string[],
  fragment: string,
  held: object[],
) {
  const functions: Record<string, FunctionSpec> = {};
  const values: Record<string, unknown> = {};
  for (const name of free) {
    if (!Object.hasOwn(vars, name)) continue;
    const value = vars[name];
    if (typeof value === 'function' || value instanceof ModuleFunction) {
      functions[name] = encodeNested(name, value, vars);
    } else values[name] = value;
  }
  const names = Object.keys(values);
  const broadcasts = new Set(Object.values(functions).flatMap((f) => f.broadcasts));
  try {
    const encoded =
      names.length === 0
        ? undefined
        : encodeValue(values, {
            broadcast: (id, broadcast) => {
              broadcasts.add(id);
              held.push(broadcast);
            },
          });
    return { names, values: encoded, functions, broadcasts: [...broadcasts] };
  } catch (cause) {
    if (cause instanceof SparkError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw notSerializable(`a value in vars cannot be copied: ${why}`, fragment, cause);
  }
}

/** A function among the vars sees the other values of vars, but not itself or other functions that use it. */
function encodeNested(name: string, fn: unknown, vars: Readonly<Record<string, unknown>>): FunctionSpec {
  const rest = Object.fromEntries(Object.entries(vars).filter(([n]) => n !== name));
  return encodeFunction(fn, { vars: rest });
}
