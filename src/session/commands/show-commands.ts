import { analysisError, unsupported } from '../../errors/index.js';
import type { ShowCommand } from '../../plan/logical/index.js';
import {
  BOOLEAN,
  quoteIdentifier,
  quoteIfNeeded,
  STRING,
  StructType as Struct,
  StructField,
  type StructType,
} from '../../types/index.js';
import { CACHED_TABLES, cachedTables } from '../cache-tables.js';
import { CATALOG_NAME, GLOBAL_TEMP_DATABASE, type TableMetadata, type TempView } from '../catalog-store.js';
import { type CommandResult, shownRows } from '../command-result.js';
import type { ResolvedName } from '../session-catalog.js';
import type { SparkSession } from '../spark-session.js';
import { CURRENT_DEFAULT } from './column-defaults.js';
import { functionNames } from './function-commands.js';
import { nameOf, notFound, redact, resolvedNamespace, resolvedTable, schemaName, withoutCatalog } from './names.js';
import { requireNamespace } from './namespace-commands.js';
import { partitionsOf, requirePartition, specMap } from './partitions.js';
import { type Info, infoText, partitionInfo, tableInfo } from './table-info.js';

/** Patterns of SHOW: `*` any text, `|` or. Spark: `StringUtils.filterPattern`. */
function matcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  const escaped = (p: string) =>
    p
      .trim()
      .replace(/[.+?^${}()[\]\\]/g, '\\$&')
      .replaceAll('*', '.*');
  const parts = pattern.split('|').map((p) => new RegExp(`^${escaped(p)}$`, 'i'));
  return (name) => parts.some((r) => r.test(name));
}

const listing = (name: string, information = false): StructType =>
  new Struct([
    new StructField('namespace', STRING, false),
    new StructField(name, STRING, false),
    new StructField('isTemporary', BOOLEAN, false),
    ...(information ? [new StructField('information', STRING, false)] : []),
  ]);

interface Listed {
  readonly database: string;
  readonly name: string;
  readonly meta: TableMetadata | undefined;
  readonly view: TempView | undefined;
}

/** Tables and views of a schema, and the session's temporary views. Spark: `SessionCatalog.listTables`. */
function listTables(session: SparkSession, database: string, pattern: string | undefined): Listed[] {
  const { catalog, store } = session.sessionState;
  const matches = matcher(pattern);
  const db = requireNamespace(session, database);
  const listed: Listed[] = db
    ? [...db.tables.values()].map((t) => ({ database: db.name, name: t.identifier.table, meta: t, view: undefined }))
    : [...store.globalTempViews.values()].map(({ name, view }) => ({
        database: GLOBAL_TEMP_DATABASE,
        name: name.toLowerCase(),
        meta: undefined,
        view,
      }));
  for (const { name, view } of catalog.tempViews)
    listed.push({ database: '', name: name.toLowerCase(), meta: undefined, view });
  return listed.filter((t) => matches(t.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function show(session: SparkSession, command: ShowCommand): CommandResult {
  const { catalog, store } = session.sessionState;
  const { nameParts, pattern } = command;
  const database = () => (nameParts === undefined ? catalog.currentDatabase : schemaName(nameParts));
  const shownPattern = pattern === undefined ? '' : `${pattern}, `;
  switch (command.what) {
    case 'tables': {
      const db = database();
      const rows = listTables(session, db, pattern).map((t) => [t.database, t.name, t.meta === undefined]);
      return shownRows(`ShowTables ${shownPattern}@columns`, listing('tableName'), rows, [resolvedNamespace(db)]);
    }
    case 'views': {
      const db = database();
      const rows = listTables(session, db, pattern)
        .filter((t) => t.meta === undefined || t.meta.view !== undefined)
        .map((t) => [t.database, t.name, t.meta === undefined]);
      return shownRows(`ShowViewsCommand ${db}, ${shownPattern}@columns`, listing('viewName'), rows);
    }
    case 'cached tables':
      return shownRows(
        `ShowCachedTables ${shownPattern}@columns`,
        CACHED_TABLES,
        cachedTables(session).filter(([name]) => pattern === undefined || matcher(pattern)(String(name ?? ''))),
      );
    case 'table extended':
      return showTableExtended(session, command, database());
    case 'databases': {
      const rows = [...store.databases.keys()].filter(matcher(pattern)).sort();
      return shownRows(
        `ShowNamespaces ${shownPattern}@columns`,
        ['namespace'],
        rows.map((n) => [quoteIfNeeded(n)]),
        [resolvedNamespace()],
      );
    }
    case 'catalogs':
      return shownRows(
        `ShowCatalogsCommand ${shownPattern}@columns`,
        ['catalog'],
        [CATALOG_NAME].filter(matcher(pattern)).map((n) => [n]),
      );
    case 'current namespace':
      return shownRows(
        'ShowCurrentNamespaceCommand',
        ['catalog', 'namespace'],
        [[CATALOG_NAME, quoteIfNeeded(catalog.currentDatabase)]],
      );
    case 'columns':
      return showColumns(session, command);
    case 'functions':
      return shownRows(
        'ShowFunctionsCommand @columns',
        ['function'],
        functionNames(matcher(pattern)).map((n) => [n]),
      );
    case 'tblproperties':
      return showProperties(session, command);
    case 'partitions': {
      const meta = session.requireTable(nameParts ?? [], 'SHOW PARTITIONS', command.nameOrigin);
      if (meta.partitionColumns.length === 0)
        throw analysisError('NOT_A_PARTITIONED_TABLE', {
          operation: 'SHOW PARTITIONS',
          tableIdentWithDB: meta.identifier.quoted,
        });
      const rows = partitionsOf(session, meta, command.partition ?? {}).map((p) => [
        meta.partitionColumns.map((c) => `${c}=${p.spec[c] ?? '__HIVE_DEFAULT_PARTITION__'}`).join('/'),
      ]);
      const spec = command.partition ? `, ${specMap(command.partition)}` : '';
      return shownRows(`ShowPartitionsCommand ${meta.identifier.quoted}, @columns${spec}`, ['partition'], rows.sort());
    }
    case 'create table':
      return showCreateTable(session, command);
  }
}

function found(session: SparkSession, command: ShowCommand): ResolvedName {
  const name = session.sessionState.catalog.find(command.nameParts ?? []);
  if (!name) throw notFound(command.nameParts ?? [], command.nameOrigin);
  return name;
}

/** The name as plans show it; of a temporary view as it is asked for. */
function quotedName(name: ResolvedName, asked: readonly string[]): string {
  if (name.kind === 'table') return name.meta.identifier.quoted;
  const last = asked.at(-1) ?? name.name;
  const parts = name.kind === 'globalTemp' ? [GLOBAL_TEMP_DATABASE, last] : [last];
  return parts.map(quoteIdentifier).join('.');
}

/** `SHOW TABLE EXTENDED … LIKE 'pattern' [PARTITION (…)]`. */
function showTableExtended(session: SparkSession, command: ShowCommand, database: string): CommandResult {
  const pattern = command.pattern ?? '';
  const type = listing('tableName', true);
  if (command.partition) {
    const meta = session.sessionState.store.table(database, pattern);
    if (!meta) throw notFound([pattern], command.patternOrigin);
    const partition = requirePartition(session, meta, command.partition);
    const { table } = meta.identifier;
    return shownRows(`ShowTablesCommand ${database}, ${table}, @columns, true, ${specMap(command.partition)}`, type, [
      [meta.identifier.database as string, table, false, `${lines(partitionInfo(meta, partition))}\n`],
    ]);
  }
  const rows = listTables(session, database, pattern).map((t) => [
    t.database,
    t.name,
    t.meta === undefined,
    `${lines(t.meta ? tableInfo(session, t.meta) : tempViewInfo(session, t))}\n`,
  ]);
  return shownRows(`ShowTablesCommand ${database}, ${pattern}, @columns, true`, type, rows);
}

function lines(info: Info): string {
  return info
    .map(([k, v]) => {
      const text = infoText(k, v);
      return text === '' ? k : `${k}: ${text}`;
    })
    .join('\n');
}

/** A temporary view as the catalog describes it. */
function tempViewInfo(session: SparkSession, { database, name, view }: Listed): Info {
  const { catalog } = session.sessionState;
  const text = view?.kind === 'text' ? view.view : undefined;
  const schema = view
    ? catalog.planOf({ kind: database === '' ? 'temp' : 'globalTemp', name, view }).schema
    : new Struct([]);
  return [
    ...(database === '' ? [] : [['Database', database] as const]),
    ['Table', name],
    ['Created Time', new Date()],
    ['Last Access', 'UNKNOWN'],
    ['Created By', `Spark ${session.version}`],
    ['Type', 'VIEW'],
    ...(text ? ([['View Text', text.text]] as Info) : []),
    ...(session.conf.boolean('spark.sql.legacy.viewSchemaBindingMode')
      ? [['View Schema Mode', 'BINDING'] as const]
      : []),
    ...(text
      ? ([
          ['View Catalog and Namespace', `${CATALOG_NAME}.${quoteIfNeeded(text.database)}`],
          ['View Query Output Columns', text.queryColumns],
        ] as Info)
      : []),
    ...(schema.fields.length > 0 ? [['Schema', schema.treeString] as const] : []),
  ];
}

/** `SHOW COLUMNS IN t [FROM namespace]`. */
function showColumns(session: SparkSession, command: ShowCommand): CommandResult {
  const { catalog } = session.sessionState;
  const { namespace } = command;
  const given = command.nameParts ?? [];
  const parts = withoutCatalog(given);
  const same = (a: string, b: string | undefined) => a.toLowerCase() === b?.toLowerCase();
  const looked = namespace && parts.length === 1 ? [...namespace, ...parts] : given;
  const name = catalog.find(looked);
  if (!name) throw notFound(looked, command.nameOrigin);
  if (namespace && parts.length > 1 && !same(parts[0] as string, namespace.at(-1)))
    throw analysisError('SHOW_COLUMNS_WITH_CONFLICT_NAMESPACE', {
      namespaceA: namespace.map(quoteIdentifier).join('.'),
      namespaceB: quoteIdentifier(parts[0] as string),
    });
  const schema = name.kind === 'table' ? name.meta.schema : catalog.planOf(name).schema;
  const shown = namespace ? `${namespace.join('.')}, ` : '';
  return shownRows(
    `ShowColumnsCommand ${shown}${quotedName(name, command.nameParts ?? [])}, @columns`,
    ['col_name'],
    schema.fields.map((f) => [f.name]),
  );
}

function showProperties(session: SparkSession, command: ShowCommand): CommandResult {
  const name = found(session, command);
  const { property } = command;
  const columns = ['key', 'value'];
  const shown = property === undefined ? '@columns' : `${property}, @columns`;
  if (name.kind !== 'table')
    return shownRows(`ShowTablePropertiesCommand ${quotedName(name, command.nameParts ?? [])}, ${shown}`, columns, []);
  const { meta } = name;
  const properties = redact(meta.properties);
  const missing = (key: string) => `Table ${meta.identifier.nameParts.join('.')} does not have property: ${key}`;
  const rows =
    property === undefined
      ? Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1))
      : [[property, properties[property] ?? missing(property)]];
  return meta.view
    ? shownRows(`ShowTablePropertiesCommand ${quotedName(name, command.nameParts ?? [])}, ${shown}`, columns, rows)
    : shownRows(`ShowTableProperties ${shown}`, columns, rows, [resolvedTable(session, meta)]);
}

const text = (s: string) => s.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
const multiLine = (items: readonly string[]) => `(\n  ${items.join(',\n  ')})\n`;
const keyValues = (map: Readonly<Record<string, string>>) =>
  multiLine(
    Object.entries(map)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => `'${text(k)}' = '${text(v)}'`),
  );

function showCreateTable(session: SparkSession, command: ShowCommand): CommandResult {
  const name = found(session, command);
  if (name.kind !== 'table')
    throw analysisError(
      'EXPECT_PERMANENT_VIEW_NOT_TEMP',
      { viewName: quotedName(name, command.nameParts ?? []), operation: 'SHOW CREATE TABLE' },
      command.origin,
    );
  const { meta } = name;
  const columns = ['createtab_stmt'];
  if (meta.view) {
    const node = command.asSerde ? 'ShowCreateTableAsSerdeCommand' : 'ShowCreateTableCommand';
    return shownRows(`${node} ${quotedName(name, command.nameParts ?? [])}, @columns`, columns, [
      [createViewText(session, meta)],
    ]);
  }
  if (command.asSerde) throw unsupported('SHOW CREATE TABLE … AS SERDE of a table of files', command.origin);
  return shownRows(
    'ShowCreateTable false, @columns',
    columns,
    [[createTableText(meta)]],
    [resolvedTable(session, meta)],
  );
}

function createViewText(session: SparkSession, meta: TableMetadata): string {
  const columns = meta.schema.fields.map((f) => {
    const comment = f.metadata['comment'];
    return `${quoteIfNeeded(f.name)}${typeof comment === 'string' ? ` COMMENT '${text(comment)}'` : ''}`;
  });
  const mode = meta.view?.schemaMode;
  const binding = session.conf.boolean('spark.sql.legacy.viewSchemaBindingMode');
  return [
    `CREATE VIEW ${nameOf(meta.identifier)} `,
    columns.length > 0 ? multiLine(columns) : '',
    meta.comment === undefined ? '' : `COMMENT '${text(meta.comment)}'\n`,
    Object.keys(meta.properties).length > 0 ? `TBLPROPERTIES ${keyValues(meta.properties)}` : '',
    binding ? `WITH SCHEMA ${mode === undefined || mode === 'UNSUPPORTED' ? 'BINDING' : mode}\n` : '',
    `AS ${meta.view?.text}\n`,
  ].join('');
}

function createTableText(meta: TableMetadata): string {
  const columns = meta.schema.fields.map((f) => {
    const comment = f.metadata['comment'];
    const value = f.metadata[CURRENT_DEFAULT];
    return `${quoteIfNeeded(f.name)} ${f.dataType.sql}${typeof value === 'string' ? ` DEFAULT ${value}` : ''}${
      typeof comment === 'string' ? ` COMMENT '${text(comment)}'` : ''
    }`;
  });
  const { bucketSpec } = meta;
  const options = redact(meta.options);
  const properties = redact(meta.properties);
  return [
    `CREATE TABLE ${meta.identifier.nameParts.map(quoteIfNeeded).join('.')} ${multiLine(columns)}`,
    `USING ${meta.provider}\n`,
    Object.keys(options).length > 0 ? `OPTIONS ${keyValues(options)}` : '',
    meta.partitionColumns.length > 0 ? `PARTITIONED BY (${meta.partitionColumns.map(quoteIfNeeded).join(', ')})\n` : '',
    bucketSpec
      ? `CLUSTERED BY (${bucketSpec.bucketColumns.join(', ')})\n${
          bucketSpec.sortColumns.length > 0 ? `SORTED BY (${bucketSpec.sortColumns.join(', ')})\n` : ''
        }INTO ${bucketSpec.numBuckets} BUCKETS\n`
      : '',
    meta.comment === undefined ? '' : `COMMENT '${text(meta.comment)}'\n`,
    meta.type === 'EXTERNAL' ? `LOCATION 'file:${meta.location}'\n` : '',
    Object.keys(properties).length > 0 ? `TBLPROPERTIES ${keyValues(properties)}` : '',
  ].join('');
}
