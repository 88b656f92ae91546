import { analysisError } from '../errors/index.js';
import { Analyzer } from '../plan/analysis/analyzer.js';
import type { AnalyzerCatalog, UserFunction } from '../plan/catalog-view.js';
import { Alias, Cast, UnresolvedAttribute, type VariableDefinition } from '../plan/expressions/index.js';
import {
  type LogicalPlan,
  LogicalRelation,
  Project,
  SubqueryAlias,
  TableIdentifier,
  View,
} from '../plan/logical/index.js';
import { parsePlan } from '../plan/sql/parser.js';
import { quoteIdentifier } from '../types/index.js';
import {
  CATALOG_NAME,
  type CatalogStore,
  GLOBAL_TEMP_DATABASE,
  type TableMetadata,
  type TempView,
  type ViewText,
} from './catalog-store.js';
import { RuntimeConfig } from './conf.js';
import { catalogFileRelation, pathFileRelation } from './file-relation.js';
import { SessionVariables } from './session-variables.js';

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
  currentDatabase = 'default';
  readonly currentCatalog = CATALOG_NAME;
  readonly currentUser = process.env['USER'] ?? 'user';

  constructor(
    readonly store: CatalogStore,
    readonly conf: RuntimeConfig,
    /** Plans of tables, shared by sessions so that a table read twice has the same attribute ids. Spark: `tableRelationCache`. */
    readonly relationCache: Map<string, LogicalRelation>,
  ) {
    this.variables = new SessionVariables(conf);
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
  ): LogicalPlan | undefined {
    const found = this.find(nameParts);
    if (found) return this.planOf(found);
    const [format, path] = nameParts;
    // `parquet.`path``: a query on files by path.
    if (nameParts.length === 2 && format && path && ['parquet', 'csv', 'json', 'text'].includes(format.toLowerCase())) {
      const relation = pathFileRelation(
        { format: format.toLowerCase(), paths: [path], options, pathOption: false, schema: undefined },
        this.conf,
      );
      return new LogicalRelation(relation, relation.attributes(), undefined);
    }
    return undefined;
  }

  /** The analyzed plan behind a name. */
  planOf(found: ResolvedName): LogicalPlan {
    switch (found.kind) {
      case 'temp':
        return new SubqueryAlias([found.name], this.viewPlan(new TableIdentifier(found.name), found.view));
      case 'globalTemp':
        return new SubqueryAlias(
          [GLOBAL_TEMP_DATABASE, found.name],
          this.viewPlan(new TableIdentifier(found.name, GLOBAL_TEMP_DATABASE), found.view),
        );
      case 'table': {
        const { meta } = found;
        const alias = [...meta.identifier.nameParts];
        if (meta.view) return new SubqueryAlias(alias, this.textViewPlan(meta.identifier, meta.view, false));
        return new SubqueryAlias(alias, this.tableRelation(meta));
      }
    }
  }

  private tableRelation(meta: TableMetadata): LogicalRelation {
    const key = meta.identifier.key;
    let relation = this.relationCache.get(key);
    if (!relation) {
      const files = catalogFileRelation(meta, this.conf);
      relation = new LogicalRelation(files, files.attributes(), meta.identifier);
      this.relationCache.set(key, relation);
    }
    return relation;
  }

  private viewPlan(identifier: TableIdentifier, view: TempView): LogicalPlan {
    if (view.kind === 'plan') return new View(identifier, true, view.plan, true);
    return this.textViewPlan(identifier, view.view, true);
  }

  /** Parses and analyzes a view's text anew, with the confs it was made under. Spark: `SessionCatalog.fromCatalogTable`. */
  private textViewPlan(identifier: TableIdentifier, view: ViewText, isTemp: boolean): LogicalPlan {
    const conf = new RuntimeConfig(view.confs);
    const inner = this.withDatabase(isTemp ? this.currentDatabase : view.database, isTemp);
    const analyzer = new Analyzer(inner, conf.analyzerConf);
    const ansi = conf.boolean('spark.sql.ansi.enabled');
    const parsed = parsePlan(view.text, conf.parserOptions);
    const mode = ansi ? 'ANSI' : 'LEGACY';
    const columns = view.schema.fields.map((f, i) => {
      const source = new UnresolvedAttribute([view.queryColumns[i] as string]);
      return new Alias(new Cast(source, f.dataType, mode), f.name, undefined, [], f.metadata);
    });
    return new View(identifier, isTemp, analyzer.execute(new Project(columns, parsed)));
  }

  private withDatabase(database: string, isTemp: boolean): AnalyzerCatalog {
    const view: AnalyzerCatalog = {
      lookupRelation: (parts, options) => {
        if (
          parts.length === 1 &&
          database !== this.currentDatabase &&
          !this.#tempViews.has((parts[0] as string).toLowerCase())
        )
          return this.lookupRelation([database, ...parts], options);
        return this.lookupRelation(parts, options);
      },
      relationNames: () => this.relationNames(),
      lookupFunction: (parts) => this.lookupFunction(parts),
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

  lookupVariable(nameParts: readonly string[]): VariableDefinition | undefined {
    return this.variables.find(nameParts);
  }

  /** Forgets a table's plan, so that the next use lists its files anew and draws new ids. */
  invalidate(identifier: TableIdentifier): void {
    this.relationCache.delete(identifier.key);
  }
}
