import {
  ArrayType,
  BINARY,
  type DataType,
  NULL,
  STRING,
  sameType,
  toSqlString,
  type Value,
} from '../../types/index.js';
import { castsTo, diffTypes, implicitCast, inputTypes, nonFoldable, unexpectedInput } from '../coercion.js';
import { comparatorFor, valueKey } from '../compare.js';
import { aggregate } from '../define.js';
import type { AggregateFunctionDef, CallContext } from '../function.js';
import { toSqlType } from '../sql-literal.js';
import { openHashOrder } from './open-hash-order.js';

const listOf = (args: readonly DataType[]): DataType => new ArrayType(args[0] as DataType, false);

interface ValueSet {
  readonly keys: Set<ReturnType<typeof valueKey>>;
  readonly values: Value[];
}

/** Spark's set compares boxed numbers, for which NaN equals nothing: each NaN stays. */
function addToSet(s: ValueSet, v: Value, type: DataType): ValueSet {
  const key = valueKey(v, type);
  if (key === null || s.keys.has(key)) return s;
  if (!Number.isNaN(v)) s.keys.add(key);
  s.values.push(v);
  return s;
}

interface Counts {
  readonly entries: Map<ReturnType<typeof valueKey>, { readonly value: Value; count: bigint }>;
  least: boolean;
}

/** Value with the highest count. Ties: the first of Spark's hash map, or the least or greatest. */
function mostFrequent(counts: Counts, context: CallContext): Value {
  const { least } = counts;
  let best: { readonly value: Value; count: bigint } | undefined;
  const order = context.argTypes.length > 1 ? comparatorFor(context.argTypes[0] as DataType) : undefined;
  const entries = [...counts.entries.values()];
  for (const entry of order ? entries : openHashOrder(entries, context.argTypes[0] as DataType)) {
    if (!best || entry.count > best.count) best = entry;
    else if (order && entry.count === best.count && order(entry.value, best.value) < 0 === least) best = entry;
  }
  return best ? best.value : null;
}

interface Listed {
  readonly values: Value[];
  delimiter: Value;
  /** Per sort key: `a`, `A` ascending, `d`, `D` descending; `a` and `D` put nulls first. */
  directions: string;
  /** One row of sort keys per value. */
  readonly keys: (readonly Value[])[];
}

/** The values in the order of their keys. */
function listedInOrder(s: Listed, c: CallContext): readonly Value[] {
  if (s.directions === '') return s.values;
  const keys = [...s.directions].map((code, i) => {
    const compare = comparatorFor(c.argTypes[3 + i] as DataType);
    const sign = code === 'a' || code === 'A' ? 1 : -1;
    const nullFirst = code === 'a' || code === 'D' ? -1 : 1;
    return (a: Value, b: Value): number => {
      if (a === null || b === null) return a === b ? 0 : a === null ? nullFirst : -nullFirst;
      return sign * compare(a, b);
    };
  });
  const rows = s.values.map((value, i) => ({ value, key: s.keys[i] as readonly Value[] }));
  rows.sort((a, b) => {
    for (const [i, compare] of keys.entries()) {
      const d = compare(a.key[i] as Value, b.key[i] as Value);
      if (d !== 0) return d;
    }
    return 0;
  });
  return rows.map((r) => r.value);
}

function bitwise(name: string, cls: string, combine: (a: bigint, b: bigint) => bigint): AggregateFunctionDef {
  const step = (a: Value, b: Value): Value => {
    if (a === null) return b;
    if (b === null) return a;
    const r = combine(BigInt(a as number | bigint), BigInt(b as number | bigint));
    return typeof a === 'bigint' ? r : Number(r);
  };
  return aggregate<{ value: Value }>(`${name}(expr)`, 'Bitwise combination of the values.', {
    cls,
    coerce: inputTypes(['integral']),
    returns: (args) => args[0] as DataType,
    create: () => ({ value: null }),
    update: (s, args) => ({ value: step(s.value, args[0] as Value) }),
    merge: (a, b) => ({ value: step(a.value, b.value) }),
    finish: (s) => s.value,
  });
}

export const collectingAggregates: readonly AggregateFunctionDef[] = [
  aggregate<Value[]>('collect_list(expr)', 'All values that are not null, in the order seen.', {
    cls: 'CollectList',
    aliases: ['array_agg'],
    aliasShows: true,
    returns: listOf,
    nullability: 'never',
    deterministic: false,
    create: () => [],
    update: (s, args) => {
      if (args[0] !== null) s.push(args[0] as Value);
      return s;
    },
    merge: (a, b) => {
      for (const v of b) a.push(v);
      return a;
    },
    finish: (s) => s,
  }),
  aggregate<ValueSet>('collect_set(expr)', 'Distinct values that are not null; each NaN is kept.', {
    cls: 'CollectSet',
    returns: listOf,
    nullability: 'never',
    deterministic: false,
    create: () => ({ keys: new Set(), values: [] }),
    update: (s, args, c) => addToSet(s, args[0] as Value, c.argTypes[0] as DataType),
    merge: (a, b, c) => b.values.reduce<ValueSet>((s, v) => addToSet(s, v, c.argTypes[0] as DataType), a),
    finish: (s) => s.values,
  }),
  aggregate<Counts>('mode(expr[, deterministic])', 'Most frequent value.', {
    cls: 'Mode',
    returns: (args) => args[0] as DataType,
    create: () => ({ entries: new Map(), least: true }),
    update: (s, args, c) => {
      if (args[1] === false) s.least = false;
      const key = valueKey(args[0] as Value, c.argTypes[0] as DataType);
      if (key === null) return s;
      const entry = s.entries.get(key);
      if (entry) entry.count++;
      else s.entries.set(key, { value: args[0] as Value, count: 1n });
      return s;
    },
    merge: (a, b) => {
      a.least &&= b.least;
      for (const [k, e] of b.entries) {
        const mine = a.entries.get(k);
        if (mine) mine.count += e.count;
        else a.entries.set(k, e);
      }
      return a;
    },
    finish: mostFrequent,
  }),
  aggregate<Listed>('listagg(expr[, delimiter])', 'Values that are not null, joined.', {
    cls: 'ListAgg',
    aliases: ['string_agg'],
    aliasShows: true,
    coerce: (args, context) => {
      const [value, delimiter] = args as [DataType, DataType | undefined];
      const either = { anyOf: [STRING, BINARY] } as const;
      const one = implicitCast(value, either, context.mode);
      if (!one) return unexpectedInput(0, either, value);
      if (context.foldable?.[1] === false) return nonFoldable(1, 'delimiter', toSqlType(delimiter ?? NULL));
      if (delimiter && delimiter.kind !== 'null' && !sameType(delimiter, one))
        return diffTypes('listagg', [one, delimiter]);
      return castsTo(args, [one]);
    },
    returns: (args) => args[0] as DataType,
    create: () => ({ values: [], delimiter: null, directions: '', keys: [] }),
    update: (s, args) => {
      if (args.length > 1) s.delimiter = args[1] as Value;
      if (args[0] === null) return s;
      s.values.push(args[0] as Value);
      if (args.length > 2) {
        s.directions = args[2] as string;
        s.keys.push(args.slice(3));
      }
      return s;
    },
    merge: (a, b) => {
      for (const v of b.values) a.values.push(v);
      for (const k of b.keys) a.keys.push(k);
      a.directions ||= b.directions;
      a.delimiter ??= b.delimiter;
      return a;
    },
    finish: (s, c) => {
      if (s.values.length === 0) return null;
      if (c.returnType.kind === 'binary') {
        const glue = (s.delimiter as Uint8Array | null) ?? new Uint8Array(0);
        const parts = listedInOrder(s, c).flatMap((v, i) => (i === 0 ? [v as Uint8Array] : [glue, v as Uint8Array]));
        return new Uint8Array(Buffer.concat(parts));
      }
      return listedInOrder(s, c)
        .map((v) => toSqlString(v, c.argTypes[0] as DataType, c.timeZone))
        .join((s.delimiter as string | null) ?? '');
    },
  }),
  bitwise('bit_and', 'BitAndAgg', (a, b) => a & b),
  bitwise('bit_or', 'BitOrAgg', (a, b) => a | b),
  bitwise('bit_xor', 'BitXorAgg', (a, b) => a ^ b),
];
