import type { CacheTable, LogicalPlan, UncacheTable } from '../../plan/logical/index.js';
import { StorageLevel } from '../../storage/block/storage-level.js';
import { quoteIdentifier, quoteIfNeeded } from '../../types/index.js';
import { persistentOption, ttlMillis } from '../cache-options.js';
import { type CommandResult, done } from '../command-result.js';
import type { SparkSession } from '../spark-session.js';
import { mapText, notFound } from './names.js';
import { viewText } from './view-commands.js';

/** CACHE TABLE: registers, and unless LAZY counts the rows so that all blocks are there. A failing count takes the entry (and
 * the view of `AS`) away again. Spark: `CacheTableExec`, `CacheTableAsSelectExec`. */
export function cacheTable(session: SparkSession, command: CacheTable): CommandResult {
  const { level, ttl, persistent } = cacheOptions(session, command.options);
  const name = command.nameParts.at(-1) as string;
  let analyzedQuery: LogicalPlan | undefined;
  if (command.query) {
    analyzedQuery = session.analyze(command.query);
    session.views.put(
      name,
      { kind: 'text', view: viewText(session, command.originalText ?? '', analyzedQuery) },
      { replace: false, global: false },
    );
  }
  const plan = session.analyzedTable(command.nameParts);
  const options = Object.keys(command.options).length > 0 ? `, ${mapText(command.options)}` : '';
  const result = analyzedQuery
    ? done(
        `CacheTableAsSelect ${name}, ${command.originalText}, ${command.isLazy}${options}, true`,
        [],
        [analyzedQuery],
      )
    : done(`CacheTable [${command.nameParts.join(', ')}], ${command.isLazy}${options}, true`, [], [plan]);
  // What was cached before stays, also if the count fails.
  const isNew = session.sharedState.cacheManager.lookup(plan) === undefined;
  const undo = (error: unknown): never => {
    if (isNew) session.uncacheQuery(plan, false);
    if (command.query) session.views.dropTemp(name);
    throw error;
  };
  try {
    session.cacheQuery(plan, level, command.nameParts.map(quoteIfNeeded).join('.'), ttl, persistent);
    if (command.isLazy) return result;
    return { ...result, job: session.countPlan(plan).then(() => undefined, undo) };
  } catch (error) {
    return undo(error);
  }
}

/** `storageLevel`; Spark does not have `ttl` and `persistent`. */
const OPTIONS: readonly string[] = ['storagelevel', 'ttl', 'persistent'];

function cacheOptions(session: SparkSession, options: Readonly<Record<string, string>>) {
  const given = new Map(Object.entries(options).map(([k, v]) => [k.toLowerCase(), v]));
  const unknown = Object.entries(options).filter(([k]) => !OPTIONS.includes(k.toLowerCase()));
  if (unknown.length > 0)
    session.warn('CacheTableExec', `Invalid options: ${unknown.map(([k, v]) => `${k} -> ${v}`).join(', ')}`);
  const level = given.get('storagelevel') ?? session.conf.get('spark.sql.defaultCacheStorageLevel');
  const ttl = given.get('ttl');
  // Before anything is registered.
  if (ttl !== undefined) ttlMillis(ttl);
  const persistent = given.get('persistent');
  return {
    level: StorageLevel.fromString(level.toUpperCase()),
    ttl,
    persistent: persistent === undefined ? undefined : persistentOption(persistent),
  };
}

/** UNCACHE TABLE. Tables and permanent views take their dependants with them, temporary views do not. */
export function uncacheTable(session: SparkSession, command: UncacheTable): CommandResult {
  const found = session.sessionState.catalog.find(command.nameParts);
  if (!found && command.ifExists) return done(`NoopCommand UNCACHE TABLE, [${command.nameParts.join(', ')}]`);
  if (!found) throw notFound(command.nameParts, command.nameOrigin);
  const plan = session.analyzedTable(command.nameParts);
  session.uncacheQuery(plan, found.kind === 'table');
  return done(`UncacheTable ${command.ifExists}, true`, [], [plan]);
}

/** REFRESH TABLE: files are listed anew, the table's entries and those that depend on it are planned anew. Spark: `CatalogImpl.refreshTable`. */
export function refreshTable(session: SparkSession, nameParts: readonly string[]): CommandResult {
  const { catalog } = session.sessionState;
  const found = catalog.require(nameParts);
  const plan = session.analyzedTable(nameParts);
  if (found.kind === 'table' && !found.meta.view) catalog.invalidate(found.meta.identifier);
  session.refreshFiles(plan);
  session.recacheByPlan(plan);
  const name = found.kind === 'table' ? found.meta.identifier.quoted : nameParts.map(quoteIdentifier).join('.');
  return done(`RefreshTableCommand ${name}`);
}
