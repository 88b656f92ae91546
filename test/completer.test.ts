import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SparkSession } from '../src/index.js';
import { completer } from '../src/repl/completer.js';

let spark: SparkSession;
let folder: string;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[1]').getOrCreate();
  spark.range(1).selectExpr('id AS delay', 'id AS origin').createOrReplaceTempView('flights');
  folder = mkdtempSync(join(tmpdir(), 'memoframe-completer-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data.csv'), '');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await spark.stop();
});

it.each([
  ['select orig', ['origin'], 'orig'],
  ['SELECT * FROM fli', ['flights'], 'fli'],
  ['select f.de', ['f.delay'], 'f.de'],
  ['WHER', ['WHERE'], 'WHER'],
  ['select flo', ['floor('], 'flo'],
  ['select * from flights where ', [], ''],
  ['.sch', ['.schema'], '.sch'],
  ['.schema fl', ['flights'], 'fl'],
])('completes %s', (line, hits, word) => {
  const [found, of] = completer(spark)(line);
  expect(of).toBe(word);
  if (line !== 'select flo' && line !== '.schema fl') expect(found).toEqual(hits);
  else expect(found).toEqual(expect.arrayContaining(hits));
});

it('completes paths', () => {
  const both = [`${folder}/data.csv`, `${folder}/data/`];
  for (const before of ['.load ', ".load '", '.read ', 'select * from csv.`'])
    expect(completer(spark)(`${before}${folder}/da`)).toEqual([both, `${folder}/da`]);
  expect(completer(spark)('.load /no/such/folder/x')).toEqual([[], '/no/such/folder/x']);
});
