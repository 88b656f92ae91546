import { trimAll } from './datetime/parse-text.js';

/** An integer of digits with an optional sign, blanks around ignored; undefined if malformed. With `exact` false a
 * fraction is allowed and dropped, as in LEGACY casts. Spark: `UTF8String.toLongExact`, `toLong`. */
export function parseIntegralText(text: string, exact: boolean): bigint | undefined {
  const trimmed = trimAll(text);
  const match = (exact ? /^([+-]?)(\d+)$/ : /^([+-]?)(\d+|(?=\.))(?:\.\d*)?$/).exec(trimmed);
  if (!match) return undefined;
  const n = BigInt(match[2] === '' ? '0' : (match[2] as string));
  return match[1] === '-' ? -n : n;
}

const SPECIAL: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '+infinity': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};

/** A double as Java reads it (suffixes `d` and `f` allowed), plus `inf`, `infinity`, `nan` in any case. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = trimAll(text);
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/.test(trimmed)) {
    return Number(trimmed.replace(/[dDfF]$/, ''));
  }
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)[dDfF]?$/.exec(trimmed);
  if (hex && (hex[2] !== '' || hex[3] !== '')) {
    const mantissa = Number(`0x${hex[2]}${hex[3]}`) * 2 ** (Number(hex[4]) - 4 * (hex[3] as string).length);
    return hex[1] === '-' ? -mantissa : mantissa;
  }
  const key = trimmed.toLowerCase();
  return Object.hasOwn(SPECIAL, key) ? SPECIAL[key] : undefined;
}
