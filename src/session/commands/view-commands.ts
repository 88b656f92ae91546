import { analysisError } from '../../errors/index.js';
import { Analyzer } from '../../plan/analysis/analyzer.js';
import type { CreateTempViewUsing, CreateView, LogicalPlan } from '../../plan/logical/index.js';
import { LogicalRelation } from '../../plan/logical/index.js';
import { quoteIdentifier, StructField, StructType } from '../../types/index.js';
import type { TableMetadata, ViewText } from '../catalog-store.js';
import { type CommandResult, NOTHING } from '../command-result.js';
import { pathFileRelation } from '../file-relation.js';
import type { SparkSession } from '../spark-session.js';

/** Analyzes a view's query once, for its schema, and keeps its text with the confs in force. */
export function viewText(
  session: SparkSession,
  text: string,
  query: LogicalPlan,
  columns: CreateView['columns'] = [],
): ViewText {
  const { catalog, conf } = session.sessionState;
  const analyzed = new Analyzer(catalog, conf.analyzerConf).execute(query);
  const { output } = analyzed;
  if (columns.length > 0 && columns.length !== output.length) {
    const condition =
      columns.length > output.length
        ? 'CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS'
        : 'CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS';
    throw analysisError(condition, {
      viewName: '',
      viewColumns: columns.map((c) => quoteIdentifier(c.name)).join(', '),
      dataColumns: output.map((a) => quoteIdentifier(a.name)).join(', '),
    });
  }
  return {
    text,
    schema: new StructType(
      output.map((a, i) => new StructField(columns[i]?.name ?? a.name, a.dataType, a.nullable, a.metadata)),
    ),
    queryColumns: output.map((a) => a.name),
    confs: Object.entries(conf.getAll).filter(([k]) => k.startsWith('spark.sql.')),
    database: catalog.currentDatabase,
  };
}

/** Spark: `CreateViewCommand`. */
export function createView(session: SparkSession, command: CreateView): CommandResult {
  const { catalog, store } = session.sessionState;
  const name = command.nameParts.at(-1) as string;
  const view = viewText(session, command.originalText, command.query, command.columns);
  if (command.viewType !== 'persistent') {
    const global = command.viewType === 'global temporary';
    session.views.put(name, { kind: 'text', view }, { replace: command.replace, global });
    return NOTHING;
  }
  const database = command.nameParts.length > 1 ? (command.nameParts.at(-2) as string) : catalog.currentDatabase;
  const identifier = store.identifier(database, name);
  const old = store.table(database, name);
  if (old) {
    if (command.ifNotExists) return NOTHING;
    if (!old.view)
      throw analysisError('EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE', {
        operation: 'CREATE OR REPLACE VIEW',
        tableName: identifier.quoted,
      });
    if (!command.replace) throw analysisError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: identifier.quoted });
    session.uncacheByName(identifier.nameParts, true);
  }
  store.putTable(viewMetadata(identifier, view, command));
  return NOTHING;
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
    },
    session.conf,
  );
  const plan = new LogicalRelation(relation, relation.attributes(), undefined);
  session.views.put(
    command.nameParts.at(-1) as string,
    { kind: 'plan', plan },
    { replace: command.replace, global: command.global },
  );
  return NOTHING;
}
