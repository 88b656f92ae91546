import { analysisError, internalError, type SparkError } from '../../errors/index.js';
import { canAnsiStoreAssign, canUpCast } from '../../eval/cast.js';
import { lookupScalar } from '../../eval/registry.js';
import { type DataType, quoteIdentifier, type StructType, sameType } from '../../types/index.js';
import { Cast } from '../expressions/cast.js';
import { GetStructField } from '../expressions/complex.js';
import { If } from '../expressions/conditional.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { Alias, AttributeReference } from '../expressions/named.js';
import { NullCheck } from '../expressions/predicates.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Project } from '../logical/operators.js';
import { charVarcharAsString, declaredType, hasCharVarchar, stringLengthCheck } from './char-varchar.js';

type Named = AttributeReference | Alias;

/** How a query's columns become those of the table they are written to. */
export interface OutputResolution {
  /** Quoted name, for errors. */
  readonly tableName: string;
  readonly timeZone: string;
  readonly sameName: (a: string, b: string) => boolean;
  /** ANSI unless `spark.sql.storeAssignmentPolicy` says LEGACY or STRICT. */
  readonly policy: 'ANSI' | 'LEGACY' | 'STRICT';
  /** The default of a column that the query leaves out; undefined if it must be given. */
  readonly defaultOf: (column: AttributeReference) => Expression | undefined;
}

/** The query with its columns cast, renamed and reordered for the table's columns; unchanged if they fit already.
 * Spark: `TableOutputResolver.resolveOutputColumns`. @throws INSERT_COLUMN_ARITY_MISMATCH, INCOMPATIBLE_DATA_FOR_TABLE */
export function resolveOutputColumns(
  query: LogicalPlan,
  expected: readonly AttributeReference[],
  byName: boolean,
  r: OutputResolution,
): LogicalPlan {
  const { output } = query;
  if (expected.length < output.length) throw arityMismatch('TOO_MANY_DATA_COLUMNS', r, expected, output);
  if (!byName && expected.length > output.length) throw arityMismatch('NOT_ENOUGH_DATA_COLUMNS', r, expected, output);
  const resolved = byName ? columnsByName(output, expected, r, []) : columnsByPosition(output, expected, r, []);
  const same = resolved.length === output.length && resolved.every((e, i) => e === output[i]);
  return same ? query : new Project(resolved, query);
}

/** @throws INSERT_COLUMN_ARITY_MISMATCH */
export function arityMismatch(
  which: 'TOO_MANY_DATA_COLUMNS' | 'NOT_ENOUGH_DATA_COLUMNS',
  r: Pick<OutputResolution, 'tableName'>,
  expected: readonly { readonly name: string }[],
  output: readonly { readonly name: string }[],
): SparkError {
  const list = (cs: readonly { readonly name: string }[]) => cs.map((c) => quoteIdentifier(c.name)).join(', ');
  return analysisError(`INSERT_COLUMN_ARITY_MISMATCH.${which}`, {
    tableName: r.tableName,
    tableColumns: list(expected),
    dataColumns: list(output),
  });
}

const quotePath = (path: readonly string[]): string => path.map(quoteIdentifier).join('.');

function columnsByName(
  input: readonly Named[],
  expected: readonly AttributeReference[],
  r: OutputResolution,
  path: readonly string[],
): Named[] {
  const matched = new Set<string>();
  const result = expected.map((column) => {
    const found = input.filter((c) => r.sameName(c.name, column.name));
    const here = [...path, column.name];
    const [first] = found;
    if (!first) {
      const filled = path.length === 0 ? r.defaultOf(column) : undefined;
      if (!filled)
        throw analysisError('INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA', {
          tableName: r.tableName,
          colName: quotePath(here),
        });
      return new Alias(filled, column.name);
    }
    if (found.length > 1)
      throw analysisError('INCOMPATIBLE_DATA_FOR_TABLE.AMBIGUOUS_COLUMN_NAME', {
        tableName: r.tableName,
        colName: quotePath(here),
      });
    matched.add(first.name);
    const named =
      first instanceof AttributeReference
        ? first.withName(column.name)
        : new Alias(first.child, column.name, first.exprId, first.qualifier, first.explicitMetadata);
    return columnFor(named, column, true, r, here);
  });
  if (matched.size < input.length) {
    const extra = input.filter((c) => !matched.has(c.name)).map((c) => quoteIdentifier(c.name));
    if (path.length === 0)
      throw analysisError('INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS', {
        tableName: r.tableName,
        extraColumns: extra.join(', '),
      });
    throw analysisError('INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_STRUCT_FIELDS', {
      tableName: r.tableName,
      colName: quotePath(path),
      extraFields: extra.join(', '),
    });
  }
  return result;
}

function columnsByPosition(
  input: readonly Named[],
  expected: readonly AttributeReference[],
  r: OutputResolution,
  path: readonly string[],
): Named[] {
  if (path.length > 0 && input.length !== expected.length) {
    const names = (cs: readonly Named[]) => cs.map((c) => quoteIdentifier(c.name)).join(', ');
    const common = { tableName: r.tableName, colName: quotePath(path) };
    if (input.length > expected.length)
      throw analysisError('INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_STRUCT_FIELDS', {
        ...common,
        extraFields: names(input.slice(expected.length)),
      });
    throw analysisError('INCOMPATIBLE_DATA_FOR_TABLE.STRUCT_MISSING_FIELDS', {
      ...common,
      missingFields: names(expected.slice(input.length)),
    });
  }
  return input.map((c, i) => {
    const column = expected[i] as AttributeReference;
    return columnFor(c, column, false, r, [...path, column.name]);
  });
}

/** One column of the query as the table wants it. */
function columnFor(
  input: Named,
  column: AttributeReference,
  byName: boolean,
  r: OutputResolution,
  path: readonly string[],
): Named {
  const target = declaredType(column.metadata) ?? column.dataType;
  const from = input.dataType;
  if (from.kind === 'struct' && target.kind === 'struct')
    return structFor(input, from, column, target, byName, r, path);
  const plain = charVarcharAsString(target);
  checkAssignable(from, plain, r, path);
  if (from.kind === 'array' || from.kind === 'map')
    return new Alias(sameType(from, plain) ? input : castTo(input, plain, r), column.name);
  const fits = sameType(target, from) && column.name === input.name && equalMetadata(column.metadata, input.metadata);
  if (fits) return input;
  const casted = castTo(input, plain, r);
  const checked = hasCharVarchar(target) ? stringLengthCheck(casted, target) : casted;
  return new Alias(checked, column.name, undefined, [], column.metadata);
}

function castTo(e: Expression, type: DataType, r: OutputResolution): Expression {
  return new Cast(e, type, r.policy === 'LEGACY' ? 'LEGACY' : 'ANSI', r.timeZone);
}

function structFor(
  input: Named,
  from: StructType,
  column: AttributeReference,
  target: StructType,
  byName: boolean,
  r: OutputResolution,
  path: readonly string[],
): Named {
  const fields = from.fields.map((f, i) => new Alias(new GetStructField(input, i, f.name), f.name));
  const wanted = target.fields.map((f) => AttributeReference.create(f.name, f.dataType, f.nullable, [], f.metadata));
  const resolved = byName ? columnsByName(fields, wanted, r, path) : columnsByPosition(fields, wanted, r, path);
  const def = lookupScalar('named_struct');
  if (!def) throw internalError('the registry lacks named_struct');
  const struct = new ScalarCall(
    def,
    resolved.flatMap((e) => [Literal.string(e.name), e instanceof Alias ? e.child : e]),
    'ANSI',
    r.timeZone,
  );
  const value = input.nullable
    ? new If(new NullCheck('IsNull', input), Literal.nullOf(struct.dataType), struct)
    : struct;
  return new Alias(value, column.name);
}

/** @throws INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST */
function checkAssignable(from: DataType, to: DataType, r: OutputResolution, path: readonly string[]): void {
  if (r.policy === 'LEGACY') return;
  if (r.policy === 'STRICT' ? canUpCast(from, to) : canAnsiStoreAssign(from, to)) return;
  throw analysisError('INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST', {
    tableName: r.tableName,
    colName: quotePath(path),
    srcType: `"${from.catalogString.toUpperCase()}"`,
    targetType: `"${to.catalogString.toUpperCase()}"`,
  });
}

function equalMetadata(a: object, b: object): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}
