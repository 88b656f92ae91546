import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('scripts/ensure.mjs is silent when nothing is missing', () => {
  const run = () => spawnSync(process.execPath, ['scripts/ensure.mjs'], { encoding: 'utf8' });
  // The first run may still build what changed meanwhile.
  run();
  const { status, stdout, stderr } = run();
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
}, 120_000);
