/** npm run test:services [-- --only cassandra|postgres] [--no-install]: starts real servers on free ports, runs
 * test/services/*.service.ts against them, stops them. The last line printed is `N passed, N failed`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isCassandraFetched, startCassandra } from './servers/cassandra.js';
import { startPostgres } from './servers/postgres.js';
import type { Server } from './servers/server.js';
import {
  findJava,
  findMaven,
  findPostgres,
  installPackages,
  MissingTool,
  PACKAGES,
  projectRoot,
} from './servers/tools.js';

const SERVERS = { cassandra: startCassandra, postgres: startPostgres } as const;
type ServerName = keyof typeof SERVERS;
const NEEDS: Record<ServerName, Readonly<Partial<Record<keyof typeof PACKAGES, () => unknown>>>> = {
  cassandra: { java: findJava, maven: () => isCassandraFetched() || findMaven() },
  postgres: { postgres: findPostgres },
};

const say = (line: string): void => console.error(`test:services: ${line}`);
const started: Server[] = [];
let tests: ChildProcess | undefined;
let stopping: Promise<void> | undefined;

/** Stops what runs, once, however often it is asked. */
function stopAll(): Promise<void> {
  stopping ??= (async () => {
    if (tests && tests.exitCode === null && tests.signalCode === null) {
      tests.kill('SIGTERM');
      await new Promise((done) => tests?.once('exit', done));
    }
    await Promise.all(started.map((server) => server.stop()));
  })();
  return stopping;
}

function finish(passed: number, failed: number): never {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  process.on(signal, () => {
    say(`${signal}: stopping the servers`);
    void stopAll().finally(() => {
      console.log('0 passed, 1 failed');
      process.exit(code);
    });
  });

function chosen(args: readonly string[]): ServerName[] {
  const at = args.indexOf('--only');
  if (at < 0) return Object.keys(SERVERS) as ServerName[];
  const name = args[at + 1] ?? '';
  if (Object.hasOwn(SERVERS, name)) return [name as ServerName];
  say(`--only takes ${Object.keys(SERVERS).join(' or ')}, not ${name || 'nothing'}`);
  process.exit(2);
}

/** Every tool that is missing, at once and before anything starts. */
function missingTools(names: readonly ServerName[]): { packages: string[]; messages: string[] } {
  const packages: string[] = [];
  const messages: string[] = [];
  for (const name of names)
    for (const [tool, find] of Object.entries(NEEDS[name]))
      try {
        find();
      } catch (error) {
        if (!(error instanceof MissingTool)) throw error;
        packages.push(PACKAGES[tool as keyof typeof PACKAGES]);
        messages.push(error.message);
      }
  return { packages, messages };
}

async function runTests(names: readonly ServerName[]): Promise<{ passed: number; failed: number }> {
  const root = projectRoot();
  const folder = join(root, '.build', 'services');
  mkdirSync(folder, { recursive: true });
  const report = join(folder, `report-${process.pid}.json`);
  const addresses = started.map((s) => [`MEMOFRAME_${s.name.toUpperCase()}`, `${s.host}:${s.port}:${s.pid}`] as const);
  tests = spawn(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--config',
      'test/services/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...Object.fromEntries(addresses), MEMOFRAME_SERVICES: names.join(',') },
    },
  );
  const code = await new Promise<number | null>((done) => tests?.once('exit', (c) => done(c)));
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const counted = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numFailedTestSuites: number;
  };
  rmSync(report, { force: true });
  const failed = Math.max(counted.numFailedTests, counted.numFailedTestSuites > 0 || code !== 0 ? 1 : 0);
  return { passed: counted.numPassedTests, failed };
}

const args = process.argv.slice(2);
const names = chosen(args);
let missing = missingTools(names);
if (missing.messages.length > 0 && !args.includes('--no-install') && installPackages(missing.packages, say))
  missing = missingTools(names);
if (missing.messages.length > 0) {
  for (const message of missing.messages) say(message);
  say('`npm run test:services -- --only postgres` (or cassandra) runs the tests of one server alone');
  finish(0, 1);
}
let result = { passed: 0, failed: 1 };
try {
  for (const name of names) started.push(await SERVERS[name](say));
  result = await runTests(names);
} catch (error) {
  say((error as Error).message);
} finally {
  await stopAll();
}
say('servers stopped');
finish(result.passed, result.failed);
