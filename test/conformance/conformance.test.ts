import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SparkError } from '../../src/index.js';
import { INT, MapValue, STRING, StructField, StructType } from '../../src/types/index.js';
import { parseSchema } from '../../src/types/parse-type.js';
import { readGolden } from './golden.js';
import { hiveText } from './hive-text.js';
import type { Jar } from './jar.js';
import { failureOf, judgeFailure, recordedError } from './judge.js';
import { hideVolatile } from './normalize.js';
import { lostOf, readPassed, unionOf, writePassed } from './ratchet.js';
import { readScope } from './scope.js';

const jarOf = (files: Readonly<Record<string, string>>): Jar => {
  const text = (name: string) => files[`${name}`] ?? '';
  return { has: (name: string) => name in files, text } as unknown as Jar;
};

describe('golden files', () => {
  it('split into statements with settings of directives', () => {
    const jar = jarOf({
      'sql-tests/inputs/a.sql':
        "--SET spark.x=1, spark.y = b\n--CONFIG_DIM1 p=1,q=2\n--CONFIG_DIM1 p=2\n--IMPORT b.sql\n-- a comment\nSELECT 1;\n--QUERY-DELIMITER-START\nSELECT /* ; */ 2;\n--QUERY-DELIMITER-END\nSELECT ';\n",
      'sql-tests/inputs/b.sql': 'SELECT 0;',
      'sql-tests/results/a.sql.out':
        "-- head\n-- !query\nSELECT 0\n-- !query schema\nstruct<0:int>\n-- !query output\n0\n\n\n-- !query\nSELECT 1\n-- !query schema\nstruct<>\n-- !query output\n\n\n\n-- !query\nSELECT /* ; */ 2\n-- !query schema\nstruct<2:int>\n-- !query output\n2\n\n\n-- !query\nSELECT '\n-- !query schema\nstruct<>\n-- !query output\nx\n",
    });
    const file = readGolden(jar, 'a.sql');
    expect(file.statements.map((s) => [s.sql, s.output])).toEqual([
      ['SELECT 0', '0'],
      ['SELECT 1', ''],
      ['SELECT /* ; */ 2', '2'],
      ["SELECT '", 'x'],
    ]);
    expect(file.settings).toEqual([
      ['spark.x', '1'],
      ['spark.y', 'b'],
      ['p', '1'],
      ['q', '2'],
    ]);
    expect(file.statements.every((s) => s.analyzed === undefined)).toBe(true);
  });

  it('are listed with their number', () => {
    const scope = readScope('test/conformance/scope.txt');
    const inside = scope.filter((f) => f.skipped === undefined);
    const sum = (list: typeof scope) => list.reduce((n, f) => n + f.statements, 0);
    expect([scope.length, sum(scope), inside.length, sum(inside)]).toEqual([303, 15655, 260, 14126]);
    const listed = readFileSync('test/conformance/scope.txt', 'utf8').split('\n');
    expect(listed[2]).toBe('# in scope: 260 files, 14126 statements, 14126 analyzed plans');
  });
});

describe('cells as the command line shows them', () => {
  const style = { timeZone: 'UTC', binary: undefined };
  it('quotes strings inside values only', () => {
    const type = new StructType([new StructField('a', STRING), new StructField('b', INT)]);
    expect(hiveText('x', STRING, style)).toBe('x');
    expect(hiveText(null, STRING, style)).toBe('NULL');
    expect(hiveText(['x', null], type, style)).toBe('{"a":"x","b":null}');
  });
  it('sorts entries of maps and writes intervals in full', () => {
    const [map, days, months] = parseSchema(
      'm MAP<INT, STRING>, d INTERVAL DAY TO SECOND, y INTERVAL YEAR TO MONTH',
    ).fields.map((f) => f.dataType);
    expect(hiveText(new MapValue([2, 1], ['b', 'a']), map as never, style)).toBe('{1:"a",2:"b"}');
    expect(hiveText(-90_061_500_000n, days as never, style)).toBe('-1 01:01:01.500000000');
    expect(hiveText(-14, months as never, style)).toBe('-1-2');
  });
  it('writes bytes in the style asked for', () => {
    const type = parseSchema('b BINARY').fields[0]?.dataType as never;
    const bytes = new Uint8Array([97, 255]);
    const as = (binary: string) => hiveText(bytes, type, { timeZone: 'UTC', binary });
    expect([as('BASIC'), as('BASE64'), as('HEX'), as('HEX_DISCRETE')]).toEqual(['[97, -1]', 'Yf8', '61FF', '[61 FF]']);
  });
});

describe('judging', () => {
  const recorded =
    'org.apache.spark.sql.AnalysisException\n{\n "errorClass" : "A.B",\n "sqlState" : "42000",\n "messageParameters" : { "x" : "a#x" }\n}';
  const error = (condition: string, sqlState: string, x: string) =>
    failureOf(new SparkError('analysis', condition, { x }, undefined, { sqlState, message: 'm' }));
  it('compares condition, SQLSTATE and parameters of errors', () => {
    const want = recordedError(recorded);
    expect(judgeFailure(want, error('A.B', '42000', 'a#12')).reason).toBeUndefined();
    expect(judgeFailure(want, error('A.B', '42001', 'a#12')).reason).toBe('wrong error');
    expect(judgeFailure(want, error('A.B', '42000', 'b')).reason).toBe('wrong error');
    expect(judgeFailure(undefined, error('UNRESOLVED_ROUTINE', '42883', 'f')).reason).toBe('missing function');
    expect(judgeFailure(undefined, failureOf(new TypeError('x'))).reason).toBe('crash');
  });
  it('compares the message where Spark has no condition', () => {
    const want = recordedError('java.lang.ArithmeticException\nlong overflow');
    const got = failureOf(new SparkError('runtime', 'X', {}, undefined, { message: 'long overflow' }));
    expect(judgeFailure(want, got).reason).toBeUndefined();
    expect(recordedError('org.apache is no error')).toBeUndefined();
  });
  it('hides ids and places', () => {
    expect(hideVolatile('a#12L file:/x/org.apache.spark.sql.SQLQueryTestSuite/t CTERelationDef 3, false')).toBe(
      'a#xL file:[not included in comparison]/{warehouse_dir}/t CTERelationDef xxxx, false',
    );
  });
});

describe('the ratchet', () => {
  it('keeps ranges, tells what is lost, and grows', () => {
    const folder = mkdtempSync(join(tmpdir(), 'memoframe-ratchet-'));
    const passed = (results: number[], analyzed: number[]) =>
      new Map([['a.sql', { results: new Set(results), analyzed: new Set(analyzed) }]]);
    const before = passed([0, 1, 2, 5], []);
    writePassed(join(folder, 'passed.txt'), before);
    expect(readFileSync(join(folder, 'passed.txt'), 'utf8')).toBe('a.sql results 0-2,5 analyzed -\n');
    expect(readPassed(join(folder, 'passed.txt'))).toEqual(before);
    expect(lostOf(before, passed([0, 2, 5], [3]))).toEqual(['a.sql#1 results']);
    expect(lostOf(before, new Map())).toEqual([]);
    expect(unionOf(before, passed([3], [4]))).toEqual(passed([0, 1, 2, 5, 3], [4]));
    rmSync(folder, { recursive: true });
  });
});
