import {
  type PublicConverter,
  type PublicOptions,
  publicConverter,
  publicRowMaker,
} from '../storage/column/public-value.js';
import type { StructType, Value } from '../types/index.js';
import { toJsonText } from './json-row.js';

/** A row of `collect()`: an object without prototype, values keyed by column name. */
export type ObjectRow = Record<string, unknown>;

/** Turns internal rows into what users get, one schema at a time. */
export class RowConverter {
  readonly #converters: readonly PublicConverter[];
  readonly #make: (row: readonly Value[]) => ObjectRow;
  constructor(
    readonly schema: StructType,
    readonly options: PublicOptions,
  ) {
    this.#converters = schema.fields.map((f) => publicConverter(f.dataType, options));
    this.#make = publicRowMaker(schema.fieldNames, this.#converters);
  }
  toArray(row: readonly Value[]): unknown[] {
    return row.map((v, i) => (this.#converters[i] as PublicConverter)(v));
  }
  /** Of columns with one name, the last wins; see `collectArrays`. */
  toObject(row: readonly Value[]): ObjectRow {
    return this.#make(row);
  }
  toJson(row: readonly Value[]): string {
    return toJsonText(row, this.schema, this.options.timeZone ?? 'UTC');
  }
}
