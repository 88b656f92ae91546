import {
  type Dirent,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { StoredEntry } from './entry.js';
import { EntryWriter, type ManifestHead } from './entry-writer.js';
import { nodePersistentFiles, type PersistentFiles } from './files.js';
import { blockFileName, decodeManifest, MANIFEST_NAME, type Manifest } from './manifest.js';
import { isDead, nextSerial, ownerTag } from './owner-tag.js';

export interface PersistentFolderOptions {
  readonly path: string;
  /** All entries together may take so many bytes. */
  readonly maxBytes: number;
  readonly files?: PersistentFiles;
  /** Each message comes once. */
  readonly warn: (message: string) => void;
}

/** An entry's name: hash of the plan, hash of what it was computed from. */
const ENTRY = /^([0-9a-f]{32})-([0-9a-f]{32})$/;
const TEMPORARY = /^\.tmp-([0-9a-z]+-\d+-\d+)-\d+$/;
/** Temporary folders of processes of other hosts are left for so long. */
const FOREIGN_MS = 24 * 3600 * 1000;
const MOST_ATTEMPTS = 3;

/** A folder of entries that outlive processes and may be shared by several at once. Nothing is ever changed in place and
 * nothing is locked: an entry is a folder that appears by one rename and goes by one rename, so that a process killed at any
 * moment leaves the old entry, the new one, or a temporary folder that the next process sweeps. */
export class PersistentFolder {
  readonly path: string;
  readonly files: PersistentFiles;
  readonly #warned = new Set<string>();
  readonly #writers = new Set<EntryWriter>();
  #isSafe: boolean | undefined;
  #isSwept = false;

  constructor(readonly options: PersistentFolderOptions) {
    this.path = options.path;
    this.files = options.files ?? nodePersistentFiles;
  }

  warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.options.warn(message);
  }

  /** The entry of this name, if it is whole. A damaged one is dropped with a warning. */
  find(planKey: string, variantKey: string): StoredEntry | undefined {
    if (!this.#isUsable()) return undefined;
    this.#sweep();
    const path = join(this.path, `${planKey}-${variantKey}`);
    const manifest = this.#read(path);
    if (manifest === undefined) return undefined;
    const wrong = typeof manifest === 'string' ? manifest : this.#wrongFiles(path, manifest);
    if (wrong !== undefined || typeof manifest === 'string') {
      this.warnOnce(`The persistent cache entry ${path} is not used: ${wrong}.`);
      this.drop(path);
      return undefined;
    }
    touch(join(path, MANIFEST_NAME));
    return new StoredEntry(path, manifest, this.files);
  }

  /** Whole entries of a plan, whatever they were computed from. */
  entriesOf(planKey: string): StoredEntry[] {
    return this.#names()
      .filter((name) => name.startsWith(`${planKey}-`))
      .flatMap((name) => {
        const path = join(this.path, name);
        const manifest = this.#read(path);
        return manifest === undefined || typeof manifest === 'string'
          ? []
          : [new StoredEntry(path, manifest, this.files)];
      });
  }

  /** Plans of which there are entries. */
  planKeys(): ReadonlySet<string> {
    return new Set(this.#names().map((name) => (ENTRY.exec(name) as RegExpExecArray)[1] as string));
  }

  /** A new entry, written block by block; undefined where the folder is not to be trusted. */
  begin(head: ManifestHead, numPartitions: number): EntryWriter | undefined {
    if (!this.#isUsable()) return undefined;
    const path = join(this.path, `.tmp-${ownerTag()}-${nextSerial()}`);
    const writer = new EntryWriter(path, head, numPartitions, this.options.maxBytes, this.files);
    this.#writers.add(writer);
    process.removeListener('exit', this.#removeAtExit);
    process.once('exit', this.#removeAtExit);
    this.#sweep();
    return writer;
  }

  /** Gives a complete entry its name. Of two processes that write the same entry one wins, and both are right.
   * @returns the entry that is there now; undefined where the writer was given up */
  async commit(writer: EntryWriter): Promise<StoredEntry | undefined> {
    const { planKey, variantKey } = writer.head;
    const path = join(this.path, `${planKey}-${variantKey}`);
    if (!this.#isUsable()) {
      await writer.abandon();
      return undefined;
    }
    const manifest = await writer.commit((from) => this.#publish(from, path));
    this.#writers.delete(writer);
    if (manifest) {
      await this.files.syncDirectory(this.path).catch(() => undefined);
      this.#keepBound(path);
      return new StoredEntry(path, manifest, this.files);
    }
    return existsSync(path) ? this.find(planKey, variantKey) : undefined;
  }

  /** @returns whether `from` took the name; false: a whole entry had it */
  async #publish(from: string, path: string): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.files.rename(from, path);
        return true;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const taken = code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM';
        if (!taken || attempt === MOST_ATTEMPTS) throw error;
        const there = this.#read(path);
        if (there !== undefined && typeof there !== 'string' && this.#wrongFiles(path, there) === undefined)
          return false;
        this.drop(path);
      }
    }
  }

  /** Takes a writer's files away. */
  async abandon(writer: EntryWriter): Promise<void> {
    await writer.abandon();
    this.#writers.delete(writer);
  }

  /** Removes an entry: at once for everybody who looks for it. Where the folder cannot be written it stays. */
  drop(path: string): void {
    const trash = join(this.path, `.tmp-${ownerTag()}-${nextSerial()}`);
    try {
      renameSync(path, trash);
      rmSync(trash, { recursive: true, force: true });
    } catch {
      // Read-only, or another process was faster.
    }
  }

  /** Ends this process's unfinished entries. */
  async close(): Promise<void> {
    await Promise.all([...this.#writers].map((w) => this.abandon(w)));
    process.removeListener('exit', this.#removeAtExit);
  }

  readonly #removeAtExit = () => {
    for (const w of this.#writers) rmSync(w.path, { recursive: true, force: true });
  };

  /** A folder that others may write to, or that is not what it seems, is never trusted. */
  #isUsable(): boolean {
    if (this.#isSafe !== undefined) return this.#isSafe;
    const stat = lstatSync(this.path, { throwIfNoEntry: false });
    // Made when first written to.
    if (!stat) return true;
    let wrong: string | undefined;
    if (stat.isSymbolicLink()) wrong = 'it is a symbolic link';
    else if (!stat.isDirectory()) wrong = 'it is no directory';
    else if (process.getuid && stat.uid !== process.getuid()) wrong = 'it belongs to another user';
    else if (process.platform !== 'win32' && (stat.mode & 0o002) !== 0) wrong = 'everybody may write to it';
    if (wrong !== undefined) this.warnOnce(`The persistent cache folder ${this.path} is not used: ${wrong}.`);
    this.#isSafe = wrong === undefined;
    return this.#isSafe;
  }

  #names(): string[] {
    if (!this.#isUsable()) return [];
    return this.#list(this.path)
      .filter((d) => d.isDirectory() && ENTRY.test(d.name))
      .map((d) => d.name);
  }

  #list(path: string): Dirent[] {
    try {
      return readdirSync(path, { withFileTypes: true });
    } catch {
      return [];
    }
  }

  /** An entry's manifest, what is wrong with it, or undefined where there is no entry. */
  #read(path: string): Manifest | string | undefined {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) return undefined;
    if (!stat.isDirectory()) return 'it is no directory';
    if (process.getuid && stat.uid !== process.getuid()) return 'it belongs to another user';
    try {
      return decodeManifest(readFileSync(join(path, MANIFEST_NAME), 'utf8'));
    } catch (error) {
      // Gone while we looked: no entry.
      if (!existsSync(path)) return undefined;
      return (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'its manifest is missing'
        : `its manifest cannot be read (${(error as Error).message})`;
    }
  }

  /** What does not fit between a manifest and the files beside it; contents are checked when they are read. */
  #wrongFiles(path: string, manifest: Manifest): string | undefined {
    const [plan, variant] = [manifest.planKey, manifest.variantKey];
    if (!path.endsWith(`${plan}-${variant}`)) return 'its manifest is of another entry';
    for (const [partition, { bytes }] of manifest.blocks.entries()) {
      const name = blockFileName(partition);
      const stat = statSync(join(path, name), { throwIfNoEntry: false });
      if (!stat) return `${name} is missing`;
      if (stat.size !== bytes) return `${name} has ${stat.size} bytes instead of ${bytes}`;
    }
    return undefined;
  }

  /** Removes what dead processes have left, once. */
  #sweep(): void {
    if (this.#isSwept) return;
    this.#isSwept = true;
    for (const { name } of this.#list(this.path)) {
      const tag = TEMPORARY.exec(name)?.[1];
      if (tag === undefined || tag === ownerTag()) continue;
      const path = join(this.path, name);
      try {
        if (isDead(tag) || Date.now() - statSync(path).mtimeMs > FOREIGN_MS)
          rmSync(path, { recursive: true, force: true });
      } catch {
        // Another process sweeps, too.
      }
    }
  }

  /** Drops the entries that were not used for longest until the rest fits; `newest` stays. */
  #keepBound(newest: string): void {
    const entries = this.#names()
      .map((name) => {
        const path = join(this.path, name);
        const used = statSync(join(path, MANIFEST_NAME), { throwIfNoEntry: false })?.mtimeMs ?? 0;
        return { path, used, bytes: this.#bytesIn(path) };
      })
      .sort((a, b) => a.used - b.used);
    let total = entries.reduce((sum, e) => sum + e.bytes, 0);
    for (const e of entries) {
      if (total <= this.options.maxBytes) return;
      if (e.path === newest) continue;
      this.drop(e.path);
      total -= e.bytes;
    }
  }

  #bytesIn(path: string): number {
    let sum = 0;
    for (const { name } of this.#list(path)) sum += statSync(join(path, name), { throwIfNoEntry: false })?.size ?? 0;
    return sum;
  }
}

/** Notes that an entry was used, where files may be changed. */
function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Read-only.
  }
}
