import { internalError } from '../../errors/index.js';
import { lookupScalar } from '../../eval/registry.js';
import {
  ArrayType,
  type DataType,
  MapType,
  type Metadata,
  STRING,
  StructField,
  StructType,
} from '../../types/index.js';
import { parseType } from '../../types/parse-type.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';

/** Where a column of a string type keeps the char or varchar type that it was declared with. */
export const CHAR_VARCHAR_KEY = '__CHAR_VARCHAR_TYPE_STRING';

/** Whether char or varchar stands anywhere in a type. */
export function hasCharVarchar(t: DataType): boolean {
  switch (t.kind) {
    case 'char':
    case 'varchar':
      return true;
    case 'array':
      return hasCharVarchar(t.elementType);
    case 'map':
      return hasCharVarchar(t.keyType) || hasCharVarchar(t.valueType);
    case 'struct':
      return t.fields.some((f) => hasCharVarchar(f.dataType));
    default:
      return false;
  }
}

/** Strings in their place, at any depth. Spark: `replaceCharVarcharWithString`. */
export function charVarcharAsString(t: DataType): DataType {
  if (!hasCharVarchar(t)) return t;
  switch (t.kind) {
    case 'array':
      return new ArrayType(charVarcharAsString(t.elementType), t.containsNull);
    case 'map':
      return new MapType(charVarcharAsString(t.keyType), charVarcharAsString(t.valueType), t.valueContainsNull);
    case 'struct':
      return new StructType(
        t.fields.map((f) => new StructField(f.name, charVarcharAsString(f.dataType), f.nullable, f.metadata)),
      );
    default:
      return STRING;
  }
}

/** A relation's schema: strings, the declared types kept in the columns' metadata. */
export function withoutCharVarchar(schema: StructType): StructType {
  if (!schema.fields.some((f) => hasCharVarchar(f.dataType))) return schema;
  return new StructType(
    schema.fields.map((f) => {
      if (!hasCharVarchar(f.dataType)) return f;
      const metadata = { ...f.metadata, [CHAR_VARCHAR_KEY]: f.dataType.catalogString };
      return new StructField(f.name, charVarcharAsString(f.dataType), f.nullable, metadata);
    }),
  );
}

/** The declared type of a column, if it is or holds char or varchar. Spark: `getRawType`. */
export function declaredType(metadata: Metadata): DataType | undefined {
  const text = metadata[CHAR_VARCHAR_KEY];
  return typeof text === 'string' ? parseType(text) : undefined;
}

export function withoutDeclaredType(metadata: Metadata): Metadata {
  if (!(CHAR_VARCHAR_KEY in metadata)) return metadata;
  const { [CHAR_VARCHAR_KEY]: _, ...rest } = metadata;
  return rest;
}

/** The catalog's schema of a query: declared types in their place. Spark: `getRawSchema`. */
export function declaredSchema(schema: StructType): StructType {
  return new StructType(
    schema.fields.map((f) => {
      const type = declaredType(f.metadata);
      return type ? new StructField(f.name, type, f.nullable, withoutDeclaredType(f.metadata)) : f;
    }),
  );
}

function invoke(name: string, e: Expression, length: number): Expression {
  const def = lookupScalar(name);
  if (!def) throw internalError(`the registry lacks ${name}`);
  return new ScalarCall(def, [e, Literal.int(length)], 'ANSI');
}

/** Checks the length of what is written to a char or varchar column. */
export function stringLengthCheck(e: Expression, type: DataType): Expression {
  if (type.kind === 'char') return invoke('charTypeWriteSideCheck', e, type.length);
  if (type.kind === 'varchar') return invoke('varcharTypeWriteSideCheck', e, type.length);
  return e;
}

/** Pads what is read from a char column. Spark: `addPaddingForScan`. */
export function readSidePadding(e: Expression, type: DataType | undefined): Expression {
  return type?.kind === 'char' ? invoke('readSidePadding', e, type.length) : e;
}

/** `rpad(e, length, ' ')`. */
export function rightPad(e: Expression, length: number): Expression {
  const def = lookupScalar('rpad');
  if (!def) throw internalError('the registry lacks rpad');
  return new ScalarCall(def, [e, Literal.int(length), Literal.string(' ')], 'ANSI');
}
