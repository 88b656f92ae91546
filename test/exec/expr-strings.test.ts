import { afterEach, describe, expect, it } from 'vitest';
import type { BoundExpr } from '../../src/eval/bound.js';
import {
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  STRING,
} from '../../src/types/index.js';
import { call, cast, difference, input, literal, random, randomMorsel, releaseAll, type Shape } from './expr-kit.js';

afterEach(releaseAll);

const SHAPES: readonly Shape[] = [
  { rows: 200, nulls: 0, selected: 1 },
  { rows: 200, nulls: 0.3, selected: 0.6, tame: true },
  { rows: 200, nulls: 0.3, selected: 0.1 },
  { rows: 200, nulls: 0.2, selected: 1, dictionary: true },
  { rows: 200, nulls: 0, selected: 0.5, dictionary: true },
  { rows: 40, nulls: 1, selected: 1 },
  { rows: 40, nulls: 0, selected: 0 },
];

function agree(expr: BoundExpr, types: readonly DataType[]): void {
  for (const [s, shape] of SHAPES.entries()) {
    const m = randomMorsel(types, shape, random(s + 7));
    expect(difference(expr, m), JSON.stringify(shape)).toBeUndefined();
  }
  releaseAll();
}

const s = input(0, STRING);
const text = (v: string) => literal(v, STRING);

describe('string functions', () => {
  it.each(['length', 'octet_length', 'ascii'])('%s', (fn) => agree(call(fn, INT, [s]), [STRING]));
  it.each(['upper', 'lower', 'trim', 'ltrim', 'rtrim', 'reverse', 'initcap'])('%s', (fn) =>
    agree(call(fn, STRING, [s]), [STRING]),
  );
  it.each(['startswith', 'endswith', 'contains'])('%s', (fn) => {
    agree(call(fn, BOOLEAN, [s, input(1, STRING)]), [STRING, STRING]);
    for (const part of ['', 'a', 'requests', '日', 'longer than sixteen bytes'])
      agree(call(fn, BOOLEAN, [s, text(part)]), [STRING]);
  });
  it('instr', () => {
    agree(call('instr', INT, [s, input(1, STRING)]), [STRING, STRING]);
    agree(call('instr', INT, [s, text('b')]), [STRING]);
  });
  it('substring', () => {
    for (const p of [-30, -3, -1, 0, 1, 2, 5, 100])
      for (const l of [-1, 0, 1, 3, 2147483647])
        agree(call('substring', STRING, [s, literal(p, INT), literal(l, INT)]), [STRING]);
    agree(call('substring', STRING, [s, literal(3, INT)]), [STRING]);
    agree(call('substring', STRING, [s, input(1, INT), input(2, INT)]), [STRING, INT, INT]);
  });
  it('concat', () => {
    agree(call('concat', STRING, [s, input(1, STRING)]), [STRING, STRING]);
    agree(call('concat', STRING, [s, text('-'), input(1, STRING), text('日')]), [STRING, STRING]);
    agree(call('concat', STRING, [s]), [STRING]);
  });
  it('like', () => {
    const patterns = [
      '',
      '%',
      '_',
      '%%',
      'a%',
      '%a',
      '%a%',
      'a',
      'PROMO%',
      '%special%requests%',
      '%a%b%',
      '_b_',
      '%_',
      '_%_',
      'a_c',
      '日%',
      '%😀_',
      '\\%',
      'a\\%b',
      '%\\_%',
      '%ä_%',
      '%b',
      'a%b%c',
    ];
    for (const p of patterns) agree(call('like', BOOLEAN, [s, text(p)]), [STRING]);
    agree(call('like', BOOLEAN, [s, text('a/%b'), text('/')]), [STRING]);
    // Malformed: the scalar definition says how, and only if a row is asked.
    agree(call('like', BOOLEAN, [s, text('a\\b')]), [STRING]);
  });
  it('like and contains in long texts', () => {
    const long = call('concat', STRING, [s, text('aab'), s, text('special'), s, text('baba'), s, text('requests'), s]);
    const parts = ['a', 'ab', 'aab', 'ba', 'special', 'requests', 'bab', 'ä', '日', 'speciala'];
    for (const x of parts) {
      agree(call('contains', BOOLEAN, [long, text(x)]), [STRING]);
      for (const y of parts)
        for (const p of [`%${x}%${y}%`, `${x}%${y}`, `%${x}%${y}`, `${x}%${y}%`])
          expect(
            difference(call('like', BOOLEAN, [long, text(p)]), randomMorsel([STRING], SHAPES[1]!, random(5))),
          ).toBe(undefined);
      releaseAll();
    }
    // Nothing is counted twice.
    for (const p of ['a%a', 'ab%b', '%ab%ba%', 'aba%aba'])
      for (const t of ['a', 'ab', 'aba', 'abaaba', 'abba'])
        expect(
          difference(call('like', BOOLEAN, [text(t), text(p)]), randomMorsel([STRING], SHAPES[1]!, random(5))),
        ).toBe(undefined);
    releaseAll();
  });
  it('null results for entries, functions of null', () => {
    agree({ k: 'coalesce', args: [s, text('none')], type: STRING }, [STRING]);
    agree(call('length', INT, [{ k: 'coalesce', args: [s, text('none')], type: STRING }]), [STRING]);
    agree(call('nullif', STRING, [s, text('abc')]), [STRING]);
    agree({ k: 'case', branches: [{ when: call('like', BOOLEAN, [s, text('a%')]), then: text('A') }], type: STRING }, [
      STRING,
    ]);
    agree(cast(s, INT, 'TRY'), [STRING]);
    agree(cast(s, LONG), [STRING]);
    agree(call('=', BOOLEAN, [s, text('abc')]), [STRING]);
    agree(call('=', BOOLEAN, [call('substring', STRING, [s, literal(1, INT), literal(1, INT)]), text('a')]), [STRING]);
    agree(call('isnull', BOOLEAN, [s]), [STRING]);
    agree(call('regexp_replace', STRING, [s, text('[aeiou]'), text('*')]), [STRING]);
  });
  it('hash of every type', () => {
    const types: DataType[] = [
      BOOLEAN,
      INT,
      LONG,
      STRING,
      BINARY,
      DOUBLE,
      FLOAT,
      DATE,
      new DecimalType(12, 2),
      new DecimalType(38, 3),
    ];
    for (const t of types) agree(call('hash', INT, [input(0, t)]), [t]);
    agree(
      call(
        'hash',
        INT,
        types.map((t, i) => input(i, t)),
      ),
      types,
    );
  });
  it('binaries compare by unsigned bytes', () => {
    for (const fn of ['<', '=']) agree(call(fn, BOOLEAN, [input(0, BINARY), input(1, BINARY)]), [BINARY, BINARY]);
  });
});
