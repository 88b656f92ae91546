import { rmSync } from 'node:fs';
import { analysisError } from '../../errors/index.js';
import type { DropRelation, LogicalPlan } from '../../plan/logical/index.js';
import { GLOBAL_TEMP_DATABASE, type TableMetadata } from '../catalog-store.js';
import { type CommandResult, done } from '../command-result.js';
import type { SparkSession } from '../spark-session.js';
import { notFound, quotedTable, resolvedIdentifier, tableName } from './names.js';

/** DROP TABLE, DROP VIEW. What was cached of a table, a permanent view or a view by text goes with its dependants. */
export function dropRelation(session: SparkSession, command: DropRelation): CommandResult {
  const { catalog, store } = session.sessionState;
  const { ifExists, isView, purge, nameParts } = command;
  const found = catalog.find(nameParts);
  if (found && found.kind !== 'table') {
    const parts = found.kind === 'globalTemp' ? [GLOBAL_TEMP_DATABASE, found.name] : [found.name];
    session.uncacheByName(parts, found.view.kind === 'text');
    if (found.kind === 'globalTemp') store.globalTempViews.delete(found.name.toLowerCase());
    else catalog.dropTempView(found.name);
    return done(`DropTempViewCommand ${nameParts.join('.')}`);
  }
  const { database, table } = tableName(session, nameParts);
  const result = isView
    ? done(`DropTableCommand ${quotedTable(session, nameParts)}, ${ifExists}, ${isView}, ${purge}`)
    : done(`DropTable ${ifExists}, ${purge}`, [resolvedIdentifier(database, table)]);
  if (!found) {
    if (ifExists) return result;
    throw notFound(['spark_catalog', database, table], command.nameOrigin);
  }
  const { meta } = found;
  if (isView !== (meta.view !== undefined)) {
    // Spark forgets what was cached of it before it looks what it is: DROP TABLE of a view.
    if (!isView) session.uncacheByName(meta.identifier.nameParts, true);
    throw analysisError('WRONG_COMMAND_FOR_OBJECT_TYPE', {
      alternative: isView ? 'DROP TABLE' : 'DROP VIEW',
      operation: isView ? 'DROP VIEW' : 'DROP TABLE',
      requiredType: isView ? 'VIEW' : 'EXTERNAL or MANAGED',
      objectName: meta.identifier.nameParts.join('.'),
      foundType: meta.type,
    });
  }
  if (isView) uncacheView(session, meta);
  else session.uncacheByName(meta.identifier.nameParts, true);
  dropMetadata(session, meta);
  return result;
}

/** What is cached of a view's plan, under whatever name, and of what contains it. A view that cannot be resolved any more keeps
 * its entries. Spark: `DropTableCommand`. */
function uncacheView(session: SparkSession, meta: TableMetadata): void {
  let plan: LogicalPlan;
  try {
    plan = session.analyzedTable(meta.identifier.nameParts);
  } catch {
    return;
  }
  session.uncacheQuery(plan, true);
}

/** Forgets a table or view: its plan, and the files of a managed table. */
function dropMetadata(session: SparkSession, meta: TableMetadata): void {
  const { catalog, store } = session.sessionState;
  catalog.invalidate(meta.identifier);
  store.dropTable(meta.identifier.database as string, meta.identifier.table);
  if (meta.type === 'MANAGED' && session.changesFiles) rmSync(meta.location, { recursive: true, force: true });
}
