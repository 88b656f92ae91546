import {
  ArrayType,
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  type DataType,
  DayTimeIntervalType,
  Decimal,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  isAnsiInterval,
  isDatetime,
  isFractional,
  isIntegral,
  isNested,
  isNumeric,
  LONG,
  MapType,
  NULL,
  SHORT,
  STRING,
  StructField,
  StructType,
  sameType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  type Value,
  YearMonthIntervalType,
} from '../types/index.js';
import { canAnsiStoreAssign, decimalForType, decimalIsTighter, decimalIsWider } from './can-cast.js';
import { digitCount } from './decimal.js';
import type { AnalysisContext, Coercion, EvalMode, TypeMismatch } from './function.js';
import { toSqlType } from './sql-literal.js';

/** What a parameter accepts: a type, a family of types, or alternatives in order of preference. Spark: `AbstractDataType`. */
export type TypeSpec =
  | DataType
  | 'any'
  | 'numeric'
  | 'integral'
  | 'decimal'
  | 'anyTimestamp'
  | 'array'
  | 'map'
  | 'struct'
  | 'ansiInterval'
  | { readonly arrayOf: TypeSpec }
  | { readonly anyOf: readonly TypeSpec[] };

const isSpecType = (spec: TypeSpec): spec is DataType => typeof spec === 'object' && 'kind' in spec;
const isStringType = (t: DataType): boolean => t.kind === 'string' || t.kind === 'char' || t.kind === 'varchar';
const isAtomic = (t: DataType): boolean => !isNested(t) && t.kind !== 'null' && t.kind !== 'interval';

/** Whether a type meets a spec without a cast. */
export function acceptsType(spec: TypeSpec, type: DataType): boolean {
  if (isSpecType(spec)) {
    if (spec.kind === 'string') return isStringType(type);
    return isAnsiInterval(spec) ? spec.kind === type.kind : sameType(spec, type);
  }
  if (typeof spec === 'object') {
    if ('anyOf' in spec) return spec.anyOf.some((s) => acceptsType(s, type));
    return type.kind === 'array' && acceptsType(spec.arrayOf, type.elementType);
  }
  switch (spec) {
    case 'any':
      return true;
    case 'numeric':
      return isNumeric(type);
    case 'integral':
      return isIntegral(type);
    case 'anyTimestamp':
      return type.kind === 'timestamp' || type.kind === 'timestamp_ntz';
    case 'ansiInterval':
      return isAnsiInterval(type);
    default:
      return type.kind === spec;
  }
}

function defaultConcreteType(spec: TypeSpec): DataType {
  if (isSpecType(spec)) return spec;
  if (typeof spec === 'object') {
    if ('anyOf' in spec) return defaultConcreteType(spec.anyOf[0] as TypeSpec);
    return new ArrayType(defaultConcreteType(spec.arrayOf), true);
  }
  switch (spec) {
    case 'numeric':
      return DOUBLE;
    case 'integral':
      return INT;
    case 'decimal':
      return new DecimalType(38, 18);
    case 'anyTimestamp':
      return TIMESTAMP;
    case 'ansiInterval':
      return new DayTimeIntervalType();
    case 'array':
      return new ArrayType(NULL, true);
    case 'map':
      return new MapType(NULL, NULL, true);
    case 'struct':
      return new StructType([]);
    case 'any':
      return NULL;
  }
}

/** Text of a spec in DATATYPE_MISMATCH messages. Spark: `AbstractDataType.simpleString`. */
export function specText(spec: TypeSpec): string {
  if (isSpecType(spec)) return toSqlType(spec);
  if (typeof spec === 'object') {
    if ('anyOf' in spec) return `(${spec.anyOf.map(specText).join(' or ')})`;
    return toSqlType(new ArrayType(defaultConcreteType(spec.arrayOf)));
  }
  return `"${spec === 'anyTimestamp' ? '(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)' : spec === 'ansiInterval' ? 'ANSI INTERVAL' : spec.toUpperCase()}"`;
}

/** The type that an argument is cast to so that it meets `target`; undefined if it cannot. The type itself: no cast.
 * Spark: `AnsiTypeCoercion.implicitCast`, in LEGACY mode `TypeCoercion.implicitCast`. */
export function implicitCast(from: DataType, target: TypeSpec, mode: EvalMode = 'ANSI'): DataType | undefined {
  if (acceptsType(target, from)) return from;
  return mode === 'LEGACY' ? legacyImplicitCast(from, target) : ansiImplicitCast(from, target);
}

function ansiImplicitCast(from: DataType, target: TypeSpec): DataType | undefined {
  if (isNumeric(from) && target === 'decimal') return decimalForType(from);
  if (isStringType(from) && isSpecType(target) && isStringType(target)) return target;
  if (isFractional(from) && target === 'integral') return undefined;
  if (isStringType(from)) {
    if (target === 'numeric' || target === 'decimal' || target === 'anyTimestamp' || target === 'integral') {
      return target === 'integral' ? undefined : defaultConcreteType(target);
    }
    if (isSpecType(target) && isAtomic(target)) return target;
  }
  if (typeof target === 'object' && 'anyOf' in target) {
    for (const option of target.anyOf) {
      const type = implicitCast(from, option);
      if (type) return type;
    }
    return undefined;
  }
  if (from.kind === 'array' && typeof target === 'object') {
    const element = isSpecType(target) ? (target.kind === 'array' ? target.elementType : undefined) : target.arrayOf;
    if (element !== undefined) {
      const cast = implicitCast(from.elementType, element);
      return cast && new ArrayType(cast, true);
    }
  }
  const concrete = defaultConcreteType(target);
  return canAnsiStoreAssign(from, concrete) ? concrete : undefined;
}

function legacyImplicitCast(from: DataType, target: TypeSpec): DataType | undefined {
  if (from.kind === 'null') return defaultConcreteType(target);
  if (typeof target === 'object' && 'anyOf' in target) {
    for (const option of target.anyOf) {
      const type = implicitCast(from, option, 'LEGACY');
      if (type) return type;
    }
    return undefined;
  }
  if (isNumeric(from)) {
    if (target === 'decimal') return decimalForType(from);
    if (isSpecType(target) && isNumeric(target)) return target;
  }
  if (isDatetime(from)) {
    if (target === 'anyTimestamp') return TIMESTAMP;
    if (isSpecType(target) && isDatetime(target)) return target;
  }
  if (isStringType(from)) {
    if (target === 'numeric' || target === 'decimal' || target === 'anyTimestamp') return defaultConcreteType(target);
    if (isSpecType(target) && (isNumeric(target) || isDatetime(target) || target.kind === 'binary')) return target;
  }
  if (isAtomic(from) && isSpecType(target) && target.kind === 'string') return STRING;
  if (from.kind === 'array' && typeof target === 'object') {
    const element = isSpecType(target) ? (target.kind === 'array' ? target.elementType : undefined) : target.arrayOf;
    const cast = element === undefined ? undefined : implicitCast(from.elementType, element, 'LEGACY');
    return cast && new ArrayType(cast, from.containsNull);
  }
  return undefined;
}

const PRECEDENCE: readonly DataType[] = [BYTE, SHORT, INT, LONG, FLOAT, DOUBLE];

/** The narrowest type both convert to without loss; undefined if none. Spark: `findTightestCommonType`. */
export function findTightestCommonType(a: DataType, b: DataType, mode: EvalMode = 'ANSI'): DataType | undefined {
  if (sameType(a, b) && !isNested(a)) return a;
  if (a.kind === 'null') return b;
  if (b.kind === 'null') return a;
  if (isIntegral(a) && b.kind === 'decimal' && decimalIsWider(b, a)) return b;
  if (a.kind === 'decimal' && isIntegral(b) && decimalIsWider(a, b)) return a;
  if (isNumeric(a) && isNumeric(b) && a.kind !== 'decimal' && b.kind !== 'decimal') {
    const wider = PRECEDENCE[Math.max(PRECEDENCE.indexOf(a), PRECEDENCE.indexOf(b))] as DataType;
    return mode !== 'LEGACY' && wider === FLOAT ? DOUBLE : wider;
  }
  if (isDatetime(a) && isDatetime(b)) {
    if (a.kind === 'timestamp' || b.kind === 'timestamp') return TIMESTAMP;
    return a.kind === 'timestamp_ntz' || b.kind === 'timestamp_ntz' ? TIMESTAMP_NTZ : DATE;
  }
  if (a.kind === 'dt_interval' && b.kind === 'dt_interval') {
    return new DayTimeIntervalType(min(a.startField, b.startField), max(a.endField, b.endField));
  }
  if (a.kind === 'ym_interval' && b.kind === 'ym_interval') {
    return new YearMonthIntervalType(min(a.startField, b.startField), max(a.endField, b.endField));
  }
  if (isStringType(a) && isStringType(b)) return STRING;
  return forComplex(a, b, (x, y) => findTightestCommonType(x, y, mode));
}
const min = <T extends number>(a: T, b: T): T => (a < b ? a : b);
const max = <T extends number>(a: T, b: T): T => (a > b ? a : b);

function forComplex(
  a: DataType,
  b: DataType,
  find: (x: DataType, y: DataType) => DataType | undefined,
): DataType | undefined {
  if (a.kind === 'array' && b.kind === 'array') {
    const element = find(a.elementType, b.elementType);
    return element && new ArrayType(element, a.containsNull || b.containsNull);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = find(a.keyType, b.keyType);
    const value = find(a.valueType, b.valueType);
    return key && value && new MapType(key, value, a.valueContainsNull || b.valueContainsNull);
  }
  if (a.kind === 'struct' && b.kind === 'struct') {
    if (a.fields.length !== b.fields.length) return undefined;
    const fields: StructField[] = [];
    for (let i = 0; i < a.fields.length; i++) {
      const x = a.fields[i] as StructField;
      const y = b.fields[i] as StructField;
      if (x.name.toLowerCase() !== y.name.toLowerCase()) return undefined;
      const type = find(x.dataType, y.dataType);
      if (!type) return undefined;
      fields.push(new StructField(x.name, type, x.nullable || y.nullable));
    }
    return new StructType(fields);
  }
  return undefined;
}

/** The decimal that holds all values of two types of which one is decimal (the other numeric). Spark: `findWiderTypeForDecimal`. */
export function findWiderTypeForDecimal(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === 'decimal' && b.kind === 'decimal') return widerDecimalType(a, b);
  if (a.kind === 'decimal' && isIntegral(b)) return widerDecimalType(a, decimalForType(b));
  if (b.kind === 'decimal' && isIntegral(a)) return widerDecimalType(decimalForType(a), b);
  if (a.kind === 'decimal' && isFractional(b)) return DOUBLE;
  if (b.kind === 'decimal' && isFractional(a)) return DOUBLE;
  return undefined;
}

/** Spark: `DecimalPrecision.widerDecimalType`. */
export function widerDecimalType(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  const range = Math.max(a.precision - a.scale, b.precision - b.scale);
  return DecimalType.boundedPreferIntegralDigits(range + scale, scale);
}

/** The type a string takes on beside another in ANSI mode: bigint, double, or the other's type; else undefined. */
export function findWiderTypeForString(a: DataType, b: DataType): DataType | undefined {
  if (!isStringType(a)) return isStringType(b) ? findWiderTypeForString(b, a) : undefined;
  if (isIntegral(b)) return LONG;
  if (isFractional(b)) return DOUBLE;
  if (b.kind === 'null') return a;
  if (isAnsiInterval(b)) return undefined;
  return isAtomic(b) ? b : undefined;
}

/** The common type of CASE, COALESCE, array(), UNION and the like. Spark: `findWiderTypeForTwo`. */
export function findWiderTypeForTwo(a: DataType, b: DataType, mode: EvalMode = 'ANSI'): DataType | undefined {
  const common = findTightestCommonType(a, b, mode) ?? findWiderTypeForDecimal(a, b);
  if (common) return common;
  if (mode === 'LEGACY') {
    if (isStringType(a) && stringPromotable(b)) return STRING;
    if (isStringType(b) && stringPromotable(a)) return STRING;
  } else {
    const promoted = findWiderTypeForString(a, b);
    if (promoted) return promoted;
  }
  return forComplex(a, b, (x, y) => findWiderTypeForTwo(x, y, mode));
}
const stringPromotable = (t: DataType): boolean => isAtomic(t) && t.kind !== 'binary' && t.kind !== 'boolean';

/** Folds `findWiderTypeForTwo`; strings first, since promotion is not associative. Spark: `findWiderCommonType`. */
export function findWiderCommonType(types: readonly DataType[], mode: EvalMode = 'ANSI'): DataType | undefined {
  const ordered = mode === 'LEGACY' ? [...types.filter(isStringType), ...types.filter((t) => !isStringType(t))] : types;
  let common: DataType | undefined = NULL;
  for (const type of ordered) {
    common = findWiderTypeForTwo(common, type, mode);
    if (!common) return undefined;
  }
  return common;
}

const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
] as const;

/** UNEXPECTED_INPUT_TYPE for one argument. `inputSql` is left to the caller, who knows the argument's text. */
export function unexpectedInput(argument: number, required: TypeSpec, actual: DataType): TypeMismatch {
  return {
    mismatch: {
      condition: 'UNEXPECTED_INPUT_TYPE',
      argument,
      parameters: {
        paramIndex: ORDINALS[argument] ?? `${argument + 1}th`,
        requiredType: specText(required),
        inputType: toSqlType(actual),
      },
    },
  };
}

/** Implicit casts to fixed specs, one per argument; the last spec serves all further arguments if `variadic`.
 * Spark: `ImplicitCastInputTypes`. */
export function inputTypes(specs: readonly TypeSpec[], variadic = false): Coercion {
  return (args, context) => {
    const out: (DataType | undefined)[] = [];
    for (let i = 0; i < args.length; i++) {
      const spec = specs[i] ?? (variadic ? specs[specs.length - 1] : undefined);
      if (spec === undefined) {
        out.push(undefined);
        continue;
      }
      const from = args[i] as DataType;
      const type = implicitCast(from, spec, context.mode);
      if (!type) return unexpectedInput(i, spec, from);
      out.push(type === from ? undefined : type);
    }
    return out;
  };
}

/** VALUE_OUT_OF_RANGE of a constant argument. */
export function outOfRange(exprName: string, value: Value, valueRange: string): TypeMismatch {
  return {
    mismatch: {
      condition: 'VALUE_OUT_OF_RANGE',
      parameters: { exprName, valueRange, currentValue: String(value) },
    },
  };
}

/** NON_FOLDABLE_INPUT for one argument; its text is left to the caller. */
export function nonFoldable(argument: number, name: string, type: string): TypeMismatch {
  return {
    mismatch: {
      condition: 'NON_FOLDABLE_INPUT',
      argument,
      parameters: { inputName: `\`${name}\``, inputType: type },
    },
  };
}

/** No casts; a type that does not meet its spec is a mismatch. Spark: `ExpectsInputTypes`. */
export function exactTypes(specs: readonly TypeSpec[], variadic = false): Coercion {
  return (args) => {
    for (let i = 0; i < args.length; i++) {
      const spec = specs[i] ?? (variadic ? specs[specs.length - 1] : undefined);
      const from = args[i] as DataType;
      if (spec !== undefined && !acceptsType(spec, from) && from.kind !== 'null') return unexpectedInput(i, spec, from);
    }
    return args.map(() => undefined);
  };
}

/** Leaves every argument as it is. */
export const anyTypes: Coercion = (args) => args.map(() => undefined);

/** All arguments (from `from` on, by step) to their common wider type.
 * @returns mismatch DATA_DIFF_TYPES if there is none */
export function allSame(functionName: string, from = 0): Coercion {
  return (args, context) => {
    const rest = args.slice(from);
    const common = findWiderCommonType(rest, context.mode);
    if (!common) return diffTypes(functionName, rest);
    return args.map((t, i) => (i < from || sameTypeDeep(t, common) ? undefined : common));
  };
}

/** As `allSame`, but a string and another type have nothing in common. Spark: `findWiderTypeWithoutStringPromotion`. */
export function allSameUnpromoted(functionName: string): Coercion {
  return (args, context) => {
    let common: DataType | undefined = NULL;
    for (const type of args) {
      common = common && findWiderTypeWithoutStringPromotion(common, type, context.mode);
    }
    if (!common) return diffTypes(functionName, args);
    return castsTo(
      args,
      args.map(() => common),
    );
  };
}

/** Spark: `findWiderTypeWithoutStringPromotionForTwo`. */
export function findWiderTypeWithoutStringPromotion(
  a: DataType,
  b: DataType,
  mode: EvalMode = 'ANSI',
): DataType | undefined {
  return (
    findTightestCommonType(a, b, mode) ??
    findWiderTypeForDecimal(a, b) ??
    forComplex(a, b, (x, y) => findWiderTypeWithoutStringPromotion(x, y, mode))
  );
}

export function diffTypes(functionName: string, args: readonly DataType[]): TypeMismatch {
  return {
    mismatch: {
      condition: 'DATA_DIFF_TYPES',
      parameters: { functionName: `\`${functionName}\``, dataType: `(${args.map(toSqlType).join(' or ')})` },
    },
  };
}

/** Equal up to nullability of nested fields: such types need no cast. */
export function sameTypeDeep(a: DataType, b: DataType): boolean {
  return sameType(a, b);
}

/** Casts wanted by a list of target types. */
export function castsTo(
  args: readonly DataType[],
  targets: readonly (DataType | undefined)[],
): (DataType | undefined)[] {
  return args.map((t, i) => {
    const target = targets[i];
    return target === undefined || sameType(t, target) ? undefined : target;
  });
}

/** The decimal type of an integral literal: as many digits as its value has. Spark: `DecimalType.fromLiteral`. */
export function decimalFromLiteral(value: Value, type: DataType): DecimalType {
  if (type.kind === 'decimal' || value === null) return type.kind === 'decimal' ? type : decimalForType(type);
  // Spark leaves tinyint literals out of this rule.
  if (type.kind === 'byte') return decimalForType(type);
  return new DecimalType(digitCount(value instanceof Decimal ? value.unscaled : BigInt(value as number | bigint)), 0);
}

/** Steps that binary operators share: strings promoted beside other types, integrals beside decimals made decimal
 * (literals with their own digits), decimals beside floats made double. Spark: `PromoteStrings`, `DecimalPrecision`. */
export function promoteOperands(a: DataType, b: DataType, context: AnalysisContext): readonly [DataType, DataType] {
  let left = a;
  let right = b;
  if (context.mode === 'LEGACY') {
    const [text, other] = [isStringType(a), isStringType(b)];
    if (text && !isAnsiInterval(b)) left = DOUBLE;
    if (other && !isAnsiInterval(a)) right = DOUBLE;
  } else if (isStringType(left) !== isStringType(right)) {
    const promoted = findWiderTypeForString(left, right);
    if (promoted) {
      left = promoted;
      right = promoted;
    }
  }
  if (left.kind === 'decimal' && right.kind !== 'decimal' && isNumeric(right)) {
    if (isIntegral(right)) right = integralAsDecimal(right, 1, b, context);
    else left = DOUBLE;
  } else if (right.kind === 'decimal' && left.kind !== 'decimal' && isNumeric(left)) {
    if (isIntegral(left)) left = integralAsDecimal(left, 0, a, context);
    else right = DOUBLE;
  }
  return [left, right];
}

function integralAsDecimal(
  type: DataType,
  argument: number,
  original: DataType,
  context: AnalysisContext,
): DecimalType {
  const value = context.constants[argument];
  const literal = context.literals ? context.literals[argument] === true : value !== undefined;
  return literal && value !== undefined && value !== null && type === original
    ? decimalFromLiteral(value, type)
    : decimalForType(type);
}

export { BINARY, BOOLEAN, decimalForType, decimalIsTighter };
