import {
  ArrayType,
  BINARY,
  DATE,
  DAY_TIME_INTERVAL,
  type DataType,
  DecimalType,
  DOUBLE,
  INT,
  LONG,
  MapType,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  YEAR_MONTH_INTERVAL,
} from '../../src/types/index.js';
import type { Expr } from './ast.js';
import { bin, call, type Exprs, intLit, lit, type Scope, strLit } from './exprs.js';
import { isInteger, STRUCT } from './types.js';

type Hint = (g: Exprs, depth: number, scope: Scope) => Expr | undefined;
/** One argument: an expression of a type, or a literal out of a list. */
type Arg = DataType | readonly (string | number)[];

const BOUNDED = 1_000_000;

function argument(g: Exprs, arg: Arg, depth: number, scope: Scope): Expr {
  if (!('kind' in arg)) {
    const v = g.rng.pick(arg as readonly (string | number)[]);
    return typeof v === 'string' ? strLit(v) : intLit(v);
  }
  return g.expr(arg, depth - 1, scope);
}
const fixed =
  (name: string, type: DataType, ...args: readonly Arg[]): Hint =>
  (g, depth, scope) =>
    call(
      name,
      type,
      args.map((a) => argument(g, a, depth, scope)),
    );
/** An int of small magnitude, made of any int. */
function small(g: Exprs, n: number, depth: number, scope: Scope): Expr {
  const e = g.expr(INT, depth - 1, scope);
  return e.bound !== undefined && e.bound <= n ? e : bin('%', INT, e, intLit(n), n);
}
const pmodInt = (g: Exprs, n: number, depth: number, scope: Scope): Expr =>
  call('pmod', INT, [g.expr(INT, depth - 1, scope), intLit(n)], { bound: n });
/** A number below a bound, so that rounding and casts stay in range. */
function modest(g: Exprs, type: DataType, depth: number, scope: Scope): Expr {
  const e = g.expr(type, depth - 1, scope);
  if (e.bound !== undefined && e.bound < BOUNDED) return e;
  return g.column(scope, (c) => c.type === type && c.bound !== undefined && c.bound < BOUNDED) ?? lit(3, INT);
}
const oneOf =
  (...hints: readonly Hint[]): Hint =>
  (g, depth, scope) =>
    g.rng.pick(hints)(g, depth, scope);
const REGEX = ['a', '[a-c]+', '(\\w)(\\w)', '^x', '\\d+', '(a|b)*', '.', 'o{2}', '\\s'];
const FIELDS = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'QUARTER', 'WEEK', 'DOY', 'DOW'];
const UNITS = ['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];
const DATE_PATTERNS = ['yyyy-MM-dd', 'dd/MM/yy', 'HH:mm:ss', 'yyyy-MM-dd HH:mm:ss.SSS', 'EEE, d MMM yyyy', 'D', 'Q'];
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', '+05:30'];
const arrayOf = (t: DataType) => new ArrayType(t);
const BOUNDED_DATES = (g: Exprs, scope: Scope): Expr =>
  g.column(scope, (c) => c.type.kind === 'date' && c.bound !== undefined) ?? lit(19000 + g.rng.below(900), DATE);

/** Arguments of functions whose parameters take a part of a type's values only, or must be constants. */
export const argumentHints: Readonly<Record<string, Hint>> = {
  // Mathematics.
  abs: (g, d, s) => {
    const t = g.rng.pick([INT, LONG, DOUBLE, new DecimalType(10, 2)]);
    const e = g.expr(t, d - 1, s);
    return isInteger(t) && e.bound === undefined ? undefined : call('abs', t, [e], { bound: e.bound });
  },
  negative: (g, d, s) => {
    const t = g.rng.pick([INT, LONG, DOUBLE]);
    const e = g.expr(t, d - 1, s);
    return isInteger(t) && e.bound === undefined ? undefined : call('negative', t, [e], { bound: e.bound });
  },
  div: (g, d, s) => {
    const e = g.expr(LONG, d - 1, s);
    return bin('div', LONG, e, lit(g.rng.pick([2n, 3n, 7n]), LONG), e.bound);
  },
  pmod: (g, d, s) => call('pmod', INT, [g.expr(INT, d - 1, s), intLit(g.rng.pick([2, 3, 10]))], { bound: 10 }),
  round: oneOf(
    (g, d, s) => call('round', DOUBLE, [modest(g, DOUBLE, d, s), intLit(g.rng.int(0, 4))]),
    (g, d, s) => call('round', new DecimalType(10, 1), [g.expr(new DecimalType(10, 2), d - 1, s), intLit(1)]),
  ),
  bround: (g, d, s) => call('bround', DOUBLE, [g.expr(DOUBLE, d - 1, s), intLit(g.rng.int(0, 3))]),
  ceil: (g, d, s) => call('ceil', LONG, [modest(g, DOUBLE, d, s)], { bound: BOUNDED }),
  floor: (g, d, s) => call('floor', LONG, [modest(g, DOUBLE, d, s)], { bound: BOUNDED }),
  factorial: (g, d, s) => call('factorial', LONG, [pmodInt(g, 20, d, s)]),
  exp: (g, d, s) => call('exp', DOUBLE, [small(g, 20, d, s)], { fuzzy: true }),
  power: (g, d, s) => call('power', DOUBLE, [small(g, 20, d, s), intLit(g.rng.int(0, 5))], { fuzzy: true }),
  conv: fixed('conv', STRING, ['10', 'ff', '-7', '777', 'zz'], [16, 36, 10], [2, 10, -10]),
  width_bucket: (g, d, s) =>
    call('width_bucket', LONG, [g.expr(DOUBLE, d - 1, s), lit(-10, DOUBLE), lit(100, DOUBLE), intLit(g.rng.int(1, 9))]),
  shiftleft: (g, d, s) => call('shiftleft', LONG, [g.expr(LONG, d - 1, s), intLit(g.rng.int(0, 63))]),
  shiftright: (g, d, s) => call('shiftright', INT, [g.expr(INT, d - 1, s), intLit(g.rng.int(0, 31))]),
  shiftrightunsigned: (g, d, s) => call('shiftrightunsigned', LONG, [g.expr(LONG, d - 1, s), intLit(g.rng.int(0, 63))]),
  bit_get: (g, d, s) => call('bit_get', lit(0, INT).type, [g.expr(INT, d - 1, s), intLit(g.rng.int(0, 31))]),
  sha2: fixed('sha2', STRING, BINARY, [0, 224, 256, 384, 512]),
  // Strings.
  substring: (g, d, s) =>
    call('substring', STRING, [
      g.expr(STRING, d - 1, s),
      intLit(g.options.duck ? g.rng.int(1, 4) : g.rng.int(-3, 4)),
      intLit(g.rng.int(0, 5)),
    ]),
  left: fixed('left', STRING, STRING, [0, 1, 2, 5]),
  right: fixed('right', STRING, STRING, [0, 1, 2, 5]),
  lpad: fixed('lpad', STRING, STRING, [0, 2, 5, 9], ['*', 'ab', '漢']),
  rpad: fixed('rpad', STRING, STRING, [0, 2, 5, 9], ['*', 'ab', '漢']),
  repeat: (g, d, s) => call('repeat', STRING, [g.expr(STRING, d - 1, s), intLit(g.rng.int(0, 3))]),
  space: (g) => call('space', STRING, [intLit(g.rng.int(0, 5))]),
  chr: (g, d, s) => call('chr', STRING, [call('pmod', LONG, [g.expr(LONG, d - 1, s), lit(128n, LONG)])]),
  replace: fixed('replace', STRING, STRING, ['a', 'b', 'ab', 'xx'], ['', 'z', 'aa']),
  translate: fixed('translate', STRING, STRING, ['abc', 'xa'], ['x', 'yz', '123']),
  overlay: fixed('overlay', STRING, STRING, STRING, [1, 2, 4]),
  substring_index: fixed('substring_index', STRING, STRING, ['a', ',', ' '], [-2, -1, 0, 1, 2]),
  split: fixed('split', arrayOf(STRING), STRING, [',', ' ', '[ab]', 'a'], [-1, 2]),
  split_part: fixed('split_part', STRING, STRING, [',', ' ', 'a'], [-1, 1, 2]),
  rlike: fixed('rlike', lit(true, INT).type, STRING, REGEX),
  regexp_replace: fixed('regexp_replace', STRING, STRING, REGEX, ['', 'Z', '<$0>']),
  regexp_extract: fixed('regexp_extract', STRING, STRING, ['(a)(b)?', '(\\w)(\\w)'], [0, 1, 2]),
  regexp_extract_all: fixed('regexp_extract_all', arrayOf(STRING), STRING, ['(a)(b)?', '(\\w)(\\w)'], [0, 1]),
  regexp_count: fixed('regexp_count', INT, STRING, REGEX),
  regexp_substr: fixed('regexp_substr', STRING, STRING, REGEX),
  regexp_instr: fixed('regexp_instr', INT, STRING, REGEX),
  format_number: fixed('format_number', STRING, DOUBLE, [0, 2, 4]),
  format_string: fixed('format_string', STRING, ['%s|%s', '%2$s %1$s', '%10s%-5s|'], STRING, INT),
  to_char: fixed('to_char', STRING, new DecimalType(10, 2), ['S99999999D99', '999G999G990D00', '$99999999.99']),
  to_number: fixed('to_number', new DecimalType(5, 2), ['12.34', '999.99', '0.10'], ['999D99', '999.00']),
  try_to_number: fixed('try_to_number', new DecimalType(5, 2), STRING, ['999.99']),
  encode: fixed('encode', BINARY, STRING, ['UTF-8', 'UTF-16BE']),
  decode: fixed('decode', STRING, BINARY, ['ISO-8859-1']),
  to_binary: fixed('to_binary', BINARY, STRING, ['utf-8']),
  try_to_binary: fixed('try_to_binary', BINARY, STRING, ['hex', 'base64', 'utf-8']),
  unbase64: (g, d, s) => call('unbase64', BINARY, [call('base64', STRING, [g.expr(BINARY, d - 1, s)])]),
  unhex: (g, d, s) => call('unhex', BINARY, [call('hex', STRING, [g.expr(STRING, d - 1, s)])]),
  url_decode: (g, d, s) => call('url_decode', STRING, [call('url_encode', STRING, [g.expr(STRING, d - 1, s)])]),
  parse_url: fixed(
    'parse_url',
    STRING,
    ['http://a.b/c?d=e&f=g#h', 'https://u:p@x.org:80/', 'nonsense'],
    ['HOST', 'PATH', 'QUERY', 'REF', 'PROTOCOL', 'AUTHORITY'],
  ),
  try_parse_url: fixed('try_parse_url', STRING, STRING, ['HOST', 'PATH']),
  get_json_object: fixed('get_json_object', STRING, STRING, ['$.a', '$.b[0]', '$.b[*]', '$']),
  to_csv: fixed('to_csv', STRING, STRUCT),
  to_json: oneOf(
    fixed('to_json', STRING, STRUCT),
    fixed('to_json', STRING, arrayOf(INT)),
    fixed('to_json', STRING, new MapType(STRING, INT)),
  ),
  nullifzero: oneOf(fixed('nullifzero', INT, INT), fixed('nullifzero', DOUBLE, DOUBLE)),
  elt: (g, d, s) => call('elt', STRING, [intLit(g.rng.int(1, 2)), g.expr(STRING, d - 1, s), g.expr(STRING, d - 1, s)]),
  make_valid_utf8: fixed('make_valid_utf8', STRING, STRING),
  validate_utf8: fixed('validate_utf8', STRING, STRING),
  mask: fixed('mask', STRING, STRING),
  // Arrays and maps.
  element_at: (g, d, s) =>
    call('try_element_at', INT, [g.expr(arrayOf(INT), d - 1, s), intLit(g.rng.pick([-1, 1, 2]))]),
  try_element_at: oneOf(
    (g, d, s) => call('try_element_at', INT, [g.expr(arrayOf(INT), d - 1, s), intLit(g.rng.pick([-1, 1, 2]))]),
    fixed('try_element_at', INT, new MapType(STRING, INT), STRING),
  ),
  get: (g, d, s) => call('get', INT, [g.expr(arrayOf(INT), d - 1, s), intLit(g.rng.int(0, 2))]),
  slice: fixed('slice', arrayOf(INT), arrayOf(INT), [1, 2, -2], [0, 1, 3]),
  array_insert: fixed('array_insert', arrayOf(INT), arrayOf(INT), [1, 2, -1], INT),
  array_repeat: fixed('array_repeat', arrayOf(STRING), STRING, [0, 1, 3]),
  array: (g, d, s) => {
    const t = g.rng.pick([INT, STRING, DOUBLE]);
    const n = g.rng.int(1, 3);
    return call(
      'array',
      arrayOf(t),
      Array.from({ length: n }, () => g.expr(t, d - 1, s)),
    );
  },
  sequence: (g, d, s) => call('sequence', arrayOf(INT), [small(g, 9, d, s), small(g, 9, d, s)]),
  sort_array: (g, d, s) => {
    const t = arrayOf(g.rng.pick([INT, STRING, DOUBLE]));
    return call('sort_array', t, [g.expr(t, d - 1, s), lit(g.rng.chance(0.5), lit(true, INT).type)]);
  },
  flatten: (g, d, s) =>
    call('flatten', arrayOf(INT), [
      call('array', arrayOf(arrayOf(INT)), [g.expr(arrayOf(INT), d - 1, s), g.expr(arrayOf(INT), d - 1, s)]),
    ]),
  map: (g, d, s) => call('map', new MapType(STRING, INT), [strLit('k'), g.expr(INT, d - 1, s), strLit('l'), intLit(2)]),
  map_concat: (g, d, s) =>
    call('map_concat', new MapType(STRING, INT), [
      call('map', new MapType(STRING, INT), [strLit('@'), g.expr(INT, d - 1, s)]),
      g.expr(new MapType(STRING, INT), d - 1, s),
    ]),
  str_to_map: fixed('str_to_map', new MapType(STRING, STRING), ['a:1,b:2', 'k', 'x:y,z:'], [','], [':']),
  struct: (g, d, s) => {
    const type = new StructType([new StructField('f', INT), new StructField('g', STRING)]);
    return call('named_struct', type, [strLit('f'), g.expr(INT, d - 1, s), strLit('g'), g.expr(STRING, d - 1, s)]);
  },
  // Dates and times. Results must stay between the years 1 and 9999.
  date_add: (g, _d, s) => call('date_add', DATE, [BOUNDED_DATES(g, s), intLit(g.rng.int(-40, 0))]),
  date_sub: (g, _d, s) => call('date_sub', DATE, [BOUNDED_DATES(g, s), intLit(g.rng.int(0, 40))]),
  add_months: (g, _d, s) => call('add_months', DATE, [BOUNDED_DATES(g, s), intLit(g.rng.int(-30, 0))]),
  next_day: fixed('next_day', DATE, DATE, ['MO', 'tue', 'Sunday']),
  trunc: fixed('trunc', DATE, DATE, ['YEAR', 'MM', 'week', 'QUARTER']),
  date_trunc: fixed(
    'date_trunc',
    TIMESTAMP,
    ['YEAR', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND', 'QUARTER'],
    TIMESTAMP,
  ),
  timestampadd: (g, _, s) => addedTo(g, s),
  timestampdiff: (g, d, s) =>
    call('timestampdiff', LONG, [keyword(g.rng.pick(UNITS)), g.expr(TIMESTAMP, d - 1, s), g.expr(TIMESTAMP, d - 1, s)]),
  from_utc_timestamp: fixed('from_utc_timestamp', TIMESTAMP, TIMESTAMP, ZONES),
  to_utc_timestamp: fixed('to_utc_timestamp', TIMESTAMP, TIMESTAMP, ZONES),
  convert_timezone: fixed('convert_timezone', TIMESTAMP_NTZ, ['UTC'], ZONES, TIMESTAMP_NTZ),
  date_format: fixed('date_format', STRING, TIMESTAMP, DATE_PATTERNS),
  from_unixtime: (g, d, s) => call('from_unixtime', STRING, [modest(g, LONG, d, s), strLit(g.rng.pick(DATE_PATTERNS))]),
  date_part: fixed('date_part', INT, FIELDS.slice(0, 3), DATE),
  extract: (g, d, s) => {
    const e = g.expr(g.rng.chance(0.5) ? TIMESTAMP : TIMESTAMP_NTZ, d - 1, s);
    return { op: 'text', type: INT, args: [e], name: `EXTRACT(${g.rng.pick(FIELDS)} FROM $0)` };
  },
  make_date: (g, d, s) =>
    call('make_date', DATE, [
      bin('+', INT, intLit(2000), small(g, 100, d, s)),
      bin('+', INT, intLit(1), pmodInt(g, 12, d, s)),
      bin('+', INT, intLit(1), pmodInt(g, 28, d, s)),
    ]),
  make_ym_interval: (g, d, s) =>
    call('make_ym_interval', YEAR_MONTH_INTERVAL, [small(g, 100, d, s), small(g, 12, d, s)]),
  make_dt_interval: (g, d, s) =>
    call('make_dt_interval', DAY_TIME_INTERVAL, [small(g, 100, d, s), small(g, 100, d, s), small(g, 100, d, s)]),
  to_date: oneOf(
    fixed('to_date', DATE, ['2024-01-31', '1999-12-01'], ['yyyy-MM-dd']),
    fixed('to_date', DATE, TIMESTAMP),
  ),
  to_timestamp: fixed('to_timestamp', TIMESTAMP, DATE),
  to_timestamp_ltz: fixed('to_timestamp_ltz', TIMESTAMP, DATE),
  to_timestamp_ntz: fixed('to_timestamp_ntz', TIMESTAMP_NTZ, TIMESTAMP),
  try_to_timestamp: fixed('try_to_timestamp', TIMESTAMP, STRING),
  to_unix_timestamp: fixed('to_unix_timestamp', LONG, TIMESTAMP),
  timestamp_seconds: (g, d, s) => call('timestamp_seconds', TIMESTAMP, [modest(g, LONG, d, s)]),
  timestamp_millis: (g, d, s) => call('timestamp_millis', TIMESTAMP, [modest(g, LONG, d, s)]),
  date_from_unix_date: (g, d, s) => call('date_from_unix_date', DATE, [small(g, 20000, d, s)]),
};

/** A word of the grammar as an argument. */
function keyword(word: string): Expr {
  return { op: 'text', type: STRING, args: [], name: word };
}
/** Time taken off a column, so that the year 9999 is not left. */
function addedTo(g: Exprs, scope: Scope): Expr | undefined {
  const c = g.column(scope, (x) => x.type === TIMESTAMP && x.bound !== undefined);
  return (
    c &&
    call('timestampadd', TIMESTAMP, [keyword(g.rng.pick(['HOUR', 'DAY', 'MINUTE'])), intLit(g.rng.int(-20, 20)), c])
  );
}
