import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { analysisError, unsupported } from '../../errors/index.js';
import { Alias, Cast, type Expression, Literal } from '../../plan/expressions/index.js';
import {
  type AlterRelation,
  type CreateTable,
  type DropRelation,
  type InsertInto,
  type LogicalPlan,
  LogicalRelation,
  Project,
  type RepairTable,
  type TruncateTable,
} from '../../plan/logical/index.js';
import { localPath } from '../../storage/files/listing.js';
import { quoteIdentifier, StructField, StructType } from '../../types/index.js';
import { GLOBAL_TEMP_DATABASE, type TableMetadata, type TablePartition } from '../catalog-store.js';
import { type CommandResult, NOTHING } from '../command-result.js';
import { pathFileRelation } from '../file-relation.js';
import type { SparkSession } from '../spark-session.js';
import { viewMetadata, viewText } from './view-commands.js';

/** CREATE TABLE … USING, with or without a query. The table is known at once; with a query its files are written by the job. */
export function createTable(session: SparkSession, command: CreateTable): CommandResult {
  const { catalog, store } = session.sessionState;
  const name = command.nameParts.at(-1) as string;
  const database = command.nameParts.length > 1 ? (command.nameParts.at(-2) as string) : catalog.currentDatabase;
  const identifier = store.identifier(database, name);
  if (store.table(database, name)) {
    if (command.ifNotExists) return NOTHING;
    throw analysisError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: identifier.quoted });
  }
  const provider = (command.provider ?? session.conf.get('spark.sql.sources.default')).toLowerCase();
  const pathOption = Object.entries(command.options).find(([k]) => k.toLowerCase() === 'path')?.[1];
  const givenLocation = command.location ?? pathOption;
  const location =
    givenLocation === undefined
      ? join(store.database(database).location, name.toLowerCase())
      : localPath(givenLocation);
  const query = command.query && session.analyze(command.query);
  const schema = query?.schema ?? command.tableSchema ?? inferTableSchema(session, provider, location, command);
  const meta: TableMetadata = {
    identifier,
    type: givenLocation === undefined ? 'MANAGED' : 'EXTERNAL',
    provider,
    schema: partitionColumnsLast(schema, command.partitionColumns),
    partitionColumns: command.partitionColumns,
    location,
    options: { ...command.options, ...(givenLocation === undefined ? {} : { path: location }) },
    properties: command.properties,
    comment: command.comment,
    view: undefined,
    partitions: [],
    createdMs: Date.now(),
  };
  store.putTable(meta);
  catalog.invalidate(identifier);
  if (!query) {
    if (meta.type === 'MANAGED') mkdirSync(location, { recursive: true });
    return NOTHING;
  }
  const job = session
    .writeFiles(query, {
      format: provider,
      path: location,
      mode: 'overwrite',
      partitionBy: command.partitionColumns,
      options: command.options,
    })
    .then(
      () => addFoundPartitions(session, meta),
      (error: unknown) => {
        store.dropTable(database, name);
        throw error;
      },
    );
  return { ...NOTHING, job };
}

function inferTableSchema(session: SparkSession, format: string, location: string, command: CreateTable): StructType {
  if (!existsSync(location))
    throw analysisError('UNABLE_TO_INFER_SCHEMA', { format: format === 'parquet' ? 'Parquet' : format });
  return pathFileRelation(
    { format, paths: [location], options: command.options, schema: undefined, pathOption: false },
    session.conf,
  ).schema;
}

function partitionColumnsLast(schema: StructType, partitionColumns: readonly string[]): StructType {
  const isPartition = (f: StructField) => partitionColumns.some((p) => p.toLowerCase() === f.name.toLowerCase());
  const nullable = schema.fields.map((f) => new StructField(f.name, f.dataType, true, f.metadata));
  return new StructType([...nullable.filter((f) => !isPartition(f)), ...nullable.filter(isPartition)]);
}

/** DROP TABLE, DROP VIEW. What was cached of a table, a permanent view or a view by text goes with its dependants. */
export function dropRelation(session: SparkSession, command: DropRelation): CommandResult {
  const { catalog, store } = session.sessionState;
  const found = catalog.find(command.nameParts);
  if (!found) {
    if (command.ifExists) return NOTHING;
    catalog.require(command.nameParts);
    return NOTHING;
  }
  if (found.kind !== 'table') {
    const nameParts = found.kind === 'globalTemp' ? [GLOBAL_TEMP_DATABASE, found.name] : [found.name];
    session.uncacheByName(nameParts, found.view.kind === 'text');
    if (found.kind === 'globalTemp') store.globalTempViews.delete(found.name.toLowerCase());
    else catalog.dropTempView(found.name);
    return NOTHING;
  }
  const { meta } = found;
  if (command.isView !== (meta.view !== undefined)) throw wrongKind(meta, command.isView ? 'DROP VIEW' : 'DROP TABLE');
  session.uncacheByName(meta.identifier.nameParts, true);
  catalog.invalidate(meta.identifier);
  store.dropTable(meta.identifier.database as string, meta.identifier.table);
  if (meta.type === 'MANAGED') rmSync(meta.location, { recursive: true, force: true });
  return NOTHING;
}

function wrongKind(meta: TableMetadata, operation: string) {
  return meta.view
    ? analysisError('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE', { viewName: meta.identifier.quoted, operation })
    : analysisError('EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE', { tableName: meta.identifier.quoted, operation });
}

/** INSERT INTO, INSERT OVERWRITE. Afterwards the table's entries, and those over its path, are planned anew. */
export function insertInto(session: SparkSession, command: InsertInto): CommandResult {
  const meta = session.requireTable(command.nameParts, 'INSERT');
  const query = session.analyze(insertQuery(command, meta, session));
  if (command.overwrite && readsFrom(query, meta.location))
    throw analysisError('UNSUPPORTED_OVERWRITE.TABLE', { table: meta.identifier.quoted });
  const job = session
    .writeFiles(query, {
      format: meta.provider,
      path: meta.location,
      mode: command.overwrite ? 'overwrite' : 'append',
      partitionBy: meta.partitionColumns,
      options: meta.options,
      overwriteOnly: command.overwrite ? staticPartition(command) : undefined,
    })
    .then(() => {
      addFoundPartitions(session, meta);
      dataChanged(session, meta);
    });
  return { ...NOTHING, job };
}

/** The rows as the table wants them: columns by position or name, static partition values last, cast to the table's types. */
function insertQuery(command: InsertInto, meta: TableMetadata, session: SparkSession): LogicalPlan {
  const input = session.analyze(command.query);
  const statics = command.partition.filter(([, v]) => v !== undefined) as (readonly [string, Expression])[];
  const isStatic = (name: string) => statics.find(([c]) => c.toLowerCase() === name.toLowerCase())?.[1];
  const targets = meta.schema.fields.filter((f) => isStatic(f.name) === undefined);
  const listed = command.byName ? input.output.map((a) => a.name) : command.columns;
  const wanted = listed.length > 0 ? listed.length : targets.length;
  if (input.output.length !== wanted) {
    const condition =
      input.output.length > wanted
        ? 'INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS'
        : 'INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS';
    throw analysisError(condition, {
      tableName: meta.identifier.quoted,
      tableColumns: targets.map((f) => quoteIdentifier(f.name)).join(', '),
      dataColumns: input.output.map((a) => quoteIdentifier(a.name)).join(', '),
    });
  }
  const columns = meta.schema.fields.map((f) => {
    const fixed = isStatic(f.name);
    const position =
      listed.length > 0 ? listed.findIndex((c) => c.toLowerCase() === f.name.toLowerCase()) : targets.indexOf(f);
    const source = fixed ?? (position < 0 ? Literal.NULL : (input.output[position] as Expression));
    return new Alias(new Cast(source, f.dataType, 'ANSI'), f.name);
  });
  return new Project(columns, input);
}

function staticPartition(command: InsertInto): Readonly<Record<string, string>> | undefined {
  const entries = command.partition
    .filter(([, v]) => v instanceof Literal)
    .map(([c, v]) => [c, String((v as Literal).value)] as const);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function readsFrom(plan: LogicalPlan, location: string): boolean {
  return plan.existsWithSubqueries((p) => p instanceof LogicalRelation && p.relation.rootPaths.includes(location));
}

/** Registers partition folders that a write has made. */
export function addFoundPartitions(session: SparkSession, meta: TableMetadata): void {
  if (meta.partitionColumns.length === 0) return;
  const { store, catalog } = session.sessionState;
  const found = partitionFolders(meta.location, meta.partitionColumns);
  const kept = meta.partitions.filter((p) => !found.some((f) => f.location === p.location) && existsSync(p.location));
  store.putTable({ ...meta, partitions: [...kept, ...found] });
  catalog.invalidate(meta.identifier);
}

function partitionFolders(
  root: string,
  columns: readonly string[],
  spec: Readonly<Record<string, string>> = {},
): TablePartition[] {
  const [column, ...rest] = columns;
  if (column === undefined) return [{ spec, location: root }];
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter(
      (name) => name.toLowerCase().startsWith(`${column.toLowerCase()}=`) && statSync(join(root, name)).isDirectory(),
    )
    .sort()
    .flatMap((name) => {
      const text = decodeURIComponent(name.slice(column.length + 1));
      const value = text === '__HIVE_DEFAULT_PARTITION__' ? {} : { [column]: text };
      return partitionFolders(join(root, name), rest, { ...spec, ...value });
    });
}

/** After a table's files changed: new listing, and its entries planned anew. */
export function dataChanged(session: SparkSession, meta: TableMetadata): void {
  const { catalog } = session.sessionState;
  const plan = session.analyzedTable(meta.identifier.nameParts);
  session.refreshFiles(plan);
  session.recacheByPlan(plan);
  session.refreshByPath(meta.location);
  catalog.invalidate(meta.identifier);
}

export function truncateTable(session: SparkSession, command: TruncateTable): CommandResult {
  const meta = session.requireTable(command.nameParts, 'TRUNCATE TABLE');
  if (meta.type === 'EXTERNAL')
    throw analysisError('_LEGACY_ERROR_TEMP_1266', { tableIdentWithDB: meta.identifier.quoted });
  for (const name of existsSync(meta.location) ? readdirSync(meta.location) : [])
    rmSync(join(meta.location, name), { recursive: true, force: true });
  dataChanged(session, meta);
  return NOTHING;
}

/** MSCK REPAIR TABLE, ALTER TABLE … RECOVER PARTITIONS. */
export function repairTable(session: SparkSession, command: Pick<RepairTable, 'nameParts'>): CommandResult {
  const meta = session.requireTable(command.nameParts, 'MSCK REPAIR TABLE');
  if (meta.partitionColumns.length === 0)
    throw analysisError('NOT_A_PARTITIONED_TABLE', {
      operation: 'MSCK REPAIR TABLE',
      tableIdentWithDB: meta.identifier.quoted,
    });
  addFoundPartitions(session, meta);
  dataChanged(session, session.requireTable(command.nameParts, 'MSCK REPAIR TABLE'));
  return NOTHING;
}

export function alterRelation(session: SparkSession, command: AlterRelation): CommandResult {
  const { catalog, store } = session.sessionState;
  const found = catalog.require(command.nameParts);
  const { change } = command;
  if (found.kind !== 'table') {
    const global = found.kind === 'globalTemp';
    if (change.action === 'rename') {
      // The entry, if any, keeps its blocks and its old name.
      const to = change.to.at(-1) as string;
      if (global) {
        store.globalTempViews.delete(found.name.toLowerCase());
        store.globalTempViews.set(to.toLowerCase(), { name: to, view: found.view });
      } else {
        catalog.dropTempView(found.name);
        catalog.setTempView(to, found.view);
      }
      return NOTHING;
    }
    if (change.action === 'setQuery') {
      const view = viewText(session, change.originalText, change.query);
      session.views.put(found.name, { kind: 'text', view }, { replace: true, global });
      return NOTHING;
    }
    throw wrongKindTemp(found.name, command);
  }
  const { meta } = found;
  if (command.isView !== (meta.view !== undefined) && change.action !== 'rename')
    throw wrongKind(meta, command.isView ? 'ALTER VIEW' : 'ALTER TABLE');
  switch (change.action) {
    case 'rename':
      return renameTable(session, meta, change.to);
    case 'setProperties':
      store.putTable({ ...meta, properties: { ...meta.properties, ...change.properties } });
      catalog.invalidate(meta.identifier);
      return NOTHING;
    case 'unsetProperties':
      store.putTable({
        ...meta,
        properties: Object.fromEntries(Object.entries(meta.properties).filter(([k]) => !change.keys.includes(k))),
      });
      return NOTHING;
    case 'addColumns': {
      session.uncacheByName(meta.identifier.nameParts, true);
      const split = meta.schema.fields.length - meta.partitionColumns.length;
      const fields = [
        ...meta.schema.fields.slice(0, split),
        ...change.columns.fields,
        ...meta.schema.fields.slice(split),
      ];
      store.putTable({ ...meta, schema: new StructType(fields) });
      catalog.invalidate(meta.identifier);
      return NOTHING;
    }
    case 'setQuery': {
      session.uncacheByName(meta.identifier.nameParts, true);
      const view = viewText(session, change.originalText, change.query);
      store.putTable(viewMetadata(meta.identifier, view, { comment: meta.comment, properties: meta.properties }));
      return NOTHING;
    }
    case 'addPartitions': {
      const added = change.partitions.map((p) => ({
        spec: p.spec,
        location: p.location === undefined ? partitionPath(meta, p.spec) : resolve(p.location),
      }));
      for (const p of added) mkdirSync(p.location, { recursive: true });
      store.putTable({ ...meta, partitions: [...meta.partitions, ...added] });
      catalog.invalidate(meta.identifier);
      dataChanged(session, meta);
      return NOTHING;
    }
    case 'dropPartitions': {
      const matches = (p: TablePartition) =>
        change.partitions.some((spec) => Object.entries(spec).every(([k, v]) => p.spec[k] === v));
      for (const p of meta.partitions.filter(matches))
        if (meta.type === 'MANAGED') rmSync(p.location, { recursive: true, force: true });
      store.putTable({ ...meta, partitions: meta.partitions.filter((p) => !matches(p)) });
      catalog.invalidate(meta.identifier);
      dataChanged(session, meta);
      return NOTHING;
    }
    case 'recoverPartitions':
      return repairTable(session, { nameParts: command.nameParts });
    case 'setLocation':
      session.uncacheByName(meta.identifier.nameParts, true);
      store.putTable({ ...meta, location: localPath(change.location) });
      catalog.invalidate(meta.identifier);
      return NOTHING;
  }
}

function wrongKindTemp(name: string, command: AlterRelation) {
  return command.isView
    ? unsupported(`ALTER VIEW of a temporary view (${name})`)
    : analysisError('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE', {
        viewName: quoteIdentifier(name),
        operation: 'ALTER TABLE',
      });
}

function partitionPath(meta: TableMetadata, spec: Readonly<Record<string, string>>): string {
  return join(
    meta.location,
    ...meta.partitionColumns.map((c) => `${c}=${encodeURIComponent(spec[c] ?? '__HIVE_DEFAULT_PARTITION__')}`),
  );
}

/** The entry of the old name goes; if there was one, the new name is cached, lazily, at its level. */
function renameTable(session: SparkSession, meta: TableMetadata, to: readonly string[]): CommandResult {
  const { catalog, store } = session.sessionState;
  const database = to.length > 1 ? (to.at(-2) as string) : (meta.identifier.database as string);
  const identifier = store.identifier(database, to.at(-1) as string);
  if (store.table(database, identifier.table))
    throw analysisError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: identifier.quoted });
  const level = session.cachedLevelOf(session.analyzedTable(meta.identifier.nameParts));
  if (level !== undefined) session.uncacheByName(meta.identifier.nameParts, true);
  store.dropTable(meta.identifier.database as string, meta.identifier.table);
  catalog.invalidate(meta.identifier);
  store.putTable({ ...meta, identifier });
  if (level !== undefined) session.cacheQuery(session.analyzedTable(identifier.nameParts), level, to.join('.'));
  return NOTHING;
}
