/** Marks canonical forms of keys that are not primitive; strings that begin with it are marked too. */
const MARK = '\u0001';

/** A primitive that is the same for equal keys: numbers and whole bigints by value (1 is 1n, 0 is -0, NaN is NaN), arrays,
 * objects and dates by content. `null` and `undefined` are keys of their own. */
export function canonicalKey(key: unknown): unknown {
  switch (typeof key) {
    case 'string':
      return key.charCodeAt(0) === 1 ? `${MARK}s${key}` : key;
    case 'bigint':
      return Number.isSafeInteger(Number(key)) ? Number(key) : key;
    case 'object':
      return key === null ? null : MARK + describe(key);
    default:
      return key;
  }
}

/** Whether canonical forms are of equal keys. */
export function sameKey(a: unknown, b: unknown): boolean {
  // 0 is -0, and NaN is NaN.
  return a === b || Object.is(a, b);
}

function describe(v: unknown): string {
  switch (typeof v) {
    case 'string':
      return JSON.stringify(v);
    case 'number':
      return v === 0 ? '0' : String(v);
    case 'bigint':
      return String(v);
    case 'object':
      break;
    default:
      return `${typeof v}:${String(v)}`;
  }
  if (v === null) return 'null';
  if (Array.isArray(v)) return `[${v.map(describe).join()}]`;
  if (v instanceof Date) return `Date(${v.getTime()})`;
  if (ArrayBuffer.isView(v)) return `${v.constructor.name}(${Array.from(v as Uint8Array).join()})`;
  if (v instanceof Map) return `Map{${[...v].map(([k, x]) => `${describe(k)}:${describe(x)}`).sort()}}`;
  if (v instanceof Set) return `Set{${[...v].map(describe).sort()}}`;
  const proto = Object.getPrototypeOf(v) as { constructor?: { name: string } } | null;
  const name = proto === null || proto === Object.prototype ? '' : (proto.constructor?.name ?? '');
  const fields = Object.keys(v).sort();
  return `${name}{${fields.map((k) => `${JSON.stringify(k)}:${describe((v as Record<string, unknown>)[k])}`).join()}}`;
}

function hashText(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
  return h;
}

const words = new DataView(new ArrayBuffer(8));

/** Equal keys have equal hashes, in every process. Whole numbers, strings and booleans hash as in Scala. */
export function hashKey(key: unknown): number {
  switch (typeof key) {
    case 'number':
      if ((key | 0) === key) return key | 0;
      if (Number.isSafeInteger(key)) return hashLong(BigInt(key));
      words.setFloat64(0, key);
      return words.getInt32(0) ^ words.getInt32(4);
    case 'string':
      return hashText(key);
    case 'boolean':
      return key ? 1231 : 1237;
    case 'bigint': {
      const n = Number(key);
      return Number.isSafeInteger(n) ? hashKey(n) : hashLong(key);
    }
    case 'object':
      return key === null ? 0 : hashText(describe(key));
    default:
      return key === undefined ? 0 : hashText(String(key));
  }
}

/** Java: `Long.hashCode`. */
function hashLong(v: bigint): number {
  const low = BigInt.asIntN(64, v);
  return Number(BigInt.asIntN(32, low ^ BigInt.asUintN(64, low >> 32n)));
}

/** Spark: `Utils.nonNegativeMod`. */
export function nonNegativeMod(x: number, mod: number): number {
  const raw = x % mod;
  return raw < 0 ? raw + mod : raw;
}

/** A total order: null and undefined first, then values of one type by that type (strings by UTF-16 units, arrays element by
 * element, NaN last of the numbers); values of different types by the type's name. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') {
    if (a < b) return -1;
    if (a > b) return 1;
    if (a === b) return 0;
    return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1;
  }
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (a === null || a === undefined || b === null || b === undefined)
    return Number(a !== null && a !== undefined) - Number(b !== null && b !== undefined);
  const kinds = rankOf(a) - rankOf(b);
  if (kinds !== 0) return kinds;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const c = compareValues(a[i], b[i]);
      if (c !== 0) return c;
    }
    return a.length - b.length;
  }
  if (typeof a === 'object') {
    if (ArrayBuffer.isView(a)) return compareValues(Array.from(a as Uint8Array), Array.from(b as Uint8Array));
    // Dates and timestamps have numbers as their values; Decimals compare themselves.
    const compare = (a as { compareTo?: (other: unknown) => number }).compareTo;
    if (typeof compare === 'function') return compare.call(a, b);
    const [x, y] = [(a as object).valueOf(), (b as object).valueOf()];
    if (typeof x !== 'object' && typeof y !== 'object') return compareValues(x, y);
    return compareValues(Object.values(a as object), Object.values(b as object));
  }
  return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
}

const RANKS: Readonly<Record<string, number>> = { boolean: 0, number: 1, bigint: 1, string: 2, object: 3 };

function rankOf(v: unknown): number {
  return Array.isArray(v) ? 4 : (RANKS[typeof v] ?? 5);
}
