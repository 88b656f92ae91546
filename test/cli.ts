import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** Runs the built command in a folder that is its home, too. @returns its exit code, standard output and standard error */
export function runCli(
  home: string,
  args: readonly string[],
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [resolve('dist/memoframe.cjs'), ...args], {
      cwd: home,
      env: { ...process.env, HOME: home },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (b: Buffer) => {
      out += b;
    });
    child.stderr.on('data', (b: Buffer) => {
      err += b;
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code, out, err }));
  });
}
