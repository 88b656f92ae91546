import type { CacheEvent, SparkSession } from '../index.js';

/** Listens while a statement runs and says in one line what the cache did for it. */
export class CacheNote {
  #hits: string[] = [];
  #misses = 0;
  #stored = 0;
  #found = false;
  #warnings: string[] = [];
  readonly #end: () => void;
  constructor(private readonly spark: SparkSession) {
    this.#end = spark.sharedState.bus.subscribe((e) => this.note(e));
  }
  private note(e: CacheEvent): void {
    if (e.type === 'hit') this.#hits.push(e.name === undefined ? `entry ${e.entry}` : e.name);
    else if (e.type === 'miss') this.#misses++;
    else if (e.type === 'materialized') this.#stored++;
    else if (e.type === 'persistentFound') this.#found = true;
    else if (e.type === 'warning') this.#warnings.push(e.message);
  }
  get warnings(): readonly string[] {
    return this.#warnings;
  }
  /** Stops listening. */
  end(): void {
    this.#end();
  }
  /** What to say after `sql` ran, e.g. `from cache: flights (1 hit), 0 bytes read from files`. */
  finish(sql: string): string {
    this.end();
    const stored = this.#stored === 0 ? [] : [`${this.#stored} ${this.#stored === 1 ? 'block' : 'blocks'} stored`];
    if (/^\s*(explain|show|describe|desc)\b/i.test(sql)) return 'nothing was read';
    // What fills the cache reads its own entry; that is no hit to speak of.
    if (/^\s*(un)?cache\b/i.test(sql))
      return `${stored[0] ?? 'no blocks stored'}${this.#found ? ', from the persistent cache' : ''}`;
    const { bytesRead, persistentBytesRead } = this.spark.sharedState.engine.lastMetrics;
    const parts = [`${formatBytes(bytesRead)} read from files`, ...stored];
    if (persistentBytesRead > 0) parts.push(`${formatBytes(persistentBytesRead)} read from the persistent cache`);
    const hits = `${this.#hits.length} ${this.#hits.length === 1 ? 'hit' : 'hits'}`;
    if (this.#hits.length > 0) parts.unshift(`from cache: ${[...new Set(this.#hits)].join(', ')} (${hits})`);
    else if (this.#misses > 0 && bytesRead > 0) parts.unshift('not from cache (EXPLAIN CACHE says why)');
    return parts.join(', ');
  }
}

export function formatBytes(n: number): string {
  if (n < 1024) return `${n} bytes`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = n;
  let unit = -1;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}
