import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gate, Report } from '../run.js';
import { geometricMean } from '../timing.js';

interface ExampleReport {
  readonly figures: Readonly<Record<string, unknown>>;
  readonly gates: readonly { readonly name: string; readonly found: string; readonly pass: boolean }[];
}
interface Enrichment {
  readonly queries: number;
  readonly ms: number;
  readonly cpuMs: number;
}
interface Loading {
  readonly ms: number;
  readonly loads: number;
  readonly peak: number;
}
/** Nanoseconds and milliseconds of processor time; MiB of memory that two workers took. */
interface Way {
  readonly kind: string;
  readonly makeMs: number;
  readonly ns: number;
  readonly mib: number;
  readonly joinNs?: number;
}

const WAYS = ['broadcast', 'worker-scoped value', 'worker cache', 'SQLite look-up', 'SQL cache', 'accumulator'];

/** Three of the published experiments, as the examples run them (the fourth needs a database server: `example -- cassandra`),
 * and what a read costs in each of the ways in which tasks can keep a million names. The ratio is the geometric mean of what
 * worker-scoped state and sliding windows leave of the time: worker cache to no cache (processor time), a model loaded for
 * each worker to one loaded for each partition, sliding to batch at mixed latencies. */
export async function runWorker(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'memoframe-bench-worker-'));
  const gates: Gate[] = [];
  const example = (name: string): ExampleReport['figures'] => {
    const file = join(folder, `${name}.json`);
    console.log(`\n${name}\n`);
    const child = [join('scripts', 'example.mjs'), name, '--json', file];
    try {
      execFileSync(process.execPath, child, { stdio: ['ignore', 'inherit', 'inherit'] });
    } catch {
      // A gate that fails makes the example fail: the report says which.
    }
    const report = JSON.parse(readFileSync(file, 'utf8')) as ExampleReport;
    gates.push({ name: `${name}-failures`, value: report.gates.filter((g) => !g.pass).length, limit: 0 });
    return report.figures;
  };
  try {
    const enrichment = example('worker-cache')['variants'] as Readonly<Record<string, Enrichment>>;
    const model = example('shared-model');
    const async = example('async-lookup');
    const full = model['full'] as Readonly<Record<string, Loading>>;
    const small = model['small'] as Readonly<Record<string, Loading>>;
    const sliding = (async['slidingToBatch'] as Readonly<Record<string, number>>)['in turn 1 to 5'] as number;
    gates.push({ name: 'sliding-to-batch', value: sliding, limit: 0.8 });
    const ways = WAYS.map((kind) => {
      const line = execFileSync(process.execPath, [join('bench', 'worker', 'values.mjs'), kind], { encoding: 'utf8' });
      return JSON.parse(line) as Way;
    });
    console.log('\na million names by id, read at random by two workers (processor time)\n');
    for (const w of ways)
      console.log(
        `${w.kind.padEnd(20)} read ${(w.ns / 1000).toFixed(2).padStart(9)} µs   make ${(w.makeMs / 1000).toFixed(2).padStart(6)} s   ` +
          `memory ${w.mib.toFixed(0).padStart(4)} MiB${w.joinNs === undefined ? '' : `   joined ${(w.joinNs / 1000).toFixed(2)} µs a row`}`,
      );
    const left = [
      of(enrichment, 'worker cache').cpuMs / of(enrichment, 'no cache').cpuMs,
      of(small, 'per worker').ms / of(small, 'per partition').ms,
      sliding,
    ];
    const machine = { cpu: `${cpus().length} × ${cpus()[0]?.model}`, node: process.version };
    return { ratio: geometricMean(left), gates, details: { machine, enrichment, full, small, async, ways } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function of<T>(all: Readonly<Record<string, T>>, name: string): T {
  const found = all[name];
  if (found === undefined) throw new RangeError(`no figure of ${name}`);
  return found;
}
