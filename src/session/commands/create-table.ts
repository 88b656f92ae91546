import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { analysisError, unsupported } from '../../errors/index.js';
import { declaredSchema } from '../../plan/analysis/char-varchar.js';
import type { AttributeReference } from '../../plan/expressions/index.js';
import { type CreateTable, type CreateTableLike, type LogicalPlan, Project } from '../../plan/logical/index.js';
import { localPath } from '../../storage/files/listing.js';
import { quoteIdentifier, StructField, StructType } from '../../types/index.js';
import type { TableMetadata } from '../catalog-store.js';
import { type CommandResult, done } from '../command-result.js';
import { pathFileRelation } from '../file-relation.js';
import type { SparkSession } from '../spark-session.js';
import { CURRENT_DEFAULT, defaultValue, EXISTS_DEFAULT } from './column-defaults.js';
import { checkDuplicates } from './insert-commands.js';
import { quotedTable, tableName } from './names.js';
import { addFoundPartitions } from './partitions.js';

/** CREATE TABLE … USING, with or without a query. The table is known at once; with a query its files are written by the job.
 * @param replacing the files of an older table may lie where this one's go
 * Spark: `PreprocessTableCreation`, `CreateDataSourceTableCommand`, `CreateDataSourceTableAsSelectCommand`. */
export function createTable(session: SparkSession, command: CreateTable, replacing = false): CommandResult {
  const { catalog, store } = session.sessionState;
  const { database, table } = tableName(session, command.nameParts);
  const quoted = quotedTable(session, command.nameParts);
  const identifier = store.identifier(database, table);
  const query = command.query && partitionColumnsLast(session.analyze(command.query), command.partitionColumns);
  const same = (a: string, b: string) =>
    a === b || (!session.conf.boolean('spark.sql.caseSensitive') && a.toLowerCase() === b.toLowerCase());
  const names = (query?.schema ?? command.tableSchema)?.fields.map((f) => f.name) ?? [];
  checkDuplicates(names, same);
  const partitionColumns = checkedPartitionColumns(command, quoted, names, same);
  const result = (job?: Promise<void>): CommandResult => ({
    ...(query
      ? done(
          `CreateDataSourceTableAsSelectCommand ${quoted}, ${command.ifNotExists ? 'Ignore' : 'ErrorIfExists'}, [${query.output.map((a) => a.name).join(', ')}]`,
          [],
          [query],
        )
      : done(`CreateDataSourceTableCommand ${quoted}, ${command.ifNotExists}`)),
    job,
  });
  if (store.table(database, table)) {
    if (command.ifNotExists) return result();
    throw analysisError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: identifier.quoted });
  }
  const provider = (command.provider ?? session.conf.get('spark.sql.sources.default')).toLowerCase();
  const pathOption = Object.entries(command.options).find(([k]) => k.toLowerCase() === 'path')?.[1];
  const givenLocation = command.location ?? pathOption;
  const location =
    givenLocation === undefined
      ? join(store.database(database).location, table.toLowerCase())
      : tableLocation(store.database(database).location, givenLocation);
  const schema =
    (query && declaredSchema(query.schema)) ??
    command.tableSchema ??
    inferTableSchema(session, provider, location, command);
  const options = Object.fromEntries(Object.entries(command.options).filter(([k]) => k.toLowerCase() !== 'path'));
  const meta: TableMetadata = {
    identifier,
    type: givenLocation === undefined ? 'MANAGED' : 'EXTERNAL',
    provider,
    schema: withExistsDefaults(session, reordered(schema, partitionColumns)),
    partitionColumns,
    location,
    options,
    properties: command.properties,
    comment: command.comment,
    view: undefined,
    partitions: [],
    createdMs: Date.now(),
    bucketSpec: command.buckets,
  };
  if (!replacing) checkLocation(session, meta, query !== undefined);
  store.putTable(meta);
  catalog.invalidate(identifier);
  if (!query) {
    if (meta.type === 'MANAGED' && session.changesFiles) mkdirSync(location, { recursive: true });
    return result();
  }
  const job = session
    .writeFiles(query, {
      format: provider,
      path: location,
      mode: 'overwrite',
      partitionBy: partitionColumns,
      options,
    })
    .then(
      () => {
        addFoundPartitions(session, meta, true);
      },
      (error: unknown) => {
        store.dropTable(database, table);
        throw error;
      },
    );
  return result(job);
}

/** No table begins over files that it did not write, except an external one without a query.
 * @throws LOCATION_ALREADY_EXISTS, _LEGACY_ERROR_TEMP_1241 */
function checkLocation(session: SparkSession, meta: TableMetadata, isQuery: boolean): void {
  const { location } = meta;
  if (
    !session.changesFiles ||
    !existsSync(location) ||
    !statSync(location).isDirectory() ||
    readdirSync(location).length === 0
  )
    return;
  if (meta.type === 'MANAGED')
    throw analysisError('LOCATION_ALREADY_EXISTS', {
      location: `'file:${location}'`,
      identifier: meta.identifier.quoted,
    });
  // Files without a column give null here, and its default in Spark.
  if (!isQuery && meta.schema.fields.some((f) => CURRENT_DEFAULT in f.metadata))
    throw unsupported('columns with a DEFAULT over files that exist');
  const config = 'spark.sql.legacy.allowNonEmptyLocationInCTAS';
  if (isQuery && session.conf.getOptional(config) !== 'true')
    throw analysisError('_LEGACY_ERROR_TEMP_1241', { tablePath: `file:${location}`, config });
}

/** The partition columns as the schema writes them. @throws COLUMN_NOT_DEFINED_IN_TABLE, ALL_PARTITION_COLUMNS_NOT_ALLOWED */
function checkedPartitionColumns(
  command: CreateTable,
  quoted: string,
  names: readonly string[],
  same: (a: string, b: string) => boolean,
): readonly string[] {
  if (names.length === 0) {
    if (command.partitionColumns.length > 0) throw analysisError('SPECIFY_PARTITION_IS_NOT_ALLOWED', {});
    if (command.buckets) throw analysisError('SPECIFY_BUCKETING_IS_NOT_ALLOWED', {});
    return [];
  }
  const find = (colType: string) => (c: string) => {
    const found = names.find((n) => same(n, c));
    if (found !== undefined) return found;
    throw analysisError('COLUMN_NOT_DEFINED_IN_TABLE', {
      colType,
      colName: quoteIdentifier(c),
      tableName: quoted,
      tableCols: names.map(quoteIdentifier).join(', '),
    });
  };
  const columns = command.partitionColumns.map(find('partition'));
  command.buckets?.bucketColumns.forEach(find('bucket'));
  command.buckets?.sortColumns.forEach(find('sort'));
  if (columns.length === names.length) throw analysisError('ALL_PARTITION_COLUMNS_NOT_ALLOWED', {});
  return columns;
}

/** A relative path lies in the schema's folder. Spark: `QualifyLocationWithWarehouse`. */
export function tableLocation(database: string, given: string): string {
  return isAbsolute(given) || /^\w+:/.test(given) ? localPath(given) : join(database, given);
}

function inferTableSchema(session: SparkSession, format: string, location: string, command: CreateTable): StructType {
  if (!existsSync(location))
    throw analysisError('UNABLE_TO_INFER_SCHEMA', { format: format === 'parquet' ? 'Parquet' : format });
  return pathFileRelation(
    { format, paths: [location], options: command.options, schema: undefined, pathOption: false },
    session.conf,
  ).schema;
}

function reordered(schema: StructType, partitionColumns: readonly string[]): StructType {
  const isPartition = (f: StructField) => partitionColumns.some((p) => p.toLowerCase() === f.name.toLowerCase());
  const nullable = schema.fields.map((f) => new StructField(f.name, f.dataType, true, f.metadata));
  const last = partitionColumns.flatMap((p) => nullable.filter((f) => f.name.toLowerCase() === p.toLowerCase()));
  return new StructType([...nullable.filter((f) => !isPartition(f)), ...last]);
}

/** A query's columns with the partition columns at the end. */
function partitionColumnsLast(query: LogicalPlan, partitionColumns: readonly string[]): LogicalPlan {
  const isPartition = (a: AttributeReference) => partitionColumns.some((p) => p.toLowerCase() === a.name.toLowerCase());
  const { output } = query;
  const partitions = partitionColumns.flatMap((p) => output.filter((a) => a.name.toLowerCase() === p.toLowerCase()));
  const order = [...output.filter((a) => !isPartition(a)), ...partitions];
  if (order.every((a, i) => a === output[i])) return query;
  const project = new Project(order, query);
  project.analyzed = true;
  return project;
}

/** Checks defaults, and notes their values for rows that are older than their column. */
export function withExistsDefaults(session: SparkSession, schema: StructType): StructType {
  return new StructType(
    schema.fields.map((f) => {
      const text = f.metadata[CURRENT_DEFAULT];
      if (typeof text !== 'string') return f;
      const value = defaultValue(session, f, text);
      const metadata = { ...f.metadata, [EXISTS_DEFAULT]: value.sql(false) };
      return new StructField(f.name, f.dataType, f.nullable, metadata);
    }),
  );
}

/** CREATE TABLE … LIKE: columns, partitioning and format of another table or view; no data, no properties. */
export function createTableLike(session: SparkSession, command: CreateTableLike): CommandResult {
  const { catalog, store } = session.sessionState;
  const found = catalog.require(command.source);
  const { database, table } = tableName(session, command.nameParts);
  const identifier = store.identifier(database, table);
  const written = (parts: readonly string[]) => parts.map(quoteIdentifier).join('.');
  const result = done(
    `CreateTableLikeCommand ${written(command.nameParts)}, ${written(command.source)}, ${command.location === undefined ? 'Storage()' : `Storage(Location: ${command.location})`}, ${command.ifNotExists}`,
  );
  if (store.table(database, table)) {
    if (command.ifNotExists) return result;
    throw analysisError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: identifier.quoted });
  }
  const source = found.kind === 'table' ? found.meta : undefined;
  const isTable = source !== undefined && source.view === undefined;
  const location =
    command.location === undefined
      ? join(store.database(database).location, table.toLowerCase())
      : tableLocation(store.database(database).location, command.location);
  const meta: TableMetadata = {
    identifier,
    type: command.location === undefined ? 'MANAGED' : 'EXTERNAL',
    provider:
      command.provider?.toLowerCase() ??
      (isTable ? source.provider : session.conf.get('spark.sql.sources.default').toLowerCase()),
    schema: source?.schema ?? declaredSchema(catalog.planOf(found).schema),
    partitionColumns: isTable ? source.partitionColumns : [],
    location,
    options: isTable ? source.options : {},
    properties: command.properties,
    comment: undefined,
    view: undefined,
    partitions: [],
    createdMs: Date.now(),
    bucketSpec: isTable ? source.bucketSpec : undefined,
  };
  store.putTable(meta);
  catalog.invalidate(identifier);
  if (meta.type === 'MANAGED' && session.changesFiles) mkdirSync(location, { recursive: true });
  return result;
}
