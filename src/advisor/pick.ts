import type { Candidate } from './candidates.js';
import type { RefusalReason } from './reasons.js';

/** Levels in the order in which they are tried: columns ready to be read, compressed in memory, on disk. */
export const LEVELS = ['MEMORY_AND_DISK', 'MEMORY_AND_DISK_SER', 'DISK_ONLY'] as const;
export type AdvisedLevel = (typeof LEVELS)[number];

/** A candidate at a level, tried alone. */
export interface Option {
  readonly candidate: Candidate;
  readonly level: AdvisedLevel;
  readonly buildMs: number;
  /** What it takes of the budget. */
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Milliseconds saved in one run of a query, by its number. */
  readonly saved: ReadonlyMap<number, number>;
}
export interface Picked {
  readonly option: Option;
  /** Milliseconds in one run of the workload, beside what else is picked. */
  readonly savingMs: number;
}
export interface Picks {
  readonly picked: readonly Picked[];
  readonly refused: readonly { readonly option: Option; readonly reason: RefusalReason }[];
}

export interface PickOptions {
  /** Bytes of memory. */
  readonly budget: number;
  /** How often the workload runs while the caches live. */
  readonly runs: number;
  /** Recorded runs of each query in one run of the workload. */
  readonly queryRuns: readonly number[];
  /** The next level's figures, for what does not fit at the one before. */
  readonly measure: (candidate: Candidate, level: AdvisedLevel) => Promise<Option>;
}

/** Chooses what to cache: again and again the option that saves most per byte beside what is chosen already, as long as it pays and
 * fits. A plan inside a chosen one saves nothing where the larger one answers; choosing a larger one takes from what the plans inside it
 * save, and they are given up when nothing is left. */
export async function pickEntries(first: readonly Option[], options: PickOptions): Promise<Picks> {
  const { budget, runs, queryRuns } = options;
  /** Milliseconds that a set saves in one run of the workload. */
  const total = (set: readonly Option[]): number => set.reduce((sum, o) => sum + ownSaving(o, set, queryRuns), 0);
  const gainOf = (option: Option, chosen: readonly Option[]): number => {
    const others = chosen.filter((o) => o !== option);
    return total([...others, option]) - total(others);
  };
  const net = (option: Option, gain: number) => gain * runs - option.buildMs;
  const used = (chosen: readonly Option[]) => chosen.reduce((sum, o) => sum + o.memoryBytes, 0);

  let open = [...first];
  let chosen: Option[] = [];
  const refused: { option: Option; reason: RefusalReason }[] = [];
  for (;;) {
    const left = budget - used(chosen);
    let best: { option: Option; score: number } | undefined;
    const next: Option[] = [];
    for (let option of open) {
      let gain = gainOf(option, chosen);
      while (option.memoryBytes > left && net(option, gain) > 0) {
        const lower = LEVELS[LEVELS.indexOf(option.level) + 1];
        if (lower === undefined) break;
        option = await options.measure(option.candidate, lower);
        gain = gainOf(option, chosen);
      }
      next.push(option);
      const value = net(option, gain);
      if (value <= 0 || option.memoryBytes > left) continue;
      const score = value / Math.max(option.memoryBytes, MIN_BYTES);
      if (!best || score > best.score) best = { option, score };
    }
    open = next;
    if (!best) break;
    const { option } = best;
    open = open.filter((o) => o !== option);
    chosen = [...chosen, option];
    // What the new one answers in all places need not be kept.
    const useless = chosen.filter((o) => o !== option && gainOf(o, chosen) * runs <= o.buildMs && isInside(o, option));
    for (const o of useless) refused.push({ option: o, reason: 'COVERED' });
    chosen = chosen.filter((o) => !useless.includes(o));
  }
  for (const option of open) refused.push({ option, reason: reasonOf(option) });
  return { picked: chosen.map((option) => ({ option, savingMs: ownSaving(option, chosen, queryRuns) })), refused };

  function reasonOf(option: Option): RefusalReason {
    const alone = gainOf(option, []);
    if (alone <= 0) return 'NO_SAVING';
    if (net(option, alone) <= 0) return 'NEVER_PAYS';
    const beside = gainOf(option, chosen);
    if (net(option, beside) <= 0) return 'COVERED';
    return 'OVER_BUDGET';
  }
}

/** Below this, size is no matter. */
const MIN_BYTES = 64 * 1024;

const isInside = (small: Option, large: Option) => large.candidate.below.has(small.candidate.key);

/** What an entry saves among others: nothing where a larger plan around it is read in its place. */
function ownSaving(option: Option, chosen: readonly Option[], queryRuns: readonly number[]): number {
  const { key, uses } = option.candidate;
  const larger = chosen.filter((o) => o.candidate.below.has(key));
  let saving = 0;
  for (const [query, ms] of option.saved) {
    const places = uses.get(query) ?? 1;
    const answered = larger.reduce(
      (n, o) => n + (o.candidate.uses.get(query) ?? 0) * (o.candidate.below.get(key) as number),
      0,
    );
    saving += (ms * Math.max(0, places - answered) * (queryRuns[query] ?? 1)) / places;
  }
  return saving;
}
