import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { NO_ORIGIN, SparkError } from '../../../errors/index.js';

/** Settles a file's bytes, or a folder's names, on the disk. */
export function syncPath(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } catch (error) {
    // Some file systems refuse it for folders.
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  } finally {
    closeSync(fd);
  }
}

/** Puts a file in place whole or not at all: a temporary file beside it, settled on the disk, then renamed.
 * @returns false if there is such a file already; it stays as it is. Spark: `CheckpointFileManager.createAtomic` */
export function writeWhole(path: string, text: string): boolean {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true });
  if (existsSync(path)) return false;
  const name = path.slice(directory.length + 1);
  const temporary = join(directory, `.${name}.${randomUUID()}.tmp`);
  const fd = openSync(temporary, 'wx');
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  // A checksum that Hadoop left of an earlier file of this name would condemn the new one.
  rmSync(join(directory, `.${name}.crc`), { force: true });
  const won = claim(temporary, path);
  syncPath(directory);
  return won;
}

/** Renames, and never replaces: of two processes only one gets the name. */
function claim(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') {
      // No hard links here.
      renameSync(temporary, path);
      return true;
    }
    unlinkSync(temporary);
    return false;
  }
  unlinkSync(temporary);
  return true;
}

/** Numbered small files in a folder, each written once and whole. Spark: `HDFSMetadataLog`. */
export class MetadataLog {
  constructor(readonly directory: string) {}

  /** Name of the file of a batch. */
  fileName(batch: number): string {
    return String(batch);
  }
  /** @returns false if the batch is there already */
  add(batch: number, text: string): boolean {
    return writeWhole(join(this.directory, this.fileName(batch)), text);
  }
  get(batch: number): string | undefined {
    const path = join(this.directory, this.fileName(batch));
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }
  /** Numbers of the batches, ascending. */
  batches(): number[] {
    if (!existsSync(this.directory)) return [];
    return readdirSync(this.directory)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  }
  latest(): number | undefined {
    return this.batches().at(-1);
  }
  /** Removes the batches below a number. */
  purge(below: number): void {
    for (const batch of this.batches()) if (batch < below) this.remove(String(batch));
  }
  protected remove(name: string): void {
    rmSync(join(this.directory, name), { force: true });
    rmSync(join(this.directory, `.${name}.crc`), { force: true });
  }
}

/** The lines after the version line. @throws java.lang.IllegalStateException for another version or no lines.
 * Spark: `MetadataVersionUtil.validateVersion` */
export function versionedLines(text: string, path: string): string[] {
  const [version = '', ...lines] = text.split('\n');
  if (version !== 'v1')
    throw new SparkError('runtime', 'java.lang.IllegalStateException', {}, NO_ORIGIN, {
      message: /^v\d+$/.test(version)
        ? `UnsupportedLogVersion: the log ${path} has version ${version}; v1 is the newest that can be read here.`
        : `The log ${path} is malformed: its first line ${JSON.stringify(version)} is no version.`,
    });
  return lines;
}
