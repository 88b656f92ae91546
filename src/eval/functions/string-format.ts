import { runtimeError } from '../../errors/index.js';
import {
  BINARY,
  BOOLEAN,
  type DataType,
  Decimal,
  DecimalType,
  INT,
  STRING,
  toInstantMicros,
  type Value,
  zoneOf,
} from '../../types/index.js';
import { anyTypes, implicitCast, inputTypes, nonFoldable, unexpectedInput } from '../coercion.js';
import { equalValues } from '../compare.js';
import { datetimeFormatter } from '../datetime/formatter.js';
import { scalar } from '../define.js';
import type { AnalysisContext, CallContext, Coercion, EvalMode, ScalarFunction } from '../function.js';
import {
  decimalOfDouble,
  groupedDecimal,
  numberFormatType,
  parseNumberFormat,
  readNumber,
  writeNumber,
} from '../number-format.js';
import { javaFormat } from '../printf.js';
import { unhexText } from './math.js';

const text = (v: unknown): string => v as string;

/** Charsets of encode and decode. */
const CHARSETS = ['ISO-8859-1', 'US-ASCII', 'UTF-16', 'UTF-16BE', 'UTF-16LE', 'UTF-32', 'UTF-8'] as const;
/** Others that Java knows and the platform decodes, by their label there. */
const JAVA_CHARSETS: ReadonlySet<string> = new Set([
  ...Array.from({ length: 9 }, (_, i) => `WINDOWS-125${i}`),
  ...['ISO-8859-2', 'ISO-8859-5', 'ISO-8859-7', 'ISO-8859-15', 'KOI8-R', 'BIG5', 'EUC-JP', 'EUC-KR', 'GBK', 'GB18030'],
  'SHIFT_JIS',
]);
function charsetOf(name: string, functionName: string, java = false): string {
  const key = name.toUpperCase();
  if ((CHARSETS as readonly string[]).includes(key) || (java && JAVA_CHARSETS.has(key))) return key;
  throw runtimeError('INVALID_PARAMETER_VALUE.CHARSET', {
    functionName: `\`${functionName}\``,
    parameter: '`charset`',
    charset: name,
    charsets: CHARSETS.join(', ').toLowerCase(),
  });
}
function unmappable(functionName: string, charset: string): Error {
  return runtimeError('MALFORMED_CHARACTER_CODING', { function: `\`${functionName}\``, charset });
}
/** Legacy forms: other charsets, and replacements for what a charset cannot say. */
interface Coding {
  readonly java: boolean;
  readonly replace: boolean;
}
const codingOf = (v: unknown): Coding => ({
  java: typeof v === 'string' && v.includes('java'),
  replace: typeof v === 'string' && v.includes('replace'),
});

/** Bytes of the characters of a one-byte charset, by what the platform decodes each byte to. */
function encodeByTable(s: string, label: string, replace: boolean): Uint8Array {
  const table = new Map<string, number>();
  const decoder = new TextDecoder(label.toLowerCase());
  for (let b = 255; b >= 0; b--) table.set(decoder.decode(Uint8Array.of(b)), b);
  return Uint8Array.from(s, (c) => {
    const b = table.get(c);
    if (b === undefined && !replace) throw unmappable('encode', label);
    return b ?? 0x3f;
  });
}

function encode(s: string, charset: string, coding: Coding): Uint8Array {
  const key = charsetOf(charset, 'encode', coding.java);
  switch (key) {
    case 'UTF-8':
      return new TextEncoder().encode(s);
    case 'US-ASCII':
    case 'ISO-8859-1': {
      const limit = charset.toUpperCase() === 'US-ASCII' ? 0x7f : 0xff;
      return Uint8Array.from(s, (c) => {
        const code = c.codePointAt(0) as number;
        if (code <= limit) return code;
        if (!coding.replace) throw unmappable('encode', charset);
        return 0x3f;
      });
    }
    case 'UTF-16LE':
      return new Uint8Array(Buffer.from(s, 'utf16le'));
    case 'UTF-16BE':
      return new Uint8Array(Buffer.from(s, 'utf16le').swap16());
    case 'UTF-16':
      return new Uint8Array(
        s === '' ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(s, 'utf16le').swap16()]),
      );
    default: {
      if (key !== 'UTF-32') return encodeByTable(s, key, coding.replace);
      const out = new DataView(new ArrayBuffer(Array.from(s).length * 4));
      Array.from(s).forEach((c, i) => {
        out.setUint32(i * 4, c.codePointAt(0) as number);
      });
      return new Uint8Array(out.buffer);
    }
  }
}
function decode(bytes: Uint8Array, charset: string, coding: Coding): string {
  const key = charsetOf(charset, 'decode', coding.java);
  const fatal = !coding.replace;
  try {
    switch (key) {
      case 'US-ASCII':
        if (coding.replace) return Array.from(bytes, (b) => (b > 0x7f ? '\ufffd' : String.fromCharCode(b))).join('');
        if (bytes.some((b) => b > 0x7f)) throw unmappable('decode', charset);
        return Buffer.from(bytes).toString('latin1');
      case 'ISO-8859-1':
        return Buffer.from(bytes).toString('latin1');
      case 'UTF-8':
      case 'UTF-16LE':
        return new TextDecoder(key.toLowerCase(), { fatal, ignoreBOM: true }).decode(bytes);
      case 'UTF-16BE':
        return new TextDecoder('utf-16be', { fatal, ignoreBOM: true }).decode(bytes);
      case 'UTF-16': {
        const little = bytes[0] === 0xff && bytes[1] === 0xfe;
        return new TextDecoder(little ? 'utf-16le' : 'utf-16be', { fatal }).decode(bytes);
      }
      default: {
        if (key !== 'UTF-32') return new TextDecoder(key.toLowerCase(), { fatal }).decode(bytes);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        let out = '';
        for (let i = 0; i + 4 <= bytes.length; i += 4) out += String.fromCodePoint(view.getUint32(i));
        return out;
      }
    }
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw unmappable('decode', charset);
    throw error;
  }
}

/** `decode(value, search, result, …[, default])` compares with null-safe equality. */
function decodeCase(args: readonly Value[], c: CallContext): Value {
  const [value, ...rest] = args;
  for (let i = 0; i + 1 < rest.length; i += 2) {
    if (equalValues(value as Value, rest[i] as Value, c.argTypes[0] as DataType)) return rest[i + 1] as Value;
  }
  return rest.length % 2 === 1 ? (rest[rest.length - 1] as Value) : null;
}

function base64Decode(s: string): Uint8Array {
  return new Uint8Array(Buffer.from(s.replace(/[^A-Za-z0-9+/=]/g, ''), 'base64'));
}
function toBinary(value: string, format: string, mode: EvalMode): Uint8Array | null {
  let bytes: Uint8Array | null;
  switch (format.toLowerCase()) {
    case 'hex':
      bytes = unhexText(value);
      break;
    case 'utf-8':
    case 'utf8':
      bytes = new TextEncoder().encode(value);
      break;
    case 'base64':
      bytes =
        /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value) && value.replace(/\s/g, '').length % 4 !== 1
          ? base64Decode(value)
          : null;
      break;
    default:
      if (mode === 'TRY') return null;
      throw runtimeError('INVALID_PARAMETER_VALUE.BINARY_FORMAT', {
        functionName: '`to_binary`',
        parameter: '`fmt`',
        invalidFormat: `'${format}'`,
      });
  }
  if (bytes === null && mode !== 'TRY') {
    throw runtimeError('CONVERSION_INVALID_INPUT', {
      str: `'${value}'`,
      fmt: `'${format.toUpperCase()}'`,
      targetType: '"BINARY"',
      suggestion: '`try_to_binary`',
    });
  }
  return bytes;
}
/** The format, if constant, must be a known one. */
const binaryCoercion: Coercion = (args, context) => {
  if (context.foldable?.[1] === false) return nonFoldable(1, 'fmt', '"STRING"');
  const constant = context.constants[1];
  const format = constant === undefined || constant === null ? undefined : String(constant);
  if (format !== undefined && !/^(hex|utf-?8|base64)$/i.test(format)) {
    return {
      mismatch: {
        condition: 'INVALID_ARG_VALUE',
        parameters: {
          inputName: 'fmt',
          requireType: 'case-insensitive "STRING"',
          validValues: "'hex', 'utf-8', 'utf8', or 'base64'",
          inputValue: `'${format.toLowerCase()}'`,
        },
      },
    };
  }
  return inputTypes([STRING, STRING])(args, context);
};
function binaryConverter(name: string, cls: string, mode?: EvalMode): ScalarFunction {
  return scalar('string', `${name}(str[, fmt])`, 'Bytes of a text in hex, base64 or UTF-8.', {
    cls,
    coerce: mode === 'TRY' ? anyTypes : binaryCoercion,
    returns: BINARY,
    nullability: 'always',
    run: ([s, f], c) => toBinary(String(s), f === undefined ? 'hex' : String(f), mode ?? c.mode),
  });
}

const formatType = (_: readonly DataType[], context: AnalysisContext): DataType => {
  const format = context.constants[1];
  return typeof format === 'string' ? numberFormatType(parseNumberFormat(format)) : new DecimalType(38, 0);
};
function numberReader(name: string, cls: string, mode?: EvalMode): ScalarFunction {
  return scalar('string', `${name}(expr, fmt)`, 'A decimal spelled by a format.', {
    cls,
    types: [STRING, STRING],
    returns: formatType,
    ...(mode === 'TRY' ? { nullability: 'always' as const } : {}),
    run: ([s, f], c) => {
      const value = readNumber(text(s), parseNumberFormat(text(f)));
      if (value !== undefined) return value;
      if ((mode ?? c.mode) === 'TRY') return null;
      throw runtimeError('INVALID_FORMAT.MISMATCH_INPUT', { inputType: '"STRING"', input: text(s), format: text(f) });
    },
  });
}

/** Dates and timestamps by a datetime pattern, binaries by an encoding, numbers by a number format. */
const toCharCoercion: Coercion = (args, context) => {
  const type = args[0] as DataType;
  if (type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz' || type.kind === 'binary')
    return [undefined, undefined];
  const target = implicitCast(type, 'decimal', context.mode);
  return target ? [target === type ? undefined : target, undefined] : unexpectedInput(0, 'numeric', type);
};
function toChar(value: Value, format: string, c: CallContext): Value {
  const type = c.argTypes[0] as DataType;
  const zone = zoneOf(c.timeZone);
  switch (type.kind) {
    case 'date':
      return datetimeFormatter(format, c.legacyTimeParser).format(
        toInstantMicros(BigInt(value as number) * 86_400_000_000n, zone),
        zone,
      );
    case 'timestamp':
      return datetimeFormatter(format, c.legacyTimeParser).format(value as bigint, zone);
    case 'timestamp_ntz':
      return datetimeFormatter(format, c.legacyTimeParser).format(value as bigint, zoneOf('UTC'));
    case 'binary': {
      const bytes = Buffer.from(value as Uint8Array);
      const key = format.toLowerCase();
      return key === 'base64'
        ? bytes.toString('base64')
        : key === 'hex'
          ? bytes.toString('hex').toUpperCase()
          : bytes.toString('utf8');
    }
    default:
      return writeNumber(value as Decimal, parseNumberFormat(format));
  }
}

/** Value as the decimal that is rounded to some places; undefined for what is not finite. */
function exact(value: Value, type: DataType, places: number): Decimal | undefined {
  if (value instanceof Decimal) return value;
  if (type.kind === 'float' || type.kind === 'double')
    return Number.isFinite(value as number) ? decimalOfDouble(value as number, places) : undefined;
  return new Decimal(BigInt(value as number | bigint), 0);
}
/** `format_number` with a DecimalFormat pattern such as `##,##0.###`. */
function formatByPattern(value: Decimal, pattern: string): string {
  const match = /^([^#0,.]*)([#0,]*)(?:\.([0#]*))?([^#0,.]*)$/.exec(pattern);
  if (!match)
    throw runtimeError('INVALID_PARAMETER_VALUE.PATTERN', {
      parameter: '`fmt`',
      functionName: '`format_number`',
      value: `'${pattern}'`,
    });
  const [, prefix = '', whole = '', fraction = '', suffix = ''] = match;
  const min = fraction.replaceAll('#', '').length;
  const grouping = whole.includes(',') ? whole.length - whole.lastIndexOf(',') - 1 : 0;
  let body = groupedDecimal(value, fraction.length).replaceAll(',', '');
  const negative = body.startsWith('-');
  if (negative) body = body.slice(1);
  let [int = '0', frac = ''] = body.split('.');
  while (frac.length > min && frac.endsWith('0')) frac = frac.slice(0, -1);
  const minInt = whole.replace(/[^0]/g, '').length;
  if (int === '0' && minInt === 0 && frac !== '') int = '';
  int = int.padStart(minInt, '0');
  if (grouping > 0) int = int.replace(new RegExp(`\\B(?=(\\d{${grouping}})+$)`, 'g'), ',');
  return `${negative ? '-' : ''}${prefix}${int}${frac === '' ? '' : `.${frac}`}${suffix}`;
}

/** Strings are valid; what was cast from a binary arrives as its bytes. */
function isUtf8(v: unknown): boolean {
  if (typeof v === 'string') return true;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(v as Uint8Array);
    return true;
  } catch {
    return false;
  }
}
const utf8Text = (v: unknown): string =>
  typeof v === 'string' ? v : new TextDecoder('utf-8', { ignoreBOM: true }).decode(v as Uint8Array);

export const stringFormatFunctions: readonly ScalarFunction[] = [
  scalar('string', 'base64(bin)', 'Base64 text.', {
    cls: 'Base64',
    types: [BINARY],
    returns: STRING,
    run: ([b]) => Buffer.from(b as Uint8Array).toString('base64'),
  }),
  scalar('string', 'unbase64(str)', 'Bytes of a base64 text.', {
    cls: 'UnBase64',
    types: [STRING],
    returns: BINARY,
    run: ([s]) => base64Decode(text(s)),
  }),
  scalar('string', 'encode(str, charset)', 'Bytes of a text in a charset.', {
    cls: 'Encode',
    // The analyzer adds legacy settings as a third.
    arity: [2, 3],
    types: [STRING, STRING, STRING],
    returns: BINARY,
    nullability: 'always',
    run: ([s, c, legacy]) => encode(text(s), text(c), codingOf(legacy)),
  }),
  {
    ...scalar('string', 'decode(bin, charset, legacy)', 'Text of bytes in a charset, with legacy settings.', {
      cls: 'StringDecode',
      types: [BINARY, STRING, STRING],
      returns: STRING,
      nullability: 'always',
      run: ([b, c, legacy]) => decode(b as Uint8Array, text(c), codingOf(legacy)),
    }),
    name: 'stringdecode',
  },
  scalar(
    'string',
    'decode(bin, charset[, ...])',
    'Text of bytes in a charset; with more arguments a chain of comparisons.',
    {
      cls: 'Decode',
      arity: [2, Number.POSITIVE_INFINITY],
      nullIntolerant: false,
      nullability: (n) =>
        n.length === 2 || n.length % 2 === 1 || n.some((x, i) => x && i > 0 && (i % 2 === 0 || i === n.length - 1)),
      coerce: (args, context) => {
        if (args.length === 2) return inputTypes([BINARY, STRING])(args, context);
        return args.map(() => undefined);
      },
      returns: (args) => (args.length === 2 ? STRING : (args[2] as DataType)),
      run: (args, c) => {
        if (args.length > 2) return decodeCase(args as readonly Value[], c);
        return args[0] === null || args[1] === null
          ? null
          : decode(args[0] as Uint8Array, text(args[1]), codingOf(undefined));
      },
    },
  ),
  binaryConverter('to_binary', 'ToBinary'),
  binaryConverter('try_to_binary', 'TryToBinary', 'TRY'),
  numberReader('to_number', 'ToNumber', 'ANSI'),
  numberReader('try_to_number', 'TryToNumber', 'TRY'),
  scalar('string', 'to_char(expr, fmt)', 'Text of a number, datetime or binary by a format.', {
    cls: 'ToCharacter',
    aliases: ['to_varchar'],
    aliasShows: true,
    coerce: toCharCoercion,
    returns: STRING,
    replacement: (args) => {
      const kind = args[0]?.kind;
      const fn = kind === 'date' || kind === 'timestamp' || kind === 'timestamp_ntz' ? 'date_format' : 'to_char';
      return { fn, args: [{ argument: 0 }, { argument: 1 }] };
    },
    run: ([v, f], c) => toChar(v as Value, text(f), c),
  }),
  scalar(
    'string',
    'format_number(expr, places)',
    'A number with thousands separators and fixed decimals, or by a pattern.',
    {
      cls: 'FormatNumber',
      coerce: (args, context) => {
        const type = implicitCast(args[0] as DataType, 'numeric', context.mode);
        if (!type) return unexpectedInput(0, 'numeric', args[0] as DataType);
        const cast = type === args[0] ? undefined : type;
        if (args[1]?.kind === 'string') return [cast, undefined];
        const places = implicitCast(args[1] as DataType, INT, context.mode);
        return places
          ? [cast, places === args[1] ? undefined : places]
          : unexpectedInput(1, { anyOf: [INT, STRING] }, args[1] as DataType);
      },
      returns: STRING,
      nullability: 'always',
      run: ([v, d], c) => {
        if (typeof d === 'number' && d < 0) return null;
        const places = typeof d === 'number' ? d : /\.([0#]*)/.exec(d as string)?.[1]?.length;
        const value = exact(v as Value, c.argTypes[0] as DataType, places ?? 0);
        if (value === undefined) return Number.isNaN(v as number) ? 'NaN' : (v as number) < 0 ? '-∞' : '∞';
        const sign = Object.is(v, -0) ? '-' : '';
        if (typeof d === 'string' && d !== '') return sign + formatByPattern(value, d);
        return sign + groupedDecimal(value, typeof d === 'number' ? d : 0);
      },
    },
  ),
  scalar('string', 'format_string(strfmt, obj, ...)', 'Text of a Java format string.', {
    cls: 'FormatString',
    aliases: ['printf'],
    aliasShows: true,
    arity: [1, Number.POSITIVE_INFINITY],
    coerce: (args, c) => {
      const head = inputTypes([STRING])([args[0] as DataType], c);
      return 'mismatch' in head ? head : [head[0], ...args.slice(1).map(() => undefined)];
    },
    returns: STRING,
    nullIntolerant: false,
    nullability: (n) => n[0] === true,
    run: ([f, ...args], c) => {
      if (f === null) return null;
      if (/%0\$/.test(text(f))) {
        throw runtimeError('INVALID_PARAMETER_VALUE.ZERO_INDEX', {
          parameter: '`strfmt`',
          functionName: '`format_string`',
        });
      }
      return javaFormat(text(f), args as readonly Value[], c.argTypes.slice(1), c.timeZone);
    },
  }),
  scalar('string', 'is_valid_utf8(str)', 'Whether the text is valid UTF-8; always so here.', {
    cls: 'IsValidUTF8',
    types: [STRING],
    returns: BOOLEAN,
    run: ([s]) => isUtf8(s),
  }),
  scalar('string', 'make_valid_utf8(str)', 'The text with invalid bytes replaced.', {
    cls: 'MakeValidUTF8',
    types: [STRING],
    returns: STRING,
    run: ([s]) => utf8Text(s),
  }),
  scalar('string', 'validate_utf8(str)', 'The text, which is always valid here.', {
    cls: 'ValidateUTF8',
    types: [STRING],
    returns: STRING,
    run: ([s]) => {
      if (isUtf8(s)) return utf8Text(s);
      const str = Array.from(s as Uint8Array, (b) => `\\x${b.toString(16).toUpperCase().padStart(2, '0')}`).join('');
      throw runtimeError('INVALID_UTF8_STRING', { str });
    },
  }),
  scalar('string', 'try_validate_utf8(str)', 'The text, which is always valid here.', {
    cls: 'TryValidateUTF8',
    types: [STRING],
    returns: STRING,
    nullability: 'always',
    run: ([s]) => (isUtf8(s) ? utf8Text(s) : null),
  }),
];
