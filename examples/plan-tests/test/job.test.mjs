import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'memoframe/testing';
import { between, betweenCached, byAirport, longDelays } from '../src/job.mjs';

const home = dirname(createRequire(import.meta.url).resolve('memoframe/package.json'));
const flights = join(home, 'samples/flights.parquet');

test('the report by airport reads the cached delays, and no file', async ({ spark }) => {
  const delays = longDelays(spark, flights);
  expect(byAirport(delays)).toMissCache({ reason: 'NO_ENTRIES' });
  await delays.cache().count();
  expect(delays).toHaveStorage({ fraction: 1 });
  expect(byAirport(delays)).toHitCacheTimes(1);
  await expect(byAirport(delays)).toReadBytes(0);
});

test('another DataFrame of the same plan hits too', async ({ spark }) => {
  longDelays(spark, flights).cache();
  expect(longDelays(spark, flights)).toHitCache();
  expect(longDelays(spark, flights)).toHaveSamePlanAs(longDelays(spark, flights));
});

test('a filter before the select misses, as in Spark', async ({ spark }) => {
  const delays = longDelays(spark, flights);
  delays.cache();
  expect(between(spark, flights, 'ATL', 'ORD')).toMissCache();
  expect(betweenCached(delays, 'ATL', 'ORD')).toHitCache();
});

test('both ways give the same rows, cached or not', async ({ spark }) => {
  const delays = longDelays(spark, flights);
  const wanted = await between(spark, flights, 'ATL', 'ORD').collectArrays();
  expect(wanted.length).toBeGreaterThan(0);
  await delays.cache().count();
  await expect(betweenCached(delays, 'ATL', 'ORD')).toEqualRows(wanted);
  await expect(byAirport(delays)).toReturnSameRowsCachedAndUncached();
});
