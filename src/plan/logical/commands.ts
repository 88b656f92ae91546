import type { StructType } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { type Attributes, LeafNode, type LogicalPlan } from './logical-plan.js';

/** A statement that does something. Commands are leaves: the plans that they hold are arguments, analyzed when the command
 * runs, so that cached data is never put into the command itself. Spark: `Command`, `IgnoreCachedData`. */
export abstract class Command extends LeafNode {
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
    ];
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
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.ifNotExists, this.location];
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
  constructor(readonly nameParts: readonly string[]) {
    super();
  }
  args() {
    return [this.nameParts];
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
  | { readonly action: 'setLocation'; readonly location: string };
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
  constructor(readonly nameParts: readonly string[]) {
    super();
  }
  args() {
    return [this.nameParts];
  }
}
export class AnalyzeTable extends Command {
  readonly kind = 'AnalyzeTableCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly noScan: boolean,
    readonly columns: readonly string[] | 'all' | undefined,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.noScan, this.columns];
  }
}
export type ShowKind =
  | 'tables'
  | 'views'
  | 'databases'
  | 'columns'
  | 'functions'
  | 'tblproperties'
  | 'create table'
  | 'partitions'
  | 'catalogs';
export class ShowCommand extends Command {
  readonly kind = 'ShowCommand';
  constructor(
    readonly what: ShowKind,
    readonly nameParts: readonly string[] | undefined,
    readonly pattern: string | undefined,
    /** `SHOW TBLPROPERTIES t (key)`. */
    readonly property: string | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.what, this.nameParts, this.pattern, this.property];
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
  ) {
    super();
  }
  args() {
    return [this.what, this.nameParts, this.extended, this.query, this.column];
  }
}
