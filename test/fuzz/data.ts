import { type DataType, Decimal, LONG, MapValue, type Value } from '../../src/types/index.js';
import type { Column, Table } from './ast.js';
import type { Rng } from './rng.js';
import { COLUMN_TYPES } from './types.js';

/** How a column's values are spread. */
type Style = 'small' | 'wide' | 'extreme';

const WORDS = ['a', 'b', 'ab', 'abc', 'Spark', 'sql', 'x y', 'foo', 'bar', 'null', 'A', 'zeta'];
const ODD = [
  '',
  ' ',
  ' pad ',
  '%',
  'a_b',
  "it's",
  'back\\slash',
  'é',
  'É',
  '漢字',
  '😀',
  '\uffee',
  'a,b,c',
  '1',
  '-12',
  '3.5',
  '2024-02-29',
  '{"a": 1, "b": [1, 2]}',
  'line\nbreak',
  'x'.repeat(12),
  'x'.repeat(13),
  'long '.repeat(60),
];

const INTEGER_EXTREMES: Readonly<Record<string, readonly bigint[]>> = {
  byte: [-128n, 127n],
  short: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  long: [-9223372036854775808n, 9223372036854775807n, 4294967296n, -2147483649n],
};

function integer(type: DataType, v: bigint): Value {
  return type.kind === 'long' ? v : Number(v);
}

/** One value that is not null. */
export function randomValue(rng: Rng, type: DataType, style: Style): Value {
  switch (type.kind) {
    case 'boolean':
      return rng.chance(0.5);
    case 'byte':
    case 'short':
    case 'int':
    case 'long': {
      if (style === 'extreme' && rng.chance(0.3)) return integer(type, rng.pick(INTEGER_EXTREMES[type.kind] ?? []));
      const span = style === 'small' ? 5 : type.kind === 'byte' ? 100 : type.kind === 'short' ? 10_000 : 100_000;
      return integer(type, BigInt(rng.int(-span, span)));
    }
    case 'float':
    case 'double': {
      const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0];
      if (style !== 'small' && rng.chance(style === 'extreme' ? 0.35 : 0.1)) return rng.pick(special);
      if (style === 'small') return rng.pick([0, -0, 1, 1.5, -2.25, 3]);
      if (style === 'extreme' && rng.chance(0.3))
        return type.kind === 'float'
          ? rng.pick([3.4028234663852886e38, 1.401298464324817e-45, Math.fround(0.1)])
          : rng.pick([1.7976931348623157e308, 5e-324, 0.1, 1e17, -1e-7]);
      return rng.int(-80_000, 80_000) / 8;
    }
    case 'decimal': {
      const digits = style === 'small' ? 1 : Math.min(type.precision - type.scale, 5);
      let unscaled = BigInt(rng.int(-(10 ** digits) + 1, 10 ** digits - 1)) * 10n ** BigInt(type.scale);
      if (style !== 'small') unscaled += BigInt(rng.int(0, 10 ** Math.min(type.scale, 6) - 1));
      if (style === 'extreme' && rng.chance(0.3)) unscaled = 10n ** BigInt(type.precision) - 1n;
      if (style === 'extreme' && rng.chance(0.5)) unscaled = -unscaled;
      const limit = 10n ** BigInt(type.precision) - 1n;
      return new Decimal(unscaled > limit ? limit : unscaled < -limit ? -limit : unscaled, type.scale);
    }
    case 'string':
      if (style === 'small') return rng.pick(WORDS.slice(0, 6));
      if (style === 'extreme' || rng.chance(0.2)) return rng.pick(ODD);
      return rng.pick(WORDS) + (rng.chance(0.5) ? rng.pick(WORDS) + rng.below(50) : '');
    case 'binary': {
      const n = style === 'small' ? 1 : rng.below(style === 'extreme' ? 20 : 4);
      return Uint8Array.from({ length: n }, () => rng.below(style === 'small' ? 4 : 256));
    }
    case 'date':
      if (style === 'small') return 19782 + rng.below(5);
      if (style === 'extreme' && rng.chance(0.4)) return rng.pick([-719162, 2932896, 0, -1, 11016, 19782]);
      return rng.int(3000, 22000);
    case 'timestamp':
    case 'timestamp_ntz': {
      if (style === 'small') return BigInt(19782 + rng.below(3)) * 86_400_000_000n;
      if (style === 'extreme' && rng.chance(0.4))
        return rng.pick([-62135596800000000n, 253402300799999999n, 0n, -1n, 951782400000001n]);
      return BigInt(rng.int(3000, 22000)) * 86_400_000_000n + BigInt(rng.below(86_400_000)) * 1000n;
    }
    case 'ym_interval':
      return rng.int(style === 'small' ? -3 : -500, style === 'small' ? 3 : 500);
    case 'dt_interval':
      return style === 'small'
        ? BigInt(rng.int(-2, 2)) * 86_400_000_000n
        : BigInt(rng.int(-100_000_000, 100_000_000)) * 12_345n;
    case 'array': {
      const n = rng.weighted([
        [2, 0],
        [3, 1],
        [4, 2],
        [3, 4],
      ]);
      return Array.from({ length: n }, () => (rng.chance(0.2) ? null : randomValue(rng, type.elementType, style)));
    }
    case 'map': {
      const entries = new Map<string, [Value, Value]>();
      for (let n = rng.below(4); n > 0; n--) {
        const key = randomValue(rng, type.keyType, 'small');
        const value = rng.chance(0.2) ? null : randomValue(rng, type.valueType, style);
        entries.set(String(key), [key, value]);
      }
      const all = [...entries.values()];
      return new MapValue(
        all.map((e) => e[0]),
        all.map((e) => e[1]),
      );
    }
    case 'struct':
      return type.fields.map((f) => (rng.chance(0.2) ? null : randomValue(rng, f.dataType, style)));
    default:
      return null;
  }
}

function boundOf(type: DataType, style: Style): number | undefined {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
      if (style === 'small') return 5;
      if (style === 'wide') return type.kind === 'byte' ? 100 : type.kind === 'short' ? 10_000 : 100_000;
      return undefined;
    case 'float':
    case 'double':
      return style === 'small' ? 3 : style === 'wide' ? 10_000 : undefined;
    case 'decimal':
      return style === 'extreme' ? undefined : 100_001;
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return style === 'extreme' ? undefined : 0;
    default:
      return undefined;
  }
}

const ROW_COUNTS: readonly (readonly [number, number])[] = [
  [0.4, 0],
  [0.5, 1],
  [2, 5],
  [4, 15],
  [5, 40],
  [2.5, 100],
  [1, 300],
];

/** A table with a unique key column first and random columns behind. Names are unique in the schema. */
export function randomTable(rng: Rng, index: number): Table {
  const letter = String.fromCharCode(97 + index);
  const n = rng.weighted(ROW_COUNTS);
  const columns: Column[] = [{ name: `${letter}id`, type: LONG, unique: true, bound: 1000 }];
  const cells: Value[][] = [Array.from({ length: n }, (_, i) => BigInt(i))];
  // Every table can be joined and summed.
  const fixed = [LONG, ...rng.sample(COLUMN_TYPES, rng.int(4, 7)).map(() => rng.weighted(COLUMN_TYPES))];
  fixed.forEach((type, i) => {
    const style: Style =
      i === 0
        ? 'small'
        : rng.weighted([
            [4, 'small'],
            [4, 'wide'],
            [2, 'extreme'],
          ]);
    const nulls = rng.weighted([
      [3, 0],
      [4, 0.1],
      [2, 0.5],
      [0.3, 1],
    ]);
    const skewed = rng.chance(0.15) ? randomValue(rng, type, style) : undefined;
    columns.push({ name: `${letter}${i}`, type, bound: boundOf(type, style) });
    cells.push(
      Array.from({ length: n }, () => {
        if (rng.chance(nulls)) return null;
        return skewed !== undefined && rng.chance(0.8) ? skewed : randomValue(rng, type, style);
      }),
    );
  });
  const rows = Array.from({ length: n }, (_, r) => cells.map((c) => c[r] as Value));
  return { name: `t${letter}`, columns, rows };
}

export function randomTables(rng: Rng): Table[] {
  return Array.from({ length: rng.int(2, 4) }, (_, i) => randomTable(rng, i));
}
