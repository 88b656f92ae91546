import { rmSync } from 'node:fs';
import { analysisError } from '../../errors/index.js';
import type { AlterNamespace, CreateNamespace, DropNamespace, UseNamespace } from '../../plan/logical/index.js';
import { quoteIdentifier } from '../../types/index.js';
import { CATALOG_NAME, type Database, GLOBAL_TEMP_DATABASE } from '../catalog-store.js';
import { type CommandResult, done, shownRows } from '../command-result.js';
import type { SparkSession } from '../spark-session.js';
import { tableLocation } from './create-table.js';
import { mapText, pathText, redact, resolvedNamespace, schemaName } from './names.js';

export function createNamespace(session: SparkSession, command: CreateNamespace): CommandResult {
  const name = schemaName(command.nameParts);
  const { location, comment, properties } = command;
  if (name.toLowerCase() === GLOBAL_TEMP_DATABASE)
    throw analysisError('SCHEMA_ALREADY_EXISTS', { schemaName: quoteIdentifier(name) });
  session.sessionState.store.createDatabase(
    name,
    command.ifNotExists,
    location === undefined ? undefined : tableLocation(session.sessionState.store.warehouse, location),
    { comment, properties },
  );
  const given = {
    ...properties,
    ...(comment === undefined ? {} : { comment }),
    ...(location === undefined ? {} : { location }),
  };
  const shown = Object.keys(given).length > 0 ? `, ${mapText(given)}` : '';
  return done(`CreateNamespace ${command.ifNotExists}${shown}`, [resolvedNamespace(name)]);
}

export function dropNamespace(session: SparkSession, command: DropNamespace): CommandResult {
  const { catalog, store } = session.sessionState;
  const name = schemaName(command.nameParts);
  if (name.toLowerCase() === 'default')
    throw analysisError('UNSUPPORTED_FEATURE.DROP_DATABASE', { database: quoteIdentifier(name) });
  // As in Spark, entries of the tables that go with the schema stay registered.
  const gone = store.dropDatabase(name, command.ifExists, command.cascade);
  for (const t of gone) {
    catalog.invalidate(t.identifier);
    if (t.type === 'MANAGED' && session.changesFiles) rmSync(t.location, { recursive: true, force: true });
  }
  return done(`DropNamespace ${command.ifExists}, ${command.cascade}`, [resolvedNamespace(name)]);
}

export function useNamespace(session: SparkSession, command: UseNamespace): CommandResult {
  const { catalog, store } = session.sessionState;
  const { nameParts, withWord } = command;
  if (!withWord && nameParts.length === 1 && nameParts[0]?.toLowerCase() === CATALOG_NAME) {
    catalog.currentDatabase = 'default';
    return done('SetCatalogAndNamespace', [resolvedNamespace()]);
  }
  const name = schemaName(nameParts);
  if (name.toLowerCase() === GLOBAL_TEMP_DATABASE) catalog.currentDatabase = GLOBAL_TEMP_DATABASE;
  else catalog.currentDatabase = store.database(name).name;
  if (withWord) return done(`SetNamespaceCommand [${nameParts.join(', ')}]`);
  return done('SetCatalogAndNamespace', [resolvedNamespace(name)]);
}

/** ALTER SCHEMA, COMMENT ON SCHEMA. */
export function alterNamespace(session: SparkSession, { nameParts, change }: AlterNamespace): CommandResult {
  const { store } = session.sessionState;
  const name = schemaName(nameParts);
  const db = store.database(name);
  const below = [resolvedNamespace(name)];
  switch (change.action) {
    case 'setProperties':
      store.alterDatabase({ ...db, properties: { ...db.properties, ...change.properties } });
      return done(`SetNamespaceProperties ${mapText(change.properties)}`, below);
    case 'unsetProperties':
      store.alterDatabase({
        ...db,
        properties: Object.fromEntries(Object.entries(db.properties ?? {}).filter(([k]) => !change.keys.includes(k))),
      });
      return done(`UnsetNamespaceProperties [${change.keys.join(', ')}]`, below);
    case 'setLocation':
      store.alterDatabase({ ...db, location: tableLocation(store.warehouse, change.location) });
      return done(`SetNamespaceLocation ${change.location}`, below);
    case 'comment':
      store.alterDatabase({ ...db, comment: change.comment });
      return done(`CommentOnNamespace ${change.comment}`, below);
  }
}

/** Spark: `DescribeNamespaceExec`. */
export function describeNamespace(
  session: SparkSession,
  nameParts: readonly string[],
  extended: boolean,
): CommandResult {
  const { catalog, store } = session.sessionState;
  const name = schemaName(nameParts);
  const db = store.database(name);
  const rows = [
    ['Catalog Name', CATALOG_NAME],
    ['Namespace Name', db.name],
    ...(db.comment === undefined
      ? db.name === 'default'
        ? [['Comment', 'default database']]
        : []
      : [['Comment', db.comment]]),
    ['Location', pathText(db.location)],
    ['Owner', catalog.currentUser],
    ...(extended ? [['Properties', propertiesText(db)]] : []),
  ];
  return shownRows(`DescribeNamespace ${extended}, @columns`, ['info_name', 'info_value'], rows, [
    resolvedNamespace(name),
  ]);
}

/** `((a,1), (b,2))`, sorted by key. */
function propertiesText(db: Database): string {
  const entries = Object.entries(redact(db.properties ?? {})).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '' : `(${entries.map(([k, v]) => `(${k},${v})`).join(', ')})`;
}

export function requireNamespace(session: SparkSession, name: string): Database | undefined {
  if (name.toLowerCase() === GLOBAL_TEMP_DATABASE) return undefined;
  return session.sessionState.store.database(name);
}
