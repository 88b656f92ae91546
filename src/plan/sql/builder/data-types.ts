import { type Origin, parseError, unsupported } from '../../../errors/index.js';
import * as Types from '../../../types/index.js';
import { type CstNode, has, need, needToken, node, nodes, spanOf, token, tokens } from './cst.js';
import { originOf } from './origin.js';
import { nameText, quoteType, unescapeString } from './text.js';

const YEAR_MONTH = ['year', 'month'];
const DAY_TIME = ['day', 'hour', 'minute', 'second'];

const SIMPLE: Readonly<Record<string, Types.DataType>> = {
  boolean: Types.BOOLEAN,
  tinyint: Types.BYTE,
  byte: Types.BYTE,
  smallint: Types.SHORT,
  short: Types.SHORT,
  int: Types.INT,
  integer: Types.INT,
  bigint: Types.LONG,
  long: Types.LONG,
  float: Types.FLOAT,
  real: Types.FLOAT,
  double: Types.DOUBLE,
  date: Types.DATE,
  timestamp: Types.TIMESTAMP,
  timestamp_ltz: Types.TIMESTAMP,
  timestamp_ntz: Types.TIMESTAMP_NTZ,
  string: Types.STRING,
  binary: Types.BINARY,
  void: Types.NULL,
  interval: Types.CALENDAR_INTERVAL,
};

/** The type that a `dataType` tree names; with `ntz`, TIMESTAMP is the type without a zone. Spark: `DataTypeAstBuilder`.
 * @throws UNSUPPORTED_DATATYPE, DATATYPE_MISSING_SIZE, INCOMPLETE_TYPE_DEFINITION */
export function buildDataType(tree: CstNode, sql: string, ntz = false): Types.DataType {
  const inner = nodes(tree, 'dataType');
  if (has(tree, 'ARRAY')) return new Types.ArrayType(buildDataType(inner[0] as CstNode, sql, ntz));
  if (has(tree, 'MAP')) {
    return new Types.MapType(
      buildDataType(inner[0] as CstNode, sql, ntz),
      buildDataType(inner[1] as CstNode, sql, ntz),
    );
  }
  if (has(tree, 'STRUCT')) {
    return new Types.StructType(nodes(tree, 'complexColType').map((field) => structField(field, sql, ntz)));
  }
  const origin = originOf(sql, spanOf(tree));
  const from = token(tree, 'from');
  if (from !== undefined) return intervalType(from.image.toLowerCase(), token(tree, 'to')?.image.toLowerCase(), origin);
  const type = primitive(tree, origin);
  return ntz && type === Types.TIMESTAMP && token(tree, 'type')?.image.toLowerCase() === 'timestamp'
    ? Types.TIMESTAMP_NTZ
    : type;
}

function structField(field: CstNode, sql: string, ntz: boolean): Types.StructField {
  const comment = token(field, 'comment');
  return new Types.StructField(
    nameText(needToken(field, 'Word').image),
    buildDataType(need(field, 'dataType'), sql, ntz),
    !has(field, 'NOT'),
    comment === undefined ? undefined : { comment: unescapeString(comment.image) },
  );
}

function intervalType(from: string, to: string | undefined, origin: Origin): Types.DataType {
  const fields = YEAR_MONTH.includes(from) ? YEAR_MONTH : DAY_TIME;
  const start = fields.indexOf(from);
  const end = to === undefined ? start : fields.indexOf(to);
  if (start < 0 || (to !== undefined && end <= start)) {
    throw parseError(
      'INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION',
      { input: '', from, to: to ?? from },
      origin,
    );
  }
  return fields === YEAR_MONTH
    ? new Types.YearMonthIntervalType(start as 0 | 1, end as 0 | 1)
    : new Types.DayTimeIntervalType(start as 0 | 1 | 2 | 3, end as 0 | 1 | 2 | 3);
}

function primitive(tree: CstNode, origin: Origin): Types.DataType {
  const written = nameText(needToken(tree, 'type').image);
  const name = written.toLowerCase();
  const parameters = tokens(tree, 'parameter').map((t) => Number(t.image));
  const [first, second] = parameters;
  const collation = node(tree, 'collation');
  if (collation !== undefined && !/^utf8_binary$/i.test(needToken(collation, 'Word').image)) {
    throw unsupported(
      `COLLATE ${tokens(collation, 'Word')
        .map((t) => t.image)
        .join('.')}`,
      origin,
    );
  }
  if (first === undefined) {
    const simple = SIMPLE[name];
    if (simple !== undefined) return simple;
    if (name === 'variant') throw unsupported('VARIANT', origin);
    if (name === 'char' || name === 'character' || name === 'varchar') {
      throw parseError('DATATYPE_MISSING_SIZE', { type: quoteType(written) }, origin);
    }
    if (name === 'array') throw parseError('INCOMPLETE_TYPE_DEFINITION.ARRAY', { elementType: '<INT>' }, origin);
    if (name === 'map') throw parseError('INCOMPLETE_TYPE_DEFINITION.MAP', {}, origin);
    if (name === 'struct') throw parseError('INCOMPLETE_TYPE_DEFINITION.STRUCT', {}, origin);
  }
  if ((name === 'decimal' || name === 'dec' || name === 'numeric') && parameters.length <= 2) {
    const precision = first ?? 10;
    if (precision > 38) {
      throw parseError(
        'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
        { precision: String(precision), maxPrecision: '38' },
        origin,
      );
    }
    const scale = second ?? 0;
    if (scale > precision)
      throw parseError('_LEGACY_ERROR_TEMP_1228', { scale: String(scale), precision: String(precision) }, origin);
    return new Types.DecimalType(precision, scale);
  }
  if (parameters.length === 1 && first !== undefined) {
    if (name === 'char' || name === 'character') return new Types.CharType(first);
    if (name === 'varchar') return new Types.VarcharType(first);
  }
  const shown = parameters.length > 0 ? `${written}(${parameters.join(',')})` : written;
  throw parseError('UNSUPPORTED_DATATYPE', { typeName: quoteType(shown) }, origin);
}
