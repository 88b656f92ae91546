import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NO_ORIGIN, SparkError } from '../../../errors/index.js';
import { MetadataLog, versionedLines } from './metadata-log.js';

const SUFFIX = '.compact';

export interface CompactibleLogOptions {
  /** Every so many batches all entries are written into one file. */
  readonly compactInterval?: number | undefined;
  /** Age, milliseconds, that files must have to be deleted once a later file holds their entries. */
  readonly cleanupDelayMs?: number | undefined;
  readonly minBatchesToRetain?: number | undefined;
}

/** A log whose files have names of their own. */
class NamedLog extends MetadataLog {
  constructor(
    directory: string,
    private readonly nameOf: (batch: number) => string,
  ) {
    super(directory);
  }
  override fileName(batch: number): string {
    return this.nameOf(batch);
  }
  drop(name: string): void {
    this.remove(name);
  }
}

/** A log of files, a file for each batch, an entry for each line; every tenth batch holds the entries of all before it.
 * Spark: `CompactibleFileStreamLog`. */
export class CompactibleLog<T extends object> {
  readonly #log: NamedLog;
  #interval: number | undefined;
  constructor(
    readonly directory: string,
    private readonly options: CompactibleLogOptions = {},
  ) {
    const fileName = (batch: number) => (this.isCompaction(batch) ? `${batch}${SUFFIX}` : String(batch));
    this.#log = new NamedLog(directory, fileName);
  }

  /** As existing compactions have it; else as asked. */
  private get interval(): number {
    this.#interval ??= this.foundInterval();
    return this.#interval;
  }
  private foundInterval(): number {
    const wanted = this.options.compactInterval ?? 10;
    const compacted = this.names()
      .filter((n) => n.endsWith(SUFFIX))
      .map(batchOf)
      .sort((a, b) => b - a);
    const [latest, previous] = compacted;
    if (latest === undefined) return wanted;
    return previous === undefined ? deriveInterval(wanted, latest) : latest - previous;
  }
  isCompaction(batch: number): boolean {
    return (batch + 1) % this.interval === 0;
  }
  private names(): string[] {
    if (!existsSync(this.directory)) return [];
    return readdirSync(this.directory).filter((n) => /^\d+(\.compact)?$/.test(n));
  }

  /** Number of the latest batch. */
  latest(): number | undefined {
    const batches = this.names().map(batchOf);
    return batches.length === 0 ? undefined : batches.reduce((a, b) => Math.max(a, b));
  }
  /** Lines of a batch's file; of a compaction: of all batches to it. */
  get(batch: number): T[] | undefined {
    const text = this.#log.get(batch);
    if (text === undefined) return undefined;
    return versionedLines(text, join(this.directory, this.#log.fileName(batch)))
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }
  private need(batch: number): T[] {
    const entries = this.get(batch);
    if (entries) return entries;
    throw new SparkError('runtime', 'java.lang.IllegalStateException', {}, NO_ORIGIN, {
      message: `${join(this.directory, this.#log.fileName(batch))} is not there, though later batches are (compaction every ${this.interval} batches).`,
    });
  }
  /** @returns false if the batch is there already */
  add(batch: number, entries: readonly T[]): boolean {
    const all = this.isCompaction(batch) ? [...this.before(batch), ...entries] : entries;
    const added = this.#log.add(batch, ['v1', ...all.map((e) => JSON.stringify(e))].join('\n'));
    if (added) this.deleteExpired(batch);
    return added;
  }
  private before(batch: number): T[] {
    const out: T[] = [];
    for (let b = Math.max(0, batch - this.interval); b < batch; b++) out.push(...this.need(b));
    return out;
  }
  /** All entries of all batches. Another process may be compacting: then the next compaction has them. */
  all(): T[] {
    for (;;) {
      const latest = this.latest();
      if (latest === undefined) return [];
      try {
        return this.upTo(latest);
      } catch (error) {
        if (this.latest() === latest) throw error;
      }
    }
  }
  private upTo(latest: number): T[] {
    const from = Math.max(0, Math.floor((latest + 1) / this.interval) * this.interval - 1);
    const out: T[] = [];
    for (let b = from; b <= latest; b++) out.push(...this.need(b));
    return out;
  }
  /** Removes files whose entries a compaction holds that is old enough. */
  private deleteExpired(batch: number): void {
    const least = batch + 1 - (this.options.minBatchesToRetain ?? 100);
    if (this.interval > least) return;
    const compaction = least - (least % this.interval) - 1;
    const expired = Date.now() - (this.options.cleanupDelayMs ?? 600_000);
    for (const name of this.names()) {
      if (batchOf(name) >= compaction) continue;
      const stats = statSync(join(this.directory, name), { throwIfNoEntry: false });
      if (stats && stats.mtimeMs <= expired) this.#log.drop(name);
    }
  }
}

function batchOf(name: string): number {
  return Number(name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name);
}

/** An interval that goes with the one compaction there is. */
function deriveInterval(wanted: number, latest: number): number {
  const n = latest + 1;
  if (n <= wanted) return n;
  if (wanted < n / 2) for (let i = wanted; i <= n / 2; i++) if (n % i === 0) return i;
  return n;
}
