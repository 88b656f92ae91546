import { afterAll, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';

const spark = await SparkSession.builder.master('local[1]').getOrCreate();
afterAll(() => spark.stop());
const explained = async (sql: string) => String((await spark.sql(`EXPLAIN CACHE ${sql}`).collect())[0]?.['plan']);

it('EXPLAIN CACHE of a command explains the query that it runs', async () => {
  spark.sql('CREATE OR REPLACE TEMP VIEW nums AS SELECT id, id % 3 AS k FROM range(100)');
  spark.sql('CACHE LAZY TABLE grouped AS SELECT k, count(*) AS n FROM nums GROUP BY k');
  const query = 'SELECT k, count(*) AS n FROM nums GROUP BY k';
  for (const [command, name] of [
    [`CREATE TABLE stored AS ${query}`, 'CreateTable'],
    [`CREATE TABLE stored USING parquet AS ${query}`, 'CreateTable'],
    [`INSERT INTO stored ${query}`, 'InsertIntoStatement'],
    [`CACHE TABLE again AS ${query}`, 'CacheTableCommand'],
  ]) {
    const text = await explained(command as string);
    expect(text).toMatch(new RegExp(`^== Cache ==\nThe query that ${name} runs:\nHIT {2}In-memory table grouped`));
  }
  expect(await explained('CREATE TABLE stored AS SELECT k FROM nums GROUP BY k')).toContain(
    'MISS DIFFERENT_AGGREGATES',
  );
  expect(spark.catalog.tableExists('stored')).toBe(false);
});

it('EXPLAIN CACHE of other commands says that they are never answered from cache', async () => {
  for (const command of [
    'CREATE TABLE t (a INT)',
    'CACHE TABLE nums',
    'DROP TABLE nums',
    'SHOW TABLES',
    'DESCRIBE nums',
  ])
    expect(await explained(command)).toMatch(
      /^== Cache ==\n\w+ is a command: commands are carried out, never answered from cache\.\n$/,
    );
});
