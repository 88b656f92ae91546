import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The file operations that blocks need; tests pass failing ones. */
export interface BlockFiles {
  mkdir(path: string): Promise<void>;
  /** Writes a new file whole. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  read(path: string): Promise<Uint8Array>;
  /** No error where the file is missing. */
  remove(path: string): Promise<void>;
}

export const nodeFiles: BlockFiles = {
  async mkdir(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  async write(path, bytes) {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
  },
  rename,
  read: (path) => readFile(path),
  async remove(path) {
    await rm(path, { force: true });
  },
};

/** A store's directory is named after the process it belongs to. */
const PREFIX = 'memoframe-blocks-';

/** Spark: `spark.diskStore.subDirectories`. */
const SUB_DIRECTORIES = 64;

/** Blocks as files in hashed sub-directories. A file has its final name only when it is whole. Spark: `DiskStore`. */
export class DiskStore {
  #root: string | undefined;
  readonly #made = new Set<string>();
  #temporary = 0;

  /** @param directory parent of the store's own directory, which is made when first needed; the system's temporary one by default */
  constructor(
    readonly directory: string = tmpdir(),
    readonly files: BlockFiles = nodeFiles,
  ) {}

  path(name: string): string {
    if (this.#root === undefined) {
      sweepDead(this.directory);
      this.#root = mkdtempSync(join(this.directory, `${PREFIX}${process.pid}-`));
      process.once('exit', this.#closeAtExit);
    }
    return join(this.#root, (hash(name) % SUB_DIRECTORIES).toString(16).padStart(2, '0'), name);
  }

  /** Writes a block; after a failure nothing of it is left. @throws what the file system says */
  async put(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.path(name);
    const parent = join(path, '..');
    if (!this.#made.has(parent)) {
      await this.files.mkdir(parent);
      this.#made.add(parent);
    }
    const temporary = `${path}.${++this.#temporary}.tmp`;
    try {
      await this.files.write(temporary, bytes);
      await this.files.rename(temporary, path);
    } catch (error) {
      await this.files.remove(temporary).catch(() => undefined);
      throw error;
    }
  }

  get(name: string): Promise<Uint8Array> {
    return this.files.read(this.path(name));
  }

  remove(name: string): Promise<void> {
    return this.files.remove(this.path(name));
  }

  readonly #closeAtExit = () => this.close();

  /** Removes the store's directory. */
  close(): void {
    process.removeListener('exit', this.#closeAtExit);
    if (this.#root !== undefined) rmSync(this.#root, { recursive: true, force: true });
    this.#root = undefined;
    this.#made.clear();
  }
}

function hash(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
  return Math.abs(h);
}

/** Removes what killed processes of this user have left behind. */
function sweepDead(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(directory, name);
    try {
      if (statSync(path).uid === process.getuid?.()) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another process sweeps, too.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
