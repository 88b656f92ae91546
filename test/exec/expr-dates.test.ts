import { afterEach, describe, expect, it } from 'vitest';
import type { BoundExpr } from '../../src/eval/bound.js';
import { DATE, type DataType, INT, TIMESTAMP, TIMESTAMP_NTZ } from '../../src/types/index.js';
import { call, cast, difference, input, literal, random, randomMorsel, releaseAll, type Shape } from './expr-kit.js';

afterEach(releaseAll);

const SHAPES: readonly Shape[] = [
  { rows: 400, nulls: 0.1, selected: 1 },
  { rows: 400, nulls: 0, selected: 0.3 },
];

function agree(expr: BoundExpr, types: readonly DataType[]): void {
  for (const [s, shape] of SHAPES.entries()) {
    const m = randomMorsel(types, shape, random(s + 11));
    expect(difference(expr, m), JSON.stringify(shape)).toBeUndefined();
  }
}

describe('dates', () => {
  it.each(['year', 'month', 'day', 'dayofmonth', 'quarter', 'dayofyear', 'dayofweek', 'weekday', 'weekofyear'])(
    '%s',
    (fn) => {
      agree(call(fn, INT, [input(0, DATE)]), [DATE]);
      agree(call(fn, INT, [cast(input(0, TIMESTAMP), DATE)]), [TIMESTAMP]);
    },
  );
  it('day arithmetic', () => {
    agree(call('date_add', DATE, [input(0, DATE), literal(90, INT)]), [DATE]);
    agree(call('date_sub', DATE, [input(0, DATE), literal(90, INT)]), [DATE]);
    agree(call('date_add', DATE, [input(0, DATE), input(1, INT)]), [DATE, INT]);
    agree(call('datediff', INT, [input(0, DATE), input(1, DATE)]), [DATE, DATE]);
    agree(call('last_day', DATE, [input(0, DATE)]), [DATE]);
  });
  it.each(['hour', 'minute', 'second'])('%s in UTC', (fn) => {
    agree(call(fn, INT, [input(0, TIMESTAMP)]), [TIMESTAMP]);
    agree(call(fn, INT, [input(0, TIMESTAMP_NTZ)]), [TIMESTAMP_NTZ]);
  });
  it('another zone goes through the scalar definitions', () => {
    const berlin = { timeZone: 'Europe/Berlin' };
    agree({ ...call('hour', INT, [input(0, TIMESTAMP)]), ...berlin } as BoundExpr, [TIMESTAMP]);
    agree({ ...cast(input(0, TIMESTAMP), DATE), ...berlin } as BoundExpr, [TIMESTAMP]);
    agree({ ...cast(input(0, DATE), TIMESTAMP), ...berlin } as BoundExpr, [DATE]);
  });
});
