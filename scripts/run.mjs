// node scripts/run.mjs FILE.ts [args]: bundles a TypeScript entry point into .build/ and runs it in this process.
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleScript } from './lib/bundle.mjs';

const [file, ...args] = process.argv.slice(2);
if (!file) {
  console.error('usage: node scripts/run.mjs FILE.ts [args]');
  process.exit(2);
}
const out = await bundleScript(resolve(file));
process.on('exit', () => {
  for (const path of [out, `${out}.map`]) rmSync(path, { force: true });
});
process.argv = [process.argv[0], resolve(file), ...args];
process.setSourceMapsEnabled(true);
await import(pathToFileURL(out).href);
