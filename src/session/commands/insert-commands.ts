import { existsSync } from 'node:fs';
import { analysisError, SparkError } from '../../errors/index.js';
import {
  arityMismatch,
  type OutputResolution,
  resolveOutputColumns,
} from '../../plan/analysis/table-output-resolver.js';
import { Alias, type AttributeReference, Cast, Literal } from '../../plan/expressions/index.js';
import {
  type InsertInto,
  type LogicalPlan,
  LogicalRelation,
  type MultiInsert,
  Project,
  TableIdentifier,
} from '../../plan/logical/index.js';
import { quoteIdentifier, STRING, StructField, StructType, toSqlString } from '../../types/index.js';
import type { TableMetadata } from '../catalog-store.js';
import { type CommandResult, done } from '../command-result.js';
import type { SparkSession } from '../spark-session.js';
import { columnDefault, withDefaults } from './column-defaults.js';
import { mapText, pathText } from './names.js';
import { partitionText } from './partition-text.js';
import { addFoundPartitions, dataChanged } from './partitions.js';

type Spec = ReadonlyMap<string, string | null | undefined>;

/** INSERT INTO, INSERT OVERWRITE. Afterwards the table's entries, and those over its path, are planned anew.
 * Spark: `PreprocessTableInsertion`, `DataSourceAnalysis`. */
export function insertInto(session: SparkSession, command: InsertInto): CommandResult {
  const view = fileView(session, command);
  const meta = view?.meta ?? session.requireTable(command.nameParts, 'INSERT', command.nameOrigin);
  const relation = view?.relation ?? session.sessionState.catalog.relationOf(meta);
  const spec = partitionSpec(session, command, meta);
  const query = insertQuery(session, command, meta, relation, spec);
  if (command.overwrite && readsFrom(query, meta.location))
    throw analysisError('UNSUPPORTED_OVERWRITE.TABLE', { table: meta.identifier.quoted });
  const text = insertText(command, meta, query, spec);
  if (command.ifPartitionNotExists && partitionExists(meta, spec)) return done(text, [query]);
  const job = session
    .writeFiles(query, {
      format: meta.provider,
      path: meta.location,
      mode: command.overwrite ? 'overwrite' : 'append',
      partitionBy: meta.partitionColumns,
      options: meta.options,
      overwriteOnly: command.overwrite ? overwritten(session, meta, spec) : undefined,
    })
    .then(
      () => {
        if (view) {
          view.relation.relation.refresh();
          session.refreshByPath(meta.location);
          return;
        }
        const { added, removed } = addFoundPartitions(session, meta);
        // Commands of their own in Spark, which plan the table's entries anew, before those over the path are.
        if (added) dataChanged(session, meta);
        if (removed && command.overwrite) dataChanged(session, meta);
        dataChanged(session, meta, 'path');
      },
      (error: unknown) => {
        throw overflowInInsert(error, query);
      },
    );
  return { ...done(text, [query]), job };
}

/** A temporary view that is files and nothing else takes rows as a table does.
 * @returns undefined for tables and other views */
function fileView(
  session: SparkSession,
  { nameParts }: InsertInto,
): { readonly meta: TableMetadata; readonly relation: LogicalRelation } | undefined {
  const found = session.sessionState.catalog.find(nameParts);
  if (found === undefined || found.kind === 'table' || found.view.kind !== 'plan') return undefined;
  const relation = found.view.plan;
  if (!(relation instanceof LogicalRelation) || relation.catalogTable !== undefined) return undefined;
  const { format, rootPaths, partitionSchema, options } = relation.relation;
  const [location] = rootPaths;
  if (location === undefined || rootPaths.length > 1) return undefined;
  const meta: TableMetadata = {
    identifier: new TableIdentifier(found.name),
    type: 'EXTERNAL',
    provider: format,
    schema: new StructType(relation.output.map((a) => new StructField(a.name, a.dataType, true))),
    partitionColumns: partitionSchema.fields.map((f) => f.name),
    location,
    options,
    properties: {},
    comment: undefined,
    view: undefined,
    partitions: [],
    createdMs: 0,
  };
  return { meta, relation };
}

/** What an overwrite replaces: undefined all, otherwise partitions of these values; in dynamic mode those that get rows. */
function overwritten(session: SparkSession, meta: TableMetadata, spec: Spec): Record<string, string> | undefined {
  const statics = staticValues(spec);
  const mode = (session.conf.getOptional('spark.sql.sources.partitionOverwriteMode') ?? 'static').toUpperCase();
  const partial = Object.keys(statics ?? {}).length < meta.partitionColumns.length;
  return mode === 'DYNAMIC' && partial ? {} : statics;
}

function partitionExists(meta: TableMetadata, spec: Spec): boolean {
  return meta.partitions.some((p) =>
    meta.partitionColumns.every((c) => (p.spec[c] ?? null) === (spec.get(c) ?? null) && spec.get(c) !== undefined),
  );
}

function insertText(command: InsertInto, meta: TableMetadata, query: LogicalPlan, spec: Spec): string {
  const path = pathText(meta.location);
  const statics = staticValues(spec);
  const dynamic = query.output.filter((a) =>
    meta.partitionColumns.some((c) => c.toLowerCase() === a.name.toLowerCase()),
  );
  const { path: _, ...options } = meta.options;
  const index = meta.partitionColumns.length > 0 ? 'CatalogFileIndex' : 'InMemoryFileIndex';
  const parts = [
    path,
    ...(statics ? [mapText(statics)] : []),
    String(command.ifPartitionNotExists),
    ...(dynamic.length > 0 ? [`[${dynamic.join(', ')}]`] : []),
    formatText(meta.provider),
    mapText({ ...options, path }),
    command.overwrite ? 'Overwrite' : 'Append',
    meta.identifier.quoted,
    `org.apache.spark.sql.execution.datasources.${index}(${path})`,
    `[${query.output.map((a) => a.name).join(', ')}]`,
  ];
  return `InsertIntoHadoopFsRelationCommand ${parts.join(', ')}`;
}

function formatText(provider: string): string {
  return provider === 'parquet' ? 'Parquet' : provider === 'text' ? 'Text' : provider.toUpperCase();
}

/** Several INSERTs from one FROM, one after the other. */
export function multiInsert(session: SparkSession, command: MultiInsert): CommandResult {
  const results = command.inserts.map((i) => insertInto(session, i));
  const plans = results.flatMap((r) => (r.plan ? [r.plan] : []));
  const job = results.reduce((before: Promise<void>, r) => before.then(() => r.job), Promise.resolve());
  for (const r of results) r.job?.catch(() => undefined);
  return { ...done('Union false, false', plans), job };
}

/** The partition specification by the table's own column names; undefined values are dynamic. */
function partitionSpec(session: SparkSession, command: InsertInto, meta: TableMetadata): Spec {
  const spec = new Map<string, string | null | undefined>();
  for (const [name, value] of command.partition) {
    const column = meta.schema.fields.find(
      (f) => sameName(session)(f.name, name) && meta.partitionColumns.includes(f.name),
    );
    if (!column)
      throw analysisError('PARTITIONS_NOT_FOUND', {
        partitionList: quoteIdentifier(name),
        tableName: meta.identifier.quoted,
      });
    if (value === undefined) {
      spec.set(column.name, undefined);
      continue;
    }
    const literal = value as Literal;
    const text = literal.value === null ? null : toSqlString(literal.value, literal.dataType, session.timeZone);
    spec.set(column.name, text === null ? null : partitionText(text, column.dataType, session.timeZone));
  }
  if (spec.size > 0 && spec.size !== meta.partitionColumns.length)
    throw analysisError('_LEGACY_ERROR_TEMP_1169', {
      tableName: meta.identifier.quoted,
      normalizedPartSpec: [...spec.keys()].join(','),
      partColNames: meta.partitionColumns.join(','),
    });
  return spec;
}

function staticValues(spec: Spec): Record<string, string> | undefined {
  const known = [...spec].filter((e): e is [string, string | null] => e[1] !== undefined);
  if (known.length === 0) return undefined;
  return Object.fromEntries(known.map(([k, v]) => [k, v ?? '__HIVE_DEFAULT_PARTITION__']));
}

const sameName = (session: SparkSession) => (a: string, b: string) =>
  a === b || (!session.conf.boolean('spark.sql.caseSensitive') && a.toLowerCase() === b.toLowerCase());

/** The rows as the table wants them. */
function insertQuery(
  session: SparkSession,
  command: InsertInto,
  meta: TableMetadata,
  relation: LogicalRelation,
  spec: Spec,
): LogicalPlan {
  const same = sameName(session);
  const columns = relation.output as readonly AttributeReference[];
  const expected = columns.filter((a) => spec.get(a.name) === undefined);
  const listed = command.columns;
  checkDuplicates(listed, same);
  const positions = listed.length > 0 ? listed.map((c) => expected.find((a) => same(a.name, c))) : expected;
  const query = session.analyze(
    positions.every((p) => p !== undefined) ? withDefaults(session, command.query, positions) : command.query,
  );
  const policy = (session.conf.getOptional('spark.sql.storeAssignmentPolicy') ?? 'ANSI').toUpperCase();
  const resolution: OutputResolution = {
    tableName: meta.identifier.quoted,
    timeZone: session.timeZone,
    sameName: same,
    policy: policy === 'LEGACY' || policy === 'STRICT' ? policy : 'ANSI',
    defaultOf: (a) => columnDefault(session, a),
  };
  const named = listed.length > 0 ? byColumnList(listed, query, columns, resolution, command) : query;
  const resolved = partitionArity(
    () => resolveOutputColumns(named, expected, listed.length > 0 || command.byName, resolution),
    columns,
    spec,
  );
  const statics = staticValues(spec);
  if (!statics) return session.analyze(resolved);
  const data = columns.length - meta.partitionColumns.length;
  const values = meta.partitionColumns
    .filter((c) => spec.get(c) !== undefined)
    .map((c) => {
      const column = columns.find((a) => a.name === c) as AttributeReference;
      const value = spec.get(c) as string | null;
      const literal = value === null ? Literal.nullOf(STRING) : Literal.string(value);
      return new Alias(new Cast(literal, column.dataType, 'ANSI', session.timeZone), column.name);
    });
  const { output } = resolved;
  return session.analyze(new Project([...output.slice(0, data), ...values, ...output.slice(data)], resolved));
}

/** With static partitions a wrong number of columns has a condition of its own. */
function partitionArity(resolve: () => LogicalPlan, columns: readonly AttributeReference[], spec: Spec): LogicalPlan {
  try {
    return resolve();
  } catch (error) {
    const statics = staticValues(spec);
    if (!statics || !(error instanceof SparkError) || !error.condition.startsWith('INSERT_COLUMN_ARITY_MISMATCH'))
      throw error;
    throw analysisError('INSERT_PARTITION_COLUMN_ARITY_MISMATCH', {
      tableName: error.parameters['tableName'] as string,
      dataColumns: error.parameters['dataColumns'] as string,
      tableColumns: columns.map((c) => quoteIdentifier(c.name)).join(', '),
      staticPartCols: Object.keys(statics).sort().map(quoteIdentifier).join(', '),
    });
  }
}

/** INSERT INTO t (a, b): the query's columns under the names listed. */
function byColumnList(
  listed: readonly string[],
  query: LogicalPlan,
  columns: readonly AttributeReference[],
  resolution: OutputResolution,
  command: InsertInto,
): LogicalPlan {
  const { output } = query;
  if (listed.length !== output.length) {
    const which = listed.length > output.length ? 'NOT_ENOUGH_DATA_COLUMNS' : 'TOO_MANY_DATA_COLUMNS';
    throw arityMismatch(
      which,
      resolution,
      listed.map((name) => ({ name })),
      output,
    );
  }
  const projection = listed.map((name, i) => {
    const column = columns.find((a) => resolution.sameName(a.name, name));
    if (!column)
      throw analysisError(
        'UNRESOLVED_COLUMN.WITH_SUGGESTION',
        {
          objectName: quoteIdentifier(name),
          proposal: columns
            .slice(0, 5)
            .map((a) => quoteIdentifier(a.name))
            .join(', '),
        },
        command.origin,
      );
    return new Alias(output[i] as AttributeReference, column.name);
  });
  return new Project(projection, query);
}

/** @throws COLUMN_ALREADY_EXISTS */
export function checkDuplicates(names: readonly string[], same: (a: string, b: string) => boolean): void {
  const twice = names.find((n, i) => names.findIndex((m) => same(m, n)) < i);
  if (twice !== undefined)
    throw analysisError('COLUMN_ALREADY_EXISTS', { columnName: quoteIdentifier(twice.toLowerCase()) });
}

function readsFrom(plan: LogicalPlan, location: string): boolean {
  return (
    existsSync(location) &&
    plan.existsWithSubqueries((p) => p instanceof LogicalRelation && p.relation.rootPaths.includes(location))
  );
}

/** An overflow of an assignment names the column that it was for. Spark: `CheckOverflowInTableInsert`. */
function overflowInInsert(error: unknown, query: LogicalPlan): unknown {
  if (
    !(error instanceof SparkError) ||
    (error.condition !== 'CAST_OVERFLOW' && error.condition !== 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION')
  )
    return error;
  const { sourceType, targetType } = error.parameters;
  for (const e of query.expressions) {
    if (!(e instanceof Alias) || !(e.child instanceof Cast)) continue;
    const types = { sourceType: `"${e.child.child.dataType.sql}"`, targetType: `"${e.child.dataType.sql}"` };
    if (sourceType !== undefined && (types.sourceType !== sourceType || types.targetType !== targetType)) continue;
    return new SparkError('runtime', 'CAST_OVERFLOW_IN_TABLE_INSERT', {
      ...types,
      columnName: quoteIdentifier(e.name),
    });
  }
  return error;
}
