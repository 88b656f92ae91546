import { runtimeError } from '../../errors/index.js';
import { STRING, type Value } from '../../types/index.js';
import { scalar } from '../define.js';
import type { EvalMode, ScalarFunction } from '../function.js';

interface UrlParts {
  readonly protocol: string | null;
  readonly host: string | null;
  readonly path: string | null;
  readonly query: string | null;
  readonly ref: string | null;
  readonly authority: string | null;
  readonly userInfo: string | null;
}

/** Parts of a URI by RFC 2396, undefined if malformed. Java: `java.net.URI`. */
function readUrl(url: string): UrlParts | undefined {
  if (/[\s"<>\\^`{|}]/.test(url) || /%(?![0-9A-Fa-f]{2})/.test(url)) return undefined;
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(url);
  if (!match) return undefined;
  const authority = match[2] || null;
  const inner = authority === null ? null : /^(?:([^@]*)@)?(\[[^\]]*\]|[A-Za-z0-9.-]*)(?::(\d*))?$/.exec(authority);
  return {
    protocol: match[1] ?? null,
    authority,
    userInfo: inner?.[1] ?? null,
    host: inner?.[2] || null,
    path: match[3] ?? '',
    query: match[4] ?? null,
    ref: match[5] ?? null,
  };
}

function parseUrl(args: readonly Value[], mode: EvalMode): Value {
  const [url, part, key] = args as readonly (string | undefined)[];
  const parts = readUrl(url as string);
  if (!parts) {
    if (mode === 'ANSI') throw runtimeError('INVALID_URL', { url: url as string });
    return null;
  }
  if (key !== undefined) {
    if (part !== 'QUERY' || parts.query === null) return null;
    const found = new RegExp(`(?:&|^)${key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}=([^&]*)`).exec(parts.query);
    return found?.[1] ?? null;
  }
  switch (part) {
    case 'HOST':
      return parts.host;
    case 'PATH':
      return parts.path;
    case 'QUERY':
      return parts.query;
    case 'REF':
      return parts.ref;
    case 'PROTOCOL':
      return parts.protocol;
    case 'FILE':
      return parts.query === null ? parts.path : `${parts.path}?${parts.query}`;
    case 'AUTHORITY':
      return parts.authority;
    case 'USERINFO':
      return parts.userInfo;
    default:
      return null;
  }
}

/** application/x-www-form-urlencoded. Java: `URLEncoder`. */
function urlEncode(text: string): string {
  let out = '';
  for (const b of new TextEncoder().encode(text)) {
    const c = String.fromCharCode(b);
    out += /[A-Za-z0-9.*_-]/.test(c) ? c : c === ' ' ? '+' : `%${b.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
function urlDecode(text: string, mode: EvalMode): string | null {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) {
    if (mode !== 'TRY') throw runtimeError('CANNOT_DECODE_URL', { url: text });
    return null;
  }
  const bytes: number[] = [];
  const source = new TextEncoder().encode(text);
  for (let i = 0; i < source.length; i++) {
    const b = source[i] as number;
    if (b === 0x25) {
      bytes.push(Number.parseInt(String.fromCharCode(source[i + 1] as number, source[i + 2] as number), 16));
      i += 2;
    } else bytes.push(b === 0x2b ? 0x20 : b);
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

const types = [STRING, STRING, STRING];
export const urlFunctions: readonly ScalarFunction[] = [
  scalar('url', 'parse_url(url, partToExtract[, key])', 'A part of a URL.', {
    cls: 'ParseUrl',
    types,
    returns: STRING,
    nullability: 'always',
    run: (args, c) => parseUrl(args as readonly Value[], c.mode),
  }),
  scalar('url', 'try_parse_url(url, partToExtract[, key])', 'A part of a URL, null if malformed.', {
    cls: 'TryParseUrl',
    types,
    returns: STRING,
    nullability: 'always',
    run: (args) => parseUrl(args as readonly Value[], 'TRY'),
  }),
  scalar('url', 'url_encode(str)', 'Text for use in a URL.', {
    cls: 'UrlEncode',
    types,
    returns: STRING,
    nullability: 'always',
    run: ([s]) => urlEncode(s as string),
  }),
  scalar('url', 'url_decode(str)', 'Text of an encoded URL part.', {
    cls: 'UrlDecode',
    types,
    returns: STRING,
    nullability: 'always',
    run: ([s]) => urlDecode(s as string, 'ANSI'),
  }),
  scalar('url', 'try_url_decode(str)', 'Text of an encoded URL part, null if malformed.', {
    cls: 'TryUrlDecode',
    types,
    returns: STRING,
    nullability: 'always',
    run: ([s]) => urlDecode(s as string, 'TRY'),
  }),
];
