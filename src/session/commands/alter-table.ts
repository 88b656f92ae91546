import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { analysisError, type Origin, unsupported } from '../../errors/index.js';
import {
  type AlterRelation,
  type ColumnChange,
  type CommentOnTable,
  ResolvedCommand,
} from '../../plan/logical/index.js';
import { equalTypes, quoteIdentifier, StructField, StructType } from '../../types/index.js';
import { scalaTypeText } from '../../types/scala-text.js';
import { GLOBAL_TEMP_DATABASE, type TableMetadata } from '../catalog-store.js';
import { type CommandResult, done } from '../command-result.js';
import type { SparkSession } from '../spark-session.js';
import { CURRENT_DEFAULT } from './column-defaults.js';
import { tableLocation, withExistsDefaults } from './create-table.js';
import { checkDuplicates } from './insert-commands.js';
import { mapText, notFound, resolvedTable, tableName } from './names.js';
import {
  addPartitions,
  dropPartitions,
  renamePartition,
  repairTable,
  setPartitionLocation,
  specMap,
} from './partitions.js';
import { alterViewQuery, alterViewSchemaMode, renameTempView } from './view-commands.js';

type Change = AlterRelation['change'];

/** What Spark calls each form in its errors. */
function operationName(command: AlterRelation): string {
  const what = command.isView ? 'ALTER VIEW' : 'ALTER TABLE';
  switch (command.change.action) {
    case 'rename':
      return `${what} ... RENAME TO`;
    case 'setProperties':
      return `${what} ... SET TBLPROPERTIES`;
    case 'unsetProperties':
      return `${what} ... UNSET TBLPROPERTIES`;
    case 'addColumns':
      return 'ALTER TABLE ... ADD COLUMNS';
    case 'changeColumn':
      return 'ALTER TABLE ... CHANGE COLUMN';
    case 'addPartitions':
      return 'ALTER TABLE ... ADD PARTITION ...';
    case 'dropPartitions':
      return 'ALTER TABLE ... DROP PARTITION ...';
    case 'renamePartition':
      return 'ALTER TABLE ... RENAME TO PARTITION';
    case 'recoverPartitions':
      return 'ALTER TABLE ... RECOVER PARTITIONS';
    case 'setLocation':
      return 'ALTER TABLE ... SET LOCATION ...';
    case 'setSerde':
      return 'ALTER TABLE ... SET [SERDE|SERDEPROPERTIES]';
    case 'setQuery':
      return 'ALTER VIEW ... AS';
    case 'schemaMode':
      return 'ALTER VIEW ... WITH SCHEMA';
    case 'unsupported':
      return `ALTER TABLE ... ${command.change.feature}`;
  }
}

/** ALTER TABLE, ALTER VIEW. */
export function alterRelation(session: SparkSession, command: AlterRelation): CommandResult {
  const { catalog } = session.sessionState;
  const { change, isView, nameParts } = command;
  const found = catalog.find(nameParts);
  if (!found) throw notFound(nameParts, command.nameOrigin);
  if (found.kind !== 'table') {
    const parts = found.kind === 'globalTemp' ? [GLOBAL_TEMP_DATABASE, found.name] : [found.name];
    const quoted = parts.map(quoteIdentifier).join('.');
    if (change.action === 'rename') return renameTempView(session, found, change.to, isView);
    if (change.action === 'setQuery' && isView) return alterViewQuery(session, found, change);
    if (isView)
      throw analysisError(
        'EXPECT_PERMANENT_VIEW_NOT_TEMP',
        { viewName: quoted, operation: operationName(command) },
        command.nameOrigin,
      );
    throw analysisError(
      'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE',
      { viewName: quoted, operation: operationName(command) },
      command.nameOrigin,
    );
  }
  const { meta } = found;
  const isViewMeta = meta.view !== undefined;
  if (change.action === 'rename') return renameTable(session, meta, change.to, isView);
  if (isView !== isViewMeta) {
    const operation = operationName(command);
    if (isViewMeta) {
      if (change.action === 'setProperties' || change.action === 'unsetProperties')
        throw analysisError(
          'EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW',
          { viewName: meta.identifier.quoted, operation },
          command.nameOrigin,
        );
      throw analysisError(
        'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE',
        { viewName: meta.identifier.quoted, operation },
        command.nameOrigin,
      );
    }
    const condition =
      change.action === 'setProperties' || change.action === 'unsetProperties'
        ? 'EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE'
        : 'EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE';
    throw analysisError(condition, { tableName: meta.identifier.quoted, operation }, command.nameOrigin);
  }
  if (change.action === 'setQuery') return alterViewQuery(session, found, change);
  if (change.action === 'schemaMode') return alterViewSchemaMode(session, meta, change.mode, command.places.schemaMode);
  return alterTable(session, meta, change, command.origin, nameParts);
}

function alterTable(
  session: SparkSession,
  meta: TableMetadata,
  change: Exclude<Change, { action: 'rename' | 'setQuery' | 'schemaMode' }>,
  origin: Origin,
  nameParts: readonly string[],
): CommandResult {
  const { catalog, store } = session.sessionState;
  const name = meta.identifier.quoted;
  const isView = meta.view !== undefined;
  const put = (next: TableMetadata) => {
    store.putTable(next);
    catalog.invalidate(meta.identifier);
  };
  switch (change.action) {
    case 'setProperties': {
      const { comment, ...rest } = change.properties;
      put({ ...meta, properties: { ...meta.properties, ...rest }, comment: comment ?? meta.comment });
      return done(`AlterTableSetPropertiesCommand ${name}, ${mapText(change.properties)}, ${isView}`);
    }
    case 'unsetProperties': {
      const properties = Object.fromEntries(Object.entries(meta.properties).filter(([k]) => !change.keys.includes(k)));
      put({ ...meta, properties, comment: change.keys.includes('comment') ? undefined : meta.comment });
      return done(
        `AlterTableUnsetPropertiesCommand ${name}, [${change.keys.join(', ')}], ${change.ifExists}, ${isView}`,
      );
    }
    case 'addColumns': {
      // Rows older than a column take its default: readers here give null.
      if (change.columns.fields.some((f) => CURRENT_DEFAULT in f.metadata) && hasFiles(session, meta))
        throw unsupported('ALTER TABLE … ADD COLUMNS … DEFAULT of a table that has rows', origin);
      session.uncacheByName(meta.identifier.nameParts, true);
      const split = meta.schema.fields.length - meta.partitionColumns.length;
      const added = withExistsDefaults(session, change.columns).fields;
      const fields = [...meta.schema.fields.slice(0, split), ...added, ...meta.schema.fields.slice(split)];
      checkDuplicates(
        fields.map((f) => f.name),
        (a, b) => a.toLowerCase() === b.toLowerCase(),
      );
      put({ ...meta, schema: new StructType(fields) });
      const shown = change.columns.fields.map(fieldText).join(', ');
      return done(`AlterTableAddColumnsCommand ${name}, [${shown}]`);
    }
    case 'changeColumn':
      return changeColumn(session, meta, change, origin);
    case 'addPartitions': {
      addPartitions(session, meta, change.partitions, change.ifNotExists);
      const shown = change.partitions
        .map((p) => `(${specMap(p.spec)},${p.location === undefined ? 'None' : `Some(${p.location})`})`)
        .join(', ');
      return done(`AlterTableAddPartitionCommand ${name}, [${shown}], ${change.ifNotExists}`);
    }
    case 'dropPartitions':
      dropPartitions(session, meta, change.partitions, change.ifExists);
      return done(
        `AlterTableDropPartitionCommand ${name}, [${change.partitions.map(specMap).join(', ')}], ${change.ifExists}, false, false`,
      );
    case 'renamePartition':
      renamePartition(session, meta, change.from, change.to);
      return done(`AlterTableRenamePartitionCommand ${name}, ${mapText(change.from)}, ${mapText(change.to)}`);
    case 'recoverPartitions':
      return repairTable(session, { nameParts, add: true, drop: false }, 'ALTER TABLE RECOVER PARTITIONS');
    case 'setLocation': {
      const { partition, location } = change;
      if (partition) setPartitionLocation(session, meta, partition, location);
      else
        put({
          ...meta,
          location: tableLocation(store.database(meta.identifier.database as string).location, location),
        });
      return done(`AlterTableSetLocationCommand ${name}${partition ? `, ${specMap(partition)}` : ''}, ${location}`);
    }
    case 'setSerde':
      put({ ...meta, options: { ...meta.options, ...change.properties } });
      return done(`AlterTableSerDePropertiesCommand ${name}, ${specMap(change.properties)}`);
    case 'unsupported':
      throw analysisError('UNSUPPORTED_FEATURE.TABLE_OPERATION', { tableName: name, operation: change.feature });
  }
}

function hasFiles(session: SparkSession, meta: TableMetadata): boolean {
  return session.sessionState.catalog.relationOf(meta).relation.sizeInBytes > 0;
}

function fieldText(f: StructField): string {
  return `StructField(${f.name},${scalaTypeText(f.dataType)},${f.nullable})`;
}

/** Only comment and default of a column can change, not its type. Spark: `AlterTableChangeColumnCommand`. */
function changeColumn(session: SparkSession, meta: TableMetadata, change: ColumnChange, origin: Origin): CommandResult {
  const { catalog, store } = session.sessionState;
  const name = meta.identifier.quoted;
  const [asked] = change.column as [string];
  const old = meta.schema.fields.find((f) => f.name.toLowerCase() === asked.toLowerCase());
  if (!old)
    throw analysisError(
      'UNRESOLVED_COLUMN.WITH_SUGGESTION',
      {
        objectName: quoteIdentifier(asked),
        proposal: meta.schema.fields.map((f) => quoteIdentifier(f.name)).join(', '),
      },
      origin,
    );
  const refused = change.column.length > 1 ? 'ALTER COLUMN with qualified column' : change.refused;
  if (refused !== undefined)
    throw analysisError('UNSUPPORTED_FEATURE.TABLE_OPERATION', { tableName: name, operation: refused });
  const newType = change.newType ?? old.dataType;
  if (!equalTypes(old.dataType, newType))
    throw analysisError(
      'NOT_SUPPORTED_CHANGE_COLUMN',
      {
        table: name,
        originName: quoteIdentifier(old.name),
        originType: `"${old.dataType.sql}"`,
        newName: quoteIdentifier(old.name),
        newType: `"${newType.sql}"`,
      },
      origin,
    );
  const { [CURRENT_DEFAULT]: _, ...withoutDefault } = old.metadata;
  const metadata = {
    ...(change.defaultSql === undefined ? old.metadata : withoutDefault),
    ...(change.comment === undefined ? {} : { comment: change.comment }),
    ...(change.defaultSql ? { [CURRENT_DEFAULT]: change.defaultSql } : {}),
  };
  const changed = new StructField(old.name, old.dataType, old.nullable, metadata);
  withExistsDefaults(session, new StructType([changed]));
  store.putTable({ ...meta, schema: new StructType(meta.schema.fields.map((f) => (f === old ? changed : f))) });
  catalog.invalidate(meta.identifier);
  return done(
    `AlterTableChangeColumnCommand ${name}, ${old.name}, ${fieldText(new StructField(old.name, newType, true))}`,
  );
}

/** The entry of the old name goes; if there was one, the new name is cached, lazily, at its level. */
function renameTable(
  session: SparkSession,
  meta: TableMetadata,
  to: readonly string[],
  isView: boolean,
): CommandResult {
  const { catalog, store } = session.sessionState;
  const shown = `AlterTableRenameCommand ${meta.identifier.quoted}, ${to.map(quoteIdentifier).join('.')}, ${isView}`;
  const { table } = tableName(session, to);
  const database = to.length > 1 ? tableName(session, to).database : (meta.identifier.database as string);
  const identifier = store.identifier(database, table);
  if (database.toLowerCase() !== (meta.identifier.database as string).toLowerCase())
    throw analysisError('_LEGACY_ERROR_TEMP_1073', { db: meta.identifier.database as string, newDb: database });
  if (store.table(database, identifier.table))
    throw analysisError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: identifier.quoted });
  const old = session.analyzedTable(meta.identifier.nameParts);
  const level = session.cachedLevelOf(old);
  const persistent = session.sharedState.cacheManager.lookup(old)?.relation.cached.persistent;
  if (level !== undefined) session.uncacheByName(meta.identifier.nameParts, true);
  store.dropTable(meta.identifier.database as string, meta.identifier.table);
  catalog.invalidate(meta.identifier);
  store.putTable(movedFiles(session, meta, identifier));
  if (level !== undefined)
    // By the name as written: a temporary view may hide the table.
    session.cacheQuery(session.analyzedTable(to), level, to.join('.'), undefined, persistent);
  return done(shown);
}

/** A managed table's folder follows its name. */
function movedFiles(
  session: SparkSession,
  meta: TableMetadata,
  identifier: TableMetadata['identifier'],
): TableMetadata {
  if (meta.type !== 'MANAGED' || (session.changesFiles && !existsSync(meta.location))) return { ...meta, identifier };
  const { store } = session.sessionState;
  const location = join(store.database(identifier.database as string).location, identifier.table);
  if (session.changesFiles) renameSync(meta.location, location);
  const moved = (path: string) =>
    path.startsWith(`${meta.location}/`) ? location + path.slice(meta.location.length) : path;
  const partitions = meta.partitions.map((p) => ({ ...p, location: moved(p.location) }));
  return { ...meta, identifier, location, partitions };
}

/** COMMENT ON TABLE. */
export function commentOnTable(session: SparkSession, command: CommentOnTable): CommandResult {
  const { catalog, store } = session.sessionState;
  const meta = session.requireTable(command.nameParts, 'COMMENT ON TABLE', command.nameOrigin);
  const below = [resolvedTable(session, meta)];
  store.putTable({ ...meta, comment: command.comment });
  catalog.invalidate(meta.identifier);
  return { ...done(''), plan: new ResolvedCommand(`CommentOnTable ${command.comment}`, below) };
}
