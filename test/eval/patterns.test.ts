import { expect, test } from 'vitest';
import { compileLike } from '../../src/eval/like.js';
import { allMatches, compilePattern } from '../../src/eval/pattern.js';

const LONG = 'a'.repeat(40);

test('patterns that make backtracking engines explode are linear here', () => {
  const started = performance.now();
  expect(compilePattern('(a+)+$', 'rlike').find(`${LONG}!`, 0)).toBeUndefined();
  expect(compilePattern('^(([a-z])+.)+[A-Z]([a-z])+$', 'rlike').find(LONG, 0)).toBeUndefined();
  expect(compileLike('%a%a%a%a%a%a%a%a%a%b')('a'.repeat(2000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(2000);
});

test('LIKE counts code points', () => {
  expect(compileLike('_')('😀')).toBe(true);
  expect(compileLike('__')('😀')).toBe(false);
  expect(compileLike('a%b_')('axxb😀')).toBe(true);
});

test('empty matches move on by whole characters', () => {
  const matches = [...allMatches(compilePattern('x*', 'split'), '😀b')].map((m) => m.start);
  expect(matches).toEqual([0, 2, 3]);
});

test('malformed patterns are errors of Spark', () => {
  expect(() => compilePattern('(', 'rlike')).toThrow('INVALID_PARAMETER_VALUE.PATTERN');
  expect(() => compilePattern('[a&&b]', 'rlike')).toThrow('UNSUPPORTED_FEATURE');
});
