import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Files below `directory` (absolute) whose path passes `accept`, sorted. */
export function listFiles(directory, accept) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath ?? e.path, e.name))
    .filter(accept)
    .sort();
}

/** Hash over texts and the contents of files. */
export function hashOf(texts, files) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\0`);
  for (const file of files)
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex').slice(0, 32);
}

/** Writes so that a reader sees the old content or the new, never half; an equal file is left alone. */
export function writeAtomic(path, content) {
  if (existsSync(path) && Buffer.from(content).equals(readFileSync(path))) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

export function readJson(path, fallback) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return fallback;
  }
}

/** Runs `body` while no other process is in a section of this name. A lock older than two minutes counts as left behind. */
export async function withLock(name, body) {
  const path = join(root, '.build', `${name}.lock`);
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    try {
      closeSync(openSync(path, 'wx'));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      try {
        if (Date.now() - statSync(path).mtimeMs > 120_000) rmSync(path, { force: true });
      } catch {
        // Released meanwhile.
      }
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  try {
    return await body();
  } finally {
    rmSync(path, { force: true });
  }
}
