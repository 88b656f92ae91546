import type { Expr } from './ast.js';
import { NotMapped } from './literal.js';

type Printer = (args: readonly string[], e: Expr) => string;
const same =
  (name: string): Printer =>
  (a) =>
    `${name}(${a.join(', ')})`;
const plain = (...kinds: readonly string[]): ((e: Expr, i?: number) => boolean) => {
  return (e, i = 0) => kinds.includes(e.args[i]?.type.kind ?? '');
};
const only =
  (test: (e: Expr) => boolean, print: Printer): Printer =>
  (a, e) => {
    if (!test(e)) throw new NotMapped(`${e.name} of these arguments`);
    return print(a, e);
  };
const comparable = (e: Expr) =>
  e.args.every((a) => !['array', 'map', 'struct', 'ym_interval', 'dt_interval'].includes(a.type.kind));
/** Arguments of one type: DuckDB widens and narrows by rules of its own. */
const alike = (e: Expr) =>
  comparable(e) && e.args.every((a) => a.type.simpleString === e.args.at(-1)?.type.simpleString);

/** Functions that DuckDB answers alike, under its names; see duckdb.md. */
export const DUCK_FUNCTIONS: ReadonlyMap<string, Printer> = new Map<string, Printer>([
  ['abs', same('abs')],
  ['negative', (a) => `(-${a[0]})`],
  ['positive', (a) => `(+${a[0]})`],
  ['ceil', only(plain('double'), same('ceil'))],
  ['floor', only(plain('double'), same('floor'))],
  ['round', only(plain('decimal'), same('round'))],
  [
    'sqrt',
    only(
      plain('double', 'int', 'long'),
      (a) => `(CASE WHEN ${a[0]} < 0 THEN 'nan'::DOUBLE ELSE sqrt(CASE WHEN ${a[0]} < 0 THEN 0 ELSE ${a[0]} END) END)`,
    ),
  ],
  ['exp', same('exp')],
  ['cbrt', only(plain('double'), same('cbrt'))],
  ['factorial', same('factorial')],
  ['upper', same('upper')],
  ['lower', same('lower')],
  ['length', only(plain('string'), same('length'))],
  ['octet_length', only(plain('string'), (a) => `octet_length(encode(${a[0]}))`)],
  [
    'concat',
    only(
      (e) => e.args.length > 0 && e.args.every((a) => a.type.kind === 'string'),
      (a) => `(${a.join(' || ')})`,
    ),
  ],
  ['substring', only((e) => e.args.length === 3, same('substring'))],
  ['left', same('left')],
  ['right', same('right')],
  ['trim', only((e) => e.args.length === 1, same('trim'))],
  ['replace', only((e) => e.args.length === 3, same('replace'))],
  ['repeat', same('repeat')],
  ['lpad', only((e) => e.args.length === 3, same('lpad'))],
  ['rpad', only((e) => e.args.length === 3, same('rpad'))],
  ['instr', same('instr')],
  ['startswith', only(plain('string'), same('starts_with'))],
  ['endswith', only(plain('string'), same('ends_with'))],
  ['contains', only(plain('string'), same('contains'))],
  ['translate', same('translate')],
  ['ascii', same('ascii')],
  ['coalesce', only(alike, same('coalesce'))],
  ['nvl', only(alike, same('coalesce'))],
  ['nvl2', only(comparable, (a) => `(CASE WHEN ${a[0]} IS NOT NULL THEN ${a[1]} ELSE ${a[2]} END)`)],
  ['if', only(comparable, (a) => `(CASE WHEN ${a[0]} THEN ${a[1]} ELSE ${a[2]} END)`)],
  ['nullif', only(alike, same('nullif'))],
  ['greatest', only(alike, same('greatest'))],
  ['least', only(alike, same('least'))],
  ['isnull', (a) => `(${a[0]} IS NULL)`],
  ['isnotnull', (a) => `(${a[0]} IS NOT NULL)`],
  ['isnan', only(plain('double', 'float'), (a) => `coalesce(isnan(${a[0]}), false)`)],
  ['equal_null', only(alike, (a) => `(${a[0]} IS NOT DISTINCT FROM ${a[1]})`)],
  ['bit_count', only(plain('long'), same('bit_count'))],
  ['year', same('year')],
  ['quarter', same('quarter')],
  ['month', same('month')],
  ['dayofmonth', same('day')],
  ['dayofyear', same('dayofyear')],
  ['dayofweek', (a) => `(dayofweek(${a[0]}) + 1)`],
  ['weekday', (a) => `(isodow(${a[0]}) - 1)`],
  ['weekofyear', same('weekofyear')],
  ['last_day', same('last_day')],
  ['hour', same('hour')],
  ['minute', same('minute')],
  ['second', same('second')],
  ['dayname', (a) => `left(dayname(${a[0]}), 3)`],
  ['monthname', (a) => `left(monthname(${a[0]}), 3)`],
  ['date_add', (a) => `(${a[0]} + CAST(${a[1]} AS INTEGER))`],
  ['date_sub', (a) => `(${a[0]} - CAST(${a[1]} AS INTEGER))`],
  ['datediff', (a) => `CAST(${a[0]} - ${a[1]} AS INTEGER)`],
  ['add_months', (a) => `CAST(${a[0]} + to_months(${a[1]}) AS DATE)`],
  ['date_trunc', same('date_trunc')],
  ['unix_seconds', (a) => `CAST(floor(epoch_us(${a[0]}) / 1000000.0) AS BIGINT)`],
  ['unix_micros', same('epoch_us')],
  ['unix_date', (a) => `CAST(${a[0]} - DATE '1970-01-01' AS INTEGER)`],
  ['pmod', (a) => `(((${a[0]} % ${a[1]}) + ${a[1]}) % ${a[1]})`],
  ['md5', only(plain('binary'), same('md5'))],
  ['size', only(plain('array'), same('len'))],
  ['array_size', same('len')],
]);

/** Aggregates that DuckDB answers alike. */
export const DUCK_AGGREGATES: ReadonlyMap<string, string> = new Map([
  ['count', 'count'],
  ['sum', 'sum'],
  ['avg', 'avg'],
  ['min', 'min'],
  ['max', 'max'],
  ['count_if', 'count_if'],
  ['bool_and', 'bool_and'],
  ['bool_or', 'bool_or'],
  ['bit_and', 'bit_and'],
  ['bit_or', 'bit_or'],
  ['bit_xor', 'bit_xor'],
  ['stddev', 'stddev_samp'],
  ['stddev_pop', 'stddev_pop'],
  ['var_samp', 'var_samp'],
  ['var_pop', 'var_pop'],
  ['listagg', 'string_agg'],
]);
