import { analysisError, type Origin } from '../errors/index.js';
import { canUpCast } from '../eval/cast.js';
import { charVarcharAsString, declaredSchema, withoutCharVarchar } from '../plan/analysis/char-varchar.js';
import { Alias, type AttributeReference, Cast, type Expression } from '../plan/expressions/index.js';
import { type LogicalPlan, Project, type TableIdentifier } from '../plan/logical/index.js';
import { equalTypes, quoteIdentifier, StructField, StructType } from '../types/index.js';
import type { TableMetadata, ViewSchemaMode, ViewText } from './catalog-store.js';

interface ProjectionOptions {
  readonly mode: ViewSchemaMode;
  /** In mode UNSUPPORTED: any cast rather than a safe one. */
  readonly compensate: boolean;
  readonly ansi: boolean;
  readonly isTemp: boolean;
  /** Where the query names the view. */
  readonly origin: Origin;
}

/** The columns that a view has, out of its query as it is now: by recorded name, cast to the recorded type as the schema mode
 * allows. Spark: `SessionCatalog.fromCatalogTable`.
 * @throws INCOMPATIBLE_VIEW_SCHEMA_CHANGE, CANNOT_UP_CAST_DATATYPE */
export function viewProjection(
  identifier: TableIdentifier,
  view: ViewText,
  child: LogicalPlan,
  options: ProjectionOptions,
): Project {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  const schema = withoutCharVarchar(view.schema);
  const columns = schema.fields.map((f, i) => {
    const name = view.queryColumns[i] as string;
    const expected = view.queryColumns.filter((c) => same(c, name)).length;
    const ordinal = view.queryColumns.slice(0, i).filter((c) => same(c, name)).length;
    const found = child.output.filter((a) => same(a.name, name));
    const column = found[ordinal];
    if (found.length !== expected || !column)
      throw analysisError('INCOMPATIBLE_VIEW_SCHEMA_CHANGE', {
        viewName: identifier.quoted,
        colName: name,
        expectedNum: String(expected),
        actualCols: `[${found.map((a) => a.name).join(',')}]`,
        suggestion: options.isTemp ? 'CREATE OR REPLACE TEMPORARY VIEW' : definition(identifier, view),
      });
    return new Alias(converted(column, f, options), f.name, undefined, [], f.metadata);
  });
  return new Project(columns, child);
}

function definition(identifier: TableIdentifier, view: ViewText): string {
  const names = view.schema.fields.map((f) => f.name);
  const listed = names.join() === view.queryColumns.join() ? ' ' : ` (${names.join(', ')}) `;
  return `CREATE OR REPLACE VIEW ${identifier.nameParts.join('.')}${listed}AS ${view.text}`;
}

function converted(column: AttributeReference, field: StructField, options: ProjectionOptions): Expression {
  const { mode, compensate, ansi, origin } = options;
  if (mode === 'TYPE EVOLUTION') return column;
  const type = charVarcharAsString(field.dataType);
  if (mode === 'COMPENSATION' || (mode === 'UNSUPPORTED' && compensate))
    return new Cast(column, type, 'ANSI').withOrigin(origin);
  if (!canUpCast(column.dataType, type))
    throw analysisError('CANNOT_UP_CAST_DATATYPE', {
      expression: column.qualifiedName,
      sourceType: `"${column.dataType.sql}"`,
      targetType: `"${type.sql}"`,
      details:
        'The type path of the target object is:\n\nYou can either add an explicit cast to the input data or choose a higher precision type of the field in the target object',
    });
  return new Cast(column, type, ansi ? 'ANSI' : 'LEGACY').withOrigin(origin);
}

/** The metadata of a view whose mode lets it follow its query, if the query's schema is another one by now. */
export function evolvedView(
  meta: TableMetadata,
  view: ViewText,
  mode: ViewSchemaMode,
  plan: LogicalPlan,
): TableMetadata | undefined {
  if (mode !== 'EVOLUTION' && mode !== 'TYPE EVOLUTION') return undefined;
  const evolves = mode === 'EVOLUTION';
  const now = declaredSchema(plan.schema).fields;
  const old = view.schema.fields;
  const same =
    now.length === old.length &&
    old.every((f, i) => {
      const g = now[i] as StructField;
      const typed = equalTypes(f.dataType, g.dataType) && f.nullable === g.nullable;
      return typed && (!evolves || (f.name === g.name && f.metadata['comment'] === g.metadata['comment']));
    });
  if (same) return undefined;
  const names = now.map((f) => f.name.toLowerCase());
  const twice = names.find((n, i) => names.indexOf(n) < i);
  if (twice !== undefined) throw analysisError('COLUMN_ALREADY_EXISTS', { columnName: quoteIdentifier(twice) });
  const schema = evolves
    ? new StructType(now)
    : new StructType(
        now.map((g) => {
          const f = old.find((o) => o.name === g.name);
          return new StructField(g.name, g.dataType, g.nullable, f?.metadata ?? g.metadata);
        }),
      );
  const queryColumns = evolves ? now.map((f) => f.name) : view.queryColumns;
  return { ...meta, schema, view: { ...view, schema, queryColumns } };
}
