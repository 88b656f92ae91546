import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** What a server needs is not on this machine; the message says what, and how to get it. */
export class MissingTool extends Error {
  override name = 'MissingTool';
}

/** The project's folder: the nearest one above the working folder that holds memoframe's package.json. */
export function projectRoot(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'memoframe')
      return folder;
    if (dirname(folder) === folder) throw new Error('run this within the memoframe project');
  }
}

/** Whether `command --version` can be started here. */
export function isOnPath(command: string, flag = '--version'): boolean {
  return spawnSync(command, [flag], { stdio: 'ignore', timeout: 30_000 }).error === undefined;
}

/** Cassandra 5.0 runs on Java 11 and 17, not on newer ones. @throws MissingTool */
export function findJava(): string {
  const homes = process.env['JAVA_HOME'] ? [join(process.env['JAVA_HOME'], 'bin/java')] : [];
  const installed = '/usr/lib/jvm';
  const known = existsSync(installed)
    ? readdirSync(installed)
        .filter((name) => /17|11/.test(name))
        .sort((a, b) => Number(b.includes('17')) - Number(a.includes('17')))
        .map((name) => join(installed, name, 'bin/java'))
    : [];
  for (const java of [...homes, 'java', ...known]) {
    const answer = spawnSync(java, ['-version'], { encoding: 'utf8', timeout: 30_000 });
    const major = /version "(\d+)/.exec(answer.stderr ?? '')?.[1];
    if (major === '17' || major === '11') return java;
  }
  throw new MissingTool(
    'Cassandra needs Java 17 (or 11), found neither in JAVA_HOME, nor on the PATH, nor in /usr/lib/jvm. ' +
      'Debian: apt-get install -y openjdk-17-jdk-headless',
  );
}

/** @throws MissingTool */
export function findMaven(): string {
  if (isOnPath('mvn')) return 'mvn';
  throw new MissingTool('Fetching Cassandra needs Maven (mvn). Debian: apt-get install -y maven');
}

/** The folder of `initdb` and `postgres`: Debian keeps them off the PATH. @throws MissingTool */
export function findPostgres(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  for (const version of versions) {
    const bin = join(debian, version, 'bin');
    if (existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres'))) return bin;
  }
  const answer = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8', timeout: 30_000 });
  const bin = answer.error ? '' : answer.stdout.trim();
  if (bin !== '' && existsSync(join(bin, 'initdb'))) return bin;
  throw new MissingTool('PostgreSQL’s server (initdb, postgres) was not found. Debian: apt-get install -y postgresql');
}

/** Debian packages that bring each tool. */
export const PACKAGES = { java: 'openjdk-17-jdk-headless', maven: 'maven', postgres: 'postgresql' } as const;

/** Installs Debian packages, when this is Debian and root runs it (a container, a build machine).
 * @returns false where it cannot: somebody else must install them */
export function installPackages(names: readonly string[], say: (line: string) => void): boolean {
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) return false;
  say(`installing ${names.join(', ')} (apt-get)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args: string[]): void => {
    execFileSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env, timeout: 600_000 });
  };
  try {
    run('update', '-q');
    run('install', '-y', '-q', '--no-install-recommends', ...names);
    return true;
  } catch (error) {
    say(`apt-get failed: ${(error as Error).message.split('\n')[0]}`);
    return false;
  }
}

/** `n` different ports of the loopback interface that nothing listens on at this moment. */
export async function freePorts(n: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: n },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
