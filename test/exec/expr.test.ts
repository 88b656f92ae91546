import { afterEach, describe, expect, it } from 'vitest';
import type { BoundExpr } from '../../src/eval/bound.js';
import { decimalResult } from '../../src/eval/functions/arithmetic.js';
import {
  ArrayType,
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  type DataType,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  MapType,
  SHORT,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
} from '../../src/types/index.js';
import { call, cast, difference, input, literal, random, randomMorsel, releaseAll, type Shape } from './expr-kit.js';

afterEach(releaseAll);

const SHAPES: readonly Shape[] = [
  { rows: 130, nulls: 0, selected: 1 },
  { rows: 130, nulls: 0, selected: 1, tame: true },
  { rows: 100, nulls: 0.3, selected: 1, tame: true },
  { rows: 257, nulls: 0.3, selected: 0.6 },
  { rows: 257, nulls: 0.3, selected: 0.6, tame: true },
  { rows: 300, nulls: 0.1, selected: 0.05 },
  { rows: 64, nulls: 0.1, selected: 0 },
  { rows: 33, nulls: 1, selected: 1 },
  { rows: 90, nulls: 0.2, selected: 1, dictionary: true },
  { rows: 90, nulls: 0, selected: 0.5, dictionary: true },
];

/** Kernel path and scalar path agree for random vectors of every shape. */
function agree(expr: BoundExpr, types: readonly DataType[], rounds = 1): void {
  for (const [s, shape] of SHAPES.entries()) {
    for (let round = 0; round < rounds; round++) {
      const m = randomMorsel(types, shape, random(s * 100 + round));
      expect(difference(expr, m), JSON.stringify(shape)).toBeUndefined();
    }
    releaseAll();
  }
}

const d = (p: number, s: number) => new DecimalType(p, s);
const DECIMALS = [d(5, 2), d(12, 2), d(18, 18), d(19, 4), d(38, 10), d(38, 38)];
const NUMBERS: readonly DataType[] = [BYTE, SHORT, INT, LONG, FLOAT, DOUBLE];
const COMPARED: readonly DataType[] = [...NUMBERS, BOOLEAN, DATE, TIMESTAMP, STRING, BINARY, d(12, 2), d(30, 5)];

describe('arithmetic', () => {
  for (const t of NUMBERS) {
    for (const fn of ['+', '-', '*', '%'])
      it(`${t} ${fn}`, () => agree(call(fn, t, [input(0, t), input(1, t)]), [t, t]));
    for (const fn of ['negative', 'abs']) it(`${fn} ${t}`, () => agree(call(fn, t, [input(0, t)]), [t]));
  }
  it('double /', () => agree(call('/', DOUBLE, [input(0, DOUBLE), input(1, DOUBLE)]), [DOUBLE, DOUBLE]));
  it('long div', () => agree(call('div', LONG, [input(0, LONG), input(1, LONG)]), [LONG, LONG]));
  it.each(['TRY', 'LEGACY'] as const)('%s mode', (mode) => {
    for (const fn of ['+', '*', '%']) agree(call(fn, INT, [input(0, INT), input(1, INT)], mode), [INT, INT]);
  });
});

describe('decimals', () => {
  for (const a of DECIMALS)
    for (const b of DECIMALS) {
      it(`${a} and ${b}`, () => {
        agree(call('+', decimalResult.add(a, b), [input(0, a), input(1, b)]), [a, b]);
        agree(call('-', decimalResult.add(a, b), [input(0, a), input(1, b)]), [a, b]);
        agree(call('*', decimalResult.multiply(a, b), [input(0, a), input(1, b)]), [a, b]);
        agree(call('/', decimalResult.divide(a, b), [input(0, a), input(1, b)]), [a, b], 1);
        agree(cast(input(0, a), b), [a]);
      });
    }
  for (const a of DECIMALS)
    it(`unary ${a}`, () => {
      agree(call('negative', a, [input(0, a)]), [a]);
      agree(call('abs', a, [input(0, a)]), [a]);
    });
});

describe('comparisons', () => {
  for (const t of COMPARED)
    for (const fn of ['<', '<=', '=', '>=', '>', '<=>'])
      it(`${t} ${fn}`, () => agree(call(fn, BOOLEAN, [input(0, t), input(1, t)]), [t, t]));
  it('null tests', () => {
    for (const t of [INT, STRING, d(30, 2)])
      for (const fn of ['isnull', 'isnotnull']) agree(call(fn, BOOLEAN, [input(0, t)]), [t]);
    for (const t of [FLOAT, DOUBLE]) agree(call('isnan', BOOLEAN, [input(0, t)]), [t]);
  });
});

describe('logic', () => {
  const b = (i: number) => input(i, BOOLEAN);
  it('and, or, not', () => {
    agree({ k: 'and', left: b(0), right: b(1), type: BOOLEAN }, [BOOLEAN, BOOLEAN]);
    agree({ k: 'or', left: b(0), right: b(1), type: BOOLEAN }, [BOOLEAN, BOOLEAN]);
    agree(call('not', BOOLEAN, [b(0)]), [BOOLEAN]);
  });
  const quotient = call('%', INT, [input(0, INT), input(1, INT)]);
  const nonZero = call('not', BOOLEAN, [call('=', BOOLEAN, [input(1, INT), literal(0, INT)])]);
  const positive = call('>', BOOLEAN, [quotient, literal(1, INT)]);
  it('skips rows that do not need the right side', () => {
    agree({ k: 'and', left: nonZero, right: positive, type: BOOLEAN }, [INT, INT], 4);
    agree({ k: 'or', left: call('not', BOOLEAN, [nonZero]), right: positive, type: BOOLEAN }, [INT, INT], 4);
    agree({ k: 'case', branches: [{ when: nonZero, then: quotient }], type: INT }, [INT, INT], 4);
    agree(call('if', INT, [nonZero, quotient, input(0, INT)]), [INT, INT], 4);
  });
  it('case and coalesce', () => {
    for (const t of [INT, LONG, STRING, d(30, 2), BOOLEAN]) {
      const args = [input(0, t), input(1, t)];
      agree({ k: 'coalesce', args, type: t }, [t, t]);
      agree({ k: 'case', branches: [{ when: input(2, BOOLEAN), then: args[0]! }], otherwise: args[1], type: t }, [
        t,
        t,
        BOOLEAN,
      ]);
      agree(
        {
          k: 'case',
          branches: [
            { when: input(2, BOOLEAN), then: args[0]! },
            { when: input(3, BOOLEAN), then: args[1]! },
          ],
          type: t,
        },
        [t, t, BOOLEAN, BOOLEAN],
      );
    }
  });
});

describe('casts', () => {
  const pairs: (readonly [DataType, DataType])[] = [];
  for (const from of [...NUMBERS, BOOLEAN]) for (const to of [...NUMBERS, BOOLEAN, STRING]) pairs.push([from, to]);
  for (const from of [BYTE, INT, LONG, ...DECIMALS])
    for (const to of [INT, LONG, DOUBLE, d(5, 2), d(18, 4), d(38, 10), d(38, 30)]) pairs.push([from, to]);
  pairs.push(
    [DATE, TIMESTAMP],
    [TIMESTAMP, DATE],
    [TIMESTAMP_NTZ, DATE],
    [DATE, STRING],
    [STRING, INT],
    [STRING, BINARY],
  );
  // The scalar definition rounds bigint → float twice.
  for (const [from, to] of pairs.filter(([a, b]) => !(a.kind === 'long' && b.kind === 'float')))
    it(`${from} to ${to}`, () => agree(cast(input(0, from), to), [from]));
});

describe('lists', () => {
  const list = (t: DataType, values: readonly (number | bigint | string | null)[]): BoundExpr => ({
    k: 'in',
    value: input(0, t),
    list: values.map((v) => literal(v, t)),
    type: BOOLEAN,
  });
  it('of numbers', () => {
    agree(list(INT, [1, 2, -1, 2147483647]), [INT]);
    agree(list(INT, [1, 2, null]), [INT]);
    agree(
      list(
        INT,
        Array.from({ length: 30 }, (_, i) => i - 10),
      ),
      [INT],
    );
    agree(list(LONG, [1n, -1n, 0n, 2n ** 63n - 1n]), [LONG]);
    agree(list(BYTE, [1, 5]), [BYTE]);
    agree(list(DOUBLE, [1, 0, Number.NaN]), [DOUBLE]);
  });
  it('of strings', () => {
    agree(list(STRING, ['MAIL', 'SHIP', '']), [STRING]);
    agree(list(STRING, ['abc', null, 'longer than sixteen bytes of text']), [STRING]);
  });
});

describe('bits and rounding', () => {
  it('bit operations', () => {
    for (const t of [BYTE, INT, LONG])
      for (const fn of ['&', '|', '^']) agree(call(fn, t, [input(0, t), input(1, t)]), [t, t]);
    for (const t of [INT, LONG])
      for (const fn of ['shiftleft', 'shiftright', 'shiftrightunsigned'])
        agree(call(fn, t, [input(0, t), input(1, INT)]), [t, INT]);
  });
  it('round, floor, ceil, sqrt', () => {
    agree(call('round', d(11, 2), [input(0, d(12, 4)), literal(2, INT)]), [d(12, 4)]);
    agree(call('round', d(20, 2), [input(0, d(37, 20)), literal(2, INT)]), [d(37, 20)]);
    agree(call('round', d(9, 0), [input(0, d(12, 4))]), [d(12, 4)]);
    agree(call('round', DOUBLE, [input(0, DOUBLE), literal(1, INT)]), [DOUBLE]);
    for (const fn of ['floor', 'ceil']) agree(call(fn, LONG, [input(0, DOUBLE)]), [DOUBLE]);
    agree(call('sqrt', DOUBLE, [input(0, DOUBLE)]), [DOUBLE]);
  });
});

describe('nested', () => {
  const struct = new StructType([
    new StructField('a', INT),
    new StructField('b', STRING),
    new StructField('c', d(30, 2)),
    new StructField('d', new ArrayType(LONG)),
  ]);
  const list = new ArrayType(STRING);
  it('struct fields', () => {
    struct.fields.forEach((f, i) => {
      agree(call('getstructfield', f.dataType, [input(0, struct), literal(i, INT)]), [struct]);
    });
  });
  it('array items and sizes', () => {
    agree(call('getarrayitem', STRING, [input(0, list), literal(0, INT)]), [list]);
    agree(call('getarrayitem', STRING, [input(0, list), input(1, INT)], 'LEGACY'), [list, INT]);
    agree(call('size', INT, [input(0, list)]), [list]);
    agree(call('size', INT, [input(0, new MapType(STRING, INT))]), [new MapType(STRING, INT)]);
    agree(
      call(
        'getarrayitem',
        LONG,
        [call('getstructfield', new ArrayType(LONG), [input(0, struct), literal(3, INT)]), literal(1, INT)],
        'LEGACY',
      ),
      [struct],
    );
  });
});
