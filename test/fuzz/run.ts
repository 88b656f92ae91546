import { features, type Query, type Table } from './ast.js';
import { encode, type PlainTable } from './cells.js';
import type { Outcome } from './compare.js';
import { randomTables } from './data.js';
import { FailureCounts } from './exprs.js';
import { keep, kindOf } from './failure.js';
import { PLANT_COUNT } from './plant-count.js';
import { sparkSql } from './print.js';
import { QueryGenerator } from './queries.js';
import { comparisonOf, type RefereeName, Referees } from './referees.js';
import { Rng } from './rng.js';
import { Spark } from './spark.js';

/** Queries over one schema before another is drawn. */
const QUERIES_PER_SCHEMA = 60;

interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly queries: number;
  readonly verbose: boolean;
  /** Seconds to cut a failure down in; 0: not at all. */
  readonly shrink: number;
  readonly folder: string;
  readonly spark: boolean;
  /** Number of a planted bug; 0: none. */
  readonly plant: number;
  /** Look for each planted bug. */
  readonly plants: boolean;
  readonly firstPlant: number;
  readonly only: readonly RefereeName[] | undefined;
}

function readOptions(args: readonly string[]): Options {
  const value = (name: string): string | undefined => {
    const i = args.indexOf(`--${name}`);
    return i < 0 ? undefined : args[i + 1];
  };
  const queries = value('queries');
  const minutes = value('minutes');
  return {
    seed: Number(value('seed') ?? Date.now() % 1_000_000),
    queries:
      queries !== undefined
        ? Number(queries)
        : minutes !== undefined || args.includes('--plants')
          ? Number.POSITIVE_INFINITY
          : 1000,
    minutes: minutes !== undefined ? Number(minutes) : Number.POSITIVE_INFINITY,
    verbose: args.includes('--verbose'),
    shrink: Number(value('shrink') ?? 20),
    spark: args.includes('--spark'),
    plant: Number(value('plant') ?? process.env['MEMOFRAME_PLANT'] ?? 0),
    plants: args.includes('--plants'),
    firstPlant: Number(value('first') ?? 1),
    only: value('only')?.split(',') as RefereeName[] | undefined,
    folder: value('folder') ?? 'test/fuzz/regressions',
  };
}

export function plainTable(t: Table): PlainTable {
  return {
    name: t.name,
    schema: t.columns.map((c) => `${c.name} ${c.type.sql}`).join(', '),
    rows: t.rows.map((r) => r.map((v, i) => encode(v, t.columns[i]!.type))),
  };
}

const PLANT_REFEREES: readonly RefereeName[] = [
  'tables cached',
  'evicting cache',
  'optimizer off',
  '2 workers',
  'DuckDB',
];

/** What a run saw. */
class Statistics {
  readonly failures = new FailureCounts();
  readonly used = new Map<string, number>();
  readonly errors = new Map<string, [count: number, first: string]>();
  ran = 0;
  failed = 0;
  withRows = 0;
  unsupported = 0;
  /** Answers of so many rows that they were not compared; not among those that ran. */
  tooLarge = 0;
  differences = 0;

  add(query: Query, sql: string, outcome: Outcome): void {
    this.ran++;
    const names = new Set(features(query));
    const failed = 'error' in outcome;
    for (const f of names) if (f.startsWith('fn ')) this.failures.add(f.slice(3), failed);
    if (failed) {
      this.failed++;
      if (outcome.error.startsWith('UNSUPPORTED_FEATURE')) this.unsupported++;
      const e = this.errors.get(outcome.error) ?? [0, `${outcome.message.slice(0, 300)}\n    ${sql}`];
      e[0]++;
      this.errors.set(outcome.error, e);
      return;
    }
    if (outcome.rows.length > 0) this.withRows++;
    for (const f of names) this.used.set(f, (this.used.get(f) ?? 0) + 1);
  }

  print(referees: Referees, seconds: number): void {
    for (const p of ['op ', 'clause ', 'join ', 'generator ', 'agg ', 'win ', 'fn ']) {
      const all = [...this.used].filter(([f]) => f.startsWith(p)).map(([f, n]) => `${f.slice(p.length)} ${n}`);
      console.log(`${p.trim()} (${all.length}): ${all.sort().join(', ')}`);
    }
    for (const [e, [n, first]] of [...this.errors].sort((a, b) => b[1][0] - a[1][0]))
      console.log(`error ${e} ${n}${process.env['FUZZ_ERRORS'] ? `: ${first}` : ''}`);
    for (const [m, n] of [...referees.refused].sort((a, b) => b[1] - a[1])) console.log(`DuckDB refused ${n}: ${m}`);
    for (const [f, ok, bad] of this.failures.worst()) console.log(`often fails: ${f} ${bad} of ${ok + bad}`);
    const c = referees.counts;
    console.log(
      `compared with DuckDB ${c.duckCompared} (refused ${c.duckRefused}), with Spark ${c.sparkCompared}; cached fragments found ${c.hits}; errors on one side only, left out by rule ${c.erredApart}`,
    );
    console.log(
      `without error ${percent(this.ran - this.failed, this.ran)}, with rows ${percent(this.withRows, this.ran)}, unsupported ${this.unsupported}, too large and left out ${this.tooLarge}, ${(this.ran / seconds).toFixed(1)} queries/s`,
    );
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const spark = options.spark ? Spark.open() : undefined;
  // Engines of the other bundle do not have the planted bug: they may not find it.
  const referees = await Referees.open({ spark, only: options.plants ? PLANT_REFEREES : options.only });
  try {
    if (options.plants) process.exitCode = (await findPlants(referees, options)) ? 0 : 1;
    else process.exitCode = (await fuzz(referees, options, spark)) === 0 ? 0 : 1;
  } finally {
    await referees.stop();
    spark?.stop();
  }
}

/** @returns the number of differences */
async function fuzz(referees: Referees, options: Options, spark: Spark | undefined): Promise<number> {
  const started = performance.now();
  const seen = new Statistics();
  const kinds = new Map<string, number>();
  const undo = options.plant > 0 ? referees.tiny.plant(options.plant).undo : undefined;
  let tables: PlainTable[] = [];
  let typed: Table[] = [];
  let deadline = started + options.minutes * 60_000;
  // An interrupted run still tells what it saw.
  process.once('SIGINT', () => {
    deadline = 0;
  });
  for (let n = 0; seen.ran < options.queries && performance.now() < deadline; n++) {
    if (n % QUERIES_PER_SCHEMA === 0) {
      typed = randomTables(new Rng(options.seed, 1_000_000 + n));
      tables = typed.map(plainTable);
      await referees.load(tables, options.seed + n);
      if (n % 600 === 0 && n > 0) console.error(`fuzz: ${seen.ran} queries, ${seen.differences} differences`);
    }
    const query = new QueryGenerator(new Rng(options.seed, n), typed, seen.failures).query();
    const sql = sparkSql(query);
    if (options.verbose) console.error(n, sql);
    const { outcome, verdicts, tooLarge } = await referees.judge(query, comparisonOf(query));
    if (tooLarge) {
      seen.tooLarge++;
      continue;
    }
    seen.add(query, sql, outcome);
    const [first] = verdicts;
    if (!first) continue;
    seen.differences++;
    for (const v of verdicts)
      console.log(`DIFFERENCE query ${n}, ${v.referee}: ${v.difference.slice(0, 1500)}\n  ${sql}`);
    const kind = kindOf(first);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if ((kinds.get(kind) ?? 0) > 2 || options.shrink === 0) continue;
    const name = `seed-${options.seed}-query-${n}`;
    const { folder, seed, shrink: seconds } = options;
    const kept = await keep(name, query, tables, first, { folder, seed, seconds, spark });
    if (first.referee === 'Spark') await spark?.load(tables);
    console.log(`  SHRUNK to ${kept.path}: ${kept.verdict.difference.slice(0, 600)}\n  ${sparkSql(kept.case.query)}`);
  }
  undo?.();
  seen.print(referees, (performance.now() - started) / 1000);
  if (spark) console.log(`Spark itself broke on ${spark.crashes} queries`);
  console.log(`${seen.ran} queries, ${seen.differences} differences`);
  return seen.differences;
}

/** Puts each planted bug in and looks for it. @returns whether all were found */
async function findPlants(referees: Referees, options: Options): Promise<boolean> {
  let found = 0;
  for (let k = options.firstPlant; k <= PLANT_COUNT; k++) {
    const failures = new FailureCounts();
    const { name, undo } = referees.tiny.plant(k);
    let typed: Table[] = [];
    let by: string | undefined;
    let n = 0;
    for (; by === undefined && n < Math.min(options.queries, 5000); n++) {
      if (n % QUERIES_PER_SCHEMA === 0) {
        typed = randomTables(new Rng(options.seed, 1_000_000 + n));
        await referees.load(typed.map(plainTable), options.seed + n);
      }
      const query = new QueryGenerator(new Rng(options.seed, n), typed, failures).query();
      const { verdicts } = await referees.judge(query, comparisonOf(query));
      by = verdicts[0]?.referee;
    }
    undo();
    if (by !== undefined) found++;
    console.log(
      `plant ${k}, ${name}: ${by === undefined ? `not found in ${n} queries` : `found by ${by} after ${n} queries`}`,
    );
  }
  const wanted = PLANT_COUNT - options.firstPlant + 1;
  console.log(`plants ${found}/${wanted}`);
  return found === wanted;
}
const percent = (a: number, b: number) => `${((100 * a) / Math.max(1, b)).toFixed(1)} %`;

await main();
