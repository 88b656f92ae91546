import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readParquetjs, writeParquetjs } from '../../src/storage/parquet/parquetjs-engine.js';
import { writeParquetFile } from '../../src/storage/parquet/writer.js';
import {
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  type RowValues,
  SHORT,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  type Value,
} from '../../src/types/index.js';
import { fixture, readAll } from './parquet-harness.js';

const directory = mkdtempSync(join(tmpdir(), 'memoframe-parquetjs-'));
afterAll(() => rmSync(directory, { recursive: true }));

const schema = new StructType([
  new StructField('b', BOOLEAN),
  new StructField('i8', BYTE),
  new StructField('i16', SHORT),
  new StructField('i', INT),
  new StructField('l', LONG),
  new StructField('f', FLOAT),
  new StructField('d', DOUBLE),
  new StructField('s', STRING),
  new StructField('x', BINARY),
  new StructField('day', DATE),
  new StructField('ts', TIMESTAMP),
]);
const rows: RowValues[] = Array.from({ length: 600 }, (_, i) =>
  i % 7 === 3
    ? schema.fields.map(() => null)
    : [
        i % 2 === 0,
        (i % 256) - 128,
        i - 300,
        i * 1000,
        BigInt(i) * 2n ** 40n,
        i / 4,
        i / 3,
        `text ${i % 11} é`,
        Uint8Array.of(i & 255, 1),
        i - 1000,
        BigInt(i) * 123456789n,
      ],
);
const column = (i: number): Value[] => rows.map((r) => r[i] as Value);
async function readBack(path: string, fields = schema.fields): Promise<RowValues[]> {
  const out: RowValues[] = [];
  for await (const batch of readParquetjs(
    path,
    fields.map((f) => ({ name: f.name, type: f.dataType })),
  ))
    out.push(...batch);
  return out;
}

describe('parquetjs-lite', () => {
  it.each([
    ['SNAPPY', true],
    ['GZIP', false],
    ['UNCOMPRESSED', false],
  ] as const)('writes %s (page version 2: %s), we read', async (compression, pageV2) => {
    const path = join(directory, `${compression}-${pageV2}.parquet`);
    expect(await writeParquetjs(path, schema, rows, { compression, pageV2 })).toBe(rows.length);
    const { columns, schema: inferred } = await readAll(path);
    expect(inferred.simpleString).toBe(schema.simpleString);
    for (const [i, f] of schema.fields.entries()) expect(columns[f.name], f.name).toEqual(column(i));
    expect(await readBack(path)).toEqual(rows);
  });

  it('reads what we write', async () => {
    const path = join(directory, 'ours.parquet');
    // Without text: our dictionaries are of an encoding that the package does not know.
    const plain = new StructType(schema.fields.filter((f) => ['b', 'f', 'd'].includes(f.name)));
    const picked = rows.map((r) => [r[0], r[5], r[6]] as RowValues);
    writeParquetFile(path, plain, picked);
    expect(await readBack(path, plain.fields)).toEqual(picked);
  });

  it('refuses what it cannot do exactly', async () => {
    const refused = expect.objectContaining({ condition: 'UNSUPPORTED_FEATURE' });
    const one = (type: StructField['dataType'], value: Value): Promise<number> =>
      writeParquetjs(join(directory, 'no.parquet'), new StructType([new StructField('a', type)]), [[value]]);
    await expect(one(new DecimalType(9, 2), null)).rejects.toEqual(refused);
    await expect(one(LONG, 2n ** 60n)).rejects.toEqual(refused);
    await expect(one(DOUBLE, Number.NaN)).rejects.toEqual(refused);
    await expect(one(TIMESTAMP, -1n)).rejects.toEqual(refused);
    const read = (name: string, columnName: string, type: StructField['dataType']) =>
      readBack(fixture(name), [new StructField(columnName, type)]);
    await expect(read('dictionary-v1', 'dec7', new DecimalType(7, 2))).rejects.toEqual(refused);
    await expect(read('codec-zstd-v1', 'i64', LONG)).rejects.toEqual(refused);
    await expect(read('delta-v2', 'bool', BOOLEAN)).rejects.toEqual(refused);
    await expect(read('int96', 't', TIMESTAMP)).rejects.toEqual(refused);
  });
});
