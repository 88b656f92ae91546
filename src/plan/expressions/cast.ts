import { canCast } from '../../eval/can-cast.js';
import type { EvalMode } from '../../eval/function.js';
import { type DataType, equalTypes, isNested, isNumeric } from '../../types/index.js';
import { argKey, typeKey } from '../tree-node.js';
import { Expression, type Ordinals, type TypeCheckFailure } from './expression.js';

/** Converts to another type. `timeZone` is undefined until the analyzer sets it. Spark: `Cast`. */
export class Cast extends Expression {
  readonly kind = 'Cast';
  constructor(
    readonly child: Expression,
    readonly dataType: DataType,
    readonly mode: EvalMode,
    readonly timeZone: string | undefined = undefined,
    /** Written by the user: shows in generated column names. Not part of the expression's identity. */
    readonly userSpecified = false,
  ) {
    super();
  }
  args() {
    return [this.child, this.dataType, this.mode, this.timeZone, this.userSpecified];
  }
  protected override keyArgs() {
    return [this.child, this.dataType.sql, this.mode, this.timeZone];
  }
  get needsTimeZone(): boolean {
    return this.child.resolved && castNeedsTimeZone(this.child.dataType, this.dataType);
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    const from = this.child.dataType;
    return canCast(from, this.dataType, this.mode) ? undefined : castFailure(this, from);
  }
  override get resolved() {
    return super.resolved && (this.timeZone !== undefined || !this.needsTimeZone);
  }
  get nullable() {
    return (
      this.child.nullable ||
      this.mode === 'TRY' ||
      (this.child.resolved && forcesNull(this.child.dataType, this.dataType, this.mode))
    );
  }
  override get foldable() {
    return this.child.foldable;
  }
  override get nullIntolerant() {
    return true;
  }
  override get throwable() {
    return this.mode === 'ANSI' || this.child.throwable;
  }
  withTimeZone(timeZone: string): Cast {
    return this.rebuild([this.child, this.dataType, this.mode, timeZone, this.userSpecified]);
  }
  protected override canonicalize(): Expression {
    const child = this.child.canonicalized;
    return new Cast(child, this.dataType, this.mode, this.needsTimeZone ? this.timeZone : undefined);
  }
  override canonicalKey(input: Ordinals): string {
    const zone = this.timeZone !== undefined && this.needsTimeZone ? argKey(this.timeZone) : argKey(undefined);
    return `Cast(${this.child.canonicalKey(input)},${typeKey(this.dataType)},"${this.mode}",${zone})`;
  }
  override toString() {
    const name = this.mode === 'TRY' ? 'try_cast' : 'cast';
    return `${name}(${this.child} as ${this.dataType.simpleString})`;
  }
  override sql(pretty: boolean) {
    if (pretty && !this.userSpecified) return this.child.sql(true);
    // Casts to nested types never show in SQL.
    if (isNested(this.dataType)) return this.child.sql(pretty);
    return `${this.mode === 'TRY' ? 'TRY_CAST' : 'CAST'}(${this.child.sql(pretty)} AS ${this.dataType.sql})`;
  }
}

/** Why a cast is impossible, with the functions or the conf that would do it. Spark: `Cast.typeCheckFailureMessage`. */
function castFailure(e: Cast, from: DataType): TypeCheckFailure {
  const to = e.dataType;
  const parameters = { sqlExpr: `"${e.sql(true)}"`, srcType: `"${from.sql}"`, targetType: `"${to.sql}"` };
  if (e.mode !== 'LEGACY') {
    const functions = castFunctions(from, to);
    if (functions)
      return {
        condition: 'CAST_WITH_FUNC_SUGGESTION',
        parameters: { ...parameters, functionNames: functions.map((f) => `\`${f}\``).join('/') },
      };
    if (e.mode === 'ANSI' && canCast(from, to, 'LEGACY'))
      return {
        condition: 'CAST_WITH_CONF_SUGGESTION',
        parameters: { ...parameters, config: '"spark.sql.ansi.enabled"', configVal: "'false'" },
      };
  }
  return { condition: 'CAST_WITHOUT_SUGGESTION', parameters };
}
function castFunctions(from: DataType, to: DataType): readonly string[] | undefined {
  if (isNumeric(from) && to.kind === 'timestamp') return ['TIMESTAMP_SECONDS', 'TIMESTAMP_MILLIS', 'TIMESTAMP_MICROS'];
  if (from.kind === 'timestamp' && isNumeric(to)) return ['UNIX_SECONDS', 'UNIX_MILLIS', 'UNIX_MICROS'];
  if (isNumeric(from) && to.kind === 'date') return ['DATE_FROM_UNIX_DATE'];
  if (from.kind === 'date' && isNumeric(to)) return ['UNIX_DATE'];
  return undefined;
}

/** Whether the session time zone decides the result. Spark: `Cast.needsTimeZone`. */
export function castNeedsTimeZone(from: DataType, to: DataType): boolean {
  const isString = (t: DataType) => t.kind === 'string' || t.kind === 'char' || t.kind === 'varchar';
  if (isString(from)) return to.kind === 'timestamp';
  if (from.kind === 'date') return to.kind === 'timestamp';
  if (from.kind === 'timestamp') return isString(to) || to.kind === 'date' || to.kind === 'timestamp_ntz';
  if (from.kind === 'timestamp_ntz') return to.kind === 'timestamp';
  if (from.kind === 'array' && to.kind === 'array') return castNeedsTimeZone(from.elementType, to.elementType);
  if (from.kind === 'map' && to.kind === 'map')
    return castNeedsTimeZone(from.keyType, to.keyType) || castNeedsTimeZone(from.valueType, to.valueType);
  if (from.kind === 'struct' && to.kind === 'struct')
    return from.fields.some((f, i) => {
      const g = to.fields[i];
      return g !== undefined && castNeedsTimeZone(f.dataType, g.dataType);
    });
  if (isString(to)) {
    if (from.kind === 'array') return castNeedsTimeZone(from.elementType, to);
    if (from.kind === 'map') return castNeedsTimeZone(from.keyType, to) || castNeedsTimeZone(from.valueType, to);
    if (from.kind === 'struct') return from.fields.some((f) => castNeedsTimeZone(f.dataType, to));
  }
  return false;
}

/** Whether a cast may turn a value into null. Spark: `Cast.forceNullable` (LEGACY) and its ANSI counterpart. */
function forcesNull(from: DataType, to: DataType, mode: EvalMode): boolean {
  if (equalTypes(from, to)) return false;
  if (from.kind === 'null') return true;
  if (mode === 'ANSI') return false;
  if (from.kind === 'string') return to.kind !== 'binary' && to.kind !== 'string';
  if (to.kind === 'string') return false;
  if (from.kind === 'timestamp' && (to.kind === 'byte' || to.kind === 'short' || to.kind === 'int')) return true;
  if ((from.kind === 'float' || from.kind === 'double') && to.kind === 'timestamp') return true;
  if (to.kind === 'decimal') return true;
  if (from.kind === 'date' && to.kind !== 'timestamp' && to.kind !== 'timestamp_ntz') return true;
  return to.kind === 'interval';
}
