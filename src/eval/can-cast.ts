import {
  type ArrayType,
  type DataType,
  DecimalType,
  isAnsiInterval,
  isDatetime,
  isIntegral,
  isNested,
  isNumeric,
  type MapType,
  type StructType,
  sameType,
} from '../types/index.js';
import type { EvalMode, TypeMismatch } from './function.js';
import { toSqlType } from './sql-literal.js';

const isString = (t: DataType): boolean => t.kind === 'string' || t.kind === 'char' || t.kind === 'varchar';
const isAtomic = (t: DataType): boolean => !isNested(t) && t.kind !== 'null' && t.kind !== 'interval';

/** The decimal that holds all values of a numeric type. Spark: `DecimalType.forType`. */
export function decimalForType(type: DataType): DecimalType {
  switch (type.kind) {
    case 'byte':
      return new DecimalType(3, 0);
    case 'short':
      return new DecimalType(5, 0);
    case 'int':
      return new DecimalType(10, 0);
    case 'long':
      return new DecimalType(20, 0);
    case 'float':
      return new DecimalType(14, 7);
    case 'double':
      return new DecimalType(30, 15);
    case 'decimal':
      return type;
    default:
      return new DecimalType(38, 18);
  }
}

/** Whether the decimal holds every value of the other type without rounding. Spark: `DecimalType.isWiderThan`. */
export function decimalIsWider(type: DecimalType, other: DataType): boolean {
  const d = other.kind === 'decimal' ? other : isIntegral(other) ? decimalForType(other) : undefined;
  return d !== undefined && type.precision - type.scale >= d.precision - d.scale && type.scale >= d.scale;
}
/** Whether every value of the decimal fits the other type exactly. Spark: `DecimalType.isTighterThan`. */
export function decimalIsTighter(type: DecimalType, other: DataType): boolean {
  const d = other.kind === 'decimal' ? other : isIntegral(other) ? decimalForType(other) : undefined;
  return d !== undefined && type.precision - type.scale <= d.precision - d.scale && type.scale <= d.scale;
}

/** Whether CAST between the types is allowed at all. Spark: `Cast.canAnsiCast`, in LEGACY mode `Cast.canCast`. */
export function canCast(from: DataType, to: DataType, mode: EvalMode): boolean {
  if (sameType(from, to) || from.kind === 'null') return true;
  if (isString(to)) return true;
  if (from.kind === 'array' && to.kind === 'array') {
    return (
      nullability(from.containsNull || loses(from.elementType, to.elementType, mode), to.containsNull) &&
      canCast(from.elementType, to.elementType, mode)
    );
  }
  if (from.kind === 'map' && to.kind === 'map') return canCastMap(from, to, mode);
  if (from.kind === 'struct' && to.kind === 'struct') return canCastStruct(from, to, mode);
  if (isNested(from) || isNested(to)) return false;
  const legacy = mode === 'LEGACY';
  switch (to.kind) {
    case 'binary':
      return isString(from) || (legacy && isIntegral(from));
    case 'boolean':
      return isString(from) || isNumeric(from) || (legacy && (from.kind === 'date' || from.kind === 'timestamp'));
    case 'timestamp':
      return isString(from) || isDatetime(from) || isNumeric(from) || (legacy && from.kind === 'boolean');
    case 'timestamp_ntz':
      return isString(from) || isDatetime(from);
    case 'date':
      return isString(from) || isDatetime(from);
    case 'interval':
      return isString(from);
    case 'ym_interval':
    case 'dt_interval':
      if (isString(from) || from.kind === to.kind) return true;
      return isIntegral(from) || from.kind === 'decimal';
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'decimal':
    case 'float':
    case 'double':
      if (isString(from) || isNumeric(from) || from.kind === 'boolean' || from.kind === 'timestamp') return true;
      if (isAnsiInterval(from) && (isIntegral(to) || to.kind === 'decimal')) return true;
      return legacy && from.kind === 'date';
    default:
      return false;
  }
}

function canCastMap(from: MapType, to: MapType, mode: EvalMode): boolean {
  return (
    canCast(from.keyType, to.keyType, mode) &&
    !loses(from.keyType, to.keyType, mode) &&
    canCast(from.valueType, to.valueType, mode) &&
    nullability(from.valueContainsNull || loses(from.valueType, to.valueType, mode), to.valueContainsNull)
  );
}
function canCastStruct(from: StructType, to: StructType, mode: EvalMode): boolean {
  return (
    from.fields.length === to.fields.length &&
    from.fields.every((f, i) => {
      const g = to.fields[i] as (typeof to.fields)[number];
      return (
        canCast(f.dataType, g.dataType, mode) &&
        nullability(f.nullable || loses(f.dataType, g.dataType, mode), g.nullable)
      );
    })
  );
}
/** In LEGACY mode a nested cast that may lose values needs a nullable target. */
const loses = (from: DataType, to: DataType, mode: EvalMode): boolean => mode === 'LEGACY' && forcesNull(from, to);
const nullability = (from: boolean, to: boolean): boolean => !from || to;

/** Whether Spark takes a cast to be able to give null for a value that is not, in every mode. Spark: `Cast.forceNullable`. */
export function forcesNull(from: DataType, to: DataType): boolean {
  if (from.kind === 'null' || sameType(from, to)) return false;
  if (isString(from)) return !isString(to) && to.kind !== 'binary';
  if (isString(to)) return false;
  if (from.kind === 'timestamp' && (to.kind === 'byte' || to.kind === 'short' || to.kind === 'int')) return true;
  if ((from.kind === 'float' || from.kind === 'double') && to.kind === 'timestamp') return true;
  if (to.kind === 'date') return from.kind !== 'timestamp';
  if (from.kind === 'date') return to.kind !== 'timestamp';
  if (to.kind === 'interval') return true;
  if (to.kind === 'decimal') {
    if (from.kind === 'boolean') return to.precision - to.scale < 1;
    if (from.kind === 'decimal' && to.precision - to.scale > from.precision - from.scale) return false;
    return from.kind === 'decimal' || isIntegral(from) ? !decimalIsWider(to, from) : true;
  }
  return isIntegral(to) && (from.kind === 'float' || from.kind === 'double' || from.kind === 'decimal');
}

/** Nullability of a cast. Spark: `Cast.nullable`. */
export function castNullable(from: DataType, to: DataType, mode: EvalMode, childNullable: boolean): boolean {
  if (childNullable) return true;
  if (mode !== 'TRY') return forcesNull(from, to);
  if (isString(from) && to.kind === 'binary') return false;
  if (from.kind === 'decimal' && isIntegral(to)) return true;
  return !canUpCast(from, to);
}

/** What is wrong with a cast that `canCast` refuses: the sub-condition of DATATYPE_MISMATCH and its parameters but `sqlExpr`.
 * Spark: `Cast.typeCheckFailureInCast`. */
export function castMismatch(from: DataType, to: DataType, mode: EvalMode): TypeMismatch {
  const types = { srcType: toSqlType(from), targetType: toSqlType(to) };
  const suggestion = (names: string): TypeMismatch => ({
    mismatch: { condition: 'CAST_WITH_FUNC_SUGGESTION', parameters: { ...types, functionNames: names } },
  });
  if (mode === 'ANSI') {
    if (isNumeric(from) && to.kind === 'date') return suggestion('`DATE_FROM_UNIX_DATE`');
    if (from.kind === 'date' && isNumeric(to)) return suggestion('`UNIX_DATE`');
    if (from.kind === 'array' && to.kind === 'string') return suggestion('`ARRAY_JOIN`');
    if (canCast(from, to, 'LEGACY')) {
      return {
        mismatch: {
          condition: 'CAST_WITH_CONF_SUGGESTION',
          parameters: { ...types, config: '"spark.sql.ansi.enabled"', configVal: "'false'" },
        },
      };
    }
  }
  return { mismatch: { condition: 'CAST_WITHOUT_SUGGESTION', parameters: types } };
}

const PRECEDENCE = ['byte', 'short', 'int', 'long', 'float', 'double'];

/** Whether the cast never loses anything. Spark: `UpCastRule.canUpCast`. */
export function canUpCast(from: DataType, to: DataType): boolean {
  if (sameType(from, to) || from.kind === 'null') return true;
  if (isNumeric(from) && to.kind === 'decimal') return decimalIsWider(to, from);
  if (from.kind === 'decimal' && isNumeric(to)) return decimalIsTighter(from, to);
  if (isNumeric(from) && isNumeric(to)) return PRECEDENCE.indexOf(from.kind) <= PRECEDENCE.indexOf(to.kind);
  if (isDatetime(from) && isDatetime(to)) return to.kind !== 'date';
  if (isString(to)) return isAtomic(from) || from.kind === 'interval';
  if (from.kind === 'dt_interval' && to.kind === 'dt_interval') return true;
  if (from.kind === 'ym_interval' && to.kind === 'ym_interval') return true;
  if (from.kind === 'array' && to.kind === 'array') {
    return nullability(from.containsNull, to.containsNull) && canUpCast(from.elementType, to.elementType);
  }
  if (from.kind === 'map' && to.kind === 'map') {
    return (
      nullability(from.valueContainsNull, to.valueContainsNull) &&
      canUpCast(from.keyType, to.keyType) &&
      canUpCast(from.valueType, to.valueType)
    );
  }
  if (from.kind === 'struct' && to.kind === 'struct') {
    return (
      from.fields.length === to.fields.length &&
      from.fields.every((f, i) => {
        const g = to.fields[i] as (typeof to.fields)[number];
        return nullability(f.nullable, g.nullable) && canUpCast(f.dataType, g.dataType);
      })
    );
  }
  return false;
}

/** Whether a value may be stored in a column of the type under the ANSI store policy. Spark: `Cast.canANSIStoreAssign`. */
export function canAnsiStoreAssign(from: DataType, to: DataType): boolean {
  if (sameType(from, to) || from.kind === 'null') return true;
  if (isNumeric(from) && isNumeric(to)) return true;
  if (isString(to)) return isAtomic(from) || from.kind === 'interval';
  if (isDatetime(from) && isDatetime(to)) return true;
  if (from.kind === 'ym_interval' && to.kind === 'ym_interval') return true;
  if (from.kind === 'dt_interval' && to.kind === 'dt_interval') return true;
  if (from.kind === 'array' && to.kind === 'array') return canStoreArray(from, to);
  if (from.kind === 'map' && to.kind === 'map') {
    return (
      nullability(from.valueContainsNull, to.valueContainsNull) &&
      canAnsiStoreAssign(from.keyType, to.keyType) &&
      canAnsiStoreAssign(from.valueType, to.valueType)
    );
  }
  if (from.kind === 'struct' && to.kind === 'struct') {
    return (
      from.fields.length === to.fields.length &&
      from.fields.every((f, i) => {
        const g = to.fields[i] as (typeof to.fields)[number];
        return nullability(f.nullable, g.nullable) && canAnsiStoreAssign(f.dataType, g.dataType);
      })
    );
  }
  return false;
}
function canStoreArray(from: ArrayType, to: ArrayType): boolean {
  return nullability(from.containsNull, to.containsNull) && canAnsiStoreAssign(from.elementType, to.elementType);
}
