// Packs the project, installs the tarball into an empty folder, and uses it there as a stranger would.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './lib/files.mjs';

const MAX_TARBALL_BYTES = 8_000_000;
const windows = process.platform === 'win32';
const folder = mkdtempSync(join(tmpdir(), 'memoframe-package-'));

function run(command, args, options = {}) {
  return execFileSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: windows,
    timeout: 600_000,
    ...options,
  });
}
function check(what, ok, seen = '') {
  if (!ok) throw new Error(`${what}${seen === '' ? '' : `: ${seen}`}`);
  console.log(`ok: ${what}`);
}

try {
  run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
  const tarball = readdirSync(folder).find((f) => f.endsWith('.tgz'));
  check('npm pack makes a tarball', tarball !== undefined);
  const bytes = statSync(join(folder, tarball)).size;
  check(`the tarball is small (${bytes} bytes)`, bytes < MAX_TARBALL_BYTES);
  writeFileSync(join(folder, 'package.json'), '{ "name": "stranger", "private": true, "type": "module" }\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline', `./${tarball}`]);
  const installed = join(folder, 'node_modules/memoframe');
  check('sources and tests stay at home', !readdirSync(installed).some((f) => f === 'src' || f === 'test'));

  cpSync(join(root, 'test/package/stranger.mjs'), join(folder, 'stranger.mjs'));
  const answer = JSON.parse(run(process.execPath, ['stranger.mjs']).trim().split('\n').at(-1));
  check(
    'an ES module imports it and queries the sample',
    answer.rows === 3 && answer.total > 50_000,
    JSON.stringify(answer),
  );
  check('from cache no byte is read', answer.hits === 1 && answer.bytesRead === 0, JSON.stringify(answer));

  const one = run('npx', ['--no-install', 'memoframe', '-c', '"select 1 as one"'], { shell: true });
  check('npx memoframe -c answers', /one\s+─+\s+1/.test(one), one);
  const flights = run(
    'npx',
    ['--no-install', 'memoframe', '--format', 'json', '-c', '"select count(*) n from flights"'],
    { shell: true },
  );
  check('npx memoframe has the flights', JSON.parse(flights)[0].n > 50_000, flights);

  cpSync(join(root, 'test/package/stranger.ts'), join(folder, 'stranger.ts'));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const types = [
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--lib',
    'es2023,esnext.disposable',
    '--typeRoots',
    join(root, 'node_modules/@types'),
    '--types',
    'node',
    'stranger.ts',
  ];
  run(process.execPath, [tsc, ...types]);
  check('its types hold in strict TypeScript', true);

  // The example's own suite, against the installed package.
  cpSync(join(root, 'examples/plan-tests'), folder, { recursive: true, filter: (f) => !f.endsWith('package.json') });
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'), 'junction');
  const suite = run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=json']);
  const { numPassedTests, numFailedTests } = JSON.parse(suite.slice(suite.indexOf('{')));
  check('the example of plan tests passes', numPassedTests === 4 && numFailedTests === 0, suite);
} catch (error) {
  console.log(`FAILED: ${error.message}\n${error.stdout ?? ''}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
