import { type Origin, parseError, unsupported } from '../../errors/index.js';
import { RefreshResource, ResetCommand, SetCommand } from '../logical/commands.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { originOf } from './builder/origin.js';
import { unescapeString } from './builder/text.js';

const TIME_ZONE = 'spark.sql.session.timeZone';
const KEY = '[a-zA-Z_\\d\\\\.:]+';

/** Reads `INTERVAL …`: months or days as a number, or microseconds; undefined for anything else. */
export type IntervalReader = (text: string) => number | bigint | undefined;

/** SET, RESET and REFRESH path take raw text, not tokens. undefined: the text is none of these.
 * Spark: `SparkSqlAstBuilder.visitSetConfiguration`, `visitResetConfiguration`, `visitRefreshResource`. */
export function parseRawCommand(sql: string, interval: IntervalReader): LogicalPlan | undefined {
  const match = /^(?:\s|--[^\n]*\n|\/\*(?!\+)[\s\S]*?\*\/)*(SET|RESET|REFRESH)(?![A-Za-z0-9_])/i.exec(sql);
  if (match === null) return undefined;
  const start = match[0].length - (match[1] as string).length;
  const origin = originOf(sql, { start, stop: sql.length - 1 });
  const rest = sql.slice(match[0].length);
  switch ((match[1] as string).toUpperCase()) {
    case 'SET':
      return setCommand(rest, origin, interval)?.withOrigin(origin);
    case 'RESET':
      return resetCommand(rest, origin).withOrigin(origin);
    default:
      return refreshPath(rest, origin)?.withOrigin(origin);
  }
}

function unquote(key: string): string {
  return key.slice(1, -1).replaceAll('``', '`');
}

function setCommand(text: string, origin: Origin, interval: IntervalReader): LogicalPlan | undefined {
  const rest = text.trim().replace(/;+$/, '').trimEnd();
  if (/^VAR(?:IABLE)?(?![A-Za-z0-9_])\s*(?:[A-Za-z0-9_`]|\(\s*[^)\s])/i.test(rest)) return undefined;
  if (rest === '') return new SetCommand(undefined, undefined);
  if (rest === '-v') return new SetCommand('-v', undefined);
  const zone = /^TIME\s+ZONE(?![A-Za-z0-9_.])([\s\S]*)$/i.exec(rest);
  if (zone !== null) return setTimeZone((zone[1] as string).trim(), origin, interval);
  const quoted = /^(`(?:[^`]|``)*`)\s*(?:=([\s\S]*))?$/.exec(rest);
  if (quoted !== null) {
    const key = unquote(quoted[1] as string);
    if (quoted[2] === undefined) return new SetCommand(key, undefined);
    const value = quoted[2].trim();
    if (/^`(?:[^`]|``)*`$/.test(value)) return new SetCommand(key, unquote(value));
    if (value.includes(';'))
      throw parseError('INVALID_PROPERTY_VALUE', { value: `"${value}"`, key: `"${key}"` }, origin);
    return new SetCommand(key, value);
  }
  const quotedValue = /^([\s\S]*?)=\s*(`(?:[^`]|``)*`)$/.exec(rest);
  if (quotedValue !== null) {
    const key = (quotedValue[1] as string).trim();
    const value = unquote(quotedValue[2] as string);
    if (new RegExp(`^${KEY}$`).test(key)) return new SetCommand(key, value);
    throw parseError('INVALID_PROPERTY_KEY', { key: `"${key}"`, value: `"${value}"` }, origin);
  }
  const pair = new RegExp(`^(${KEY})\\s*=([^;]*)$`).exec(rest);
  if (pair !== null) return new SetCommand(pair[1] as string, (pair[2] as string).trim());
  if (new RegExp(`^${KEY}$`).test(rest)) return new SetCommand(rest, undefined);
  const other = /^(CATALOG|ROLE|COLLATION)\b/i.exec(rest);
  if (other !== null) throw unsupported(`SET ${(other[1] as string).toUpperCase()}`, origin);
  throw parseError('INVALID_SET_SYNTAX', {}, origin);
}

const MAX_OFFSET_SECONDS = 18n * 3600n;

/** An offset of at most 18 hours, in whole seconds, as Java prints it: `Z`, `+02:00`, `-01:30:15`. */
function offsetText(micros: bigint, origin: Origin): string {
  const seconds = micros / 1_000_000n;
  const size = seconds < 0n ? -seconds : seconds;
  if (size > MAX_OFFSET_SECONDS || micros % 1_000_000n !== 0n) {
    const input = size > MAX_OFFSET_SECONDS ? size / 3600n : seconds;
    throw parseError('INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE', { input: String(input) }, origin);
  }
  if (size === 0n) return 'Z';
  const two = (n: bigint): string => String(n).padStart(2, '0');
  const rest = size % 60n === 0n ? '' : `:${two(size % 60n)}`;
  return `${seconds < 0n ? '-' : '+'}${two(size / 3600n)}:${two((size / 60n) % 60n)}${rest}`;
}

function setTimeZone(value: string, origin: Origin, interval: IntervalReader): LogicalPlan {
  if (value === '') throw parseError('_LEGACY_ERROR_TEMP_0045', {}, origin);
  if (/^LOCAL$/i.test(value)) return new SetCommand(TIME_ZONE, Intl.DateTimeFormat().resolvedOptions().timeZone);
  if (/^(?:'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*")$/.test(value))
    return new SetCommand(TIME_ZONE, unescapeString(value));
  const amount = /^INTERVAL(?![A-Za-z0-9_])/i.test(value) ? interval(value) : undefined;
  if (amount === undefined) throw parseError('_LEGACY_ERROR_TEMP_0045', {}, origin);
  if (typeof amount === 'bigint') return new SetCommand(TIME_ZONE, offsetText(amount, origin));
  throw parseError('INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE', { input: String(amount) }, origin);
}

function resetCommand(text: string, origin: Origin): LogicalPlan {
  const rest = text.trim().replace(/;+$/, '').trim();
  if (rest === '') return new ResetCommand(undefined);
  if (/^`(?:[^`]|``)*`$/.test(rest)) return new ResetCommand(unquote(rest));
  if (new RegExp(`^${KEY}$`).test(rest)) return new ResetCommand(rest);
  throw parseError('INVALID_RESET_COMMAND_FORMAT', {}, origin);
}

function refreshPath(text: string, origin: Origin): LogicalPlan | undefined {
  const rest = text.trim().replace(/;+$/, '').trim();
  if (/^(?:TABLE|FUNCTION)(?![A-Za-z0-9_])\s*\S/i.test(rest)) return undefined;
  if (/^(?:[rR]?'[\s\S]*'|[rR]?"[\s\S]*")$/.test(rest)) return new RefreshResource(unescapeString(rest));
  const refusal =
    rest === ''
      ? 'Resource paths cannot be empty in REFRESH statements. Use / to match everything'
      : /\s/.test(rest)
        ? "REFRESH statements cannot contain ' ', '\\n', '\\r', '\\t' inside unquoted resource paths"
        : undefined;
  if (refusal !== undefined) throw parseError('_LEGACY_ERROR_TEMP_0064', { msg: refusal }, origin);
  return new RefreshResource(rest);
}
