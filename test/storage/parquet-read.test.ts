import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clearFileMetadataCache } from '../../src/storage/files/file-metadata-cache.js';
import { planSplit, readFooter } from '../../src/storage/parquet/reader.js';
import { DecimalType, DOUBLE, INT, LONG, STRING, StructField, StructType, type Value } from '../../src/types/index.js';
import {
  arena,
  expectedColumns,
  FIXTURES,
  fixture,
  type Plain,
  plain,
  pythonFloat,
  readAll,
} from './parquet-harness.js';

/** Without those whose values are a formula. */
const files = readdirSync(FIXTURES)
  .filter((f) => f.endsWith('.parquet') && f !== 'wide-runs.parquet' && !f.startsWith('paged-'))
  .map((f) => f.slice(0, -8));

async function check(name: string, options: Parameters<typeof readAll>[1] = {}): Promise<void> {
  const { columns, schema } = await readAll(fixture(name), options);
  const expected = expectedColumns[name] as Record<string, Plain[]>;
  expect(Object.keys(columns)).toEqual(Object.keys(expected));
  for (const field of schema.fields) {
    const type = field.dataType;
    let want: unknown[] = expected[field.name] as Plain[];
    if (type.kind === 'float' || type.kind === 'double') want = want.map((v) => pythonFloat(v as Plain));
    const got = (columns[field.name] as Value[]).map((v) => plain(v, type));
    expect(got, `${name}.${field.name}`).toEqual(want);
  }
}

describe('values that pyarrow wrote', () => {
  it.each(files)('%s', (name) => check(name));

  it.each(['dictionary-v1', 'delta-v2', 'fallback', 'nested-v1', 'plain-v2'])('%s in stretches of 37 rows', (name) =>
    check(name, { stretch: 37 }),
  );

  it.each(files)('%s, looked at here and there', async (name) => {
    const whole = await readAll(fixture(name));
    for (const [stretch, every] of [
      [37, 3],
      [10, 7],
      [64, 11],
    ] as const) {
      const look = (column: number, n: number): boolean => (column + n) % every === 0;
      const { columns } = await readAll(fixture(name), { stretch, look });
      Object.keys(whole.columns).forEach((column) => {
        const want = (whole.columns[column] as Value[]).map((v, row) => ({ v, row }));
        // Row groups start their stretches anew.
        const got = columns[column] as (Value | undefined)[];
        expect(got.length).toBe(want.length);
        for (const { v, row } of want) if (got[row] !== undefined) expect(got[row], `${column} ${row}`).toEqual(v);
      });
    }
  });

  it.each(['groups', 'dictionary-v1'])('%s in splits of 1000 bytes', (name) => check(name, { splitBytes: 1000 }));

  it('long and short runs', async () => {
    const { columns } = await readAll(fixture('wide-runs'), { stretch: 777 });
    const n = 20_000;
    expect(columns['k']).toEqual(Array.from({ length: n }, (_, j) => Math.floor(j / 1000)));
    expect(columns['bits']).toEqual(Array.from({ length: n }, (_, j) => BigInt((j * j) % 1031)));
    expect(columns['flag']).toEqual(
      Array.from({ length: n }, (_, j) => (Math.floor(j / 64) % 5 === 0 ? null : j % 2 === 0)),
    );
  });

  it('gives all memory back', () => {
    expect(arena.usedBytes()).toBe(0);
  });
});

describe('columns', () => {
  it('come out as codes where a whole chunk is dictionary-encoded', async () => {
    expect((await readAll(fixture('dictionary-v1'))).dictionaries).toMatchObject({ text: true, i64: false });
    expect((await readAll(fixture('fallback'))).dictionaries).toMatchObject({ unique: false });
  });

  it('are null where the file lacks them', async () => {
    const { columns } = await readAll(fixture('int96'), { columns: [{ name: 'absent', type: STRING }] });
    expect(columns['absent']).toEqual([null, null, null, null, null, null]);
  });

  it('are found without regard to case and read as wider types', async () => {
    const wider = [
      { name: 'I32', type: LONG },
      { name: 'i16', type: DOUBLE },
      { name: 'f32', type: DOUBLE },
      { name: 'dec7', type: new DecimalType(20, 4) },
      { name: 'dec15', type: new DecimalType(38, 20) },
    ];
    const { columns } = await readAll(fixture('dictionary-v2'), { columns: wider });
    const expected = expectedColumns['dictionary-v2'] as Record<string, Plain[]>;
    expect(columns['I32']).toEqual((expected['i32'] as string[]).map((v) => (v === null ? null : BigInt(v))));
    expect(columns['i16']).toEqual((expected['i16'] as string[]).map((v) => (v === null ? null : Number(v))));
    expect((columns['dec7'] as Value[]).map(String)).toEqual(
      (expected['dec7'] as string[]).map((v) => (v === null ? 'null' : `${v}00`)),
    );
    expect((columns['dec15'] as Value[]).map(String)).toEqual(
      (expected['dec15'] as string[]).map((v) => (v === null ? 'null' : v + '0'.repeat(17))),
    );
  });

  it('of structs read only the wanted fields', async () => {
    const { columns } = await readAll(fixture('nested-v1'), {
      columns: [{ name: 'rec', type: new StructType([new StructField('y', STRING), new StructField('gone', INT)]) }],
    });
    expect((columns['rec'] as Value[]).slice(0, 4)).toEqual([['p', null], null, [null, null], ['', null]]);
    const bare = await readAll(fixture('nested-v1'), {
      columns: [{ name: 'rec', type: new StructType([new StructField('gone', INT)]) }],
    });
    expect((bare.columns['rec'] as Value[]).slice(0, 4)).toEqual([[null], null, [null], [null]]);
  });

  it('of types that Spark does not convert are refused', async () => {
    const file = await readFooter(fixture('plain-v1'));
    for (const [name, type] of [
      ['i64', INT],
      ['text', LONG],
      ['dec38', new DecimalType(38, 9)],
      ['f64', LONG],
    ] as const)
      expect(() => planSplit(file, { start: 0, length: file.size }, [{ name, type }])).toThrow(
        expect.objectContaining({ condition: 'FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH' }),
      );
  });
});

describe('input', () => {
  it('is only the wanted columns, counted', async () => {
    clearFileMetadataCache();
    const file = await readFooter(fixture('groups'));
    const bytes = file.rowGroups.reduce((sum, g) => sum + (g.chunks[0]?.byteLength ?? 0), 0);
    const { bytesRead } = await readAll(fixture('groups'), { columns: [{ name: 'id', type: LONG }] });
    expect(bytesRead).toBe(bytes);
  });

  it('of footers is cached', async () => {
    expect(await readFooter(fixture('groups'))).toBe(await readFooter(fixture('groups')));
  });
});
