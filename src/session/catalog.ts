import { parseMultipartIdentifier as parseParts } from '../plan/sql/parser.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import { type CacheEntryInfo, cacheEntries } from './cache-entries.js';
import type { TimedEvent } from './cache-ledger.js';
import { GLOBAL_TEMP_DATABASE } from './catalog-store.js';
import { refreshTable } from './commands/cache-commands.js';
import { repairTable } from './commands/partitions.js';
import type { SparkSession } from './spark-session.js';

/** Tables, views, databases, and the cache by name. Spark: `Catalog`. */
export class Catalog {
  constructor(private readonly session: SparkSession) {}

  private get names() {
    return this.session.sessionState.catalog;
  }
  private get store() {
    return this.session.sessionState.store;
  }

  /** Registers a table's result; nothing runs. @throws TABLE_OR_VIEW_NOT_FOUND */
  cacheTable(name: string, level: StorageLevel | string = this.session.conf.defaultCacheLevel): void {
    const parts = parseParts(name);
    const storageLevel = typeof level === 'string' ? StorageLevel.fromString(level) : level;
    this.session.cacheQuery(this.session.analyzedTable(parts), storageLevel, name);
  }
  /** Tables, permanent views and views by text take their dependants with them; views of DataFrames do not. */
  uncacheTable(name: string): void {
    const parts = parseParts(name);
    const found = this.names.require(parts);
    if (found.kind === 'table') this.session.uncacheByName(found.meta.identifier.nameParts, true);
    else this.session.uncacheQuery(this.session.analyze(this.names.planOf(found)), found.view.kind === 'text');
  }
  /** Whether the plan behind the name is cached, whoever cached it. @throws TABLE_OR_VIEW_NOT_FOUND */
  isCached(name: string): boolean {
    this.session.dropExpired();
    return this.session.sharedState.cacheManager.lookup(this.session.analyzedTable(parseParts(name))) !== undefined;
  }
  clearCache(): void {
    this.session.clearCache();
  }
  /** Lists a table's files anew and plans its entries, and those over it, anew. */
  refreshTable(name: string): void {
    refreshTable(this.session, parseParts(name));
  }
  /** The same for all entries that read files under a path. */
  refreshByPath(path: string): void {
    this.session.refreshByPath(path);
  }
  /** All entries, newest first: sizes, blocks, hits and misses. */
  cacheEntries(): CacheEntryInfo[] {
    return cacheEntries(this.session);
  }
  /** The last events of the cache, at most 1,000, oldest first. */
  cacheEvents(): readonly TimedEvent[] {
    return this.session.sharedState.ledger.events;
  }

  dropTempView(name: string): boolean {
    return this.session.views.dropTemp(name);
  }
  dropGlobalTempView(name: string): boolean {
    return this.session.views.dropGlobalTemp(name);
  }
  tableExists(name: string, database?: string): boolean {
    return this.names.find(database === undefined ? parseParts(name) : [database, name]) !== undefined;
  }
  /** Registers the partition folders that a table has. @throws NOT_A_PARTITIONED_TABLE */
  recoverPartitions(name: string): void {
    const command = { nameParts: parseParts(name), add: true, drop: false };
    repairTable(this.session, command, 'ALTER TABLE RECOVER PARTITIONS');
  }
  databaseExists(name: string): boolean {
    return this.store.databases.has(name.toLowerCase());
  }
  get currentDatabase(): string {
    return this.names.currentDatabase;
  }
  /** @throws SCHEMA_NOT_FOUND */
  setCurrentDatabase(name: string): void {
    this.names.currentDatabase = this.store.database(name).name;
  }
  listDatabases(): { name: string; location: string }[] {
    return [...this.store.databases.values()].map(({ name, location }) => ({ name, location }));
  }
  /** Tables and views of a database, and the session's temporary views. */
  listTables(
    database = this.names.currentDatabase,
  ): { name: string; database: string | undefined; tableType: string; isTemporary: boolean }[] {
    const out: { name: string; database: string | undefined; tableType: string; isTemporary: boolean }[] = [];
    if (database.toLowerCase() === GLOBAL_TEMP_DATABASE)
      for (const v of this.store.globalTempViews.values())
        out.push({ name: v.name, database: GLOBAL_TEMP_DATABASE, tableType: 'TEMPORARY', isTemporary: true });
    else
      for (const t of this.store.database(database).tables.values())
        out.push({ name: t.identifier.table, database: t.identifier.database, tableType: t.type, isTemporary: false });
    for (const v of this.names.tempViews)
      out.push({ name: v.name, database: undefined, tableType: 'TEMPORARY', isTemporary: true });
    return out;
  }
  listColumns(name: string): { name: string; dataType: string; nullable: boolean }[] {
    return this.session
      .analyzedTable(parseParts(name))
      .output.map((a) => ({ name: a.name, dataType: a.dataType.simpleString, nullable: a.nullable }));
  }
  /** @throws TABLE_OR_VIEW_NOT_FOUND */
  getTable(name: string): { name: string; tableType: string; isTemporary: boolean } {
    const found = this.names.require(parseParts(name));
    if (found.kind === 'table')
      return { name: found.meta.identifier.table, tableType: found.meta.type, isTemporary: false };
    return { name: found.name, tableType: 'TEMPORARY', isTemporary: true };
  }
}
