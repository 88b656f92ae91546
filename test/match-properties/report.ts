import { KINDS, type Kind, type Verdict } from './judge.js';

/** What has been seen of the pairs. */
export class Report {
  pairs = 0;
  invalid = 0;
  hits = 0;
  withRows = 0;
  raised = 0;
  differences = 0;
  readonly #byMode = new Map<string, number>();
  readonly #kinds = new Map<Kind, [count: number, withRows: number]>(KINDS.map((k) => [k, [0, 0]]));
  readonly #reasons = new Map<string, number>();

  add(v: Verdict): void {
    if (v.invalid !== undefined) {
      this.invalid++;
      const reason = v.invalid.slice(0, 90);
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
      return;
    }
    this.pairs++;
    if (v.difference !== undefined) this.differences++;
    if (v.hits.length === 0) return;
    this.hits++;
    if (v.rows > 0) this.withRows++;
    if (v.raised) this.raised++;
    for (const m of v.hits) this.#byMode.set(m, (this.#byMode.get(m) ?? 0) + 1);
    for (const k of v.kinds) {
      const c = this.#kinds.get(k)!;
      c[0]++;
      if (v.rows > 0) c[1]++;
    }
  }

  /** Kinds seen at least so often, most with rows. */
  kindsSeen(least: number): number {
    return [...this.#kinds.values()].filter(([n, rows]) => n >= least && rows * 2 > n).length;
  }
  table(): string {
    const lines = [...this.#kinds].map(
      ([k, [n, rows]]) => `${k.padEnd(28)}${String(n).padStart(7)}${String(rows).padStart(11)}`,
    );
    return [`${'kind'.padEnd(28)}${'hits'.padStart(7)}${'with rows'.padStart(11)}`, ...lines].join('\n');
  }
  summary(seconds: number): string {
    const modes = [...this.#byMode].map(([m, n]) => `${m} ${n}`).join(', ');
    const memory = Math.round(process.memoryUsage().rss / 1e6);
    return `by mode: ${modes}; raised ${this.raised}; not two queries ${this.invalid}; ${(this.pairs / seconds).toFixed(1)} pairs/s, ${memory} MB`;
  }
  reasons(): string {
    return [...this.#reasons].map(([r, n]) => `not a query ${n}: ${r}`).join('\n');
  }
}
