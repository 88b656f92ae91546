import { analysisError, SparkError, unsupported } from '../errors/index.js';
import {
  AlterNamespace,
  AlterRelation,
  AnalyzeTable,
  CacheTable,
  ClearCache,
  type Command,
  CommentOnTable,
  CreateJavaFunction,
  CreateNamespace,
  CreateSqlFunction,
  CreateTable,
  CreateTableLike,
  CreateTempViewUsing,
  CreateVariable,
  CreateView,
  DeleteFrom,
  DescribeCommand,
  DropFunction,
  DropNamespace,
  DropRelation,
  DropVariable,
  Explain,
  InsertInto,
  MultiInsert,
  RefreshFunction,
  RefreshResource,
  RefreshTable,
  RepairTable,
  ResetCommand,
  RowLevelCommand,
  SetCommand,
  SetVariable,
  ShowCommand,
  TruncateTable,
  UncacheTable,
  UseNamespace,
} from '../plan/logical/index.js';
import { type CommandResult, done } from './command-result.js';
import { alterRelation, commentOnTable } from './commands/alter-table.js';
import { analyzeTable } from './commands/analyze-commands.js';
import { cacheTable, refreshTable, uncacheTable } from './commands/cache-commands.js';
import { resetConf, setConf } from './commands/conf-commands.js';
import { createTable, createTableLike } from './commands/create-table.js';
import { describe } from './commands/describe-commands.js';
import { dropRelation } from './commands/drop-commands.js';
import { explain } from './commands/explain-command.js';
import { insertInto, multiInsert } from './commands/insert-commands.js';
import { quotedTable } from './commands/names.js';
import { alterNamespace, createNamespace, dropNamespace, useNamespace } from './commands/namespace-commands.js';
import { repairTable, truncateTable } from './commands/partitions.js';
import { createJavaFunction, createSqlFunction, dropFunction, refreshFunction } from './commands/routine-commands.js';
import { show } from './commands/show-commands.js';
import { createVariable, dropVariable, setVariable } from './commands/variable-commands.js';
import { createTempViewUsing, createView } from './commands/view-commands.js';
import type { SparkSession } from './spark-session.js';

/** Runs a statement at once, as Spark's `sql()` does; statements with a job start it and hand its promise on. */
export function runCommand(session: SparkSession, command: Command): CommandResult {
  if (command instanceof CacheTable) return cacheTable(session, command);
  if (command instanceof UncacheTable) return uncacheTable(session, command);
  if (command instanceof ClearCache) {
    session.clearCache();
    return done('ClearCache');
  }
  if (command instanceof RefreshTable) return refreshTable(session, command.nameParts);
  if (command instanceof RefreshResource) {
    if (command.path === '') throw analysisError('PATH_NOT_FOUND', { path: command.path });
    session.refreshByPath(command.path);
    return done(`RefreshResource ${command.path}`);
  }
  if (command instanceof RefreshFunction) return refreshFunction(session, command);
  if (command instanceof CreateSqlFunction) return createSqlFunction(session, command);
  if (command instanceof CreateJavaFunction) return createJavaFunction(session, command);
  if (command instanceof DropFunction) return dropFunction(session, command);
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
  if (command instanceof ResetCommand) return resetConf(session, command);
  if (command instanceof CreateNamespace) return createNamespace(session, command);
  if (command instanceof DropNamespace) return dropNamespace(session, command);
  if (command instanceof UseNamespace) return useNamespace(session, command);
  if (command instanceof AlterNamespace) return alterNamespace(session, command);
  if (command instanceof CommentOnTable) return commentOnTable(session, command);
  if (command instanceof CreateTableLike) return createTableLike(session, command);
  if (command instanceof MultiInsert) return multiInsert(session, command);
  if (command instanceof AnalyzeTable) return analyzeTable(session, command);
  if (command instanceof DeleteFrom) throw notSupported(session, command.nameParts, 'DELETE');
  if (command instanceof RowLevelCommand) {
    if (command.statement.startsWith('REPLACE')) throw notSupported(session, command.nameParts, command.statement);
    throw new SparkError('analysis', '_LEGACY_ERROR_TEMP_2096', { ddl: command.statement }, command.origin);
  }
  throw unsupported(`the statement ${command.kind}`, command.origin);
}

/** Tables of files take no changes of single rows. */
function notSupported(session: SparkSession, nameParts: readonly string[], operation: string) {
  const tableName = quotedTable(session, nameParts);
  if (operation === 'DELETE') {
    session.requireTable(nameParts, operation);
    // Spark meets the cached relation where it expects the table.
    if (session.catalog.isCached(nameParts.map((n) => `\`${n.replaceAll('`', '``')}\``).join('.')))
      return new SparkError('analysis', 'INTERNAL_ERROR', { message: 'Unexpected table relation: InMemoryRelation' });
  }
  return analysisError('UNSUPPORTED_FEATURE.TABLE_OPERATION', { tableName, operation });
}
