import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expandGlob, segmentMatcher } from '../../src/storage/files/glob.js';
import { type ListingOptions, listFiles, mergeDataAndPartitionSchema } from '../../src/storage/files/listing.js';
import { escapePathName, partitionDirectory, unescapePathName } from '../../src/storage/files/path-names.js';
import { Decimal, DOUBLE, INT, LONG, STRING, StructField, StructType, type Value } from '../../src/types/index.js';

const directory = mkdtempSync(join(tmpdir(), 'memoframe-listing-'));
afterAll(() => rmSync(directory, { recursive: true }));
let count = 0;
/** A directory with these files, each of its path's length. */
function tree(...files: string[]): string {
  const root = join(directory, `t${count++}`);
  mkdirSync(root);
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), 'x'.repeat(file.length));
  }
  return root;
}
const names = (root: string, options: ListingOptions = {}): string[] =>
  listFiles([root], options).files.map((f) => f.path.slice(root.length + 1));

describe('listing', () => {
  it('tells a refusal of the system with the path that was asked for, and the inner one as its cause', () => {
    const root = tree('k=1/a.parquet', 'k=2/b.parquet');
    // A link to itself: as with a folder without permission, the system says more than "not there".
    symlinkSync(join(root, 'k=2/loop'), join(root, 'k=2/loop'));
    for (const [path, inner] of [
      [root, join(root, 'k=2/loop')],
      [join(root, 'k=2/loop/deeper'), join(root, 'k=2/loop/deeper')],
    ])
      expect(() => listFiles([path as string])).toThrow(
        expect.objectContaining({
          condition: 'FAILED_READ_FILE.NO_HINT',
          parameters: { path: `file://${path}` },
          cause: expect.objectContaining({ code: 'ELOOP', path: inner }),
        }),
      );
  });

  it('takes files right below a directory, without hidden ones', () => {
    const root = tree('b.parquet', 'a.parquet', '_SUCCESS', '.crc', 'c._COPYING_', 'sub/d.parquet', '_meta/e.parquet');
    expect(names(root)).toEqual(['a.parquet', 'b.parquet']);
    expect(names(root, { recursiveFileLookup: true })).toEqual(['a.parquet', 'b.parquet', 'sub/d.parquet']);
    expect(names(root, { pathGlobFilter: 'b*' })).toEqual(['b.parquet']);
    expect(listFiles([root]).sizeInBytes).toBe(18);
    expect(listFiles([join(root, 'a.parquet'), `file://${root}/b.parquet`]).files.length).toBe(2);
  });

  it('names missing paths', () => {
    for (const path of ['nope', 'nope*'])
      expect(() => listFiles([join(directory, path)])).toThrow(
        expect.objectContaining({
          condition: 'PATH_NOT_FOUND',
          sqlState: '42K03',
          parameters: { path: `file:${directory}/${path}` },
        }),
      );
    expect(listFiles([join(directory, 'nope')], { ignoreMissingFiles: true }).files).toEqual([]);
  });

  it('expands globs', () => {
    const root = tree('a1/x', 'a2/y', 'b1/z', 'a1/w', 'c[1]/v');
    const found = (pattern: string): string[] => expandGlob(join(root, pattern)).map((p) => p.slice(root.length + 1));
    expect(found('a*')).toEqual(['a1', 'a2']);
    expect(found('*/?')).toEqual(['a1/w', 'a1/x', 'a2/y', 'b1/z', 'c[1]/v']);
    expect(found('{a1,b1}/[xz]')).toEqual(['a1/x', 'b1/z']);
    expect(found('[^a]*')).toEqual(['b1', 'c[1]']);
    expect(found('{a{1,2},zz}')).toEqual(['a1', 'a2']);
    expect(found('c\\[1\\]/*')).toEqual(['c[1]/v']);
    expect(segmentMatcher('part-*.parquet').test('part-1.parquet')).toBe(true);
    expect(segmentMatcher('[!a]b').test('ab')).toBe(false);
    expect(listFiles([join(root, 'a*')]).files.length).toBe(3);
  });
});

describe('partitions', () => {
  /** Types and values recorded with Spark 4.0.1 over directories `k=…`. */
  it.each<[string, string[], string, Value[]]>([
    ['int', ['1', '2'], 'int', [1, 2]],
    ['long', ['1', '3000000000'], 'bigint', [1n, 3000000000n]],
    [
      'decimal',
      ['1', '30000000000000000000000'],
      'decimal(23,0)',
      [new Decimal(1n, 0), new Decimal(30000000000000000000000n, 0)],
    ],
    ['double', ['1', '2.5'], 'double', [1, 2.5]],
    ['double and decimal', ['1.5', '30000000000000000000000'], 'string', ['1.5', '30000000000000000000000']],
    ['date', ['2020-01-01', '2020-01-02'], 'date', [18262, 18263]],
    ['timestamp', ['2020-01-01', '2020-01-01 10%3A00%3A00'], 'timestamp', [1577836800000000n, 1577872800000000n]],
    ['mixed', ['1', 'x'], 'string', ['1', 'x']],
    ['null', ['7', '__HIVE_DEFAULT_PARTITION__'], 'int', [7, null]],
    ['only null', ['__HIVE_DEFAULT_PARTITION__'], 'void', [null]],
    ['escaped', ['a%2Fb', 'c d'], 'string', ['a/b', 'c d']],
    ['date and text', ['2020-01-01', 'zz'], 'string', ['2020-01-01', 'zz']],
    ['date and int', ['2020-01-01', '5'], 'string', ['2020-01-01', '5']],
    ['leading zeros', ['007', '01'], 'int', [7, 1]],
    ['exponent', ['1e3', '2'], 'decimal(10,0)', [new Decimal(1000n, 0), new Decimal(2n, 0)]],
    ['boolean', ['false', 'true'], 'string', ['false', 'true']],
    ['short date', ['2020-1-1'], 'string', ['2020-1-1']],
    ['signs', ['+5', '-5'], 'int', [5, -5]],
    ['infinity', ['Infinity', 'NaN'], 'double', [Infinity, Number.NaN]],
    ['suffixes', ['1d', '2f'], 'double', [1, 2]],
    ['T', ['2020-01-01T10%3A00', '2021-01-01 00%3A00%3A00.5'], 'string', ['2020-01-01T10:00', '2021-01-01 00:00:00.5']],
  ])('%s', (_, raws, type, values) => {
    const root = tree(...raws.map((raw) => `k=${raw}/x.parquet`));
    const { partitionSchema, partitions } = listFiles([root]);
    expect(partitionSchema.simpleString).toBe(`struct<k:${type}>`);
    const byDirectory = new Map(partitions.map((p) => [p.files[0]?.path, p.values[0]]));
    expect(raws.map((raw) => byDirectory.get(join(root, `k=${raw}/x.parquet`)))).toEqual(values);
  });

  it('nest, and start below the base path', () => {
    const root = tree('region=eu/yr=2022/a', 'region=eu/yr=2023/b', 'region=us/yr=2022/c', 'region=us/yr=2022/_hidden');
    const { partitionSchema, partitions } = listFiles([root]);
    expect(partitionSchema.simpleString).toBe('struct<region:string,yr:int>');
    expect(partitions.map((p) => p.values)).toEqual([
      ['eu', 2022],
      ['eu', 2023],
      ['us', 2022],
    ]);
    const one = join(root, 'region=eu');
    expect(listFiles([one]).partitionSchema.simpleString).toBe('struct<yr:int>');
    expect(listFiles([one], { basePath: root }).partitionSchema.simpleString).toBe('struct<region:string,yr:int>');
    expect(listFiles([join(one, 'yr=2022')]).partitionSchema.fields).toEqual([]);
    expect(() => listFiles([join(root, '*')])).toThrow(
      expect.objectContaining({ condition: 'CONFLICTING_DIRECTORY_STRUCTURES' }),
    );
  });

  it('take given types, or stay text', () => {
    const root = tree('k=1/x', 'k=__HIVE_DEFAULT_PARTITION__/x');
    const userSchema = new StructType([new StructField('K', LONG)]);
    const given = listFiles([root], { userSchema });
    expect(given.partitionSchema.simpleString).toBe('struct<K:bigint>');
    expect(given.partitions.map((p) => p.values[0])).toEqual([1n, null]);
    expect(listFiles([root], { inferPartitionTypes: false }).partitionSchema.simpleString).toBe('struct<k:string>');
    const bad = tree('k=x/x');
    expect(() => listFiles([bad], { userSchema })).toThrow(
      expect.objectContaining({
        condition: 'INVALID_PARTITION_VALUE',
        parameters: { value: "'x'", dataType: '"BIGINT"', columnName: '`k`' },
      }),
    );
  });

  it('must have one list of columns', () => {
    const root = tree('a=1/x', 'b=1/x');
    expect(() => listFiles([root])).toThrow(
      expect.objectContaining({
        condition: 'CONFLICTING_PARTITION_COLUMN_NAMES',
        sqlState: 'KD009',
        parameters: {
          distinctPartColLists: '\n\tPartition column name list #0: a\n\tPartition column name list #1: b\n',
          suspiciousPaths: `\n\tfile:${root}/a=1\n\tfile:${root}/b=1`,
        },
      }),
    );
  });

  it('ignore files beside partition directories', () => {
    const root = tree('x', 'a=1/x');
    expect(listFiles([root]).files.map((f) => f.path)).toEqual([join(root, 'a=1/x')]);
  });

  it('take the place of data columns of the same name', () => {
    const data = new StructType([new StructField('A', LONG), new StructField('b', STRING)]);
    const partition = new StructType([new StructField('a', INT), new StructField('c', DOUBLE)]);
    expect(mergeDataAndPartitionSchema(data, partition).simpleString).toBe('struct<a:int,b:string,c:double>');
  });

  it('escape names as Spark does', () => {
    expect(escapePathName('a/b=c:d%é{}')).toBe('a%2Fb%3Dc%3Ad%25é%7B}');
    expect(unescapePathName('a%2Fb%3Dc%zz%')).toBe('a/b=c%zz%');
    expect(partitionDirectory('k', null)).toBe('k=__HIVE_DEFAULT_PARTITION__');
    expect(partitionDirectory('k', '')).toBe('k=__HIVE_DEFAULT_PARTITION__');
  });
});
