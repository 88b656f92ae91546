// node scripts/on-node.mjs VERSION [vitest arguments]: the tests on another version of Node, which comes as an npm package.
// Exit code 3: it cannot be had here.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './lib/files.mjs';

const NOT_HERE = 3;
const [version, ...args] = process.argv.slice(2);
if (!/^\d+(\.\d+){0,2}$/.test(version ?? '')) {
  console.error('usage: npm run test:node -- VERSION [vitest arguments], for instance 22 test/rdd/values');
  process.exit(2);
}
const os = process.platform === 'win32' ? 'win' : process.platform;
const name = `node-${os}-${process.arch}`;
const home = join(root, '.build', `node-${version}`);
const bin = join(home, 'node_modules', name, 'bin');
if (!existsSync(bin)) {
  mkdirSync(home, { recursive: true });
  const install = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', home];
  const { status } = spawnSync('npm', [...install, `${name}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0 || !existsSync(bin)) {
    console.error(`${name}@${version} cannot be installed here`);
    process.exit(NOT_HERE);
  }
}
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
const node = join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
console.log(`Node ${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(node, [vitest, 'run', ...args], { cwd: root, env, stdio: 'inherit' });
process.exit(status ?? 1);
