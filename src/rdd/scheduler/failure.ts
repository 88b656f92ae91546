import { SparkError } from '../../errors/index.js';
import { decodeValue, encodeValue } from '../data/value-codec.js';
import type { EncodedFailure } from './protocol.js';

const MAX_DEPTH = 5;

/** Errors lose their class and their own fields by structured clone: as data, they keep name, message, fields and causes. */
export function encodeFailure(error: unknown, depth = 0): EncodedFailure {
  if (!(error instanceof Error)) {
    const message = typeof error === 'string' ? error : safeText(error);
    return { name: 'Error', message, stack: undefined, fields: undefined, cause: undefined, errors: undefined };
  }
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    const v = (error as unknown as Record<string, unknown>)[key];
    if (['string', 'number', 'boolean', 'bigint'].includes(typeof v) || key === 'parameters') fields[key] = v;
  }
  const cause = (error as { cause?: unknown }).cause;
  const inner = (error as { errors?: unknown }).errors;
  let encoded: Uint8Array | undefined;
  try {
    encoded = Object.keys(fields).length === 0 ? undefined : encodeValue(fields);
  } catch {
    // Fields that cannot be copied stay behind.
  }
  return {
    name: error.name,
    message: error.message,
    stack: userStack(error),
    fields: encoded,
    cause: cause === undefined || depth >= MAX_DEPTH ? undefined : encodeFailure(cause, depth + 1),
    errors: Array.isArray(inner) && depth < MAX_DEPTH ? inner.map((e) => encodeFailure(e, depth + 1)) : undefined,
  };
}

/** Without the frames of the worker: they say nothing to the user. */
function userStack(error: Error): string | undefined {
  const lines = error.stack?.split('\n');
  const ours = lines?.findIndex((l) => /^\s+at .*(\/rdd-worker\.js|\/dist\/chunks\/|node:internal)/.test(l)) ?? -1;
  return (ours < 0 ? lines : lines?.slice(0, ours))?.join('\n');
}

function safeText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value without text';
  }
}

/** An error like the one that was encoded. */
export function decodeFailure(data: EncodedFailure): Error {
  const fields = data.fields === undefined ? {} : (decodeValue(data.fields) as Record<string, unknown>);
  const cause = data.cause && decodeFailure(data.cause);
  const error: Error =
    data.name === 'SparkError' && typeof fields['condition'] === 'string'
      ? rebuilt(data, fields, cause)
      : named(data, fields, cause);
  if (data.errors) Object.assign(error, { errors: data.errors.map(decodeFailure) });
  return error;
}

function rebuilt(data: EncodedFailure, fields: Record<string, unknown>, cause: Error | undefined): SparkError {
  const condition = String(fields['condition']);
  const prefix = `[${condition}] `;
  return new SparkError(
    fields['kind'] as SparkError['kind'],
    condition,
    (fields['parameters'] ?? {}) as Record<string, string>,
    undefined,
    {
      message: data.message.startsWith(prefix) ? data.message.slice(prefix.length) : data.message,
      ...(cause && { cause }),
      ...(typeof fields['sqlState'] === 'string' && { sqlState: fields['sqlState'] }),
    },
  );
}

const NATIVE: Readonly<Record<string, ErrorConstructor>> = {
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  URIError,
  EvalError,
};

function named(data: EncodedFailure, fields: Record<string, unknown>, cause: Error | undefined): Error {
  const Class = NATIVE[data.name] ?? Error;
  const error = new Class(data.message, cause && { cause });
  Object.assign(error, fields);
  if (error.name !== data.name) Object.defineProperty(error, 'name', { value: data.name, configurable: true });
  if (data.stack !== undefined) Object.defineProperty(error, 'stack', { value: data.stack, configurable: true });
  return error;
}
