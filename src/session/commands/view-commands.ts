import { analysisError, type Origin } from '../../errors/index.js';
import { declaredSchema } from '../../plan/analysis/char-varchar.js';
import { JavaScriptUdf, VariableReference } from '../../plan/expressions/index.js';
import {
  type AlterAction,
  type CreateTempViewUsing,
  type CreateView,
  type LogicalPlan,
  LogicalRelation,
  TableIdentifier,
  View,
} from '../../plan/logical/index.js';
import { quoteIdentifier, quoteIfNeeded, StructField, StructType } from '../../types/index.js';
import { scalaTypeText } from '../../types/scala-text.js';
import {
  CATALOG_NAME,
  GLOBAL_TEMP_DATABASE,
  type TableMetadata,
  type ViewSchemaMode,
  type ViewText,
} from '../catalog-store.js';
import { type CommandResult, done } from '../command-result.js';
import { pathFileRelation } from '../file-relation.js';
import type { ResolvedName } from '../session-catalog.js';
import type { SparkSession } from '../spark-session.js';
import { checkDuplicates } from './insert-commands.js';
import { quotedTable, tableName } from './names.js';
import { specMap } from './partitions.js';

/** A view's text with the confs in force and the schema that its analyzed query has. */
export function viewText(
  session: SparkSession,
  text: string,
  analyzed: LogicalPlan,
  columns: CreateView['columns'] = [],
  schemaMode?: ViewSchemaMode,
): ViewText {
  const { catalog, conf } = session.sessionState;
  const { output } = analyzed;
  const fields = declaredSchema(analyzed.schema).fields.map((f, i) => {
    const column = columns[i];
    if (!column) return f;
    const metadata = column.comment === undefined ? f.metadata : { comment: column.comment };
    return new StructField(column.name, f.dataType, f.nullable, metadata);
  });
  checkDuplicates(
    fields.map((f) => f.name),
    (a, b) => a === b || (!conf.boolean('spark.sql.caseSensitive') && a.toLowerCase() === b.toLowerCase()),
  );
  return {
    text,
    schema: new StructType(fields),
    queryColumns: output.map((a) => a.name),
    confs: Object.entries(conf.getAll).filter(([k]) => k.startsWith('spark.sql.')),
    database: catalog.currentDatabase,
    schemaMode,
    tempViews: temporaryViews(analyzed),
  };
}

function checkArity(quoted: string, columns: CreateView['columns'], analyzed: LogicalPlan): void {
  const { output } = analyzed;
  if (columns.length === 0 || columns.length === output.length) return;
  const condition =
    columns.length > output.length
      ? 'CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS'
      : 'CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS';
  throw analysisError(condition, {
    viewName: quoted,
    viewColumns: columns.map((c) => quoteIdentifier(c.name)).join(', '),
    dataColumns: output.map((a) => quoteIdentifier(a.name)).join(', '),
  });
}

/** Names of the temporary views that a plan reads itself. */
function temporaryViews(plan: LogicalPlan): string[][] {
  const found: string[][] = [];
  plan.foreachWithSubqueries((p) => {
    if (!(p instanceof View) || !p.isTempView) return;
    const parts = p.identifier.nameParts;
    if (!found.some((f) => f.join('.') === parts.join('.'))) found.push(parts);
  });
  return found;
}

/** A permanent view must not read what ends with the session. @throws INVALID_TEMP_OBJ_REFERENCE */
function checkNoTemporaries(quoted: string, analyzed: LogicalPlan): void {
  const refuse = (tempObj: string, parts: readonly string[]) =>
    analysisError('INVALID_TEMP_OBJ_REFERENCE', {
      obj: 'VIEW',
      objName: quoted,
      tempObj,
      tempObjName: parts.map(quoteIdentifier).join('.'),
    });
  const [view] = temporaryViews(analyzed);
  if (view) throw refuse('VIEW', view);
  analyzed.foreachWithSubqueries((p) => {
    for (const e of p.expressions)
      e.foreach((x) => {
        if (x instanceof JavaScriptUdf) throw refuse('FUNCTION', [x.name]);
      });
  });
  analyzed.foreachWithSubqueries((p) => {
    for (const e of p.expressions)
      e.foreach((x) => {
        if (x instanceof VariableReference) throw refuse('VARIABLE', x.nameParts);
      });
  });
}

/** @throws RECURSIVE_VIEW if the plan reads the view that it is to define */
function checkCycle(plan: LogicalPlan, target: TableIdentifier, path: readonly TableIdentifier[] = [target]): void {
  const look = (p: LogicalPlan) => {
    if (p instanceof View) return checkView(p);
    for (const c of p.children) look(c);
    for (const s of p.subqueries) look(s);
  };
  const checkView = (v: View) => {
    const next = [...path, v.identifier];
    if (v.identifier.key === target.key)
      throw analysisError('RECURSIVE_VIEW', {
        viewIdent: target.quoted,
        newPath: next.map((i) => i.quoted).join(' -> '),
      });
    checkCycle(v.child, target, next);
  };
  look(plan);
}

/** What WITH SCHEMA means when it is left out. Spark: `visitSchemaBinding`. */
export function effectiveSchemaMode(
  session: SparkSession,
  command: Pick<CreateView, 'schemaMode' | 'columns' | 'places'>,
): ViewSchemaMode {
  const { conf } = session;
  const { schemaMode } = command;
  checkBindingEnabled(session, schemaMode, command.places.schemaMode);
  if (!conf.boolean('spark.sql.legacy.viewSchemaBindingMode')) return 'UNSUPPORTED';
  if (schemaMode === undefined)
    return conf.boolean('spark.sql.legacy.viewSchemaCompensation') ? 'COMPENSATION' : 'BINDING';
  return schemaMode === 'EVOLUTION' && command.columns.length > 0 ? 'TYPE EVOLUTION' : schemaMode;
}

/** @throws FEATURE_NOT_ENABLED */
function checkBindingEnabled(
  session: SparkSession,
  schemaMode: ViewSchemaMode | undefined,
  at: Origin | undefined,
): void {
  if (schemaMode === undefined || session.conf.boolean('spark.sql.legacy.viewSchemaBindingMode')) return;
  throw analysisError(
    'FEATURE_NOT_ENABLED',
    {
      featureName: 'VIEW ... WITH SCHEMA ...',
      configKey: 'spark.sql.legacy.viewSchemaBindingMode',
      configValue: 'true',
    },
    at,
  );
}

/** Spark: `CreateViewCommand`. */
export function createView(session: SparkSession, command: CreateView): CommandResult {
  const { store } = session.sessionState;
  const { columns, viewType } = command;
  const persistent = viewType === 'persistent';
  const [name] = command.nameParts.slice(-1) as [string];
  const quoted = persistent ? quotedTable(session, command.nameParts) : quoteIdentifier(name);
  const mode = persistent ? effectiveSchemaMode(session, command) : undefined;
  const analyzed = session.analyze(command.query);
  checkArity(quoted, columns, analyzed);
  const result = done(createText(command, quoted, mode), [], [analyzed]);
  if (!persistent) {
    const global = viewType === 'global temporary';
    const view = viewText(session, command.originalText, analyzed, columns);
    if (command.replace && session.views.exists(name, global))
      checkCycle(analyzed, new TableIdentifier(name, global ? GLOBAL_TEMP_DATABASE : undefined));
    session.views.put(name, { kind: 'text', view }, { replace: command.replace, global }, analyzed);
    return result;
  }
  checkNoTemporaries(quoted, analyzed);
  const { database, table } = tableName(session, command.nameParts);
  const identifier = store.identifier(database, table);
  const view = viewText(session, command.originalText, analyzed, columns, mode);
  const old = store.table(database, table);
  if (old) {
    if (command.ifNotExists) return result;
    if (!old.view) {
      if (command.replace)
        throw analysisError('EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE', {
          operation: 'CREATE OR REPLACE VIEW',
          tableName: identifier.quoted,
        });
      throw analysisError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: identifier.quoted });
    }
    if (!command.replace) throw analysisError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: identifier.quoted });
    checkCycle(analyzed, identifier);
    session.uncacheByName(identifier.nameParts, true);
  }
  store.putTable(viewMetadata(identifier, view, command));
  return result;
}

function createText(command: CreateView, quoted: string, mode: ViewSchemaMode | undefined): string {
  const columns = command.columns.map((c) => `(${c.name},${c.comment === undefined ? 'None' : `Some(${c.comment})`})`);
  const type = { temporary: 'LocalTempView', 'global temporary': 'GlobalTempView', persistent: 'PersistedView' };
  const properties = Object.entries(command.properties);
  const parts = [
    quoted,
    ...(columns.length > 0 ? [`[${columns.join(', ')}]`] : []),
    ...(command.comment === undefined ? [] : [command.comment]),
    ...(properties.length > 0 ? [`[${properties.map(([k, v]) => `${k}=${v}`).join(', ')}]`] : []),
    command.originalText,
    String(command.ifNotExists),
    String(command.replace),
    type[command.viewType],
    mode ?? 'UNSUPPORTED',
    'true',
  ];
  return `CreateViewCommand ${parts.join(', ')}`;
}

export function viewMetadata(
  identifier: TableMetadata['identifier'],
  view: ViewText,
  rest: Pick<CreateView, 'comment' | 'properties'>,
): TableMetadata {
  return {
    identifier,
    type: 'VIEW',
    provider: '',
    schema: view.schema,
    partitionColumns: [],
    location: '',
    options: {},
    properties: rest.properties,
    comment: rest.comment,
    view,
    partitions: [],
    createdMs: Date.now(),
  };
}

/** ALTER VIEW … AS. Spark: `AlterViewAsCommand`. */
export function alterViewQuery(
  session: SparkSession,
  found: ResolvedName,
  change: Extract<AlterAction, { action: 'setQuery' }>,
): CommandResult {
  const { store } = session.sessionState;
  const analyzed = session.analyze(change.query);
  if (found.kind !== 'table') {
    const global = found.kind === 'globalTemp';
    const identifier = new TableIdentifier(found.name, global ? GLOBAL_TEMP_DATABASE : undefined);
    checkCycle(analyzed, identifier);
    const view = viewText(session, change.originalText, analyzed);
    session.views.put(found.name, { kind: 'text', view }, { replace: true, global }, analyzed);
    return done(`AlterViewAsCommand ${identifier.quoted}, ${change.originalText}, true`, [], [analyzed]);
  }
  const { meta } = found;
  checkNoTemporaries(meta.identifier.quoted, analyzed);
  checkCycle(analyzed, meta.identifier);
  session.uncacheByName(meta.identifier.nameParts, true);
  const view = viewText(session, change.originalText, analyzed, [], meta.view?.schemaMode);
  store.putTable({ ...viewMetadata(meta.identifier, view, meta), createdMs: meta.createdMs });
  return done(`AlterViewAsCommand ${meta.identifier.quoted}, ${change.originalText}, true`, [], [analyzed]);
}

/** ALTER VIEW … WITH SCHEMA. */
export function alterViewSchemaMode(
  session: SparkSession,
  meta: TableMetadata,
  mode: ViewSchemaMode,
  at: Origin | undefined,
): CommandResult {
  checkBindingEnabled(session, mode, at);
  session.uncacheByName(meta.identifier.nameParts, true);
  if (meta.view) session.sessionState.store.putTable({ ...meta, view: { ...meta.view, schemaMode: mode } });
  return done(`AlterViewSchemaBindingCommand ${meta.identifier.quoted}, ${mode}`);
}

/** The entry, if any, keeps its blocks and its old name. */
export function renameTempView(
  session: SparkSession,
  found: Exclude<ResolvedName, { kind: 'table' }>,
  nameParts: readonly string[],
  isView: boolean,
): CommandResult {
  const { catalog, store } = session.sessionState;
  const to = nameParts.at(-1) as string;
  const global = found.kind === 'globalTemp';
  const old = new TableIdentifier(found.name, global ? GLOBAL_TEMP_DATABASE : undefined);
  if (global ? store.globalTempViews.has(to.toLowerCase()) : catalog.tempView(to) !== undefined)
    throw analysisError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: nameParts.map(quoteIdentifier).join('.') });
  if (global) {
    store.globalTempViews.delete(found.name.toLowerCase());
    store.globalTempViews.set(to.toLowerCase(), { name: to, view: found.view });
  } else {
    catalog.dropTempView(found.name);
    catalog.setTempView(to, found.view);
  }
  return done(`AlterTableRenameCommand ${old.quoted}, ${nameParts.map(quoteIdentifier).join('.')}, ${isView}`);
}

/** `CREATE TEMP VIEW … USING format OPTIONS (path …)`. */
export function createTempViewUsing(session: SparkSession, command: CreateTempViewUsing): CommandResult {
  const path = Object.entries(command.options).find(([k]) => k.toLowerCase() === 'path')?.[1];
  const relation = pathFileRelation(
    {
      format: command.provider.toLowerCase(),
      paths: path === undefined ? [] : [path],
      options: command.options,
      schema: command.tableSchema,
      pathOption: false,
      ignoreMissingFiles: !session.changesFiles && command.tableSchema !== undefined,
    },
    session.conf,
  );
  const plan = new LogicalRelation(relation, relation.attributes(), undefined);
  const name = command.nameParts.at(-1) as string;
  session.views.put(name, { kind: 'plan', plan }, { replace: command.replace, global: command.global });
  const schema = command.tableSchema ? `${scalaTypeText(command.tableSchema)} ` : '';
  return done(
    `CreateTempViewUsing [tableIdent:${quoteIdentifier(name)} ${schema}replace:${command.replace} provider:${command.provider} ${specMap(command.options)}`,
  );
}

/** `spark_catalog.default`, as DESCRIBE shows where a view's names are looked up. */
export function viewNamespace(view: ViewText): string {
  return [CATALOG_NAME, view.database].map(quoteIfNeeded).join('.');
}
