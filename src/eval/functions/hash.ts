import { createHash } from 'node:crypto';
import {
  BINARY,
  type DataType,
  type Decimal,
  INT,
  LONG,
  type MapValue,
  STRING,
  type Value,
} from '../../types/index.js';
import { crc32 } from '../crc32.js';
import { scalar } from '../define.js';
import type { Coercion, ScalarFunction } from '../function.js';
import { hashBytes32, hashInt32, hashLong32 } from '../murmur3.js';
import { hashBytes64, hashInt64, hashLong64 } from '../xxhash64.js';

const encoder = new TextEncoder();
const double = new DataView(new ArrayBuffer(8));

interface Hasher<H> {
  int(value: number, seed: H): H;
  long(value: bigint, seed: H): H;
  bytes(value: Uint8Array, seed: H): H;
}
const MURMUR: Hasher<number> = { int: hashInt32, long: hashLong32, bytes: hashBytes32 };
const XXHASH: Hasher<bigint> = { int: hashInt64, long: hashLong64, bytes: hashBytes64 };

/** Big-endian two's complement bytes, as few as needed. Java: `BigInteger.toByteArray`. */
export function bigintToBytes(value: bigint): Uint8Array {
  let n = 1;
  while (BigInt.asIntN(n * 8, value) !== value) n++;
  const out = new Uint8Array(n);
  let rest = value;
  for (let i = n - 1; i >= 0; i--) {
    out[i] = Number(rest & 255n);
    rest >>= 8n;
  }
  return out;
}

/** Hash of one value with a seed; null leaves the seed. Spark: `InterpretedHashFunction.hash`. */
function hashValue<H>(value: Value, type: DataType, seed: H, h: Hasher<H>): H {
  if (value === null) return seed;
  switch (type.kind) {
    case 'boolean':
      return h.int(value ? 1 : 0, seed);
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
    case 'ym_interval':
      return h.int(value as number, seed);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'dt_interval':
      return h.long(value as bigint, seed);
    case 'float':
      double.setFloat32(0, (value as number) === 0 ? 0 : (value as number));
      return h.int(double.getInt32(0), seed);
    case 'double':
      double.setFloat64(0, (value as number) === 0 ? 0 : (value as number));
      return h.long(double.getBigInt64(0), seed);
    case 'decimal': {
      const { unscaled } = value as Decimal;
      return type.precision <= 18 ? h.long(unscaled, seed) : h.bytes(bigintToBytes(unscaled), seed);
    }
    case 'string':
    case 'char':
    case 'varchar':
      return h.bytes(encoder.encode(value as string), seed);
    case 'binary':
      return h.bytes(value as Uint8Array, seed);
    case 'interval': {
      const i = value as { months: number; days: number; micros: bigint };
      return h.int(i.months, h.int(i.days, h.long(i.micros, seed)));
    }
    case 'array':
      return (value as readonly Value[]).reduce<H>((s, v) => hashValue(v, type.elementType, s, h), seed);
    case 'struct':
      return type.fields.reduce<H>(
        (s, f, i) => hashValue((value as readonly Value[])[i] as Value, f.dataType, s, h),
        seed,
      );
    case 'map': {
      const m = value as MapValue;
      return m.keys.reduce<H>(
        (s, k, i) => hashValue(m.values[i] as Value, type.valueType, hashValue(k, type.keyType, s, h), h),
        seed,
      );
    }
    default:
      return seed;
  }
}

/** Spark's Murmur3 over several columns, seed 42: also what hash partitioning uses. */
export function murmur3(values: readonly Value[], types: readonly DataType[], seed = 42): number {
  return values.reduce<number>((s, v, i) => hashValue(v, types[i] as DataType, s, MURMUR), seed);
}
/** Spark's XxHash64 over several columns, seed 42. */
export function xxHash64(values: readonly Value[], types: readonly DataType[], seed = 42n): bigint {
  return values.reduce<bigint>((s, v, i) => hashValue(v, types[i] as DataType, s, XXHASH), seed);
}

const hasMap = (t: DataType): boolean =>
  t.kind === 'map' ||
  (t.kind === 'array' && hasMap(t.elementType)) ||
  (t.kind === 'struct' && t.fields.some((f) => hasMap(f.dataType)));
const noMaps =
  (name: string): Coercion =>
  (args) =>
    args.some(hasMap)
      ? { mismatch: { condition: 'HASH_MAP_TYPE', parameters: { functionName: `\`${name}\`` } } }
      : args.map(() => undefined);

const digest = (algorithm: string, bytes: unknown): string =>
  createHash(algorithm)
    .update(bytes as Uint8Array)
    .digest('hex');
function sha2(bytes: Uint8Array, bits: number): string | null {
  const size = bits === 0 ? 256 : bits;
  return size === 224 || size === 256 || size === 384 || size === 512 ? digest(`sha${size}`, bytes) : null;
}
const lax = { nullIntolerant: false, nullability: 'never' } as const;

export const hashFunctions: readonly ScalarFunction[] = [
  scalar('hash', 'hash(expr, ...)', 'Murmur3 hash, seed 42.', {
    cls: 'Murmur3Hash',
    coerce: noMaps('hash'),
    returns: INT,
    ...lax,
    run: (args, c) => murmur3(args as readonly Value[], c.argTypes),
  }),
  scalar('hash', 'xxhash64(expr, ...)', 'XxHash64, seed 42.', {
    cls: 'XxHash64',
    coerce: noMaps('xxhash64'),
    returns: LONG,
    ...lax,
    run: (args, c) => xxHash64(args as readonly Value[], c.argTypes),
  }),
  scalar('hash', 'md5(expr)', 'MD5 digest in hexadecimal.', {
    cls: 'Md5',
    types: [BINARY],
    returns: STRING,
    run: ([b]) => digest('md5', b),
  }),
  scalar('hash', 'sha1(expr)', 'SHA-1 digest in hexadecimal.', {
    cls: 'Sha1',
    aliases: ['sha'],
    aliasShows: true,
    types: [BINARY],
    returns: STRING,
    run: ([b]) => digest('sha1', b),
  }),
  scalar('hash', 'sha2(expr, bitLength)', 'SHA-2 digest in hexadecimal; null for an unknown length.', {
    cls: 'Sha2',
    types: [BINARY, INT],
    returns: STRING,
    nullability: 'always',
    run: ([b, n]) => sha2(b as Uint8Array, n as number),
  }),
  scalar('hash', 'crc32(expr)', 'CRC-32.', {
    cls: 'Crc32',
    types: [BINARY],
    returns: LONG,
    run: ([b]) => BigInt(crc32(b as Uint8Array)),
  }),
];
