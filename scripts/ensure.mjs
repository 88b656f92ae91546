// Makes sure that dependencies are installed and dist/ is built, saying in one line each what it does. `--quiet`: only failures.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '..', '..');
const quiet = process.argv.includes('--quiet');
const say = (text) => quiet || console.error(text);

function installIsStale() {
  const installed = join(root, 'node_modules/.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (!existsSync(installed)) return !existsSync(join(root, 'node_modules/esbuild'));
  return existsSync(lock) && statSync(lock).mtimeMs > statSync(installed).mtimeMs + 1000;
}

function npm(command, output) {
  execFileSync('npm', [command, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', output, output],
    shell: process.platform === 'win32',
  });
}

if (installIsStale()) {
  const exact = existsSync(join(root, 'package-lock.json')) && !existsSync(join(root, 'node_modules'));
  say(`memoframe: installing dependencies (npm ${exact ? 'ci' : 'install'})`);
  try {
    npm(exact ? 'ci' : 'install', exact ? 'ignore' : 2);
  } catch (error) {
    // A registry without the packages for other platforms makes `npm ci` refuse a sound lock file.
    if (!exact) throw error;
    say('memoframe: npm ci refused the lock file, npm install instead');
    npm('install', 2);
  }
}

// Installed as a package there are no sources: dist/ came with it.
if (existsSync(join(root, 'src/kernels/assembly'))) {
  const { buildKernels } = await import('./lib/kernels.mjs');
  const { buildBundles } = await import('./lib/bundle.mjs');
  const kernels = await buildKernels({ quiet });
  const bundles = await buildBundles({ quiet });
  if (!kernels || !bundles) process.exit(1);
}
