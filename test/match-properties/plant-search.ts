import { readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { Judge } from './judge.js';
import { PLANTS, planted, switchOn } from './plants.js';
import { search } from './search.js';

/** Bundles this file with the engine, bugs planted, and loads that. @returns its `findPlants` */
export async function plantedSearch(): Promise<typeof findPlants> {
  const root = resolve('.');
  const outfile = join(root, '.build', `match-plants-${process.pid}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: ['test/match-properties/plant-search.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
    plugins: [
      {
        name: 'planted bugs',
        setup(b) {
          b.onLoad({ filter: /[\\/]src[\\/]plan[\\/].*\.ts$/ }, ({ path }) => {
            const file = relative(root, path).split(sep).join('/');
            if (!PLANTS.some((p) => p.file === file)) return undefined;
            return { contents: planted(file, readFileSync(path, 'utf8')), loader: 'ts' };
          });
        },
      },
    ],
  });
  process.on('exit', () => rmSync(outfile, { force: true }));
  const module = (await import(pathToFileURL(outfile).href)) as { findPlants: typeof findPlants };
  return module.findPlants;
}

export interface PlantSearchOptions {
  readonly seed: number;
  /** Pairs after which a bug counts as not found. */
  readonly most: number;
  /** Numbers of the bugs to look for. */
  readonly only: readonly number[];
}

/** Switches on each bug in turn and looks for it. @returns how many are found */
export async function findPlants({ seed, most, only }: PlantSearchOptions): Promise<number> {
  let found = 0;
  for (const [i, { name }] of PLANTS.entries()) {
    if (!only.includes(i + 1)) continue;
    switchOn(i + 1);
    const judge = await Judge.open();
    let pairs = 0;
    let difference: string | undefined;
    try {
      await search(judge, {
        seed: seed + i,
        shrink: false,
        add: (v) => {
          if (difference !== undefined) return;
          pairs++;
          difference = v.difference;
        },
        done: () => pairs >= most || difference !== undefined,
      });
    } finally {
      switchOn(0);
      await judge.stop();
    }
    if (difference !== undefined) found++;
    const how = difference === undefined ? `not found in ${pairs} pairs` : `found after ${pairs} pairs`;
    console.log(`plant ${i + 1}, ${name}: ${how}`);
  }
  return found;
}
