import { existsSync, readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let text: string | undefined;

/** Version of the package and hash of its build: what one build computed is not served by another, since a bug may be mended
 * in between. */
export function engineVersion(): string {
  text ??= read();
  return text;
}

function read(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const found = json(join(folder, 'package.json'));
    if (found?.['name'] === 'memoframe') {
      const build = String(json(join(folder, 'dist/bundle.json'))?.['hash'] ?? '').slice(0, 16);
      return `${String(found['version'])}+${build}.${endianness()}`;
    }
    const parent = dirname(folder);
    if (parent === folder) return `unknown.${endianness()}`;
    folder = parent;
  }
}

function json(path: string): Record<string, unknown> | undefined {
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}
