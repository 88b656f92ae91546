import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { SparkSession } from '../../src/index.js';
import { StoredEntry } from '../../src/storage/persistent/entry.js';
import { nodePersistentFiles } from '../../src/storage/persistent/files.js';
import { decodeManifest } from '../../src/storage/persistent/manifest.js';

/** What a child says after its first caching. */
export interface Said {
  /** min(v), max(v), count(*), sum(n) */
  readonly rows: string[];
  readonly found: string[];
  readonly warnings: string[];
  /** Bytes of source files that caching read. */
  readonly cachingRead: number;
}

const ROWS = 12_000;

/** Writes the source anew: all rows of one version, two files, replaced one after the other by renames. */
export async function writeVersion(spark: SparkSession, folder: string, version: number): Promise<void> {
  const fresh = join(folder, `t.${version}`);
  await spark
    .sql(`SELECT id AS n, ${version} AS v, concat('row ', id) AS s FROM range(0, ${ROWS + version}, 1, 2)`)
    .write.parquet(fresh);
  const table = join(folder, 't');
  const old = existsSync(table) ? readdirSync(table) : [];
  mkdirSync(table, { recursive: true });
  for (const f of readdirSync(fresh)) renameSync(join(fresh, f), join(table, f));
  for (const f of old) if (!readdirSync(fresh).includes(f)) rmSync(join(table, f), { recursive: true });
  rmSync(fresh, { recursive: true });
}

/** What a query over a version answers. */
export function expectedRows(version: number): string[] {
  const n = ROWS + version;
  return [String(version), String(version), String(n), String((n * (n - 1)) / 2)];
}

let bundled: Promise<string> | undefined;
/** The child's program, bundled once. */
export function childProgram(): Promise<string> {
  bundled ??= (async () => {
    // By a name that is not known when this file is bundled itself.
    const path = pathToFileURL(resolve('scripts/lib/bundle.mjs')).href;
    const { bundleScript } = (await import(path)) as { bundleScript(path: string): Promise<string> };
    return bundleScript(resolve('test/cache/persistent-child.ts'));
  })();
  return bundled;
}

/** A process that caches the folder's table; `loop`: again and again. */
export class Child {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  #text = '';
  #wake: (() => void)[] = [];

  constructor(program: string, folder: string, mode: 'once' | 'loop') {
    this.process = spawn(process.execPath, [program, folder, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process.stdout?.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString();
      for (const f of this.#wake.splice(0)) f();
    });
    this.ended = new Promise((done) => this.process.on('close', (code) => done(code)));
  }

  #lines(): Record<string, unknown>[] {
    return this.#text
      .split('\n')
      .slice(0, -1)
      .map((l) => JSON.parse(l) as Record<string, unknown>);
  }
  /** Waits for the line with this key. */
  async line(key: string): Promise<Record<string, unknown>> {
    for (;;) {
      const lines = this.#lines();
      const failed = lines.find((l) => 'error' in l);
      if (failed) throw new Error(`the child failed: ${JSON.stringify(failed)}`);
      const found = lines.find((l) => key in l);
      if (found) return found;
      if (this.process.exitCode !== null) throw new Error(`the child ended before it said ${key}: ${this.#text}`);
      await Promise.race([new Promise<void>((r) => this.#wake.push(r)), this.ended, sleep(60_000)]);
    }
  }
  async said(): Promise<Said> {
    return (await this.line('rows')) as unknown as Said;
  }
  /** What it has said so far; a failure is thrown. */
  get saidSoFar(): Said | undefined {
    const failed = this.#lines().find((l) => 'error' in l);
    if (failed) throw new Error(`the child failed: ${JSON.stringify(failed)}`);
    return this.#lines().find((l) => 'rows' in l) as Said | undefined;
  }
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }
}

/** Entries in a persistent folder, every byte of them checked; anything that is not whole throws. */
export async function checkFolder(cache: string): Promise<{ entries: string[]; temporary: string[] }> {
  if (!existsSync(cache)) return { entries: [], temporary: [] };
  const names = readdirSync(cache);
  const entries = names.filter((n) => !n.startsWith('.tmp-'));
  for (const name of entries) {
    const path = join(cache, name);
    const manifest = decodeManifest(readFileSync(join(path, 'manifest.json'), 'utf8'));
    if (typeof manifest === 'string') throw new Error(`${path}: ${manifest}`);
    const entry = new StoredEntry(path, manifest, nodePersistentFiles);
    for (const p of manifest.blocks.keys()) await entry.read(p);
    const files = readdirSync(path).length;
    if (files !== manifest.blocks.length + 1) throw new Error(`${path} has ${files} files`);
  }
  return { entries, temporary: names.filter((n) => n.startsWith('.tmp-')) };
}

/** Random numbers from a seed: mulberry32. */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b_79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface KillReport {
  kills: number;
  /** Rounds in which an entry was found whole, and in which it was made anew. */
  found: number;
  stored: number;
  /** Half-written folders that a kill left behind. */
  orphans: number;
}

/** Kills a process that caches at random moments, `rounds` times. Each next process must see the rows of the source as it is
 * then, all of one version, without a warning; what lies in the folder is whole. @throws what is wrong */
export async function killRounds(
  spark: SparkSession,
  folder: string,
  rounds: number,
  seed: number,
  log: (line: string) => void = () => {},
): Promise<KillReport> {
  const next = random(seed);
  const program = await childProgram();
  const cache = join(folder, 'cache');
  const report: KillReport = { kills: 0, found: 0, stored: 0, orphans: 0 };
  let version = 1;
  let wrote = version;
  // How long caching takes here: kills are spread over it.
  let tookMs = 300;
  await writeVersion(spark, folder, version);
  for (let round = 1; round <= rounds; round++) {
    const before = await checkFolder(cache);
    report.orphans += before.temporary.length;
    if (next() < 0.4) await writeVersion(spark, folder, (version = ++wrote));
    const child = new Child(program, folder, 'loop');
    const early = next() < 0.4;
    if (early) {
      // Anywhere in the first caching: finding, computing, writing.
      await child.line('started');
      await sleep(next() * 1.2 * tookMs);
    } else {
      await child.line('started');
      const started = performance.now();
      const { found } = await child.said();
      if (found[0] === 'persistentStored') tookMs = performance.now() - started;
      // Anywhere between dropping an entry and storing it again, and while it is there.
      await sleep(next() * 2.5 * tookMs);
    }
    const said = child.saidSoFar;
    await child.kill();
    report.kills++;
    if (said) {
      const wanted = expectedRows(version);
      if (JSON.stringify(said.rows) !== JSON.stringify(wanted))
        throw new Error(`round ${round}: rows ${said.rows.join(' ')} instead of ${wanted.join(' ')}`);
      if (said.warnings.length > 0) throw new Error(`round ${round}: ${said.warnings.join('; ')}`);
      if (said.found[0] === 'persistentFound') report.found++;
      else report.stored++;
    }
    log(`${round}: ${early ? 'early' : 'late '} version ${version} ${said ? said.found[0] : 'killed first'}`);
  }
  // Who comes after all kills: right rows, all orphans gone.
  const last = new Child(program, folder, 'once');
  const said = await last.said();
  await last.ended;
  if (JSON.stringify(said.rows) !== JSON.stringify(expectedRows(version)))
    throw new Error(`last: ${said.rows.join(' ')}`);
  if (said.warnings.length > 0) throw new Error(`last: ${said.warnings.join('; ')}`);
  const left = await checkFolder(cache);
  if (left.temporary.length > 0 || left.entries.length !== 1) throw new Error(`left behind: ${JSON.stringify(left)}`);
  return report;
}
