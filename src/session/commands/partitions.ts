import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { analysisError } from '../../errors/index.js';
import type { RepairTable, TruncateTable } from '../../plan/logical/index.js';
import { localPath } from '../../storage/files/listing.js';
import { partitionDirectory, unescapePathName } from '../../storage/files/path-names.js';
import { quoteIdentifier } from '../../types/index.js';
import type { TableMetadata, TablePartition } from '../catalog-store.js';
import { type CommandResult, done } from '../command-result.js';
import type { SparkSession } from '../spark-session.js';
import { partitionText } from './partition-text.js';

export type PartitionSpec = Readonly<Record<string, string>>;
const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__';

/** A specification by the table's own column names, values as the columns' types write them.
 * @throws PARTITIONS_NOT_FOUND for a column that is no partition column */
export function normalizedSpec(session: SparkSession, meta: TableMetadata, spec: PartitionSpec): PartitionSpec {
  const entries = Object.entries(spec).map(([key, value]) => {
    const column = meta.partitionColumns.find((c) => c.toLowerCase() === key.toLowerCase());
    if (column === undefined)
      throw analysisError('PARTITIONS_NOT_FOUND', {
        partitionList: quoteIdentifier(key),
        tableName: meta.identifier.quoted,
      });
    const type = meta.schema.fields.find((f) => f.name === column)?.dataType;
    const text = value === NULL_PARTITION || !type ? value : partitionText(value, type, session.timeZone);
    return [column, text ?? NULL_PARTITION] as const;
  });
  return Object.fromEntries(entries);
}

/** Spark: `SessionCatalog.requireExactMatchedPartitionSpec`. */
export function requireWholeSpec(meta: TableMetadata, spec: PartitionSpec): void {
  if (meta.partitionColumns.every((c) => Object.hasOwn(spec, c))) return;
  throw analysisError('_LEGACY_ERROR_TEMP_1232', {
    specKeys: Object.keys(spec).join(', '),
    partitionColumnNames: meta.partitionColumns.join(', '),
    tableName: meta.identifier.quoted,
  });
}

function matches(p: TablePartition, spec: PartitionSpec): boolean {
  return Object.entries(spec).every(([k, v]) => (p.spec[k] ?? NULL_PARTITION) === v);
}

/** Where the catalog names a table without its own name. */
function databaseTable(meta: TableMetadata): string {
  return [meta.identifier.database as string, meta.identifier.table].map(quoteIdentifier).join('.');
}

function specText(spec: PartitionSpec): string {
  return `PARTITION (${Object.entries(spec)
    .map(([k, v]) => `${quoteIdentifier(k)} = ${v}`)
    .join(', ')})`;
}

/** The partition of a whole specification. @throws PARTITIONS_NOT_FOUND, _LEGACY_ERROR_TEMP_1232 */
export function requirePartition(session: SparkSession, meta: TableMetadata, given: PartitionSpec): TablePartition {
  const spec = normalizedSpec(session, meta, given);
  requireWholeSpec(meta, spec);
  const found = meta.partitions.find((p) => matches(p, spec));
  if (!found)
    throw analysisError('PARTITIONS_NOT_FOUND', {
      partitionList: specText(spec),
      tableName: databaseTable(meta),
    });
  return found;
}

/** Partitions that agree with a partial specification. */
export function partitionsOf(session: SparkSession, meta: TableMetadata, given: PartitionSpec): TablePartition[] {
  const spec = normalizedSpec(session, meta, given);
  return meta.partitions.filter((p) => matches(p, spec));
}

function folderOf(meta: TableMetadata, spec: PartitionSpec): string {
  return join(
    meta.location,
    ...meta.partitionColumns.map((c) => partitionDirectory(c, spec[c] === NULL_PARTITION ? null : (spec[c] ?? null))),
  );
}

function stored(spec: PartitionSpec): PartitionSpec {
  return Object.fromEntries(Object.entries(spec).filter(([, v]) => v !== NULL_PARTITION));
}

/** A relative location lies in the table's folder. */
function located(meta: TableMetadata, location: string): string {
  const path = localPath(location);
  return isAbsolute(location) || /^\w+:/.test(location) ? path : join(meta.location, location);
}

function put(session: SparkSession, meta: TableMetadata, partitions: readonly TablePartition[]): void {
  const { store, catalog } = session.sessionState;
  store.putTable({ ...meta, partitions });
  catalog.invalidate(meta.identifier);
  dataChanged(session, { ...meta, partitions });
}

export function addPartitions(
  session: SparkSession,
  meta: TableMetadata,
  parts: readonly { readonly spec: PartitionSpec; readonly location?: string | undefined }[],
  ifNotExists: boolean,
): void {
  const added: TablePartition[] = [];
  const existing: PartitionSpec[] = [];
  for (const p of parts) {
    const spec = normalizedSpec(session, meta, p.spec);
    requireWholeSpec(meta, spec);
    if (meta.partitions.some((q) => matches(q, spec))) {
      existing.push(spec);
      continue;
    }
    const location = p.location === undefined ? folderOf(meta, spec) : located(meta, p.location);
    added.push({ spec: stored(spec), location, createdMs: Date.now() });
  }
  if (existing.length > 0 && !ifNotExists)
    throw analysisError('PARTITIONS_ALREADY_EXIST', {
      partitionList: existing.map(specText).join(', '),
      tableName: databaseTable(meta),
    });
  if (session.changesFiles) for (const p of added) mkdirSync(p.location, { recursive: true });
  put(session, meta, [...meta.partitions, ...added]);
}

export function dropPartitions(
  session: SparkSession,
  meta: TableMetadata,
  specs: readonly PartitionSpec[],
  ifExists: boolean,
): void {
  const wanted = specs.map((s) => normalizedSpec(session, meta, s));
  const missing = wanted.filter((s) => !meta.partitions.some((p) => matches(p, s)));
  if (missing.length > 0 && !ifExists)
    throw analysisError('PARTITIONS_NOT_FOUND', {
      partitionList: missing.map(specText).join(', '),
      tableName: databaseTable(meta),
    });
  const isGone = (p: TablePartition) => wanted.some((s) => matches(p, s));
  if (meta.type === 'MANAGED' && session.changesFiles)
    for (const p of meta.partitions.filter(isGone)) rmSync(p.location, { recursive: true, force: true });
  put(
    session,
    meta,
    meta.partitions.filter((p) => !isGone(p)),
  );
}

export function renamePartition(
  session: SparkSession,
  meta: TableMetadata,
  from: PartitionSpec,
  to: PartitionSpec,
): void {
  const target = normalizedSpec(session, meta, to);
  const old = normalizedSpec(session, meta, from);
  requireWholeSpec(meta, old);
  requireWholeSpec(meta, target);
  const found = requirePartition(session, meta, from);
  if (meta.partitions.some((p) => matches(p, target)))
    throw analysisError('PARTITIONS_ALREADY_EXIST', {
      partitionList: specText(target),
      tableName: databaseTable(meta),
    });
  let { location } = found;
  if (meta.type === 'MANAGED' && session.changesFiles && existsSync(location)) {
    const moved = folderOf(meta, target);
    mkdirSync(join(moved, '..'), { recursive: true });
    renameSync(location, moved);
    location = moved;
  }
  put(
    session,
    meta,
    meta.partitions.map((p) => (p === found ? { ...found, spec: stored(target), location } : p)),
  );
}

export function setPartitionLocation(
  session: SparkSession,
  meta: TableMetadata,
  spec: PartitionSpec,
  location: string,
): void {
  const found = requirePartition(session, meta, spec);
  const moved = { ...found, location: located(meta, location) };
  put(
    session,
    meta,
    meta.partitions.map((p) => (p === found ? moved : p)),
  );
}

/** Registers partition folders that a write has made. @returns whether there are new ones, and whether some are gone */
export function addFoundPartitions(
  session: SparkSession,
  table: TableMetadata,
  counted = false,
): { readonly added: boolean; readonly removed: boolean } {
  if (table.partitionColumns.length === 0) return { added: false, removed: false };
  const { store, catalog } = session.sessionState;
  const { database, table: name } = table.identifier;
  const meta = store.table(database as string, name) ?? table;
  const found = partitionFolders(meta.location, meta.partitionColumns).map((f) => {
    const known = meta.partitions.find((p) => p.location === f.location);
    if (known) return known;
    return { ...f, createdMs: Date.now(), ...(counted ? { parameters: fileParameters(f.location) } : {}) };
  });
  const kept = meta.partitions.filter((p) => !found.some((f) => f.location === p.location) && existsSync(p.location));
  const partitions = [...kept, ...found];
  store.putTable({ ...meta, partitions });
  catalog.invalidate(meta.identifier);
  return {
    added: found.some((f) => !meta.partitions.includes(f)),
    removed: meta.partitions.some((p) => !partitions.includes(p)),
  };
}

/** What recovering partitions notes of each. */
function fileParameters(folder: string): Record<string, string> {
  const files = readdirSync(folder).filter((f) => !f.startsWith('.') && !f.startsWith('_'));
  const size = files.reduce((n, f) => n + statSync(join(folder, f)).size, 0);
  return {
    numFiles: String(files.length),
    totalSize: String(size),
    transient_lastDdlTime: String(Math.floor(Date.now() / 1000)),
  };
}

function partitionFolders(root: string, columns: readonly string[], spec: PartitionSpec = {}): TablePartition[] {
  const [column, ...rest] = columns;
  if (column === undefined) return [{ spec, location: root }];
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter(
      (name) => name.toLowerCase().startsWith(`${column.toLowerCase()}=`) && statSync(join(root, name)).isDirectory(),
    )
    .sort()
    .flatMap((name) => {
      const text = unescapePathName(name.slice(column.length + 1));
      const value = text === NULL_PARTITION ? {} : { [column]: text };
      return partitionFolders(join(root, name), rest, { ...spec, ...value });
    });
}

/** After a table's files changed: new listing, and its entries planned anew: those that contain the table, or after a
 * write (`InsertIntoHadoopFsRelationCommand`) those that read its path. */
export function dataChanged(session: SparkSession, meta: TableMetadata, by: 'table' | 'path' = 'table'): void {
  const { catalog } = session.sessionState;
  const plan = session.analyzedTable(meta.identifier.nameParts);
  session.refreshFiles(plan);
  if (by === 'table') session.recacheByPlan(plan);
  else session.refreshByPath(meta.location);
  // A write keeps the relation, so that plans over it see later writes too.
  if (by === 'table' || meta.partitionColumns.length > 0) catalog.invalidate(meta.identifier);
}

export function truncateTable(session: SparkSession, command: TruncateTable): CommandResult {
  const meta = session.requireTable(command.nameParts, 'TRUNCATE TABLE', command.nameOrigin);
  if (meta.type === 'EXTERNAL')
    throw analysisError('_LEGACY_ERROR_TEMP_1266', { tableIdentWithDB: meta.identifier.quoted });
  const spec = command.partition;
  const folders =
    meta.partitionColumns.length > 0 ? partitionsOf(session, meta, spec ?? {}).map((p) => p.location) : [meta.location];
  if (spec && folders.length === 0) requirePartition(session, meta, spec);
  for (const folder of session.changesFiles ? folders : []) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  dataChanged(session, meta);
  return done(`TruncateTableCommand ${meta.identifier.quoted}${spec ? `, ${specMap(spec)}` : ''}`);
}

/** `Map(a -> 1)`, as plans show an optional specification. */
export function specMap(spec: PartitionSpec): string {
  return `Map(${Object.entries(spec)
    .map(([k, v]) => `${k} -> ${v}`)
    .join(', ')})`;
}

/** MSCK REPAIR TABLE, ALTER TABLE … RECOVER PARTITIONS. */
export function repairTable(
  session: SparkSession,
  command: Pick<RepairTable, 'nameParts' | 'add' | 'drop'>,
  statement = 'MSCK REPAIR TABLE',
): CommandResult {
  const meta = session.requireTable(command.nameParts, statement);
  if (meta.partitionColumns.length === 0)
    throw analysisError('NOT_A_PARTITIONED_TABLE', {
      operation: statement,
      tableIdentWithDB: meta.identifier.quoted,
    });
  if (command.drop) {
    const kept = meta.partitions.filter((p) => existsSync(p.location));
    session.sessionState.store.putTable({ ...meta, partitions: kept });
  }
  if (command.add) addFoundPartitions(session, meta, true);
  dataChanged(session, session.requireTable(command.nameParts, statement));
  return done(`RepairTableCommand ${meta.identifier.quoted}, ${command.add}, ${command.drop}, ${statement}`);
}
