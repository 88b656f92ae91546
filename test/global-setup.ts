import { existsSync } from 'node:fs';

/** Builds stale kernels and bundles before tests run. While one kernel or bundle does not compile, tests of the rest still run. */
export async function setup(): Promise<void> {
  const kernels = (await import('../scripts/lib/kernels.mjs' as string)) as { buildKernels(): Promise<boolean> };
  const bundle = (await import('../scripts/lib/bundle.mjs' as string)) as { buildBundles(o: object): Promise<boolean> };
  if (!(await kernels.buildKernels())) console.error('test: some kernels are stale');
  if (existsSync('src/exec/workers/worker-main.ts') && !(await bundle.buildBundles({ quiet: true })))
    console.error('test: bundles are stale');
}
