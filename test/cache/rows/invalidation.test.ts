import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hits, Rows } from './support.js';

const app = new Rows();
const run = (text: string) => app.spark.sql(text).collect();
const names = () => app.entries().map((e) => [e.name ?? 'frame', e.loaded]);
const MEMORY = 'StorageLevel(memory, deserialized, 1 replicas)';
let next = 0;

/** A table of ten rows that is cached, and a cached frame over it; both loaded. */
async function table(): Promise<string> {
  const name = `it${next++}`;
  await run(`CREATE TABLE ${name} USING parquet AS SELECT * FROM range(10)`);
  await run(`CACHE TABLE ${name} OPTIONS ('storageLevel' 'MEMORY_ONLY')`);
  const dependant = app.spark.table(name).filter('id > 2');
  dependant.cache();
  await dependant.count();
  expect(names()).toEqual([
    ['frame', true],
    [name, true],
  ]);
  return name;
}

/** A cached view over `people` and a cached frame over it; both loaded. */
async function view(kind: 'text' | 'frame' | 'permanent'): Promise<string> {
  const name = `vv${next++}`;
  if (kind === 'frame') app.spark.table('people').filter('age > 10').createOrReplaceTempView(name);
  else await run(`CREATE ${kind === 'text' ? 'TEMP ' : ''}VIEW ${name} AS SELECT * FROM people WHERE age > 10`);
  await run(`CACHE TABLE ${name}`);
  const dependant = app.spark.sql(`SELECT id FROM ${name}`);
  dependant.cache();
  await dependant.count();
  return name;
}

describe('what makes entries go or be made anew', () => {
  it('I01 df.unpersist() removes the entry and keeps its dependants', async () => {
    const t = await table();
    app.spark.table(t).unpersist();
    expect(names()).toEqual([['frame', true]]);
  });

  it('I02 UNCACHE TABLE of a temporary view, dropTempView and DROP VIEW keep the data of dependants', async () => {
    for (const kind of ['text', 'frame'] as const) {
      const v = await view(kind);
      await run(`UNCACHE TABLE ${v}`);
      expect([kind, names()]).toEqual([kind, [['frame', true]]]);
      app.spark.catalog.clearCache();
    }
    const dropped = await view('frame');
    app.spark.catalog.dropTempView(dropped);
    expect(names()).toEqual([['frame', true]]);
    // SQL's DROP VIEW leaves even the entry of a view made from a DataFrame, and takes all with a view by text.
    app.spark.catalog.clearCache();
    const left = await view('frame');
    await run(`DROP VIEW ${left}`);
    expect(names()).toEqual([
      ['frame', true],
      [left, true],
    ]);
    app.spark.catalog.clearCache();
    const text = await view('text');
    await run(`DROP VIEW ${text}`);
    expect(names()).toEqual([]);
    // A view by text over a view that is gone cannot be resolved.
    await run('CREATE TEMP VIEW below AS SELECT 1 AS x');
    await run('CREATE TEMP VIEW above AS SELECT x FROM below');
    await run('DROP VIEW below');
    expect(() => app.spark.table('above')).toThrow(/TABLE_OR_VIEW_NOT_FOUND.*`below`/s);
  });

  it('I03 UNCACHE TABLE of a table or permanent view takes the dependants with it', async () => {
    await run(`UNCACHE TABLE ${await table()}`);
    expect(names()).toEqual([]);
    await run(`UNCACHE TABLE ${await view('permanent')}`);
    expect(names()).toEqual([]);
  });

  it('I04 DROP TABLE and DROP VIEW of a permanent view take the dependants with them', async () => {
    await run(`DROP TABLE ${await table()}`);
    expect(names()).toEqual([]);
    await run(`DROP VIEW ${await view('permanent')}`);
    expect(names()).toEqual([]);
  });

  it('I05 REFRESH TABLE makes entry and dependants anew, lazily, under the same name and level', async () => {
    for (const refresh of [
      (t: string) => run(`REFRESH TABLE ${t}`),
      (t: string) => app.spark.catalog.refreshTable(t),
    ]) {
      const t = await table();
      await refresh(t);
      expect(names()).toEqual([
        [t, false],
        ['frame', false],
      ]);
      expect([app.entries()[0]?.level, app.partitions().map((p) => p[0])]).toEqual([MEMORY, [0, 0]]);
      app.spark.catalog.clearCache();
    }
  });

  it('I06 INSERT, TRUNCATE, LOAD and changes of partitions make entry and dependants anew', async () => {
    const t = await table();
    await run(`INSERT INTO ${t} VALUES (100)`);
    expect([names(), app.entries()[0]?.level]).toEqual([
      [
        [t, false],
        ['frame', false],
      ],
      MEMORY,
    ]);
    expect(await app.spark.table(t).count()).toBe(11);
    await run(`TRUNCATE TABLE ${t}`);
    expect([names().map((n) => n[1]), await app.spark.table(t).count()]).toEqual([[false, false], 0]);
    app.spark.catalog.clearCache();
    await run('CREATE TABLE ip (a INT, p INT) USING parquet PARTITIONED BY (p)');
    await run('INSERT INTO ip VALUES (1, 1), (2, 2)');
    for (const [text, rows] of [
      ['ALTER TABLE ip ADD PARTITION (p = 3)', 2],
      ['ALTER TABLE ip DROP PARTITION (p = 2)', 1],
      ['ALTER TABLE ip RECOVER PARTITIONS', 1],
      ['MSCK REPAIR TABLE ip', 1],
    ] as const) {
      await run('CACHE TABLE ip');
      const dependant = app.spark.table('ip').filter('a > 0');
      dependant.cache();
      await dependant.count();
      await run(text);
      expect([text, names(), await app.spark.table('ip').count()]).toEqual([
        text,
        [
          ['ip', false],
          ['frame', false],
        ],
        rows,
      ]);
      app.spark.catalog.clearCache();
    }
  });

  it('I07 ALTER TABLE RENAME caches the new name at the same level', async () => {
    const t = await table();
    await run(`ALTER TABLE ${t} RENAME TO ${t}_new`);
    expect(app.entries()).toEqual([{ name: `${t}_new`, level: MEMORY, loaded: false }]);
    expect(hits(app.spark.table(`${t}_new`))).toBe(1);
  });

  it('I08 a write to a path makes the entries under it anew: 10, 3, 7 rows', async () => {
    const path = join(app.folder, 'w', 'b');
    await app.spark.range(10).write.parquet(path);
    await app.spark.range(4).write.parquet(`${path}b`);
    const df = app.spark.read.parquet(path);
    df.cache();
    const beside = app.spark.read.parquet(`${path}b`);
    beside.cache();
    expect([await df.count(), await beside.count()]).toEqual([10, 4]);
    await app.spark.range(3).write.mode('overwrite').parquet(path);
    expect(names().map((n) => n[1])).toEqual([false, true]);
    expect([await df.count(), await app.spark.read.parquet(path).count()]).toEqual([3, 3]);
    await app.spark.range(4).write.mode('append').parquet(path);
    expect([await df.count(), await app.spark.read.parquet(path).count()]).toEqual([7, 7]);
  });

  it('I09 refreshByPath makes entries under the path anew, not those beside it; frames without entry keep their listing', async () => {
    const path = join(app.folder, 'r', 'a');
    await app.spark.range(10).write.parquet(`${path}/b`);
    await app.spark.range(4).write.parquet(`${path}b`);
    const df = app.spark.read.parquet(`${path}/b`);
    df.cache();
    const beside = app.spark.read.parquet(`${path}b`);
    beside.cache();
    await df.count();
    await beside.count();
    app.spark.catalog.refreshByPath(path);
    expect(names().map((n) => n[1])).toEqual([false, true]);
    app.spark.catalog.clearCache();
    const old = app.spark.read.parquet(`${path}/b`);
    await old.count();
    await app.spark.range(2).write.mode('overwrite').parquet(`${path}/b`);
    app.spark.catalog.refreshByPath(`${path}/b`);
    await expect(old.count()).rejects.toMatchObject({
      condition: 'FAILED_READ_FILE.FILE_NOT_EXIST',
      sqlState: 'KD001',
    });
  });

  it('I10 files that another program changes are not noticed (freshness = spark)', async () => {
    const path = join(app.folder, 'o');
    mkdirSync(path, { recursive: true });
    await app.spark.range(7).coalesce(1).write.parquet(join(path, 't'));
    const df = app.spark.read.parquet(join(path, 't'));
    df.cache();
    expect(await df.count()).toBe(7);
    const file = readdirSync(join(path, 't')).find((f) => f.endsWith('.parquet')) as string;
    copyFileSync(join(path, 't', file), join(path, 't', 'part-other.parquet'));
    expect([await df.count(), await app.spark.read.parquet(join(path, 't')).count()]).toEqual([7, 7]);
    app.spark.catalog.clearCache();
    expect(await app.spark.read.parquet(join(path, 't')).count()).toBe(14);
  });

  it('I11 CREATE OR REPLACE TEMP VIEW of the same plan: kept for a frame, removed for a text; of another plan: removed', async () => {
    const replace = (v: string, age: number) =>
      app.spark.table('people').filter(`age > ${age}`).createOrReplaceTempView(v);
    for (const [kind, by, age, left] of [
      ['text', 'sql', 10, 0],
      ['frame', 'sql', 10, 2],
      ['text', 'sql', 12, 0],
      ['frame', 'sql', 12, 0],
      ['text', 'frame', 10, 0],
      ['frame', 'frame', 10, 2],
      ['text', 'frame', 14, 0],
      ['frame', 'frame', 14, 0],
    ] as const) {
      const v = await view(kind);
      if (by === 'sql') await run(`CREATE OR REPLACE TEMP VIEW ${v} AS SELECT * FROM people WHERE age > ${age}`);
      else replace(v, age);
      expect([kind, by, age, app.entries().length]).toEqual([kind, by, age, left]);
      app.spark.catalog.clearCache();
    }
  });

  it('I12 ALTER VIEW AS and CREATE VIEW USING over a cached name remove it with its dependants', async () => {
    for (const kind of ['text', 'frame', 'permanent'] as const) {
      await run(`ALTER VIEW ${await view(kind)} AS SELECT * FROM people WHERE age > 11`);
      expect([kind, names()]).toEqual([kind, []]);
    }
    for (const kind of ['text', 'frame'] as const) {
      const v = await view(kind);
      const path = join(app.folder, `using-${v}`);
      await app.spark.range(2).write.parquet(path);
      await run(`CREATE OR REPLACE TEMP VIEW ${v} USING parquet OPTIONS (path '${path}')`);
      expect([kind, names()]).toEqual([kind, []]);
    }
    const v = await view('permanent');
    await run(`CREATE OR REPLACE VIEW ${v} AS SELECT * FROM people WHERE age > 10`);
    expect(names()).toEqual([]);
  });

  it('I13 clearCache removes everything', async () => {
    await table();
    await view('text');
    app.spark.catalog.clearCache();
    expect([names(), app.spark.sharedState.engine.storages()]).toEqual([[], []]);
  });
});
