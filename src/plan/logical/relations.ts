import type { DataType, StructType, Value } from '../../types/index.js';
import { Cast } from '../expressions/cast.js';
import type { Expression } from '../expressions/expression.js';
import { Alias, AttributeReference } from '../expressions/named.js';
import { type DrawnNode, textTree } from '../tree-node.js';
import {
  type Attributes,
  LeafNode,
  type LogicalPlan,
  normalizeExpression,
  OrdinalMap,
  truncatedList,
  UnaryNode,
} from './logical-plan.js';
import { Project } from './operators.js';
import type { TableIdentifier } from './table-identifier.js';

/** A relation that makes its columns new ids when it stands twice in a plan. Spark: `MultiInstanceRelation`. */
export interface MultiInstanceRelation {
  newInstance(): LogicalPlan;
}

export function isMultiInstance(p: LogicalPlan): p is LogicalPlan & MultiInstanceRelation {
  return typeof (p as Partial<MultiInstanceRelation>).newInstance === 'function';
}

/** Rows that are known at once. Two with equal rows are the same result. Spark: `LocalRelation`. */
export class LocalRelation extends LeafNode implements MultiInstanceRelation {
  readonly kind = 'LocalRelation';
  constructor(
    readonly output: Attributes,
    readonly rows: readonly (readonly Value[])[],
    /** Set where equality is by identity (`createDataFrame` over a collection, as Spark's `LogicalRDD`). */
    readonly identity: number | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.output, this.rows, this.identity];
  }
  protected override keyArgs() {
    return this.identity === undefined ? [this.output, this.rows] : [this.output, this.identity];
  }
  newInstance() {
    return new LocalRelation(
      this.output.map((a) => a.newInstance()),
      this.rows,
      this.identity,
    ).withOrigin(this.origin);
  }
  override get nodeName() {
    return this.identity === undefined ? 'LocalRelation' : 'LogicalRDD';
  }
  override get maxRows() {
    return BigInt(this.rows.length);
  }
  override get simpleString() {
    if (this.identity !== undefined) return `LogicalRDD [${this.output.join(', ')}], false`;
    return this.rows.length === 0
      ? `LocalRelation <empty>, [${truncatedList(this.output.map(String))}]`
      : `LocalRelation [${truncatedList(this.output.map(String))}]`;
  }
}

/** SELECT without FROM: one row, no columns. Spark: `OneRowRelation`. */
export class OneRowRelation extends LeafNode {
  readonly kind = 'OneRowRelation';
  args() {
    return [];
  }
  override get output(): Attributes {
    return [];
  }
  override get maxRows() {
    return 1n;
  }
}

/** The numbers start, start+step, … below end. `numSlices` undefined: the default parallelism. Spark: `Range`. */
export class Range extends LeafNode implements MultiInstanceRelation {
  readonly kind = 'Range';
  constructor(
    readonly start: bigint,
    readonly end: bigint,
    readonly step: bigint,
    readonly numSlices: number | undefined,
    readonly output: Attributes,
  ) {
    super();
  }
  args() {
    return [this.start, this.end, this.step, this.numSlices, this.output];
  }
  get numElements(): bigint {
    const { start, end, step } = this;
    if (start === end || end > start !== step > 0n) return 0n;
    const span = end - start;
    return span / step + (span % step === 0n ? 0n : 1n);
  }
  override get maxRows() {
    return this.numElements;
  }
  newInstance() {
    return new Range(
      this.start,
      this.end,
      this.step,
      this.numSlices,
      this.output.map((a) => a.newInstance()),
    ).withOrigin(this.origin);
  }
  override get simpleString() {
    const splits = this.numSlices === undefined ? '' : `, splits=Some(${this.numSlices})`;
    return `Range (${this.start}, ${this.end}, step=${this.step}${splits})`;
  }
}

/** Files behind a relation: what the plan needs to know of them. Storage implements it, the session makes it.
 * Spark: `HadoopFsRelation` with its `FileIndex`. */
export interface FileRelation {
  readonly format: string;
  readonly rootPaths: readonly string[];
  readonly dataSchema: StructType;
  readonly partitionSchema: StructType;
  readonly options: Readonly<Record<string, string>>;
  /** Bytes of all files: the optimizer's estimate. */
  readonly sizeInBytes: number;
  /** Rows of all files, where the format tells cheaply. Guides join order and build sides only. */
  readonly rowCount?: bigint | undefined;
  /** Least and greatest value of a data column over all files, as numbers, where the format tells cheaply. For estimates. */
  columnRange?(name: string): { readonly min: number; readonly max: number } | undefined;
  /** Injective text of what makes two relations the same: location (a set of root paths, or a partitioned catalog table's
   * name), schemas, format, options. */
  readonly key: string;
  /** Lists the files anew. */
  refresh(): void;
  /** How often that was asked for. */
  readonly listings?: number;
  /** What the optimizer takes the files for where it does not look at them. Spark: `CatalogFileIndex.sizeInBytes`. */
  readonly unlistedSizeInBytes?: bigint | undefined;
  /** The state of each file by its path: of the files that the relation knows, or (`listAnew`) of those that are there now. */
  fingerprints?(listAnew: boolean): ReadonlyMap<string, string>;
}

/** A table over files. Spark: `LogicalRelation`. */
export class LogicalRelation extends LeafNode implements MultiInstanceRelation {
  readonly kind = 'LogicalRelation';
  constructor(
    readonly relation: FileRelation,
    readonly output: Attributes,
    readonly catalogTable: TableIdentifier | undefined,
  ) {
    super();
  }
  args() {
    return [this.relation, this.output, this.catalogTable];
  }
  newInstance() {
    return new LogicalRelation(
      this.relation,
      this.output.map((a) => a.newInstance()),
      this.catalogTable,
    ).withOrigin(this.origin);
  }
  protected override doCanonicalize(): LogicalPlan {
    const ordinals = new OrdinalMap(this.output);
    return new LogicalRelation(
      this.relation,
      this.output.map((a) => normalizeExpression(a, ordinals) as AttributeReference),
      undefined,
    );
  }
  protected override makeCanonicalKey(): string {
    return `LogicalRelation(${this.relation.key},[${this.columnsKey()}],_)`;
  }
  /** Each analysis gives a relation's columns new ids, but their canonical text is that of their types. */
  private columnsKey(): string {
    const { output } = this;
    const known = columnKeys.get(this.relation);
    // Rising, ids are distinct.
    const distinct = output.every((a, i) => i === 0 || a.exprId > (output[i - 1] as AttributeReference).exprId);
    if (distinct && known?.types.length === output.length && output.every((a, i) => a.dataType === known.types[i]))
      return known.text;
    const ordinals = new OrdinalMap(output);
    const text = output.map((a) => a.canonicalKey(ordinals)).join(',');
    if (distinct) columnKeys.set(this.relation, { types: output.map((a) => a.dataType), text });
    return text;
  }
  override get simpleString() {
    const name = this.catalogTable ? this.catalogTable.nameParts.join('.') : '';
    return `Relation ${name}[${truncatedList(this.output.map(String), ',')}] ${this.relation.format}`;
  }
}

const columnKeys = new WeakMap<object, { readonly types: readonly DataType[]; readonly text: string }>();

/** A view's body under its name. Vanishes in canonical plans, with the projection that only casts its columns to the types
 * and names they already have. Spark: `View`. */
export class View extends UnaryNode {
  readonly kind = 'View';
  constructor(
    readonly identifier: TableIdentifier,
    readonly isTempView: boolean,
    readonly child: LogicalPlan,
    /** A view made from a DataFrame keeps that DataFrame's analyzed plan instead of a text. */
    readonly storesAnalyzedPlan: boolean = false,
  ) {
    super();
  }
  args() {
    return [this.identifier, this.isTempView, this.child, this.storesAnalyzedPlan];
  }
  override get output() {
    return this.child.output;
  }
  /** What the view stands for when plans are compared: its child without a projection that changes nothing. */
  get content(): LogicalPlan {
    const { child } = this;
    return child instanceof Project && child.resolved && isIdentity(child) ? child.child : child;
  }
  protected override doCanonicalize(): LogicalPlan {
    return this.content.canonicalized;
  }
  protected override makeCanonicalKey(): string {
    return this.content.canonicalKey;
  }
  protected override makeShape(): number {
    return this.content.shape;
  }
  override get simpleString() {
    return `View (${this.identifier.quoted}, [${this.output.join(', ')}])`;
  }
}

/** Spark: `View.canRemoveProject`: each column is a no-op cast of the child's column at its place, under the same name. */
function isIdentity(p: Project): boolean {
  const input = p.child.output;
  return (
    p.projectList.length === input.length &&
    p.projectList.every((e, i) => {
      const a = input[i] as AttributeReference;
      if (e instanceof AttributeReference) return e.exprId === a.exprId;
      if (!(e instanceof Alias)) return false;
      const { child } = e;
      if (e.name !== a.name) return false;
      if (child instanceof AttributeReference) return child.exprId === a.exprId;
      return (
        child instanceof Cast &&
        child.child instanceof AttributeReference &&
        child.child.exprId === a.exprId &&
        child.dataType.sql === a.dataType.sql
      );
    })
  );
}

/** What `plan/cache` needs to know of a cached relation's blocks; `exec` implements it. Spark: `CachedRDDBuilder`. */
export interface CachedRelation {
  readonly id: number;
  readonly tableName: string | undefined;
  /** As Spark prints levels in plans, e.g. `StorageLevel(disk, memory, deserialized, 1 replicas)`. */
  readonly storageLevelString: string;
  /** All partitions are stored. Spark: `isCachedColumnBuffersLoaded`. */
  readonly loaded: boolean;
  /** Sum over materialized partitions, Spark's estimate; undefined until loaded. */
  readonly loadedStats: { readonly sizeInBytes: bigint; readonly rowCount: bigint } | undefined;
  /** Text of the physical plan that fills it. */
  readonly physicalPlanString: string;
  /** Estimate before it is loaded: that of the optimized plan. */
  readonly estimatedSizeInBytes: bigint;
  readonly numPartitions: number;
  /** The plan that fills it: what is estimated of its columns holds for the relation's too. */
  readonly optimizedPlan?: LogicalPlan | undefined;
  /** Its blocks outlive the process. */
  readonly persistent?: boolean | undefined;
  /** Whether the blocks were found in the persistent cache, are stored there, or why not, for plans. */
  readonly persistentNote?: string | undefined;
}

/** Level of a cached relation as plans show it; what outlives the process says so. */
export function storageText({ storageLevelString, persistentNote }: CachedRelation): string {
  return persistentNote === undefined ? storageLevelString : `${storageLevelString}, ${persistentNote}`;
}

const UNORDERED: readonly Expression[] = [];

/** A cached plan's data, standing for it in a query. Spark: `InMemoryRelation`. */
export class InMemoryRelation extends LeafNode implements MultiInstanceRelation {
  readonly kind = 'InMemoryRelation';
  constructor(
    readonly output: Attributes,
    readonly cached: CachedRelation,
    /** Sort orders that hold in each partition, over `output`. */
    readonly outputOrdering: readonly Expression[] = UNORDERED,
  ) {
    super();
  }
  args() {
    return [this.output, this.cached, this.outputOrdering];
  }
  protected override keyArgs() {
    return [this.output, this.cached.id];
  }
  /** The same data under other ids. */
  withOutput(output: Attributes): InMemoryRelation {
    if (this.outputOrdering.length === 0) return new InMemoryRelation(output, this.cached);
    const map = new Map(this.output.map((a, i) => [a.exprId, output[i] as AttributeReference]));
    const ordering = this.outputOrdering.map((o) =>
      o.transformUp((e) => (e instanceof AttributeReference ? (map.get(e.exprId) ?? e) : e)),
    );
    return new InMemoryRelation(output, this.cached, ordering);
  }
  newInstance() {
    return this.withOutput(this.output.map((a) => a.newInstance()));
  }
  protected override doCanonicalize(): LogicalPlan {
    const ordinals = new OrdinalMap(this.output);
    return new InMemoryRelation(
      this.output.map((a) => normalizeExpression(a, ordinals) as AttributeReference),
      this.cached,
    );
  }
  override get simpleString() {
    return `InMemoryRelation [${this.output.join(', ')}], ${storageText(this.cached)}`;
  }
  /** The physical plan that fills it. */
  override get drawnInside(): readonly DrawnNode[] {
    const filledBy = this.cached.physicalPlanString.trimEnd();
    return filledBy === '' ? [] : [textTree(filledBy)];
  }
}
