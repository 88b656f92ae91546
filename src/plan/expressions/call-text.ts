import { schemaOf } from '../../eval/functions/json.js';
import { type DataType, MapValue } from '../../types/index.js';
import { scalaFieldTexts, scalaTypeText } from '../../types/scala-text.js';

/** What the text of a call is made from. */
export interface CallParts {
  readonly sparkClass: string;
  /** Pretty name, or the alias that the user wrote. */
  readonly name: string;
  readonly operands: readonly {
    toString(): string;
    sql(pretty: boolean): string;
    readonly kind?: string;
    readonly name?: string;
    readonly fieldName?: string;
    readonly dataType?: DataType;
    readonly value?: unknown;
  }[];
  readonly ansi: boolean;
  readonly timeZone: string | undefined;
  /** The call makes timestamps without a zone. */
  readonly ntz?: boolean;
}

const zone = (c: CallParts): string => (c.timeZone === undefined ? 'None' : `Some(${c.timeZone})`);
const ansi = (c: CallParts): string => String(c.ansi);
const none = (): string => 'None';
const text = (s: string) => (): string => s;
/** An optional last operand. */
const option =
  (index: number) =>
  (c: CallParts): string =>
    c.operands[index] === undefined ? 'None' : `Some(${c.operands[index]})`;

/** Constructor arguments of Spark's classes beyond the operands: they show in plan strings, not in SQL. `keep`: so many
 * operands stand before them (an optional one shows as an option). */
const EXTRAS: Readonly<Record<string, readonly ((c: CallParts) => string)[]>> = {
  ConvertTimezone: [],
  ArraySort: [text('false')],
  CurrentDate: [zone],
  DateFormatClass: [zone],
  ElementAt: [none, ansi],

  Conv: [ansi],
  Elt: [ansi],
  Unhex: [text('false')],
  FromUnixTime: [zone],
  Hour: [zone],
  LocalTimestamp: [zone],
  MakeDate: [ansi],
  MakeInterval: [ansi],
  Minute: [zone],
  MonthsBetween: [zone],
  Murmur3Hash: [text('42')],
  NextDay: [ansi],
  ParseUrl: [ansi],
  RandStr: [text('false')],
  Second: [zone],
  SecondWithFraction: [zone],
  Size: [(c) => String(!c.ansi)],
  ArraysZip: [(c) => c.operands.map(zipName).join(', ')],
  TimestampAdd: [zone],
  TimestampDiff: [zone],
  ToUnixTimestamp: [zone, ansi],
  TruncTimestamp: [zone],
  UnBase64: [text('false')],
  UnixTimestamp: [zone, ansi],
  UrlDecode: [text('true')],
  XxHash64: [text('42')],
};
/** The field that an argument of arrays_zip becomes. */
function zipName(o: CallParts['operands'][number], index: number): string {
  if (o.kind === 'AttributeReference' || o.kind === 'Alias') return o.name ?? String(index);
  return o.kind === 'GetStructField' ? (o.fieldName ?? String(index)) : String(index);
}
/** Calls whose last operand is an option: operands before it, then what follows. */
const OPTIONAL: Readonly<Record<string, readonly [operands: number, ...rest: ((c: CallParts) => string)[]]>> = {
  ArrayJoin: [2],
  Levenshtein: [2],
  ParseToDate: [1, zone, ansi],
  ParseToTimestamp: [1, text('TimestampType'), zone, ansi],
  Sequence: [2, zone],
  Shuffle: [1],
  StringTrim: [1],
  StringTrimLeft: [1],
  StringTrimRight: [1],
  ToBinary: [1, text('false')],
  Uuid: [0],
};
const INFIX: Readonly<Record<string, readonly [symbol: string, parentheses: boolean]>> = {
  DateAddInterval: ['+', false],
  DateAddYMInterval: ['+', false],
  DivideDTInterval: ['/', true],
  DivideYMInterval: ['/', true],
  MultiplyDTInterval: ['*', true],
  MultiplyYMInterval: ['*', true],
  SubtractDates: ['-', true],
  SubtractTimestamps: ['-', true],
  TimeAdd: ['+', false],
  TimestampAddYMInterval: ['+', false],
};
const SHIFT = /^[<>]+$/;
/** The zone is an option, the type that is made comes last. */
function makeTimestamp(c: CallParts): string {
  const shown = [
    ...c.operands.slice(0, 6).map(String),
    option(6)(c),
    zone(c),
    ansi(c),
    c.ntz ? 'TimestampNTZType' : 'TimestampType',
  ];
  return `${c.name}(${shown.join(', ')})`;
}
/** The parameters that a message stands for: a map of strings. */
function errorParameters(message: string): string {
  const cast = /^cast\((.*) as string\)$/.exec(message);
  return cast ? `cast(map(errorMessage, ${cast[1]}) as map<string,string>)` : `map(errorMessage, ${message})`;
}
const call = (c: CallParts, shown: readonly string[]): string => `${c.name}(${shown.join(', ')})`;
/** The schema that a text is read by: a struct shows as its fields. */
function schemaTexts(c: CallParts): readonly string[] {
  const type = schemaOf(c.operands[1]?.value as string);
  return type.kind === 'struct' ? scalaFieldTexts(type) : [scalaTypeText(type)];
}
/** Options as pairs. */
function optionTexts(c: CallParts, at: number): readonly string[] {
  const map = c.operands[at]?.value;
  return map instanceof MapValue ? map.keys.map((k, i) => `(${k},${map.values[i]})`) : [];
}
const NODE_NAME_SHOWS: ReadonlySet<string> = new Set(['Contains', 'EndsWith', 'StartsWith']);
const TRIM_DIRECTION: Readonly<Record<string, string>> = {
  StringTrim: 'BOTH',
  StringTrimLeft: 'LEADING',
  StringTrimRight: 'TRAILING',
};

/** The source of a trim call and what it trims. Written with two arguments, what is trimmed comes first. */
function trimmed(c: CallParts): CallParts['operands'] {
  const [a, b] = c.operands;
  return a && b ? [b, a] : c.operands;
}

/** As in plan strings. Spark: `toString` of the classes. */
export function callString(c: CallParts): string {
  const infix = INFIX[c.sparkClass];
  const [a, b] = c.operands;
  if (infix) return infixText(infix, String(a), String(b));
  switch (c.sparkClass) {
    case 'UnaryMinus':
      return `-${a}`;
    case 'BitwiseNot':
      return `~${a}`;
    case 'ShiftLeft':
    case 'ShiftRight':
    case 'ShiftRightUnsigned':
      return SHIFT.test(c.name) ? `(${a} ${c.name} ${b})` : `${c.name}(${a}, ${b})`;
    case 'PreciseTimestampConversion': {
      const moment = c.ntz || a?.dataType?.kind === 'timestamp_ntz' ? 'TimestampNTZType' : 'TimestampType';
      const shown = a?.dataType?.kind === 'long' ? ['LongType', moment] : [moment, 'LongType'];
      return call(c, [String(a), ...shown]);
    }
    case 'MakeTimestamp':
      return makeTimestamp(c);
    case 'Encode':
    case 'StringDecode':
      return call(c, c.operands.slice(0, 2).map(String));
    case 'ArrayInsert':
      return call(c, [...c.operands.slice(0, 3).map(String), String(c.operands.length > 3)]);
    case 'RaiseError':
      return call(c, ['USER_RAISED_EXCEPTION', errorParameters(String(a)), 'NullType']);
    case 'StringLPad':
    case 'StringRPad':
      return call(c, [...(a?.dataType?.kind === 'binary' ? [c.name] : []), ...c.operands.map(String)]);
    case 'JsonToStructs':
      return call(c, [...schemaTexts(c), ...optionTexts(c, 2), String(a), zone(c), 'false']);
    case 'CsvToStructs':
      return call(c, [...schemaTexts(c), ...optionTexts(c, 2), String(a), zone(c), 'None']);
    case 'StructsToJson':
    case 'StructsToCsv':
      return call(c, [...optionTexts(c, 1), String(a), zone(c)]);
    case 'SchemaOfJson':
    case 'SchemaOfCsv':
      return call(c, [String(a), ...optionTexts(c, 1)]);
    case 'Like':
      return `${a} LIKE ${b}${c.operands[2] ? ` ESCAPE '${c.operands[2]}'` : ''}`;
    case 'StaticInvoke':
      return `static_invoke(CharVarcharCodegenUtils.${c.name}(${c.operands.join(', ')}))`;
    case 'RLike':
      return `RLIKE(${a}, ${b})`;
    default:
  }
  if (NODE_NAME_SHOWS.has(c.sparkClass) && a?.dataType?.kind === 'binary')
    return call(c, [c.name, ...c.operands.map(String)]);
  if (NODE_NAME_SHOWS.has(c.sparkClass)) return `${c.sparkClass}(${c.operands.join(', ')})`;
  const optional = OPTIONAL[c.sparkClass];
  if (optional) {
    const parts = c.sparkClass.startsWith('StringTrim') ? { ...c, operands: trimmed(c) } : c;
    const [count, ...rest] = optional;
    const shown = [...parts.operands.slice(0, count).map(String), option(count)(parts), ...rest.map((f) => f(parts))];
    return `${c.name}(${shown.join(', ')})`;
  }
  const extras = EXTRAS[c.sparkClass] ?? [];
  return `${c.name}(${[...c.operands.map(String), ...extras.map((f) => f(c))].join(', ')})`;
}

/** As in generated column names. Spark: `sql` of the classes. */
export function callSql(c: CallParts, pretty: boolean): string {
  const sql = c.operands.map((o) => o.sql(pretty));
  const [a = '', b = ''] = sql;
  const infix = INFIX[c.sparkClass];
  if (infix) return infixText(infix, a, b);
  switch (c.sparkClass) {
    case 'UnaryMinus':
      return c.name === '-' ? `(- ${a})` : `negative(${a})`;
    case 'ShiftLeft':
    case 'ShiftRight':
    case 'ShiftRightUnsigned':
      return SHIFT.test(c.name) ? `(${a} ${c.name} ${b})` : `${c.name}(${a}, ${b})`;
    case 'BitwiseNot':
      return `~${a}`;
    case 'Like':
      return `${a} LIKE ${b}${sql[2] === undefined ? '' : ` ESCAPE ${pretty ? `'${sql[2]}'` : sql[2]}`}`;
    case 'StaticInvoke':
      return `static_invoke(CharVarcharCodegenUtils.${c.name}(${c.operands.join(', ')}))`;
    case 'RLike':
      return `${c.name.toUpperCase()}(${a}, ${b})`;
    case 'CreateNamedStruct':
    case 'CreateStruct':
      return c.name === 'struct'
        ? `struct(${sql.filter((_, i) => i % 2 === 1).join(', ')})`
        : `${c.name}(${sql.join(', ')})`;
    case 'StringTrim':
    case 'StringTrimLeft':
    case 'StringTrimRight': {
      if (c.operands.length < 2) return `${c.name}(${a})`;
      return `TRIM(${TRIM_DIRECTION[c.sparkClass]} ${a} FROM ${b})`;
    }
    case 'Encode':
    case 'StringDecode':
      return `${c.name}(${a}, ${b})`;
    case 'ArrayInsert':
      return `${c.name}(${sql.slice(0, 3).join(', ')})`;
    case 'RaiseError':
      return `${c.name}(USER_RAISED_EXCEPTION, map(errorMessage, ${a}))`;
    case 'JsonToStructs':
      return schemaOf(c.operands[1]?.value as string).kind === 'map' ? 'entries' : `${c.name}(${a})`;
    case 'CsvToStructs':
    case 'StructsToJson':
    case 'StructsToCsv':
    case 'SchemaOfJson':
    case 'SchemaOfCsv':
    // Seeds and patterns are not operands of these classes.
    case 'Shuffle':
    case 'LikeAll':
    case 'LikeAny':
    case 'NotLikeAll':
    case 'NotLikeAny':
      return `${c.name}(${a})`;
    case 'Uuid':
      return `${c.name}()`;
    case 'Rand':
    case 'Randn':
    case 'RandStr':
    case 'Uniform':
      return `${c.name}(${sql.filter((s) => s !== '').join(', ')})`;

    default:
      return `${c.name}(${sql.join(', ')})`;
  }
}

function infixText([symbol, parentheses]: readonly [string, boolean], a: string, b: string): string {
  return parentheses ? `(${a} ${symbol} ${b})` : `${a} ${symbol} ${b}`;
}
