import { NO_ORIGIN, type Origin } from '../../errors/index.js';
import type { DataType, StructType } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { type Attributes, LeafNode, type LogicalPlan } from './logical-plan.js';

/** A statement that does something. Commands are leaves: the plans that they hold are arguments, analyzed when the command
 * runs, so that cached data is never put into the command itself. Spark: `Command`, `IgnoreCachedData`. */
export abstract class Command extends LeafNode {
  /** Where the statement's text names what it is about; its WITH SCHEMA clause. */
  places: { readonly name?: Origin; readonly schemaMode?: Origin } = {};
  get nameOrigin(): Origin {
    return this.places.name ?? this.origin;
  }
  /** Most commands return no rows; the session gives others their columns. */
  override get output(): Attributes {
    return [];
  }
  override get resolved() {
    return true;
  }
  override get simpleString() {
    return this.kind;
  }
}

/** What WITH SCHEMA may say. */
export type ViewSchemaModeName = 'BINDING' | 'COMPENSATION' | 'TYPE EVOLUTION' | 'EVOLUTION';

export type ViewType = 'temporary' | 'global temporary' | 'persistent';

export class CreateView extends Command {
  readonly kind = 'CreateViewCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly columns: readonly { readonly name: string; readonly comment?: string | undefined }[],
    readonly originalText: string,
    readonly query: LogicalPlan,
    readonly viewType: ViewType,
    readonly replace: boolean,
    readonly ifNotExists: boolean,
    readonly comment: string | undefined = undefined,
    readonly properties: Readonly<Record<string, string>> = {},
    /** WITH SCHEMA …; undefined: as the session says. */
    readonly schemaMode: ViewSchemaModeName | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [
      this.nameParts,
      this.columns,
      this.originalText,
      this.query,
      this.viewType,
      this.replace,
      this.ifNotExists,
      this.comment,
      this.properties,
      this.schemaMode,
    ];
  }
}

/** `CREATE TEMP VIEW v [(schema)] USING format OPTIONS (…)`. */
export class CreateTempViewUsing extends Command {
  readonly kind = 'CreateTempViewUsing';
  constructor(
    readonly nameParts: readonly string[],
    readonly tableSchema: StructType | undefined,
    readonly replace: boolean,
    readonly global: boolean,
    readonly provider: string,
    readonly options: Readonly<Record<string, string>>,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.tableSchema, this.replace, this.global, this.provider, this.options];
  }
}

/** `CACHE [LAZY] TABLE name [OPTIONS] [AS query]`. Spark: `CacheTable`, `CacheTableAsSelect`. */
export class CacheTable extends Command {
  readonly kind = 'CacheTableCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly isLazy: boolean,
    readonly options: Readonly<Record<string, string>>,
    readonly query: LogicalPlan | undefined,
    readonly originalText: string | undefined,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.isLazy, this.options, this.query, this.originalText];
  }
}
export class UncacheTable extends Command {
  readonly kind = 'UncacheTableCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly ifExists: boolean,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.ifExists];
  }
}
export class ClearCache extends Command {
  readonly kind = 'ClearCacheCommand';
  args() {
    return [];
  }
}
export class RefreshTable extends Command {
  readonly kind = 'RefreshTableCommand';
  constructor(readonly nameParts: readonly string[]) {
    super();
  }
  args() {
    return [this.nameParts];
  }
}
/** `REFRESH "path"`. Spark: `RefreshResource`. */
export class RefreshResource extends Command {
  readonly kind = 'RefreshResource';
  constructor(readonly path: string) {
    super();
  }
  args() {
    return [this.path];
  }
}
export class RefreshFunction extends Command {
  readonly kind = 'RefreshFunctionCommand';
  constructor(readonly nameParts: readonly string[]) {
    super();
  }
  args() {
    return [this.nameParts];
  }
}

export type ExplainMode = 'simple' | 'extended' | 'codegen' | 'cost' | 'formatted' | 'cache';
export class Explain extends Command {
  readonly kind = 'ExplainCommand';
  constructor(
    readonly mode: ExplainMode,
    readonly query: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.mode, this.query];
  }
}
/** `SET`, `SET -v`, `SET key`, `SET key = value`. */
export class SetCommand extends Command {
  readonly kind = 'SetCommand';
  constructor(
    readonly confKey: string | undefined,
    readonly value: string | undefined,
  ) {
    super();
  }
  args() {
    return [this.confKey, this.value];
  }
}
export class ResetCommand extends Command {
  readonly kind = 'ResetCommand';
  constructor(readonly conf: string | undefined) {
    super();
  }
  args() {
    return [this.conf];
  }
}

/** CLUSTERED BY. */
export interface Buckets {
  readonly numBuckets: number;
  readonly bucketColumns: readonly string[];
  readonly sortColumns: readonly string[];
}

export class CreateTable extends Command {
  readonly kind = 'CreateTable';
  constructor(
    readonly nameParts: readonly string[],
    readonly tableSchema: StructType | undefined,
    readonly provider: string | undefined,
    readonly partitionColumns: readonly string[],
    readonly location: string | undefined,
    readonly options: Readonly<Record<string, string>>,
    readonly ifNotExists: boolean,
    readonly replace: boolean,
    readonly query: LogicalPlan | undefined,
    readonly comment: string | undefined = undefined,
    readonly properties: Readonly<Record<string, string>> = {},
    readonly buckets: Buckets | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [
      this.nameParts,
      this.tableSchema,
      this.provider,
      this.partitionColumns,
      this.location,
      this.options,
      this.ifNotExists,
      this.replace,
      this.query,
      this.comment,
      this.properties,
      this.buckets,
    ];
  }
}
/** `CREATE TABLE t LIKE source`. Spark: `CreateTableLikeCommand`. */
export class CreateTableLike extends Command {
  readonly kind = 'CreateTableLikeCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly source: readonly string[],
    readonly provider: string | undefined,
    readonly location: string | undefined,
    readonly properties: Readonly<Record<string, string>>,
    readonly ifNotExists: boolean,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.source, this.provider, this.location, this.properties, this.ifNotExists];
  }
}
export class DropRelation extends Command {
  readonly kind = 'DropTableCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly isView: boolean,
    readonly ifExists: boolean,
    readonly purge: boolean,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.isView, this.ifExists, this.purge];
  }
}
export class CreateNamespace extends Command {
  readonly kind = 'CreateNamespace';
  constructor(
    readonly nameParts: readonly string[],
    readonly ifNotExists: boolean,
    readonly location: string | undefined,
    readonly comment: string | undefined = undefined,
    readonly properties: Readonly<Record<string, string>> = {},
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.ifNotExists, this.location, this.comment, this.properties];
  }
}
export type NamespaceChange =
  | { readonly action: 'setProperties'; readonly properties: Readonly<Record<string, string>> }
  | { readonly action: 'unsetProperties'; readonly keys: readonly string[] }
  | { readonly action: 'setLocation'; readonly location: string }
  | { readonly action: 'comment'; readonly comment: string };
/** ALTER SCHEMA, COMMENT ON SCHEMA. */
export class AlterNamespace extends Command {
  readonly kind = 'AlterNamespace';
  constructor(
    readonly nameParts: readonly string[],
    readonly change: NamespaceChange,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.change];
  }
}
/** `COMMENT ON TABLE t IS 'text'`. Spark: `CommentOnTable`. */
export class CommentOnTable extends Command {
  readonly kind = 'CommentOnTable';
  constructor(
    readonly nameParts: readonly string[],
    readonly comment: string,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.comment];
  }
}
/** UPDATE, MERGE INTO, REPLACE TABLE: no table here takes them. */
export class RowLevelCommand extends Command {
  readonly kind = 'RowLevelCommand';
  constructor(
    readonly statement: 'UPDATE TABLE' | 'MERGE INTO TABLE' | 'REPLACE TABLE' | 'REPLACE TABLE AS SELECT',
    readonly nameParts: readonly string[],
  ) {
    super();
  }
  args() {
    return [this.statement, this.nameParts];
  }
}
/** Several INSERTs from one FROM. Spark: `Union` of `InsertIntoStatement`. */
export class MultiInsert extends Command {
  readonly kind = 'MultiInsert';
  constructor(readonly inserts: readonly InsertInto[]) {
    super();
  }
  args() {
    return [this.inserts];
  }
}
export class DropNamespace extends Command {
  readonly kind = 'DropNamespace';
  constructor(
    readonly nameParts: readonly string[],
    readonly ifExists: boolean,
    readonly cascade: boolean,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.ifExists, this.cascade];
  }
}
export class UseNamespace extends Command {
  readonly kind = 'SetNamespaceCommand';
  constructor(
    readonly nameParts: readonly string[],
    /** `USE SCHEMA s` rather than `USE s`. */
    readonly withWord = false,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.withWord];
  }
}
/** INSERT. `partition`: PARTITION (a = 1, b), undefined values are dynamic. `byName`: BY NAME. */
export class InsertInto extends Command {
  readonly kind = 'InsertIntoStatement';
  constructor(
    readonly nameParts: readonly string[],
    readonly columns: readonly string[],
    readonly partition: readonly (readonly [column: string, value: Expression | undefined])[],
    readonly query: LogicalPlan,
    readonly overwrite: boolean,
    readonly ifPartitionNotExists: boolean,
    readonly byName: boolean,
  ) {
    super();
  }
  args() {
    return [
      this.nameParts,
      this.columns,
      this.partition,
      this.query,
      this.overwrite,
      this.ifPartitionNotExists,
      this.byName,
    ];
  }
}
export type AlterAction =
  | { readonly action: 'rename'; readonly to: readonly string[] }
  | { readonly action: 'setProperties'; readonly properties: Readonly<Record<string, string>> }
  | { readonly action: 'unsetProperties'; readonly keys: readonly string[]; readonly ifExists: boolean }
  | { readonly action: 'addColumns'; readonly columns: StructType }
  | { readonly action: 'setQuery'; readonly originalText: string; readonly query: LogicalPlan }
  | {
      readonly action: 'addPartitions';
      readonly ifNotExists: boolean;
      readonly partitions: readonly {
        readonly spec: Readonly<Record<string, string>>;
        readonly location?: string | undefined;
      }[];
    }
  | {
      readonly action: 'dropPartitions';
      readonly ifExists: boolean;
      readonly partitions: readonly Readonly<Record<string, string>>[];
    }
  | { readonly action: 'recoverPartitions' }
  | {
      readonly action: 'renamePartition';
      readonly from: Readonly<Record<string, string>>;
      readonly to: Readonly<Record<string, string>>;
    }
  | {
      readonly action: 'setLocation';
      readonly location: string;
      readonly partition?: Readonly<Record<string, string>> | undefined;
    }
  | { readonly action: 'setSerde'; readonly properties: Readonly<Record<string, string>> }
  | { readonly action: 'schemaMode'; readonly mode: ViewSchemaModeName }
  | ColumnChange
  /** What Spark refuses for every table of its own catalog; `feature` as its error names it. */
  | { readonly action: 'unsupported'; readonly feature: string };
/** ALTER COLUMN: what is undefined stays; `defaultSql` '' drops the default. */
export interface ColumnChange {
  readonly action: 'changeColumn';
  readonly column: readonly string[];
  readonly newType?: DataType | undefined;
  readonly comment?: string | undefined;
  readonly defaultSql?: string | undefined;
  /** NOT NULL or FIRST/AFTER, which Spark refuses. */
  readonly refused?: string | undefined;
}
export class AlterRelation extends Command {
  readonly kind = 'AlterTableCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly isView: boolean,
    readonly change: AlterAction,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.isView, this.change];
  }
}
export class TruncateTable extends Command {
  readonly kind = 'TruncateTableCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly partition: Readonly<Record<string, string>> | undefined,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.partition];
  }
}
export class DeleteFrom extends Command {
  readonly kind = 'DeleteFromTable';
  constructor(
    readonly nameParts: readonly string[],
    readonly condition: Expression | undefined,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.condition];
  }
}
export class RepairTable extends Command {
  readonly kind = 'RepairTableCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly add = true,
    readonly drop = false,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.add, this.drop];
  }
}
export class AnalyzeTable extends Command {
  readonly kind = 'AnalyzeTableCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly noScan: boolean,
    readonly columns: readonly string[] | 'all' | undefined,
    readonly partition: readonly (readonly [string, string | undefined])[] = [],
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.noScan, this.columns, this.partition];
  }
}
export type ShowKind =
  | 'tables'
  | 'cached tables'
  | 'views'
  | 'databases'
  | 'columns'
  | 'functions'
  | 'tblproperties'
  | 'create table'
  | 'partitions'
  | 'table extended'
  | 'current namespace'
  | 'catalogs';
export class ShowCommand extends Command {
  readonly kind = 'ShowCommand';
  constructor(
    readonly what: ShowKind,
    readonly nameParts: readonly string[] | undefined,
    readonly pattern: string | undefined,
    /** `SHOW TBLPROPERTIES t (key)`; of functions the scope. */
    readonly property: string | undefined = undefined,
    readonly partition: Readonly<Record<string, string>> | undefined = undefined,
    /** `SHOW COLUMNS IN t FROM namespace`. */
    readonly namespace: readonly string[] | undefined = undefined,
    readonly asSerde = false,
    /** Where the pattern stands. */
    readonly patternOrigin: Origin = NO_ORIGIN,
  ) {
    super();
  }
  args() {
    const { what, nameParts, pattern, property, partition, namespace, asSerde, patternOrigin } = this;
    return [what, nameParts, pattern, property, partition, namespace, asSerde, patternOrigin];
  }
}
export class DescribeCommand extends Command {
  readonly kind = 'DescribeCommand';
  constructor(
    readonly what: 'table' | 'function' | 'query' | 'database',
    readonly nameParts: readonly string[] | undefined,
    readonly extended: boolean,
    readonly query: LogicalPlan | undefined,
    readonly column: readonly string[] | undefined = undefined,
    readonly partition: Readonly<Record<string, string>> = {},
    readonly asJson = false,
    /** The text of the query. */
    readonly queryText = '',
  ) {
    super();
  }
  args() {
    const { what, nameParts, extended, query, column, partition, asJson, queryText } = this;
    return [what, nameParts, extended, query, column, partition, asJson, queryText];
  }
}
