import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let text: string | undefined;

/** Version of the package and hash of its build: what one build computed is not served by another, since a bug may be mended
 * in between. */
export function engineVersion(): string {
  text ??= read();
  return text;
}

function read(): string {
  const own = fileURLToPath(import.meta.url);
  let build: string | undefined;
  let folder = dirname(own);
  for (;;) {
    if (basename(folder) === 'dist') build = stringOf(join(folder, 'bundle.json'), 'hash');
    if (stringOf(join(folder, 'package.json'), 'name') === 'memoframe') {
      // Not built: a bundle of its own, or the sources.
      build ??= createHash('sha256').update(readFileSync(own)).digest('hex');
      return `${stringOf(join(folder, 'package.json'), 'version')}+${build.slice(0, 16)}.${endianness()}`;
    }
    const parent = dirname(folder);
    if (parent === folder) return `${build ?? 'unknown'}.${endianness()}`;
    folder = parent;
  }
}

function stringOf(path: string, key: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const value = (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>)[key];
  return typeof value === 'string' ? value : undefined;
}
