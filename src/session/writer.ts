import { analysisError } from '../errors/index.js';
import { CreateTable, InsertInto, type LogicalPlan, LogicalRelation } from '../plan/logical/index.js';
import type { SaveMode } from '../storage/files/file-output.js';
import { localPath } from '../storage/files/listing.js';
import type { TableMetadata } from './catalog-store.js';
import { parseParts } from './column.js';
import { createTable } from './commands/create-table.js';
import { insertInto } from './commands/insert-commands.js';
import { dataChanged } from './commands/partitions.js';
import type { DataFrame } from './dataframe.js';
import type { OptionValue } from './reader.js';

/** Saves a DataFrame's rows. Entries that read the written path are planned anew. Spark: `DataFrameWriter`. */
export class DataFrameWriter {
  #format: string | undefined;
  #mode: SaveMode = 'errorifexists';
  #partitionBy: readonly string[] = [];
  readonly #options: Record<string, string> = {};
  constructor(private readonly df: DataFrame) {}

  format(name: string): this {
    this.#format = name.toLowerCase();
    return this;
  }
  /** append, overwrite, ignore, error (default) or errorifexists. @throws INVALID_SAVE_MODE */
  mode(mode: string): this {
    const m = mode.toLowerCase();
    if (m === 'append' || m === 'overwrite' || m === 'ignore') this.#mode = m;
    else if (m === 'error' || m === 'errorifexists' || m === 'default') this.#mode = 'errorifexists';
    else throw analysisError('INVALID_SAVE_MODE', { mode: `"${mode}"` });
    return this;
  }
  option(key: string, value: OptionValue): this {
    this.#options[key] = String(value);
    return this;
  }
  options(options: Readonly<Record<string, OptionValue>>): this {
    for (const [k, v] of Object.entries(options)) this.option(k, v);
    return this;
  }
  partitionBy(...columns: readonly string[]): this {
    this.#partitionBy = columns;
    return this;
  }
  private get formatName(): string {
    return this.#format ?? this.df.sparkSession.conf.get('spark.sql.sources.default');
  }

  /** @throws PATH_ALREADY_EXISTS, UNSUPPORTED_OVERWRITE.PATH when the query reads what it would overwrite */
  async save(path: string): Promise<void> {
    const session = this.df.sparkSession;
    const target = localPath(path);
    const plan = this.df.logicalPlan;
    if (
      this.#mode === 'overwrite' &&
      readsUncached(this.df.queryExecution.sparkSession.sharedState.cacheManager.useCachedData(plan), target)
    )
      throw analysisError('UNSUPPORTED_OVERWRITE.PATH', { path: `file:${target}` });
    await session.idle();
    if (this.df.ready) {
      session.jobSeen(this.df.ready);
      await this.df.ready;
    }
    const written = await session.writeFiles(plan, {
      format: this.formatName,
      path: target,
      mode: this.#mode,
      partitionBy: this.#partitionBy,
      options: this.#options,
    });
    if (written) session.refreshByPath(target);
  }
  parquet(path: string): Promise<void> {
    return this.format('parquet').save(path);
  }
  csv(path: string): Promise<void> {
    return this.format('csv').save(path);
  }
  json(path: string): Promise<void> {
    return this.format('json').save(path);
  }
  text(path: string): Promise<void> {
    return this.format('text').save(path);
  }

  /** Appends to (or overwrites) a table, columns by position. */
  async insertInto(name: string, overwrite = this.#mode === 'overwrite'): Promise<void> {
    await this.df.sparkSession.idle();
    await insertInto(
      this.df.sparkSession,
      new InsertInto(parseParts(name), [], [], this.df.logicalPlan, overwrite, false, false),
    ).job;
  }

  /** @throws _LEGACY_ERROR_TEMP_1159, _LEGACY_ERROR_TEMP_1163 */
  private checkFormat({ identifier, provider, partitionColumns }: TableMetadata): void {
    const tableName = identifier.nameParts.join('.');
    if (provider.toLowerCase() !== this.formatName.toLowerCase()) {
      const [existingProvider, specifiedProvider] = [provider, this.formatName];
      throw analysisError('_LEGACY_ERROR_TEMP_1159', { tableName, existingProvider, specifiedProvider });
    }
    const [specifiedPartCols, existingPartCols] = [this.#partitionBy, partitionColumns].map((names) =>
      names.map((n) => n.toLowerCase()).join(', '),
    ) as [string, string];
    if (specifiedPartCols !== existingPartCols)
      throw analysisError('_LEGACY_ERROR_TEMP_1163', { tableName, specifiedPartCols, existingPartCols });
  }

  /** Makes a table of the rows; with append, adds to it by column name. @throws TABLE_OR_VIEW_ALREADY_EXISTS */
  async saveAsTable(name: string): Promise<void> {
    const session = this.df.sparkSession;
    const parts = parseParts(name);
    await session.idle();
    const { catalog, store } = session.sessionState;
    const database = parts.length > 1 ? (parts.at(-2) as string) : catalog.currentDatabase;
    const existing = store.table(database, parts.at(-1) as string);
    if (existing && this.#mode === 'ignore') return;
    if (existing && this.#mode === 'errorifexists')
      throw analysisError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: existing.identifier.quoted });
    if (existing && this.#mode === 'append') {
      this.checkFormat(existing);
      await insertInto(session, new InsertInto(parts, [], [], this.df.logicalPlan, false, false, true)).job;
      return;
    }
    if (existing) {
      catalog.invalidate(existing.identifier);
      store.dropTable(database, existing.identifier.table);
    }
    const path = Object.entries(this.#options).find(([k]) => k.toLowerCase() === 'path')?.[1];
    const command = new CreateTable(
      parts,
      undefined,
      this.formatName,
      this.#partitionBy,
      path,
      this.#options,
      false,
      false,
      this.df.logicalPlan,
    );
    await createTable(session, command, existing !== undefined).job;
    // Entries over the table that was replaced are planned anew.
    if (existing) dataChanged(session, session.requireTable(parts, 'saveAsTable'), 'path');
  }
}

function readsUncached(plan: LogicalPlan, path: string): boolean {
  return plan.existsWithSubqueries((p) => p instanceof LogicalRelation && p.relation.rootPaths.includes(path));
}
