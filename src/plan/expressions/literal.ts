import type { Origin } from '../../errors/index.js';
import {
  BINARY,
  BOOLEAN,
  type DataType,
  Decimal,
  DecimalType,
  DOUBLE,
  equalTypes,
  INT,
  isNumeric,
  LONG,
  NULL,
  STRING,
  type Value,
} from '../../types/index.js';
import { argKey, typeKey } from '../tree-node.js';
import { LeafExpression } from './expression.js';
import { formatLiteral, literalSql } from './literal-text.js';

const NOWHERE: Origin = Object.freeze({});
/** Objects that all queries share never take the place of one. */
function shared(literal: Literal): Literal {
  return literal.withOrigin(NOWHERE);
}

/** A constant with its type. Spark: `Literal`. */
export class Literal extends LeafExpression {
  readonly kind = 'Literal';
  constructor(
    readonly value: Value,
    readonly dataType: DataType,
  ) {
    super();
  }
  args() {
    return [this.value, this.dataType];
  }
  protected override keyArgs() {
    return [this.value, this.dataType.sql];
  }
  override canonicalKey(): string {
    return `Literal(${argKey(this.value)},${typeKey(this.dataType)})`;
  }
  get nullable() {
    return this.value === null;
  }
  override get foldable() {
    return true;
  }
  equalsLiteral(other: Literal): boolean {
    return equalTypes(this.dataType, other.dataType) && this.key === other.key;
  }
  override toString() {
    return formatLiteral(this.value, this.dataType);
  }
  override sql(pretty: boolean) {
    if (!pretty) return literalSql(this.value, this.dataType);
    if (this.value === null) return 'NULL';
    const plain = this.dataType.kind === 'string' || isNumeric(this.dataType);
    return plain ? formatLiteral(this.value, this.dataType) : literalSql(this.value, this.dataType);
  }
  static readonly NULL = shared(new Literal(null, NULL));
  static readonly TRUE = shared(new Literal(true, BOOLEAN));
  static readonly FALSE = shared(new Literal(false, BOOLEAN));
  static int(value: number) {
    return new Literal(value, INT);
  }
  static long(value: bigint) {
    return new Literal(value, LONG);
  }
  static double(value: number) {
    return new Literal(value, DOUBLE);
  }
  static string(value: string) {
    return new Literal(value, STRING);
  }
  static binary(value: Uint8Array) {
    return new Literal(value, BINARY);
  }
  static nullOf(type: DataType) {
    return new Literal(null, type);
  }
  /** Smallest type for the digits written. Spark: `DecimalType.fromDecimal`. */
  static decimal(value: Decimal) {
    const digits = (value.unscaled < 0n ? -value.unscaled : value.unscaled).toString().length;
    return new Literal(value, new DecimalType(Math.max(digits, value.scale), value.scale));
  }
  /** From a JavaScript value as users pass it: numbers that are whole and fit are int or bigint, others double. */
  static of(value: unknown): Literal | undefined {
    if (value === null || value === undefined) return Literal.NULL;
    switch (typeof value) {
      case 'boolean':
        return value ? Literal.TRUE : Literal.FALSE;
      case 'number':
        if (Number.isInteger(value) && !Object.is(value, -0)) {
          if (value >= -2147483648 && value <= 2147483647) return Literal.int(value);
          if (Number.isSafeInteger(value)) return Literal.long(BigInt(value));
        }
        return Literal.double(value);
      case 'bigint':
        return Literal.long(value);
      case 'string':
        return Literal.string(value);
      case 'object':
        if (value instanceof Decimal) return Literal.decimal(value);
        if (value instanceof Uint8Array) return Literal.binary(value);
        return undefined;
      default:
        return undefined;
    }
  }
}
