import { analysisError } from '../errors/index.js';
import {
  Alias,
  CaseWhen,
  Cast,
  type Expression,
  In,
  isNamed,
  Literal,
  MultiAlias,
  Not,
  SortOrder,
  UnresolvedAlias,
  UnresolvedAttribute,
  UnresolvedExtractValue,
  UnresolvedFunction,
  UnresolvedStar,
  WindowExpression,
} from '../plan/expressions/index.js';
import { parseExpression } from '../plan/sql/parser.js';
import { type DataType, EMPTY_METADATA, type Metadata } from '../types/index.js';
import { parseType } from '../types/parse-type.js';
import type { WindowSpec } from './window.js';

/** A column, or a value that makes a literal of its JavaScript type. */
export type ColumnOrValue = Column | string | number | bigint | boolean | null | Uint8Array;
/** A column, or a column's name. */
export type ColumnOrName = Column | string;

/** An expression over a DataFrame's columns, unresolved until it is used. Immutable. Spark: `Column`. */
export class Column {
  constructor(readonly expr: Expression) {}

  /** Text of the expression. */
  toString(): string {
    return `Column<'${this.expr.sql(true)}'>`;
  }
  /** What `console.log` prints. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  private binary(op: string, other: ColumnOrValue): Column {
    return fn(op, this, lit(other));
  }
  /** `+`. Null if a side is. @throws ARITHMETIC_OVERFLOW at run time under ANSI */
  plus(other: ColumnOrValue): Column {
    return this.binary('+', other);
  }
  minus(other: ColumnOrValue): Column {
    return this.binary('-', other);
  }
  multiply(other: ColumnOrValue): Column {
    return this.binary('*', other);
  }
  /** `/`: double or decimal. @throws DIVIDE_BY_ZERO at run time under ANSI */
  divide(other: ColumnOrValue): Column {
    return this.binary('/', other);
  }
  mod(other: ColumnOrValue): Column {
    return this.binary('%', other);
  }
  eq(other: ColumnOrValue): Column {
    return this.binary('=', other);
  }
  neq(other: ColumnOrValue): Column {
    return new Column(new Not(this.eq(other).expr));
  }
  lt(other: ColumnOrValue): Column {
    return this.binary('<', other);
  }
  leq(other: ColumnOrValue): Column {
    return this.binary('<=', other);
  }
  gt(other: ColumnOrValue): Column {
    return this.binary('>', other);
  }
  geq(other: ColumnOrValue): Column {
    return this.binary('>=', other);
  }
  /** `<=>`: true for two nulls, never null. */
  eqNullSafe(other: ColumnOrValue): Column {
    return this.binary('<=>', other);
  }
  and(other: Column): Column {
    return fn('and', this, other);
  }
  or(other: Column): Column {
    return fn('or', this, other);
  }
  not(): Column {
    return new Column(new Not(this.expr));
  }
  neg(): Column {
    return fn('negative', this);
  }
  bitwiseAND(other: ColumnOrValue): Column {
    return this.binary('&', other);
  }
  bitwiseOR(other: ColumnOrValue): Column {
    return this.binary('|', other);
  }
  bitwiseXOR(other: ColumnOrValue): Column {
    return this.binary('^', other);
  }
  isNull(): Column {
    return fn('isnull', this);
  }
  isNotNull(): Column {
    return fn('isnotnull', this);
  }
  isNaN(): Column {
    return fn('isnan', this);
  }
  between(lower: ColumnOrValue, upper: ColumnOrValue): Column {
    return this.geq(lower).and(this.leq(upper));
  }
  /** Whether it equals one of the values; null if none does and one is null. */
  isin(...values: readonly (ColumnOrValue | readonly ColumnOrValue[])[]): Column {
    const list = values.flat() as ColumnOrValue[];
    return new Column(
      new In(
        this.expr,
        list.map((v) => lit(v).expr),
      ),
    );
  }
  isIn(...values: readonly (ColumnOrValue | readonly ColumnOrValue[])[]): Column {
    return this.isin(...values);
  }
  like(pattern: string): Column {
    return fn('like', this, lit(pattern));
  }
  ilike(pattern: string): Column {
    return fn('ilike', this, lit(pattern));
  }
  rlike(pattern: string): Column {
    return fn('rlike', this, lit(pattern));
  }
  startsWith(other: ColumnOrValue): Column {
    return fn('startswith', this, lit(other));
  }
  startswith(other: ColumnOrValue): Column {
    return this.startsWith(other);
  }
  endsWith(other: ColumnOrValue): Column {
    return fn('endswith', this, lit(other));
  }
  endswith(other: ColumnOrValue): Column {
    return this.endsWith(other);
  }
  contains(other: ColumnOrValue): Column {
    return fn('contains', this, lit(other));
  }
  /** From position `start` (1-based), `length` characters. */
  substr(start: ColumnOrValue, length: ColumnOrValue): Column {
    return fn('substr', this, lit(start), lit(length));
  }
  /** A struct's field by name. */
  getField(name: string): Column {
    return new Column(new UnresolvedExtractValue(this.expr, Literal.string(name)));
  }
  /** An array's element (from 0) or a map's value. */
  getItem(key: ColumnOrValue): Column {
    return new Column(new UnresolvedExtractValue(this.expr, lit(key).expr));
  }
  /** @throws DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION when it is used, CAST_INVALID_INPUT at run time under ANSI */
  cast(type: DataType | string): Column {
    return new Column(new Cast(this.expr, toType(type), 'ANSI', undefined, true));
  }
  astype(type: DataType | string): Column {
    return this.cast(type);
  }
  /** As `cast`, null for what cannot be converted. */
  tryCast(type: DataType | string): Column {
    return new Column(new Cast(this.expr, toType(type), 'TRY', undefined, true));
  }
  /** Names the column; several names for what a generator yields. */
  alias(name: string, ...more: string[]): Column {
    if (more.length > 0) return new Column(new MultiAlias(this.expr, [name, ...more]));
    return new Column(new Alias(this.expr, name));
  }
  as(name: string): Column {
    return this.alias(name);
  }
  name(name: string): Column {
    return this.alias(name);
  }
  /** Names the column and gives it metadata. */
  aliasWithMetadata(name: string, metadata: Metadata = EMPTY_METADATA): Column {
    return new Column(new Alias(this.expr, name, undefined, [], metadata));
  }
  asc(): Column {
    return new Column(new SortOrder(this.expr, 'ASC', 'NULLS FIRST'));
  }
  ascNullsFirst(): Column {
    return this.asc();
  }
  ascNullsLast(): Column {
    return new Column(new SortOrder(this.expr, 'ASC', 'NULLS LAST'));
  }
  desc(): Column {
    return new Column(new SortOrder(this.expr, 'DESC', 'NULLS LAST'));
  }
  descNullsFirst(): Column {
    return new Column(new SortOrder(this.expr, 'DESC', 'NULLS FIRST'));
  }
  descNullsLast(): Column {
    return this.desc();
  }
  /** Another branch of a chain that `F.when` began. */
  when(condition: Column, value: ColumnOrValue): Column {
    if (!(this.expr instanceof CaseWhen) || this.expr.elseValue)
      throw analysisError('INVALID_WHEN_USAGE', {
        detail: 'when() follows only F.when() or when(), before otherwise()',
      });
    return new Column(
      new CaseWhen([...this.expr.whens, condition.expr], [...this.expr.thens, lit(value).expr], undefined),
    );
  }
  /** The value where no branch holds; without it null. */
  otherwise(value: ColumnOrValue): Column {
    if (!(this.expr instanceof CaseWhen) || this.expr.elseValue)
      throw analysisError('INVALID_WHEN_USAGE', { detail: 'otherwise() ends a chain of when()' });
    return new Column(new CaseWhen(this.expr.whens, this.expr.thens, lit(value).expr));
  }
  /** Evaluates the function over a window. */
  over(window: WindowSpec): Column {
    return new Column(new WindowExpression(this.expr, window.definition));
  }

  /** As it stands in a select list: named, or to be named by the analyzer. */
  get named(): Expression {
    const e = this.expr;
    return isNamed(e) || e instanceof UnresolvedAttribute || e instanceof UnresolvedStar || e instanceof MultiAlias
      ? e
      : new UnresolvedAlias(e);
  }
  /** As a sort key, ascending unless said otherwise. */
  get sortOrder(): SortOrder {
    return this.expr instanceof SortOrder ? this.expr : new SortOrder(this.expr, 'ASC', 'NULLS FIRST');
  }
}

function toType(type: DataType | string): DataType {
  return typeof type === 'string' ? parseType(type) : type;
}

/** A call by name. */
export function fn(name: string, ...args: readonly Column[]): Column {
  return new Column(
    new UnresolvedFunction(
      [name],
      args.map((a) => a.expr),
    ),
  );
}

/** A column by name: `a`, `t.a`, `struct.field`, or `*`. */
export function col(name: string): Column {
  if (name === '*') return new Column(new UnresolvedStar());
  if (name.endsWith('.*')) return new Column(new UnresolvedStar(parseParts(name.slice(0, -2))));
  return new Column(new UnresolvedAttribute(parseParts(name)));
}

/** Splits a dotted name; back-ticks protect dots. Spark: `UnresolvedAttribute.parseAttributeName`. */
export function parseParts(name: string): string[] {
  const parts: string[] = [];
  let current = '';
  let quoted = false;
  for (let i = 0; i < name.length; i++) {
    const c = name[i] as string;
    if (c === '`') {
      if (quoted && name[i + 1] === '`') {
        current += '`';
        i++;
      } else quoted = !quoted;
    } else if (c === '.' && !quoted) {
      parts.push(current);
      current = '';
    } else current += c;
  }
  if (quoted) throw analysisError('INVALID_ATTRIBUTE_NAME_SYNTAX', { name });
  parts.push(current);
  return parts;
}

/** A column of SQL text, e.g. `a + 1 AS b`. @throws PARSE_SYNTAX_ERROR */
export function expr(text: string): Column {
  return new Column(parseExpression(text));
}

/** A literal; a Column stays itself. @throws UNSUPPORTED_FEATURE for other objects */
export function lit(value: ColumnOrValue): Column {
  if (value instanceof Column) return value;
  const literal = Literal.of(value);
  if (!literal) throw analysisError('UNSUPPORTED_FEATURE.LITERAL_TYPE', { value: String(value), type: typeof value });
  return new Column(literal);
}

/** A Column as it is, a string as a column's name. */
export function toColumn(c: ColumnOrName): Column {
  return typeof c === 'string' ? col(c) : c;
}
