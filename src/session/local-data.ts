import { analysisError } from '../errors/index.js';
import { AttributeReference } from '../plan/expressions/index.js';
import { LocalRelation } from '../plan/logical/index.js';
import { type DataType, NULL, STRING, StructField, StructType } from '../types/index.js';
import { parseSchema } from '../types/parse-type.js';
import { fromPublic } from './from-public.js';
import { inferType, mergeTypes } from './infer-type.js';

export type LocalInput = readonly (readonly unknown[] | Readonly<Record<string, unknown>>)[];

let lastIdentity = 0;

/** JavaScript rows as a relation that equals only itself. @throws CANNOT_DETERMINE_TYPE where no row tells a column's type,
 * and conversion errors that name column and row */
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
  const values = rows.map((r, i) =>
    type.fields.map((f, c) => {
      const v = Array.isArray(r)
        ? (r as readonly unknown[])[c]
        : Object.hasOwn(r, f.name)
          ? (r as Record<string, unknown>)[f.name]
          : undefined;
      return fromPublic(v, f.dataType, timeZone, () => `column ${f.name} of row ${i}`);
    }),
  );
  const output = type.fields.map((f) => AttributeReference.create(f.name, f.dataType, f.nullable, [], f.metadata));
  return new LocalRelation(output, values, ++lastIdentity);
}

function inferSchema(rows: LocalInput, names: readonly string[] | undefined): StructType {
  const [first] = rows;
  if (first === undefined) throw analysisError('CANNOT_INFER_EMPTY_SCHEMA', {});
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
