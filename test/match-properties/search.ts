import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { PlainTable } from '../fuzz/cells.js';
import { Choices, choices } from './choices.js';
import type { Judge, Verdict } from './judge.js';
import { type Family, groups } from './pairs.js';
import { drawTables } from './schema.js';

/** Groups of queries over one set of tables. */
const GROUPS = 15;
/** Tries to make a failing group smaller, and its tables. */
const SHRINKS = 400;

/** What failed, made small: an entry with the query that it must not answer so. */
export interface Failure {
  readonly difference: string;
  readonly tables: readonly PlainTable[];
  readonly group: readonly Family[];
}

export interface SearchOptions {
  readonly seed: number;
  readonly shrink: boolean;
  readonly add: (v: Verdict) => void;
  readonly done: () => boolean;
}

/** Draws tables and groups until there are enough. @returns what failed, smallest first of each set of tables */
export async function search(judge: Judge, { seed, shrink, add, done }: SearchOptions): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (let set = 0; !done(); set++) {
    const [numbers] = fc.sample(choices(1800), { seed: seed * 7919 + set, numRuns: 1 });
    const tables = drawTables(new Choices(numbers ?? []));
    await judge.load(tables);
    let tries = 0;
    const property = fc.asyncProperty(groups, async (group) => {
      if (tries > SHRINKS || (tries === 0 && done())) return;
      const verdicts = await judge.judge(group);
      if (tries === 0) for (const v of verdicts) add(v);
      const failed = verdicts.find((v) => v.difference !== undefined);
      if (failed) tries = shrink ? tries + 1 : SHRINKS + 1;
      else if (tries > 0) tries++;
      if (failed) throw new Error(failed.difference);
    });
    const result = await fc.check(property, { seed: seed * 1_000_003 + set, numRuns: GROUPS });
    if (!result.failed || !result.counterexample) continue;
    const [group] = result.counterexample;
    failures.push(shrink ? await shrinkTables(judge, tables, group) : { difference: '', tables, group });
  }
  return failures;
}

const differenceOf = async (judge: Judge, tables: readonly PlainTable[], group: readonly Family[]) => {
  await judge.load(tables);
  return (await judge.judge(group)).find((v) => v.difference !== undefined)?.difference;
};

/** Fewer rows that still differ: halves first, then one by one. */
async function shrinkTables(judge: Judge, all: readonly PlainTable[], group: readonly Family[]): Promise<Failure> {
  let tables = all;
  let difference = (await differenceOf(judge, tables, group)) ?? 'not again';
  let tries = 0;
  for (let t = 0; t < all.length; t++)
    for (let size = Math.ceil(all[t]!.rows.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
      for (let from = 0; from < tables[t]!.rows.length && tries++ < SHRINKS; ) {
        const rows = tables[t]!.rows.filter((_, i) => i < from || i >= from + size);
        const fewer = tables.map((x, i) => (i === t ? { ...x, rows } : x));
        const still = await differenceOf(judge, fewer, group);
        if (still === undefined) from += size;
        else {
          tables = fewer;
          difference = still;
        }
      }
  return { difference, tables, group };
}

/** Writes it where the tests find it. @returns the path */
export function keep(failure: Failure, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify(failure, undefined, 1);
  const path = join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 12)}.json`);
  writeFileSync(path, `${text}\n`);
  return path;
}

export function show({ difference, group }: Failure): string {
  const entries = group.map(({ entry }) => {
    const conf = Object.entries(entry.conf).map(([k, v]) => ` (${k}=${v})`);
    return `  ${entry.loaded ? 'loaded' : 'not loaded'}${conf.join('')}: ${entry.sql}`;
  });
  return [`DIFFERENCE ${difference}`, ...entries].join('\n');
}
