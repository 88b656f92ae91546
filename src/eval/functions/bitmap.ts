import { BINARY, type DataType, LONG, type Value } from '../../types/index.js';
import { aggregate, scalar } from '../define.js';
import type { AggregateFunctionDef, ScalarFunction } from '../function.js';

/** Bits of one bitmap. Spark: `BitmapExpressionUtils`. */
const BITS = 32_768n;

const position = (n: bigint): bigint => (n > 0n ? (n - 1n) % BITS : -n % BITS);
const bucket = (n: bigint): bigint => (n > 0n ? 1n + (n - 1n) / BITS : n / BITS);
function ones(bytes: Uint8Array): bigint {
  let n = 0;
  for (const b of bytes) for (let rest = b; rest !== 0; rest &= rest - 1) n++;
  return BigInt(n);
}

export const bitmapFunctions: readonly ScalarFunction[] = [
  scalar('misc', 'bitmap_bit_position(child)', 'Bit of a number within its bitmap.', {
    cls: 'BitmapBitPosition',
    types: [LONG],
    returns: LONG,
    nullability: 'always',
    run: ([n]) => position(n as bigint),
  }),
  scalar('misc', 'bitmap_bucket_number(child)', 'Bitmap that a number belongs to.', {
    cls: 'BitmapBucketNumber',
    types: [LONG],
    returns: LONG,
    nullability: 'always',
    run: ([n]) => bucket(n as bigint),
  }),
  scalar('misc', 'bitmap_count(child)', 'Bits that are set in a bitmap.', {
    cls: 'BitmapCount',
    types: [BINARY],
    returns: LONG,
    nullability: 'always',
    run: ([b]) => ones(b as Uint8Array),
  }),
];

const union = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) a[i] = (a[i] as number) | (b[i] as number);
  return a;
};
const empty = (): Uint8Array => new Uint8Array(Number(BITS) / 8);

export const bitmapAggregates: readonly AggregateFunctionDef[] = [
  aggregate<Uint8Array>('bitmap_construct_agg(child)', 'Bitmap of the bit positions.', {
    cls: 'BitmapConstructAgg',
    types: [LONG],
    returns: (): DataType => BINARY,
    nullability: 'never',
    create: empty,
    update: (state, args) => {
      const n = args[0] as bigint | null;
      if (n !== null) state[Number(n >> 3n)] = (state[Number(n >> 3n)] as number) | (1 << Number(n & 7n));
      return state;
    },
    merge: union,
    finish: (state): Value => state,
  }),
  aggregate<Uint8Array>('bitmap_or_agg(child)', 'Union of bitmaps.', {
    cls: 'BitmapOrAgg',
    types: [BINARY],
    returns: (): DataType => BINARY,
    nullability: 'never',
    create: empty,
    update: (state, args) => (args[0] === null ? state : union(state, args[0] as Uint8Array)),
    merge: union,
    finish: (state): Value => state,
  }),
];
