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
 * fits; or, if that alone is worth more, one large option with what still fits beside it. A plan inside a chosen one saves nothing where
 * the larger one answers; one that is left with nothing is given up. */
export async function pickEntries(first: readonly Option[], options: PickOptions): Promise<Picks> {
  const { budget, runs, queryRuns } = options;
  /** Milliseconds that a set saves in one run of the workload. */
  const total = (set: readonly Option[]): number => set.reduce((sum, o) => sum + ownSaving(o, set, queryRuns), 0);
  const gainOf = (option: Option, chosen: readonly Option[]): number => {
    const others = chosen.filter((o) => o !== option);
    return total([...others, option]) - total(others);
  };
  const net = (option: Option, gain: number) => gain * runs - option.buildMs;
  const worth = (set: readonly Option[]) => total(set) * runs - set.reduce((sum, o) => sum + o.buildMs, 0);
  const used = (set: readonly Option[]) => set.reduce((sum, o) => sum + o.memoryBytes, 0);

  /** What was measured, by candidate, highest level first. */
  const measured = new Map<Option, Option[]>(first.map((o) => [o, [o]]));
  /** The highest level at which a candidate fits, or else the last that saves anything. */
  const fitting = async (of: Option, chosen: readonly Option[]): Promise<Option> => {
    const known = measured.get(of) as Option[];
    for (let i = 0; ; i++) {
      const option = known[i] as Option;
      const lower = LEVELS[LEVELS.indexOf(option.level) + 1];
      const fits = option.memoryBytes <= budget - used(chosen);
      if (fits || lower === undefined || net(option, gainOf(option, chosen)) <= 0) return option;
      if (known.length === i + 1) known.push(await options.measure(of.candidate, lower));
    }
  };

  const greedy = async (start: readonly Option[]): Promise<Option[]> => {
    let chosen = [...start];
    const taken = new Set(chosen.map((o) => o.candidate.key));
    for (;;) {
      let best: { option: Option; score: number } | undefined;
      for (const of of first) {
        if (taken.has(of.candidate.key)) continue;
        const option = await fitting(of, chosen);
        const value = net(option, gainOf(option, chosen));
        if (value <= 0 || option.memoryBytes > budget - used(chosen)) continue;
        const score = value / Math.max(option.memoryBytes, MIN_BYTES);
        if (!best || score > best.score) best = { option, score };
      }
      if (!best) return chosen;
      const { option } = best;
      taken.add(option.candidate.key);
      chosen = [...chosen, option];
      // What the new one answers in all places need not be kept.
      chosen = chosen.filter((o) => o === option || !isInside(o, option) || net(o, gainOf(o, chosen)) > 0);
    }
  };

  let chosen = await greedy([]);
  const alone = [...measured.values()].flat().filter((o) => o.memoryBytes <= budget && worth([o]) > worth(chosen));
  const [large] = alone.sort((a, b) => worth([b]) - worth([a]));
  if (large) chosen = await greedy([large]);

  const refused = first
    .filter((o) => !chosen.some((c) => c.candidate.key === o.candidate.key))
    .map((option) => ({ option, reason: reasonOf(option) }));
  return { picked: chosen.map((option) => ({ option, savingMs: ownSaving(option, chosen, queryRuns) })), refused };

  /** Told of the highest level: what is lower was tried since the budget asked for it. */
  function reasonOf(option: Option): RefusalReason {
    const gain = gainOf(option, []);
    if (gain <= 0) return 'NO_SAVING';
    if (net(option, gain) <= 0) return 'NEVER_PAYS';
    return net(option, gainOf(option, chosen)) <= 0 ? 'COVERED' : 'OVER_BUDGET';
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
