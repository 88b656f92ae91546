import { analysisError, type Origin } from '../../errors/index.js';
import {
  type ArrayType,
  BOOLEAN,
  type DataType,
  INT,
  type MapType,
  NULL,
  quoteIdentifier,
  STRING,
  StructField,
  StructType,
  sameType,
} from '../../types/index.js';
import type { Expression, TypeCheckFailure } from '../expressions/expression.js';
import { GeneratorCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';

const ARITY: Readonly<Record<string, readonly [number, number]>> = {
  explode: [1, 1],
  posexplode: [1, 1],
  inline: [1, 1],
  stack: [2, Number.POSITIVE_INFINITY],
  json_tuple: [2, Number.POSITIVE_INFINITY],
  sql_keywords: [0, 0],
};

/** A generator by name, `_outer` forms with their flag; undefined for other names. */
export function buildGenerator(name: string, args: readonly Expression[], origin: Origin): GeneratorCall | undefined {
  const outer = name.endsWith('_outer');
  const base = outer ? name.slice(0, -'_outer'.length) : name;
  const arity = Object.hasOwn(ARITY, base) ? ARITY[base] : undefined;
  if (!arity || (outer && base !== 'explode' && base !== 'posexplode' && base !== 'inline')) return undefined;
  if (args.length < arity[0] || args.length > arity[1])
    throw analysisError(
      'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
      {
        functionName: quoteIdentifier(name),
        expectedNum: arity[1] < 2 ? String(arity[1]) : `> ${arity[0] - 1}`,
        actualNum: String(args.length),
        docroot: 'https://spark.apache.org/docs/latest',
      },
      origin,
    );
  const schema = SCHEMAS[base] as GeneratorCall['schemaOf'];
  return new GeneratorCall(base, args, schema, outer, CHECKS[base]);
}

function explodeSchema(position: boolean): GeneratorCall['schemaOf'] {
  return ([e]) => {
    const type = (e as Expression).dataType as ArrayType | MapType;
    const pos = position ? [new StructField('pos', INT, false)] : [];
    if (type.kind === 'array')
      return new StructType([...pos, new StructField('col', type.elementType, type.containsNull)]);
    return new StructType([
      ...pos,
      new StructField('key', type.keyType, false),
      new StructField('value', type.valueType, type.valueContainsNull),
    ]);
  };
}
const SCHEMAS: Readonly<Record<string, GeneratorCall['schemaOf']>> = {
  sql_keywords: () =>
    new StructType([new StructField('keyword', STRING, false), new StructField('reserved', BOOLEAN, false)]),
  explode: explodeSchema(false),
  posexplode: explodeSchema(true),
  inline: ([e]) => {
    const array = (e as Expression).dataType as ArrayType;
    const struct = array.elementType as StructType;
    if (!array.containsNull) return struct;
    return new StructType(struct.fields.map((f) => new StructField(f.name, asNullable(f.dataType), true, f.metadata)));
  },
  stack: (operands) => {
    const columns = stackColumns(operands);
    return new StructType(
      Array.from({ length: columns }, (_, i) => {
        let type: DataType = NULL;
        for (let j = i + 1; j < operands.length && type.kind === 'null'; j += columns)
          type = (operands[j] as Expression).dataType;
        return new StructField(`col${i}`, type);
      }),
    );
  },
  json_tuple: (operands) => new StructType(operands.slice(1).map((_, i) => new StructField(`c${i}`, STRING))),
};

/** Columns of `stack(rows, values…)`. */
export function stackColumns(operands: readonly Expression[]): number {
  const rows = operands[0] instanceof Literal ? Number(operands[0].value) : 1;
  return Math.ceil((operands.length - 1) / Math.max(rows, 1));
}

function asNullable(t: DataType): DataType {
  return t;
}

function wrongInput(call: GeneratorCall, required: string): TypeCheckFailure {
  const input = call.operands[0] as Expression;
  return {
    condition: 'UNEXPECTED_INPUT_TYPE',
    parameters: {
      sqlExpr: `"${call.sql(true)}"`,
      paramIndex: 'first',
      requiredType: required,
      inputSql: `"${input.sql(true)}"`,
      inputType: `"${input.dataType.sql}"`,
    },
  };
}
const explodeCheck = (call: GeneratorCall): TypeCheckFailure | undefined => {
  const { kind } = (call.operands[0] as Expression).dataType;
  return kind === 'array' || kind === 'map' ? undefined : wrongInput(call, '("ARRAY" or "MAP")');
};
const stackCheck = (call: GeneratorCall): TypeCheckFailure | undefined => {
  const [n, ...values] = call.operands as [Expression, ...Expression[]];
  const sqlExpr = `"${call.sql(true)}"`;
  if (n.dataType.kind !== 'int' || !n.foldable)
    return {
      condition: 'NON_FOLDABLE_INPUT',
      parameters: { sqlExpr, inputName: '`n`', inputType: '"INT"', inputExpr: `"${n.sql(true)}"` },
    };
  const columns = stackColumns(call.operands);
  for (let i = 0; i < values.length; i++) {
    const at = i % columns;
    const first = values.findIndex((v, k) => k % columns === at && v.dataType.kind !== 'null');
    const [left, right] = [values[first], values[i] as Expression];
    if (left === undefined || right.dataType.kind === 'null' || sameType(left.dataType, right.dataType)) continue;
    return {
      condition: 'STACK_COLUMN_DIFF_TYPES',
      parameters: {
        sqlExpr,
        columnIndex: String(at),
        leftParamIndex: String(first + 1),
        leftType: `"${left.dataType.sql}"`,
        rightParamIndex: String(i + 1),
        rightType: `"${right.dataType.sql}"`,
      },
    };
  }
  return undefined;
};
const CHECKS: Readonly<Record<string, (call: GeneratorCall) => TypeCheckFailure | undefined>> = {
  explode: explodeCheck,
  posexplode: explodeCheck,
  stack: stackCheck,
  json_tuple: (call) =>
    call.operands.every((o) => o.dataType.kind === 'string')
      ? undefined
      : { condition: 'NON_STRING_TYPE', parameters: { sqlExpr: `"${call.sql(true)}"`, funcName: '`json_tuple`' } },
  inline: (call) => {
    const t = (call.operands[0] as Expression).dataType;
    return t.kind === 'array' && t.elementType.kind === 'struct' ? undefined : wrongInput(call, '"ARRAY<STRUCT>"');
  },
};
