// node scripts/example.mjs NAME [options]: runs examples/NAME/index.mjs with the built package. Without a name: lists them.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/files.mjs';

const folder = join(root, 'examples');
const main = (name) => join(folder, name, 'index.mjs');
const [name, ...options] = process.argv.slice(2);
if (!name || !existsSync(main(name))) {
  const names = readdirSync(folder).filter((n) => existsSync(main(n)));
  console.error(`usage: npm run -s example -- ${names.join(' | ')} [options]`);
  process.exit(2);
}
process.argv = [process.argv[0], main(name), ...options];
await import(pathToFileURL(main(name)).href);
