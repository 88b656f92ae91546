import { accessSync, constants, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analysisError, runtimeError } from '../../errors/index.js';
import { type DataType, StructField, StructType, type Value } from '../../types/index.js';
import { lookingAt, sparkPath } from './file-errors.js';
import { expandGlob, isGlob, segmentMatcher } from './glob.js';
import {
  inferPartitionType,
  partitionValue,
  type TimestampParser,
  utcTimestamp,
  widerPartitionType,
} from './partition-values.js';
import { DEFAULT_PARTITION_NAME, isHidden, unescapePathName } from './path-names.js';
import { committedFiles } from './streaming/sink-log.js';

export interface DataFile {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Files that share partition values. Without partition columns there is one, with no values. */
export interface PartitionDirectory {
  readonly values: readonly Value[];
  readonly files: readonly DataFile[];
}

/** What lies under the paths of a relation. Spark: `InMemoryFileIndex`. */
export interface FileListing {
  /** Absolute, globs expanded. */
  readonly rootPaths: readonly string[];
  readonly partitionSchema: StructType;
  readonly partitions: readonly PartitionDirectory[];
  /** All data files, partition by partition. */
  readonly files: readonly DataFile[];
  readonly sizeInBytes: number;
}

export interface ListingOptions {
  /** Directory below which partition directories start. */
  readonly basePath?: string | undefined;
  readonly recursiveFileLookup?: boolean | undefined;
  /** Keeps only files whose names match. */
  readonly pathGlobFilter?: string | undefined;
  readonly ignoreMissingFiles?: boolean | undefined;
  /** False: paths are names as they are. */
  readonly globPaths?: boolean | undefined;
  /** spark.sql.sources.partitionColumnTypeInference.enabled */
  readonly inferPartitionTypes?: boolean | undefined;
  readonly caseSensitive?: boolean | undefined;
  /** Types of partition columns from a schema that the user gave. */
  readonly userSchema?: StructType | undefined;
  readonly parseTimestamp?: TimestampParser | undefined;
}

/** Lists data files of paths, directories and globs, and finds Hive-style partitions. Blocking.
 * @throws PATH_NOT_FOUND, FAILED_READ_FILE.NO_HINT (no permission), CONFLICTING_PARTITION_COLUMN_NAMES, CONFLICTING_DIRECTORY_STRUCTURES
 * Spark: `DataSource.checkAndGlobPathIfNecessary`, `InMemoryFileIndex`, `PartitioningUtils.parsePartitions`. */
export function listFiles(paths: readonly string[], options: ListingOptions = {}): FileListing {
  const rootPaths = paths.flatMap((path) => lookingAt(localPath(path), () => resolveRoot(path, options)));
  const keep = options.pathGlobFilter === undefined ? undefined : segmentMatcher(options.pathGlobFilter);
  const directories = new Map<string, DataFile[]>();
  const add = (file: DataFile): void => {
    if (keep && !keep.test(basename(file.path))) return;
    const directory = dirname(file.path);
    const list = directories.get(directory);
    if (list) list.push(file);
    else directories.set(directory, [file]);
  };
  const rootFiles = new Set<string>();
  // Of a streaming query's output only what it committed counts, if it is read as one folder.
  const [only] = paths.length === 1 && !isGlob(localPath(paths[0] as string)) ? rootPaths : [];
  const list = (root: string): void => {
    const stats = statSync(root, { throwIfNoEntry: false });
    if (!stats) return;
    // Otherwise what is looked for in it would be named.
    if (stats.isDirectory()) accessSync(root, constants.R_OK | constants.X_OK);
    const committed = root === only && stats.isDirectory() ? committedFiles(root) : undefined;
    if (committed) committed.forEach(add);
    else if (stats.isDirectory()) walk(root, add);
    else if (!isHidden(basename(root))) {
      rootFiles.add(root);
      add(dataFile(root, stats));
    }
  };
  for (const root of rootPaths) lookingAt(root, () => list(root));
  const bases = basePaths(rootPaths, rootFiles, options);
  const parsed = options.recursiveFileLookup ? undefined : parsePartitions([...directories.keys()], bases, options);
  if (!parsed) {
    const files: DataFile[] = [];
    const seen = new Set<string>();
    const take = (file: DataFile): void => {
      if (seen.has(file.path)) return;
      seen.add(file.path);
      files.push(file);
    };
    // Without partitions, only files right below a root count.
    if (options.recursiveFileLookup) for (const list of directories.values()) list.forEach(take);
    else
      for (const root of rootPaths) {
        if (rootFiles.has(root))
          directories
            .get(dirname(root))
            ?.filter((f) => f.path === root)
            .forEach(take);
        else directories.get(root)?.forEach(take);
      }
    return listing(rootPaths, new StructType([]), [{ values: [], files }]);
  }
  const partitions = parsed.values.map(({ directory, values }) => ({
    values,
    files: directories.get(directory) as DataFile[],
  }));
  return listing(rootPaths, parsed.schema, partitions);
}

function listing(
  rootPaths: readonly string[],
  partitionSchema: StructType,
  partitions: readonly PartitionDirectory[],
): FileListing {
  const files = partitions.flatMap((p) => p.files);
  return { rootPaths, partitionSchema, partitions, files, sizeInBytes: files.reduce((sum, f) => sum + f.size, 0) };
}

/** A path as the user gave it, without `file:` and absolute. */
export function localPath(path: string): string {
  if (path.startsWith('file://')) return fileURLToPath(encodeURI(path).replace(/[?#]/g, encodeURIComponent));
  return resolve(path.startsWith('file:') ? path.slice(5) : path);
}

function resolveRoot(path: string, options: ListingOptions): string[] {
  const local = localPath(path);
  if (options.globPaths !== false && isGlob(local)) {
    const found = expandGlob(local);
    if (found.length > 0) return found;
  }
  if (statSync(local, { throwIfNoEntry: false }) || options.ignoreMissingFiles) return [local];
  throw analysisError('PATH_NOT_FOUND', { path: sparkPath(local) });
}

function dataFile(path: string, stats: Stats): DataFile {
  return { path, size: stats.size, mtimeMs: stats.mtimeMs };
}

/** Files of a directory, then those of its subdirectories, in the order of names. */
function walk(directory: string, add: (file: DataFile) => void): void {
  const below: string[] = [];
  for (const name of readdirSync(directory).sort()) {
    if (isHidden(name)) continue;
    const path = join(directory, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) below.push(path);
    else if (stats?.isFile()) add(dataFile(path, stats));
  }
  for (const path of below) walk(path, add);
}

function basePaths(roots: readonly string[], rootFiles: ReadonlySet<string>, options: ListingOptions): Set<string> {
  if (options.basePath !== undefined) return new Set([localPath(options.basePath)]);
  return new Set(roots.map((root) => (rootFiles.has(root) ? dirname(root) : root)));
}

interface RawPartition {
  readonly directory: string;
  readonly base: string;
  readonly columns: readonly { readonly name: string; readonly raw: string }[];
}

function parsePartitions(
  directories: readonly string[],
  bases: ReadonlySet<string>,
  options: ListingOptions,
): { schema: StructType; values: { directory: string; values: Value[] }[] } | undefined {
  const found = directories.map((d) => parseDirectory(d, bases)).filter((p) => p !== undefined);
  const partitions = found.filter((p) => p.columns.length > 0);
  const [first] = partitions;
  if (!first) return undefined;
  const discovered = [...new Set(found.map((p) => p.base))];
  if (discovered.length > 1)
    throw runtimeError('CONFLICTING_DIRECTORY_STRUCTURES', {
      discoveredBasePaths: discovered.map((p) => `\n\t${sparkPath(p)}`).join(''),
    });
  checkNames(partitions, options.caseSensitive ?? false);
  const parseTimestamp = options.parseTimestamp ?? utcTimestamp;
  const fields = first.columns.map(({ name }, i) => {
    const given = options.userSchema?.fields.find((f) => sameName(f.name, name, options.caseSensitive ?? false));
    if (given) return new StructField(given.name, given.dataType, true);
    const raws = partitions.map((p) => (p.columns[i] as { raw: string }).raw);
    return new StructField(name, columnType(raws, options.inferPartitionTypes ?? true), true);
  });
  const values = partitions.map(({ directory, columns }) => ({
    directory,
    values: columns.map(({ name, raw }, i) => {
      const type = (fields[i] as StructField).dataType;
      const value = partitionValue(raw, type, parseTimestamp);
      if (value === undefined)
        throw runtimeError('INVALID_PARTITION_VALUE', {
          value: `'${raw}'`,
          dataType: `"${type.sql}"`,
          columnName: `\`${name}\``,
        });
      return value;
    }),
  }));
  return { schema: new StructType(fields), values };
}

function columnType(raws: readonly string[], infer: boolean): DataType {
  const types = raws.map((raw) => inferPartitionType(raw));
  return infer
    ? widerPartitionType(types)
    : widerPartitionType(types.map((t) => (t.kind === 'null' ? t : STRING_TYPE)));
}
const STRING_TYPE = inferPartitionType('x');

/** Walks up from a directory to its base, collecting `name=value`. */
function parseDirectory(directory: string, bases: ReadonlySet<string>): RawPartition | undefined {
  const columns: { name: string; raw: string }[] = [];
  let current = directory;
  for (;;) {
    const name = basename(current);
    if (name.toLowerCase() === '_temporary') return undefined;
    if (bases.has(current)) break;
    const equals = name.indexOf('=');
    const column = equals > 0 && equals < name.length - 1;
    if (column) columns.push({ name: unescapePathName(name.slice(0, equals)), raw: name.slice(equals + 1) });
    if ((!column && columns.length > 0) || dirname(current) === current) break;
    current = dirname(current);
  }
  return columns.length === 0
    ? { directory, base: directory, columns }
    : { directory, base: current, columns: columns.reverse() };
}

function sameName(a: string, b: string, caseSensitive: boolean): boolean {
  return caseSensitive ? a === b : a.toLowerCase() === b.toLowerCase();
}

function checkNames(partitions: readonly RawPartition[], caseSensitive: boolean): void {
  const lists = new Map<string, { names: string; directories: string[] }>();
  for (const { directory, columns } of partitions) {
    const names = columns.map((c) => c.name).join(', ');
    const key = caseSensitive ? names : names.toLowerCase();
    const entry = lists.get(key) ?? { names, directories: [] };
    entry.directories.push(directory);
    lists.set(key, entry);
  }
  if (lists.size <= 1) return;
  const entries = [...lists.values()];
  throw runtimeError('CONFLICTING_PARTITION_COLUMN_NAMES', {
    distinctPartColLists: `\n\t${entries.map((e, i) => `Partition column name list #${i}: ${e.names}`).join('\n\t')}\n`,
    suspiciousPaths: entries.flatMap((e) => e.directories.map((d) => `\n\t${sparkPath(d)}`)).join(''),
  });
}

/** Data columns, then partition columns; a column that is both keeps its place with the partition's type.
 * Spark: `PartitioningUtils.mergeDataAndPartitionSchema`. */
export function mergeDataAndPartitionSchema(
  data: StructType,
  partition: StructType,
  caseSensitive = false,
): StructType {
  const taken = new Set<StructField>();
  const fields = data.fields.map((field) => {
    const both = partition.fields.find((p) => sameName(p.name, field.name, caseSensitive));
    if (both) taken.add(both);
    return both ?? field;
  });
  return new StructType([...fields, ...partition.fields.filter((p) => !taken.has(p))]);
}

export { DEFAULT_PARTITION_NAME };
