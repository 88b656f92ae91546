import { statSync } from 'node:fs';
import { NO_ORIGIN, runtimeError } from '../../errors/index.js';
import { ABOUT, aboutOf, keyOf, type LookupKey, type LookupRef, SELECT, storedValue } from './lookup-file.js';
import { openPointReads, type PointReads } from './point-reads.js';
import { onWorkerEnd, workerRegistry } from './registry.js';

/** Milliseconds outside of tasks after which it is looked again whether the file was rebuilt. */
const LOOK_AGAIN_MS = 50;

/** How this worker reads a look-up. */
export interface LookupOptions {
  /** Bytes of the file's pages that this worker keeps in its own memory where the file is not mapped; default 16 MiB. The
   * operating system's page cache, which all workers share, holds the rest. */
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
  /** The file is mapped into memory, which all workers share; false where this Node has no SQLite built in (before 22.13). */
  readonly mapped: boolean;
  readonly #open: PointReads;

  constructor(
    readonly path: string,
    open: PointReads,
  ) {
    const about = aboutOf(open.single(ABOUT));
    this.version = about.version;
    this.size = about.entries;
    this.builtAt = about.builtAt;
    this.mapped = open.mapped;
    this.#open = open;
  }

  /** The value of the key, a new copy each time; undefined if there is none. @throws LOOKUP_KEY */
  get(key: K): V | undefined {
    const row = this.#open.get(keyOf(key));
    return row && (storedValue(row) as V);
  }

  has(key: K): boolean {
    return this.#open.get(keyOf(key)) !== undefined;
  }

  /** The values in the order of the keys. */
  getMany(keys: Iterable<K>): (V | undefined)[] {
    return Array.from(keys, (key) => this.get(key));
  }
}

/** Readers of old versions that somebody outside of tasks may still have. */
const dropped = new FinalizationRegistry<PointReads>((open) => open.close());

interface Current {
  readonly reader: LookupReader<LookupKey, unknown>;
  readonly open: PointReads;
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
    const [open, reader] = opened(path, cacheBytes);
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

function opened(path: string, cacheBytes: number): [PointReads, LookupReader<LookupKey, unknown>] {
  let open: PointReads | undefined;
  try {
    open = openPointReads(path, SELECT, cacheBytes);
    return [open, new LookupReader<LookupKey, unknown>(path, open)];
  } catch (error) {
    open?.close();
    throw runtimeError('LOOKUP_NOT_FOUND', { path }, NO_ORIGIN, error);
  }
}

function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (!stat) throw runtimeError('LOOKUP_NOT_FOUND', { path });
  return `${stat.dev} ${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}
