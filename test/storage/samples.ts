import * as T from '../../src/types/index.js';
import { CalendarInterval, type DataType, Decimal, MapValue, type Value } from '../../src/types/index.js';

const D38 = new T.DecimalType(38, 4);
const MAX38 = 10n ** 38n - 1n;
const POINT = new T.StructType([
  new T.StructField('x', T.INT),
  new T.StructField('name', T.STRING),
  new T.StructField('tags', new T.ArrayType(T.STRING)),
  new T.StructField('d', D38),
]);

/** Values of every type, nulls among them. */
export const SAMPLES: readonly (readonly [DataType, readonly Value[]])[] = [
  [T.NULL, [null, null]],
  [T.BOOLEAN, [true, null, false]],
  [T.BYTE, [-128, null, 127]],
  [T.SHORT, [-32768, 32767]],
  [T.INT, [-2147483648, null, 2147483647]],
  [T.LONG, [-(2n ** 63n), null, 2n ** 63n - 1n]],
  [T.FLOAT, [Math.fround(1.1), null, -Infinity, Number.NaN]],
  [T.DOUBLE, [0.1, null, Number.NaN, Infinity, -1e308]],
  [new T.DecimalType(18, 2), [new Decimal(10n ** 18n - 1n, 2), null, new Decimal(-1n, 2)]],
  [D38, [new Decimal(MAX38, 4), null, new Decimal(-MAX38, 4), new Decimal(-1n, 4), new Decimal(2n ** 64n, 4)]],
  [T.STRING, ['', 'a', null, 'naïve €𐍈', 'x'.repeat(100_000), 'twelve chars', '€'.repeat(20), 'sixteen chars..€']],
  [T.BINARY, [new Uint8Array(0), null, Uint8Array.of(0, 255, 10)]],
  [T.DATE, [-719162, 0, 2932896, null]],
  [T.TIMESTAMP, [-62135596800000000n, null, 253402300799999999n]],
  [T.TIMESTAMP_NTZ, [0n, null, 1n]],
  [T.YEAR_MONTH_INTERVAL, [-13, null, 13]],
  [T.DAY_TIME_INTERVAL, [-1n, null, 86400000000n]],
  [T.CALENDAR_INTERVAL, [new CalendarInterval(-1, 2, -3n), null, new CalendarInterval(0, 0, 2n ** 50n)]],
  [new T.ArrayType(T.INT), [[], null, [1, null, 3]]],
  [new T.ArrayType(new T.ArrayType(T.STRING)), [[['a', null], null, []], null]],
  [
    new T.MapType(T.STRING, new T.ArrayType(T.DOUBLE)),
    [new MapValue(['b', 'a'], [[1.5, null], null]), null, new MapValue([], [])],
  ],
  [POINT, [[1, 'p', ['t', null], new Decimal(-5n, 4)], null, [null, null, null, null]]],
  [new T.ArrayType(POINT), [[[7, null, [], new Decimal(MAX38, 4)], null], [], null]],
  [new T.ArrayType(T.CALENDAR_INTERVAL), [[new CalendarInterval(1, 2, 3n), null], null]],
  [new T.ArrayType(T.TIMESTAMP), [[1n, null], null]],
];
