import { keep, kindOf } from './failure.js';
import { features, type Query, type Table } from './ast.js';
import { encode, type PlainTable } from './cells.js';
import { randomTables } from './data.js';
import { FailureCounts } from './exprs.js';
import { sparkSql } from './print.js';
import { QueryGenerator } from './queries.js';
import { comparisonOf, type RefereeName, Referees, type Verdict } from './referees.js';
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
    queries: queries !== undefined ? Number(queries) : minutes !== undefined ? Number.POSITIVE_INFINITY : 1000,
    minutes: minutes !== undefined ? Number(minutes) : Number.POSITIVE_INFINITY,
    verbose: args.includes('--verbose'),
    shrink: Number(value('shrink') ?? 20),
    spark: args.includes('--spark'),
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

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const started = performance.now();
  const spark = options.spark ? Spark.open() : undefined;
  const referees = await Referees.open({ spark, only: options.only });
  const failures = new FailureCounts();
  const used = new Map<string, number>();
  const errors = new Map<string, [number, string]>();
  let [ran, failed, withRows, differences, unsupported] = [0, 0, 0, 0, 0];
  let tables: Table[] = [];
  const kinds = new Map<string, number>();
  const deadline = started + options.minutes * 60_000;
  for (let n = 0; n < options.queries && performance.now() < deadline; n++) {
    if (n % QUERIES_PER_SCHEMA === 0) {
      tables = randomTables(new Rng(options.seed, 1_000_000 + n));
      await referees.load(tables.map(plainTable), options.seed + n);
    }
    const generator = new QueryGenerator(new Rng(options.seed, n), tables, failures);
    const query: Query = generator.query();
    const sql = sparkSql(query);
    if (options.verbose) console.error(n, sql);
    const { outcome, verdicts } = await referees.judge(query, comparisonOf(query));
    ran++;
    const names = new Set(features(query));
    if ('error' in outcome) {
      failed++;
      if (outcome.error.startsWith('UNSUPPORTED_FEATURE')) unsupported++;
      const e = errors.get(outcome.error) ?? [0, `${outcome.message.slice(0, 300)}\n    ${sql}`];
      e[0]++;
      errors.set(outcome.error, e);
    } else {
      if (outcome.rows.length > 0) withRows++;
      for (const f of names) used.set(f, (used.get(f) ?? 0) + 1);
    }
    for (const f of names) if (f.startsWith('fn ')) failures.add(f.slice(3), 'error' in outcome);
    if (verdicts.length > 0) {
      differences++;
      for (const v of verdicts) report(n, v, sql);
      const [first] = verdicts;
      const kind = first && kindOf(first);
      if (first && kind !== undefined && (kinds.get(kind) ?? 0) < 2 && options.shrink > 0) {
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        const kept = await keep(`seed-${options.seed}-query-${n}`, query, tables.map(plainTable), first, {
          folder: options.folder,
          seed: options.seed,
          seconds: options.shrink,
          spark,
        });
        if (first.referee === 'Spark') await spark?.load(tables.map(plainTable));
        console.log(`  SHRUNK to ${kept.path}: ${kept.verdict.difference.slice(0, 600)}\n  ${sparkSql(kept.case.query)}`);
      }
    }
  }
  if (process.env['FUZZ_TIMES']) console.log(referees.times);
  const seconds = (performance.now() - started) / 1000;
  const list = (prefix: string) => [...used].filter(([f]) => f.startsWith(prefix)).map(([f, c]) => `${f.slice(prefix.length)} ${c}`).sort().join(', ');
  for (const p of ['op ', 'clause ', 'join ', 'generator ', 'agg ', 'win ', 'fn ']) console.log(`${p.trim()}: ${list(p)}`);
  for (const [e, [n, first]] of [...errors].sort((a, b) => b[1][0] - a[1][0])) console.log(`error ${e} ${n}${options.verbose || process.env['FUZZ_ERRORS'] ? `: ${first}` : ''}`);
  for (const [m, n] of [...referees.refused].sort((a, b) => b[1] - a[1]).slice(0, 20)) console.log(`DuckDB refused ${n}: ${m}`);
  for (const [f, ok, bad] of failures.worst().slice(0, 30)) console.log(`often fails: ${f} ${bad}/${ok + bad}`);
  const c = referees.counts;
  console.log(
    `functions ${[...used.keys()].filter((f) => f.startsWith('fn ')).length}, DuckDB compared ${c.duckCompared}, refused ${c.duckRefused}, fragments hit ${c.hits}, errors apart ${c.erredApart}, Spark compared ${c.sparkCompared}`,
  );
  console.log(
    `without error ${percent(ran - failed, ran)}, with rows ${percent(withRows, ran)}, unsupported ${unsupported}, ${(ran / seconds).toFixed(1)} queries/s`,
  );
  console.log(`${ran} queries, ${differences} differences`);
  await referees.stop();
  spark?.stop();
  process.exitCode = differences > 0 ? 1 : 0;
}
const percent = (a: number, b: number) => `${((100 * a) / Math.max(1, b)).toFixed(1)} %`;

function report(n: number, v: Verdict, sql: string): void {
  console.log(`DIFFERENCE query ${n}, ${v.referee}: ${v.difference.slice(0, 1500)}\n  ${sql}`);
}

await main();
