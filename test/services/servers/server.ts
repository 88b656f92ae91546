import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOnPath } from './tools.js';

/** A database server of our own on the loopback interface. */
export interface Server {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Seconds from its start until it took connections. */
  readonly readyAfterS: number;
  /** Ends it in order, with force after 15 s, and removes its files. */
  stop(): Promise<void>;
}

/** How a server process is started, known to be ready, and ended. */
export interface Recipe {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly home: string;
  readonly port: number;
  /** This text in its log says that it takes connections. */
  readonly readyText: string;
  readonly readyWithinS: number;
  readonly stopSignal: NodeJS.Signals;
  readonly uid?: number;
  readonly gid?: number;
}

const running = new Map<number, string>();

// Whatever ends this process in order ends the servers with it. Where it is killed, the system does (`setpriv`).
process.on('exit', () => {
  for (const [pid, home] of running) {
    signal(pid, 'SIGKILL');
    rmSync(home, { recursive: true, force: true });
  }
});

/** A new empty folder for a server's data. */
export function newHome(name: string): string {
  return mkdtempSync(join(tmpdir(), `memoframe-${name}-`));
}

/** Starts a server and waits until it is ready.
 * @throws Error with the end of its log, when it ends during start-up or is not ready in time */
export async function startServer(recipe: Recipe): Promise<Server> {
  const { name, home, port } = recipe;
  const logFile = join(home, 'server.log');
  const log = openSync(logFile, 'w');
  const begin = performance.now();
  // A session of its own: Ctrl-C in the terminal reaches us only, and we end the server in order.
  const child = spawn(...program(recipe), {
    cwd: home,
    detached: true,
    stdio: ['ignore', log, log],
  } as const);
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) => resolve(`exit code ${code ?? by}`));
  });
  const pid = child.pid;
  if (pid === undefined) {
    rmSync(home, { recursive: true, force: true });
    throw new Error(`${name} cannot be started: ${await ended}`);
  }
  running.set(pid, home);
  child.unref();
  let over: string | undefined;
  void ended.then((how) => (over = how));
  const stop = async (): Promise<void> => {
    if (!running.has(pid)) return;
    await end(child, recipe.stopSignal);
    running.delete(pid);
    rmSync(home, { recursive: true, force: true });
  };
  const text = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  while (!text().includes(recipe.readyText)) {
    const waited = (performance.now() - begin) / 1000;
    if (over !== undefined || waited > recipe.readyWithinS) {
      const tail = blame(text());
      await stop();
      const what =
        over !== undefined ? `ended during start-up (${over})` : `was not ready after ${waited.toFixed(0)} s`;
      throw new Error(`${name} ${what}:\n${tail}`);
    }
    await sleep(100);
  }
  return { name, host: '127.0.0.1', port, pid, readyAfterS: (performance.now() - begin) / 1000, stop };
}

/** The command, as another user where asked, and ended by the system when this process is killed (Linux only). */
function program({ command, uid, gid, stopSignal }: Recipe): [string, string[]] {
  const flags: string[] = [];
  if (uid !== undefined) flags.push('--reuid', String(uid), '--regid', String(gid ?? uid), '--init-groups');
  if (process.platform === 'linux' && isOnPath('setpriv')) {
    flags.push('--pdeathsig', stopSignal.replace('SIG', ''));
    return ['setpriv', [...flags, '--', ...command]];
  }
  if (uid !== undefined) throw new Error('starting a server as another user needs setpriv (util-linux)');
  const [file, ...args] = command;
  return [file, args];
}

async function end(child: ChildProcess, stopSignal: NodeJS.Signals): Promise<void> {
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;
  signal(child.pid as number, 'SIGCONT');
  signal(child.pid as number, stopSignal);
  for (let waited = 0; waited < 15_000 && !over(); waited += 50) await sleep(50);
  if (over()) return;
  signal(child.pid as number, 'SIGKILL');
  for (let waited = 0; waited < 5_000 && !over(); waited += 50) await sleep(50);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

/** The lines of a log that say what went wrong, else its end. */
function blame(log: string): string {
  const lines = log.trimEnd().split('\n');
  const errors = lines.filter((line) => /ERROR|FATAL|Exception|Caused by|already in use/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-15).join('\n');
}
