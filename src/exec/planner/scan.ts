import type { Expression } from '../../plan/expressions/expression.js';
import { AttributeReference, type SortOrder } from '../../plan/expressions/named.js';
import type { Attributes } from '../../plan/logical/logical-plan.js';
import {
  type CachedRelation,
  type FileRelation,
  type InMemoryRelation,
  type LogicalRelation,
  storageText,
} from '../../plan/logical/relations.js';
import { type DrawnNode, textTree } from '../../plan/tree-node.js';
import type { PartitionDirectory } from '../../storage/files/listing.js';
import type { StructType, Value } from '../../types/index.js';
import type { FileSplit } from '../operators/spec.js';
import { mapPartitioning, type Partitioning, SINGLE, type Spread, unknown } from './partitioning.js';
import { bracketed, type DrawnInner, PhysicalPlan, truncated } from './physical-plan.js';

/** A file relation as the planner needs it: its files by partition values. The session's file table is one. */
export interface ListedFiles extends FileRelation {
  readonly directories: readonly PartitionDirectory[];
}

abstract class LeafExec extends PhysicalPlan {
  override get children(): readonly PhysicalPlan[] {
    return [];
  }
  override withNewChildren(): PhysicalPlan {
    return this;
  }
}

/** Reads files. Spark: `FileSourceScanExec`. */
export class FileScanExec extends LeafExec {
  readonly kind = 'FileSourceScanExec';
  constructor(
    readonly relation: LogicalRelation,
    /** Wanted data columns, then wanted partition columns. */
    readonly output: Attributes,
    readonly partitionFilters: readonly Expression[],
    readonly dataFilters: readonly Expression[],
    /** What the footers are asked, as Spark prints it. */
    readonly pushedFilters: readonly string[],
    readonly requiredSchema: StructType,
    readonly splits: readonly (readonly FileSplit[])[],
    /** Folders of the partitions that pass the partition filters, if there are such filters. */
    readonly directories: readonly string[] | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [
      this.relation,
      this.output,
      this.partitionFilters,
      this.dataFilters,
      this.pushedFilters,
      this.requiredSchema,
      this.splits,
      this.directories,
    ];
  }
  override get key() {
    return `FileScan(${this.relation.relation.key},${this.output.map((a) => a.key)},${this.partitionFilters.map((e) => e.key)},${this.dataFilters.map((e) => e.key)})`;
  }
  override get outputPartitioning(): Partitioning {
    return unknown(this.splits.length);
  }
  override get supportsColumnar() {
    return this.batched;
  }
  override get supportsCodegen() {
    return !this.batched;
  }
  /** Spark reads Parquet by batches where all columns are of types that it can (nested ones too, by default). */
  get batched(): boolean {
    return this.relation.relation.format === 'parquet';
  }
  override get nodeName() {
    const name = this.relation.catalogTable;
    return `FileScan ${this.relation.relation.format}${name ? ` ${name.nameParts.join('.')}` : ''}`;
  }
  /** At most 100 characters, as Spark cuts it. */
  private get location(): string {
    const { directories } = this;
    if (directories) return pathsText('InMemoryFileIndex', directories);
    const { rootPaths, partitionSchema } = this.relation.relation;
    const paths = rootPaths.map(asUri);
    const catalog = this.relation.catalogTable !== undefined && partitionSchema.fields.length > 0;
    return pathsText(catalog ? 'CatalogFileIndex' : 'InMemoryFileIndex', paths);
  }
  override simpleString(maxFields: number) {
    const meta = [
      `Batched: ${this.batched}`,
      `DataFilters: [${this.dataFilters.join(', ')}]`,
      `Format: ${FORMAT_NAMES[this.relation.relation.format] ?? this.relation.relation.format}`,
      `Location: ${this.location}`,
      `PartitionFilters: [${this.partitionFilters.join(', ')}]`,
      `PushedFilters: [${this.pushedFilters.join(', ')}]`,
      `ReadSchema: ${this.requiredSchema.simpleString}`,
    ];
    const gap = this.relation.catalogTable ? '' : ' ';
    const cut = meta.map((m) => {
      const at = m.indexOf(': ') + 2;
      return m.slice(0, at) + abbreviated(m.slice(at));
    });
    return `${this.nodeName}${gap}[${truncated(this.output, maxFields, ',')}] ${cut.join(', ')}`;
  }
  override formattedDetails(maxFields: number): [string, string][] {
    const out: [string, string][] = [
      ['Output', `[${this.output.length}]: ${bracketed(this.output, maxFields)}`],
      ['Batched', String(this.batched)],
      ['Location', this.location.replace(/\(\d+ paths\)/, ' ')],
    ];
    if (this.partitionFilters.length) out.push(['PartitionFilters', `[${this.partitionFilters.join(', ')}]`]);
    if (this.pushedFilters.length) out.push(['PushedFilters', `[${this.pushedFilters.join(', ')}]`]);
    out.push(['ReadSchema', this.requiredSchema.simpleString]);
    return out;
  }
}

function asUri(path: string): string {
  return path.startsWith('file:') ? path : `file:${path}`;
}

/** Spark: `Utils.buildLocationMetadata`. */
function pathsText(index: string, paths: readonly string[]): string {
  let text = `(${paths.length} paths)[`;
  let i = 0;
  for (; i < paths.length && text.length <= METADATA_WIDTH; i++) text += `${i > 0 ? ', ' : ''}${paths[i]}`;
  return `${index}${text}${i < paths.length ? ', ...' : ''}]`;
}

const METADATA_WIDTH = 100;
function abbreviated(text: string): string {
  return text.length <= METADATA_WIDTH ? text : `${text.slice(0, METADATA_WIDTH - 3)}...`;
}

const FORMAT_NAMES: Readonly<Record<string, string>> = {
  parquet: 'Parquet',
  csv: 'CSV',
  json: 'JSON',
  text: 'Text',
  orc: 'ORC',
};

/** Reads a cached relation. Spark: `InMemoryTableScanExec`. */
export class InMemoryTableScanExec extends LeafExec {
  readonly kind = 'InMemoryTableScan';
  constructor(
    readonly attributes: Attributes,
    readonly predicates: readonly Expression[],
    readonly relation: InMemoryRelation,
  ) {
    super();
  }
  args() {
    return [this.attributes, this.predicates, this.relation];
  }
  override get key() {
    return `InMemoryTableScan(${this.relation.cached.id},${this.attributes.map((a) => a.key)},${this.predicates.map((e) => e.key)})`;
  }
  override get output() {
    return this.attributes;
  }
  /** That of the plan that fills the relation, where it is known. */
  override get outputPartitioning(): Partitioning {
    const { cached, output } = this.relation;
    const { spread } = cached as CachedRelation & { readonly spread?: Spread | undefined };
    if (!spread) return unknown(cached.numPartitions);
    const own = new Map(spread.output.map((a, i) => [a.exprId, output[i] as AttributeReference]));
    const rename = (e: Expression): Expression =>
      e.transformUp((x) => (x instanceof AttributeReference ? (own.get(x.exprId) ?? x) : x));
    return mapPartitioning(spread.partitioning, rename);
  }
  override get outputOrdering() {
    return this.relation.outputOrdering as readonly SortOrder[];
  }
  /** The stored rows are in that order. */
  get isSorted(): boolean {
    return (this.relation.cached as CachedRelation & { readonly isSorted?: boolean }).isSorted === true;
  }
  override get nodeName() {
    const name = this.relation.cached.tableName;
    return name === undefined ? 'InMemoryTableScan' : `Scan In-memory table ${name}`;
  }
  protected override stringArgs(maxFields: number) {
    const out = [bracketed(this.attributes, maxFields)];
    if (this.predicates.length) out.push(bracketed(this.predicates, maxFields));
    return out;
  }
  override formattedDetails(maxFields: number): [string, string][] {
    return [
      ['Output', `[${this.output.length}]: ${bracketed(this.output, maxFields)}`],
      ['Arguments', this.stringArgs(maxFields).join(', ')],
    ];
  }
  override get innerChildren(): readonly DrawnInner[] {
    return [new CachedPlanText(this.relation)];
  }
}

/** The relation under its scan, with the text of the plan that fills it. */
class CachedPlanText implements DrawnInner {
  constructor(readonly relation: InMemoryRelation) {}
  drawn(maxFields: number): DrawnNode {
    const head = `InMemoryRelation ${bracketed(this.relation.output, maxFields)}, ${storageText(this.relation.cached)}`;
    const below = this.relation.cached.physicalPlanString.replace(/\n+$/, '');
    return { lines: head, inner: below === '' ? [] : [textTree(below)], children: [] };
  }
}

/** Rows known at once. Spark: `LocalTableScanExec`; `RDDScanExec` for one row without columns. */
export class LocalTableScanExec extends LeafExec {
  readonly kind: 'LocalTableScan' | 'OneRowRelation' | 'ExistingRDD' = 'LocalTableScan';
  constructor(
    readonly output: Attributes,
    readonly rows: readonly (readonly Value[])[],
    readonly parallelism: number,
    readonly form: 'LocalTableScan' | 'OneRowRelation' | 'ExistingRDD' = 'LocalTableScan',
  ) {
    super();
    this.kind = form;
  }
  args() {
    return [this.output, this.rows, this.parallelism, this.form];
  }
  /** Spark: an empty relation has no partition, others as many as rows, at most the default parallelism. */
  override get outputPartitioning(): Partitioning {
    if (this.form === 'OneRowRelation') return SINGLE;
    if (this.form === 'ExistingRDD') return unknown(this.parallelism);
    return unknown(Math.min(this.rows.length, this.parallelism));
  }
  override get supportsCodegen() {
    return this.form !== 'LocalTableScan';
  }
  override get nodeName() {
    return this.form === 'LocalTableScan' ? 'LocalTableScan' : `Scan ${this.form}`;
  }
  override simpleString(maxFields: number) {
    if (this.form === 'LocalTableScan')
      return this.rows.length
        ? `LocalTableScan ${bracketed(this.output, maxFields)}`
        : `LocalTableScan <empty>, ${bracketed(this.output, maxFields)}`;
    return `${this.nodeName}[${truncated(this.output, maxFields, ',')}]`;
  }
  protected override stringArgs(maxFields: number) {
    return [bracketed(this.output, maxFields)];
  }
}

/** A source without end, to be shown: what runs has a batch's rows in its place. Spark: `StreamingRelationExec`. */
export class StreamingRelationExec extends LeafExec {
  readonly kind = 'StreamingRelation';
  constructor(
    readonly sourceName: string,
    readonly output: Attributes,
  ) {
    super();
  }
  args() {
    return [this.sourceName, this.output];
  }
  override simpleString(maxFields: number) {
    return `StreamingRelation ${this.sourceName}, ${bracketed(this.output, maxFields)}`;
  }
}

/** Spark: `RangeExec`. */
export class RangeExec extends LeafExec {
  readonly kind = 'Range';
  constructor(
    readonly start: bigint,
    readonly end: bigint,
    readonly step: bigint,
    readonly numSlices: number,
    readonly output: readonly AttributeReference[],
  ) {
    super();
  }
  args() {
    return [this.start, this.end, this.step, this.numSlices, this.output];
  }
  override get outputPartitioning(): Partitioning {
    return this.numSlices === 1 ? SINGLE : unknown(this.numSlices);
  }
  override get supportsCodegen() {
    return true;
  }
  override simpleString() {
    return `Range (${this.start}, ${this.end}, step=${this.step}, splits=${this.numSlices})`;
  }
  protected override stringArgs() {
    return [this.simpleString().slice('Range '.length)];
  }
}
