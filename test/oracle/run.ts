import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Family, runFamily } from './pairs.js';
import { type ResultGroup, runResults } from './results.js';
import { runScenario, type Scenario } from './scenarios.js';
import { World } from './world.js';

/** `run.ts DIR [--verbose] [--only pairs,scenarios,results] [--files a,b] [--json FILE] [--ratchet FILE]`: judges a folder of
 * recorded cases. With a ratchet file, everything that it lists must pass. */
const args = process.argv.slice(2);
const dir = args.find((a) => !a.startsWith('--')) ?? 'test/oracle';
const option = (name: string) => (args.includes(`--${name}`) ? args[args.indexOf(`--${name}`) + 1] : undefined);
const verbose = args.includes('--verbose');
const only = option('only')?.split(',') ?? ['pairs', 'scenarios', 'results'];
const files = option('files')?.split(',');

function load<T>(folder: string): T[] {
  const path = join(dir, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((f) => f.endsWith('.json') && (!files || files.includes(basename(f, '.json'))))
    .sort()
    .map((f) => JSON.parse(readFileSync(join(path, f), 'utf8')) as T);
}

/** The folders whose names start so, in order. */
function foldersOf(kind: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((f) => f.isDirectory() && f.name.startsWith(kind))
    .map((f) => f.name)
    .sort();
}

const world = await World.open(dir);
const passed: string[] = [];
const totals = {
  pairs: [0, 0],
  hits: [0, 0],
  falseHits: [0, 0],
  scenarios: [0, 0],
  results: [0, 0],
  schemas: [0, 0],
  analyzed: [0, 0],
};
const add = (t: number[], n: number, m: number) => {
  t[0] = (t[0] as number) + n;
  t[1] = (t[1] as number) + m;
};

if (only.includes('pairs'))
  for (const folder of foldersOf('pairs'))
    for (const family of load<Family>(folder)) {
      const o = await runFamily(world, family);
      add(totals.pairs, o.right, o.cells);
      add(totals.hits, o.foundHits, o.sparkHits);
      add(totals.falseHits, o.falseHits, o.sparkMisses);
      add(totals.schemas, o.schemas, o.definitions);
      add(totals.analyzed, o.analyzed, o.definitions);
      if (o.right === o.cells) passed.push(`${folder}/${o.family}`);
      if (o.analyzed === o.definitions) passed.push(`${folder}/${o.family}/analyzed`);
      console.log(
        `${folder}/${o.family}: ${o.right}/${o.cells} cells, hits ${o.foundHits}/${o.sparkHits}, false ${o.falseHits}, schemas ${o.schemas}/${o.definitions}, analyzed ${o.analyzed}/${o.definitions}`,
      );
      if (verbose) for (const p of o.problems) console.log(`  ${p}`);
    }
if (only.includes('scenarios'))
  for (const folder of foldersOf('scenarios'))
    for (const group of load<{ group: string; scenarios: Scenario[] }>(folder)) {
      let right = 0;
      for (const s of group.scenarios) {
        let problem: string | undefined;
        try {
          problem = await runScenario(world, s);
        } catch (e) {
          problem = String(e);
        }
        if (problem === undefined) {
          right++;
          passed.push(`${folder}/${s.id}`);
        } else if (verbose) console.log(`  ${s.id} ${s.title}: ${problem}`);
      }
      add(totals.scenarios, right, group.scenarios.length);
      console.log(`${folder}/${group.group}: ${right}/${group.scenarios.length}`);
    }
if (only.includes('results'))
  for (const folder of foldersOf('results'))
    for (const group of load<ResultGroup>(folder)) {
      const o = await runResults(world, group);
      for (const id of o.right) passed.push(`${folder}/${id}`);
      add(totals.results, o.right.length, o.total);
      console.log(`${folder}/${group.group}: ${o.right.length}/${o.total}`);
      if (verbose) for (const p of o.problems) console.log(`  ${p}`);
    }
await world.close();

const ratchet = option('ratchet');
let lost: string[] = [];
if (ratchet !== undefined) {
  const have = new Set(passed);
  const wanted = existsSync(ratchet) ? readFileSync(ratchet, 'utf8').split('\n').filter(Boolean) : [];
  lost = wanted.filter((w) => !have.has(w));
  for (const l of lost) console.log(`LOST ${l}`);
  if (args.includes('--grow') && lost.length === 0) writeFileSync(ratchet, `${[...passed].sort().join('\n')}\n`);
}
const json = option('json');
if (json !== undefined) writeFileSync(json, JSON.stringify({ totals, passed: passed.sort() }, null, 1));
console.log(`schemas ${totals.schemas.join('/')} analyzed ${totals.analyzed.join('/')}`);
console.log(
  `pairs ${totals.pairs.join('/')} hits ${totals.hits.join('/')} false ${totals.falseHits.join('/')} scenarios ${totals.scenarios.join('/')} results ${totals.results.join('/')}`,
);
if (lost.length > 0) process.exitCode = 1;
