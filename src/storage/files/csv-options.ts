import { analysisError, unsupported } from '../../errors/index.js';
import { TextOptions } from './text-options.js';

/** Spark: `CSVOptions`, as far as built. Empty texts mean "none" for quote, escape and comment. */
export interface CsvOptions {
  readonly separator: string;
  readonly quote: string;
  readonly escape: string;
  readonly comment: string;
  readonly header: boolean;
  readonly inferSchema: boolean;
  readonly multiLine: boolean;
  readonly trimLeading: boolean;
  readonly trimTrailing: boolean;
  readonly nullValue: string;
  readonly emptyValue: string;
  readonly nanValue: string;
  readonly positiveInf: string;
  readonly negativeInf: string;
  readonly lineSeparator: string | undefined;
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
  readonly timestampNtzFormat: string | undefined;
  readonly preferDate: boolean;
  readonly quoteAll: boolean;
  readonly escapeQuotes: boolean;
  readonly text: TextOptions;
}

const ESCAPES: Readonly<Record<string, string>> = {
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
  u0000: '\0',
};

/** Reads options given by name. @throws INVALID_DELIMITER_VALUE.*, UNSUPPORTED_FEATURE for other encodings than UTF-8 */
export function csvOptions(raw: Readonly<Record<string, string>>, writing = false): CsvOptions {
  const text = new TextOptions(raw);
  const encoding = text.get('encoding', 'charset') ?? 'UTF-8';
  if (!/^utf-?8$/i.test(encoding)) throw unsupported(`text files in encoding ${encoding}`);
  const one = (name: string, fallback: string): string => {
    const value = text.get(name);
    return value === undefined || value.length > 1 ? (value?.startsWith('\\') ? separatorOf(value) : fallback) : value;
  };
  return {
    separator: separatorOf(text.get('sep', 'delimiter') ?? ','),
    quote: one('quote', '"'),
    escape: one('escape', '\\'),
    comment: one('comment', ''),
    header: text.flag('header', false),
    inferSchema: text.flag('inferSchema', false),
    multiLine: text.flag('multiLine', false),
    trimLeading: text.flag('ignoreLeadingWhiteSpace', writing),
    trimTrailing: text.flag('ignoreTrailingWhiteSpace', writing),
    nullValue: text.get('nullValue') ?? '',
    emptyValue: text.get('emptyValue') ?? (writing ? '""' : ''),
    nanValue: text.get('nanValue') ?? 'NaN',
    positiveInf: text.get('positiveInf') ?? 'Inf',
    negativeInf: text.get('negativeInf') ?? '-Inf',
    lineSeparator: text.get('lineSep'),
    dateFormat: text.get('dateFormat'),
    timestampFormat: text.get('timestampFormat'),
    timestampNtzFormat: text.get('timestampNTZFormat'),
    preferDate: text.flag('preferDate', true),
    quoteAll: text.flag('quoteAll', false),
    escapeQuotes: text.flag('escapeQuotes', true),
    text,
  };
}

/** Spark: `CSVExprUtils.toDelimiterStr`. */
function separatorOf(raw: string): string {
  if (raw === '') throw analysisError('INVALID_DELIMITER_VALUE.EMPTY_STRING', {});
  let out = '';
  for (let i = 0; i < raw.length; i++) {
    if (raw[i] !== '\\' || raw.length === 1) {
      out += raw[i];
      continue;
    }
    const rest = raw.slice(i + 1);
    if (rest === '') throw analysisError('INVALID_DELIMITER_VALUE.SINGLE_BACKSLASH', {});
    if (rest.startsWith('u0000')) {
      out += '\0';
      i += 5;
      continue;
    }
    const escaped = Object.hasOwn(ESCAPES, rest[0] as string) ? ESCAPES[rest[0] as string] : undefined;
    if (escaped === undefined)
      throw analysisError('INVALID_DELIMITER_VALUE.UNSUPPORTED_SPECIAL_CHARACTER', { str: `\\${rest[0]}` });
    out += escaped;
    i++;
  }
  return out;
}
