import { ArrayType, BINARY, type DataType, STRING, sameType, toSqlString, type Value } from '../../types/index.js';
import { inputTypes } from '../coercion.js';
import { comparatorFor, valueKey } from '../compare.js';
import { aggregate } from '../define.js';
import type { AggregateFunctionDef, CallContext } from '../function.js';

const listOf = (args: readonly DataType[]): DataType => new ArrayType(args[0] as DataType, false);

type Keyed = Map<ReturnType<typeof valueKey>, Value>;

interface Counts {
  readonly entries: Map<ReturnType<typeof valueKey>, { readonly value: Value; count: bigint }>;
}

/** Value with the highest count. Ties: the first inserted here; Spark leaves them open. */
function mostFrequent(counts: Counts, context: CallContext): Value {
  let best: { readonly value: Value; count: bigint } | undefined;
  const order = context.argTypes.length > 1 ? comparatorFor(context.argTypes[0] as DataType) : undefined;
  for (const entry of counts.entries.values()) {
    if (!best || entry.count > best.count) best = entry;
    else if (order && entry.count === best.count && order(entry.value, best.value) < 0) best = entry;
  }
  return best ? best.value : null;
}

interface Listed {
  readonly values: Value[];
  delimiter: Value;
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
  aggregate<Keyed>('collect_set(expr)', 'Distinct values that are not null.', {
    cls: 'CollectSet',
    returns: listOf,
    nullability: 'never',
    deterministic: false,
    create: () => new Map(),
    update: (s, args, c) => {
      const key = valueKey(args[0] as Value, c.argTypes[0] as DataType);
      if (key !== null && !s.has(key)) s.set(key, args[0] as Value);
      return s;
    },
    merge: (a, b) => {
      for (const [k, v] of b) if (!a.has(k)) a.set(k, v);
      return a;
    },
    finish: (s) => [...s.values()],
  }),
  aggregate<Counts>('mode(expr[, deterministic])', 'Most frequent value.', {
    cls: 'Mode',
    returns: (args) => args[0] as DataType,
    create: () => ({ entries: new Map() }),
    update: (s, args, c) => {
      const key = valueKey(args[0] as Value, c.argTypes[0] as DataType);
      if (key === null) return s;
      const entry = s.entries.get(key);
      if (entry) entry.count++;
      else s.entries.set(key, { value: args[0] as Value, count: 1n });
      return s;
    },
    merge: (a, b) => {
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
    coerce: (args) => {
      const binary = sameType(args[0] as DataType, BINARY);
      return inputTypes(binary ? [BINARY, BINARY] : [STRING, STRING])(args, {
        mode: 'ANSI',
        timeZone: 'UTC',
        nullable: [],
        constants: [],
      });
    },
    returns: (args) => args[0] as DataType,
    create: () => ({ values: [], delimiter: null }),
    update: (s, args) => {
      if (args.length > 1) s.delimiter = args[1] as Value;
      if (args[0] !== null) s.values.push(args[0] as Value);
      return s;
    },
    merge: (a, b) => {
      for (const v of b.values) a.values.push(v);
      a.delimiter ??= b.delimiter;
      return a;
    },
    finish: (s, c) => {
      if (s.values.length === 0) return null;
      if (c.returnType.kind === 'binary') {
        const glue = (s.delimiter as Uint8Array | null) ?? new Uint8Array(0);
        const parts = s.values.flatMap((v, i) => (i === 0 ? [v as Uint8Array] : [glue, v as Uint8Array]));
        return new Uint8Array(Buffer.concat(parts));
      }
      return s.values
        .map((v) => toSqlString(v, c.argTypes[0] as DataType, c.timeZone))
        .join((s.delimiter as string | null) ?? '');
    },
  }),
  bitwise('bit_and', 'BitAndAgg', (a, b) => a & b),
  bitwise('bit_or', 'BitOrAgg', (a, b) => a | b),
  bitwise('bit_xor', 'BitXorAgg', (a, b) => a ^ b),
];
