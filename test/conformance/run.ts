import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeTables } from './app.js';
import { serve } from './child.js';
import { goldenNames, readGolden } from './golden.js';
import { findJar, Jar } from './jar.js';
import { runFiles } from './pool.js';
import { lostOf, type Passed, readPassed, unionOf, writePassed } from './ratchet.js';
import { byReason, type FileOutcome, reportPage, totalsOf } from './report.js';
import { readScope, scopeText, whySkipped } from './scope.js';

const USAGE = `run.ts [--jar FILE] [--only GLOB[,GLOB]] [--verbose] [--top N] [--json FILE] [--report FILE]
  [--ratchet FILE [--grow]] [--processes N] [--timeout SECONDS] [--write-scope] [--slow]
Runs Spark's golden SQL files. The jar is looked for in the local Maven repository and fetched with Maven if it is not there.`;
const SCOPE = 'test/conformance/scope.txt';

async function main(args: readonly string[]): Promise<void> {
  const option = (name: string) => (args.includes(`--${name}`) ? args[args.indexOf(`--${name}`) + 1] : undefined);
  const flag = (name: string) => args.includes(`--${name}`);
  if (flag('help')) return console.log(USAGE);
  const started = Date.now();
  const path = option('jar') ?? findJar();
  if (path === undefined) {
    console.log('conformance: not run, there is neither the jar of Spark 4.0.1 tests nor Maven to fetch it');
    process.exitCode = 3;
    return;
  }
  if (!existsSync(path)) {
    console.error(`conformance: there is no file ${path}`);
    process.exitCode = 2;
    return;
  }
  const jar = new Jar(path);
  if (flag('write-scope')) return writeScope(jar);
  const scope = readScope(SCOPE);
  const wanted = globs(option('only'));
  const inside = scope.filter((f) => f.skipped === undefined && wanted(f.name));
  const skipped = scope.filter((f) => f.skipped !== undefined);

  const work = mkdtempSync(join(tmpdir(), 'memoframe-conformance-'));
  const files: FileOutcome[] = [];
  try {
    const tables = join(work, 'tables');
    mkdirSync(tables);
    await writeTables(tables, (file) => jar.text(`test-data/postgresql/${file}`));
    const prepared = Date.now() - started;
    const options = {
      script: fileURLToPath(import.meta.url),
      jar: path,
      work,
      tables,
      processes: Number(option('processes') ?? Math.min(2, availableParallelism())),
      timeoutMs: 1000 * Number(option('timeout') ?? 30),
    };
    await runFiles(inside, options, (name, outcomes) => {
      const file = inside.find((f) => f.name === name);
      if (!file) throw new Error(name);
      if (outcomes.length !== file.statements)
        throw new Error(`${name}: ${outcomes.length} statements ran, ${SCOPE} lists ${file.statements}`);
      files.push({ file, outcomes });
    });
    files.sort((a, b) => (a.file.name < b.file.name ? -1 : 1));
    printFiles(files, jar, flag('verbose'));
    printDetails(files, Number(option('top') ?? 25));
    if (flag('slow')) printSlow(files);
    console.log(`tables ${prepared} ms, all ${Date.now() - started} ms`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }

  const json = option('json');
  if (json !== undefined) writeFileSync(json, JSON.stringify(details(files, jar), null, 1));
  const report = option('report');
  if (report !== undefined) writeFileSync(report, reportPage(files, skipped));
  const ratchet = option('ratchet');
  if (ratchet !== undefined) judgeRatchet(ratchet, files, flag('grow'));
  jar.close();
  const t = totalsOf(files);
  const left = skipped.reduce((n, f) => n + f.statements, 0);
  const contexts = files.flatMap((f) => f.outcomes.flatMap((o) => (o.context === undefined ? [] : [o.context])));
  console.log(
    `query contexts ${contexts.filter(Boolean).length}/${contexts.length}, skipped ${left} of ${left + t.statements}`,
  );
  console.log(`results ${t.results}/${t.statements} analyzed ${t.analyzed}/${t.plans}`);
}

/** `*` stands for any text, `/` too; the ending `.sql` may be left out. */
function globs(text: string | undefined): (name: string) => boolean {
  if (text === undefined) return () => true;
  const patterns = text.split(',').map((glob) => {
    const escaped = glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${escaped}(\\.sql)?$`);
  });
  return (name) => patterns.some((p) => p.test(name));
}

function writeScope(jar: Jar): void {
  const files = goldenNames(jar).map((name) => {
    const { statements } = readGolden(jar, name);
    const plans = statements.filter((s) => s.analyzed !== undefined).length;
    return { name, statements: statements.length, plans, skipped: whySkipped(name) };
  });
  const text = scopeText(files);
  writeFileSync(SCOPE, text);
  console.log(text.split('\n').slice(1, 4).join('\n'));
}

function printFiles(files: readonly FileOutcome[], jar: Jar, verbose: boolean): void {
  for (const f of files) {
    const t = totalsOf([f]);
    if (t.results === t.statements && t.analyzed === t.plans) continue;
    const reasons = byReason([f]).map(([r, a, b]) => `${r} ${a}+${b}`);
    console.log(
      `${f.file.name}: results ${t.results}/${t.statements} analyzed ${t.analyzed}/${t.plans}: ${reasons.join(', ')}`,
    );
    if (!verbose) continue;
    const golden = readGolden(jar, f.file.name).statements;
    for (const o of f.outcomes) {
      const g = golden[o.index];
      if (!g || (o.result === 'ok' && (o.analyzed === 'ok' || o.analyzed === 'none'))) continue;
      console.log(`==== ${f.file.name}#${o.index} result ${o.result}, analyzed ${o.analyzed}\n${g.sql}`);
      if (o.result !== 'ok') console.log(`--- want\n${g.schema}\n${g.output}\n--- got\n${o.got}`);
      if (o.analyzed !== 'ok' && o.analyzed !== 'none' && (o.gotPlan !== o.got || o.result === 'ok'))
        console.log(`--- want plan\n${g.analyzed}\n--- got plan\n${o.gotPlan}`);
    }
  }
}

/** The commonest failures: reason and first line of what came instead. */
function printDetails(files: readonly FileOutcome[], top: number): void {
  const counts = new Map<string, number>();
  for (const o of files.flatMap((f) => f.outcomes))
    if (o.result !== 'ok') {
      const key = / error ([\w.$]+)/.exec(o.got.split('\n')[0] ?? '')?.[1] ?? '';
      counts.set(`${o.result} ${key}`, (counts.get(`${o.result} ${key}`) ?? 0) + 1);
    }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]).slice(0, top);
  if (sorted.length > 0)
    console.log(
      `results that fail, by reason and error:\n${sorted.map(([k, n]) => `${String(n).padStart(6)} ${k}`).join('\n')}`,
    );
  console.log('by reason (results, plans):');
  for (const [reason, a, b] of byReason(files))
    console.log(`${String(a).padStart(6)} ${String(b).padStart(6)} ${reason}`);
}

function printSlow(files: readonly FileOutcome[]): void {
  const all = files.flatMap((f) => f.outcomes.map((o) => ({ name: `${f.file.name}#${o.index}`, ms: o.ms })));
  console.log(`statements ${all.reduce((n, o) => n + o.ms, 0)} ms; slowest:`);
  for (const o of all.sort((a, b) => b.ms - a.ms).slice(0, 20)) console.log(`${String(o.ms).padStart(6)} ms ${o.name}`);
}

function details(files: readonly FileOutcome[], jar: Jar): unknown[] {
  return files.flatMap((f) => {
    const golden = readGolden(jar, f.file.name).statements;
    return f.outcomes.map((o) => {
      const g = golden[o.index];
      const { index, result, analyzed, ms, context } = o;
      const base = { file: f.file.name, index, sql: g?.sql, result, analyzed, ms, context };
      const bad = result === 'ok' ? {} : { want: `${g?.schema}\n${g?.output}`, got: o.got };
      const badPlan = analyzed === 'ok' || analyzed === 'none' ? {} : { wantPlan: g?.analyzed, gotPlan: o.gotPlan };
      return { ...base, ...bad, ...badPlan };
    });
  });
}

function judgeRatchet(path: string, files: readonly FileOutcome[], grow: boolean): void {
  const indices = (f: FileOutcome, of: 'result' | 'analyzed') =>
    new Set(f.outcomes.filter((o) => o[of] === 'ok').map((o) => o.index));
  const now: Passed = new Map(
    files.map((f) => [f.file.name, { results: indices(f, 'result'), analyzed: indices(f, 'analyzed') }]),
  );
  const before = readPassed(path);
  const lost = lostOf(before, now);
  for (const l of lost) console.log(`LOST ${l}`);
  if (lost.length > 0) process.exitCode = 1;
  else if (grow) writePassed(path, unionOf(before, now));
}

if (process.argv[2] === '--child') {
  const [jar, work, tables] = process.argv.slice(3) as [string, string, string];
  await serve({ jar, work, tables });
} else await main(process.argv.slice(2));
