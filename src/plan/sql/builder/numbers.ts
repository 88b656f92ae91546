import { type Origin, parseError } from '../../../errors/index.js';
import { BYTE, Decimal, FLOAT, SHORT } from '../../../types/index.js';
import { Literal } from '../../expressions/literal.js';
import { quoteStatement } from './text.js';

const INT_MAX = 2147483647n;
const LONG_MAX = 9223372036854775807n;

/** An exact decimal of a numeral with optional fraction and exponent, with the scale it is written with (never negative). */
export function decimalOf(text: string, origin: Origin): Decimal {
  const m = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) as RegExpExecArray;
  const fraction = m[3] ?? '';
  let unscaled = BigInt(`${m[2] ?? ''}${fraction}` || '0');
  let scale = fraction.length - Number(m[4] ?? 0);
  if (scale < 0) {
    unscaled *= 10n ** BigInt(Math.min(-scale, 400));
    scale = 0;
  }
  const precision = Math.max(unscaled.toString().length, scale);
  if (precision > 38) {
    throw parseError(
      'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
      { precision: String(precision), maxPrecision: '38' },
      origin,
    );
  }
  return new Decimal(m[1] === '-' ? -unscaled : unscaled, scale);
}

/** The literal of a number as written, sign included: the type follows form and suffix.
 * Spark: `AstBuilder.visitIntegerLiteral` and its kin.
 * @throws INVALID_NUMERIC_LITERAL_RANGE, DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION */
export function numberLiteral(text: string, origin: Origin): Literal {
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text);
    if (value <= INT_MAX && value >= -INT_MAX - 1n) return Literal.int(Number(value));
    if (value <= LONG_MAX && value >= -LONG_MAX - 1n) return Literal.long(value);
    return Literal.decimal(decimalOf(text, origin));
  }
  if (/[bB][dD]$/.test(text)) return Literal.decimal(decimalOf(text.slice(0, -2), origin));
  const body = text.slice(0, -1);
  switch (text.at(-1)) {
    case 'l':
    case 'L':
      inRange(body, LONG_MAX, 'bigint', origin);
      return Literal.long(BigInt(body));
    case 's':
    case 'S':
      inRange(body, 32767n, 'smallint', origin);
      return new Literal(Number(body), SHORT);
    case 'y':
    case 'Y':
      inRange(body, 127n, 'tinyint', origin);
      return new Literal(Number(body), BYTE);
    case 'd':
    case 'D':
      return Literal.double(finite(body, Number(body), Number.MAX_VALUE, '1.7976931348623157E+308', 'double', origin));
    case 'f':
    case 'F': {
      const value = Math.fround(Number(body));
      return new Literal(finite(body, value, 3.4028234663852886e38, '3.4028234663852886E+38', 'float', origin), FLOAT);
    }
    default:
      if (!/[eE]/.test(text)) return Literal.decimal(decimalOf(text, origin));
      return Literal.double(finite(text, Number(text), Number.MAX_VALUE, '1.7976931348623157E+308', 'double', origin));
  }
}

function inRange(body: string, max: bigint, typeName: string, origin: Origin): void {
  const value = BigInt(body);
  if (value <= max && value >= -max - 1n) return;
  throw outOfRange(body, String(-max - 1n), String(max), typeName, origin);
}
function finite(body: string, value: number, max: number, maxText: string, typeName: string, origin: Origin): number {
  if (Math.abs(value) <= max) return value;
  throw outOfRange(body, `-${maxText}`, maxText, typeName, origin);
}
function outOfRange(body: string, minValue: string, maxValue: string, typeName: string, origin: Origin) {
  return parseError(
    'INVALID_NUMERIC_LITERAL_RANGE',
    { rawStrippedQualifier: body, minValue, maxValue, typeName },
    origin,
  );
}

/** Spark's wording of checks that have no condition of their own. Spark: `ParserUtils.validate`. */
export function refuse(message: string, origin: Origin) {
  return parseError('_LEGACY_ERROR_TEMP_0064', { msg: message }, origin);
}
export function operationNotAllowed(message: string, origin: Origin) {
  return parseError('_LEGACY_ERROR_TEMP_0035', { message }, origin);
}
export function invalidStatement(statement: string, origin: Origin) {
  return parseError('INVALID_STATEMENT_OR_CLAUSE', { operation: quoteStatement(statement) }, origin);
}
