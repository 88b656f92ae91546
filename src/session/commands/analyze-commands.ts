import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { analysisError } from '../../errors/index.js';
import { Cast, Comparison, Literal } from '../../plan/expressions/index.js';
import { type AnalyzeTable, Filter, type LogicalPlan } from '../../plan/logical/index.js';
import { quoteIdentifier, STRING } from '../../types/index.js';
import type { TableMetadata, TablePartition, TableStats } from '../catalog-store.js';
import { type CommandResult, done } from '../command-result.js';
import type { ResolvedName } from '../session-catalog.js';
import type { SparkSession } from '../spark-session.js';
import { partitionsOf } from './partitions.js';

/** ANALYZE TABLE: notes bytes and, unless NOSCAN, rows; of columns nothing is kept. Spark: `AnalyzeTableCommand`. */
export function analyzeTable(session: SparkSession, command: AnalyzeTable): CommandResult {
  const found = session.sessionState.catalog.find(command.nameParts);
  if (found && found.kind !== 'table') return analyzeTemporaryView(session, command, found);
  const meta = session.requireTable(command.nameParts, 'ANALYZE TABLE', command.nameOrigin);
  const { columns, noScan, partition } = command;
  const name = meta.identifier.quoted;
  if (columns !== undefined) {
    const shown = columns === 'all' ? '' : `[${columns.join(', ')}], `;
    return {
      ...done(`AnalyzeColumnCommand ${name}, ${shown}${columns === 'all'}`),
      job: analyzeWhole(session, meta, false),
    };
  }
  if (partition.length > 0) {
    const spec = partition.map(([k, v]) => `${k}=${v === undefined ? 'None' : `Some(${v})`}`).join(', ');
    return {
      ...done(`AnalyzePartitionCommand ${name}, [${spec}], ${noScan}`),
      job: analyzePartitions(session, meta, partition, noScan),
    };
  }
  return { ...done(`AnalyzeTableCommand ${name}, ${noScan}`), job: analyzeWhole(session, meta, noScan) };
}

/** Columns of a view that is cached; this loads it. Spark: `AnalyzeColumnCommand.analyzeColumnInTempView`.
 * @throws EXPECT_PERMANENT_VIEW_NOT_TEMP, UNSUPPORTED_FEATURE.ANALYZE_UNCACHED_TEMP_VIEW, COLUMN_NOT_FOUND */
function analyzeTemporaryView(
  session: SparkSession,
  { nameParts, nameOrigin, columns }: AnalyzeTable,
  found: Exclude<ResolvedName, { kind: 'table' }>,
): CommandResult {
  const viewName = nameParts.map(quoteIdentifier).join('.');
  if (columns === undefined)
    throw analysisError('EXPECT_PERMANENT_VIEW_NOT_TEMP', { operation: 'ANALYZE TABLE', viewName }, nameOrigin);
  const plan = session.analyze(session.sessionState.catalog.planOf(found));
  if (!session.sharedState.cacheManager.lookup(plan))
    throw analysisError('UNSUPPORTED_FEATURE.ANALYZE_UNCACHED_TEMP_VIEW', { viewName });
  const fold = (name: string) => (session.conf.boolean('spark.sql.caseSensitive') ? name : name.toLowerCase());
  const missing =
    columns === 'all' ? undefined : columns.find((c) => !plan.output.some((a) => fold(a.name) === fold(c)));
  if (missing !== undefined)
    throw analysisError('COLUMN_NOT_FOUND', {
      colName: quoteIdentifier(missing),
      caseSensitiveConfig: '"spark.sql.caseSensitive"',
    });
  const shown = columns === 'all' ? '' : `[${columns.join(', ')}], `;
  const job = session.countPlan(plan).then(() => undefined);
  return { ...done(`AnalyzeColumnCommand ${viewName}, ${shown}${columns === 'all'}`), job };
}

function sizeOf(path: string): bigint {
  if (!existsSync(path)) return 0n;
  const stat = statSync(path);
  if (!stat.isDirectory()) return BigInt(stat.size);
  return readdirSync(path)
    .filter((f) => !f.startsWith('.') && !f.startsWith('_'))
    .reduce((n, f) => n + sizeOf(join(path, f)), 0n);
}

async function analyzeWhole(session: SparkSession, meta: TableMetadata, noScan: boolean): Promise<void> {
  await session.idle();
  const { store } = session.sessionState;
  const { database, table } = meta.identifier;
  const rowCount = noScan
    ? undefined
    : BigInt(await session.countPlan(session.analyzedTable(meta.identifier.nameParts)));
  const latest = store.table(database as string, table);
  const paths = meta.partitionColumns.length > 0 ? meta.partitions.map((p) => p.location) : [meta.location];
  const sizeInBytes = paths.reduce((n, p) => n + sizeOf(p), 0n);
  if (latest) store.putTable({ ...latest, stats: { sizeInBytes, rowCount } });
}

async function analyzePartitions(
  session: SparkSession,
  meta: TableMetadata,
  partition: AnalyzeTable['partition'],
  noScan: boolean,
): Promise<void> {
  await session.idle();
  const { store } = session.sessionState;
  const { database, table } = meta.identifier;
  const spec = Object.fromEntries(partition.filter((e): e is readonly [string, string] => e[1] !== undefined));
  const found = partitionsOf(session, meta, spec);
  if (
    found.length === 0 &&
    partition.length === meta.partitionColumns.length &&
    Object.keys(spec).length === partition.length
  )
    throw analysisError('PARTITIONS_NOT_FOUND', {
      partitionList: `PARTITION (${Object.entries(spec)
        .map(([k, v]) => `\`${k}\` = ${v}`)
        .join(', ')})`,
      tableName: meta.identifier.quoted,
    });
  const counted = new Map<string, TableStats>();
  for (const p of found) {
    const rowCount = noScan ? undefined : BigInt(await session.countPlan(partitionPlan(session, meta, p)));
    counted.set(p.location, { sizeInBytes: sizeOf(p.location), rowCount });
  }
  const latest = store.table(database as string, table);
  if (!latest) return;
  const partitions = latest.partitions.map((p) => {
    const stats = counted.get(p.location);
    return stats ? { ...p, stats } : p;
  });
  store.putTable({ ...latest, partitions });
}

/** The rows of one partition. */
function partitionPlan(session: SparkSession, meta: TableMetadata, p: TablePartition): LogicalPlan {
  let plan = session.analyzedTable(meta.identifier.nameParts);
  for (const c of meta.partitionColumns) {
    const column = plan.output.find((a) => a.name === c);
    if (!column) continue;
    const text = p.spec[c];
    const value = new Cast(text === undefined ? Literal.nullOf(STRING) : Literal.string(text), column.dataType, 'ANSI');
    plan = session.analyze(new Filter(new Comparison('EqualNullSafe', column, value), plan));
  }
  return plan;
}
