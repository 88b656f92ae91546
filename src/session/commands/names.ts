import { analysisError, type Origin } from '../../errors/index.js';
import { type LogicalPlan, ResolvedCommand, type TableIdentifier } from '../../plan/logical/index.js';
import { quoteIdentifier, quoteIfNeeded } from '../../types/index.js';
import { CATALOG_NAME, type TableMetadata } from '../catalog-store.js';
import type { SparkSession } from '../spark-session.js';

const CATALOG = `V2SessionCatalog(${CATALOG_NAME})`;

/** Parts of a name behind the catalog's: at most a schema and a table. @throws REQUIRES_SINGLE_PART_NAMESPACE */
export function withoutCatalog(nameParts: readonly string[]): readonly string[] {
  const parts =
    nameParts.length > 1 && (nameParts[0] as string).toLowerCase() === CATALOG_NAME ? nameParts.slice(1) : nameParts;
  if (parts.length > 2)
    throw analysisError('REQUIRES_SINGLE_PART_NAMESPACE', {
      sessionCatalog: CATALOG_NAME,
      namespace: parts.slice(0, -1).map(quoteIdentifier).join('.'),
    });
  return parts;
}

/** Schema (the current one if none is named) and name of a table or view as written. @throws REQUIRES_SINGLE_PART_NAMESPACE */
export function tableName(session: SparkSession, nameParts: readonly string[]): { database: string; table: string } {
  const parts = withoutCatalog(nameParts);
  const table = parts.at(-1) as string;
  return { database: parts.length > 1 ? (parts[0] as string) : session.sessionState.catalog.currentDatabase, table };
}

/** A schema's name. @throws REQUIRES_SINGLE_PART_NAMESPACE */
export function schemaName(nameParts: readonly string[]): string {
  const parts =
    nameParts.length > 1 && (nameParts[0] as string).toLowerCase() === CATALOG_NAME ? nameParts.slice(1) : nameParts;
  if (parts.length !== 1)
    throw analysisError('REQUIRES_SINGLE_PART_NAMESPACE', {
      sessionCatalog: CATALOG_NAME,
      namespace: parts.map(quoteIdentifier).join('.'),
    });
  return parts[0] as string;
}

/** `` `spark_catalog`.`db`.`t` `` with the name as written. */
export function quotedTable(session: SparkSession, nameParts: readonly string[]): string {
  const { database, table } = tableName(session, nameParts);
  return [CATALOG_NAME, database, table].map(quoteIdentifier).join('.');
}

export function notFound(nameParts: readonly string[], origin?: Origin) {
  return analysisError('TABLE_OR_VIEW_NOT_FOUND', { relationName: nameParts.map(quoteIdentifier).join('.') }, origin);
}

/** As plans show a table's path. */
export function pathText(location: string): string {
  return location.startsWith('file:') ? location : `file:${location}`;
}

/** `[a=1, b=2]`, secrets hidden. Spark: `redactMapString`. */
export function mapText(map: Readonly<Record<string, string>>): string {
  return `[${Object.entries(redact(map))
    .map(([k, v]) => `${k}=${v}`)
    .join(', ')}]`;
}

const SECRET = /secret|password|token|access[.]?key|url/i;
const SECRET_OPTION = /secret|password|token|access[.]?key/i;
const HIDDEN = '*********(redacted)';

/** Values whose key or own text looks like a secret are hidden. Spark: `SQLConf.redactOptions`. */
export function redact(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map).map(([k, v]) => [k, SECRET_OPTION.test(k) || (SECRET.test(k) && /jdbc/i.test(v)) ? HIDDEN : v]),
  );
}

export function resolvedNamespace(...parts: readonly string[]): LogicalPlan {
  return new ResolvedCommand(`ResolvedNamespace ${CATALOG}, [${parts.join(', ')}]`);
}
export function resolvedIdentifier(database: string, table: string): LogicalPlan {
  return new ResolvedCommand(`ResolvedIdentifier ${CATALOG}, ${[database, table].map(quoteIfNeeded).join('.')}`);
}
/** A table as the commands of newer catalogs show it. */
export function resolvedTable(session: SparkSession, meta: TableMetadata): LogicalPlan {
  const name = nameOf(meta.identifier);
  const columns = session.sessionState.catalog.relationOf(meta).output;
  return new ResolvedCommand(`ResolvedTable ${CATALOG}, ${name}, V1Table(${name}), [${columns.join(', ')}]`);
}
export function nameOf(identifier: TableIdentifier): string {
  return [identifier.database as string, identifier.table].map(quoteIfNeeded).join('.');
}
