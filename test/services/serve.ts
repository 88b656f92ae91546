/** node scripts/run.mjs test/services/serve.ts cassandra|postgres: starts a real server, prints `ready HOST PORT PID` and serves
 * until its standard input closes or it is interrupted. Examples and people use it. */
import { startCassandra } from './servers/cassandra.js';
import { startPostgres } from './servers/postgres.js';
import type { Server } from './servers/server.js';
import { MissingTool } from './servers/tools.js';

const say = (line: string): void => console.error(line);
const [name = ''] = process.argv.slice(2);

async function start(): Promise<Server> {
  if (name === 'cassandra') return startCassandra(say, true);
  if (name === 'postgres') return startPostgres(say);
  throw new MissingTool('usage: node scripts/run.mjs test/services/serve.ts cassandra|postgres');
}

let server: Server | undefined;
const stop = (code: number): void => {
  void Promise.resolve(server?.stop()).finally(() => process.exit(code));
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(1));
process.stdin.on('end', () => stop(0));
process.stdin.resume();
try {
  server = await start();
  console.log(`ready ${server.host} ${server.port} ${server.pid}`);
} catch (error) {
  say((error as Error).message);
  stop(error instanceof MissingTool ? 3 : 1);
}
