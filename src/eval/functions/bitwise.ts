import { runtimeError } from '../../errors/index.js';
import { BOOLEAN, BYTE, type DataType, INT, isIntegral, LONG, sameType, type Value } from '../../types/index.js';
import { castsTo, exactTypes, findTightestCommonType, inputTypes, promoteOperands } from '../coercion.js';
import { operator, scalar } from '../define.js';
import type { Coercion, ScalarFunction } from '../function.js';
import { toSqlType } from '../sql-literal.js';

const bitwiseCoercion: Coercion = (args, context) => {
  const [a, b] = args as [DataType, DataType];
  const [left, right] = promoteOperands(a, b, context);
  if (left.kind === 'null' && right.kind === 'null') return [INT, INT];
  const common = sameType(left, right) ? left : findTightestCommonType(left, right, context.mode);
  if (!common || (context.mode === 'LEGACY' && !isIntegral(common) && !sameType(left, right))) {
    return { mismatch: { condition: 'BINARY_OP_DIFF_TYPES', parameters: { left: toSqlType(a), right: toSqlType(b) } } };
  }
  if (!isIntegral(common)) {
    return {
      mismatch: {
        condition: 'BINARY_OP_WRONG_TYPE',
        parameters: { inputType: '"INTEGRAL"', actualDataType: toSqlType(common) },
      },
    };
  }
  return castsTo(args, [common, common]);
};
const first = (args: readonly DataType[]): DataType => args[0] as DataType;

function binary(
  symbol: string,
  cls: string,
  small: (a: number, b: number) => number,
  big: (a: bigint, b: bigint) => bigint,
): ScalarFunction {
  return operator('bitwise', symbol, 2, `Bitwise ${cls.slice(7).toLowerCase()}.`, {
    cls,
    coerce: bitwiseCoercion,
    returns: first,
    run: ([a, b]) => (typeof a === 'bigint' ? big(a, b as bigint) : small(a as number, b as number)),
  });
}

const shiftTypes: Coercion = inputTypes([{ anyOf: [INT, LONG] }, INT]);
function shift(
  name: string,
  cls: string,
  alias: string,
  small: (a: number, n: number) => number,
  big: (a: bigint, n: bigint) => bigint,
): ScalarFunction {
  return scalar('bitwise', `${name}(base, expr)`, 'Shifts the bits of an integer.', {
    cls,
    aliases: [alias],
    coerce: shiftTypes,
    returns: first,
    run: ([a, n]) =>
      typeof a === 'bigint'
        ? BigInt.asIntN(64, big(a, BigInt((n as number) & 63)))
        : small(a as number, (n as number) & 31),
  });
}

const BITS: Readonly<Record<string, number>> = { byte: 8, short: 16, int: 32, long: 64 };

function bitCount(value: Value): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  let rest = BigInt.asUintN(64, BigInt(value as number | bigint));
  let n = 0;
  for (; rest !== 0n; rest &= rest - 1n) n++;
  return n;
}

export const bitwiseFunctions: readonly ScalarFunction[] = [
  binary(
    '&',
    'BitwiseAnd',
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  binary(
    '|',
    'BitwiseOr',
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  binary(
    '^',
    'BitwiseXor',
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
  operator('bitwise', '~', 1, 'Bitwise complement.', {
    cls: 'BitwiseNot',
    types: ['integral'],
    returns: first,
    run: ([a]) => (typeof a === 'bigint' ? ~a : ~(a as number)),
  }),
  shift(
    'shiftleft',
    'ShiftLeft',
    '<<',
    (a, n) => a << n,
    (a, n) => a << n,
  ),
  shift(
    'shiftright',
    'ShiftRight',
    '>>',
    (a, n) => a >> n,
    (a, n) => a >> n,
  ),
  shift(
    'shiftrightunsigned',
    'ShiftRightUnsigned',
    '>>>',
    (a, n) => (a >>> n) | 0,
    (a, n) => BigInt.asUintN(64, a) >> n,
  ),
  scalar('bitwise', 'bit_count(expr)', 'Number of bits that are set.', {
    cls: 'BitwiseCount',
    coerce: exactTypes([{ anyOf: ['integral', BOOLEAN] }]),
    returns: INT,
    run: ([v]) => bitCount(v as Value),
    examples: [['SELECT bit_count(7)', '3']],
  }),
  scalar('bitwise', 'bit_get(expr, pos)', 'Bit at a position counted from the right.', {
    cls: 'BitwiseGet',
    aliases: ['getbit'],
    aliasShows: true,
    types: ['integral', INT],
    returns: BYTE,
    run: ([v, p], c) => {
      const size = BITS[(c.argTypes[0] as DataType).kind] as number;
      const position = p as number;
      if (position < 0 || position >= size) {
        throw runtimeError('INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE', {
          functionName: '`bit_get`',
          parameter: '`pos`',
          upper: String(size),
          invalidValue: String(position),
        });
      }
      return Number((BigInt(v as number | bigint) >> BigInt(position)) & 1n);
    },
  }),
];
