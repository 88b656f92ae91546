import { type DataType, Decimal, formatDouble, toSqlString, type Value } from '../types/index.js';
import { javaError } from './errors.js';
import { exactDecimal, groupedDecimal } from './number-format.js';

const SPECIFIER = /%(?:(\d+)\$|(<))?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

/** Text of a Java format string (`%s %d %5.2f %x %e %b %c %n %%`, flags `-+ 0,(`). Java: `java.util.Formatter`.
 * @throws java.util.IllegalFormatException: the class of Java's that fits */
export function javaFormat(
  format: string,
  args: readonly Value[],
  types: readonly DataType[],
  timeZone: string,
): string {
  let next = 0;
  let last = -1;
  return format.replace(
    SPECIFIER,
    (
      whole,
      position: string | undefined,
      previous: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      conversion: string,
    ) => {
      if (conversion === 'n') return '\n';
      if (conversion === '%') return pad('%', flags, width);
      const index = position !== undefined ? Number(position) - 1 : previous !== undefined ? last : next++;
      last = index;
      if (index < 0 || index >= args.length)
        throw javaError('java.util.MissingFormatArgumentException', `Format specifier '${whole}'`);
      const value = args[index] as Value;
      const type = types[index] as DataType;
      const text = convert(
        conversion.toLowerCase(),
        flags,
        precision === undefined ? undefined : Number(precision),
        value,
        type,
        timeZone,
      );
      const zero = flags.includes('0') && /[dxofeg]/i.test(conversion) && value !== null;
      const padded = zero ? zeroPad(text, width) : pad(text, flags, width);
      return /[A-Z]/.test(conversion) ? padded.toUpperCase() : padded;
    },
  );
}

function pad(text: string, flags: string, width: string | undefined): string {
  const w = Number(width ?? 0);
  return flags.includes('-') ? text.padEnd(w) : text.padStart(w);
}
function zeroPad(text: string, width: string | undefined): string {
  const w = Number(width ?? 0);
  const sign = /^[+\-( ]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(w - sign.length, '0');
}
function signed(body: string, negative: boolean, flags: string): string {
  if (negative) return flags.includes('(') ? `(${body})` : `-${body}`;
  return flags.includes('+') ? `+${body}` : flags.includes(' ') ? ` ${body}` : body;
}

/** Moments and intervals are numbers inside. */
const INTEGERS = ['byte', 'short', 'int', 'long', 'date', 'timestamp', 'timestamp_ntz', 'ym_interval', 'dt_interval'];
const FRACTIONS = ['float', 'double', 'decimal'];
/** Kinds of values that a conversion takes. */
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  d: INTEGERS,
  x: INTEGERS,
  o: INTEGERS,
  f: FRACTIONS,
  e: FRACTIONS,
  g: FRACTIONS,
};

function convert(
  conversion: string,
  flags: string,
  precision: number | undefined,
  value: Value,
  type: DataType,
  timeZone: string,
): string {
  if (conversion === 'b')
    return cut(value === null ? 'false' : typeof value === 'boolean' ? String(value) : 'true', precision);
  if (value === null) return cut('null', precision);
  if (value instanceof Decimal && /[dfegxo]/.test(conversion)) {
    throw javaError('java.util.IllegalFormatConversionException', `${conversion} != Decimal`);
  }
  const takes = NUMBERS[conversion];
  if (takes && (typeof value === 'string' || typeof value === 'boolean' || !takes.includes(type.kind)))
    throw javaError('java.util.IllegalFormatConversionException', `${conversion} != ${type.sql}`);
  switch (conversion) {
    case 's':
      return cut(internalText(value, type, timeZone), precision);
    case 'c':
      if (typeof value !== 'number') throw javaError('java.util.IllegalFormatConversionException', `c != ${type.sql}`);
      return String.fromCodePoint(value);
    case 'd': {
      const n = BigInt(value as number | bigint);
      const digits = (n < 0n ? -n : n).toString();
      return signed(flags.includes(',') ? digits.replace(/\B(?=(\d{3})+$)/g, ',') : digits, n < 0n, flags);
    }
    case 'x':
    case 'o': {
      const bits = typeof value === 'bigint' ? 64 : type.kind === 'short' ? 16 : type.kind === 'byte' ? 8 : 32;
      const text = BigInt.asUintN(bits, BigInt(value as number | bigint)).toString(conversion === 'x' ? 16 : 8);
      return (flags.includes('#') ? (conversion === 'x' ? '0x' : '0') : '') + text;
    }
    case 'f': {
      if (typeof value === 'number' && !Number.isFinite(value))
        return signed(String(Math.abs(value)), value < 0, flags);
      const negative = value instanceof Decimal ? value.unscaled < 0n : (value as number) < 0 || Object.is(value, -0);
      return signed(fixed(value as Decimal | number, precision ?? 6, flags.includes(',')), negative, flags);
    }
    case 'e': {
      const n = value instanceof Decimal ? value.toNumber() : (value as number);
      const text = Math.abs(n)
        .toExponential(precision ?? 6)
        .replace(/e([+-])(\d)$/, 'e$10$2');
      return signed(text, n < 0, flags);
    }
    case 'g': {
      const n = value instanceof Decimal ? value.toNumber() : (value as number);
      const p = precision === 0 ? 1 : (precision ?? 6);
      const abs = Math.abs(n);
      const text =
        abs !== 0 && (abs < 1e-4 || abs >= 10 ** p)
          ? abs.toExponential(p - 1).replace(/e([+-])(\d)$/, 'e$10$2')
          : fixed(abs, Math.max(p - (abs === 0 ? 1 : Math.floor(Math.log10(abs)) + 1), 0), flags.includes(','));
      return signed(text, n < 0, flags);
    }
    default:
      throw javaError('java.util.UnknownFormatConversionException', `Unknown format conversion '${conversion}'`);
  }
}

/** Absolute value with a fixed number of decimals, halves up of the shortest decimal text, as Java's Formatter does. */
function fixed(value: Decimal | number, places: number, grouped: boolean): string {
  const exact = value instanceof Decimal ? value : decimalText(value);
  const abs = new Decimal(exact.unscaled < 0n ? -exact.unscaled : exact.unscaled, exact.scale);
  const drop = abs.scale - places;
  const unit = drop > 0 ? 10n ** BigInt(drop) : 1n;
  const rounded = drop > 0 ? (abs.unscaled + unit / 2n) / unit : abs.unscaled * 10n ** BigInt(-drop);
  const text = groupedDecimal(new Decimal(rounded, places), places);
  return grouped ? text : text.replaceAll(',', '');
}
function decimalText(value: number): Decimal {
  const text = formatDouble(Math.abs(value));
  const match = /^(\d+)\.(\d+)(?:E(-?\d+))?$/.exec(text);
  if (!match) return exactDecimal(value);
  const scale = (match[2] as string).length - Number(match[3] ?? 0);
  const unscaled = BigInt((match[1] as string) + (match[2] as string));
  return scale >= 0 ? new Decimal(unscaled, scale) : new Decimal(unscaled * 10n ** BigInt(-scale), 0);
}
function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : text.slice(0, precision);
}

/** Java's text of Spark's internal value: dates and timestamps are plain numbers, nested values have no blanks. */
export function internalText(value: Value, type: DataType, timeZone: string): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'ym_interval':
    case 'dt_interval':
      return String(value);
    case 'array':
      return `[${(value as readonly Value[]).map((v) => internalText(v, type.elementType, timeZone)).join(',')}]`;
    case 'struct':
      return `[${type.fields.map((f, i) => internalText((value as readonly Value[])[i] as Value, f.dataType, timeZone)).join(',')}]`;
    default:
      return toSqlString(value, type, timeZone);
  }
}
