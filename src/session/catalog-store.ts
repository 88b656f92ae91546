import { analysisError } from '../errors/index.js';
import { type LogicalPlan, TableIdentifier } from '../plan/logical/index.js';
import { quoteIdentifier, type StructType } from '../types/index.js';
import type { Routine } from './routines.js';

export const CATALOG_NAME = 'spark_catalog';
export const GLOBAL_TEMP_DATABASE = 'global_temp';

/** A partition of a partitioned table: column values as text, and its folder. */
export interface TablePartition {
  readonly spec: Readonly<Record<string, string>>;
  readonly location: string;
  readonly createdMs?: number | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly stats?: TableStats | undefined;
}

/** What ANALYZE found. Spark: `CatalogStatistics`. */
export interface TableStats {
  readonly sizeInBytes: bigint;
  readonly rowCount: bigint | undefined;
}

/** CLUSTERED BY; kept and shown, the files are not bucketed. Spark: `BucketSpec`. */
export interface BucketSpec {
  readonly numBuckets: number;
  readonly bucketColumns: readonly string[];
  readonly sortColumns: readonly string[];
}

/** What a view does when the schema of its query has changed. Spark: `ViewSchemaMode`. */
export type ViewSchemaMode = 'UNSUPPORTED' | 'BINDING' | 'COMPENSATION' | 'TYPE EVOLUTION' | 'EVOLUTION';

/** What the catalog knows of a table or persistent view. Spark: `CatalogTable`. */
export interface TableMetadata {
  readonly identifier: TableIdentifier;
  readonly type: 'MANAGED' | 'EXTERNAL' | 'VIEW';
  readonly provider: string;
  /** All columns as declared (char and varchar too), partition columns last. */
  readonly schema: StructType;
  readonly partitionColumns: readonly string[];
  /** Folder or file; empty for views. */
  readonly location: string;
  readonly options: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly comment: string | undefined;
  readonly view: ViewText | undefined;
  /** Registered partitions of a partitioned table. */
  readonly partitions: readonly TablePartition[];
  readonly createdMs: number;
  readonly bucketSpec?: BucketSpec | undefined;
  readonly stats?: TableStats | undefined;
}

/** A view's text with what decides its meaning when it is read. */
export interface ViewText {
  readonly text: string;
  /** The view's own column names by position; its query's names are `queryColumns`. */
  readonly schema: StructType;
  readonly queryColumns: readonly string[];
  /** Confs in force when it was made. */
  readonly confs: readonly (readonly [string, string])[];
  readonly database: string;
  readonly schemaMode?: ViewSchemaMode | undefined;
  /** Temporary views that a temporary view reads. */
  readonly tempViews?: readonly (readonly string[])[] | undefined;
}

/** A temporary view: a text, or the analyzed plan of a DataFrame. */
export type TempView =
  | { readonly kind: 'text'; readonly view: ViewText }
  | { readonly kind: 'plan'; readonly plan: LogicalPlan };

export interface Database {
  readonly name: string;
  readonly location: string;
  readonly tables: Map<string, TableMetadata>;
  readonly comment?: string | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

/** As errors name a schema that is not there. */
function schemaName(name: string): string {
  return `${quoteIdentifier(CATALOG_NAME)}.${quoteIdentifier(name)}`;
}

/** Databases, tables and global temporary views of the application. Names are kept as written and found without regard to
 * case. Spark: `InMemoryCatalog`, `GlobalTempViewManager`. */
export class CatalogStore {
  readonly databases = new Map<string, Database>();
  /** Functions by schema and name, both in lower case. */
  readonly routines = new Map<string, Routine>();
  readonly globalTempViews = new Map<string, { name: string; view: TempView }>();

  constructor(readonly warehouse: string) {
    this.databases.set('default', { name: 'default', location: warehouse, tables: new Map() });
  }

  /** @throws SCHEMA_NOT_FOUND */
  database(name: string): Database {
    const db = this.databases.get(name.toLowerCase());
    if (!db) throw analysisError('SCHEMA_NOT_FOUND', { schemaName: schemaName(name) });
    return db;
  }
  createDatabase(
    name: string,
    ifNotExists: boolean,
    location: string | undefined,
    rest: Pick<Database, 'comment' | 'properties'> = {},
  ): void {
    const key = name.toLowerCase();
    if (this.databases.has(key)) {
      if (ifNotExists) return;
      throw analysisError('SCHEMA_ALREADY_EXISTS', { schemaName: quoteIdentifier(name) });
    }
    const path = location ?? `${this.warehouse}/${key}.db`;
    this.databases.set(key, { name: key, location: path, tables: new Map(), ...rest });
  }
  alterDatabase(db: Database): void {
    this.databases.set(db.name, db);
  }
  /** @returns the tables that went with it */
  dropDatabase(name: string, ifExists: boolean, cascade: boolean): readonly TableMetadata[] {
    const db = this.databases.get(name.toLowerCase());
    if (!db) {
      if (ifExists) return [];
      throw analysisError('SCHEMA_NOT_FOUND', { schemaName: schemaName(name) });
    }
    if (db.tables.size > 0 && !cascade) throw analysisError('SCHEMA_NOT_EMPTY', { schemaName: quoteIdentifier(name) });
    this.databases.delete(db.name);
    return [...db.tables.values()];
  }
  table(database: string, table: string): TableMetadata | undefined {
    return this.databases.get(database.toLowerCase())?.tables.get(table.toLowerCase());
  }
  putTable(meta: TableMetadata): void {
    const { database, table } = meta.identifier;
    this.database(database as string).tables.set(table.toLowerCase(), meta);
  }
  dropTable(database: string, table: string): void {
    this.database(database).tables.delete(table.toLowerCase());
  }
  identifier(database: string, table: string): TableIdentifier {
    return new TableIdentifier(table.toLowerCase(), this.database(database).name, CATALOG_NAME);
  }
}
