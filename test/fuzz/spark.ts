import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { decode, type PlainTable, schemaOf } from './cells.js';
import type { Outcome } from './compare.js';
import { sparkLiteral } from './literal.js';

const PYSPARK = 'pyspark==4.0.1';

/** The Python that has PySpark: of the venv that SPARK_VENV names, or of one made here. */
function python(): string {
  const given = process.env['SPARK_VENV'];
  const venv = given ?? resolve('.build/spark-venv');
  const path = join(venv, 'bin/python');
  if (!existsSync(path)) {
    console.error(`fuzz: making ${venv} with ${PYSPARK}`);
    execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
  }
  try {
    execFileSync(path, ['-c', 'import pyspark'], { stdio: 'ignore' });
  } catch {
    execFileSync(path, ['-m', 'pip', 'install', '--quiet', PYSPARK], { stdio: 'inherit' });
  }
  return path;
}

/** Real Spark in a Python process of its own. */
export class Spark {
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  readonly #waiting: ((line: string) => void)[] = [];
  readonly #folder: string;
  /** Queries that Spark itself broke on. */
  crashes = 0;

  private constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'memoframe-fuzz-spark-'));
    this.#process = spawn(python(), [resolve('test/fuzz/spark-server.py'), this.#folder], {
      stdio: ['pipe', 'pipe', process.env['FUZZ_SPARK_LOG'] ? 'inherit' : 'ignore'],
      env: { ...process.env, TZ: 'UTC' },
    });
    this.#lines = createInterface({ input: this.#process.stdout! });
    this.#lines.on('line', (line) => this.#waiting.shift()?.(line));
    this.#process.once('exit', (code) => {
      const line = JSON.stringify({ error: 'SPARK_EXITED', message: `Spark's process ended with ${code}` });
      for (const w of this.#waiting.splice(0)) w(line);
    });
  }
  static open(): Spark {
    return new Spark();
  }

  #ask(request: object): Promise<Record<string, unknown>> {
    return new Promise((resolvePromise) => {
      this.#waiting.push((line) => resolvePromise(JSON.parse(line) as Record<string, unknown>));
      this.#process.stdin?.write(`${JSON.stringify(request)}\n`);
    });
  }

  /** @throws if Spark cannot make a table */
  async load(tables: readonly PlainTable[]): Promise<void> {
    const load = tables.map((t) => ({ name: t.name, view: tableSql(t) }));
    const answer = await this.#ask({ load, folder: join(this.#folder, 'tables') });
    if (answer['error'] !== undefined) throw new Error(`Spark cannot load: ${String(answer['message'])}`);
  }
  /** @returns undefined for what the server cannot hand over without loss */
  async run(sql: string): Promise<Outcome | undefined> {
    const answer = await this.#ask({ sql });
    if (answer['crash']) this.crashes++;
    if (answer['skip']) return undefined;
    return (answer['error'] === undefined ? answer : { ...answer, internal: false }) as unknown as Outcome;
  }

  stop(): void {
    this.#process.stdin?.end();
    this.#lines.close();
    this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A query whose rows are the table's. */
function tableSql(t: PlainTable): string {
  const { fields } = schemaOf(t);
  const casts = fields.map((f, i) => `CAST(col${i + 1} AS ${f.dataType.sql}) AS ${f.name}`);
  if (t.rows.length === 0)
    return `SELECT ${fields.map((f) => `CAST(NULL AS ${f.dataType.sql}) AS ${f.name}`).join(', ')} WHERE false`;
  const rows = t.rows.map(
    (r) => `(${r.map((c, i) => sparkLiteral(decode(c, fields[i]!.dataType), fields[i]!.dataType)).join(', ')})`,
  );
  return `SELECT ${casts.join(', ')} FROM VALUES ${rows.join(', ')}`;
}
