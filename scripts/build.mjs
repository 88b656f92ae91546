// node scripts/build.mjs            kernels (dist/kernels/*.wasm) and bundles (dist/*.js), what is stale of them
// node scripts/build.mjs --kernels  kernels and src/kernels/generated only
// node scripts/build.mjs --types    also declarations into dist/types
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildBundles } from './lib/bundle.mjs';
import { root } from './lib/files.mjs';
import { buildKernels } from './lib/kernels.mjs';

const flags = new Set(process.argv.slice(2));
let ok = await buildKernels();
if (!flags.has('--kernels')) ok = (await buildBundles({ force: flags.has('--force') })) && ok;
if (flags.has('--types')) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const options = ['-p', 'tsconfig.build.json'];
  try {
    execFileSync(process.execPath, [tsc, ...options], { cwd: root, stdio: 'inherit' });
  } catch {
    ok = false;
  }
}
process.exit(ok ? 0 : 1);
