import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SparkSession } from '../../src/index.js';
import { CacheManager } from '../../src/plan/cache/cache-manager.js';
import { ListenerBus } from '../../src/plan/cache/listener-bus.js';
import { TableIdentifier } from '../../src/plan/logical/index.js';
import { CATALOG_NAME, CatalogStore, type TableMetadata } from '../../src/session/catalog-store.js';
import { WAREHOUSE_NAME } from './normalize.js';

/** Settings of Spark's own suite. `local[0]` runs on the main thread: the statements are small. */
const SETTINGS: Readonly<Record<string, string>> = {
  'spark.master': 'local[0]',
  'spark.default.parallelism': '2',
  'spark.sql.shuffle.partitions': '4',
  'spark.sql.session.timeZone': 'America/Los_Angeles',
  'spark.sql.debug.maxToStringFields': '2147483647',
};

/** One application whose engine serves many files, each with its own catalog, cache, warehouse folder and session. */
export class App {
  #files = 0;
  private constructor(
    private readonly root: SparkSession,
    private readonly work: string,
    private readonly tables: readonly TableMetadata[],
    private readonly tableFolder: string,
  ) {}

  /** @param tableFolder where `writeTables` has put the test tables @param work an empty folder for this process */
  static async open(work: string, tableFolder: string): Promise<App> {
    mkdirSync(work, { recursive: true });
    const root = await session(join(work, 'root'));
    const tables: TableMetadata[] = [];
    for (const [name, columns] of Object.entries(TEST_TABLES)) {
      root.sql(`CREATE TABLE ${name} (${columns}) USING parquet LOCATION '${join(tableFolder, name)}'`);
      tables.push(root.sessionState.store.table('default', name) as TableMetadata);
    }
    return new App(root, work, tables, tableFolder);
  }

  /** A session as if the file were the only one: the test tables are there, nothing else is. */
  newFile(): SparkSession {
    const warehouse = join(this.work, String(this.#files++), WAREHOUSE_NAME);
    mkdirSync(warehouse, { recursive: true });
    const conf = this.root.sharedState.initialConf.clone();
    conf.setStatic('spark.sql.warehouse.dir', warehouse);
    const bus = new ListenerBus();
    const store = new CatalogStore(warehouse);
    for (const meta of this.tables) {
      const name = meta.identifier.table;
      const location = join(warehouse, name);
      symlinkSync(join(this.tableFolder, name), location);
      const identifier = new TableIdentifier(name, 'default', CATALOG_NAME);
      store.putTable({ ...meta, identifier, type: 'MANAGED', location });
    }
    const shared = {
      ...this.root.sharedState,
      bus,
      store,
      cacheManager: new CacheManager(bus),
      relationCache: new Map(),
    };
    return new SparkSession({ ...shared, initialConf: conf.clone() }, conf);
  }

  /** Frees what a file has cached, and its folder. */
  async endFile(session: SparkSession): Promise<void> {
    await session.idle();
    session.clearCache();
    rmSync(join(session.sharedState.store.warehouse, '..'), { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await this.root.stop();
    rmSync(this.work, { recursive: true, force: true });
  }
}

function session(warehouse: string): Promise<SparkSession> {
  const builder = SparkSession.builder.config('spark.sql.warehouse.dir', warehouse);
  for (const [k, v] of Object.entries(SETTINGS)) builder.config(k, v);
  return builder.create();
}

const NUMBERS = [
  'unique1',
  'unique2',
  'two',
  'four',
  'ten',
  'twenty',
  'hundred',
  'thousand',
  'twothousand',
  'fivethous',
];
const WISCONSIN = [
  ...[...NUMBERS, 'tenthous', 'odd', 'even'].map((n) => `${n} INT`),
  ...['stringu1', 'stringu2', 'string4'].map((n) => `${n} STRING`),
].join(', ');

/** The tables every file may read. Spark: `SQLQueryTestSuite.createTestTables`. */
const TEST_TABLES: Readonly<Record<string, string>> = {
  testdata: 'key INT, value STRING',
  arraydata: 'arraycol ARRAY<INT>, nestedarraycol ARRAY<ARRAY<INT>>',
  mapdata: 'mapcol MAP<INT, STRING>',
  aggtest: 'a INT, b FLOAT',
  onek: WISCONSIN,
  tenk1: WISCONSIN,
};

/** Writes the test tables once, as Parquet folders. @param data the text of a file below `test-data/postgresql` */
export async function writeTables(folder: string, data: (file: string) => string): Promise<void> {
  const root = await session(folder);
  const lines = (file: string) =>
    data(file)
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t'));
  const wisconsin = (file: string) => lines(file).map((cells) => cells.map((c, i) => (i < 13 ? Number(c) : c)));
  const map = (last: number) => new Map(Array.from({ length: 6 - last }, (_, i) => [i + 1, `${'abcde'[i]}${last}`]));
  const rows: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
    testdata: Array.from({ length: 100 }, (_, i) => [i + 1, String(i + 1)]),
    arraydata: [
      [[1, 2, 3], [[1, 2, 3]]],
      [[2, 3, 4], [[2, 3, 4]]],
    ],
    mapdata: [1, 2, 3, 4, 5].map((n) => [map(n)]),
    aggtest: lines('agg.data').map((cells) => cells.map(Number)),
    onek: wisconsin('onek.data'),
    tenk1: wisconsin('tenk.data'),
  };
  for (const [name, columns] of Object.entries(TEST_TABLES)) {
    const df = root.createDataFrame(rows[name] as readonly (readonly unknown[])[], columns);
    await df.coalesce(1).write.format('parquet').save(join(folder, name));
  }
  await root.stop();
}
