// node scripts/build.mjs            kernels (dist/kernels/*.wasm) and bundles (dist/*.js), what is stale of them
// node scripts/build.mjs --kernels  kernels and src/kernels/generated only
// node scripts/build.mjs --types    also declarations into dist/types
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
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
    nameWebAssembly(join(root, 'dist/types'));
  } catch {
    ok = false;
  }
}
process.exit(ok ? 0 : 1);

/** Declarations that name WebAssembly's types hold in programs without the DOM library, too; with it these merge with its own. */
function nameWebAssembly(types) {
  const names = ['Memory', 'Module', 'Instance'].map((name) => `  interface ${name} {}\n`).join('');
  writeFileSync(join(types, 'webassembly.d.ts'), `declare namespace WebAssembly {\n${names}}\n`);
  for (const entry of ['index.d.ts', 'testing/index.d.ts']) {
    const file = join(types, entry);
    const path = entry.includes('/') ? '../webassembly.d.ts' : './webassembly.d.ts';
    writeFileSync(file, `/// <reference path="${path}" />\n${readFileSync(file, 'utf8')}`);
  }
}
