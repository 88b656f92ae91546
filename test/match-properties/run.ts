import { Judge, KINDS } from './judge.js';
import { plantedSearch } from './plant-search.js';
import { PLANTS } from './plants.js';
import { Report } from './report.js';
import { keep, search, show } from './search.js';

const LEAST_HITS = 0.1;
const LEAST_OF_EACH_KIND = 50;
/** Plans over less do not show every kind so often. */
const ALL_KINDS_FROM = 20_000;

const value = (name: string): string | undefined => {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? undefined : process.argv[i + 1];
};

/** npm run match -- --pairs N --seed S [--folder F] [--verbose]: do cached plans answer as the query itself? */
async function main(): Promise<void> {
  const wanted = Number(value('pairs') ?? ALL_KINDS_FROM);
  const seed = Number(value('seed') ?? 1);
  const folder = value('folder') ?? 'test/match-properties/regressions';
  const started = performance.now();
  const report = new Report();
  const judge = await Judge.open();
  let told = 1000;
  try {
    const failures = await search(judge, {
      seed,
      shrink: true,
      add: (v) => {
        report.add(v);
        if (report.pairs < told) return;
        told += 1000;
        console.error(`match: ${report.pairs} pairs, ${report.hits} hits, ${report.differences} differences`);
      },
      done: () => report.pairs >= wanted,
    });
    for (const f of failures) console.log(`${show(f)}\n  kept as ${keep(f, folder)}`);
  } finally {
    await judge.stop();
  }
  if (process.argv.includes('--verbose')) console.log(report.reasons());
  console.log(report.table());
  console.log(report.summary((performance.now() - started) / 1000));
  const kinds = report.kindsSeen(LEAST_OF_EACH_KIND);
  console.log(
    `pairs ${report.pairs} hits ${report.hits} with-rows ${report.withRows} kinds ${kinds}>=${LEAST_OF_EACH_KIND} differences ${report.differences}`,
  );
  const enough =
    report.hits >= wanted * LEAST_HITS &&
    report.withRows * 2 > report.hits &&
    (wanted < ALL_KINDS_FROM || kinds === KINDS.length);
  process.exitCode = report.differences === 0 && enough ? 0 : 1;
}

/** npm run match -- --plants [--seed S] [--most N] [--only K,K]: are bugs in the matcher found? */
async function plants(): Promise<void> {
  const find = await plantedSearch();
  const only = value('only')?.split(',').map(Number) ?? PLANTS.map((_, i) => i + 1);
  const found = await find({ seed: Number(value('seed') ?? 1), most: Number(value('most') ?? 20_000), only });
  console.log(`plants ${found}/${only.length} found`);
  process.exitCode = found === only.length ? 0 : 1;
}

await (process.argv.includes('--plants') ? plants() : main());
