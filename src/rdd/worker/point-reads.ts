import { createRequire } from 'node:module';
import { quietly } from './quietly.js';
import { openSqlite } from './sqlite.js';

/** What SQLite holds as it is. */
export type Stored = string | number | bigint | Uint8Array | null;
/** A row as SQLite gives it. */
export type StoredRow = { readonly [column: string]: Stored };

/** One file that is open for reading, by one statement with one parameter. */
export interface PointReads {
  /** The pages are mapped into memory: all workers of all processes read the same ones, without a call of the system. */
  readonly mapped: boolean;
  /** The row of the key; undefined if there is none. */
  get(key: Stored): StoredRow | undefined;
  /** The only row of another query. */
  single(sql: string): StoredRow;
  close(): void;
}

/** Maps the file where the runtime has SQLite built in (Node 22.13 and newer), which survives the end of a worker that is in
 * a call; elsewhere SQLite is WebAssembly, which cannot map (docs/adr/0014). */
export function openPointReads(path: string, select: string, cacheBytes: number): PointReads {
  const Native = builtIn();
  return Native
    ? new MappedReads(new Native(path, { readOnly: true }), select)
    : new PagedReads(path, select, cacheBytes);
}

/** Of Node's own `node:sqlite`, the part that is used. */
interface NativeDatabase {
  exec(sql: string): void;
  prepare(sql: string): { get(...parameters: Stored[]): StoredRow | undefined };
  close(): void;
}
type NativeClass = new (path: string, options: { readonly readOnly: boolean }) => NativeDatabase;

let native: NativeClass | null | undefined;
function builtIn(): NativeClass | null {
  if (native === undefined) {
    try {
      // It warns that it is experimental, on the terminal of whoever runs a job.
      native = quietly(
        () => createRequire(import.meta.url)('node:sqlite') as { DatabaseSync: NativeClass },
      ).DatabaseSync;
    } catch {
      native = null;
    }
  }
  return native;
}

/** Of the file at most so many bytes are mapped, SQLite's own limit; the rest is read. */
const MOST_MAPPED = 0x7fff_0000;

class MappedReads implements PointReads {
  readonly mapped = true;
  readonly #database: NativeDatabase;
  readonly #select: { get(key: Stored): StoredRow | undefined };

  constructor(database: NativeDatabase, select: string) {
    this.#database = database;
    try {
      // The transaction stays open: nothing is locked or looked at again from one read to the next.
      database.exec(`PRAGMA mmap_size = ${MOST_MAPPED}; BEGIN`);
      this.#select = database.prepare(select);
    } catch (error) {
      database.close();
      throw error;
    }
  }
  get(key: Stored): StoredRow | undefined {
    return this.#select.get(key);
  }
  single(sql: string): StoredRow {
    return this.#database.prepare(sql).get() as StoredRow;
  }
  close(): void {
    this.#database.close();
  }
}

class PagedReads implements PointReads {
  readonly mapped = false;
  readonly #database;
  readonly #select;

  constructor(path: string, select: string, cacheBytes: number) {
    this.#database = openSqlite(path, { cacheBytes });
    try {
      this.#select = this.#database.prepare(select);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }
  get(key: Stored): StoredRow | undefined {
    return (this.#select.get((typeof key === 'object' ? [key] : key) as never) as StoredRow | null) ?? undefined;
  }
  single(sql: string): StoredRow {
    return this.#database.get(sql) as StoredRow;
  }
  close(): void {
    if (!this.#select.isFinalized) this.#select.finalize();
    if (this.#database.isOpen) this.#database.close();
  }
}
