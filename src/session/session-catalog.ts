import { existsSync } from 'node:fs';
import { analysisError, NO_ORIGIN, type Origin, unsupported } from '../errors/index.js';
import { Analyzer } from '../plan/analysis/analyzer.js';
import type { AnalyzerCatalog, UserFunction } from '../plan/catalog-view.js';
import type { SqlFunction, VariableDefinition } from '../plan/expressions/index.js';
import { type LogicalPlan, LogicalRelation, SubqueryAlias, TableIdentifier, View } from '../plan/logical/index.js';
import { parseQuery } from '../plan/sql/parser.js';
import { type FileStatusCache, NO_STATUS_CACHE } from '../storage/files/file-status-cache.js';
import { localPath } from '../storage/files/listing.js';
import { quoteIdentifier } from '../types/index.js';
import {
  CATALOG_NAME,
  type CatalogStore,
  GLOBAL_TEMP_DATABASE,
  type TableMetadata,
  type TempView,
  type ViewSchemaMode,
  type ViewText,
} from './catalog-store.js';
import { RuntimeConfig } from './conf.js';
import { catalogFileRelation, pathFileRelation } from './file-relation.js';
import { Routines } from './routines.js';
import { SessionVariables } from './session-variables.js';
import { evolvedView, viewProjection } from './view-schema.js';

/** Formats that a query may name a file by: `parquet.`path``. */
const FILE_FORMATS: ReadonlySet<string> = new Set(['parquet', 'csv', 'json', 'text', 'orc']);

/** @throws INVALID_EMPTY_LOCATION, FAILED_READ_FILE.UNSUPPORTED_FILE_SYSTEM, PATH_NOT_FOUND */
function checkQueriedPath(format: string, path: string, origin?: Origin): void {
  if (path === '') throw analysisError('INVALID_EMPTY_LOCATION', { location: path }, origin);
  if (/^https?:/i.test(path))
    throw analysisError(
      'FAILED_READ_FILE.UNSUPPORTED_FILE_SYSTEM',
      {
        path,
        fileSystemClass: `org.apache.hadoop.fs.http.${/^https:/i.test(path) ? 'HttpsFileSystem' : 'HttpFileSystem'}`,
        method: 'listStatus',
      },
      origin,
    );
  if (format !== 'orc') return;
  if (!existsSync(localPath(path))) throw analysisError('PATH_NOT_FOUND', { path: `file:${localPath(path)}` }, origin);
  throw unsupported('reading ORC files');
}

/** When relations of tables were made, monotonic milliseconds: they age under `spark.sql.metadataCacheTTLSeconds`. */
const madeAt = new WeakMap<LogicalRelation, number>();

/** A name as the session understands it. */
export type ResolvedName =
  | { readonly kind: 'temp'; readonly name: string; readonly view: TempView }
  | { readonly kind: 'globalTemp'; readonly name: string; readonly view: TempView }
  | { readonly kind: 'table'; readonly meta: TableMetadata };

/** One session's view of names: its temporary views first, then the current database. Spark: `SessionCatalog`. */
export class SessionCatalog implements AnalyzerCatalog {
  readonly #tempViews = new Map<string, { name: string; view: TempView }>();
  readonly #functions = new Map<string, UserFunction>();
  readonly variables: SessionVariables;
  readonly routines: Routines;
  currentDatabase = 'default';
  /** Beside Spark's; set once by the session. */
  tableFunctions: ReadonlyMap<string, () => LogicalPlan> = new Map();
  /** Gives each resolved table its part of the application's cache of listings; set once by the session. */
  fileStatusCache: () => FileStatusCache = () => NO_STATUS_CACHE;
  readonly currentCatalog = CATALOG_NAME;
  readonly currentUser = process.env['USER'] ?? 'user';

  constructor(
    readonly store: CatalogStore,
    readonly conf: RuntimeConfig,
    /** Plans of tables, shared by sessions so that a table read twice has the same attribute ids. Spark: `tableRelationCache`. */
    readonly relationCache: Map<string, LogicalRelation>,
  ) {
    this.variables = new SessionVariables(conf);
    this.routines = new Routines(store);
  }

  /** Finds a name: temporary view, global temporary view, table or view of the (current) database. */
  find(nameParts: readonly string[]): ResolvedName | undefined {
    const parts = nameParts.map((p) => p);
    if (parts.length === 1) {
      const temp = this.#tempViews.get((parts[0] as string).toLowerCase());
      if (temp && this.sameCase(temp.name, parts[0] as string))
        return { kind: 'temp', name: temp.name, view: temp.view };
    }
    if (parts.length === 3 && (parts[0] as string).toLowerCase() === CATALOG_NAME) parts.shift();
    if (parts.length === 2 && (parts[0] as string).toLowerCase() === GLOBAL_TEMP_DATABASE) {
      const global = this.store.globalTempViews.get((parts[1] as string).toLowerCase());
      return global && { kind: 'globalTemp', name: global.name, view: global.view };
    }
    if (parts.length > 2)
      throw analysisError('REQUIRES_SINGLE_PART_NAMESPACE', {
        sessionCatalog: CATALOG_NAME,
        namespace: parts.slice(0, -1).map(quoteIdentifier).join('.'),
      });
    const table = parts.at(-1) as string;
    const database = parts.length === 2 ? (parts[0] as string) : this.currentDatabase;
    const meta = this.store.table(database, table);
    return meta && this.sameCase(meta.identifier.table, table) ? { kind: 'table', meta } : undefined;
  }

  /** Names are found without regard to case, unless `spark.sql.caseSensitive`. */
  private sameCase(stored: string, asked: string): boolean {
    return stored === asked || !this.conf.boolean('spark.sql.caseSensitive');
  }

  /** As `find`. @throws TABLE_OR_VIEW_NOT_FOUND */
  require(nameParts: readonly string[]): ResolvedName {
    const found = this.find(nameParts);
    if (!found)
      throw analysisError('TABLE_OR_VIEW_NOT_FOUND', {
        relationName: nameParts.map((p) => `\`${p.replaceAll('`', '``')}\``).join('.'),
      });
    return found;
  }

  lookupRelation(
    nameParts: readonly string[],
    options: Readonly<Record<string, string>> = {},
    origin?: Origin,
  ): LogicalPlan | undefined {
    const found = this.find(nameParts);
    if (found) return this.planOf(found, origin);
    const [format, path] = nameParts;
    // `parquet.`path``: a query on files by path.
    if (
      nameParts.length === 2 &&
      format &&
      path !== undefined &&
      this.conf.boolean('spark.sql.runSQLOnFiles') &&
      FILE_FORMATS.has(format.toLowerCase())
    ) {
      checkQueriedPath(format.toLowerCase(), path, origin);
      const relation = pathFileRelation(
        { format: format.toLowerCase(), paths: [path], options, pathOption: false, schema: undefined },
        this.conf,
      );
      return new LogicalRelation(relation, relation.attributes(), undefined);
    }
    return undefined;
  }

  /** The analyzed plan behind a name. */
  planOf(found: ResolvedName, origin?: Origin): LogicalPlan {
    switch (found.kind) {
      case 'temp':
        return new SubqueryAlias(
          [this.shown(found.name)],
          this.viewPlan(new TableIdentifier(found.name), found.view, origin),
        );
      case 'globalTemp':
        return new SubqueryAlias(
          [GLOBAL_TEMP_DATABASE, this.shown(found.name)],
          this.viewPlan(new TableIdentifier(found.name, GLOBAL_TEMP_DATABASE), found.view, origin),
        );
      case 'table': {
        const { meta } = found;
        const alias = [...meta.identifier.nameParts];
        if (meta.view) {
          const plan = this.textViewPlan(meta.identifier, meta.view, false, origin);
          this.syncViewSchema(meta, meta.view, plan);
          return new SubqueryAlias(alias, plan);
        }
        return new SubqueryAlias(alias, this.relationOf(meta));
      }
    }
  }

  /** The alias of a temporary view: Spark finds it by its name in lower case. */
  private shown(name: string): string {
    return this.conf.boolean('spark.sql.caseSensitive') ? name : name.toLowerCase();
  }

  /** The relation of a table, with the ids that the catalog keeps for it. */
  relationOf(meta: TableMetadata): LogicalRelation {
    const key = meta.identifier.key;
    const known = this.relationCache.get(key);
    const ttlMs = this.conf.metadataCacheTtlMs;
    if (known && (ttlMs === undefined || performance.now() - (madeAt.get(known) ?? 0) < ttlMs)) return known;
    const { database, table } = meta.identifier;
    const now = () => this.store.table(database ?? this.currentDatabase, table)?.partitions ?? meta.partitions;
    const files = catalogFileRelation(meta, this.conf, this.fileStatusCache(), now);
    const relation = new LogicalRelation(files, files.attributes(), meta.identifier);
    madeAt.set(relation, performance.now());
    this.relationCache.set(key, relation);
    return relation;
  }

  private viewPlan(identifier: TableIdentifier, view: TempView, origin?: Origin): LogicalPlan {
    if (view.kind === 'plan') return new View(identifier, true, view.plan, true);
    return this.textViewPlan(identifier, view.view, true, origin);
  }

  /** Parses and analyzes a view's text anew, with the confs it was made under. Spark: `SessionCatalog.fromCatalogTable`. */
  private textViewPlan(identifier: TableIdentifier, view: ViewText, isTemp: boolean, origin?: Origin): LogicalPlan {
    const conf = new RuntimeConfig(view.confs);
    const database = isTemp ? this.currentDatabase : view.database;
    const inner = this.withDatabase(database, isTemp, view.tempViews);
    const analyzer = new Analyzer(inner, conf.analyzerConf);
    const child = analyzer.execute(parseQuery(view.text, conf.parserOptions));
    if (this.schemaMode(view) === 'EVOLUTION') return new View(identifier, isTemp, child);
    const project = viewProjection(identifier, view, child, {
      mode: this.schemaMode(view),
      compensate: this.conf.boolean('spark.sql.legacy.viewSchemaCompensation'),
      ansi: conf.boolean('spark.sql.ansi.enabled'),
      isTemp,
      origin: origin ?? NO_ORIGIN,
    });
    return new View(identifier, isTemp, analyzer.execute(project));
  }

  /** Spark: `CatalogTable.viewSchemaMode`. */
  private schemaMode(view: ViewText): ViewSchemaMode {
    if (!this.conf.boolean('spark.sql.legacy.viewSchemaBindingMode')) return 'UNSUPPORTED';
    const { schemaMode } = view;
    return schemaMode === undefined || schemaMode === 'UNSUPPORTED' ? 'BINDING' : schemaMode;
  }

  /** A view that follows its query's schema notes the schema that it was found to have. Spark: `ViewSyncSchemaToMetaStore`. */
  private syncViewSchema(meta: TableMetadata, view: ViewText, plan: LogicalPlan): void {
    const evolved = evolvedView(meta, view, this.schemaMode(view), plan);
    if (evolved) this.store.putTable(evolved);
  }

  /** @param tempViews names of the temporary views that a view's text was made over: others hide nothing from it */
  private withDatabase(database: string, isTemp: boolean, tempViews?: ViewText['tempViews']): AnalyzerCatalog {
    const named = tempViews && new Set(tempViews.map((parts) => parts.join('.').toLowerCase()));
    const isTempView = (name: string) => this.#tempViews.has(name) && named?.has(name) !== false;
    const view: AnalyzerCatalog = {
      lookupRelation: (parts, options, origin) => {
        const [name = ''] = parts;
        const isHidden = this.#tempViews.has(name.toLowerCase());
        if (parts.length === 1 && !isTempView(name.toLowerCase()) && (isHidden || database !== this.currentDatabase))
          return this.lookupRelation([database, ...parts], options, origin);
        return this.lookupRelation(parts, options, origin);
      },
      relationNames: () => this.relationNames(),
      lookupFunction: (parts) => this.lookupFunction(parts),
      lookupSqlFunction: (parts) => this.lookupSqlFunction(parts, database),
      lookupTableFunction: (name) => this.lookupTableFunction(name),
      lookupVariable: (parts) => (isTemp ? this.lookupVariable(parts) : undefined),
      currentCatalog: this.currentCatalog,
      currentDatabase: database,
      currentUser: this.currentUser,
    };
    return view;
  }

  relationNames(): readonly string[] {
    const db = this.store.databases.get(this.currentDatabase);
    return [
      ...[...this.#tempViews.values()].map((v) => v.name),
      ...(db ? [...db.tables.values()].map((t) => t.identifier.table) : []),
    ];
  }

  get tempViews(): readonly { name: string; view: TempView }[] {
    return [...this.#tempViews.values()];
  }
  tempView(name: string): { name: string; view: TempView } | undefined {
    return this.#tempViews.get(name.toLowerCase());
  }
  setTempView(name: string, view: TempView): void {
    this.#tempViews.set(name.toLowerCase(), { name, view });
  }
  dropTempView(name: string): boolean {
    return this.#tempViews.delete(name.toLowerCase());
  }

  registerFunction(f: UserFunction): void {
    this.#functions.set(f.name.toLowerCase(), f);
  }
  lookupFunction(nameParts: readonly string[]): UserFunction | undefined {
    return nameParts.length === 1 ? this.#functions.get((nameParts[0] as string).toLowerCase()) : undefined;
  }

  /** @throws UNSUPPORTED_FEATURE for Java functions */
  lookupSqlFunction(nameParts: readonly string[], database = this.currentDatabase): SqlFunction | undefined {
    const found = this.routines.find(nameParts, database);
    if (found?.kind === 'java') throw unsupported(`running the Java function ${found.className}`);
    return found?.f;
  }
  /** Names as a persistent view or function of a schema sees them: no session variables. */
  inDatabase(database: string): AnalyzerCatalog {
    return this.withDatabase(database, false);
  }
  lookupTableFunction(name: string): LogicalPlan | undefined {
    return this.tableFunctions.get(name)?.();
  }
  lookupVariable(nameParts: readonly string[]): VariableDefinition | undefined {
    return this.variables.find(nameParts);
  }

  /** Forgets a table's plan, so that the next use lists its files anew and draws new ids. */
  invalidate(identifier: TableIdentifier): void {
    this.relationCache.delete(identifier.key);
  }
}
