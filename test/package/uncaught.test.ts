import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';

it('an error that nobody catches shows itself, not a minified file', async () => {
  const program =
    "const { SparkSession } = await import('memoframe');" +
    "(await SparkSession.builder.getOrCreate()).read.parquet('/no/such.parquet');";
  const stderr = await new Promise<string>((done) => {
    execFile(process.execPath, ['--input-type=module', '-e', program], (_error, _stdout, text) => done(text));
  });
  expect(stderr).toContain('SparkError: [PATH_NOT_FOUND] Path does not exist: file:/no/such.parquet.');
  expect(stderr.length).toBeLessThan(6000);
}, 30_000);
