import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { analysisError } from '../../errors/index.js';
import { sparkPath } from './file-errors.js';
import { localPath } from './listing.js';
import { isHidden, partitionDirectory } from './path-names.js';

export type SaveMode = 'append' | 'overwrite' | 'errorifexists' | 'ignore';

/** Writes a directory of part files so that readers see all of them or none: tasks write below `_temporary`, `commit`
 * moves the files into place and leaves `_SUCCESS`. Spark: `InsertIntoHadoopFsRelationCommand`, `SQLHadoopMapReduceCommitProtocol`. */
export class FileOutput {
  readonly directory: string;
  /** Nothing is to be written: mode `ignore` and the directory exists. */
  readonly skipped: boolean;
  readonly #job = randomUUID();
  readonly #temporary: string;
  readonly #files: string[] = [];
  readonly #replaceAll: boolean;
  readonly #replaceTouched: boolean;

  /** @param replacePartitionsOnly with `overwrite`: keeps partitions that get no files (dynamic partition overwrite)
   * @throws PATH_ALREADY_EXISTS */
  constructor(
    path: string,
    mode: SaveMode = 'errorifexists',
    readonly replacePartitionsOnly = false,
  ) {
    this.directory = localPath(path);
    const exists = existsSync(this.directory);
    if (exists && mode === 'errorifexists')
      throw analysisError('PATH_ALREADY_EXISTS', { outputPath: sparkPath(this.directory) });
    this.skipped = exists && mode === 'ignore';
    this.#replaceAll = mode === 'overwrite' && !replacePartitionsOnly;
    this.#replaceTouched = mode === 'overwrite' && replacePartitionsOnly;
    this.#temporary = join(this.directory, '_temporary', this.#job);
  }

  /** A path to write part `index` of the job to.
   * @param partition names and texts of partition values, if the output is partitioned
   * @param extension as `.snappy.parquet`
   * @param file number of the file within the part */
  newFile(
    index: number,
    extension: string,
    partition: readonly (readonly [name: string, value: string | null])[] = [],
    file = 0,
  ): string {
    // In partitioned output Spark writes a dot before the file number.
    const dash = partition.length > 0 ? '.' : '-';
    const name = `part-${String(index).padStart(5, '0')}-${this.#job}${dash}c${String(file).padStart(3, '0')}${extension}`;
    const directory = join(this.#temporary, ...partition.map(([n, v]) => partitionDirectory(n, v)));
    mkdirSync(directory, { recursive: true });
    const path = join(directory, name);
    this.#files.push(path);
    return path;
  }

  /** Moves all files into place. Files that were made but never written are passed over. */
  commit(): string[] {
    mkdirSync(this.directory, { recursive: true });
    const moves = this.#files
      .filter((from) => existsSync(from))
      .map((from) => ({ from, to: join(this.directory, relative(this.#temporary, from)) }));
    if (this.#replaceAll) clear(this.directory);
    else if (this.#replaceTouched)
      for (const d of new Set(moves.map((m) => dirname(m.to)))) if (existsSync(d)) clear(d);
    for (const { from, to } of moves) {
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
    }
    this.#cleanUp();
    writeFileSync(join(this.directory, '_SUCCESS'), '');
    return moves.map((m) => m.to);
  }

  /** Forgets what was written. */
  abort(): void {
    this.#cleanUp();
  }

  #cleanUp(): void {
    rmSync(this.#temporary, { recursive: true, force: true });
    const parent = dirname(this.#temporary);
    if (existsSync(parent) && readdirSync(parent).length === 0) rmSync(parent, { recursive: true, force: true });
  }
}

/** Removes a directory's data but not what other jobs have under way. */
function clear(directory: string): void {
  for (const name of readdirSync(directory))
    if (name !== '_temporary' && (!isHidden(name) || name === '_SUCCESS'))
      rmSync(join(directory, name), { recursive: true, force: true });
}
