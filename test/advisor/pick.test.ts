import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/advisor/candidates.js';
import { type AdvisedLevel, type Option, pickEntries } from '../../src/advisor/pick.js';

const MB = 2 ** 20;
interface Given {
  readonly key: string;
  readonly below?: readonly string[];
  /** Milliseconds saved by number of the query. */
  readonly saved: Readonly<Record<number, number>>;
  readonly mb: number;
  readonly build?: number;
  readonly level?: AdvisedLevel;
}
const option = ({ key, below = [], saved, mb, build = 0, level = 'MEMORY_AND_DISK' }: Given): Option => ({
  candidate: {
    key,
    below: new Map(below.map((b) => [b, 1])),
    uses: new Map(Object.keys(saved).map((q) => [Number(q), 1])),
  } as unknown as Candidate,
  level,
  buildMs: build,
  memoryBytes: mb * MB,
  diskBytes: 0,
  saved: new Map(Object.entries(saved).map(([q, ms]) => [Number(q), ms])),
});

async function pick(
  given: readonly Given[],
  options: { budget?: number; runs?: number; lower?: (key: string, level: AdvisedLevel) => Given } = {},
) {
  const picks = await pickEntries(given.map(option), {
    budget: (options.budget ?? 1000) * MB,
    runs: options.runs ?? 1,
    queryRuns: Array(10).fill(1),
    measure: async (c, level) => {
      if (!options.lower) throw new TypeError('not expected');
      return option({ ...options.lower(c.key, level), level });
    },
  });
  return {
    picked: picks.picked.map((p) => [p.option.candidate.key, p.option.level, p.savingMs]),
    refused: picks.refused.map((r) => [r.option.candidate.key, r.reason]),
  };
}

describe('picking entries', () => {
  it('takes what saves most per byte first, as far as the budget goes', async () => {
    const given = [
      { key: 'big', saved: { 0: 100 }, mb: 100 },
      { key: 'small', saved: { 1: 50 }, mb: 10 },
      { key: 'medium', saved: { 2: 60 }, mb: 30 },
    ];
    const lower = (key: string) => given.find((g) => g.key === key) as Given;
    expect((await pick(given)).picked.map(([k]) => k)).toEqual(['small', 'medium', 'big']);
    const tight = await pick(given, { budget: 45, lower });
    expect(tight.picked.map(([k]) => k)).toEqual(['small', 'medium']);
    expect(tight.refused).toEqual([['big', 'OVER_BUDGET']]);
  });

  it('a plan below a chosen one that answers all its places saves nothing more', async () => {
    const parent = { key: 'join', below: ['table'], saved: { 0: 90, 1: 90 }, mb: 1 };
    expect(await pick([parent, { key: 'table', saved: { 0: 40, 1: 40 }, mb: 1 }])).toEqual({
      picked: [['join', 'MEMORY_AND_DISK', 180]],
      refused: [['table', 'COVERED']],
    });
    // A third query reads the table alone.
    const { picked } = await pick([parent, { key: 'table', saved: { 0: 40, 1: 40, 2: 30 }, mb: 1 }]);
    expect(picked).toEqual([
      ['join', 'MEMORY_AND_DISK', 180],
      ['table', 'MEMORY_AND_DISK', 30],
    ]);
  });

  it('a smaller plan chosen first is given up when a larger one takes its place', async () => {
    const { picked, refused } = await pick([
      { key: 'join', below: ['table'], saved: { 0: 200 }, mb: 50 },
      { key: 'table', saved: { 0: 40 }, mb: 1 },
    ]);
    expect(picked).toEqual([['join', 'MEMORY_AND_DISK', 200]]);
    expect(refused).toEqual([['table', 'COVERED']]);
  });

  it('counts the building, over the runs expected', async () => {
    const given = [{ key: 'a', saved: { 0: 10 }, mb: 1, build: 50 }];
    expect(await pick(given, { runs: 5 })).toEqual({ picked: [], refused: [['a', 'NEVER_PAYS']] });
    expect((await pick(given, { runs: 6 })).picked).toHaveLength(1);
  });

  it('goes down the levels for what does not fit', async () => {
    const given = [{ key: 'a', saved: { 0: 100 }, mb: 100 }];
    const lower = (_: string, level: AdvisedLevel): Given =>
      level === 'DISK_ONLY' ? { key: 'a', saved: { 0: 20 }, mb: 0 } : { key: 'a', saved: { 0: 60 }, mb: 40 };
    expect((await pick(given, { budget: 50, lower })).picked).toEqual([['a', 'MEMORY_AND_DISK_SER', 60]]);
    expect((await pick(given, { budget: 10, lower })).picked).toEqual([['a', 'DISK_ONLY', 20]]);
  });

  it('takes one large option where it is worth more than all small ones', async () => {
    const given = [
      { key: 'small', saved: { 0: 10 }, mb: 1 },
      { key: 'large', saved: { 1: 500 }, mb: 100 },
    ];
    const lower = (key: string) => ({ ...(given.find((g) => g.key === key) as Given), saved: { 0: 0 } });
    const { picked, refused } = await pick(given, { budget: 100, lower });
    expect(picked).toEqual([['large', 'MEMORY_AND_DISK', 500]]);
    expect(refused).toEqual([['small', 'OVER_BUDGET']]);
  });

  it('leaves what saves nothing', async () => {
    expect(await pick([{ key: 'a', saved: { 0: 0 }, mb: 1 }])).toEqual({ picked: [], refused: [['a', 'NO_SAVING']] });
  });

  it('is as good as trying all sets, within a factor of two', async () => {
    let state = 7;
    const random = (n: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return (state >> 8) % n;
    };
    for (let round = 0; round < 50; round++) {
      const given: Given[] = Array.from({ length: 6 }, (_, i) => ({
        key: `k${i}`,
        saved: { [i]: 1 + random(100) },
        mb: 1 + random(40),
      }));
      const budget = 60;
      let best = 0;
      for (let set = 0; set < 64; set++) {
        const chosen = given.filter((_, i) => set & (1 << i));
        if (chosen.reduce((n, g) => n + g.mb, 0) > budget) continue;
        best = Math.max(
          best,
          chosen.reduce((n, g) => n + (Object.values(g.saved)[0] as number), 0),
        );
      }
      const lower = (key: string) => ({ ...(given.find((g) => g.key === key) as Given), saved: { 0: 0 } });
      const { picked } = await pick(given, { budget, lower });
      expect(picked.reduce((n, [, , ms]) => n + (ms as number), 0)).toBeGreaterThanOrEqual(best / 2);
    }
  });
});
