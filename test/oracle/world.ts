import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SparkError, SparkSession } from '../../src/index.js';

/** Settings under which the cases were recorded. */
const SETTINGS: Readonly<Record<string, string>> = {
  'spark.master': 'local[2]',
  'spark.sql.shuffle.partitions': '4',
  'spark.sql.files.minPartitionNum': '8',
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.debug.maxToStringFields': '1000',
  'memoframe.cache.freshness': 'spark',
};

/** An application with the recorded tables, for the cases of one folder. */
export class World {
  readonly paths: { readonly tables: string; readonly tmp: string };
  private constructor(
    readonly root: SparkSession,
    readonly work: string,
    readonly tableNames: readonly string[],
    tables: string,
  ) {
    this.paths = { tables, tmp: join(work, 'tmp') };
  }

  static async open(dir: string, overrides: Readonly<Record<string, string>> = {}): Promise<World> {
    const work = mkdtempSync(join(tmpdir(), 'memoframe-oracle-'));
    const builder = SparkSession.builder.config('spark.sql.warehouse.dir', join(work, 'warehouse'));
    for (const [k, v] of Object.entries({ ...SETTINGS, ...overrides })) builder.config(k, v);
    const root = await builder.create();
    const { ddl } = JSON.parse(readFileSync(join(dir, 'catalog.json'), 'utf8')) as { ddl: string[] };
    const tables = resolve(dir, 'tables');
    for (const sql of ddl) root.sql(sql.replaceAll('{tables}', tables));
    const names = ddl.flatMap((d) => /^CREATE TABLE (\w+)/.exec(d)?.[1] ?? []);
    const world = new World(root, work, names, tables);
    mkdirSync(world.paths.tmp, { recursive: true });
    return world;
  }

  /** Everything but the recorded tables goes: entries, databases, views, scratch files. */
  async reset(): Promise<void> {
    const { root } = this;
    await root.idle();
    root.catalog.clearCache();
    root.sql('USE default');
    for (const { name } of root.catalog.listDatabases())
      if (name !== 'default') root.sql(`DROP DATABASE \`${name}\` CASCADE`);
    for (const t of root.catalog.listTables('default')) {
      if (t.isTemporary || this.tableNames.includes(t.name)) continue;
      root.sql(`DROP ${t.tableType === 'VIEW' ? 'VIEW' : 'TABLE'} IF EXISTS default.\`${t.name}\``);
    }
    for (const t of root.catalog.listTables('global_temp'))
      if (t.database === 'global_temp') root.catalog.dropGlobalTempView(t.name);
    root.catalog.clearCache();
    rmSync(this.paths.tmp, { recursive: true, force: true });
    rmSync(join(this.work, 'warehouse'), { recursive: true, force: true });
    mkdirSync(this.paths.tmp, { recursive: true });
  }

  async close(): Promise<void> {
    await this.root.stop();
    rmSync(this.work, { recursive: true, force: true });
  }
}

/** Spark's condition of a failure, or the Java class where Spark's exception has no condition. */
export function errorOf(e: unknown): { error: string; sqlState: string | null; message: string } {
  if (e instanceof SparkError) return { error: e.condition, sqlState: e.sqlState ?? null, message: e.message };
  return {
    error: e instanceof Error ? `${e.name}: ${e.message}` : String(e),
    sqlState: null,
    message: e instanceof Error ? (e.stack ?? '') : '',
  };
}
