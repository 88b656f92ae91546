import { internalError } from '../../errors/index.js';
import {
  type ArrayType,
  ArrayType as ArrayTypeClass,
  type DataType,
  isIntegral,
  type MapType,
  quoteIfNeeded,
  type StructField,
  type StructType,
} from '../../types/index.js';
import { Expression, type TypeCheckFailure } from './expression.js';

/** `struct.field`. Null where the struct is. Spark: `GetStructField`. */
export class GetStructField extends Expression {
  readonly kind = 'GetStructField';
  constructor(
    readonly child: Expression,
    readonly ordinal: number,
    readonly name: string | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.child, this.ordinal, this.name];
  }
  get field(): StructField {
    const f = (this.child.dataType as StructType).fields[this.ordinal];
    if (!f) throw internalError(`no field ${this.ordinal} in ${this.child.dataType.simpleString}`);
    return f;
  }
  get dataType(): DataType {
    return this.field.dataType;
  }
  get nullable() {
    return this.child.nullable || this.field.nullable;
  }
  override get foldable() {
    return this.child.foldable;
  }
  override get nullIntolerant() {
    return true;
  }
  get fieldName() {
    return this.name ?? this.field.name;
  }
  protected override canonicalize(): Expression {
    return new GetStructField(this.child.canonicalized, this.ordinal);
  }
  override toString() {
    return `${this.child}.${this.fieldName}`;
  }
  override sql(pretty: boolean) {
    return `${this.child.sql(pretty)}.${pretty ? this.fieldName : quoteIfNeeded(this.fieldName)}`;
  }
}

/** `arrayOfStructs.field`: an array of the field. Spark: `GetArrayStructFields`. */
export class GetArrayStructFields extends Expression {
  readonly kind = 'GetArrayStructFields';
  constructor(
    readonly child: Expression,
    readonly ordinal: number,
    readonly name: string,
  ) {
    super();
  }
  args() {
    return [this.child, this.ordinal, this.name];
  }
  protected override keyArgs() {
    return [this.child, this.ordinal];
  }
  get dataType(): DataType {
    const array = this.child.dataType as ArrayType;
    const field = (array.elementType as StructType).fields[this.ordinal] as StructField;
    return new ArrayTypeClass(field.dataType, array.containsNull || field.nullable);
  }
  get nullable() {
    return this.child.nullable;
  }
  override get foldable() {
    return this.child.foldable;
  }
  override toString() {
    return `${this.child}.${this.name}`;
  }
  override sql(pretty: boolean) {
    return `${this.child.sql(pretty)}.${pretty ? this.name : quoteIfNeeded(this.name)}`;
  }
}

/** `array[ordinal]`, from 0; out of bounds raises INVALID_ARRAY_INDEX under ANSI, else null. Spark: `GetArrayItem`. */
export class GetArrayItem extends Expression {
  readonly kind = 'GetArrayItem';
  constructor(
    readonly child: Expression,
    readonly ordinal: Expression,
    readonly failOnError: boolean,
  ) {
    super();
  }
  args() {
    return [this.child, this.ordinal, this.failOnError];
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    const { dataType } = this.ordinal;
    if (isIntegral(dataType) || dataType.kind === 'null') return undefined;
    return {
      condition: 'UNEXPECTED_INPUT_TYPE',
      parameters: {
        sqlExpr: `"${this.sql(true)}"`,
        paramIndex: 'second',
        requiredType: '"INTEGRAL"',
        inputSql: `"${this.ordinal.sql(true)}"`,
        inputType: `"${dataType.sql}"`,
      },
    };
  }
  get dataType(): DataType {
    return (this.child.dataType as ArrayType).elementType;
  }
  get nullable() {
    return this.failOnError
      ? this.child.nullable || this.ordinal.nullable || (this.child.dataType as ArrayType).containsNull
      : true;
  }
  override get foldable() {
    return this.child.foldable && this.ordinal.foldable;
  }
  override get throwable() {
    return this.failOnError || super.throwable;
  }
  override toString() {
    return `${this.child}[${this.ordinal}]`;
  }
  override sql(pretty: boolean) {
    return `${this.child.sql(pretty)}[${this.ordinal.sql(pretty)}]`;
  }
}

/** `map[key]`; null where the key is missing. Spark: `GetMapValue`. */
export class GetMapValue extends Expression {
  readonly kind = 'GetMapValue';
  constructor(
    readonly child: Expression,
    readonly mapKey: Expression,
  ) {
    super();
  }
  args() {
    return [this.child, this.mapKey];
  }
  get dataType(): DataType {
    return (this.child.dataType as MapType).valueType;
  }
  get nullable() {
    return true;
  }
  override get foldable() {
    return this.child.foldable && this.mapKey.foldable;
  }
  override toString() {
    return `${this.child}[${this.mapKey}]`;
  }
  override sql(pretty: boolean) {
    return `${this.child.sql(pretty)}[${this.mapKey.sql(pretty)}]`;
  }
}
