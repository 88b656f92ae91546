import { statSync } from 'node:fs';
import type { Database, Statement } from 'node-sqlite3-wasm';
import { NO_ORIGIN, runtimeError } from '../../errors/index.js';
import { keyOf, type LookupKey, type LookupRef, readAbout, rowOf, SELECT, storedValue } from './lookup-file.js';
import { onWorkerEnd, workerRegistry } from './registry.js';
import { openSqlite } from './sqlite.js';

/** Milliseconds outside of tasks after which it is looked again whether the file was rebuilt. */
const LOOK_AGAIN_MS = 50;

/** How this worker reads a look-up. */
export interface LookupOptions {
  /** Bytes of the file's pages that this worker keeps in its own memory; default 16 MiB. The operating system's page cache,
   * which all workers share, holds the rest. */
  readonly cacheBytes?: number | undefined;
}

/** The look-up that a path names, on this worker. A task sees one version from its first call to its end; the next task
 * moves to the newest one. @throws LOOKUP_NOT_FOUND where there is no such file */
export function lookup<K extends LookupKey, V>(
  ref: LookupRef | string,
  options: LookupOptions = {},
): LookupReader<K, V> {
  const path = typeof ref === 'string' ? ref : ref.path;
  return readers().get(path, options) as LookupReader<K, V>;
}

/** Reads one version of a look-up, also after the file was rebuilt; of a task's reader until the task has ended. */
export class LookupReader<K extends LookupKey, V> {
  /** Counts up with each rebuild of the file. */
  readonly version: number;
  /** How many keys there are. */
  readonly size: number;
  readonly builtAt: Date;
  readonly #open: Open;

  constructor(
    readonly path: string,
    open: Open,
  ) {
    const about = readAbout(open.database);
    this.version = about.version;
    this.size = about.entries;
    this.builtAt = about.builtAt;
    this.#open = open;
  }

  /** The value of the key, a new copy each time; undefined if there is none. @throws LOOKUP_KEY */
  get(key: K): V | undefined {
    const row = rowOf(this.#open.select, keyOf(key));
    return row === null ? undefined : (storedValue(row) as V);
  }

  has(key: K): boolean {
    return rowOf(this.#open.select, keyOf(key)) !== null;
  }

  /** The values in the order of the keys. */
  getMany(keys: Iterable<K>): (V | undefined)[] {
    return Array.from(keys, (key) => this.get(key));
  }
}

/** A file that is open, and its one statement. */
class Open {
  readonly database: Database;
  readonly select: Statement;

  constructor(path: string, cacheBytes: number) {
    let database: Database | undefined;
    try {
      this.database = database = openSqlite(path, { cacheBytes });
      this.select = database.prepare(SELECT);
    } catch (error) {
      database?.close();
      throw runtimeError('LOOKUP_NOT_FOUND', { path }, NO_ORIGIN, error);
    }
  }

  close(): void {
    if (!this.select.isFinalized) this.select.finalize();
    if (this.database.isOpen) this.database.close();
  }
}

/** Readers of old versions that somebody outside of tasks may still have. */
const dropped = new FinalizationRegistry<Open>((open) => open.close());

interface Current {
  readonly reader: LookupReader<LookupKey, unknown>;
  readonly open: Open;
  readonly identity: string;
  lookedAt: number;
}

const KEY = 'memoframe.lookups';

function readers(): Readers {
  const { state } = workerRegistry();
  let known = state.get(KEY) as Readers | undefined;
  if (!known) state.set(KEY, (known = new Readers()));
  return known;
}

class Readers {
  readonly #current = new Map<string, Current>();
  #task: unknown;
  /** What the running task has seen: it stays with that. */
  #pinned = new Set<string>();

  get(path: string, { cacheBytes = 1 << 24 }: LookupOptions): LookupReader<LookupKey, unknown> {
    const { task } = workerRegistry();
    if (task !== this.#task) {
      this.#task = task;
      this.#pinned = new Set();
    }
    const known = this.#current.get(path);
    if (known && (task ? this.#pinned.has(path) : performance.now() - known.lookedAt < LOOK_AGAIN_MS))
      return known.reader;
    const identity = identityOf(path);
    if (task) this.#pinned.add(path);
    if (known?.identity === identity) {
      known.lookedAt = performance.now();
      return known.reader;
    }
    const open = new Open(path, cacheBytes);
    const reader = new LookupReader<LookupKey, unknown>(path, open);
    if (this.#current.size === 0) onWorkerEnd(() => this.#end());
    if (known && task) known.open.close();
    else if (known) dropped.register(known.reader, known.open);
    this.#current.set(path, { reader, open, identity, lookedAt: performance.now() });
    return reader;
  }

  #end(): void {
    for (const { open } of this.#current.values()) open.close();
    this.#current.clear();
  }
}

function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (!stat) throw runtimeError('LOOKUP_NOT_FOUND', { path });
  return `${stat.dev} ${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}
