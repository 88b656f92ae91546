import { runtimeError } from '../errors/index.js';
import { Decimal, DecimalType } from '../types/index.js';
import { parseDecimal, pow10, rescaleUnscaled } from './decimal.js';

/** A parsed format of to_number and to_char: digits around the point, thousands separators, sign, currency, brackets. */
interface NumberFormat {
  /** Digit tokens before the point with separators, e.g. `9,999`, then those after it. */
  readonly whole: string;
  readonly fraction: string;
  readonly hasPoint: boolean;
  readonly currency: boolean;
  readonly sign: 'none' | 'leading-S' | 'trailing-S' | 'leading-MI' | 'trailing-MI' | 'PR';
}

/** @throws INVALID_FORMAT.UNEXPECTED_TOKEN, .EMPTY, .WRONG_NUM_DIGIT. Spark: `ToNumberParser` */
export function parseNumberFormat(text: string): NumberFormat {
  const format = text.toUpperCase();
  if (format === '') throw runtimeError('INVALID_FORMAT.EMPTY', { format: "''" });
  if (!/[09]/.test(format)) throw runtimeError('INVALID_FORMAT.WRONG_NUM_DIGIT', { format: `'${text}'` });
  const shown = { format: `'${text}'` };
  const point = format.search(/[.D]/);
  if (point >= 0 && /[,G]/.test(format.slice(point + 1)))
    throw runtimeError('INVALID_FORMAT.THOUSANDS_SEPS_MUST_BEFORE_DEC', shown);
  const groups = /[09,G]+/.exec(point < 0 ? format : format.slice(0, point))?.[0] ?? '';
  if (/^[,G]|[,G]$|[,G]{2}/.test(groups)) throw runtimeError('INVALID_FORMAT.CONT_THOUSANDS_SEPS', shown);
  const match = /^(MI|S)?(\$)?([09G,]*)([.D]([09]*))?(\$)?(PR|MI|S)?$/.exec(format);
  if (!match) throw runtimeError('INVALID_FORMAT.UNEXPECTED_TOKEN', { format: `'${text}'`, token: `'${text}'` });
  const whole = (match[3] as string).replaceAll('G', ',');
  const fraction = match[5] ?? '';
  if (!/[09]/.test(whole + fraction)) throw runtimeError('INVALID_FORMAT.WRONG_NUM_DIGIT', { format: `'${text}'` });
  const lead = match[1];
  const tail = match[7];
  const sign = lead
    ? (`leading-${lead}` as const)
    : tail === 'PR'
      ? 'PR'
      : tail
        ? (`trailing-${tail}` as const)
        : 'none';
  return {
    whole,
    fraction,
    hasPoint: match[4] !== undefined,
    currency: match[2] !== undefined || match[6] !== undefined,
    sign: sign as NumberFormat['sign'],
  };
}

const digitCountOf = (s: string): number => s.replace(/[^09]/g, '').length;

/** The decimal type that holds every number of the format. */
export function numberFormatType(format: NumberFormat): DecimalType {
  const scale = format.fraction.length;
  return new DecimalType(Math.max(digitCountOf(format.whole) + scale, 1), scale);
}

/** The number a text spells, or undefined if it does not match the format. */
export function readNumber(text: string, format: NumberFormat): Decimal | undefined {
  let rest = text.trim();
  let negative = false;
  const strip = (re: RegExp): string | undefined => {
    const m = re.exec(rest);
    if (!m) return undefined;
    rest = rest.replace(re, '');
    return m[0];
  };
  if (format.sign === 'leading-S') negative = strip(/^[+-]/) === '-';
  if (format.sign === 'leading-MI') negative = strip(/^-/) === '-';
  if (format.sign === 'trailing-S') negative = strip(/[+-]$/) === '-';
  if (format.sign === 'trailing-MI') negative = strip(/-$/) === '-';
  if (format.sign === 'PR' && /^<.*>$/.test(rest)) {
    negative = true;
    rest = rest.slice(1, -1);
  }
  if (format.currency && strip(/^\$/) === undefined && strip(/\$$/) === undefined) return undefined;
  const match = /^([0-9,]*)(?:\.([0-9]*))?$/.exec(rest);
  if (!match) return undefined;
  const whole = match[1] as string;
  const fraction = match[2] ?? '';
  if (rest.includes('.') && !format.hasPoint) return undefined;
  if (fraction.length > format.fraction.length) return undefined;
  const groups = format.whole.split(',');
  const given = whole.split(',');
  if (whole.includes(',') && given.length > groups.length) return undefined;
  if (!whole.includes(',') && groups.length > 1 && whole.length > digitCountOf(groups[groups.length - 1] as string))
    return undefined;
  for (let i = 1; i < given.length; i++) {
    if ((given[given.length - i] as string).length !== (groups[groups.length - i] as string).length) return undefined;
  }
  const digits = whole.replaceAll(',', '');
  if (digits.length > digitCountOf(format.whole)) return undefined;
  // A leading 0 in the format asks for at least as many digits.
  if (format.whole.startsWith('0') && digits.length < digitCountOf(format.whole)) return undefined;
  if (digits === '' && fraction === '') return undefined;
  const value = parseDecimal(`${digits || '0'}.${fraction.padEnd(format.fraction.length, '0')}`);
  return value && new Decimal(negative ? -value.unscaled : value.unscaled, format.fraction.length);
}

/** Text of a number by a format, `#` for every digit that does not fit. Spark: `ToNumberParser.format`. */
export function writeNumber(value: Decimal, format: NumberFormat): string {
  const scale = format.fraction.length;
  const scaled =
    value.scale > scale
      ? value.unscaled / pow10(value.scale - scale)
      : rescaleUnscaled(value.unscaled, value.scale, scale);
  const exactFits = value.scale <= scale || value.unscaled % pow10(value.scale - scale) === 0n;
  const negative = value.unscaled < 0n;
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, '0');
  const wholeDigits = digits.slice(0, digits.length - scale).replace(/^0+(?=\d)/, '');
  const room = digitCountOf(format.whole);
  let body: string;
  if ((wholeDigits.length > room && wholeDigits !== '0') || !exactFits) {
    body = (format.whole + (format.hasPoint ? '.' : '') + format.fraction).replace(/[09]/g, '#');
    return decorate(body, negative, format);
  }
  let out = '';
  let at = wholeDigits === '0' ? -1 : wholeDigits.length - 1;
  const tokens = format.whole;
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i] as string;
    if (token === ',') out = (at >= 0 || /0/.test(tokens.slice(0, i)) ? ',' : ' ') + out;
    else if (at >= 0) out = (wholeDigits[at--] as string) + out;
    else out = (token === '0' || /0/.test(tokens.slice(0, i)) ? '0' : ' ') + out;
  }
  if (wholeDigits === '0' && room > 0 && out.trim() === '' && scale > 0) out = `${out.slice(0, -1)}0`;
  body = out + (format.hasPoint ? '.' : '') + (scale > 0 ? digits.slice(-scale) : '');
  return decorate(body, negative, format);
}

function decorate(body: string, negative: boolean, format: NumberFormat): string {
  // Signs stand right before the digits, a currency before the room left for more of them.
  const spaces = format.currency ? '' : (/^ */.exec(body)?.[0] ?? '');
  const text = format.currency ? `$${body}` : body.slice(spaces.length);
  switch (format.sign) {
    case 'leading-S':
      return spaces + (negative ? '-' : '+') + text;
    case 'leading-MI':
      return spaces + (negative ? '-' : ' ') + text;
    case 'trailing-S':
      return spaces + text + (negative ? '-' : '+');
    case 'trailing-MI':
      return spaces + text + (negative ? '-' : ' ');
    case 'PR':
      return negative ? `${spaces}<${text}>` : `${spaces}${text}  `;
    default:
      // Without a sign in the format none is shown.
      return spaces + text;
  }
}

/** `#,###,##0.00` with a fixed number of decimals, halves to even. Java: `DecimalFormat`. */
export function groupedDecimal(value: Decimal, places: number): string {
  const drop = value.scale - places;
  let unscaled = value.unscaled;
  if (drop > 0) {
    const unit = pow10(drop);
    const abs = unscaled < 0n ? -unscaled : unscaled;
    let q = abs / unit;
    const twice = (abs % unit) * 2n;
    if (twice > unit || (twice === unit && q % 2n === 1n)) q++;
    unscaled = value.unscaled < 0n ? -q : q;
  } else if (drop < 0) unscaled *= pow10(-drop);
  const negative = value.unscaled < 0n;
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ',');
  return (negative ? '-' : '') + whole + (places > 0 ? `.${digits.slice(-places)}` : '');
}

/** What rounds to `places` as a double's text does: the digits of its shortest text where there are no more of them, else the
 * exact value, which tells to which side a half belongs. Java: `DecimalFormat` over `FloatingDecimal`. */
export function decimalOfDouble(value: number, places: number): Decimal {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const scale = fraction.length - Number(exponent);
  if (places < scale) return exactDecimal(value);
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return scale >= 0 ? new Decimal(digits, scale) : new Decimal(digits * pow10(-scale), 0);
}

/** The exact value of a double as a decimal: every double is a fraction of a power of two. */
export function exactDecimal(value: number): Decimal {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) | (exponent === 0 ? 0n : 0x10000000000000n);
  const shift = Math.max(exponent, 1) - 1075;
  const signed = value < 0 ? -mantissa : mantissa;
  if (shift >= 0) return new Decimal(signed << BigInt(shift), 0);
  // m / 2^n = m * 5^n / 10^n
  return new Decimal(signed * 5n ** BigInt(-shift), -shift);
}
