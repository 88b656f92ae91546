import { statSync } from 'node:fs';
import { analysisError, unsupported } from '../errors/index.js';
import { cast } from '../eval/cast.js';
import { textParsers } from '../exec/pipelines/text-parsers.js';
import { withoutCharVarchar } from '../plan/analysis/char-varchar.js';
import { AttributeReference } from '../plan/expressions/index.js';
import type { FileRelation } from '../plan/logical/index.js';
import { inferCsvSchema } from '../storage/files/csv.js';
import { forgetFooters, readFooterSync } from '../storage/files/file-metadata-cache.js';
import { type FileStatusCache, NO_STATUS_CACHE } from '../storage/files/file-status-cache.js';
import { inferJsonSchema } from '../storage/files/json.js';
import {
  type DataFile,
  type FileListing,
  listFiles,
  localPath,
  type PartitionDirectory,
} from '../storage/files/listing.js';
import { checkColumnNames } from '../storage/files/merge-schema.js';
import { columnRange } from '../storage/parquet/column-range.js';
import type { ParquetFile } from '../storage/parquet/format.js';
import { inferParquetSchema } from '../storage/parquet/infer-schema.js';
import { asNullable } from '../storage/parquet/spark-schema.js';
import { type DataType, STRING, StructField, StructType, sameType, type Value } from '../types/index.js';
import type { TableMetadata, TablePartition } from './catalog-store.js';
import type { RuntimeConfig } from './conf.js';

/** Files beyond which estimates go by size. */
const MAX_FOOTERS = 64;

/** Files behind a `LogicalRelation`, listed once and kept until `refresh`, as Spark's `InMemoryFileIndex` does: a DataFrame
 * goes on seeing the files that it was made over. */
export class FileTable implements FileRelation {
  #listing: readonly PartitionDirectory[] | undefined;
  /** Null: not to be read. */
  #footers: readonly ParquetFile[] | null | undefined;
  #listings = 0;
  readonly #ranges = new Map<string, { min: number; max: number } | undefined>();
  constructor(
    readonly format: string,
    readonly rootPaths: readonly string[],
    readonly dataSchema: StructType,
    readonly partitionSchema: StructType,
    readonly options: Readonly<Record<string, string>>,
    readonly key: string,
    private readonly list: () => readonly PartitionDirectory[],
    listing?: readonly PartitionDirectory[],
    /** Keeps the listings of partitions in this object's place, for all relations under one bound. Spark: `CatalogFileIndex`. */
    private readonly statusCache?: FileStatusCache,
    /** As `list`, without that cache. */
    private readonly uncached?: () => readonly PartitionDirectory[],
    readonly unlistedSizeInBytes?: bigint,
  ) {
    this.#listing = listing;
  }
  /** Files by partition values. */
  get directories(): readonly PartitionDirectory[] {
    if (this.statusCache) return this.list();
    if (this.#listing === undefined) this.#listing = this.list();
    return this.#listing;
  }
  get sizeInBytes(): number {
    let sum = 0;
    for (const d of this.directories) for (const f of d.files) sum += f.size;
    return sum;
  }
  /** Footers for estimates; undefined for formats without, and for so many files that reading them would hold up planning. */
  private get footers(): readonly ParquetFile[] | undefined {
    if (this.#footers === undefined) {
      const files = this.format === 'parquet' ? this.directories.flatMap((d) => d.files) : [];
      this.#footers =
        files.length === 0 || files.length > MAX_FOOTERS ? null : files.map((f) => readFooterSync(f.path));
    }
    return this.#footers ?? undefined;
  }
  /** Rows by the footers of all files; undefined where they are not read. */
  get rowCount(): bigint | undefined {
    return this.footers?.reduce((rows, f) => rows + BigInt(f.numRows), 0n);
  }
  columnRange(name: string): { min: number; max: number } | undefined {
    if (!this.#ranges.has(name)) this.#ranges.set(name, this.footers && columnRange(this.footers, name));
    return this.#ranges.get(name);
  }
  refresh(): void {
    this.#listings++;
    forgetFooters((this.#footers ?? []).map((f) => f.path));
    this.statusCache?.invalidateAll();
    this.#listing = undefined;
    this.#footers = undefined;
    this.#ranges.clear();
  }
  get listings(): number {
    return this.#listings;
  }
  fingerprints(listAnew: boolean): ReadonlyMap<string, string> {
    const states = new Map<string, string>();
    for (const d of listAnew ? this.listAnew() : this.directories)
      for (const { path } of d.files) {
        const stat = statSync(path, { throwIfNoEntry: false });
        if (stat) states.set(path, `${stat.size}:${stat.mtimeMs}:${stat.ino}`);
      }
    return states;
  }
  /** What is there now; what is known stays as it was. */
  private listAnew(): readonly PartitionDirectory[] {
    return this.uncached ? this.uncached() : this.list();
  }
  get schema(): StructType {
    return new StructType([...this.dataSchema.fields, ...this.partitionSchema.fields]);
  }
  /** Fresh attributes for all columns, data columns first. */
  attributes(): AttributeReference[] {
    return this.schema.fields.map((f) => AttributeReference.create(f.name, f.dataType, true, [], f.metadata));
  }
}

/** What `spark.read` knows when it loads. */
export interface PathRead {
  readonly format: string;
  readonly paths: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly schema: StructType | undefined;
  /** `load(path)` keeps its one path among the options, as Spark does, so that another spelling of it is another relation. */
  readonly pathOption: boolean;
  /** A path that is not there is an empty folder. */
  readonly ignoreMissingFiles?: boolean | undefined;
  /** False: paths are names as they are, not patterns. */
  readonly globPaths?: boolean | undefined;
}

/** Lists files and infers the schema. @throws PATH_NOT_FOUND, UNABLE_TO_INFER_SCHEMA, FAILED_READ_FILE… */
export function pathFileRelation(read: PathRead, conf: RuntimeConfig): FileTable {
  if (!['parquet', 'csv', 'json', 'text'].includes(read.format)) throw dataSourceNotFound(read.format);
  const options = lowerKeys(read.options);
  const listingOptions = {
    basePath: options['basepath'],
    recursiveFileLookup: options['recursivefilelookup'] === 'true',
    pathGlobFilter: options['pathglobfilter'],
    globPaths: read.globPaths,
  };
  const listing = listFiles(read.paths, { ...listingOptions, ignoreMissingFiles: read.ignoreMissingFiles ?? false });
  const partitionNames = new Set(listing.partitionSchema.fields.map((f) => f.name.toLowerCase()));
  const inferred = read.schema ?? inferSchema(read.format, listing, options, conf, read.paths);
  checkColumnNames(inferred, conf.boolean('spark.sql.caseSensitive'));
  const dataSchema = new StructType(
    (asNullable(inferred) as StructType).fields.filter((f) => !partitionNames.has(f.name.toLowerCase())),
  );
  // A partition column that the given schema types otherwise takes that type.
  const partitionSchema = new StructType(
    listing.partitionSchema.fields.map((p) => {
      const given = read.schema?.fields.find((f) => f.name.toLowerCase() === p.name.toLowerCase());
      return given ? new StructField(p.name, given.dataType) : p;
    }),
  );
  const typed = (l: FileListing) => retype(l, partitionSchema);
  const [only] = read.paths;
  const keyOptions = read.pathOption && read.paths.length === 1 ? { ...options, path: only as string } : options;
  return new FileTable(
    read.format,
    listing.rootPaths,
    dataSchema,
    partitionSchema,
    read.options,
    relationKey(read.format, [...listing.rootPaths].sort(), dataSchema, partitionSchema, keyOptions),
    () => typed(listFiles(read.paths, { ...listingOptions, ignoreMissingFiles: true })),
    typed(listing),
  );
}

/** The relation of a catalog table: the catalog's schema over the table's folder. */
export function catalogFileRelation(
  meta: TableMetadata,
  conf: RuntimeConfig,
  statusCache: FileStatusCache = NO_STATUS_CACHE,
  /** What the catalog knows now: an old plan sees partitions that were added since. */
  partitions: () => readonly TablePartition[] = () => meta.partitions,
): FileTable {
  const isPartition = new Set(meta.partitionColumns.map((c) => c.toLowerCase()));
  const schema = withoutCharVarchar(meta.schema);
  const dataSchema = new StructType(schema.fields.filter((f) => !isPartition.has(f.name.toLowerCase())));
  const partitionSchema = new StructType(schema.fields.filter((f) => isPartition.has(f.name.toLowerCase())));
  const root = localPath(meta.location);
  const partitioned = meta.partitionColumns.length > 0;
  const zone = conf.get('spark.sql.session.timeZone');
  const below = (directory: string): readonly DataFile[] =>
    listFiles([directory], { ignoreMissingFiles: true, recursiveFileLookup: true }).files;
  const kept = (directory: string): readonly DataFile[] => {
    const known = statusCache.getLeafFiles(directory);
    if (known) return known;
    const files = below(directory);
    statusCache.putLeafFiles(directory, files);
    return files;
  };
  const list = (filesOf: (directory: string) => readonly DataFile[]): readonly PartitionDirectory[] => {
    if (!partitioned) return [{ values: [], files: filesOf(root) }];
    return partitions().map((p) => ({
      values: partitionSchema.fields.map((f) => partitionValue(p.spec[f.name] ?? null, f.dataType, zone)),
      files: filesOf(p.location),
    }));
  };
  // Spark lists a partitioned catalog table through the catalog, so that such relations are the same by name only.
  const location = partitioned ? [`catalog:${meta.identifier.key}`] : [root];
  const key = relationKey(meta.provider, location, dataSchema, partitionSchema, {
    ...lowerKeys(meta.options),
    catalog: 'true',
  });
  return partitioned
    ? new FileTable(
        meta.provider,
        [root],
        dataSchema,
        partitionSchema,
        meta.options,
        key,
        () => list(kept),
        undefined,
        statusCache,
        () => list(below),
        unlistedSize(meta, conf),
      )
    : new FileTable(meta.provider, [root], dataSchema, partitionSchema, meta.options, key, () => list(below));
}

/** Unless it was analyzed, a table whose partitions the catalog keeps is as large as can be. */
function unlistedSize(meta: TableMetadata, conf: RuntimeConfig): bigint {
  if (meta.stats) return BigInt(meta.stats.sizeInBytes);
  return BigInt(conf.getOptional('spark.sql.defaultSizeInBytes') ?? '9223372036854775807');
}

function partitionValue(text: string | null, type: DataType, zone: string): Value {
  return text === null ? null : cast(text, STRING, type, 'LEGACY', zone);
}

function retype(listing: FileListing, schema: StructType): readonly PartitionDirectory[] {
  const from = listing.partitionSchema.fields;
  if (from.every((f, i) => sameType(f.dataType, (schema.fields[i] as StructField).dataType))) return listing.partitions;
  return listing.partitions.map((p) => ({
    files: p.files,
    values: p.values.map((v, i) =>
      cast(v, (from[i] as StructField).dataType, (schema.fields[i] as StructField).dataType, 'LEGACY', 'UTC'),
    ),
  }));
}

function inferSchema(
  format: string,
  listing: FileListing,
  options: Readonly<Record<string, string>>,
  conf: RuntimeConfig,
  paths: readonly string[],
): StructType {
  switch (format) {
    case 'parquet': {
      const schema = inferParquetSchema(
        listing.files.map((f) => f.path),
        {
          mergeSchema: (options['mergeschema'] ?? conf.get('spark.sql.parquet.mergeSchema')) === 'true',
          caseSensitive: conf.boolean('spark.sql.caseSensitive'),
        },
      );
      if (!schema) throw analysisError('UNABLE_TO_INFER_SCHEMA', { format: 'Parquet' });
      return schema;
    }
    case 'text':
      return new StructType([new StructField('value', STRING)]);
    case 'csv':
    case 'json': {
      const files = listing.files.map((f) => f.path);
      const parsers = textParsers(options['timezone'] ?? conf.get('spark.sql.session.timeZone'));
      const schema =
        format === 'csv' ? inferCsvSchema(files, options, parsers) : inferJsonSchema(files, options, parsers);
      if (!schema) throw analysisError('UNABLE_TO_INFER_SCHEMA', { format: format.toUpperCase() });
      return schema;
    }
    default:
      throw unsupported(`inferring the schema of ${format} files (${paths.join(', ')}); give one with .schema(…)`);
  }
}

function relationKey(
  format: string,
  location: readonly string[],
  dataSchema: StructType,
  partitionSchema: StructType,
  options: Readonly<Record<string, string>>,
): string {
  const sorted = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
  // Comments and the like are part of a schema.
  const notes = [...dataSchema.fields, ...partitionSchema.fields].map((f) => f.metadata);
  const noted = notes.some((m) => Object.keys(m).length > 0) ? notes : undefined;
  return JSON.stringify([format, location, dataSchema.sql, partitionSchema.sql, sorted, noted]);
}

function lowerKeys(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(options).map(([k, v]) => [k.toLowerCase(), v]));
}

export function dataSourceNotFound(format: string) {
  return analysisError('DATA_SOURCE_NOT_FOUND', { provider: format });
}
