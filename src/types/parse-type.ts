import { parseError } from '../errors/index.js';
import {
  ArrayType,
  BINARY,
  BOOLEAN,
  BYTE,
  CALENDAR_INTERVAL,
  CharType,
  DATE,
  type DataType,
  DayTimeIntervalType,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  MapType,
  NULL,
  SHORT,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  VarcharType,
  YearMonthIntervalType,
} from './data-type.js';

const SIMPLE: Readonly<Record<string, DataType>> = {
  boolean: BOOLEAN,
  tinyint: BYTE,
  byte: BYTE,
  smallint: SHORT,
  short: SHORT,
  int: INT,
  integer: INT,
  bigint: LONG,
  long: LONG,
  float: FLOAT,
  real: FLOAT,
  double: DOUBLE,
  string: STRING,
  binary: BINARY,
  date: DATE,
  timestamp: TIMESTAMP,
  timestamp_ltz: TIMESTAMP,
  timestamp_ntz: TIMESTAMP_NTZ,
  void: NULL,
  null: NULL,
};
const YM_FIELDS: Readonly<Record<string, 0 | 1>> = { year: 0, years: 0, month: 1, months: 1 };
const DT_FIELDS: Readonly<Record<string, 0 | 1 | 2 | 3>> = {
  day: 0,
  days: 0,
  hour: 1,
  hours: 1,
  minute: 2,
  minutes: 2,
  second: 3,
  seconds: 3,
};

interface Token {
  readonly text: string;
  readonly kind: 'word' | 'quoted' | 'number' | 'string' | 'punctuation' | 'end';
  readonly at: number;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /\s+|`((?:[^`]|``)*)`|([A-Za-z_][A-Za-z0-9_]*)|(\d+[A-Za-z0-9_]*)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([<>(),:])|(.)/gsy;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const at = match.index;
    if (match[1] !== undefined) tokens.push({ text: match[1].replaceAll('``', '`'), kind: 'quoted', at });
    else if (match[2] !== undefined) tokens.push({ text: match[2], kind: 'word', at });
    else if (match[3] !== undefined) {
      tokens.push({ text: match[3], kind: /^\d+$/.test(match[3]) ? 'number' : 'word', at });
    } else if (match[4] !== undefined) {
      tokens.push({ text: match[4].slice(1, -1).replace(/\\(.)/gs, '$1'), kind: 'string', at });
    } else if (match[5] !== undefined) tokens.push({ text: match[5], kind: 'punctuation', at });
    else if (match[6] !== undefined) tokens.push({ text: match[6], kind: 'punctuation', at });
  }
  tokens.push({ text: '', kind: 'end', at: text.length });
  return tokens;
}

class TypeParser {
  readonly #tokens: readonly Token[];
  #next = 0;
  constructor(readonly text: string) {
    this.#tokens = tokenize(text);
  }
  get #token(): Token {
    return this.#tokens[this.#next] as Token;
  }
  get atEnd(): boolean {
    return this.#token.kind === 'end';
  }
  fail(): Error {
    const t = this.#token;
    return parseError(
      'PARSE_SYNTAX_ERROR',
      { error: t.kind === 'end' ? 'end of input' : `'${t.text}'`, hint: '' },
      { sqlText: this.text, startIndex: t.at, stopIndex: t.at + Math.max(t.text.length - 1, 0) },
    );
  }
  #is(text: string): boolean {
    return this.#token.kind !== 'string' && this.#token.text.toLowerCase() === text;
  }
  #accept(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#next++;
    return true;
  }
  #expect(text: string): void {
    if (!this.#accept(text)) throw this.fail();
  }
  #name(): string {
    const t = this.#token;
    if (t.kind !== 'word' && t.kind !== 'quoted' && t.kind !== 'number') throw this.fail();
    this.#next++;
    return t.text;
  }
  #number(): number {
    const t = this.#token;
    if (t.kind !== 'number') throw this.fail();
    this.#next++;
    return Number(t.text);
  }
  #sizes(): number[] {
    const sizes: number[] = [];
    if (!this.#accept('(')) return sizes;
    do sizes.push(this.#number());
    while (this.#accept(','));
    this.#expect(')');
    return sizes;
  }
  type(): DataType {
    const t = this.#token;
    if (t.kind !== 'word') throw this.fail();
    const word = t.text.toLowerCase();
    this.#next++;
    const simple = SIMPLE[word];
    if (simple && Object.hasOwn(SIMPLE, word)) {
      if (word === 'string' && this.#accept('collate')) this.#name();
      return simple;
    }
    switch (word) {
      case 'decimal':
      case 'dec':
      case 'numeric': {
        const [precision = 10, scale = 0] = this.#sizes();
        if (precision > 38 || scale > precision) throw this.#bad(t);
        return new DecimalType(precision, scale);
      }
      case 'char':
      case 'character':
        return new CharType(this.#sizes()[0] ?? 1);
      case 'varchar': {
        const length = this.#sizes()[0];
        if (length === undefined) throw this.fail();
        return new VarcharType(length);
      }
      case 'array': {
        this.#expect('<');
        const element = this.type();
        this.#expect('>');
        return new ArrayType(element, true);
      }
      case 'map': {
        this.#expect('<');
        const key = this.type();
        this.#expect(',');
        const value = this.type();
        this.#expect('>');
        return new MapType(key, value, true);
      }
      case 'struct': {
        this.#expect('<');
        if (this.#accept('>')) return new StructType([]);
        const fields = this.fields('>');
        this.#expect('>');
        return new StructType(fields);
      }
      case 'interval':
        return this.#interval();
      default:
        throw this.#bad(t);
    }
  }
  #bad(t: Token): Error {
    return parseError(
      'UNSUPPORTED_DATATYPE',
      { typeName: `"${t.text.toUpperCase()}"` },
      { sqlText: this.text, startIndex: t.at, stopIndex: t.at + t.text.length - 1 },
    );
  }
  #interval(): DataType {
    const start = this.#token.kind === 'word' ? this.#token.text.toLowerCase() : '';
    const ym = YM_FIELDS[start];
    const dt = DT_FIELDS[start];
    if (ym === undefined && dt === undefined) return CALENDAR_INTERVAL;
    this.#next++;
    let end = start;
    if (this.#accept('to')) end = this.#name().toLowerCase();
    if (ym !== undefined) {
      const to = YM_FIELDS[end];
      if (to === undefined || to < ym) throw this.fail();
      return new YearMonthIntervalType(ym, to);
    }
    const to = DT_FIELDS[end];
    if (dt === undefined || to === undefined || to < dt) throw this.fail();
    return new DayTimeIntervalType(dt, to);
  }
  /** Fields up to (not including) `close`, or to the end of the text. `a INT NOT NULL COMMENT 'x'`, `a: INT`. */
  fields(close: string | undefined): StructField[] {
    const fields: StructField[] = [];
    do {
      const name = this.#name();
      this.#accept(':');
      const dataType = this.type();
      let nullable = true;
      let metadata: Record<string, string> | undefined;
      if (this.#accept('not')) {
        this.#expect('null');
        nullable = false;
      }
      if (this.#accept('comment')) {
        if (this.#token.kind !== 'string') throw this.fail();
        metadata = { comment: this.#token.text };
        this.#next++;
      }
      fields.push(
        metadata ? new StructField(name, dataType, nullable, metadata) : new StructField(name, dataType, nullable),
      );
    } while (this.#accept(','));
    if (close !== undefined && !this.#is(close)) throw this.fail();
    return fields;
  }
}

/** A type from DDL text: `decimal(12,2)`, `array<struct<a:int>>`; a column list such as `a INT, b STRING` gives a struct.
 * @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_DATATYPE. Spark: `DataType.fromDDL` */
export function parseType(ddl: string): DataType {
  const single = new TypeParser(ddl);
  let failure: unknown;
  try {
    const type = single.type();
    if (single.atEnd) return type;
    failure = single.fail();
  } catch (error) {
    failure = error;
  }
  const list = new TypeParser(ddl);
  try {
    const fields = list.fields(undefined);
    if (!list.atEnd) throw list.fail();
    return new StructType(fields);
  } catch (error) {
    throw /[\s:]/.test(ddl.trim()) ? error : failure;
  }
}

/** A struct from a column list, or from a type that is a struct. Spark: `StructType.fromDDL`. */
export function parseSchema(ddl: string): StructType {
  const type = parseType(ddl);
  if (type.kind === 'struct') return type;
  return new StructType([new StructField('value', type)]);
}
