import { NO_ORIGIN, runtimeError, SparkError } from '../errors/index.js';
import type { DataType, Decimal, DecimalType, Value } from '../types/index.js';
import { toSqlType, toSqlValue } from './sql-literal.js';

/** Conf keys as Spark's messages quote them. */
export const ANSI_CONF = '"spark.sql.ansi.enabled"';

/** `kind overflow`, e.g. `integer overflow`, with the function that gives null instead. Spark: `arithmeticOverflowError`. */
export function arithmeticOverflow(message: string, hint = ''): SparkError {
  const alternative = hint === '' ? '' : ` Use '${hint}' to tolerate overflow and return NULL instead.`;
  return runtimeError('ARITHMETIC_OVERFLOW', { message, alternative, config: ANSI_CONF });
}

/** Overflow of tinyint and smallint arithmetic, whose operands Spark prints as shorts. */
export function binaryArithmeticOverflow(a: number, symbol: string, b: number, hint: string): SparkError {
  return runtimeError('BINARY_ARITHMETIC_OVERFLOW', {
    value1: `${a}S`,
    symbol,
    value2: `${b}S`,
    functionName: `\`${hint}\``,
  });
}

export function divideByZero(): SparkError {
  return runtimeError('DIVIDE_BY_ZERO', { config: ANSI_CONF });
}

export function decimalOutOfRange(value: Decimal | string, type: DecimalType): SparkError {
  return runtimeError('NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', {
    value: value.toString(),
    precision: String(type.precision),
    scale: String(type.scale),
    config: ANSI_CONF,
  });
}

/** Spark's casts name the configuration beside what their messages show. */
const CAST_CONFIG = { ansiConfig: ANSI_CONF };

export function castOverflow(value: Value, from: DataType, to: DataType): SparkError {
  return runtimeError('CAST_OVERFLOW', {
    value: toSqlValue(value, from),
    sourceType: toSqlType(from),
    targetType: toSqlType(to),
    ...CAST_CONFIG,
  });
}

export function castInvalidInput(value: Value, from: DataType, to: DataType): SparkError {
  return runtimeError('CAST_INVALID_INPUT', {
    expression: toSqlValue(value, from),
    sourceType: toSqlType(from),
    targetType: toSqlType(to),
    ...CAST_CONFIG,
  });
}

/** An exception of Java that Spark lets through without a condition of its own; its class stands in for the condition. */
export function javaError(className: string, message: string): SparkError {
  return new SparkError('runtime', className, {}, NO_ORIGIN, { message });
}
