import { createRequire } from 'node:module';
import { Interval, Timestamp } from '../../storage/column/public-value.js';
import { CALENDAR_INTERVAL, DayTimeIntervalType, Decimal, YearMonthIntervalType } from '../../types/index.js';
import { copyWith, replaceIn } from './replace-deep.js';

// Loaded when a value is first encoded: most commands encode none.
let v8: typeof import('node:v8') | undefined;
function engine(): typeof import('node:v8') {
  v8 ??= createRequire(import.meta.url)('node:v8') as typeof import('node:v8');
  return v8;
}

/** A class whose instances keep their class on the way between threads, where structured clone makes plain objects of them. */
interface TaggedClass {
  readonly tag: string;
  readonly is: (value: object) => boolean;
  readonly encode: (value: never, notes: EncodeNotes) => unknown;
  readonly decode: (data: never) => unknown;
}

/** Told of what an encoded value refers to. */
export interface EncodeNotes {
  readonly broadcast?: (id: number, broadcast: object) => void;
}

const TAG = '\u0000class';
const classes: TaggedClass[] = [
  {
    tag: 'Decimal',
    is: (v) => v instanceof Decimal,
    encode: (v: Decimal) => [v.unscaled, v.scale],
    decode: ([unscaled, scale]: [bigint, number]) => new Decimal(unscaled, scale),
  },
  {
    tag: 'Timestamp',
    is: (v) => v instanceof Timestamp,
    encode: (v: Timestamp) => [v.micros, v.timeZone],
    decode: ([micros, zone]: [bigint, string | undefined]) => new Timestamp(micros, zone),
  },
  {
    tag: 'Interval',
    is: (v) => v instanceof Interval,
    encode: ({ months, days, micros, dataType: t }: Interval) => {
      const fields = t.kind === 'ym_interval' || t.kind === 'dt_interval' ? [t.startField, t.endField] : [];
      return [months, days, micros, t.kind, ...fields];
    },
    decode: ([months, days, micros, kind, from, to]: [number, number, bigint, string, number, number]) =>
      new Interval(
        months,
        days,
        micros,
        kind === 'ym_interval'
          ? new YearMonthIntervalType(from as never, to as never)
          : kind === 'dt_interval'
            ? new DayTimeIntervalType(from as never, to as never)
            : CALENDAR_INTERVAL,
      ),
  },
];

/** Adds a class whose instances travel. */
export function registerTaggedClass(c: TaggedClass): void {
  if (!classes.some((known) => known.tag === c.tag)) classes.push(c);
}

function tagOf(value: object): TaggedClass | undefined {
  const proto = Object.getPrototypeOf(value) as object | null;
  if (proto === Object.prototype || proto === null || proto === Array.prototype) return undefined;
  for (const c of classes) if (c.is(value)) return c;
  return undefined;
}

/** Whether something inside needs a tag. Cyclic values are looked through once. */
function needsTags(value: unknown, seen: Set<object> | undefined, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) {
    // Cycles are rare: only deep values are remembered.
    if (depth > 64) {
      seen ??= new Set();
      if (seen.has(value)) return false;
      seen.add(value);
    }
    for (const v of value) if (typeof v === 'object' && v !== null && needsTags(v, seen, depth + 1)) return true;
    return false;
  }
  const proto = Object.getPrototypeOf(value) as object | null;
  if (proto !== Object.prototype && proto !== null) {
    if (tagOf(value)) return true;
    if (value instanceof Map) return needsTags([...value.keys(), ...value.values()], seen, depth);
    if (value instanceof Set) return needsTags([...value], seen, depth);
    if (ArrayBuffer.isView(value)) return false;
  }
  if (depth > 64) {
    seen ??= new Set();
    if (seen.has(value)) return false;
    seen.add(value);
  }
  for (const key in value) {
    const v = (value as Record<string, unknown>)[key];
    if (typeof v === 'object' && v !== null && needsTags(v, seen, depth + 1)) return true;
  }
  return false;
}

function addTags(value: unknown, notes: EncodeNotes): unknown {
  return copyWith(value, (v) => {
    const tagged = tagOf(v);
    return tagged && { [TAG]: tagged.tag, data: tagged.encode(v as never, notes) };
  });
}

function removeTags(value: unknown): unknown {
  return replaceIn(value, (v) => {
    const tag = (v as Record<string, unknown>)[TAG];
    return tag === undefined
      ? undefined
      : (classes.find((c) => c.tag === tag)?.decode((v as { data: never }).data) ?? v);
  });
}

const PLAIN = 0;
const TAGGED = 1;
const NUMBERS = 2;
const NUMBER_PAIRS = 3;
/** Keeps what follows aligned for numbers. */
const HEADER = 8;

/** Bytes of any value that structured clone can copy, and of the classes that are registered.
 * @throws DataCloneError for functions and the like */
export function encodeValue(value: unknown, notes: EncodeNotes = {}): Uint8Array {
  const packed = Array.isArray(value) ? packNumbers(value) : undefined;
  if (packed) return packed;
  const tagged = needsTags(value, undefined, 0);
  const body = engine().serialize(tagged ? addTags(value, notes) : value);
  const out = new Uint8Array(HEADER + body.length);
  out[0] = tagged ? TAGGED : PLAIN;
  out.set(body, HEADER);
  return out;
}

/** Numbers, and pairs of numbers, are copied as they lie in memory: several times faster than value by value. */
function packNumbers(values: readonly unknown[]): Uint8Array | undefined {
  const n = values.length;
  const [first] = values;
  if (n < 16) return undefined;
  if (typeof first === 'number') {
    for (const v of values) if (typeof v !== 'number') return undefined;
    const out = new Uint8Array(HEADER + 8 * n);
    out[0] = NUMBERS;
    new Float64Array(out.buffer, HEADER).set(values as number[]);
    return out;
  }
  if (!isNumberPair(first)) return undefined;
  for (const v of values) if (!isNumberPair(v)) return undefined;
  const out = new Uint8Array(HEADER + 16 * n);
  out[0] = NUMBER_PAIRS;
  const numbers = new Float64Array(out.buffer, HEADER);
  for (let i = 0; i < n; i++) {
    const pair = values[i] as [number, number];
    numbers[2 * i] = pair[0];
    numbers[2 * i + 1] = pair[1];
  }
  return out;
}

function isNumberPair(v: unknown): boolean {
  return Array.isArray(v) && v.length === 2 && typeof v[0] === 'number' && typeof v[1] === 'number';
}

/** What `encodeValue` made bytes of: a value of its own, which shares nothing. */
export function decodeValue(bytes: Uint8Array): unknown {
  const kind = bytes[0];
  if (kind === NUMBERS || kind === NUMBER_PAIRS) {
    const aligned = (bytes.byteOffset + HEADER) % 8 === 0 ? bytes : bytes.slice();
    const numbers = new Float64Array(aligned.buffer, aligned.byteOffset + HEADER, (aligned.length - HEADER) / 8);
    if (kind === NUMBERS) return Array.from(numbers);
    const out = new Array<[number, number]>(numbers.length / 2);
    for (let i = 0; i < out.length; i++) out[i] = [numbers[2 * i] as number, numbers[2 * i + 1] as number];
    return out;
  }
  const value = engine().deserialize(bytes.subarray(HEADER)) as unknown;
  return kind === TAGGED ? removeTags(value) : value;
}

/** A copy that shares nothing and keeps the classes that travel, where `structuredClone` would make plain objects. */
export function copyValue<T>(value: T): T {
  return decodeValue(encodeValue(value)) as T;
}

/** Bytes that the heap of a thread may grow to. */
export function heapLimit(): number {
  return engine().getHeapStatistics().heap_size_limit;
}

/** The same bytes in memory that all threads see. */
export function toShared(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(new SharedArrayBuffer(bytes.length));
  out.set(bytes);
  return out;
}
