import type { BoundExpr } from '../../eval/bound.js';
import { childrenOf } from './fallback.js';

/** Functions whose scalar definition has an answer for every row. The rest is taken to raise. */
const TOTAL: ReadonlySet<string> = new Set(
  (
    'upper lower ucase lcase initcap reverse trim ltrim rtrim btrim lpad rpad concat concat_ws length char_length ' +
    'octet_length bit_length substring substr left right instr locate position replace translate ascii ' +
    'startswith endswith contains soundex levenshtein md5 sha sha1 crc32 hash xxhash64 base64 hex ' +
    'sqrt cbrt exp expm1 ln log log2 log10 log1p pow power sin cos tan asin acos atan atan2 sinh cosh tanh degrees radians ' +
    'signum sign isnull isnotnull isnan not greatest least nanvl = < <= > >= <=> date_add date_sub datediff ' +
    'year month day dayofmonth dayofweek dayofyear weekday quarter weekofyear last_day hour minute second'
  ).split(' '),
);

/** Can no row make the expression throw? Errs on the side of "it can". */
export function neverRaises(e: BoundExpr): boolean {
  switch (e.k) {
    case 'call':
      if (!TOTAL.has(e.fn)) return false;
      break;
    case 'cast':
      if (e.mode === 'ANSI' && e.type.kind !== 'string') return false;
      break;
    case 'lambda':
    case 'lambdaVariable':
      return false;
    default:
      break;
  }
  return childrenOf(e).every(neverRaises);
}
