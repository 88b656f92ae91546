import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkColumnNames, mergeStructs } from '../../src/storage/files/merge-schema.js';
import { parseFooter } from '../../src/storage/parquet/footer.js';
import type { Annotation, SchemaNode } from '../../src/storage/parquet/format.js';
import { inferParquetSchema } from '../../src/storage/parquet/infer-schema.js';
import { readFooter, sparkSchema } from '../../src/storage/parquet/reader.js';
import { schemaFromJson, schemaToJson } from '../../src/storage/parquet/schema-json.js';
import { buildSchema, type SchemaElement } from '../../src/storage/parquet/schema-tree.js';
import { SPARK_METADATA_KEY } from '../../src/storage/parquet/spark-schema.js';
import { DecimalType, INT, LONG, STRING, StructField, StructType } from '../../src/types/index.js';
import { FIXTURES, fixture } from './parquet-harness.js';

/** Recorded with Spark 4.0.1: `spark.read.parquet(file).schema.simpleString`. */
const recorded = JSON.parse(readFileSync(join(FIXTURES, 'spark-schemas.json'), 'utf8')) as Record<string, string>;

/** The Spark type of a file with one column. */
function typeOf(element: Partial<SchemaElement>, keyValue: Record<string, string> = {}): string {
  const { root, leaves } = buildSchema([
    { name: 'schema', type: undefined, typeLength: 0, repetition: 0, childCount: 1, annotation: undefined },
    { name: 'a', type: 1, typeLength: 0, repetition: 1, childCount: 0, annotation: undefined, ...element },
  ]);
  return ofTree(root, leaves, keyValue);
}
function ofTree(schema: SchemaNode, leaves: readonly SchemaNode[], keyValue: Record<string, string> = {}): string {
  const file = {
    path: '',
    size: 0,
    mtimeMs: 0,
    numRows: 0,
    createdBy: '',
    keyValue,
    schema,
    leaves,
    rowGroups: [],
    footerBytes: 0,
  };
  return sparkSchema(file).simpleString;
}
const a = (annotation: Annotation): { annotation: Annotation } => ({ annotation });

describe('the schema that Spark infers', () => {
  it.each(Object.entries(recorded))('%s', async (name, schema) => {
    expect(sparkSchema(await readFooter(fixture(name))).simpleString).toBe(schema);
  });

  it('for logical types', () => {
    expect(typeOf({ type: 6, ...a({ kind: 'json' }) })).toBe('struct<a:string>');
    expect(typeOf({ type: 6, ...a({ kind: 'enum' }) })).toBe('struct<a:string>');
    expect(typeOf({ type: 6, ...a({ kind: 'bson' }) })).toBe('struct<a:binary>');
    expect(typeOf({ type: 6, ...a({ kind: 'decimal', precision: 38, scale: 2 }) })).toBe('struct<a:decimal(38,2)>');
    expect(typeOf({ type: 3 })).toBe('struct<a:timestamp>');
    expect(typeOf({ type: 2, ...a({ kind: 'timestamp', unit: 'MILLIS', utc: true }) })).toBe('struct<a:timestamp>');
    expect(typeOf({ type: 2, ...a({ kind: 'timestamp', unit: 'MICROS', utc: false }) })).toBe(
      'struct<a:timestamp_ntz>',
    );
  });

  // Conditions and texts recorded with Spark 4.0.1.
  it.each<[string, Partial<SchemaElement>]>([
    ['INT64 (TIMESTAMP(NANOS,false))', { type: 2, ...a({ kind: 'timestamp', unit: 'NANOS', utc: false }) }],
    ['INT64 (TIMESTAMP(NANOS,true))', { type: 2, ...a({ kind: 'timestamp', unit: 'NANOS', utc: true }) }],
    ['INT32 (TIME(MILLIS,false))', { type: 1, ...a({ kind: 'time', unit: 'MILLIS', utc: false }) }],
    ['FIXED_LEN_BYTE_ARRAY (UUID)', { type: 7, typeLength: 16, ...a({ kind: 'uuid' }) }],
    ['FIXED_LEN_BYTE_ARRAY (FLOAT16)', { type: 7, typeLength: 2, ...a({ kind: 'float16' }) }],
  ])('refuses %s', (parquetType, element) => {
    expect(() => typeOf(element)).toThrow(
      expect.objectContaining({ condition: 'PARQUET_TYPE_ILLEGAL', parameters: { parquetType }, sqlState: '42846' }),
    );
  });

  it('takes what Spark stored', () => {
    const stored =
      '{"type":"struct","fields":[{"name":"A","type":"short","nullable":false,"metadata":{"k":1}},{"name":"i","type":"interval day to second","nullable":true,"metadata":{}}]}';
    expect(typeOf({}, { [SPARK_METADATA_KEY]: stored })).toBe('struct<A:smallint,i:interval day to second>');
    expect(typeOf({}, { [SPARK_METADATA_KEY]: 'nonsense' })).toBe('struct<a:int>');
    expect(schemaToJson(schemaFromJson(stored) as StructType)).toBe(stored);
  });

  it('understands two-level lists and repeated fields', () => {
    const base = { typeLength: 0, annotation: undefined, childCount: 0 };
    const list = a({ kind: 'list' });
    const { root, leaves } = buildSchema([
      { ...base, name: 's', type: undefined, repetition: 0, childCount: 4 },
      { ...base, name: 'l', type: undefined, repetition: 1, childCount: 1, ...list },
      { ...base, name: 'element', type: 1, repetition: 2 },
      { ...base, name: 'r', type: 1, repetition: 2 },
      { ...base, name: 't', type: undefined, repetition: 1, childCount: 1, ...list },
      { ...base, name: 't_tuple', type: undefined, repetition: 2, childCount: 1 },
      { ...base, name: 'x', type: 1, repetition: 1 },
      { ...base, name: 'm', type: undefined, repetition: 1, childCount: 1, ...a({ kind: 'mapKeyValue' }) },
      { ...base, name: 'map', type: undefined, repetition: 2, childCount: 2 },
      { ...base, name: 'key', type: 6, repetition: 0, ...a({ kind: 'string' }) },
      { ...base, name: 'value', type: 1, repetition: 1 },
    ]);
    expect(ofTree(root, leaves)).toBe('struct<l:array<int>,r:array<int>,t:array<struct<x:int>>,m:map<string,int>>');
  });
});

describe('merged schemas', () => {
  const struct = (...fields: [string, StructField['dataType']][]) =>
    new StructType(fields.map(([n, t]) => new StructField(n, t)));
  it('have the fields of all', () => {
    const merged = mergeStructs(
      struct(['a', INT], ['s', struct(['x', INT])]),
      struct(['S', struct(['y', LONG])], ['b', STRING]),
    );
    expect(merged.simpleString).toBe('struct<a:int,s:struct<x:int,y:bigint>,b:string>');
    expect(mergeStructs(struct(['d', new DecimalType(5, 2)]), struct(['d', new DecimalType(9, 2)])).simpleString).toBe(
      'struct<d:decimal(9,2)>',
    );
  });
  it('must agree in types', () => {
    expect(() => mergeStructs(struct(['a', INT]), struct(['a', LONG], ['b', STRING]))).toThrow(
      expect.objectContaining({
        condition: 'CANNOT_MERGE_SCHEMAS',
        parameters: { left: '"STRUCT<a: INT>"', right: '"STRUCT<a: BIGINT, b: STRING>"' },
      }),
    );
  });
  it('must not have two columns of one name', () => {
    const twice = struct(['a', INT], ['s', struct(['x', INT], ['X', LONG])]);
    expect(() => checkColumnNames(twice)).toThrow(
      expect.objectContaining({ condition: 'COLUMN_ALREADY_EXISTS', parameters: { columnName: '`x`' } }),
    );
    expect(() => checkColumnNames(twice, true)).not.toThrow();
  });
  it('are of the first file by path unless merged', () => {
    const files = [fixture('int96'), fixture('groups')];
    expect(inferParquetSchema(files)?.simpleString).toBe(recorded['groups']);
    expect(inferParquetSchema(files, { mergeSchema: true })?.fieldNames).toEqual(['id', 's', 'd', 'f', 'n', 't']);
    expect(inferParquetSchema([])).toBeUndefined();
  });
});

describe('footers that lie', () => {
  it('are refused', () => {
    for (const bytes of [
      [],
      [0x00],
      [0x15, 0x02, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f],
      [0x19, 0xf1, 0xff, 0x7f],
      Array(64).fill(0x1c),
    ])
      expect(() => parseFooter('x', 100, 0, Uint8Array.from(bytes))).toThrow();
  });
});
