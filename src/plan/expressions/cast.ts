import type { EvalMode } from '../../eval/function.js';
import { type DataType, equalTypes } from '../../types/index.js';
import { Expression } from './expression.js';

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
  override toString() {
    const name = this.mode === 'TRY' ? 'try_cast' : 'cast';
    return `${name}(${this.child} as ${this.dataType.simpleString})`;
  }
  override sql(pretty: boolean) {
    if (pretty && !this.userSpecified) return this.child.sql(true);
    return `${this.mode === 'TRY' ? 'TRY_CAST' : 'CAST'}(${this.child.sql(pretty)} AS ${this.dataType.sql})`;
  }
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
