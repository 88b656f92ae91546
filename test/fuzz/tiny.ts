import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Constants that make small tables run as big ones do, by file: morsels of 64 rows, a thread for every job, slices of
 * one morsel. Replaced while bundling, so that the product has no switch for it. */
const SMALLER: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'storage/column/vector.ts': [['MORSEL_ROWS = 4096', 'MORSEL_ROWS = 64']],
  'exec/pipelines/executor.ts': [['SMALL_JOB_ROWS = 20_000', 'SMALL_JOB_ROWS = 1']],
  'exec/pipelines/slices.ts': [['LEAST_ROWS = 16 * MORSEL_ROWS', 'LEAST_ROWS = MORSEL_ROWS']],
};

/** Bundles the engine and its worker with tiny morsels and loads it. @throws if a constant is not where it was */
export async function loadTinyEngine(): Promise<typeof import('./engine.js')> {
  const { build } = await import('esbuild');
  const root = resolve('.');
  const out = join(root, '.build', `fuzz-tiny-${process.pid}`);
  mkdirSync(out, { recursive: true });
  process.once('exit', () => rmSync(out, { recursive: true, force: true }));
  const replaced = new Set<string>();
  const shrink = {
    name: 'tiny-morsels',
    setup(b: import('esbuild').PluginBuild) {
      b.onLoad({ filter: /\/src\/(storage|exec)\/.*\.ts$/ }, ({ path }) => {
        const file = path.slice(join(root, 'src').length + 1);
        const changes = SMALLER[file];
        if (!changes) return undefined;
        let contents = readFileSync(path, 'utf8');
        for (const [from, to] of changes) {
          if (!contents.includes(from)) throw new Error(`${file} has no ${from}`);
          contents = contents.replace(from, to);
          replaced.add(from);
        }
        return { contents, loader: 'ts' as const };
      });
    },
  };
  await build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
    packages: 'external',
    entryPoints: {
      engine: join(root, 'test/fuzz/engine.ts'),
      worker: join(root, 'src/exec/workers/worker-main.ts'),
    },
    outdir: out,
    outExtension: { '.js': '.js' },
    plugins: [shrink],
  });
  return (await import(pathToFileURL(join(out, 'engine.js')).href)) as typeof import('./engine.js');
}
