import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The file operations that blocks need; tests pass failing ones. */
export interface BlockFiles {
  mkdir(path: string): Promise<void>;
  /** Writes a new file, piece after piece. */
  write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  read(path: string): Promise<Uint8Array>;
  /** No error where the file is missing. */
  remove(path: string): Promise<void>;
}

const READ_BYTES = 256 << 20;

export const nodeFiles: BlockFiles = {
  async mkdir(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  async write(path, pieces) {
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const piece of pieces) await file.writeFile(piece);
    } finally {
      await file.close();
    }
  },
  rename,
  async read(path) {
    const file = await open(path, 'r');
    try {
      // `readFile` stops at 2 GiB.
      const bytes = new Uint8Array((await file.stat()).size);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, Math.min(bytes.length - at, READ_BYTES), at);
        if (bytesRead === 0) return bytes.subarray(0, at);
        at += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  },
  async remove(path) {
    await rm(path, { force: true });
  },
};

let temporaries = 0;

/** Writes a file that has its name only when it is whole; after a failure nothing of it is left. @returns its bytes
 * @throws what the file system or `pieces` say */
export async function writeWhole(files: BlockFiles, path: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  const temporary = `${path}.${process.pid}-${++temporaries}.tmp`;
  let bytes = 0;
  async function* counted() {
    for await (const piece of pieces) {
      bytes += piece.length;
      yield piece;
    }
  }
  try {
    await files.write(temporary, counted());
    await files.rename(temporary, path);
    return bytes;
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
}

/** A store's directory is named after the process it belongs to. */
const PREFIX = 'memoframe-blocks-';

/** Spark: `spark.diskStore.subDirectories`. */
const SUB_DIRECTORIES = 64;

/** Blocks as files in hashed sub-directories. A file has its final name only when it is whole. Spark: `DiskStore`. */
export class DiskStore {
  #root: string | undefined;
  readonly #made = new Set<string>();

  /** @param directory parent of the store's own directory, which is made when first needed; the system's temporary one by default */
  constructor(
    readonly directory: string = tmpdir(),
    readonly files: BlockFiles = nodeFiles,
  ) {}

  path(name: string): string {
    if (this.#root === undefined) {
      mkdirSync(this.directory, { recursive: true });
      sweepDead(this.directory);
      this.#root = mkdtempSync(join(this.directory, `${PREFIX}${process.pid}-`));
      process.once('exit', this.#closeAtExit);
    }
    return join(this.#root, (hash(name) % SUB_DIRECTORIES).toString(16).padStart(2, '0'), name);
  }

  /** Writes a block; after a failure nothing of it is left. @returns bytes of the file
   * @throws what the file system says */
  async put(name: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
    const path = this.path(name);
    const parent = join(path, '..');
    if (!this.#made.has(parent)) {
      await this.files.mkdir(parent);
      this.#made.add(parent);
    }
    return writeWhole(this.files, path, pieces);
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
