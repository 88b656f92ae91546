import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cast } from '../../src/eval/cast.js';
import { writeCsv, writeJson } from '../../src/session/text-formats.js';
import { readWholeText } from '../../src/storage/files/compressed-text.js';
import { inferCsvSchema, readCsv, type TextScan } from '../../src/storage/files/csv.js';
import { inferJsonSchema, readJson } from '../../src/storage/files/json.js';
import { textExtension } from '../../src/storage/files/line-writer.js';
import { CountingSource } from '../../src/storage/files/source.js';
import { readLines, splitLines } from '../../src/storage/files/text-lines.js';
import { type TextParsers, UTC_PARSERS } from '../../src/storage/files/text-options.js';
import {
  ArrayType,
  BINARY,
  BOOLEAN,
  BYTE,
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
  type RowValues,
  SHORT,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  type Value,
  YEAR_MONTH_INTERVAL,
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
const asText = (value: Value, type: DataType): Value =>
  value === null ? null : cast(value, type, STRING, 'LEGACY', 'UTC');

describe.each(['csv', 'json'] as const)('%s as Spark reads it', (format) => {
  const infer = format === 'csv' ? inferCsvSchema : inferJsonSchema;
  const read = format === 'csv' ? readCsv : readJson;
  it.each(cases[format].map((c, i) => [i, JSON.stringify(c.text).slice(0, 60), c] as const))(
    '%i %s',
    async (_, __, c) => {
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
      expect(rows.map((row) => row.map((v, i) => asText(v, (schema.fields[i] as StructField).dataType)))).toEqual(
        c.rows,
      );
      // The same rows, whatever the splits.
      if (
        !c.options['multiLine'] &&
        !c.text.startsWith('\ufeff') &&
        !c.text.startsWith('#') &&
        !c.text.startsWith('\n')
      )
        expect(await rowsOf(read, path, schema, c.options, 7)).toEqual(rows);
    },
  );
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
        for await (const batch of readLines(
          source,
          { start, length: Math.min(step, text.length - start) },
          text.length,
        ))
          lines.push(...batch);
      await source.close();
      expect(lines, `splits of ${step}`).toEqual(all);
    }
  });
});

describe('written files', () => {
  const flat = new StructType([
    new StructField('i', INT),
    new StructField('d', DOUBLE),
    new StructField('f', FLOAT),
    new StructField('s', STRING),
    new StructField('b', BOOLEAN),
    new StructField('dt', DATE),
    new StructField('ts', TIMESTAMP),
    new StructField('ntz', TIMESTAMP_NTZ),
    new StructField('dec', new DecimalType(4, 2)),
    new StructField('l', LONG),
  ]);
  const zone = 'America/New_York';
  const at = (text: string): bigint => cast(text, STRING, TIMESTAMP, 'ANSI', zone) as bigint;
  const local = (text: string): bigint => cast(text, STRING, TIMESTAMP_NTZ, 'ANSI', zone) as bigint;
  const day = (text: string): number => cast(text, STRING, DATE, 'ANSI', zone) as number;
  const dec = (unscaled: bigint): Decimal => new Decimal(unscaled, 2);
  const rows: RowValues[] = [
    [
      1,
      1.5,
      Math.fround(0.1),
      'a,b',
      true,
      day('2020-01-01'),
      at('2020-06-01 10:00:00.123456'),
      local('2020-06-01 10:00:00'),
      dec(1230n),
      9999999999n,
    ],
    flat.fields.map(() => null),
    [
      -1,
      1e20,
      Number.NaN,
      '',
      false,
      day('1969-12-31'),
      at('1969-12-31 00:00:00'),
      local('2020-01-01 00:00:00.5'),
      dec(-5n),
      -1n,
    ],
    [
      2,
      Infinity,
      Math.fround(1e-10),
      ' sp "q" \\ x',
      true,
      day('0999-02-03'),
      at('2020-01-01 00:00:00.1'),
      null,
      dec(0n),
      0n,
    ],
    [
      3,
      1e-5,
      Math.fround(123456.7),
      'line\nbreak',
      true,
      day('2020-01-01'),
      at('2020-12-01 10:00:00'),
      null,
      dec(100n),
      0n,
    ],
    [4, 100, 1e7, '#c', true, day('2020-01-01'), at('2020-12-01 10:00:00'), null, dec(100n), 0n],
  ];
  const nested = new StructType([
    new StructField('a', new ArrayType(INT)),
    new StructField('m', new MapType(STRING, INT)),
    new StructField(
      's',
      new StructType([
        new StructField('x', INT),
        new StructField('y', STRING),
        new StructField('z', new ArrayType(new StructType([new StructField('q', DOUBLE)]))),
      ]),
    ),
    new StructField('bin', BINARY),
    new StructField('e', new ArrayType(INT)),
    new StructField('m2', new MapType(INT, DATE)),
    new StructField('ym', YEAR_MONTH_INTERVAL),
  ]);
  const nestedRows: RowValues[] = [
    [
      [1, null],
      new MapValue(['k', 'z'], [1, null]),
      [1, null, [[1]]],
      Buffer.from('ab'),
      [],
      new MapValue([1], [day('2020-01-01')]),
      14,
    ],
    nested.fields.map(() => null),
  ];
  interface Written {
    readonly format: 'csv' | 'json';
    readonly data: 'flat' | 'nested';
    readonly options: Record<string, string>;
    readonly suffix: string;
    readonly text: string;
  }
  /** Recorded with Spark 4.0.1 by `test/fixtures/files/record_writes.py`. */
  const written = JSON.parse(
    readFileSync(join(import.meta.dirname, '../fixtures/files/written-cases.json'), 'utf8'),
  ) as Written[];

  it.each(written.map((c) => [c.format, c.data, JSON.stringify(c.options), c] as const))(
    'as Spark: %s %s %s',
    (_, __, ___, c) => {
      const { options } = c;
      const schema = c.data === 'flat' ? flat : nested;
      const path = join(directory, `w${count++}${c.suffix}`);
      expect(`.${c.format}${textExtension(options['compression'])}`).toBe(c.suffix);
      const writer = (c.format === 'csv' ? writeCsv : writeJson)(path, schema, options, zone);
      for (const row of c.data === 'flat' ? rows : nestedRows) writer.write(row);
      writer.close();
      expect(readWholeText(path).toString('utf8')).toBe(c.text);
    },
  );

  it('come back', async () => {
    const path = join(directory, 'back.csv');
    const writer = writeCsv(path, flat, { header: 'true' }, 'UTC');
    const plain = rows.filter((r) => r[0] === 1 || r[0] === null);
    for (const row of plain) writer.write(row);
    writer.close();
    // Milliseconds are all that CSV keeps by default.
    const back = await rowsOf(readCsv, path, flat, { header: 'true' });
    expect(back).toEqual(plain.map((r) => r.map((v, i) => (i === 6 && v !== null ? (v as bigint) - 456n : v))));
  });

  it('cannot hold nested values as CSV', () => {
    expect(() => writeCsv(join(directory, 'bad.csv'), nested, {}, 'UTC')).toThrow(
      expect.objectContaining({ condition: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE' }),
    );
    expect(() => textExtension('zip')).toThrow(
      expect.objectContaining({ condition: 'CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION' }),
    );
  });
});
