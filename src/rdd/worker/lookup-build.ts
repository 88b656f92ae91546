import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type LookupReader, lookup } from './lookup.js';
import { ABOUT, aboutOf, INSERT, keyOf, type LookupKey, type LookupRef, SCHEMA, storedOf } from './lookup-file.js';
import type { StoredRow } from './point-reads.js';
import { openSqlite } from './sqlite.js';

/** Where rows come from: an iterable, synchronous or not, a DataFrame or an RDD. */
export type LookupSource<R> =
  | Iterable<R>
  | AsyncIterable<R>
  | { toLocalIterator(): Iterable<R> | AsyncIterable<R> | Promise<Iterable<R>> }
  | { collect(): Promise<readonly R[]> };

/** How rows become entries. Without `key` and `value` a row is a pair of both. */
export interface LookupBuildOptions<R, K extends LookupKey, V> {
  /** The file; a file of that name is replaced when the new one is complete. */
  readonly path: string;
  /** A field of the row, or a function of it. */
  readonly key?: (keyof R & string) | ((row: R) => K) | undefined;
  /** A field of the row, or a function of it; default the row. */
  readonly value?: (keyof R & string) | ((row: R) => V) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rows of one transaction: between two of them other work of this thread has its turn. */
const CHUNK = 10_000;

/** Writes a look-up that all workers read: SQLite, one row for each key; of rows with one key the last one stays. The file
 * is complete before it gets its name, so a reader sees the old version or the new one.
 * @throws LOOKUP_KEY for a key that is null, NaN, or no string, number, bigint or bytes */
export async function createLookup<R = [LookupKey, unknown], K extends LookupKey = LookupKey, V = unknown>(
  source: LookupSource<R>,
  options: LookupBuildOptions<R, K, V>,
): Promise<SharedLookup<R, K, V>> {
  const made = new SharedLookup<R, K, V>({ ...options, path: resolve(options.path) });
  await made.rebuild(source);
  return made;
}

/** A look-up as the driver knows it. In `vars` it travels as its path, which is all that `lookup` needs. */
export class SharedLookup<R, K extends LookupKey, V> implements LookupRef {
  readonly path: string;
  readonly #options: LookupBuildOptions<R, K, V>;

  constructor(options: LookupBuildOptions<R, K, V>) {
    this.path = options.path;
    this.#options = options;
  }

  /** Reads the newest version on this thread. */
  reader(): LookupReader<K, V> {
    return lookup<K, V>(this);
  }

  /** Writes a new version, and puts it in the place of the old one when it is complete. Tasks that run stay with the old
   * version, the next ones read the new one. */
  async rebuild(source: LookupSource<R>): Promise<void> {
    const { path, signal } = this.#options;
    dropAbandoned(path);
    await otherTurns();
    const temporary = `${path}.${process.pid}-${randomUUID()}.tmp`;
    try {
      await this.#write(temporary, source, versionOf(path) + 1);
      signal?.throwIfAborted();
      const file = openSync(temporary, 'r+');
      fsyncSync(file);
      closeSync(file);
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
      rmSync(`${temporary}.lock`, { recursive: true, force: true });
    }
  }

  /** Removes the file; readers that have it open go on. */
  drop(): void {
    rmSync(this.path, { force: true });
  }

  async #write(path: string, source: LookupSource<R>, version: number): Promise<void> {
    const { signal } = this.#options;
    const entry = entryOf(this.#options);
    const database = openSqlite(path, { readOnly: false });
    try {
      // Nobody else knows the file yet: it needs neither journal nor order of writes.
      database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; ${SCHEMA}; BEGIN`);
      const insert = database.prepare(INSERT);
      try {
        let rows = 0;
        for await (const row of rowsOf(source)) {
          const [key, value] = entry(row);
          insert.run([keyOf(key), ...storedOf(value)] as never);
          if (++rows % CHUNK !== 0) continue;
          signal?.throwIfAborted();
          database.exec('COMMIT; BEGIN');
          await otherTurns();
        }
      } finally {
        insert.finalize();
      }
      database.run('INSERT INTO about SELECT ?, count(*), ? FROM entries', [version, Date.now()]);
      database.exec('COMMIT');
    } finally {
      database.close();
    }
  }
}

function entryOf<R, K extends LookupKey, V>({
  key,
  value,
}: LookupBuildOptions<R, K, V>): (row: R) => [unknown, unknown] {
  const field = (name: string) => (row: R) => (row as Record<string, unknown>)[name];
  if (key === undefined && value === undefined) return (row) => row as unknown as [unknown, unknown];
  const k = typeof key === 'string' ? field(key) : (key ?? ((row: R) => (row as readonly unknown[])[0]));
  const v = typeof value === 'string' ? field(value) : (value ?? ((row: R) => row));
  return (row) => [k(row), v(row)];
}

async function* rowsOf<R>(source: LookupSource<R>): AsyncGenerator<R> {
  if ('toLocalIterator' in source) yield* await source.toLocalIterator();
  else if ('collect' in source) yield* await source.collect();
  else yield* source;
}

function versionOf(path: string): number {
  if (!statSync(path, { throwIfNoEntry: false })) return 0;
  try {
    const database = openSqlite(path);
    try {
      return aboutOf(database.get(ABOUT) as StoredRow).version;
    } finally {
      database.close();
    }
  } catch {
    // What stands there is no look-up, or one that broke: it is replaced.
    return 0;
  }
}

/** Lets timers and messages of this thread have their turn. */
function otherTurns(): Promise<void> {
  return new Promise((turn) => setImmediate(turn));
}

/** Files of processes that ended while they wrote. */
function dropAbandoned(path: string): void {
  const folder = dirname(path);
  const name = basename(path);
  for (const file of readdirSync(folder)) {
    const pid = file.startsWith(`${name}.`)
      ? /^\.(\d+)-[0-9a-f-]{36}\.tmp(\.lock)?$/.exec(file.slice(name.length))?.[1]
      : undefined;
    if (pid !== undefined && !alive(Number(pid))) rmSync(join(folder, file), { recursive: true, force: true });
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
