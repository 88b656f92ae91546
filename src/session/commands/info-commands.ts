import { analysisError, unsupported } from '../../errors/index.js';
import { allFunctions, lookupAggregate, lookupScalar } from '../../eval/registry.js';
import { explainCache } from '../../plan/cache/explain-cache.js';
import { Command, type DescribeCommand, type Explain, type ShowCommand } from '../../plan/logical/index.js';
import { BOOLEAN, STRING, StructField, StructType, type Value } from '../../types/index.js';
import { CATALOG_NAME, GLOBAL_TEMP_DATABASE } from '../catalog-store.js';
import { type CommandResult, textRows } from '../command-result.js';
import { QueryExecution } from '../query-execution.js';
import type { SparkSession } from '../spark-session.js';

/** EXPLAIN: one row, one column `plan`. A failing analysis is shown, not thrown, as in Spark. */
export function explain(session: SparkSession, command: Explain): CommandResult {
  const { query, mode } = command;
  if (query instanceof Command) return textRows(['plan'], [[`== Physical Plan ==\nExecute ${query.simpleString}\n`]]);
  const execution = new QueryExecution(session, query);
  const text =
    mode === 'cache'
      ? explainCache(execution.analyzed, session.sharedState.cacheManager).text
      : session.explainString(execution, mode);
  return textRows(['plan'], [[text]]);
}

/** LIKE-less patterns of SHOW: `*` any text, `|` or. Spark: `StringUtils.filterPattern`. */
function matcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  const parts = pattern
    .trim()
    .split('|')
    .map(
      (p) =>
        new RegExp(
          `^${p
            .replace(/[.+?^${}()[\]\\]/g, '\\$&')
            .replaceAll('*', '.*')
            .replaceAll('%', '.*')}$`,
          'i',
        ),
    );
  return (name) => parts.some((r) => r.test(name));
}

export function show(session: SparkSession, command: ShowCommand): CommandResult {
  const { catalog, store } = session.sessionState;
  const matches = matcher(command.pattern);
  switch (command.what) {
    case 'tables':
    case 'views': {
      const database = command.nameParts?.at(-1) ?? catalog.currentDatabase;
      const isViews = command.what === 'views';
      const rows: Value[][] = [];
      if (database.toLowerCase() === GLOBAL_TEMP_DATABASE)
        for (const v of store.globalTempViews.values()) rows.push([GLOBAL_TEMP_DATABASE, v.name, true]);
      else
        for (const t of store.database(database).tables.values())
          if (!isViews || t.view) rows.push([t.identifier.database as string, t.identifier.table, false]);
      for (const v of catalog.tempViews) rows.push(['', v.name, true]);
      const name = isViews ? 'viewName' : 'tableName';
      return {
        schema: new StructType([
          new StructField('namespace', STRING),
          new StructField(name, STRING),
          new StructField('isTemporary', BOOLEAN),
        ]),
        rows: rows
          .filter((r) => matches(r[1] as string))
          .sort((a, b) => ((a[1] as string) < (b[1] as string) ? -1 : 1)),
      };
    }
    case 'databases':
      return textRows(
        ['namespace'],
        [...store.databases.keys()]
          .filter(matches)
          .sort()
          .map((n) => [n]),
      );
    case 'catalogs':
      return textRows(
        ['catalog'],
        [CATALOG_NAME].filter(matches).map((n) => [n]),
      );
    case 'columns':
      return textRows(
        ['col_name'],
        session.analyzedTable(command.nameParts ?? []).output.map((a) => [a.name]),
      );
    case 'functions':
      return textRows(
        ['function'],
        [...new Set(allFunctions().map((f) => f.name))]
          .filter(matches)
          .sort()
          .map((n) => [n]),
      );
    case 'tblproperties': {
      const meta = session.requireTable(command.nameParts ?? [], 'SHOW TBLPROPERTIES');
      const { property } = command;
      if (property !== undefined)
        return textRows(
          ['key', 'value'],
          [
            [
              property,
              meta.properties[property] ??
                `Table ${meta.identifier.nameParts.join('.')} does not have property: ${property}`,
            ],
          ],
        );
      return textRows(['key', 'value'], Object.entries(meta.properties).sort());
    }
    case 'partitions': {
      const meta = session.requireTable(command.nameParts ?? [], 'SHOW PARTITIONS');
      return textRows(
        ['partition'],
        meta.partitions.map((p) => [
          meta.partitionColumns.map((c) => `${c}=${p.spec[c] ?? '__HIVE_DEFAULT_PARTITION__'}`).join('/'),
        ]),
      );
    }
    case 'create table': {
      const meta = session.requireTable(command.nameParts ?? [], 'SHOW CREATE TABLE');
      const columns = meta.schema.fields.map((f) => `  ${f.name} ${f.dataType.sql}`).join(',\n');
      const partition = meta.partitionColumns.length ? `PARTITIONED BY (${meta.partitionColumns.join(', ')})\n` : '';
      const location = meta.type === 'EXTERNAL' ? `LOCATION 'file:${meta.location}'\n` : '';
      return textRows(
        ['createtab_stmt'],
        [
          [
            `CREATE TABLE ${meta.identifier.nameParts.join('.')} (\n${columns})\nUSING ${meta.provider}\n${partition}${location}`,
          ],
        ],
      );
    }
  }
}

export function describe(session: SparkSession, command: DescribeCommand): CommandResult {
  switch (command.what) {
    case 'query':
    case 'table': {
      const plan = command.query ? session.analyze(command.query) : session.analyzedTable(command.nameParts ?? []);
      const columns: Value[][] = plan.output.map((a) => [
        a.name,
        a.dataType.simpleString,
        (a.metadata['comment'] as string | undefined) ?? null,
      ]);
      const found = command.nameParts && session.sessionState.catalog.find(command.nameParts);
      const meta = found?.kind === 'table' ? found.meta : undefined;
      if (meta && meta.partitionColumns.length > 0) {
        columns.push(['# Partition Information', '', ''], ['# col_name', 'data_type', 'comment']);
        for (const c of meta.partitionColumns)
          columns.push([c, meta.schema.fields.find((f) => f.name === c)?.dataType.simpleString ?? '', null]);
      }
      if (meta && command.extended) {
        columns.push(['', '', ''], ['# Detailed Table Information', '', '']);
        columns.push(
          ['Catalog', CATALOG_NAME, ''],
          ['Database', meta.identifier.database as string, ''],
          ['Table', meta.identifier.table, ''],
        );
        columns.push(
          ['Type', meta.type, ''],
          ['Provider', meta.provider, ''],
          ['Location', `file:${meta.location}`, ''],
        );
      }
      return textRows(['col_name', 'data_type', 'comment'], columns);
    }
    case 'function': {
      const name = (command.nameParts?.at(-1) ?? '').toLowerCase();
      const def = lookupScalar(name) ?? lookupAggregate(name);
      if (!def)
        throw analysisError('UNRESOLVED_ROUTINE', {
          routineName: `\`${name}\``,
          searchPath: '[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]',
        });
      const lines = [
        `Function: ${def.name}`,
        `Class: ${def.sparkClass}`,
        `Usage: ${def.doc ? `${def.doc.usage} - ${def.doc.description}` : def.name}`,
      ];
      return textRows(
        ['function_desc'],
        lines.map((l) => [l]),
      );
    }
    case 'database':
      throw unsupported('DESCRIBE DATABASE');
  }
}
