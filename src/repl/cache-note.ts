import type { CacheEvent, SparkSession } from '../index.js';

/** Listens while a statement runs and says in one line what the cache did for it. */
export class CacheNote {
  #hits: string[] = [];
  #misses = 0;
  #stored = 0;
  #warnings: string[] = [];
  readonly #end: () => void;
  constructor(private readonly spark: SparkSession) {
    this.#end = spark.sharedState.bus.subscribe((e) => this.note(e));
  }
  private note(e: CacheEvent): void {
    if (e.type === 'hit') this.#hits.push(e.name === undefined ? `entry ${e.entry}` : e.name);
    else if (e.type === 'miss') this.#misses++;
    else if (e.type === 'materialized') this.#stored++;
    else if (e.type === 'warning') this.#warnings.push(e.message);
  }
  get warnings(): readonly string[] {
    return this.#warnings;
  }
  /** e.g. `from cache: flights, 0 bytes read from files`. */
  finish(): string {
    this.#end();
    const { bytesRead } = this.spark.sharedState.engine.lastMetrics;
    const stored = this.#stored > 0 ? `, ${this.#stored} ${this.#stored === 1 ? 'block' : 'blocks'} stored` : '';
    const read = `${formatBytes(bytesRead)} read from files`;
    if (this.#hits.length > 0)
      return `from cache: ${[...new Set(this.#hits)].join(', ')} (${this.#hits.length} ${this.#hits.length === 1 ? 'hit' : 'hits'}), ${read}${stored}`;
    if (this.#misses > 0) return `not from cache (.explain cache … says why), ${read}${stored}`;
    return `${read}${stored}`;
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
