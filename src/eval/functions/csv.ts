import { runtimeError } from '../../errors/index.js';
import {
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  floorDiv,
  formatDays,
  INT,
  LONG,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  toSqlString,
  UTC_ZONE,
  type Value,
  zoneOf,
} from '../../types/index.js';
import { castFunction } from '../cast.js';
import { exactTypes, inputTypes } from '../coercion.js';
import { csvOptions, joinCsv, splitCsv } from '../csv-text.js';
import { datetimeFormatter, inTextFiles, parsedInstant } from '../datetime/formatter.js';
import { parseDate, parseTimestamp } from '../datetime/parse-text.js';
import { scalar } from '../define.js';
import type { CallContext, Coercion, ScalarFunction } from '../function.js';
import { parseFloatText, parseIntegralText } from '../number-parse.js';
import { asNullable, optionsOf, schemaOf } from './json.js';

/** One cell as a value; what does not fit is null. */
function cell(text: string, type: DataType, c: CallContext, options: ReadonlyMap<string, string>): Value {
  const pattern =
    type.kind === 'date'
      ? options.get('dateformat')
      : type.kind === 'timestamp'
        ? options.get('timestampformat')
        : type.kind === 'timestamp_ntz'
          ? options.get('timestampntzformat')
          : undefined;
  if (pattern !== undefined) {
    const parsed = datetimeFormatter(
      pattern,
      type.kind === 'timestamp_ntz' ? false : inTextFiles(c.legacyTimeParser),
    ).parse(text);
    if ('failedAt' in parsed) return null;
    if (type.kind === 'timestamp_ntz') return parsed.local;
    return type.kind === 'date'
      ? Number(floorDiv(parsed.local, 86_400_000_000n))
      : parsedInstant(parsed, zoneOf(options.get('timezone') ?? c.timeZone));
  }
  return castFunction(STRING, type, 'TRY', c.timeZone)(text);
}

function fromCsv(line: string, c: CallContext, options: ReadonlyMap<string, string>): Value {
  const type = c.returnType as StructType;
  const csv = csvOptions(options);
  const cells = splitCsv(line, csv);
  let bad = cells.length !== type.fields.length;
  const row = type.fields.map((f, i) => {
    const item = cells[i];
    if (item === undefined) return null;
    if (!item.quoted && item.text === csv.nullValue) return null;
    const value = cell(item.text, f.dataType, c, options);
    if (value === null) bad = true;
    return value;
  });
  if (bad && options.get('mode')?.toUpperCase() === 'FAILFAST') {
    throw runtimeError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', { badRecord: line, failFastMode: 'FAILFAST' });
  }
  return row;
}

/** Spark: `ToStringBase.binaryToString` with `spark.sql.binaryOutputStyle`. */
function binaryText(bytes: Uint8Array, style: string): string {
  switch (style) {
    case 'BASIC':
      return `[${[...new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)].join(', ')}]`;
    case 'BASE64':
      return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
    case 'HEX':
      return Buffer.from(bytes).toString('hex').toUpperCase();
    case 'HEX_DISCRETE':
      return `[${[...bytes].map((b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`;
    default:
      return Buffer.from(bytes).toString('utf8');
  }
}

function toCsv(
  row: readonly Value[],
  c: CallContext,
  options: ReadonlyMap<string, string>,
  binaryStyle: string,
): string {
  const type = c.argTypes[0] as StructType;
  const zone = zoneOf(options.get('timezone') ?? c.timeZone);
  const cells = type.fields.map((f, i) => {
    const value = row[i] as Value;
    if (value === null) return null;
    switch (f.dataType.kind) {
      case 'timestamp':
        return datetimeFormatter(
          options.get('timestampformat') ?? "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
          inTextFiles(c.legacyTimeParser),
        ).format(value as bigint, zone);
      case 'timestamp_ntz':
        return datetimeFormatter(options.get('timestampntzformat') ?? "yyyy-MM-dd'T'HH:mm:ss.SSS").format(
          value as bigint,
          UTC_ZONE,
        );
      case 'date': {
        const pattern = options.get('dateformat');
        return pattern === undefined
          ? formatDays(value as number)
          : datetimeFormatter(pattern, inTextFiles(c.legacyTimeParser)).format(
              BigInt(value as number) * 86_400_000_000n,
              UTC_ZONE,
            );
      }
      case 'binary':
        return binaryText(value as Uint8Array, binaryStyle);
      default:
        return toSqlString(value, f.dataType, c.timeZone);
    }
  });
  return joinCsv(cells, csvOptions(options));
}

/** Type of one CSV cell. Spark: `CSVInferSchema.inferField`. */
export function inferCsvType(text: string): DataType {
  const n = parseIntegralText(text, true);
  if (n !== undefined && !/^\s|\s$/.test(text))
    return BigInt.asIntN(32, n) === n ? INT : BigInt.asIntN(64, n) === n ? LONG : DOUBLE;
  if (parseFloatText(text) !== undefined) return DOUBLE;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && parseDate(text) !== undefined) return DATE;
  if (/^\d{4}-/.test(text) && parseTimestamp(text, UTC_ZONE) !== undefined) return TIMESTAMP;
  return /^(true|false)$/i.test(text) ? BOOLEAN : STRING;
}

const fromCsvCoercion: Coercion = (args, context) => {
  const head = inputTypes([STRING])([args[0] as DataType], context);
  return 'mismatch' in head ? head : [head[0], ...args.slice(1).map(() => undefined)];
};

export const csvFunctions: readonly ScalarFunction[] = [
  scalar('csv', 'from_csv(csvStr, schema[, options])', 'A struct of a CSV record.', {
    cls: 'CsvToStructs',
    coerce: fromCsvCoercion,
    returns: (_, c) => asNullable(schemaOf(c.constants[1])),
    nullability: 'always',
    run: ([s, , o], c) => fromCsv(s as string, c, optionsOf(o as Value | undefined)),
  }),
  scalar('csv', 'to_csv(expr[, options])', 'A CSV record of a struct.', {
    cls: 'StructsToCsv',
    coerce: exactTypes(['struct']),
    // The analyzer adds the style of binaries.
    arity: [1, 3],
    returns: STRING,
    nullIntolerant: false,
    nullability: 'always',
    run: ([r, o, style], c) =>
      r === null
        ? null
        : toCsv(r as readonly Value[], c, optionsOf(o as Value | undefined), (style as string | undefined) ?? ''),
  }),
  scalar('csv', 'schema_of_csv(csv[, options])', 'Type of a CSV record in DDL.', {
    cls: 'SchemaOfCsv',
    coerce: fromCsvCoercion,
    returns: STRING,
    nullability: 'never',
    run: ([s, o]) => {
      const cells = splitCsv(s as string, csvOptions(optionsOf(o as Value | undefined)));
      return new StructType(
        cells.map((x, i) => new StructField(`_c${i}`, x.text === '' ? STRING : inferCsvType(x.text), true)),
      ).sql;
    },
  }),
];
