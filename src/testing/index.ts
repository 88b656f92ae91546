/** Plan-matching tests: vitest matchers that say which queries read the cache, and why others do not.
 *
 * ```ts
 * import { expect, test } from 'memoframe/testing';
 * test('the report reads the dimension from cache', async ({ spark }) => {
 *   spark.sql('CACHE LAZY TABLE dim');
 *   expect(spark.sql('SELECT * FROM fact JOIN dim USING (k)')).toHitCache('dim');
 * });
 * ``` */
import { test as base, expect } from 'vitest';
import { type DataFrame, type MissReason, SparkSession } from '../index.js';
import * as matchers from './matchers.js';
import type { Row } from './row-diff.js';

/** Matchers on DataFrames; those that run something are to be awaited. */
export interface DataFrameMatchers<R = unknown> {
  toHitCache(name?: string): R;
  toMissCache(expected?: { readonly reason?: MissReason }): R;
  toHitCacheTimes(times: number): R;
  toReadBytes(bytes: number): Promise<R>;
  toPruneBatches(batches?: number): Promise<R>;
  /** Of a DataFrame or `[session, table]`. */
  toHaveStorage(expected: matchers.StorageExpectation): R;
  toHaveSamePlanAs(other: DataFrame): R;
  toMatchPlan(plan: string): R;
  toContainNode(node: string): R;
  toEqualRows(rows: readonly Row[], options?: { readonly ordered?: boolean }): Promise<R>;
  toReturnSameRowsCachedAndUncached(): Promise<R>;
  /** Of a DataFrame, or of a function that throws or rejects. */
  toFailWith(expected: { readonly condition: string }): Promise<R>;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: must be declared as vitest declares it
  interface Assertion<T = any> extends DataFrameMatchers<T> {}
}

expect.extend({ ...matchers });

/** Vitest's `test` with a session of its own per test, stopped afterwards. */
export const test = base.extend<{ spark: SparkSession }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixture's needs from the pattern
  spark: async ({}, use) => {
    const spark = await SparkSession.builder.master('local[2]').config('spark.sql.shuffle.partitions', 2).create();
    try {
      await use(spark);
    } finally {
      await spark.stop();
    }
  },
});

export type { StorageExpectation } from './matchers.js';
export type { Row } from './row-diff.js';
export { expect, matchers };
