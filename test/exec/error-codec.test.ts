import { expect, it } from 'vitest';
import { NO_ORIGIN, runtimeError, SparkError } from '../../src/errors/index.js';
import { decode, decodeError, encode, encodeError } from '../../src/exec/pipelines/codec.js';

/** As it comes over from a worker thread. */
const travelled = (error: unknown): SparkError =>
  decodeError(structuredClone(decode(encode(encodeError(error)))) as ReturnType<typeof encodeError>);

it('errors of a worker keep condition, message and all that lies behind them', () => {
  const file = Object.assign(new RangeError('no such byte'), { code: 'EIO' });
  const inner = runtimeError('DIVIDE_BY_ZERO', { config: '"spark.sql.ansi.enabled"' }, NO_ORIGIN, file);
  const outer = runtimeError('FAILED_READ_FILE.NO_HINT', { path: '/data/a.json' }, NO_ORIGIN, inner);
  const error = travelled(outer);
  expect(error).toBeInstanceOf(SparkError);
  expect([error.condition, error.message, error.sqlState]).toEqual([outer.condition, outer.message, outer.sqlState]);
  expect(error.stack).toBe(outer.stack);
  const cause = error.cause as SparkError;
  expect(cause).toBeInstanceOf(SparkError);
  expect([cause.condition, cause.message]).toEqual([inner.condition, inner.message]);
  expect(cause.cause).toBeInstanceOf(Error);
  expect(cause.cause).toMatchObject({ name: 'RangeError', message: 'no such byte' });
});

it('what is no SparkError is told as a bug, with its message', () => {
  expect(travelled(new TypeError('x is not a function'))).toMatchObject({
    condition: 'INTERNAL_ERROR',
    parameters: { message: 'x is not a function' },
  });
  expect(travelled('thrown text').parameters).toEqual({ message: 'thrown text' });
  expect(travelled('thrown text').cause).toBeUndefined();
});
