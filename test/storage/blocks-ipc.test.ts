import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordBatchReader, tableFromIPC, tableToIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instantiateKernels } from '../../src/kernels/index.js';
import { Block } from '../../src/storage/block/block.js';
import { BlockReader } from '../../src/storage/block/block-reader.js';
import type { BlockContext } from '../../src/storage/block/context.js';
import { readIpcBlock, writeIpcBlock } from '../../src/storage/block/ipc-block.js';
import { type PublishedBlock, publishBlock } from '../../src/storage/block/publish.js';
import { buildColumns } from '../../src/storage/column/build.js';
import { crc32, crc32Portable } from '../../src/storage/column/crc32.js';
import { CHECKSUM_KEY, isIntact } from '../../src/storage/column/ipc-file.js';
import { readRows } from '../../src/storage/column/read.js';
import { Arena, SLAB_BYTES } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';
import * as T from '../../src/types/index.js';
import { CalendarInterval, type DataType, Decimal, MapValue, type Value } from '../../src/types/index.js';
import { SAMPLES } from './samples.js';

let context: BlockContext;
let directory: string;
beforeAll(() => {
  const arena = Arena.create(128 * SLAB_BYTES);
  context = { arena, kernels: instantiateKernels(arena.memory) };
  directory = mkdtempSync(join(tmpdir(), 'blocks-ipc-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
  expect(context.arena.usedBytes()).toBe(0);
});

const schemaOf = (types: readonly DataType[]) => new T.StructType(types.map((t, i) => new T.StructField(`c${i}`, t)));

function publish(rows: readonly (readonly Value[])[], types: readonly DataType[], batchRows?: number): PublishedBlock {
  const { arena } = context;
  using region = new Region(arena, arena.nextId());
  const columns = buildColumns(rows, types, region);
  const input = { length: rows.length, columns, selection: 0, selected: rows.length };
  return publishBlock(context, arena.nextId(), [input], types, batchRows === undefined ? {} : { batchRows });
}
const free = (b: PublishedBlock) => context.arena.release(b.owner, b.address, b.slabs);

function rowsOf(block: PublishedBlock, types: readonly DataType[]): Value[][] {
  const { arena } = context;
  using region = new Region(arena, arena.nextId());
  const columns = types.map((_, i) => i);
  const reader = new BlockReader(context, Block.open(arena, block.address, types), columns, region);
  const rows: Value[][] = [];
  for (const m of reader.morsels()) rows.push(...readRows(arena, m));
  return rows;
}
function statsOf(block: PublishedBlock, types: readonly DataType[]) {
  const opened = Block.open(context.arena, block.address, types);
  return types.map((_, c) => Array.from({ length: opened.batches }, (_, b) => opened.stats(c, b)));
}

let files = 0;
async function write(rows: readonly (readonly Value[])[], types: readonly DataType[], batchRows?: number) {
  const path = join(directory, `block${++files}.arrow`);
  const block = publish(rows, types, batchRows);
  const bytes = await writeIpcBlock(path, { context, address: block.address, schema: schemaOf(types) });
  expect(readFileSync(path)).toHaveLength(bytes);
  return { path, block };
}
const read = (path: string, types: readonly DataType[]) =>
  readIpcBlock(path, { context, owner: context.arena.nextId(), types });

describe('blocks as Arrow files', () => {
  it('come back with the rows, batches and statistics they had, for every type', async () => {
    for (const [type, values] of SAMPLES) {
      const rows = values.map((v) => [v]);
      const { path, block } = await write(rows, [type]);
      const back = await read(path, [type]);
      expect(rowsOf(back, [type]), type.simpleString).toEqual(rows);
      expect(statsOf(back, [type])).toEqual(statsOf(block, [type]));
      expect([back.sparkSize, back.byteLength]).toEqual([block.sparkSize, block.byteLength]);
      free(block);
      free(back);
    }
  });

  it('come back in the batches they had, narrowed as they were', async () => {
    const types = [T.LONG, T.STRING, new T.DecimalType(20, 2), T.BOOLEAN, T.SHORT];
    const rows = Array.from({ length: 9000 }, (_, i): Value[] => [
      BigInt(i) * 1000n,
      i % 5 === 0 ? null : `name ${i % 7}`,
      new Decimal(BigInt(i), 2),
      i % 3 === 0,
      i % 11 === 0 ? null : (i % 200) - 100,
    ]);
    const { path, block } = await write(rows, types, 2500);
    const back = await read(path, types);
    expect(back).toMatchObject({ rows: 9000, batches: 4, byteLength: block.byteLength, sparkSize: block.sparkSize });
    expect(rowsOf(back, types)).toEqual(rows);
    expect(statsOf(back, types)).toEqual(statsOf(block, types));
    free(block);
    free(back);
  });

  it('keep texts that are no UTF-8, inside of arrays, too', async () => {
    const [bytes, texts] = [T.BINARY, T.STRING].map((t) => [t, new T.ArrayType(t)] as const);
    const rows = [[Uint8Array.of(0xff, 0x41), [Uint8Array.of(0xc3), null]]];
    const block = publish(rows, bytes!);
    const path = join(directory, 'malformed');
    await writeIpcBlock(path, { context, address: block.address, schema: schemaOf(texts!) });
    const back = await read(path, texts!);
    expect(rowsOf(back, bytes!)).toEqual(rows);
    free(block);
    free(back);
  });

  it('may have no rows and no columns', async () => {
    for (const types of [[T.INT, T.STRING], []]) {
      const { path, block } = await write([], types);
      const back = await read(path, types);
      expect([back.rows, back.batches]).toEqual([0, 0]);
      expect(tableFromIPC(readFileSync(path)).schema.fields).toHaveLength(types.length);
      free(block);
      free(back);
    }
  });

  it('are read by apache-arrow with their names, types and nulls', async () => {
    const types = [T.INT, T.STRING, new T.ArrayType(T.LONG), T.YEAR_MONTH_INTERVAL];
    const rows: Value[][] = [
      [1, 'a', [1n, null], 13],
      [null, null, null, null],
      [-3, 'ü', [], -1],
    ];
    const { path, block } = await write(rows, types);
    free(block);
    const table = tableFromIPC(readFileSync(path));
    expect(table.schema.fields.map((f) => `${f.name} ${f.type}`)).toEqual([
      'c0 Int32',
      'c1 Utf8',
      'c2 List<Int64>',
      'c3 Int32',
    ]);
    expect(table.schema.metadata.get(CHECKSUM_KEY)).toMatch(/^memoframe crc32=[0-9a-f]{8}$/);
    expect(table.toArray().map((r) => JSON.stringify(r, (_, v) => (typeof v === 'bigint' ? Number(v) : v)))).toEqual([
      '{"c0":1,"c1":"a","c2":[1,null],"c3":13}',
      '{"c0":null,"c1":null,"c2":null,"c3":null}',
      '{"c0":-3,"c1":"ü","c2":[],"c3":-1}',
    ]);
    expect(RecordBatchReader.from(readFileSync(path)).isFile()).toBe(true);
  });

  it('notice every flipped byte and every cut', async () => {
    const { path, block } = await write(
      [
        [1, 'a'],
        [null, 'b'],
      ],
      [T.INT, T.STRING],
    );
    free(block);
    const good = readFileSync(path);
    expect(isIntact(good)).toBe(true);
    for (let at = 0; at < good.length; at++) {
      const bad = Uint8Array.from(good);
      bad[at]! ^= 1 << (at % 8);
      expect(isIntact(bad), `byte ${at}`).toBe(false);
      expect(isIntact(good.subarray(0, at))).toBe(false);
    }
    writeFileSync(path, good.subarray(0, 100));
    await expect(read(path, [T.INT, T.STRING])).rejects.toMatchObject({ condition: 'BLOCK_DAMAGED' });
    await expect(read(`${path}.gone`, [T.INT])).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('refuse other types than they were written with, and files of others', async () => {
    const { path, block } = await write([[1]], [T.INT]);
    free(block);
    for (const types of [[T.LONG], [T.INT, T.INT], []])
      await expect(read(path, types)).rejects.toMatchObject({ condition: 'BLOCK_DAMAGED' });
    writeFileSync(path, tableToIPC(tableFromIPC(readFileSync(path)), 'stream'));
    await expect(read(path, [T.INT])).rejects.toMatchObject({ condition: 'BLOCK_DAMAGED' });
  });

  it('leave nothing behind when they cannot be written', async () => {
    const beyond = [[new CalendarInterval(0, 0, 2n ** 62n)]];
    const before = readdirSync(directory);
    const block = publish(beyond, [T.CALENDAR_INTERVAL]);
    const source = { context, address: block.address, schema: schemaOf([T.CALENDAR_INTERVAL]) };
    await expect(writeIpcBlock(join(directory, 'x'), source)).rejects.toMatchObject({ condition: 'INEXACT_VALUE' });
    free(block);
    expect(readdirSync(directory)).toEqual(before);
  });

  it('have a checksum that Node and we agree on', () => {
    const bytes = Buffer.from('123456789');
    expect(crc32(bytes)).toBe(0xcbf43926);
    expect(crc32Portable(bytes)).toBe(0xcbf43926);
    for (const f of [crc32, crc32Portable]) expect(f(bytes.subarray(4), f(bytes.subarray(0, 4)))).toBe(0xcbf43926);
  });
});

/** A Python with pyarrow, if there is one. */
const python = [process.env.MEMOFRAME_PYTHON, 'python3']
  .filter((p) => p !== undefined)
  .find((p) => spawnSync(p, ['-c', 'import pyarrow']).status === 0);

describe.skipIf(!python)('blocks as pyarrow sees them', () => {
  const D = (unscaled: bigint, scale: number) => new Decimal(unscaled, scale);
  const struct = new T.StructType([new T.StructField('x', T.INT), new T.StructField('y', T.STRING)]);
  /** Type, values, pyarrow's type, pyarrow's values. */
  const CASES: readonly (readonly [DataType, readonly Value[], string, string])[] = [
    [T.NULL, [null, null, null], 'null', '[None, None, None]'],
    [T.BOOLEAN, [true, null, false], 'bool', '[True, None, False]'],
    [T.BYTE, [-128, null, 127], 'int8', '[-128, None, 127]'],
    [T.SHORT, [-32768, null, 32767], 'int16', '[-32768, None, 32767]'],
    [T.INT, [-(2 ** 31), null, 2 ** 31 - 1], 'int32', '[-2147483648, None, 2147483647]'],
    [T.LONG, [-(2n ** 63n), null, 5n], 'int64', '[-9223372036854775808, None, 5]'],
    [T.FLOAT, [1.5, null, Number.NaN], 'float', '[1.5, None, nan]'],
    [T.DOUBLE, [0.1, null, -Infinity], 'double', '[0.1, None, -inf]'],
    [
      new T.DecimalType(9, 2),
      [D(-125n, 2), null, D(1n, 2)],
      'decimal128(9, 2)',
      "[Decimal('-1.25'), None, Decimal('0.01')]",
    ],
    [
      new T.DecimalType(38, 4),
      [D(10n ** 38n - 1n, 4), null, D(-1n, 4)],
      'decimal128(38, 4)',
      `[Decimal('${'9'.repeat(34)}.9999'), None, Decimal('-0.0001')]`,
    ],
    [T.STRING, ['', null, 'ü€𐍈'], 'string', "['', None, 'ü€𐍈']"],
    [T.BINARY, [new Uint8Array(0), null, Uint8Array.of(0, 255)], 'binary', "[b'', None, b'\\x00\\xff']"],
    [T.DATE, [-1, null, 19000], 'date32[day]', '[datetime.date(1969, 12, 31), None, datetime.date(2022, 1, 8)]'],
    [
      T.TIMESTAMP_NTZ,
      [-1n, null, 1_000_000n],
      'timestamp[us]',
      '[datetime.datetime(1969, 12, 31, 23, 59, 59, 999999), None, datetime.datetime(1970, 1, 1, 0, 0, 1)]',
    ],
    [T.YEAR_MONTH_INTERVAL, [-13, null, 13], 'int32', '[-13, None, 13]'],
    [
      T.DAY_TIME_INTERVAL,
      [-1n, null, 86_400_000_000n],
      'duration[us]',
      '[datetime.timedelta(days=-1, seconds=86399, microseconds=999999), None, datetime.timedelta(days=1)]',
    ],
    [
      T.CALENDAR_INTERVAL,
      [new CalendarInterval(1, -2, 3n), null, new CalendarInterval(0, 0, 0n)],
      'month_day_nano_interval',
      '[MonthDayNano(months=1, days=-2, nanoseconds=3000), None, MonthDayNano(months=0, days=0, nanoseconds=0)]',
    ],
    [new T.ArrayType(T.INT), [[], null, [1, null]], 'list<element: int32>', '[[], None, [1, None]]'],
    [
      new T.ArrayType(new T.ArrayType(T.STRING)),
      [[['a', null], null, []], null, []],
      'list<element: list<element: string>>',
      "[[['a', None], None, []], None, []]",
    ],
    [
      new T.MapType(T.STRING, T.DOUBLE),
      [new MapValue(['b', 'a'], [1.5, null]), null, new MapValue([], [])],
      'map<string, double>',
      "[[('b', 1.5), ('a', None)], None, []]",
    ],
    [
      struct,
      [[1, 'p'], null, [null, null]],
      'struct<x: int32, y: string>',
      "[{'x': 1, 'y': 'p'}, None, {'x': None, 'y': None}]",
    ],
    [
      new T.ArrayType(struct),
      [[[7, null], null], null, []],
      'list<element: struct<x: int32, y: string>>',
      "[[{'x': 7, 'y': None}, None], None, []]",
    ],
  ];

  it('have the right types, values and nulls', async () => {
    const types = [...CASES.map((c) => c[0]), T.TIMESTAMP];
    const rows = [0, 1, 2].map((r) => [...CASES.map((c) => c[1][r] ?? null), [0n, null, 1n][r]!]);
    const { path, block } = await write(rows, types, 2);
    free(block);
    const script = [
      'import sys, pyarrow as pa',
      'f = pa.ipc.open_file(sys.argv[1])',
      'print(f.num_record_batches)',
      't = f.read_all()',
      't.validate(full=True)',
      'for c in t.columns[:-1]:',
      '  print(c.type)',
      '  print(c.to_pylist())',
      'print(t.columns[-1].type, t.columns[-1].cast(pa.int64()).to_pylist())',
    ].join('\n');
    const env = { ...process.env, PYTHONIOENCODING: 'utf-8' };
    const lines = execFileSync(python!, ['-c', script, path], { encoding: 'utf8', env }).trim().split('\n');
    expect(lines).toEqual(['2', ...CASES.flatMap((c) => [c[2], c[3]]), 'timestamp[us, tz=UTC] [0, None, 1]']);
  });
});
