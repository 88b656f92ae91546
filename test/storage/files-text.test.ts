import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cast } from '../../src/eval/cast.js';
import { inferCsvSchema, readCsv, type TextScan, writeCsvFile } from '../../src/storage/files/csv.js';
import { inferJsonSchema, readJson, writeJsonFile } from '../../src/storage/files/json.js';
import { CountingSource } from '../../src/storage/files/source.js';
import { readLines, splitLines } from '../../src/storage/files/text-lines.js';
import { type TextParsers, UTC_PARSERS } from '../../src/storage/files/text-options.js';
import {
  ArrayType,
  BINARY,
  BOOLEAN,
  BYTE,
  type DataType,
  DATE,
  Decimal,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  MapType,
  MapValue,
  type RowValues,
  SHORT,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  type Value,
} from '../../src/types/index.js';

const directory = mkdtempSync(join(tmpdir(), 'memoframe-text-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Case {
  readonly text: string;
  readonly options: Record<string, string>;
  readonly schema: string | null;
  readonly result?: string;
  readonly names: string[];
  readonly rows?: (string | null)[][];
  readonly error?: string[];
}
/** Recorded with Spark 4.0.1 by `test/fixtures/files/record.py`. */
const cases = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/files/text-cases.json'), 'utf8'),
) as Record<'csv' | 'json', Case[]>;

const TYPES: Record<string, DataType> = {
  tinyint: BYTE,
  smallint: SHORT,
  int: INT,
  bigint: LONG,
  float: FLOAT,
  double: DOUBLE,
  string: STRING,
  boolean: BOOLEAN,
  date: DATE,
  timestamp: TIMESTAMP,
  binary: BINARY,
  'decimal(5,2)': new DecimalType(5, 2),
  'map<string,int>': new MapType(STRING, INT),
  'struct<x:int,y:string>': new StructType([new StructField('x', INT), new StructField('y', STRING)]),
};
const schemaOf = (ddl: string): StructType =>
  new StructType(
    ddl.split(', ').map((part) => {
      const at = part.indexOf(' ');
      return new StructField(part.slice(0, at), TYPES[part.slice(at + 1)] as DataType);
    }),
  );

/** As the session's, with the one pattern that the cases use. */
const parsers: TextParsers = {
  date(text, pattern) {
    if (pattern === undefined) return UTC_PARSERS.date(text);
    const match = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
    return match ? UTC_PARSERS.date(`${match[3]}-${match[2]}-${match[1]}`) : null;
  },
  timestamp: UTC_PARSERS.timestamp,
};

let count = 0;
function write(text: string): string {
  const path = join(directory, `f${count++}.txt`);
  writeFileSync(path, text);
  return path;
}
const size = (path: string): number => readFileSync(path).length;

async function rowsOf(
  read: typeof readCsv,
  path: string,
  dataSchema: StructType,
  options: Record<string, string>,
  splitBytes = Number.MAX_SAFE_INTEGER,
): Promise<RowValues[]> {
  const rows: RowValues[] = [];
  const fileSize = size(path);
  for (let start = 0; start < Math.max(fileSize, 1); start += splitBytes) {
    const split = { path, start, length: Math.min(splitBytes, fileSize - start) };
    const scan: TextScan = { split, fileSize, dataSchema, columns: dataSchema.fieldNames, options, parsers };
    const source = new CountingSource(path);
    for await (const batch of read(scan, source)) rows.push(...batch);
    await source.close();
  }
  return rows;
}
const asText = (value: Value, type: DataType): Value => (value === null ? null : cast(value, type, STRING, 'LEGACY', 'UTC'));

describe.each(['csv', 'json'] as const)('%s as Spark reads it', (format) => {
  const infer = format === 'csv' ? inferCsvSchema : inferJsonSchema;
  const read = format === 'csv' ? readCsv : readJson;
  it.each(cases[format].map((c, i) => [i, JSON.stringify(c.text).slice(0, 60), c] as const))('%i %s', async (_, __, c) => {
    const path = write(c.text);
    const schema = c.schema === null ? (infer([path], c.options, parsers) as StructType) : schemaOf(c.schema);
    if (c.error) {
      await expect(rowsOf(read, path, schema, c.options)).rejects.toMatchObject({
        condition: c.error[0],
        cause: { condition: c.error[1] },
      });
      return;
    }
    expect(schema.simpleString).toBe(c.result);
    const rows = await rowsOf(read, path, schema, c.options);
    expect(rows.map((row) => row.map((v, i) => asText(v, (schema.fields[i] as StructField).dataType)))).toEqual(c.rows);
    // The same rows, whatever the splits.
    if (!c.options['multiLine'] && !c.text.startsWith('\ufeff') && !c.text.startsWith('#') && !c.text.startsWith('\n'))
      expect(await rowsOf(read, path, schema, c.options, 7)).toEqual(rows);
  });
});

describe('lines', () => {
  it('belong to the split that they start in', async () => {
    const text = 'one\r\ntwo\n\nfour\rfive\r\n\r\nseven';
    const path = write(text);
    const all = splitLines(text);
    expect(all).toEqual(['one', 'two', '', 'four', 'five', '', 'seven']);
    for (let step = 1; step <= text.length + 1; step++) {
      const lines: string[] = [];
      const source = new CountingSource(path);
      for (let start = 0; start < text.length; start += step)
        for await (const batch of readLines(source, { start, length: Math.min(step, text.length - start) }, text.length))
          lines.push(...batch);
      await source.close();
      expect(lines, `splits of ${step}`).toEqual(all);
    }
  });
});

describe('written files', () => {
  const schema = new StructType([
    new StructField('i', INT),
    new StructField('s', STRING),
    new StructField('d', new DecimalType(9, 2)),
    new StructField('f', DOUBLE),
    new StructField('t', DATE),
    new StructField('ts', TIMESTAMP),
  ]);
  const rows: RowValues[] = [
    [1, 'a,"b"\\c', new Decimal(-5n, 2), 1, 18262, 1600000000123456n],
    [null, null, null, null, null, null],
    [3, 'line\nbreak', new Decimal(123456789n, 2), 0.1, -1, 0n],
  ];

  it('come back from CSV', async () => {
    const path = join(directory, 'out.csv');
    const options = { header: 'true', multiLine: 'true' };
    expect(writeCsvFile(path, schema, rows, options).rows).toBe(3);
    const back = await rowsOf(readCsv, path, schema, options);
    expect(back[1]).toEqual(rows[1]);
    expect(back[2]).toEqual(rows[2]);
    expect(back[0]?.slice(0, 5)).toEqual(rows[0]?.slice(0, 5));
    expect(readFileSync(path, 'utf8').split('\n')[0]).toBe('i,s,d,f,t,ts');
    expect(readFileSync(path, 'utf8').split('\n')[1]).toBe('1,"a,\\"b\\"\\\\c",-0.05,1.0,2020-01-01,2020-09-13T12:26:40.123Z');
  });

  it('come back from JSON, nested ones too', async () => {
    const nested = new StructType([
      ...schema.fields,
      new StructField('l', new ArrayType(LONG)),
      new StructField('m', new MapType(STRING, new StructType([new StructField('x', BOOLEAN)]))),
      new StructField('b', BINARY),
    ]);
    const data: RowValues[] = [
      [...(rows[2] as RowValues), [1n, null, 2n ** 62n], new MapValue(['k', 'n'], [[true], null]), Uint8Array.of(1, 2)],
      nested.fields.map(() => null),
    ];
    const path = join(directory, 'out.json');
    writeJsonFile(path, nested, data);
    expect(readFileSync(path, 'utf8').split('\n')[1]).toBe('{}');
    expect(await rowsOf(readJson, path, nested, {})).toEqual(data);
  });

  it('cannot hold nested values as CSV', () => {
    const nested = new StructType([new StructField('l', new ArrayType(LONG))]);
    expect(() => writeCsvFile(join(directory, 'bad.csv'), nested, [])).toThrow(
      expect.objectContaining({ condition: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE' }),
    );
  });
});
