import { type PublicConverter, type PublicOptions, publicConverter } from '../storage/column/public-value.js';
import { toJsonText } from './json-row.js';
import type { StructType, Value } from '../types/index.js';

/** A row of `collect()`: an object without prototype, values keyed by column name. */
export type ObjectRow = Record<string, unknown>;

/** Turns internal rows into what users get, one schema at a time. */
export class RowConverter {
  readonly #converters: readonly PublicConverter[];
  readonly #names: readonly string[];
  constructor(
    readonly schema: StructType,
    readonly options: PublicOptions,
  ) {
    this.#converters = schema.fields.map((f) => publicConverter(f.dataType, options));
    this.#names = schema.fieldNames;
  }
  toArray(row: readonly Value[]): unknown[] {
    return row.map((v, i) => (this.#converters[i] as PublicConverter)(v));
  }
  /** Of columns with one name, the last wins; see `collectArrays`. */
  toObject(row: readonly Value[]): ObjectRow {
    const out: ObjectRow = Object.create(null);
    for (let i = 0; i < row.length; i++)
      out[this.#names[i] as string] = (this.#converters[i] as PublicConverter)(row[i] as Value);
    return out;
  }
  toJson(row: readonly Value[]): string {
    return toJsonText(row, this.schema, this.options.timeZone ?? 'UTC');
  }
}
