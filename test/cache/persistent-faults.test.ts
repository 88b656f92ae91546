import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CacheEvent, type DataFrame, SparkSession } from '../../src/index.js';
import { nodePersistentFiles, type PersistentFiles } from '../../src/storage/persistent/files.js';
import { isDead, ownerTag } from '../../src/storage/persistent/owner-tag.js';
import { checkFolder } from './persistent-kit.js';

let folder: string;
let cache: string;
let events: CacheEvent[];
const open: SparkSession[] = [];
const ROWS = 4000;

async function session(confs: Readonly<Record<string, string>> = {}): Promise<SparkSession> {
  let builder = SparkSession.builder
    .master('local[0]')
    .config('spark.sql.files.maxPartitionBytes', '16k')
    .config('spark.sql.files.openCostInBytes', '0')
    .config('memoframe.cache.persistent.dir', cache);
  for (const [k, v] of Object.entries(confs)) builder = builder.config(k, v);
  const spark = await builder.create();
  spark.sharedState.bus.subscribe((e: CacheEvent) => events.push(e));
  open.push(spark);
  return spark;
}
const warnings = () => events.flatMap((e) => (e.type === 'warning' ? [e.message] : []));
const of = (type: CacheEvent['type']) => events.filter((e) => e.type === type).length;
const keep = (spark: SparkSession): DataFrame =>
  spark.read.parquet(join(folder, 't')).select('id', 's').persist({ persistent: true });
const entry = () => join(cache, readdirSync(cache).find((n) => !n.startsWith('.')) as string);
const right = Array.from({ length: ROWS }, (_, i) => [BigInt(i), `row ${i}`]);

/** All rows, in order of id. */
async function rowsOf(df: DataFrame): Promise<unknown[][]> {
  const rows = await df.collectArrays();
  return rows.sort((a, b) => Number((a[0] as bigint) - (b[0] as bigint)));
}
/** Uses other file operations from now on. */
function replaceFiles(spark: SparkSession, files: Partial<PersistentFiles>): void {
  Object.assign(spark.sharedState.engine.persistent.folder, { files: { ...nodePersistentFiles, ...files } });
}
const systemError = (code: string): Error => Object.assign(new RangeError(code), { code });

/** Stores an entry in a session of its own. */
async function store(): Promise<void> {
  const spark = await session();
  await keep(spark).count();
  await spark.stop();
  expect(of('persistentStored')).toBe(1);
  events = [];
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'persistent-faults-'));
  cache = join(folder, 'cache');
  events = [];
  const spark = await session();
  await spark.sql(`SELECT id, concat('row ', id) AS s FROM range(0, ${ROWS}, 1, 2)`).write.parquet(join(folder, 't'));
});
afterEach(async () => {
  for (const s of open.splice(0)) await s.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('persistent cache: damage', () => {
  it.each<[string, () => void]>([
    ['a flipped byte of a block', () => flip(join(entry(), 'block-00001.arrow'), 0.5)],
    ['a flipped first byte', () => flip(join(entry(), 'block-00000.arrow'), 0)],
    ['a shorter block', () => truncateSync(join(entry(), 'block-00001.arrow'), 100)],
    ['an empty block', () => truncateSync(join(entry(), 'block-00000.arrow'), 0)],
    ['a missing block', () => rmSync(join(entry(), 'block-00000.arrow'))],
    ['swapped blocks', () => swap(join(entry(), 'block-00000.arrow'), join(entry(), 'block-00001.arrow'))],
    ['a truncated manifest', () => truncateSync(join(entry(), 'manifest.json'), 200)],
    ['an empty manifest', () => truncateSync(join(entry(), 'manifest.json'), 0)],
    ['a missing manifest', () => rmSync(join(entry(), 'manifest.json'))],
    ['a changed manifest', () => rewrite(join(entry(), 'manifest.json'), (t) => t.replace('"rows":', '"rows":1'))],
    ['a manifest that is no JSON', () => rewrite(join(entry(), 'manifest.json'), () => 'x'.repeat(500))],
    ['an entry under another name', () => renameSync(entry(), entry().replace(/-.{32}$/, `-${'0'.repeat(32)}`))],
    ['a file in the entry’s place', () => replaceByFile(entry())],
  ])('%s: one warning, right rows, made anew', async (_, harm) => {
    await store();
    harm();
    const spark = await session();
    expect(await rowsOf(keep(spark))).toEqual(right);
    expect(await rowsOf(spark.read.parquet(join(folder, 't')).select('id', 's'))).toEqual(right);
    expect(of('persistentStored')).toBe(1);
    expect(warnings().length).toBeLessThanOrEqual(1);
    await spark.stop();
    events = [];
    const next = await session();
    expect(await rowsOf(keep(next))).toEqual(right);
    expect([of('persistentFound'), warnings()]).toEqual([1, []]);
    expect((await checkFolder(cache)).temporary).toEqual([]);
  });

  it('found after some blocks were served: none of those is served again', async () => {
    await store();
    const spark = await session();
    const df = keep(spark);
    await df.take(1);
    const loaded = spark.catalog.cacheEntries()[0]?.cachedPartitions ?? 0;
    expect(loaded).toBeGreaterThan(0);
    // The last block, which is not loaded yet.
    const names = readdirSync(entry()).filter((f) => f.startsWith('block-'));
    expect(loaded).toBeLessThan(names.length);
    flip(join(entry(), names.sort().at(-1) as string), 0.5);
    expect(await rowsOf(df)).toEqual(right);
    const { bytesRead } = spark.sharedState.engine.lastMetrics;
    expect(bytesRead).toBeGreaterThan(0);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain('is not used: ');
    const [info] = spark.catalog.cacheEntries();
    expect([info?.cachedPartitions, info?.loaded]).toEqual([info?.partitions, true]);
  });

  it('an entry that another process takes away: no warning', async () => {
    await store();
    const spark = await session();
    const df = keep(spark);
    rmSync(entry(), { recursive: true });
    expect(await rowsOf(df)).toEqual(right);
    expect([warnings(), of('persistentStored')]).toEqual([[], 1]);
  });
});

describe('persistent cache: the file system refuses', () => {
  it.each(['ENOSPC', 'EROFS', 'EACCES', 'EIO'])('%s while writing costs the entry, not the query', async (code) => {
    for (const after of [0, 1, 2]) {
      events = [];
      const spark = await session();
      let writes = 0;
      replaceFiles(spark, {
        async write(path, chunks) {
          if (writes++ < after) return nodePersistentFiles.write(path, chunks);
          // Half a file, as a full disk leaves it.
          writeFileSync(path, 'half');
          throw systemError(code);
        },
      });
      const df = keep(spark);
      expect(await rowsOf(df)).toEqual(right);
      expect(await rowsOf(df)).toEqual(right);
      expect(warnings()).toHaveLength(1);
      expect(warnings()[0]).toContain(code);
      expect(await checkFolder(cache)).toEqual({ entries: [], temporary: [] });
      expect(df.explainString()).toContain(`persistent: no (${code})`);
      await spark.stop();
    }
    await store();
  });

  it('a rename or the folder itself', async () => {
    for (const files of [
      { rename: () => Promise.reject(systemError('EACCES')) },
      { makeDirectory: () => Promise.reject(systemError('EROFS')) },
      { syncDirectory: () => Promise.reject(systemError('EIO')) },
    ]) {
      events = [];
      const spark = await session();
      replaceFiles(spark, files);
      expect(await rowsOf(keep(spark))).toEqual(right);
      expect(warnings()).toHaveLength(1);
      await spark.stop();
      expect(await checkFolder(cache)).toEqual({ entries: [], temporary: [] });
    }
  });

  it('a read-only folder serves what it has', async () => {
    await store();
    chmodSync(entry(), 0o500);
    chmodSync(cache, 0o500);
    try {
      const spark = await session();
      const refuse = () => Promise.reject(systemError('EROFS'));
      replaceFiles(spark, { write: refuse, rename: refuse, makeDirectory: refuse });
      expect(await rowsOf(keep(spark))).toEqual(right);
      expect([of('persistentFound'), warnings()]).toEqual([1, []]);
      const other = spark.read.parquet(join(folder, 't')).select('s').persist({ persistent: true });
      expect(await other.count()).toBe(ROWS);
      expect(warnings()).toHaveLength(1);
    } finally {
      chmodSync(cache, 0o700);
      chmodSync(entry(), 0o700);
    }
  });

  it('reads that fail', async () => {
    await store();
    const spark = await session();
    replaceFiles(spark, { read: () => Promise.reject(systemError('EIO')) });
    expect(await rowsOf(keep(spark))).toEqual(right);
    expect(warnings()).toHaveLength(1);
  });
});

describe('persistent cache: the folder', () => {
  it('is not trusted where others may write to it, or where it is a link', async () => {
    await store();
    chmodSync(cache, 0o707);
    const a = await session();
    expect(await rowsOf(keep(a))).toEqual(right);
    expect(of('persistentFound') + of('persistentStored')).toBe(0);
    expect(warnings()).toEqual([`The persistent cache folder ${cache} is not used: everybody may write to it.`]);
    chmodSync(cache, 0o700);
    renameSync(cache, `${cache}.moved`);
    symlinkSync(`${cache}.moved`, cache);
    events = [];
    const b = await session();
    expect(await rowsOf(keep(b))).toEqual(right);
    expect(of('persistentFound') + of('persistentStored')).toBe(0);
    expect(warnings()[0]).toContain('symbolic link');
  });

  it('belongs to the user alone', async () => {
    await store();
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect([mode(cache), mode(entry()), mode(join(entry(), 'manifest.json')), mode(join(entry(), 'block-00000.arrow'))])
      // biome-ignore format: in one line
      .toEqual(['700', '700', '600', '600']);
  });

  it('drops what dead processes have left, and nothing of the living', async () => {
    await store();
    const tag = ownerTag();
    const [host = '', , start = ''] = tag.split('-');
    const dead = `${host}-${2 ** 22 + 1}-${start}`;
    const reused = `${host}-${process.pid}-1`;
    expect([isDead(tag), isDead(dead), isDead('otherhost-1-1'), isDead('rubbish')]).toEqual([
      false,
      true,
      false,
      false,
    ]);
    // Only Linux tells when a process started.
    if (start !== '0') expect(isDead(reused)).toBe(true);
    const old = '.tmp-otherhost-1-1-2';
    for (const name of [`.tmp-${dead}-1`, `.tmp-${host}-${process.ppid}-0-1`, '.tmp-otherhost-1-1-1', old]) {
      mkdirSync(join(cache, name));
      writeFileSync(join(cache, name, 'block-00000.arrow'), 'half');
    }
    utimesSync(join(cache, old), 1, 1);
    await keep(await session()).count();
    const left = readdirSync(cache).filter((n) => n.startsWith('.tmp-'));
    expect(left.sort()).toEqual([`.tmp-${host}-${process.ppid}-0-1`, '.tmp-otherhost-1-1-1'].sort());
  });

  it('keeps within its bound: what was not used for longest goes', async () => {
    await store();
    const first = entry();
    const bytes = readdirSync(first).reduce((sum, f) => sum + statSync(join(first, f)).size, 0);
    const confs = { 'memoframe.cache.persistent.maxBytes': String(Math.floor(bytes * 2.5)) };
    const make = async (n: number) => {
      const spark = await session(confs);
      await spark.read
        .parquet(join(folder, 't'))
        .selectExpr('id', 's', `${n} AS n`)
        .persist({ persistent: true })
        .count();
      await spark.stop();
    };
    // Used longest ago, then now.
    utimesSync(join(first, 'manifest.json'), 1, 1);
    await make(1);
    expect(readdirSync(cache)).toHaveLength(2);
    await keep(await session(confs)).count();
    await make(2);
    // The first entry was used after the second was made: that one went.
    expect(readdirSync(cache)).toHaveLength(2);
    expect(readdirSync(cache).map((n) => join(cache, n))).toContain(first);
  });

  it('does not take an entry that is larger than all it may hold', async () => {
    const spark = await session({ 'memoframe.cache.persistent.maxBytes': '1k' });
    expect(await rowsOf(keep(spark))).toEqual(right);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain('maxBytes');
    expect(await checkFolder(cache)).toEqual({ entries: [], temporary: [] });
  });

  it('offers its entries without being told to cache, where the conf says so', async () => {
    const make = (s: SparkSession) => s.read.parquet(join(folder, 't')).select('id', 's');
    await store();
    const off = await session();
    expect(await make(off).filter('id < 5').count()).toBe(5);
    expect(off.catalog.cacheEntries()).toEqual([]);
    const on = await session({ 'memoframe.cache.persistent.attach': 'true' });
    expect(make(on).filter('id < 5').cacheExplanation.hits).toHaveLength(1);
    expect(await make(on).filter('id < 5').count()).toBe(5);
    expect(on.sharedState.engine.lastMetrics.bytesRead).toBe(0);
    expect(on.catalog.cacheEntries()).toMatchObject([
      { persistent: true, level: 'StorageLevel(disk, memory, deserialized, 1 replicas)' },
    ]);
    // Nothing that is not there whole and for these files.
    expect(await make(on).select('s').filter('s > "x"').count()).toBe(0);
    utimesSync(join(folder, 't', readdirSync(join(folder, 't')).find((f) => f.endsWith('.parquet')) as string), 1, 1);
    const changed = await session({ 'memoframe.cache.persistent.attach': 'true' });
    expect(await make(changed).filter('id < 5').count()).toBe(5);
    expect(changed.catalog.cacheEntries()).toEqual([]);
  });
});

function flip(path: string, at: number): void {
  rewrite(path, (_, bytes) => {
    const i = Math.min(bytes.length - 1, Math.floor(bytes.length * at));
    bytes[i] = (bytes[i] as number) ^ 0x10;
    return bytes;
  });
}
function rewrite(path: string, change: (text: string, bytes: Buffer) => string | Buffer): void {
  const bytes = readFileSync(path);
  writeFileSync(path, change(bytes.toString(), bytes));
}
function swap(a: string, b: string): void {
  renameSync(a, `${a}.x`);
  renameSync(b, a);
  renameSync(`${a}.x`, b);
}
function replaceByFile(path: string): void {
  rmSync(path, { recursive: true });
  writeFileSync(path, 'no folder');
}
