import { randomUUID } from 'node:crypto';
import { linkSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Database } from 'node-sqlite3-wasm';

let sqlite: typeof import('node-sqlite3-wasm') | undefined;

/** How a database is opened. */
export interface SqliteOptions {
  /** Default true: any number of workers read at once, one snapshot each. The file must not be written to meanwhile; it may
   * be replaced by another of its name. With false one at a time has it. */
  readonly readOnly?: boolean | undefined;
  /** Bytes of the file's pages that are kept in this worker's memory; default 2 MB. */
  readonly cacheBytes?: number | undefined;
}

/** Opens an SQLite database on this thread; who opens it closes it, for instance as worker-scoped value with `dispose`. */
export function openSqlite(path: string, { readOnly = true, cacheBytes }: SqliteOptions = {}): Database {
  const database = readOnly ? openPinned(resolve(path)) : open(path, false);
  if (cacheBytes !== undefined) database.exec(`PRAGMA cache_size = -${Math.max(64, Math.ceil(cacheBytes / 1024))}`);
  return database;
}

/** SQLite as WebAssembly, loaded when first needed. A native one would end the whole process when a worker is terminated
 * while it is in a call: the binding's failure to throw is fatal there. */
function open(path: string, readOnly: boolean): Database {
  sqlite ??= createRequire(import.meta.url)('node-sqlite3-wasm') as typeof import('node-sqlite3-wasm');
  return new sqlite.Database(path, { readOnly });
}

/** Opens this very file, even if another takes its name later, and so that readers do not lock each other out: this SQLite
 * locks a file by a folder beside its name, so each reader comes by a name of its own, and holds one transaction. */
function openPinned(path: string): Database {
  const link = join(tmpdir(), `memoframe-sqlite-${randomUUID()}`);
  try {
    symlinkSync(path, link);
  } catch {
    linkSync(path, link);
  }
  try {
    const database = open(link, true);
    try {
      database.exec('BEGIN');
      database.get('SELECT count(*) FROM sqlite_master');
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  } finally {
    unlinkSync(link);
    try {
      rmdirSync(`${link}.lock`);
    } catch {
      // It was not locked.
    }
  }
}
