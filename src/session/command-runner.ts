import { analysisError, unsupported } from '../errors/index.js';
import {
  AlterRelation,
  AnalyzeTable,
  CacheTable,
  ClearCache,
  type Command,
  CreateNamespace,
  CreateTable,
  CreateTempViewUsing,
  CreateVariable,
  CreateView,
  DeleteFrom,
  DescribeCommand,
  DropNamespace,
  DropRelation,
  DropVariable,
  Explain,
  InsertInto,
  RefreshFunction,
  RefreshResource,
  RefreshTable,
  RepairTable,
  ResetCommand,
  SetCommand,
  SetVariable,
  ShowCommand,
  TruncateTable,
  UncacheTable,
  UseNamespace,
} from '../plan/logical/index.js';
import { type CommandResult, NOTHING, textRows } from './command-result.js';
import { cacheTable, refreshTable, uncacheTable } from './commands/cache-commands.js';
import { describe, explain, show } from './commands/info-commands.js';
import {
  alterRelation,
  createTable,
  dropRelation,
  insertInto,
  repairTable,
  truncateTable,
} from './commands/table-commands.js';
import { createVariable, dropVariable, setVariable } from './commands/variable-commands.js';
import { createTempViewUsing, createView } from './commands/view-commands.js';
import { CONF_ENTRIES } from './conf.js';
import type { SparkSession } from './spark-session.js';

/** Runs a statement at once, as Spark's `sql()` does; statements with a job start it and hand its promise on. */
export function runCommand(session: SparkSession, command: Command): CommandResult {
  const { catalog, store } = session.sessionState;
  if (command instanceof CacheTable) return cacheTable(session, command);
  if (command instanceof UncacheTable) return uncacheTable(session, command);
  if (command instanceof ClearCache) {
    session.clearCache();
    return NOTHING;
  }
  if (command instanceof RefreshTable) return refreshTable(session, command.nameParts);
  if (command instanceof RefreshResource) {
    if (command.path === '') throw analysisError('PATH_NOT_FOUND', { path: command.path });
    session.refreshByPath(command.path);
    return NOTHING;
  }
  if (command instanceof RefreshFunction)
    throw analysisError('UNRESOLVED_ROUTINE', {
      routineName: command.nameParts.join('.'),
      searchPath: '[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]',
    });
  if (command instanceof CreateView) return createView(session, command);
  if (command instanceof CreateTempViewUsing) return createTempViewUsing(session, command);
  if (command instanceof CreateTable) return createTable(session, command);
  if (command instanceof DropRelation) return dropRelation(session, command);
  if (command instanceof InsertInto) return insertInto(session, command);
  if (command instanceof AlterRelation) return alterRelation(session, command);
  if (command instanceof TruncateTable) return truncateTable(session, command);
  if (command instanceof RepairTable) return repairTable(session, command);
  if (command instanceof Explain) return explain(session, command);
  if (command instanceof ShowCommand) return show(session, command);
  if (command instanceof DescribeCommand) return describe(session, command);
  if (command instanceof CreateVariable) return createVariable(session, command);
  if (command instanceof DropVariable) return dropVariable(session, command);
  if (command instanceof SetVariable) return setVariable(session, command);
  if (command instanceof SetCommand) return setConf(session, command);
  if (command instanceof ResetCommand) {
    for (const key of command.conf === undefined ? Object.keys(CONF_ENTRIES) : [command.conf])
      if (session.conf.isModifiable(key) || command.conf !== undefined) session.conf.unset(key);
    return NOTHING;
  }
  if (command instanceof CreateNamespace) {
    store.createDatabase(command.nameParts.at(-1) as string, command.ifNotExists, command.location);
    return NOTHING;
  }
  if (command instanceof DropNamespace) {
    // As in Spark, entries of the tables that go with the schema stay registered.
    const gone = store.dropDatabase(command.nameParts.at(-1) as string, command.ifExists, command.cascade);
    for (const t of gone) catalog.invalidate(t.identifier);
    return NOTHING;
  }
  if (command instanceof UseNamespace) {
    catalog.currentDatabase = store.database(command.nameParts.at(-1) as string).name;
    return NOTHING;
  }
  if (command instanceof AnalyzeTable) {
    session.requireTable(command.nameParts, 'ANALYZE TABLE');
    return NOTHING;
  }
  if (command instanceof DeleteFrom) throw unsupported('DELETE FROM on file tables', command.origin);
  throw unsupported(`the statement ${command.kind}`, command.origin);
}

function setConf(session: SparkSession, { confKey, value }: SetCommand): CommandResult {
  const { conf } = session;
  if (confKey === undefined) return textRows(['key', 'value'], Object.entries(conf.getAll));
  if (confKey === '-v')
    return textRows(
      ['key', 'value', 'meaning', 'Since version'],
      Object.entries(CONF_ENTRIES).map(([k, e]) => [k, conf.getOptional(k) ?? '<undefined>', e.doc, '']),
    );
  if (value === undefined) return textRows(['key', 'value'], [[confKey, conf.getOptional(confKey) ?? '<undefined>']]);
  conf.set(confKey, value);
  return textRows(['key', 'value'], [[confKey, value]]);
}
