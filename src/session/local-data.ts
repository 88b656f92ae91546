import { analysisError } from '../errors/index.js';
import { AttributeReference } from '../plan/expressions/index.js';
import { LocalRelation } from '../plan/logical/index.js';
import { Interval, Timestamp } from '../storage/column/public-value.js';
import { type DataType, Decimal, NULL, STRING, StructField, StructType } from '../types/index.js';
import { parseSchema } from '../types/parse-type.js';
import { fromPublic } from './from-public.js';
import { inferType, mergeTypes } from './infer-type.js';

/** Rows: arrays, or objects by column; values, where the schema is a bare type. */
export type LocalInput = readonly unknown[];
/** What `isRow` lets pass. */
type Row = readonly unknown[] | Readonly<Record<string, unknown>>;

let lastIdentity = 0;

/** JavaScript rows as a relation that equals only itself: arrays or objects, or with the schema of a bare type (`INT`) values.
 * @throws CANNOT_DETERMINE_TYPE where no row tells a column's type, CANNOT_INFER_SCHEMA_FOR_TYPE and
 * CANNOT_ACCEPT_OBJECT_IN_TYPE for what is no row, and conversion errors that name column and row */
export function localData(
  rows: LocalInput,
  schema: StructType | string | readonly string[] | undefined,
  timeZone: string,
): LocalRelation {
  const type =
    schema instanceof StructType
      ? schema
      : typeof schema === 'string'
        ? parseSchema(schema)
        : inferSchema(rows, schema);
  const bare = typeof schema === 'string' && type.fields[0]?.name === 'value' && !/^\s*[`v]/i.test(schema);
  const values = rows.map((r, i) => {
    if (!isRow(r)) {
      if (bare) return [fromPublic(r, type.fields[0]!.dataType, timeZone, () => `row ${i}`)];
      throw analysisError('CANNOT_ACCEPT_OBJECT_IN_TYPE', {
        data_type: 'StructType',
        obj_name: String(r),
        obj_type: kindOf(r),
      });
    }
    return type.fields.map((f, c) => {
      const v = Array.isArray(r)
        ? (r as readonly unknown[])[c]
        : Object.hasOwn(r, f.name)
          ? (r as Record<string, unknown>)[f.name]
          : undefined;
      return fromPublic(v, f.dataType, timeZone, () => `column ${f.name} of row ${i}`);
    });
  });
  const output = type.fields.map((f) => AttributeReference.create(f.name, f.dataType, f.nullable, [], f.metadata));
  return new LocalRelation(output, values, ++lastIdentity);
}

function inferSchema(input: LocalInput, names: readonly string[] | undefined): StructType {
  if (input.length === 0) throw analysisError('CANNOT_INFER_EMPTY_SCHEMA', {});
  const rows = input.filter(isRow);
  const other = input.findIndex((r) => !isRow(r));
  if (other >= 0) throw analysisError('CANNOT_INFER_SCHEMA_FOR_TYPE', { data_type: kindOf(input[other]) });
  const [first] = rows;
  const isArray = Array.isArray(first);
  const keys = isArray
    ? (first as readonly unknown[]).map((_, i) => names?.[i] ?? `_${i + 1}`)
    : [...new Set(rows.flatMap((r) => Object.keys(r)))];
  const types = keys.map((key, i) => {
    let t: DataType = NULL;
    for (const r of rows)
      t = mergeTypes(t, inferType(isArray ? (r as readonly unknown[])[i] : (r as Record<string, unknown>)[key]));
    return t.kind === 'null' ? STRING : t;
  });
  return new StructType(keys.map((k, i) => new StructField(isArray ? k : (names?.[i] ?? k), types[i] as DataType)));
}

/** An array, or an object that is no value of its own. */
function isRow(r: unknown): r is Row {
  if (typeof r !== 'object' || r === null) return false;
  if (Array.isArray(r)) return true;
  return !(r instanceof Date || r instanceof Map || r instanceof Set || ArrayBuffer.isView(r) || isValueObject(r));
}
const isValueObject = (r: object): boolean => r instanceof Decimal || r instanceof Timestamp || r instanceof Interval;

function kindOf(r: unknown): string {
  if (typeof r !== 'object' || r === null) return r === null ? 'null' : typeof r;
  return r.constructor?.name ?? 'object';
}
