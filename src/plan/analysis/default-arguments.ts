import type { ScalarFunction } from '../../eval/function.js';
import { BINARY, Decimal, DecimalType, STRING } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';

const NO_PART = Literal.int(0);
const INTERVAL_PARTS = [...Array<Literal>(6).fill(NO_PART), new Literal(new Decimal(0n, 6), new DecimalType(18, 6))];
const MASK = [...['X', 'x', 'n'].map((s) => Literal.string(s)), new Literal(null, STRING)];
/** Fills up from any number of arguments. */
function untilFull(all: readonly Literal[]): Readonly<Record<number, readonly Literal[]>> {
  return Object.fromEntries(all.map((_, count) => [count, all.slice(count)]));
}

const AES = ['GCM', 'DEFAULT', '', ''].map((s) => Literal.string(s));
/** As `untilFull`, behind a value and a key. */
const behindKey = (all: readonly Literal[]): Readonly<Record<number, readonly Literal[]>> =>
  Object.fromEntries(all.map((_, count) => [count + 2, all.slice(count)]));

/** Arguments that Spark's constructors fill in when they are left out: they show, and they count for equality. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<number, readonly Literal[]>>>> = {
  AesDecrypt: behindKey(AES.slice(0, 3)),
  AesEncrypt: behindKey(AES),
  TryAesDecrypt: behindKey(AES.slice(0, 3)),
  BRound: { 1: [Literal.int(0)] },
  RegExpExtract: { 2: [Literal.int(1)] },
  RegExpExtractAll: { 2: [Literal.int(1)] },
  RegExpInStr: { 2: [Literal.int(0)] },
  RegExpReplace: { 3: [Literal.int(1)] },
  Round: { 1: [Literal.int(0)] },
  Sentences: { 1: [Literal.string(''), Literal.string('')], 2: [Literal.string('')] },
  SortArray: { 1: [Literal.TRUE] },
  StringLPad: { 2: [Literal.string(' ')] },
  StringLocate: { 2: [Literal.int(1)] },
  StringReplace: { 2: [Literal.string('')] },
  StringRPad: { 2: [Literal.string(' ')] },
  StringSplit: { 2: [Literal.int(-1)] },
  StringToMap: { 1: [Literal.string(','), Literal.string(':')], 2: [Literal.string(':')] },
  MakeDTInterval: untilFull(INTERVAL_PARTS.slice(3)),
  MakeInterval: untilFull(INTERVAL_PARTS),
  MakeYMInterval: untilFull([Literal.int(0), Literal.int(0)]),
  Mask: { 1: MASK, 2: MASK.slice(1), 3: MASK.slice(2), 4: MASK.slice(3) },
  MonthsBetween: { 2: [Literal.TRUE] },
  FromUnixTime: { 1: [Literal.string('yyyy-MM-dd HH:mm:ss')] },
  UnixTimestamp: { 1: [Literal.string('yyyy-MM-dd HH:mm:ss')] },
  ToUnixTimestamp: { 1: [Literal.string('yyyy-MM-dd HH:mm:ss')] },
  Overlay: { 3: [Literal.int(-1)] },
  Substring: { 2: [Literal.int(2147483647)] },
};
const ZERO_BYTE = new Literal(new Uint8Array(1), BINARY);
/** The arguments with those that were left out. */
export function withDefaults(def: ScalarFunction, args: readonly Expression[]): readonly Expression[] {
  if (def.sparkClass === 'Like' && args[2] instanceof Literal && args[2].value === '\\') return args.slice(0, 2);
  if ((def.sparkClass === 'StringLPad' || def.sparkClass === 'StringRPad') && args.length === 2)
    if (args[0]?.dataType.kind === 'binary') return [...args, ZERO_BYTE];
  if (def.sparkClass === 'AssertTrue' && args.length === 1)
    return [...args, Literal.string(`'${args[0]}' is not true!`)];
  const more = DEFAULTS[def.sparkClass]?.[args.length];
  return more && args.length + more.length <= def.arity[1] ? [...args, ...more] : args;
}
