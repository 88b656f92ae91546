import { chmodSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hashOf, listFiles, readJson, root, withLock, writeAtomic } from './files.mjs';

const ENTRIES = {
  index: 'src/index.ts',
  testing: 'src/testing/index.ts',
  memoframe: 'src/repl/main.ts',
  worker: 'src/exec/workers/worker-main.ts',
  'rdd-worker': 'src/rdd/worker/main.ts',
};
/** Loaded from node_modules when first needed; everything else is in the bundle. */
const EXTERNALS = ['acorn', 'parquetjs-lite', 'node-sqlite3-wasm', '@duckdb/node-api', 'vega-datasets', 'vitest'];
const STAMP = join(root, 'dist/bundle.json');

/** Options every bundle shares: CommonJS dependencies inside the bundle may call `require`. */
export const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: 'linked',
  logLevel: 'warning',
  // Node prints the source line of an error that nobody caught: a minified file of one line would fill the terminal.
  lineLimit: 160,
  external: EXTERNALS,
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

/** What an entry becomes. */
const outputOf = (name) => `dist/${name}.${name === 'memoframe' ? 'cjs' : 'js'}`;

function fingerprint() {
  const sources = listFiles(join(root, 'src'), (f) => !f.includes('/kernels/assembly/'));
  sources.push(...listFiles(join(root, 'scripts/lib'), () => true));
  const lock = join(root, 'package-lock.json');
  return hashOf(Object.values(ENTRIES), [...sources, ...(existsSync(lock) ? [lock] : [])]);
}

/** Bundles the entry points that exist into dist/. @returns whether that went well */
export async function buildBundles({ quiet = false, force = false } = {}) {
  return withLock('bundle', async () => {
    const hash = fingerprint();
    const present = Object.entries(ENTRIES).filter(([, path]) => existsSync(join(root, path)));
    const built = present.every(([name]) => existsSync(join(root, outputOf(name))));
    if (!force && built && readJson(STAMP, {}).hash === hash) return true;
    for (const [name, path] of Object.entries(ENTRIES))
      if (!existsSync(join(root, path)) && !quiet) console.error(`bundle: ${name} skipped, no ${path} yet`);
    if (present.length === 0) return true;
    const started = Date.now();
    const rest = (await bundleCli(present, quiet)) ? present.filter(([name]) => name !== 'memoframe') : present;
    if (rest.length === 0 || (await bundle(rest, quiet))) {
      dropOldChunks(force);
      writeAtomic(STAMP, `${JSON.stringify({ hash })}\n`);
      if (!quiet)
        console.error(`bundle: ${present.map(([name]) => outputOf(name)).join(', ')} (${Date.now() - started} ms)`);
      return true;
    }
    // One entry point that does not build must not keep the others old.
    const alone = [];
    for (const entry of rest) if (present.length > 1 && (await bundle([entry], true))) alone.push(entry[0]);
    console.error(`bundle: failed${alone.length > 0 ? `; built alone: ${alone.join(', ')}` : ''}`);
    return false;
  });
}

/** Chunks that no file of dist/ names are left from earlier builds. A process may still load them: they get an hour. */
function dropOldChunks(now) {
  const js = listFiles(join(root, 'dist'), (f) => f.endsWith('.js'));
  const used = js.map((f) => readFileSync(f, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '')).join();
  for (const file of js.filter((f) => f.includes('/dist/chunks/')))
    if (!used.includes(basename(file)) && (now || Date.now() - statSync(file).mtimeMs > 3_600_000))
      for (const path of [file, `${file}.map`]) rmSync(path, { force: true });
}

/** The command as one CommonJS file, whose compiled code the launcher can keep between runs. */
async function bundleCli(present, quiet) {
  const path = present.find(([name]) => name === 'memoframe')?.[1];
  if (path === undefined) return false;
  const { build } = await import('esbuild');
  try {
    const result = await build({
      ...shared,
      logLevel: quiet ? 'silent' : 'warning',
      format: 'cjs',
      banner: {
        js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href; const __lazyCrypto = new Proxy({}, { get: (_, name) => require('node:crypto')[name] });",
      },
      define: { 'import.meta.url': '__importMetaUrl' },
      supported: { 'dynamic-import': false },
      entryPoints: [join(root, path)],
      outfile: join(root, 'dist/cli.cjs'),
      minifySyntax: true,
      minifyWhitespace: true,
      sourcemap: false,
      write: false,
    });
    const [file] = result.outputFiles;
    // Few commands hash or encrypt: loading it takes 4 ms.
    const text = file.text.replaceAll('require("node:crypto")', '__lazyCrypto');
    writeAtomic(file.path, text);
    const launcher = join(root, 'dist/memoframe.cjs');
    const code = readFileSync(new URL('./launcher.cjs', import.meta.url), 'utf8');
    writeAtomic(launcher, code.replace('@BUILD@', hashOf([text], [])));
    chmodSync(launcher, 0o755);
    rmSync(join(root, 'dist/cache'), { recursive: true, force: true });
    return true;
  } catch (error) {
    if (!error.errors) throw error;
    return false;
  }
}

async function bundle(entries, quiet) {
  const { build } = await import('esbuild');
  try {
    const result = await build({
      ...shared,
      logLevel: quiet ? 'silent' : 'warning',
      entryPoints: Object.fromEntries(entries.map(([name, path]) => [name, join(root, path)])),
      outdir: join(root, 'dist'),
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      minifySyntax: true,
      minifyWhitespace: true,
      write: false,
    });
    for (const file of result.outputFiles) {
      writeAtomic(file.path, file.contents);
    }
    return true;
  } catch (error) {
    if (!error.errors) throw error;
    return false;
  }
}

/** Bundles one TypeScript file into .build/ and returns the path. */
export async function bundleScript(path) {
  const { build } = await import('esbuild');
  const out = join(
    root,
    '.build',
    `${path
      .replace(/^.*?\/main\//, '')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/-ts$/, '')}-${process.pid}.mjs`,
  );
  await build({ ...shared, entryPoints: [path], outfile: out, packages: 'external' });
  return out;
}
