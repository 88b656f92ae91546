import { analysisError, type Origin } from '../../errors/index.js';
import { quoteIdentifier, type StructField } from '../../types/index.js';
import { GetArrayItem, GetArrayStructFields, GetMapValue, GetStructField } from '../expressions/complex.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { Alias, type AttributeReference } from '../expressions/named.js';
import type { Attributes } from '../logical/logical-plan.js';
import { allowAnyAccess, qualifiedAccessOnly } from './hidden-output.js';

type SameName = (a: string, b: string) => boolean;

/** Marks second copies of a column that a union had to rename. Spark: `__is_duplicate`. */
export const IS_DUPLICATE = '__is_duplicate';

/** The column (or the field inside a column) that a name means among `attributes`; undefined if none.
 * @throws AMBIGUOUS_REFERENCE. Spark: `AttributeSeq.resolve` */
export function resolveName(
  attributes: Attributes,
  nameParts: readonly string[],
  same: SameName,
  ansi: boolean,
  origin?: Origin,
): AttributeReference | Alias | undefined {
  const [found, nested] = candidates(attributes, nameParts, same);
  const pruned = found.length > 1 ? found.filter((a) => a.metadata[IS_DUPLICATE] === undefined) : found;
  const distinct = distinctAttributes(pruned).map(allowAnyAccess);
  const [first] = distinct;
  if (first === undefined) return undefined;
  if (distinct.length > 1) {
    throw analysisError(
      'AMBIGUOUS_REFERENCE',
      {
        name: quotedName(nameParts),
        referenceNames: `[${distinct
          .map((a) => [...a.qualifier, a.name].map(quoteIdentifier).join('.'))
          .sort()
          .join(', ')}]`,
      },
      origin,
    );
  }
  if (nested.length === 0) return first;
  const value = nested.reduce<Expression>(
    (e, name) => extractValue(e, Literal.string(name), same, ansi, origin),
    first,
  );
  return new Alias(value, nested.at(-1) as string);
}

export function quotedName(nameParts: readonly string[]): string {
  return nameParts.map(quoteIdentifier).join('.');
}

function candidates(
  attributes: Attributes,
  nameParts: readonly string[],
  same: SameName,
): readonly [AttributeReference[], readonly string[]] {
  const deepest = attributes.some((a) => a.qualifier.length > 3) ? nameParts.length - 1 : 3;
  for (let q = Math.min(deepest, nameParts.length - 1); q >= 1; q--) {
    const qualifier = nameParts.slice(0, q);
    const name = nameParts[q] as string;
    const found = attributes.filter(
      (a) => same(a.name, name) && a.qualifier.length >= q && endsWith(a.qualifier, qualifier, same),
    );
    if (found.length) return [found.map((a) => a.withName(name)), nameParts.slice(q + 1)];
  }
  const name = nameParts[0] as string;
  const found = attributes.filter((a) => same(a.name, name) && !qualifiedAccessOnly(a));
  return [found.map((a) => a.withName(name)), nameParts.slice(1)];
}

function endsWith(long: readonly string[], short: readonly string[], same: SameName): boolean {
  const from = long.length - short.length;
  return short.every((part, i) => same(long[from + i] as string, part));
}

function distinctAttributes(list: readonly AttributeReference[]): AttributeReference[] {
  const seen = new Set<string>();
  return list.filter((a) => {
    const key = `${a.exprId} ${a.nullable} ${a.dataType.sql} ${JSON.stringify(a.qualifier)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** `child.name`, `child[index]`, by the child's type.
 * @throws FIELD_NOT_FOUND, AMBIGUOUS_REFERENCE_TO_FIELDS, INVALID_EXTRACT_BASE_FIELD_TYPE. Spark: `ExtractValue.apply` */
export function extractValue(
  child: Expression,
  extraction: Expression,
  same: SameName,
  ansi: boolean,
  origin?: Origin,
): Expression {
  const type = child.dataType;
  const name =
    extraction instanceof Literal && extraction.dataType.kind === 'string' && extraction.value !== null
      ? String(extraction.value)
      : undefined;
  if (type.kind === 'struct' && name !== undefined)
    return new GetStructField(child, findField(type.fields, name, same, origin), name);
  if (type.kind === 'array') {
    if (type.elementType.kind === 'struct' && name !== undefined)
      return new GetArrayStructFields(child, findField(type.elementType.fields, name, same, origin), name);
    return new GetArrayItem(child, extraction, ansi);
  }
  if (type.kind === 'map') return new GetMapValue(child, extraction);
  if (type.kind === 'struct')
    throw analysisError('INVALID_EXTRACT_FIELD_TYPE', { extraction: `"${extraction.sql(true)}"` }, origin);
  throw analysisError(
    'INVALID_EXTRACT_BASE_FIELD_TYPE',
    { base: `"${child.sql(true)}"`, other: `"${type.sql}"` },
    origin,
  );
}

function findField(fields: readonly StructField[], name: string, same: SameName, origin?: Origin): number {
  const matches = fields.flatMap((f, i) => (same(f.name, name) ? [i] : []));
  const [ordinal] = matches;
  if (ordinal === undefined)
    throw analysisError(
      'FIELD_NOT_FOUND',
      { fieldName: quoteIdentifier(name), fields: fields.map((f) => quoteIdentifier(f.name)).join(', ') },
      origin,
    );
  if (matches.length > 1)
    throw analysisError(
      'AMBIGUOUS_REFERENCE_TO_FIELDS',
      { field: quoteIdentifier(name), count: String(matches.length) },
      origin,
    );
  return ordinal;
}
