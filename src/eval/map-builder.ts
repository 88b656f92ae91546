import { runtimeError } from '../errors/index.js';
import { type DataType, MapValue, toSqlString, type Value } from '../types/index.js';
import { valueKey } from './compare.js';

/** Collects entries of a map; null keys and duplicates are errors. -0.0 becomes 0.0. Spark: `ArrayBasedMapBuilder`.
 * @throws NULL_MAP_KEY, DUPLICATED_MAP_KEY */
export class MapBuilder {
  readonly #keys: Value[] = [];
  readonly #values: Value[] = [];
  readonly #seen = new Set<ReturnType<typeof valueKey>>();
  constructor(readonly keyType: DataType) {}
  put(key: Value, value: Value): void {
    if (key === null) throw runtimeError('NULL_MAP_KEY', {});
    const id = valueKey(key, this.keyType);
    if (this.#seen.has(id)) {
      throw runtimeError('DUPLICATED_MAP_KEY', {
        key: toSqlString(key, this.keyType),
        mapKeyDedupPolicy: '"spark.sql.mapKeyDedupPolicy"',
      });
    }
    this.#seen.add(id);
    this.#keys.push(Object.is(key, -0) ? 0 : key);
    this.#values.push(value);
  }
  build(): MapValue {
    return new MapValue(this.#keys, this.#values);
  }
}

/** Position of a key among a map's keys, or -1. */
export function findKey(map: MapValue, key: Value, keyType: DataType): number {
  const id = valueKey(key, keyType);
  for (let i = 0; i < map.keys.length; i++) if (valueKey(map.keys[i] as Value, keyType) === id) return i;
  return -1;
}
