import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, describe, expect, it } from 'vitest';
import { FileOutput } from '../../src/storage/files/file-output.js';
import { listFiles } from '../../src/storage/files/listing.js';
import { writeParquetFile } from '../../src/storage/parquet/writer.js';
import {
  ArrayType,
  BINARY,
  BOOLEAN,
  BYTE,
  CALENDAR_INTERVAL,
  CharType,
  DATE,
  type DataType,
  Decimal,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  MapType,
  MapValue,
  SHORT,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  type Value,
  YEAR_MONTH_INTERVAL,
} from '../../src/types/index.js';
import { readAll } from './parquet-harness.js';

const directory = mkdtempSync(join(tmpdir(), 'memoframe-write-'));
afterAll(() => rmSync(directory, { recursive: true }));

const record = new StructType([
  new StructField('a', INT),
  new StructField('__proto__', STRING),
  new StructField('l', new ArrayType(new DecimalType(30, 5))),
]);
const columns: readonly (readonly [string, DataType, readonly Value[]])[] = [
  ['bool', BOOLEAN, [true, null, false]],
  ['i8', BYTE, [-128, 127, null]],
  ['i16', SHORT, [-32768, 32767, null]],
  ['i32', INT, [-(2 ** 31), 2 ** 31 - 1, 0]],
  ['i64', LONG, [-(2n ** 63n), 2n ** 63n - 1n, null]],
  ['f32', FLOAT, [Math.fround(0.1), -0, Number.NaN]],
  ['f64', DOUBLE, [-0, 0, Infinity]],
  ['text', STRING, ['', 'été 😀', null]],
  ['code', new CharType(3), ['abc', null, 'x  ']],
  ['bytes', BINARY, [Uint8Array.of(0, 255), Uint8Array.of(), null]],
  ['date', DATE, [-719162, 18262, null]],
  ['ts', TIMESTAMP, [-1n, 1600000000123456n, null]],
  ['ntz', TIMESTAMP_NTZ, [0n, -62135596800000000n, null]],
  ['ym', YEAR_MONTH_INTERVAL, [14, -3, null]],
  ['d9', new DecimalType(9, 2), [new Decimal(-123456789n, 2), new Decimal(0n, 2), null]],
  ['d18', new DecimalType(18, 0), [new Decimal(10n ** 18n - 1n, 0), null, new Decimal(-1n, 0)]],
  ['d38', new DecimalType(38, 10), [new Decimal(-(10n ** 38n) + 1n, 10), new Decimal(5n, 10), null]],
  ['list', new ArrayType(INT), [[1, null, 3], [], null]],
  ['lists', new ArrayType(new ArrayType(STRING)), [[['a'], [], null], [], null]],
  ['map', new MapType(STRING, LONG), [new MapValue(['k', 'j'], [1n, null]), new MapValue([], []), null]],
  ['rec', record, [[1, 'p', [new Decimal(7n, 5), null]], [null, null, null], null]],
  ['recs', new ArrayType(record), [[[1, 'p', []], null], null, []]],
];
const schema = new StructType(columns.map(([name, type]) => new StructField(name, type)));
const rows = [0, 1, 2].map((i) => columns.map(([, , values]) => values[i] as Value));

describe('one file', () => {
  it.each(['snappy', 'none', 'gzip', 'brotli'])('%s: all types come back', async (compression) => {
    const path = join(directory, `all-${compression}.parquet`);
    const written = writeParquetFile(path, schema, rows, { compression });
    expect(written.rows).toBe(3);
    expect(written.bytes).toBe(readFileSync(path).length);
    const back = await readAll(path);
    expect(back.schema.simpleString).toBe(schema.simpleString.replace('char(3)', 'string'));
    for (const [name, , values] of columns) expect(back.columns[name], name).toEqual(values);
    expect(Object.is(back.columns['f64']?.[0], -0)).toBe(true);
  });

  it('is read alike by hyparquet', async () => {
    const path = join(directory, 'all-snappy.parquet');
    const bytes = readFileSync(path);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const [first, second] = await parquetReadObjects({ file, columns: ['i64', 'text', 'list', 'd9', 'i8'] });
    expect(first).toMatchObject({ i64: -(2n ** 63n), text: '', list: [1, null, 3], i8: -128 });
    expect(first?.['d9']).toBeCloseTo(-1234567.89, 6);
    expect(second).toMatchObject({ text: 'été 😀', list: [], d9: 0 });
  });

  it('many rows: several row groups and a dictionary', async () => {
    const path = join(directory, 'many.parquet');
    const many = new StructType([new StructField('k', STRING), new StructField('v', LONG)]);
    const n = 250_000;
    writeParquetFile(
      path,
      many,
      (function* () {
        for (let i = 0; i < n; i++) yield [`key ${i % 10}`, BigInt(i)];
      })(),
    );
    const back = await readAll(path);
    expect(back.rows).toBe(n);
    expect(back.columns['v']?.[n - 1]).toBe(BigInt(n - 1));
    expect(back.columns['k']?.[n - 1]).toBe('key 9');
    expect(back.dictionaries['k']).toBe(true);
  });

  it('refuses what Parquet cannot hold', () => {
    const bad = new StructType([new StructField('c', CALENDAR_INTERVAL)]);
    expect(() => writeParquetFile(join(directory, 'bad.parquet'), bad, [])).toThrow(
      expect.objectContaining({ condition: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE' }),
    );
    expect(() => writeParquetFile(join(directory, 'bad.parquet'), schema, [], { compression: 'zip' })).toThrow(
      expect.objectContaining({ condition: 'CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION' }),
    );
  });
});

describe('a directory', () => {
  const small = new StructType([new StructField('v', INT)]);
  const write = (output: FileOutput, index: number, partition: [string, string | null][] = []): void => {
    writeParquetFile(output.newFile(index, '.snappy.parquet', partition), small, [[index]]);
  };

  it('appears whole at commit, in all modes', async () => {
    const path = join(directory, 'out');
    const first = new FileOutput(path);
    write(first, 0);
    write(first, 1);
    expect(listFiles([path]).files).toEqual([]);
    first.commit();
    const names = readdirSync(path).sort();
    expect(names).toEqual([
      '_SUCCESS',
      expect.stringMatching(/^part-00000-[0-9a-f-]{36}-c000\.snappy\.parquet$/),
      expect.stringMatching(/^part-00001-[0-9a-f-]{36}-c000\.snappy\.parquet$/),
    ]);
    expect(() => new FileOutput(path)).toThrow(expect.objectContaining({ condition: 'PATH_ALREADY_EXISTS' }));
    expect(new FileOutput(path, 'ignore').skipped).toBe(true);
    const more = new FileOutput(path, 'append');
    write(more, 0);
    more.commit();
    expect(listFiles([path]).files.length).toBe(3);
    const aborted = new FileOutput(path, 'append');
    write(aborted, 0);
    aborted.abort();
    expect(listFiles([path]).files.length).toBe(3);
    const fresh = new FileOutput(path, 'overwrite');
    write(fresh, 7);
    fresh.commit();
    const [file] = listFiles([path]).files;
    expect((await readAll(file?.path as string)).columns['v']).toEqual([7]);
    expect(existsSync(join(path, '_temporary'))).toBe(false);
  });

  it('of partitions escapes values', () => {
    const path = join(directory, 'parts');
    const output = new FileOutput(path, 'overwrite', true);
    write(output, 0, [['k', 'a/b=c']]);
    write(output, 1, [['k', null]]);
    output.commit();
    expect(readdirSync(path).sort()).toEqual(['_SUCCESS', 'k=__HIVE_DEFAULT_PARTITION__', 'k=a%2Fb%3Dc']);
    expect(listFiles([path]).partitions.map((p) => p.values)).toEqual([[null], ['a/b=c']]);
    const again = new FileOutput(path, 'overwrite', true);
    write(again, 5, [['k', 'a/b=c']]);
    again.commit();
    expect(listFiles([path]).files.length).toBe(2);
  });
});
