import { analysisError } from '../../errors/index.js';
import { declaredSchema, declaredType } from '../../plan/analysis/char-varchar.js';
import type { AttributeReference } from '../../plan/expressions/index.js';
import { type DescribeCommand, ResolvedCommand, SubqueryAlias } from '../../plan/logical/index.js';
import {
  quoteIdentifier,
  STRING,
  StructType as Struct,
  StructField,
  type StructType,
  type Value,
} from '../../types/index.js';
import { CATALOG_NAME, GLOBAL_TEMP_DATABASE, type TableMetadata } from '../catalog-store.js';
import { type CommandResult, shownRows } from '../command-result.js';
import type { ResolvedName } from '../session-catalog.js';
import type { SparkSession } from '../spark-session.js';
import { CURRENT_DEFAULT } from './column-defaults.js';
import { describeFunction } from './function-commands.js';
import { mapText, notFound, resolvedTable } from './names.js';
import { describeNamespace } from './namespace-commands.js';
import { requirePartition } from './partitions.js';
import {
  bucketInfo,
  type Info,
  infoText,
  JsonInfo,
  jsonColumns,
  partitionInfo,
  storageInfo,
  tableInfo,
} from './table-info.js';

const COLUMNS = new Struct([
  new StructField('col_name', STRING, false),
  new StructField('data_type', STRING, false),
  new StructField('comment', STRING, true),
]);

/** DESCRIBE. @param toExplain a partition that is not there is no error yet */
export function describe(session: SparkSession, command: DescribeCommand, toExplain = false): CommandResult {
  switch (command.what) {
    case 'query': {
      if (!command.query) throw notFound([]);
      const { schema } = session.analyze(command.query);
      const rows = columnRows(schema);
      return shownRows(`DescribeQueryCommand ${command.queryText}`, COLUMNS, rows);
    }
    case 'table':
      return command.asJson
        ? describeJson(session, command, toExplain)
        : command.column
          ? describeColumn(session, command)
          : describeTable(session, command, toExplain);
    case 'function':
      return describeFunction(session, command);
    case 'database':
      return describeNamespace(session, command.nameParts ?? [], command.extended);
  }
}

function required(session: SparkSession, command: DescribeCommand): ResolvedName {
  const nameParts = command.nameParts ?? [];
  const found = session.sessionState.catalog.find(nameParts);
  if (!found) throw notFound(nameParts, command.nameOrigin);
  return found;
}

function columnRows(schema: StructType): Value[][] {
  return schema.fields.map((f) => [
    f.name,
    f.dataType.simpleString,
    (f.metadata['comment'] as string | undefined) ?? null,
  ]);
}

/** The name as plans show it; of a temporary view as it is asked for. */
function quotedName(found: ResolvedName, asked: readonly string[]): string {
  if (found.kind === 'table') return found.meta.identifier.quoted;
  const last = asked.at(-1) ?? found.name;
  const parts = found.kind === 'globalTemp' ? [GLOBAL_TEMP_DATABASE, last] : [last];
  return parts.map(quoteIdentifier).join('.');
}

/** DESC PARTITION is for tables. @throws FORBIDDEN_OPERATION */
function checkPartition(found: ResolvedName, command: DescribeCommand): void {
  if (Object.keys(command.partition).length === 0) return;
  if (found.kind === 'table' && !found.meta.view) return;
  throw analysisError('FORBIDDEN_OPERATION', {
    statement: 'DESC PARTITION',
    objectType: found.kind === 'table' ? 'VIEW' : 'TEMPORARY VIEW',
    objectName: quoteIdentifier(found.kind === 'table' ? found.meta.identifier.table : found.name),
  });
}

/** Spark: `DescribeTableCommand`. */
function describeTable(session: SparkSession, command: DescribeCommand, toExplain: boolean): CommandResult {
  const found = required(session, command);
  checkPartition(found, command);
  const { extended, partition } = command;
  const hasPartition = Object.keys(partition).length > 0;
  const text = `DescribeTableCommand ${quotedName(found, command.nameParts ?? [])}, ${hasPartition ? `${mapText(partition)}, ` : ''}${extended}, @columns`;
  if (found.kind !== 'table') {
    const { schema } = session.sessionState.catalog.planOf(found);
    return shownRows(text, COLUMNS, columnRows(declaredSchema(schema)));
  }
  const { meta } = found;
  const rows = columnRows(meta.schema);
  const blank = () => rows.push(['', '', '']);
  const add = (info: Info) => {
    for (const [k, v] of info) rows.push([k, infoText(k, v), '']);
  };
  if (meta.partitionColumns.length > 0) {
    rows.push(['# Partition Information', '', ''], ['# col_name', 'data_type', 'comment']);
    rows.push(...columnRows(new Struct(meta.schema.fields.slice(-meta.partitionColumns.length))));
  }
  if (hasPartition && !toExplain) {
    const found = requirePartition(session, meta, partition);
    if (extended) {
      blank();
      rows.push(['# Detailed Partition Information', '', '']);
      add([
        ['Database', meta.identifier.database as string],
        ['Table', meta.identifier.table],
        ...partitionInfo(meta, found),
      ]);
      blank();
      rows.push(['# Storage Information', '', '']);
      add([...bucketInfo(meta), ...storageInfo(meta.location, meta.options)]);
    }
  } else if (extended) {
    blank();
    rows.push(['# Detailed Table Information', '', '']);
    add(tableInfo(session, meta).filter(([k]) => k !== 'Partition Columns' && k !== 'Schema'));
  }
  rows.push(...defaultRows(meta));
  return shownRows(text, COLUMNS, rows);
}

function defaultRows(meta: TableMetadata): Value[][] {
  const fields = meta.schema.fields.filter((f) => CURRENT_DEFAULT in f.metadata);
  if (fields.length === 0) return [];
  return [
    ['', '', ''],
    ['# Column Default Values', '', ''],
    ...fields.map((f) => [f.name, f.dataType.simpleString, f.metadata[CURRENT_DEFAULT] as string]),
  ];
}

/** Spark: `DescribeColumnCommand`. */
function describeColumn(session: SparkSession, command: DescribeCommand): CommandResult {
  const found = required(session, command);
  const plan = session.sessionState.catalog.planOf(found);
  const parts = command.column ?? [];
  const column = resolveColumn(plan.output, parts);
  if (!column)
    throw analysisError('UNRESOLVED_COLUMN.WITH_SUGGESTION', {
      objectName: quoteIdentifier(parts.join('.')),
      proposal: plan.output.map((a) => quoteIdentifier(a.name)).join(', '),
    });
  if (column === 'nested')
    throw analysisError('_LEGACY_ERROR_TEMP_1060', { command: 'DESC TABLE COLUMN', column: parts.join('.') });
  const meta = found.kind === 'table' ? found.meta : undefined;
  const isTable = meta !== undefined && meta.view === undefined;
  const shown = isTable ? [...(plan instanceof SubqueryAlias ? meta.identifier.nameParts : []), column.name] : parts;
  const comment = column.metadata['comment'];
  const rows: Value[][] = [
    ['col_name', column.name],
    ['data_type', (declaredType(column.metadata) ?? column.dataType).catalogString],
    ['comment', typeof comment === 'string' ? comment : 'NULL'],
  ];
  if (command.extended) {
    const stats = ['min', 'max', 'num_nulls', 'distinct_count', 'avg_col_len', 'max_col_len', 'histogram'];
    rows.push(...stats.map((s) => [s, 'NULL']));
    const text = column.metadata[CURRENT_DEFAULT];
    if (typeof text === 'string') rows.push(['default', text]);
  }
  const text = `DescribeColumnCommand ${quotedName(found, command.nameParts ?? [])}, [${shown.join(', ')}], ${command.extended}, @columns`;
  return shownRows(text, ['info_name', 'info_value'], rows);
}

function resolveColumn(
  output: readonly AttributeReference[],
  parts: readonly string[],
): AttributeReference | 'nested' | undefined {
  const same = (a: string, b: string | undefined) => a.toLowerCase() === b?.toLowerCase();
  const byName = output.find((a) => same(a.name, parts.at(-1)) && parts.length === 1);
  if (byName) return byName;
  if (parts.length > 1 && output.some((a) => same(a.name, parts[0]) && a.dataType.kind === 'struct')) return 'nested';
  return parts.length > 1 ? output.find((a) => same(a.name, parts.at(-1))) : undefined;
}

/** Spark: `DescribeRelationJsonCommand`. */
function describeJson(session: SparkSession, command: DescribeCommand, toExplain: boolean): CommandResult {
  const found = required(session, command);
  checkPartition(found, command);
  const { partition, extended } = command;
  const hasPartition = Object.keys(partition).length > 0;
  const json = new JsonInfo();
  const meta = found.kind === 'table' ? found.meta : undefined;
  if (!meta) {
    const name = found.kind === 'table' ? '' : found.name;
    json
      .set('table_name', name)
      .set('catalog_name', 'system')
      .set('namespace', ['session'])
      .set('schema_name', 'session');
    json.set('columns', jsonColumns(session.sessionState.catalog.planOf(found).schema)).set('type', 'VIEW');
  } else {
    const database = meta.identifier.database as string;
    json.set('table_name', meta.identifier.table).set('catalog_name', CATALOG_NAME);
    json.set('namespace', [database]).set('schema_name', database).set('columns', jsonColumns(meta.schema));
    if (hasPartition && !toExplain) json.add(partitionInfo(meta, requirePartition(session, meta, partition)));
    else json.add(bucketInfo(meta)).add(meta.view ? [] : storageInfo(meta.location, meta.options));
    json.add(tableInfo(session, meta));
  }
  json.set('collation', 'UTF8_BINARY');
  const text = `DescribeRelationJsonCommand ${hasPartition ? `${mapText(partition)}, ` : ''}${extended}, @columns`;
  const below =
    meta && !meta.view
      ? [resolvedTable(session, meta)]
      : [new ResolvedCommand(`ResolvedTempView ${quotedName(found, command.nameParts ?? [])}`)];
  return shownRows(text, ['json_metadata'], [[json.toString()]], below);
}
