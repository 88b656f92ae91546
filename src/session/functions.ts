import {
  CaseWhen,
  GroupingSetsExpression,
  LambdaFunction,
  Not,
  UnresolvedFunction,
  UnresolvedNamedLambdaVariable,
} from '../plan/expressions/index.js';
import { Column, type ColumnOrName, type ColumnOrValue, col, expr, fn, lit, toColumn } from './column.js';
import type { DataFrame } from './dataframe.js';

/** SQL functions as methods: Spark's names in camelCase. Arguments that are strings are column names, unless a method says
 * otherwise; types, nulls and errors are those of the SQL function of the same name. Spark: `functions`. */

type Args = readonly ColumnOrName[];
const internalFn = (name: string, ...args: readonly Column[]) =>
  new Column(
    new UnresolvedFunction(
      [name],
      args.map((a) => a.expr),
      false,
      undefined,
      false,
      [],
      true,
    ),
  );
const call =
  (name: string) =>
  (...args: Args): Column =>
    fn(name, ...args.map(toColumn));

export { col, expr, lit };
export const column = col;
export const anyValue = call('any_value');
export const approxCountDistinct = call('approx_count_distinct');
export const approxPercentile = call('approx_percentile');
export const arrayAgg = call('array_agg');
export const avg = call('avg');
export const bitAnd = call('bit_and');
export const bitOr = call('bit_or');
export const bitXor = call('bit_xor');
export const boolAnd = call('bool_and');
export const boolOr = call('bool_or');
export const collectList = call('collect_list');
export const collectSet = call('collect_set');
export const corr = call('corr');
export const countIf = call('count_if');
export const covarPop = call('covar_pop');
export const covarSamp = call('covar_samp');
export const every = call('every');
export const firstValue = call('first_value');
export const kurtosis = call('kurtosis');
export const lastValue = call('last_value');
export const listagg = call('listagg');
export const max = call('max');
export const maxBy = call('max_by');
export const mean = call('mean');
export const median = call('median');
export const min = call('min');
export const minBy = call('min_by');
export const percentile = call('percentile');
export const percentileApprox = call('percentile_approx');
export const skewness = call('skewness');
export const some = call('some');
export const std = call('std');
export const stddev = call('stddev');
export const stddevPop = call('stddev_pop');
export const stddevSamp = call('stddev_samp');
export const stringAgg = call('string_agg');
export const sum = call('sum');
export const varPop = call('var_pop');
export const varSamp = call('var_samp');
export const variance = call('variance');
export const mode = call('mode');
/** Product of the values; SQL has no name for it. */
export const product = (c: ColumnOrName): Column => internalFn('product', toColumn(c));
export const regrAvgx = call('regr_avgx');
export const regrAvgy = call('regr_avgy');
export const regrCount = call('regr_count');
export const regrIntercept = call('regr_intercept');
export const regrR2 = call('regr_r2');
export const regrSlope = call('regr_slope');
export const regrSxx = call('regr_sxx');
export const regrSxy = call('regr_sxy');
export const regrSyy = call('regr_syy');
export const tryAvg = call('try_avg');
export const trySum = call('try_sum');
export const array = call('array');
export const arrayDistinct = call('array_distinct');
export const arrayExcept = call('array_except');
export const arrayIntersect = call('array_intersect');
export const arrayMax = call('array_max');
export const arrayMin = call('array_min');
export const arraySize = call('array_size');
export const arrayUnion = call('array_union');
export const arraysOverlap = call('arrays_overlap');
export const arraysZip = call('arrays_zip');
export const flatten = call('flatten');
export const sequence = call('sequence');
export const sortArray = call('sort_array');
export const arrayCompact = call('array_compact');
export const shuffle = call('shuffle');
export const bitwiseNot = call('~');
export const bitCount = call('bit_count');
export const cardinality = call('cardinality');
export const concat = call('concat');
export const reverse = call('reverse');
export const size = call('size');
export const coalesce = call('coalesce');
export const ifnull = call('ifnull');
export const nanvl = call('nanvl');
export const nullif = call('nullif');
export const nvl = call('nvl');
export const nvl2 = call('nvl2');
export const nullifzero = call('nullifzero');
export const zeroifnull = call('zeroifnull');
export const currentDate = call('current_date');
export const currentTimestamp = call('current_timestamp');
export const dateDiff = call('datediff');
export const datediff = call('datediff');
export const dayofmonth = call('dayofmonth');
export const dayofweek = call('dayofweek');
export const dayofyear = call('dayofyear');
export const day = call('day');
export const hour = call('hour');
export const lastDay = call('last_day');
export const minute = call('minute');
export const month = call('month');
export const now = call('now');
export const quarter = call('quarter');
export const second = call('second');
export const timestampMicros = call('timestamp_micros');
export const timestampMillis = call('timestamp_millis');
export const timestampSeconds = call('timestamp_seconds');
export const unixDate = call('unix_date');
export const unixMicros = call('unix_micros');
export const unixMillis = call('unix_millis');
export const unixSeconds = call('unix_seconds');
export const weekday = call('weekday');
export const weekofyear = call('weekofyear');
export const year = call('year');
export const dayname = call('dayname');
export const monthname = call('monthname');
export const makeDate = call('make_date');
export const makeTimestamp = call('make_timestamp');
export const curdate = call('curdate');
export const currentTimezone = call('current_timezone');
export const dateFromUnixDate = call('date_from_unix_date');
export const toUnixTimestamp = call('to_unix_timestamp');
export const crc32 = call('crc32');
export const hash = call('hash');
export const md5 = call('md5');
export const sha = call('sha');
export const sha1 = call('sha1');
export const xxhash64 = call('xxhash64');
export const jsonArrayLength = call('json_array_length');
export const jsonObjectKeys = call('json_object_keys');
export const mapConcat = call('map_concat');
export const mapEntries = call('map_entries');
export const mapFromArrays = call('map_from_arrays');
export const mapFromEntries = call('map_from_entries');
export const mapKeys = call('map_keys');
export const mapValues = call('map_values');
export const createMap = call('map');
export const abs = call('abs');
export const acos = call('acos');
export const acosh = call('acosh');
export const asin = call('asin');
export const asinh = call('asinh');
export const atan = call('atan');
export const atan2 = call('atan2');
export const atanh = call('atanh');
export const bin = call('bin');
export const cbrt = call('cbrt');
export const ceil = call('ceil');
export const ceiling = call('ceiling');
export const cos = call('cos');
export const cosh = call('cosh');
export const cot = call('cot');
export const csc = call('csc');
export const degrees = call('degrees');
export const exp = call('exp');
export const expm1 = call('expm1');
export const factorial = call('factorial');
export const floor = call('floor');
export const greatest = call('greatest');
export const hex = call('hex');
export const hypot = call('hypot');
export const least = call('least');
export const ln = call('ln');
export const log10 = call('log10');
export const log1p = call('log1p');
export const log2 = call('log2');
export const negate = call('negative');
export const negative = call('negative');
export const pi = call('pi');
export const e = call('e');
export const pmod = call('pmod');
export const positive = call('positive');
export const pow = call('power');
export const power = call('power');
export const radians = call('radians');
export const rint = call('rint');
export const sec = call('sec');
export const sign = call('sign');
export const signum = call('signum');
export const sin = call('sin');
export const sinh = call('sinh');
export const sqrt = call('sqrt');
export const tan = call('tan');
export const tanh = call('tanh');
export const tryAdd = call('try_add');
export const tryDivide = call('try_divide');
export const tryMod = call('try_mod');
export const tryMultiply = call('try_multiply');
export const trySubtract = call('try_subtract');
export const unhex = call('unhex');
export const widthBucket = call('width_bucket');
export const inputFileName = call('input_file_name');
export const monotonicallyIncreasingId = call('monotonically_increasing_id');
export const raiseError = call('raise_error');
export const sparkPartitionId = call('spark_partition_id');
export const typeOf = call('typeof');
export const currentCatalog = call('current_catalog');
export const currentDatabase = call('current_database');
export const currentSchema = call('current_schema');
export const currentUser = call('current_user');
export const user = call('user');
export const version = call('version');
export const uuid = call('uuid');
export const equalNull = call('equal_null');
export const isnan = call('isnan');
export const isnotnull = call('isnotnull');
export const isnull = call('isnull');
export const ascii = call('ascii');
export const base64 = call('base64');
export const charLength = call('char_length');
export const characterLength = call('character_length');
export const length = call('length');
export const lower = call('lower');
export const lcase = call('lcase');
export const upper = call('upper');
export const ucase = call('ucase');
export const trim = call('trim');
export const ltrim = call('ltrim');
export const rtrim = call('rtrim');
export const btrim = call('btrim');
export const initcap = call('initcap');
export const unbase64 = call('unbase64');
export const bitLength = call('bit_length');
export const octetLength = call('octet_length');
export const char = call('char');
export const soundex = call('soundex');
export const struct = call('struct');
export const urlDecode = call('url_decode');
export const urlEncode = call('url_encode');
export const tryUrlDecode = call('try_url_decode');
export const cumeDist = call('cume_dist');
export const denseRank = call('dense_rank');
export const percentRank = call('percent_rank');
export const rank = call('rank');
export const rowNumber = call('row_number');
export const explode = call('explode');
export const explodeOuter = call('explode_outer');
export const posexplode = call('posexplode');
export const posexplodeOuter = call('posexplode_outer');
export const inline = call('inline');
export const inlineOuter = call('inline_outer');

/** Advice to broadcast this side of a join. */
export const broadcast = (df: DataFrame): DataFrame => df.hint('broadcast');

export const asc = (c: ColumnOrName) => toColumn(c).asc();
export const desc = (c: ColumnOrName) => toColumn(c).desc();
export const ascNullsFirst = asc;
export const ascNullsLast = (c: ColumnOrName) => toColumn(c).ascNullsLast();
export const descNullsFirst = (c: ColumnOrName) => toColumn(c).descNullsFirst();
export const descNullsLast = desc;
export const not = (c: Column) => new Column(new Not(c.expr));

/** Rows with a value that is not null; `*` counts all rows. */
export const count = (c: ColumnOrName = '*') => (c === '*' ? fn('count', lit(1)) : fn('count', toColumn(c)));
const distinctCall = (name: string, args: Args) =>
  new Column(
    new UnresolvedFunction(
      [name],
      args.map((a) => toColumn(a).expr),
      true,
    ),
  );
export const countDistinct = (...args: Args) => distinctCall('count', args);
export const sumDistinct = (c: ColumnOrName) => distinctCall('sum', [c]);
const ignoring = (name: string, c: ColumnOrName, ignoreNulls: boolean) =>
  new Column(new UnresolvedFunction([name], [toColumn(c).expr], false, undefined, ignoreNulls));
export const first = (c: ColumnOrName, ignoreNulls = false) => ignoring('first', c, ignoreNulls);
export const last = (c: ColumnOrName, ignoreNulls = false) => ignoring('last', c, ignoreNulls);
export const grouping = (c: ColumnOrName) => fn('grouping', toColumn(c));
export const groupingId = (...args: Args) => fn('grouping_id', ...args.map(toColumn));

/** The first branch of CASE WHEN; go on with `.when` and `.otherwise`. */
export const when = (condition: Column, value: ColumnOrValue) =>
  new Column(new CaseWhen([condition.expr], [lit(value).expr], undefined));

// Functions whose other arguments are values, not columns.
export const arrayContains = (c: ColumnOrName, value: ColumnOrValue) => fn('array_contains', toColumn(c), lit(value));
export const arrayPosition = (c: ColumnOrName, value: ColumnOrValue) => fn('array_position', toColumn(c), lit(value));
export const arrayRemove = (c: ColumnOrName, value: ColumnOrValue) => fn('array_remove', toColumn(c), lit(value));
export const arrayAppend = (c: ColumnOrName, value: ColumnOrValue) => fn('array_append', toColumn(c), lit(value));
export const arrayPrepend = (c: ColumnOrName, value: ColumnOrValue) => fn('array_prepend', toColumn(c), lit(value));
export const arrayInsert = (c: ColumnOrName, position: ColumnOrValue, value: ColumnOrValue) =>
  fn('array_insert', toColumn(c), lit(position), lit(value));
export const arrayRepeat = (c: ColumnOrName, times: ColumnOrValue) => fn('array_repeat', toColumn(c), lit(times));
export const arrayJoin = (c: ColumnOrName, delimiter: string, nullReplacement?: string) =>
  fn('array_join', toColumn(c), lit(delimiter), ...(nullReplacement === undefined ? [] : [lit(nullReplacement)]));
export const elementAt = (c: ColumnOrName, index: ColumnOrValue) => fn('element_at', toColumn(c), lit(index));
export const tryElementAt = (c: ColumnOrName, index: ColumnOrValue) => fn('try_element_at', toColumn(c), lit(index));
export const get = (c: ColumnOrName, index: ColumnOrValue) => fn('get', toColumn(c), lit(index));
export const slice = (c: ColumnOrName, start: ColumnOrValue, length: ColumnOrValue) =>
  fn('slice', toColumn(c), lit(start), lit(length));
export const mapContainsKey = (c: ColumnOrName, key: ColumnOrValue) => fn('map_contains_key', toColumn(c), lit(key));
export const strToMap = (c: ColumnOrName, pairs: ColumnOrValue = ',', keyValue: ColumnOrValue = ':') =>
  fn('str_to_map', toColumn(c), lit(pairs), lit(keyValue));
export const namedStruct = (...args: readonly Column[]) => fn('named_struct', ...args);

export const addMonths = (c: ColumnOrName, months: ColumnOrValue) => fn('add_months', toColumn(c), lit(months));
export const dateAdd = (c: ColumnOrName, days: ColumnOrValue) => fn('date_add', toColumn(c), lit(days));
export const dateadd = dateAdd;
export const dateSub = (c: ColumnOrName, days: ColumnOrValue) => fn('date_sub', toColumn(c), lit(days));
export const dateFormat = (c: ColumnOrName, pattern: string) => fn('date_format', toColumn(c), lit(pattern));
export const datePart = (field: string, c: ColumnOrName) => fn('date_part', lit(field), toColumn(c));
export const datepart = datePart;
export const extract = datePart;
export const dateTrunc = (unit: string, c: ColumnOrName) => fn('date_trunc', lit(unit), toColumn(c));
export const trunc = (c: ColumnOrName, unit: string) => fn('trunc', toColumn(c), lit(unit));
export const fromUnixtime = (c: ColumnOrName, pattern?: string) =>
  fn('from_unixtime', toColumn(c), ...(pattern === undefined ? [] : [lit(pattern)]));
export const unixTimestamp = (c?: ColumnOrName, pattern?: string) =>
  fn('unix_timestamp', ...(c === undefined ? [] : [toColumn(c)]), ...(pattern === undefined ? [] : [lit(pattern)]));
export const fromUtcTimestamp = (c: ColumnOrName, zone: ColumnOrValue) =>
  fn('from_utc_timestamp', toColumn(c), lit(zone));
export const toUtcTimestamp = (c: ColumnOrName, zone: ColumnOrValue) => fn('to_utc_timestamp', toColumn(c), lit(zone));
export const monthsBetween = (end: ColumnOrName, start: ColumnOrName, roundOff = true) =>
  fn('months_between', toColumn(end), toColumn(start), lit(roundOff));
export const nextDay = (c: ColumnOrName, dayOfWeek: string) => fn('next_day', toColumn(c), lit(dayOfWeek));
export const toDate = (c: ColumnOrName, pattern?: string) =>
  fn('to_date', toColumn(c), ...(pattern === undefined ? [] : [lit(pattern)]));
export const toTimestamp = (c: ColumnOrName, pattern?: string) =>
  fn('to_timestamp', toColumn(c), ...(pattern === undefined ? [] : [lit(pattern)]));

export const round = (c: ColumnOrName, scale: ColumnOrValue = 0) => fn('round', toColumn(c), lit(scale));
export const bround = (c: ColumnOrName, scale: ColumnOrValue = 0) => fn('bround', toColumn(c), lit(scale));
export const log = (base: ColumnOrName | number, c?: ColumnOrName) =>
  c === undefined
    ? fn('ln', toColumn(base as ColumnOrName))
    : fn('log', typeof base === 'number' ? lit(base) : toColumn(base), toColumn(c));
export const rand = (seed?: number) => fn('rand', ...(seed === undefined ? [] : [lit(seed)]));
export const randn = (seed?: number) => fn('randn', ...(seed === undefined ? [] : [lit(seed)]));
export const shiftleft = (c: ColumnOrName, bits: number) => fn('shiftleft', toColumn(c), lit(bits));
export const shiftright = (c: ColumnOrName, bits: number) => fn('shiftright', toColumn(c), lit(bits));
export const shiftrightunsigned = (c: ColumnOrName, bits: number) => fn('shiftrightunsigned', toColumn(c), lit(bits));
export const sha2 = (c: ColumnOrName, bits: number) => fn('sha2', toColumn(c), lit(bits));
export const conv = (c: ColumnOrName, from: number, to: number) => fn('conv', toColumn(c), lit(from), lit(to));

export const concatWs = (separator: string, ...args: Args) => fn('concat_ws', lit(separator), ...args.map(toColumn));
export const contains = (c: ColumnOrName, other: ColumnOrValue) => fn('contains', toColumn(c), lit(other));
export const startswith = (c: ColumnOrName, other: ColumnOrValue) => fn('startswith', toColumn(c), lit(other));
export const endswith = (c: ColumnOrName, other: ColumnOrValue) => fn('endswith', toColumn(c), lit(other));
export const formatNumber = (c: ColumnOrName, digits: ColumnOrValue) => fn('format_number', toColumn(c), lit(digits));
export const formatString = (format: string, ...args: Args) => fn('format_string', lit(format), ...args.map(toColumn));
export const printf = formatString;
export const instr = (c: ColumnOrName, substring: ColumnOrValue) => fn('instr', toColumn(c), lit(substring));
export const locate = (substring: ColumnOrValue, c: ColumnOrName, position = 1) =>
  fn('locate', lit(substring), toColumn(c), lit(position));
export const position = (substring: ColumnOrValue, c: ColumnOrName, start = 1) =>
  fn('position', lit(substring), toColumn(c), lit(start));
export const levenshtein = (a: ColumnOrName, b: ColumnOrName) => fn('levenshtein', toColumn(a), toColumn(b));
export const left = (c: ColumnOrName, length: ColumnOrValue) => fn('left', toColumn(c), lit(length));
export const right = (c: ColumnOrName, length: ColumnOrValue) => fn('right', toColumn(c), lit(length));
export const lpad = (c: ColumnOrName, length: ColumnOrValue, pad: ColumnOrValue) =>
  fn('lpad', toColumn(c), lit(length), lit(pad));
export const rpad = (c: ColumnOrName, length: ColumnOrValue, pad: ColumnOrValue) =>
  fn('rpad', toColumn(c), lit(length), lit(pad));
export const overlay = (c: ColumnOrName, replacement: ColumnOrName, start: ColumnOrValue, length: ColumnOrValue = -1) =>
  fn('overlay', toColumn(c), toColumn(replacement), lit(start), lit(length));
export const repeat = (c: ColumnOrName, times: ColumnOrValue) => fn('repeat', toColumn(c), lit(times));
export const replace = (c: ColumnOrName, search: ColumnOrValue, replacement: ColumnOrValue = '') =>
  fn('replace', toColumn(c), lit(search), lit(replacement));
export const split = (c: ColumnOrName, pattern: string, limit = -1) =>
  fn('split', toColumn(c), lit(pattern), lit(limit));
export const splitPart = (c: ColumnOrName, delimiter: ColumnOrValue, part: ColumnOrValue) =>
  fn('split_part', toColumn(c), lit(delimiter), lit(part));
export const substring = (c: ColumnOrName, start: ColumnOrValue, length: ColumnOrValue) =>
  fn('substring', toColumn(c), lit(start), lit(length));
export const substr = substring;
export const substringIndex = (c: ColumnOrName, delimiter: string, count: number) =>
  fn('substring_index', toColumn(c), lit(delimiter), lit(count));
export const translate = (c: ColumnOrName, from: string, to: string) =>
  fn('translate', toColumn(c), lit(from), lit(to));
export const like = (c: ColumnOrName, pattern: ColumnOrValue) => fn('like', toColumn(c), lit(pattern));
export const ilike = (c: ColumnOrName, pattern: ColumnOrValue) => fn('ilike', toColumn(c), lit(pattern));
export const rlike = (c: ColumnOrName, pattern: ColumnOrValue) => fn('rlike', toColumn(c), lit(pattern));
export const regexp = rlike;
export const regexpLike = rlike;
export const regexpExtract = (c: ColumnOrName, pattern: string, group = 1) =>
  fn('regexp_extract', toColumn(c), lit(pattern), lit(group));
export const regexpExtractAll = (c: ColumnOrName, pattern: ColumnOrValue, group: ColumnOrValue = 1) =>
  fn('regexp_extract_all', toColumn(c), lit(pattern), lit(group));
export const regexpReplace = (c: ColumnOrName, pattern: ColumnOrValue, replacement: ColumnOrValue) =>
  fn('regexp_replace', toColumn(c), lit(pattern), lit(replacement));
export const regexpCount = (c: ColumnOrName, pattern: ColumnOrValue) => fn('regexp_count', toColumn(c), lit(pattern));
export const encode = (c: ColumnOrName, charset: string) => fn('encode', toColumn(c), lit(charset));
export const decode = (c: ColumnOrName, charset: string) => fn('decode', toColumn(c), lit(charset));
export const toChar = (c: ColumnOrName, format: ColumnOrValue) => fn('to_char', toColumn(c), lit(format));
export const toNumber = (c: ColumnOrName, format: ColumnOrValue) => fn('to_number', toColumn(c), lit(format));
export const parseUrl = (c: ColumnOrName, part: ColumnOrValue) => fn('parse_url', toColumn(c), lit(part));

export const getJsonObject = (c: ColumnOrName, path: string) => fn('get_json_object', toColumn(c), lit(path));
export const toJson = (c: ColumnOrName) => fn('to_json', toColumn(c));
/** @param schema DDL text of the expected type */
export const fromJson = (c: ColumnOrName, schema: string) => fn('from_json', toColumn(c), lit(schema));

export const lag = (c: ColumnOrName, offset = 1, otherwise?: ColumnOrValue) =>
  fn('lag', toColumn(c), lit(offset), ...(otherwise === undefined ? [] : [lit(otherwise)]));
export const lead = (c: ColumnOrName, offset = 1, otherwise?: ColumnOrValue) =>
  fn('lead', toColumn(c), lit(offset), ...(otherwise === undefined ? [] : [lit(otherwise)]));
export const nthValue = (c: ColumnOrName, offset: number, ignoreNulls = false) =>
  new Column(
    new UnresolvedFunction(['nth_value'], [toColumn(c).expr, lit(offset).expr], false, undefined, ignoreNulls),
  );
export const ntile = (n: number) => fn('ntile', lit(n));

// Higher-order functions: pass a function over Columns.
type Lambda = (...parameters: Column[]) => Column;
const PARAMETER_NAMES = ['x', 'y', 'z'];
let lambdaCount = 0;
function lambda(f: Lambda, arity: number): Column {
  lambdaCount++;
  const variables = PARAMETER_NAMES.slice(0, Math.min(Math.max(arity, 1), 3)).map(
    (n) => new UnresolvedNamedLambdaVariable([`${n}_${lambdaCount}`]),
  );
  return new Column(new LambdaFunction(f(...variables.map((v) => new Column(v))).expr, variables));
}
const withLambda = (name: string, c: ColumnOrName, f: Lambda, arity = f.length) =>
  fn(name, toColumn(c), lambda(f, arity));
export const transform = (c: ColumnOrName, f: Lambda) => withLambda('transform', c, f);
export const filter = (c: ColumnOrName, f: Lambda) => withLambda('filter', c, f);
export const exists = (c: ColumnOrName, f: Lambda) => withLambda('exists', c, f);
export const forall = (c: ColumnOrName, f: Lambda) => withLambda('forall', c, f);
export const arraySort = (c: ColumnOrName, f?: Lambda) =>
  f ? withLambda('array_sort', c, f, 2) : fn('array_sort', toColumn(c));
export const mapFilter = (c: ColumnOrName, f: Lambda) => withLambda('map_filter', c, f, 2);
export const transformKeys = (c: ColumnOrName, f: Lambda) => withLambda('transform_keys', c, f, 2);
export const transformValues = (c: ColumnOrName, f: Lambda) => withLambda('transform_values', c, f, 2);
export const zipWith = (a: ColumnOrName, b: ColumnOrName, f: Lambda) =>
  fn('zip_with', toColumn(a), toColumn(b), lambda(f, 2));
export const mapZipWith = (a: ColumnOrName, b: ColumnOrName, f: Lambda) =>
  fn('map_zip_with', toColumn(a), toColumn(b), lambda(f, 3));
export const aggregate = (c: ColumnOrName, start: ColumnOrValue, merge: Lambda, finish?: Lambda) =>
  fn('aggregate', toColumn(c), lit(start), lambda(merge, 2), ...(finish ? [lambda(finish, 1)] : []));
export const reduce = aggregate;

/** Any function by its SQL name. */
export const callFunction = (name: string, ...args: Args) => fn(name, ...args.map(toColumn));
/** GROUP BY GROUPING SETS as a key. */
export const groupingSets = (...sets: readonly (readonly ColumnOrName[])[]) =>
  new Column(
    new GroupingSetsExpression(
      'grouping sets',
      sets.map((s) => s.map((c) => toColumn(c).expr)),
    ),
  );
