import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { newHome, type Server, startServer } from './server.js';
import { findPostgres, freePorts } from './tools.js';

/** Starts a private PostgreSQL server (user and database `postgres`, no password) in a fresh folder; ready in about 1 s.
 * As root it runs as the user `postgres`, since the server refuses root. @throws MissingTool no PostgreSQL */
export async function startPostgres(say: (line: string) => void = () => {}): Promise<Server> {
  const bin = findPostgres();
  const [port] = (await freePorts(1)) as [number];
  const home = newHome('postgres');
  const data = join(home, 'data');
  const owner = process.getuid?.() === 0 ? userIds('postgres') : undefined;
  if (owner) chownSync(home, owner.uid, owner.gid);
  const flags = ['-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const initialize = [join(bin, 'initdb'), '-D', data, ...flags];
  const as = owner ? ['setpriv', '--reuid', `${owner.uid}`, '--regid', `${owner.gid}`, '--init-groups', '--'] : [];
  const [file, ...args] = [...as, ...initialize] as [string, ...string[]];
  execFileSync(file, args, { cwd: home, stdio: ['ignore', 'ignore', 'inherit'], timeout: 120_000 });
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  };
  const server = await startServer({
    name: 'postgres',
    command: [
      join(bin, 'postgres'),
      '-D',
      data,
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    home,
    port,
    readyText: 'ready to accept connections',
    readyWithinS: 30,
    stopSignal: 'SIGINT',
    ...owner,
  });
  say(`postgres on port ${port}, process ${server.pid}, ready after ${server.readyAfterS.toFixed(1)} s`);
  return server;
}

function userIds(name: string): { uid: number; gid: number } {
  const ask = (flag: string): number => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim());
  const ids = { uid: ask('-u'), gid: ask('-g') };
  if (!(ids.uid > 0)) throw new Error(`as root, PostgreSQL needs a user named ${name}: there is none`);
  return ids;
}
