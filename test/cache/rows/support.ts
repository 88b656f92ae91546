import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type CacheEvent, type DataFrame, SparkSession } from '../../../src/index.js';
import { normalizePlan } from '../../oracle/normalize.js';

/** The tables that the cases were recorded with in Spark. */
export const TABLES = resolve(import.meta.dirname, '../../oracle/tables');

/** An application for the tests of a file: local[2], 8 partitions of `events`, every test starts with an empty cache. */
export class Rows {
  spark!: SparkSession;
  folder!: string;
  /** `Logger: message` of the warnings since the test began. */
  readonly warnings: string[] = [];

  constructor(confs: Readonly<Record<string, string | number>> = {}) {
    beforeAll(async () => {
      this.folder = mkdtempSync(join(tmpdir(), 'rows-'));
      this.spark = await this.create(confs);
      for (const name of ['people', 'orders', 'kv', 'kv2', 'events'])
        this.spark.sql(`CREATE TABLE ${name} USING parquet LOCATION '${TABLES}/${name}'`);
    });
    beforeEach(async () => {
      await this.spark.idle();
      this.spark.catalog.clearCache();
      this.warnings.length = 0;
    });
    afterAll(async () => {
      await this.spark.stop();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** One more application. */
  async create(confs: Readonly<Record<string, string | number>> = {}): Promise<SparkSession> {
    const builder = SparkSession.builder
      .master('local[2]')
      .config('spark.sql.warehouse.dir', join(this.folder, 'warehouse'))
      .config('spark.sql.shuffle.partitions', 4)
      .config('spark.sql.files.minPartitionNum', 8)
      .config('spark.sql.session.timeZone', 'UTC')
      .config('spark.sql.debug.maxToStringFields', 1000)
      .config('memoframe.cache.freshness', 'spark');
    for (const [k, v] of Object.entries(confs)) builder.config(k, v);
    const spark = await builder.create();
    spark.sharedState.bus.subscribe((e: CacheEvent) => {
      if (e.type === 'warning') this.warnings.push(`${e.logger}: ${e.message}`);
    });
    return spark;
  }

  /** Runs statements one after another. */
  async sql(...statements: readonly string[]): Promise<void> {
    for (const s of statements) await this.spark.sql(s).collect();
  }
  /** The first cell of a query. */
  async cell(query: string): Promise<unknown> {
    return (await this.spark.sql(query).collectArrays())[0]?.[0];
  }
  /** Entries as the registry has them, newest first. */
  entries(): { name: string | undefined; level: string; loaded: boolean }[] {
    return this.spark.catalog.cacheEntries().map(({ name, level, loaded }) => ({ name, level, loaded }));
  }
  /** `[cached, all]` partitions of every entry, newest first. */
  partitions(): [number, number][] {
    return this.spark.catalog.cacheEntries().map((e) => [e.cachedPartitions, e.partitions]);
  }
  /** Runs with confs set, and puts the old values back. */
  async with<R>(confs: Readonly<Record<string, string | number>>, body: () => R | Promise<R>): Promise<R> {
    const old = Object.keys(confs).map((k) => [k, this.spark.conf.getOptional(k)] as const);
    for (const [k, v] of Object.entries(confs)) this.spark.conf.set(k, v);
    try {
      return await body();
    } finally {
      for (const [k, v] of old) v === undefined ? this.spark.conf.unset(k) : this.spark.conf.set(k, v);
    }
  }
}

/** How many fragments of the query the cache answers, those in subqueries included. */
export function hits(df: DataFrame): number {
  let n = 0;
  df.queryExecution.withCachedData.foreachWithSubqueries((p) => {
    if (p.kind === 'InMemoryRelation') n++;
  });
  return n;
}

/** A plan with ids numbered in order of appearance, without the paths of this machine. */
export function plain(text: string): string {
  return normalizePlan(text, { tables: TABLES }).replace(/plan_id=\d+/g, 'plan_id=?');
}

/** The physical plan of a query, what hangs below cached relations cut off. */
export function physical(df: DataFrame): string {
  return aboveCache(plain(df.explainString('simple').replace('== Physical Plan ==\n', '')));
}

/** A tree's lines up to each `InMemoryRelation`, without it. */
export function aboveCache(tree: string): string {
  const out: string[] = [];
  let skip: number | undefined;
  for (const line of tree.split('\n')) {
    const depth = line.length - line.replace(/^[ :+-]*/, '').length;
    if (skip !== undefined && depth > skip) continue;
    skip = line.includes('InMemoryRelation') ? depth : undefined;
    if (skip === undefined) out.push(line);
    else skip = depth - 1;
  }
  return out.join('\n').trimEnd();
}
