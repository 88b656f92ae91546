import { runtimeError } from '../../errors/index.js';
import { decodeValue, encodeValue } from '../data/value-codec.js';
import type { Stored, StoredRow } from './point-reads.js';

/** A key of a look-up: numbers and bigints of one value are one key. */
export type LookupKey = string | number | bigint | Uint8Array;

/** Names a look-up on its way to workers: plain data, so that it can be passed in `vars`. */
export interface LookupRef {
  readonly path: string;
}

/** The tables of a look-up. */
export const SCHEMA = `
  CREATE TABLE entries (k PRIMARY KEY, v, coded INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE about (version INTEGER NOT NULL, entries INTEGER NOT NULL, built_at INTEGER NOT NULL);`;
/** One entry; the last one of a key stays. */
export const INSERT = 'INSERT OR REPLACE INTO entries VALUES (?, ?, ?)';
/** The one row that tells of the look-up. */
export const ABOUT = 'SELECT * FROM about';
/** The entry of a key. */
export const SELECT = 'SELECT v, coded FROM entries WHERE k = ?';

/** Text that SQLite would cut off or change: with a zero, with half a surrogate pair. */
const LOSSY = /[\0\ud800-\udfff]/u;

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** The key as SQLite compares it. @throws LOOKUP_KEY for what can be no key */
export function keyOf(key: unknown): string | number | bigint | Uint8Array {
  switch (typeof key) {
    case 'string':
      return LOSSY.test(key) ? Buffer.from(`\0text${key}`, 'utf16le') : key;
    case 'number':
      if (!Number.isNaN(key)) return key;
      break;
    case 'bigint':
      if (key <= MAX_INT64 && key >= MIN_INT64) return key;
      break;
    case 'object':
      if (key instanceof Uint8Array) return key;
  }
  throw runtimeError('LOOKUP_KEY', { key: typeof key === 'bigint' ? `${key}n` : String(key) });
}

/** A value as SQLite holds it, and whether it is coded. What SQLite would change is coded: such text, bigints,
 * booleans, -0, objects. */
export function storedOf(value: unknown): readonly [Stored, 0 | 1] {
  if (typeof value === 'string' && !LOSSY.test(value)) return [value, 0];
  if (typeof value === 'number' && !Object.is(value, -0) && Number.isFinite(value)) return [value, 0];
  return [encodeValue(value), 1];
}

/** What was stored. */
export function storedValue(row: StoredRow): unknown {
  return row['coded'] === 1 ? decodeValue(row['v'] as Uint8Array) : row['v'];
}

/** What a look-up says of itself. */
export interface AboutLookup {
  readonly version: number;
  readonly entries: number;
  readonly builtAt: Date;
}

/** The row of `ABOUT`, read. */
export function aboutOf(row: StoredRow): AboutLookup {
  return {
    version: Number(row['version']),
    entries: Number(row['entries']),
    builtAt: new Date(Number(row['built_at'])),
  };
}
