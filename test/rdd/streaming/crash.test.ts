import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SparkSession } from '../../../src/index.js';
import { csvStream, Folder, ids, upTo } from './kit.js';

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[0]').create();
});
afterAll(() => spark.stop());

const CHANGES = [
  'linkSync',
  'mkdirSync',
  'openSync',
  'renameSync',
  'rmSync',
  'unlinkSync',
  'writeFileSync',
  'writeSync',
] as const;
type Change = (typeof CHANGES)[number];
const real = Object.fromEntries(CHANGES.map((n) => [n, fs[n]])) as Record<Change, (...args: unknown[]) => unknown>;

/** A process that dies at its n-th change of the disk: none after it happens either. Writes are torn in half. */
function dieAt(n: number): { readonly died: boolean } {
  const state = { died: false };
  let changes = 0;
  for (const name of CHANGES) {
    (fs as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
      const reads = name === 'openSync' && (args[1] === undefined || args[1] === 'r');
      if (!reads && !state.died && changes++ === n) {
        state.died = true;
        const half = args[1];
        if (name === 'writeSync' && typeof half === 'string') real.writeSync(args[0], half.slice(0, half.length / 2));
      }
      if (!reads && state.died) throw new Error(`dead before ${name}`);
      return real[name](...args);
    };
  }
  syncBuiltinESMExports();
  return state;
}
function revive(): void {
  Object.assign(fs, real);
  syncBuiltinESMExports();
}
afterEach(revive);

describe('a process that dies', () => {
  it('at any change of the disk: after a restart each row is there exactly once', async () => {
    let deaths = 0;
    for (let n = 0; ; n++) {
      const folder = new Folder();
      folder.putRows(2, 2);
      const run = async () => {
        const query = csvStream(spark, folder, 1)
          .writeStream.format(n % 2 === 0 ? 'json' : 'parquet')
          .option('checkpointLocation', folder.at('cp'))
          .trigger({ availableNow: true })
          .start(folder.at('out'));
        await query.awaitTermination();
      };
      const state = dieAt(n);
      await run().catch((error: Error) => {
        if (!state.died) throw error;
      });
      revive();
      if (!state.died) {
        folder.remove();
        break;
      }
      deaths++;
      folder.putRows(1, 2, 2);
      await run();
      const written = spark.read.format(n % 2 === 0 ? 'json' : 'parquet').schema('id INT, name STRING');
      expect(await ids(written.load(folder.at('out'))), `died at change ${n}`).toEqual(upTo(6));
      // It is done: another run finds nothing.
      await run();
      expect(await ids(written.load(folder.at('out')))).toEqual(upTo(6));
      folder.remove();
    }
    expect(deaths).toBeGreaterThan(40);
  }, 120_000);
});
