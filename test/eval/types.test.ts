import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SparkError } from '../../src/errors/index.js';
import {
  civilFromDays,
  daysFromCivil,
  findZone,
  formatDouble,
  formatFloat,
  isoWeek,
  MapValue,
  parseSchema,
  parseType,
  toDisplayString,
  toInstantMicros,
  toLocalMicros,
  typeFromJson,
  typeToJson,
  type Value,
  zoneOf,
} from '../../src/types/index.js';

describe('DDL', () => {
  // Types as `DataType.fromDDL` of Spark reads them, printed by `simpleString`.
  const cases: readonly (readonly [ddl: string, simple: string])[] = [
    ['INT', 'int'],
    ['decimal', 'decimal(10,0)'],
    ['DEC(12, 2)', 'decimal(12,2)'],
    ['array<struct<a:int,b:array<string>>>', 'array<struct<a:int,b:array<string>>>'],
    ['a INT, b STRING NOT NULL', 'struct<a:int,b:string>'],
    ["`a b` MAP<STRING, DECIMAL(5,1)> COMMENT 'x'", 'struct<a b:map<string,decimal(5,1)>>'],
    ['struct<>', 'struct<>'],
    ['interval day to second', 'interval day to second'],
    ['interval year', 'interval year'],
    ['interval', 'interval'],
    ['varchar(3)', 'varchar(3)'],
    ['timestamp_ntz', 'timestamp_ntz'],
    ['struct<interval:interval, array:array<int>>', 'struct<interval:interval,array:array<int>>'],
  ];
  for (const [ddl, simple] of cases) test(ddl, () => expect(parseType(ddl).simpleString).toBe(simple));
  test('nullability and comments of fields', () => {
    const [, b] = parseSchema("a INT, b STRING NOT NULL COMMENT 'it''s'".replace("''", '’')).fields;
    expect(b?.nullable).toBe(false);
    expect(b?.metadata).toEqual({ comment: 'it’s' });
  });
  for (const bad of ['', 'decimal(39)', 'array<int', 'a INT b INT', 'foo', 'map<int>', 'interval day to year']) {
    test(`refuses ${JSON.stringify(bad)}`, () => expect(() => parseType(bad)).toThrow(SparkError));
  }
  test('JSON round trip', () => {
    const type = parseType('a INT NOT NULL, b ARRAY<MAP<STRING,DECIMAL(5,1)>>, c INTERVAL DAY TO HOUR');
    expect(typeToJson(type)).toMatchObject({
      type: 'struct',
      fields: [{ name: 'a', type: 'integer', nullable: false }, {}, { type: 'interval day to hour' }],
    });
    expect(typeFromJson(JSON.parse(JSON.stringify(typeToJson(type)))).simpleString).toBe(type.simpleString);
  });
});

describe('text', () => {
  test('doubles as Java prints them', () => {
    const texts: readonly (readonly [number, string])[] = [
      [1, '1.0'],
      [1e7, '1.0E7'],
      [9999999, '9999999.0'],
      [0.001, '0.001'],
      [9.99e-4, '9.99E-4'],
      [-0, '-0.0'],
      [1e21, '1.0E21'],
      [123456.789, '123456.789'],
      [5e-324, '4.9E-324'],
      [Number.NEGATIVE_INFINITY, '-Infinity'],
    ];
    for (const [n, text] of texts) expect(formatDouble(n)).toBe(text);
    expect(formatFloat(Math.fround(0.1))).toBe('0.1');
    expect(formatFloat(Math.fround(3.4028235e38))).toBe('3.4028235E38');
  });
  test('doubles and floats as Java 17 casts them to string, recorded from Spark', () => {
    const url = new URL('./java-number-text.json', import.meta.url);
    const recorded = JSON.parse(readFileSync(url, 'utf8')) as [double: number, text: string, floatText: string][];
    for (const [n, text, floatText] of recorded) {
      expect(formatDouble(n)).toBe(text);
      expect(formatFloat(Math.fround(n))).toBe(floatText);
    }
  });
  test('cells of show(): NULL at any depth, binaries in hexadecimal', () => {
    const type = parseType('struct<a:array<int>,b:binary,c:map<string,int>>');
    const value: Value = [[1, null], new Uint8Array([0x61, 0x0f]), new MapValue(['k'], [null])];
    expect(toDisplayString(value, type)).toBe('{[1, NULL], [61 0F], {k -> NULL}}');
    expect(toDisplayString(null, type)).toBe('NULL');
  });
});

describe('calendar and zones', () => {
  test('days of the proleptic Gregorian calendar', () => {
    expect(daysFromCivil(1970, 1, 1)).toBe(0);
    expect(daysFromCivil(2000, 2, 29)).toBe(11016);
    expect(daysFromCivil(1, 1, 1)).toBe(-719162);
    for (const days of [-800_000, -719_528, -1, 0, 59, 11_016, 2_932_896]) {
      const { year, month, day } = civilFromDays(days);
      expect(daysFromCivil(year, month, day)).toBe(days);
    }
    expect(isoWeek(daysFromCivil(2021, 1, 3))).toEqual({ week: 53, year: 2020 });
  });
  test('gaps move on, overlaps take the earlier offset, as in java.time', () => {
    const berlin = zoneOf('Europe/Berlin');
    const at = (y: number, m: number, d: number, minutes: number): bigint =>
      BigInt(daysFromCivil(y, m, d)) * 86_400_000_000n + BigInt(minutes) * 60_000_000n;
    expect(toInstantMicros(at(2020, 3, 29, 150), berlin)).toBe(at(2020, 3, 29, 90));
    expect(toInstantMicros(at(2020, 10, 25, 150), berlin)).toBe(at(2020, 10, 25, 30));
    expect(toLocalMicros(at(2020, 10, 25, 90), berlin)).toBe(at(2020, 10, 25, 150));
  });
  test('zone ids as Spark reads them', () => {
    for (const id of [
      'UTC',
      'Z',
      '+1',
      '-08:00',
      '+05:30',
      'GMT+2',
      'UTC-03:00',
      'America/New_York',
      'PST',
      'Etc/GMT+5',
    ]) {
      expect(findZone(id), id).toBeDefined();
    }
    for (const id of ['america/new_york', '+19:00', 'Nowhere/City', '', '25:00', '../etc'])
      expect(findZone(id), id).toBeUndefined();
    expect(findZone('Asia/Tehran')?.offsetAt(Date.UTC(2020, 6, 1) / 1000)).toBe(4.5 * 3600);
    expect(() => zoneOf('Mars/Base')).toThrow('INVALID_TIMEZONE');
  });
});
