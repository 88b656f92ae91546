import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Report, Work } from './child.js';
import type { Outcome } from './run-file.js';

export interface PoolOptions {
  readonly script: string;
  readonly jar: string;
  readonly work: string;
  readonly tables: string;
  readonly processes: number;
  /** Wall time that one statement may take. */
  readonly timeoutMs: number;
}

export interface FileTask {
  readonly name: string;
  readonly statements: number;
}

/** Runs files over child processes, the longest first. A statement that takes too long or takes its process down is marked, and
 * the file runs again without it in a new process. */
export async function runFiles(
  tasks: readonly FileTask[],
  options: PoolOptions,
  done: (name: string, outcomes: readonly Outcome[]) => void,
): Promise<void> {
  const queue = [...tasks].sort((a, b) => b.statements - a.statements);
  const lanes = Array.from({ length: Math.min(options.processes, queue.length) }, async (_, lane) => {
    let child: Child | undefined;
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      const lost: Outcome[] = [];
      for (;;) {
        child ??= await Child.start(options, lane);
        const run = await child.run({ name: task.name, without: lost.map((o) => o.index) }, options.timeoutMs);
        if (run.died !== undefined) {
          child.kill();
          child = undefined;
          lost.push(run.died);
          if (run.died.index < 0) throw new Error(`${task.name}: ${run.died.got}`);
          continue;
        }
        done(
          task.name,
          [...run.outcomes, ...lost].sort((a, b) => a.index - b.index),
        );
        break;
      }
    }
    await child?.end();
  });
  await Promise.all(lanes);
}

let started = 0;

class Child {
  #errors = '';
  private constructor(private readonly process: ChildProcess) {
    process.stderr?.on('data', (d: Buffer) => {
      this.#errors = (this.#errors + d.toString()).slice(-2000);
    });
  }

  static async start({ script, jar, work, tables }: PoolOptions, lane: number): Promise<Child> {
    const args = ['--child', jar, join(work, `child-${lane}-${started++}`), tables];
    const execArgv = ['--enable-source-maps', '--max-old-space-size=1500'];
    const child = new Child(fork(script, args, { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }));
    const run = await child.run(undefined, 60_000);
    if (run.died) throw new Error(`a child did not start: ${run.died.got}`);
    return child;
  }

  /** Sends work and listens until it is done, the process ends, or a statement is over its time. */
  run(work: Work | undefined, timeoutMs: number): Promise<{ outcomes: Outcome[]; died: Outcome | undefined }> {
    return new Promise((resolve) => {
      const outcomes: Outcome[] = [];
      let current = -1;
      let timer: NodeJS.Timeout | undefined;
      const finish = (died: Outcome | undefined) => {
        clearTimeout(timer);
        this.process.removeAllListeners();
        resolve({ outcomes, died });
      };
      const lose = (result: 'timeout' | 'crash', got: string) =>
        finish({ index: current, result, analyzed: result, got, gotPlan: '', context: undefined, ms: timeoutMs });
      const restart = () => {
        clearTimeout(timer);
        timer = setTimeout(() => lose('timeout', `took longer than ${timeoutMs} ms`), timeoutMs);
      };
      this.process.on('message', (report: Report) => {
        restart();
        if (report.at === 'begin') current = report.index;
        else if (report.at === 'end') outcomes.push(report.outcome);
        else finish(undefined);
      });
      this.process.on('error', (e) => lose('crash', String(e)));
      this.process.on('exit', (code, signal) => lose('crash', `the process ended: ${code ?? signal}\n${this.#errors}`));
      restart();
      if (work) this.process.send(work);
    });
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }
  /** Lets the process clean up; it is killed if it does not end. */
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.disconnect();
    const timer = setTimeout(() => this.kill(), 5000);
    await ended;
    clearTimeout(timer);
  }
}
