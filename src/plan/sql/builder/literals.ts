import { type Origin, parseError } from '../../../errors/index.js';
import { parseDate, parseTimestamp, parseTimestampText } from '../../../eval/datetime/parse-text.js';
import { specialDay, specialInstant, specialLocal } from '../../../eval/datetime/special.js';
import { DATE, type DataType, TIMESTAMP, TIMESTAMP_NTZ, type Value, type Zone } from '../../../types/index.js';
import { Literal } from '../../expressions/literal.js';
import type { BuildContext } from './base.js';
import { intervalFromText } from './intervals.js';
import { quoteType, quoteValue } from './text.js';

/** The literal of `TYPE 'text'`. Spark: `AstBuilder.visitTypeConstructor`.
 * @throws INVALID_TYPED_LITERAL, UNSUPPORTED_TYPED_LITERAL */
export function typedLiteral(
  typeName: string,
  text: string,
  context: BuildContext,
  sql: string,
  origin: Origin,
): Literal {
  const made = literalOf(typeName.toUpperCase(), text, context, sql, origin);
  if (made === null) {
    const supported = ['DATE', 'TIMESTAMP_NTZ', 'TIMESTAMP_LTZ', 'TIMESTAMP', 'INTERVAL', 'X'];
    throw parseError(
      'UNSUPPORTED_TYPED_LITERAL',
      { unsupportedType: quoteType(typeName), supportedTypes: supported.map(quoteType).join(', ') },
      origin,
    );
  }
  if (made === undefined) {
    throw parseError('INVALID_TYPED_LITERAL', { valueType: quoteType(typeName), value: quoteValue(text) }, origin);
  }
  return made;
}

/** undefined: malformed; null: no such typed literal. */
function literalOf(
  type: string,
  text: string,
  context: BuildContext,
  sql: string,
  origin: Origin,
): Literal | undefined | null {
  const { zone } = context;
  switch (type) {
    case 'DATE': {
      return literal(specialDay(text, zone) ?? parseDate(text), DATE);
    }
    case 'TIMESTAMP':
      return context.timestampNtz ? timestampByText(text, zone) : timestampLtz(text, zone);
    case 'TIMESTAMP_LTZ':
      return timestampLtz(text, zone);
    case 'TIMESTAMP_NTZ':
      return timestampNtz(text, zone);
    case 'INTERVAL':
      return intervalFromText(text, sql, origin, context.legacyIntervals);
    case 'X':
      return /^[0-9a-fA-F]*$/.test(text) ? Literal.binary(unhex(text)) : undefined;
    default:
      return null;
  }
}

function literal(value: Value | undefined, type: DataType): Literal | undefined {
  return value === undefined ? undefined : new Literal(value, type);
}

function timestampLtz(text: string, zone: Zone): Literal | undefined {
  return literal(specialInstant(text, zone) ?? parseTimestamp(text, zone), TIMESTAMP);
}
/** A text with a zone is no timestamp_ntz. */
function timestampNtz(text: string, zone: Zone): Literal | undefined {
  const special = specialLocal(text, zone);
  if (special !== undefined) return literal(special, TIMESTAMP_NTZ);
  const parsed = parseTimestampText(text);
  return literal(parsed === undefined || parsed.zone !== undefined ? undefined : parsed.local, TIMESTAMP_NTZ);
}
/** TIMESTAMP where it means the type without a zone: a text that names a zone makes an instant all the same. */
function timestampByText(text: string, zone: Zone): Literal | undefined {
  return parseTimestampText(text)?.zone === undefined ? timestampNtz(text, zone) : timestampLtz(text, zone);
}

/** An odd number of digits gets a leading zero. Spark: `Hex.unhex`. */
function unhex(text: string): Uint8Array {
  const even = text.length % 2 === 0 ? text : `0${text}`;
  return Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
