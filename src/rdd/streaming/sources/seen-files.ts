/** Files that were seen, by name; those that are older than the newest by more than `maxAgeMs` are forgotten, and files as old are
 * passed over. Spark: `FileStreamSource.SeenFilesMap`. */
export class SeenFiles {
  readonly #timestamps = new Map<string, number>();
  #latest = 0;
  #purged = 0;
  constructor(
    private readonly maxAgeMs: number,
    private readonly nameOf: (path: string) => string,
  ) {}
  add(path: string, timestamp: number): void {
    this.#timestamps.set(this.nameOf(path), timestamp);
    this.#latest = Math.max(this.#latest, timestamp);
  }
  isNew(path: string, timestamp: number): boolean {
    return timestamp >= this.#purged && !this.#timestamps.has(this.nameOf(path));
  }
  purge(): void {
    const limit = this.#latest - this.maxAgeMs;
    if (limit <= this.#purged) return;
    this.#purged = limit;
    for (const [name, timestamp] of this.#timestamps) if (timestamp < limit) this.#timestamps.delete(name);
  }
  get size(): number {
    return this.#timestamps.size;
  }
}
