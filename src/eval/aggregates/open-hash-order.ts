import type { DataType, Value } from '../../types/index.js';
import { hashBytes32, hashInt32 } from '../murmur3.js';

const view = new DataView(new ArrayBuffer(8));
const foldLong = (v: bigint): number => Number(BigInt.asIntN(32, v ^ (BigInt.asUintN(64, v) >> 32n)));

/** Java's `hashCode` of a value as Spark boxes it; undefined for types whose hash is not rebuilt here. */
function javaHash(value: Value, type: DataType): number | undefined {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
    case 'ym_interval':
      return value as number;
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'dt_interval':
      return foldLong(value as bigint);
    case 'float':
      view.setFloat32(0, value as number);
      return view.getInt32(0);
    case 'double':
      view.setFloat64(0, value as number);
      return foldLong(view.getBigInt64(0));
    case 'boolean':
      return value === true ? 1231 : 1237;
    case 'string':
    case 'char':
    case 'varchar':
      return hashBytes32(new TextEncoder().encode(value as string), 42);
    default:
      return undefined;
  }
}

const LEAST_CAPACITY = 64;
const LOAD_FACTOR = 0.7;

/** Distinct values, given in the order of their insertion, in the order in which Spark's hash map would list them; as given
 * where their hash is not known. Ties of `mode` go by it. Spark: `OpenHashMap`. */
export function openHashOrder<T extends { readonly value: Value }>(
  entries: readonly T[],
  type: DataType,
): readonly T[] {
  let slots: (T | undefined)[] = new Array<T | undefined>(LEAST_CAPACITY).fill(undefined);
  const place = (into: (T | undefined)[], entry: T): boolean => {
    const hash = javaHash(entry.value, type);
    if (hash === undefined) return false;
    const mask = into.length - 1;
    let at = hashInt32(hash, 0) & mask;
    for (let step = 1; into[at] !== undefined; step++) at = (at + step) & mask;
    into[at] = entry;
    return true;
  };
  let size = 0;
  for (const entry of entries) {
    if (!place(slots, entry)) return entries;
    if (++size <= Math.trunc(LOAD_FACTOR * slots.length)) continue;
    const grown = new Array<T | undefined>(slots.length * 2).fill(undefined);
    for (const e of slots) if (e) place(grown, e);
    slots = grown;
  }
  return slots.filter((e): e is T => e !== undefined);
}
