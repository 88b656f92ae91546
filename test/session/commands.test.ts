import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkError, SparkSession } from '../../src/index.js';

// Expected rows, plans and conditions are those of Spark's own golden SQL files or of runs of Spark 4.0.1.
let spark: SparkSession;
let warehouse: string;

beforeAll(async () => {
  warehouse = mkdtempSync(join(tmpdir(), 'memoframe-commands-'));
  spark = await SparkSession.builder
    .config('spark.master', 'local[0]')
    .config('spark.sql.warehouse.dir', warehouse)
    .create();
});
afterAll(async () => {
  await spark.stop();
  rmSync(warehouse, { recursive: true, force: true });
});

const run = (text: string): Promise<unknown[][]> => spark.sql(text).collectArrays();
async function condition(text: string): Promise<string> {
  try {
    await run(text);
  } catch (e) {
    if (e instanceof SparkError) return e.condition;
    throw e;
  }
  return 'none';
}
const plan = (text: string): string =>
  spark.sql(text).queryExecution.analyzed.treeString.replace(/#\d+/g, '#x').trimEnd();

describe('tables', () => {
  it('keep their definition', async () => {
    await run(`CREATE TABLE defs (a INT DEFAULT 42, b STRING DEFAULT 'abc, def', c INT) USING parquet
      PARTITIONED BY (c) COMMENT 'This is a comment' TBLPROPERTIES ('p' = '1', 'password' = 'x')`);
    expect(await run('SHOW CREATE TABLE defs')).toEqual([
      [
        `CREATE TABLE spark_catalog.default.defs (
  a INT DEFAULT 42,
  b STRING DEFAULT 'abc, def',
  c INT)
USING parquet
PARTITIONED BY (c)
COMMENT 'This is a comment'
TBLPROPERTIES (
  'p' = '1',
  'password' = '*********(redacted)')
`,
      ],
    ]);
    expect((await run('DESC defs')).slice(-3)).toEqual([
      ['# Column Default Values', '', ''],
      ['a', 'int', '42'],
      ['b', 'string', "'abc, def'"],
    ]);
  });

  it('take defaults for what an INSERT leaves out', async () => {
    await run('CREATE TABLE filled (a INT DEFAULT 42, b STRING, c INT) USING parquet');
    await run("INSERT INTO filled VALUES (DEFAULT, 'x', 1)");
    await run('INSERT INTO filled (c) VALUES (2)');
    await run("INSERT INTO filled BY NAME SELECT 3 AS c, 'y' AS b");
    expect(await run('SELECT * FROM filled ORDER BY c')).toEqual([
      [42, 'x', 1],
      [42, null, 2],
      [42, 'y', 3],
    ]);
    expect(await condition('INSERT INTO filled VALUES (DEFAULT + 1, NULL, 1)')).toBe('DEFAULT_PLACEMENT_INVALID');
  });

  it('assign by the ANSI policy', async () => {
    await run('CREATE TABLE assigned (a INT, d DATE) USING parquet');
    expect(await condition("INSERT INTO assigned VALUES ('1', DATE'2020-01-01')")).toBe(
      'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST',
    );
    expect(await condition('INSERT INTO assigned VALUES (1)')).toBe(
      'INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS',
    );
    expect(await condition("INSERT INTO assigned VALUES (9999999999, DATE'2020-01-01')")).toBe(
      'CAST_OVERFLOW_IN_TABLE_INSERT',
    );
  });

  it('show the analyzed plan of an INSERT', async () => {
    await run('CREATE TABLE shown (c1 INT) USING csv');
    expect(plan('INSERT INTO shown VALUES (1)').replaceAll(warehouse, 'W')).toBe(
      `InsertIntoHadoopFsRelationCommand file:W/shown, false, CSV, [path=file:W/shown], Append, \`spark_catalog\`.\`default\`.\`shown\`, org.apache.spark.sql.execution.datasources.InMemoryFileIndex(file:W/shown), [c1]
+- Project [cast(col1#x as int) AS c1#x]
   +- LocalRelation [col1#x]`,
    );
    await spark.idle();
  });

  it('have partitions that statements add, rename and drop', async () => {
    await run('CREATE TABLE parts (v INT, p STRING) USING parquet PARTITIONED BY (p)');
    await run("INSERT INTO parts PARTITION (p = 'a') VALUES (1)");
    await run("INSERT INTO parts VALUES (2, 'b/c')");
    await run("ALTER TABLE parts ADD PARTITION (p = 'd')");
    expect(await run('SHOW PARTITIONS parts')).toEqual([['p=a'], ['p=b/c'], ['p=d']]);
    expect(await condition("ALTER TABLE parts ADD PARTITION (p = 'd')")).toBe('PARTITIONS_ALREADY_EXIST');
    await run("ALTER TABLE parts PARTITION (p = 'a') RENAME TO PARTITION (p = 'z')");
    expect(await run('SELECT * FROM parts ORDER BY v')).toEqual([
      [1, 'z'],
      [2, 'b/c'],
    ]);
    await run("ALTER TABLE parts DROP PARTITION (p = 'z')");
    expect(await condition("ALTER TABLE parts DROP PARTITION (p = 'z')")).toBe('PARTITIONS_NOT_FOUND');
    await run("INSERT OVERWRITE parts PARTITION (p = 'd') VALUES (5)");
    expect(await run('SELECT * FROM parts ORDER BY v')).toEqual([
      [2, 'b/c'],
      [5, 'd'],
    ]);
  });

  it('never begin over files that they did not write', async () => {
    await run('CREATE TABLE first_one USING parquet AS SELECT 1 AS a');
    await run('ALTER TABLE first_one RENAME TO second_one');
    expect(existsSync(join(warehouse, 'second_one'))).toBe(true);
    expect(await run('SELECT * FROM second_one')).toEqual([[1]]);
    expect(
      await condition(`CREATE TABLE other USING parquet LOCATION '${join(warehouse, 'second_one')}' AS SELECT 2 AS a`),
    ).toBe('_LEGACY_ERROR_TEMP_1241');
  });

  it('refuse changes that Spark refuses', async () => {
    await run('CREATE TABLE fixed (a INT) USING parquet');
    expect(await condition('ALTER TABLE fixed RENAME COLUMN a TO b')).toBe('UNSUPPORTED_FEATURE.TABLE_OPERATION');
    expect(await condition('ALTER TABLE fixed CHANGE a TYPE STRING')).toBe('NOT_SUPPORTED_CHANGE_COLUMN');
    expect(await condition('DELETE FROM fixed WHERE a = 1')).toBe('UNSUPPORTED_FEATURE.TABLE_OPERATION');
    expect(await condition('UPDATE fixed SET a = 1')).toBe('_LEGACY_ERROR_TEMP_2096');
  });
});

describe('char and varchar columns', () => {
  it('are padded, cut and compared as Spark does', async () => {
    await run('CREATE TABLE chars (c CHAR(5), v VARCHAR(3)) USING parquet');
    await run("INSERT INTO chars VALUES ('ab', 'x  '), ('abcde  ', 'xyz   ')");
    expect(await run("SELECT c, length(c), v FROM chars WHERE c = 'ab'")).toEqual([['ab   ', 5, 'x  ']]);
    expect(await run("SELECT v FROM chars WHERE c IN ('abcde', 'q')")).toEqual([['xyz']]);
    expect(await condition("INSERT INTO chars VALUES ('abcdef', 'x')")).toBe('EXCEED_LIMIT_LENGTH');
    expect((await run('DESC chars')).map((r) => r[1])).toEqual(['char(5)', 'varchar(3)']);
    await run('CREATE TABLE chars_copy USING parquet AS SELECT * FROM chars');
    expect((await run('DESC chars_copy')).map((r) => r[1])).toEqual(['char(5)', 'varchar(3)']);
  });
});

describe('views', () => {
  it('follow the schema of their query as their mode says', async () => {
    await run('CREATE TABLE base (c1 INT NOT NULL) USING parquet');
    await run('CREATE VIEW bound WITH SCHEMA BINDING AS SELECT * FROM base');
    await run('CREATE VIEW typed WITH SCHEMA TYPE EVOLUTION AS SELECT * FROM base');
    await run('CREATE VIEW free WITH SCHEMA EVOLUTION AS SELECT * FROM base');
    await run('DROP TABLE base');
    await run('CREATE TABLE base (c1 BIGINT, c2 INT) USING parquet');
    expect(await condition('SELECT * FROM bound')).toBe('CANNOT_UP_CAST_DATATYPE');
    expect(spark.sql('SELECT * FROM typed').dtypes).toEqual([['c1', 'bigint']]);
    expect(spark.sql('SELECT * FROM free').columns).toEqual(['c1', 'c2']);
    expect((await run('DESC free')).map((r) => r[0])).toEqual(['c1', 'c2']);
    await run('DROP TABLE base');
    await run('CREATE TABLE base (c3 INT) USING parquet');
    expect(await condition('SELECT * FROM typed')).toBe('INCOMPATIBLE_VIEW_SCHEMA_CHANGE');
  });

  it('do not read themselves, nor what ends with the session', async () => {
    await run('CREATE VIEW one AS SELECT 1 AS a');
    await run('CREATE VIEW two AS SELECT * FROM one');
    expect(await condition('ALTER VIEW one AS SELECT * FROM two')).toBe('RECURSIVE_VIEW');
    await run('CREATE TEMPORARY VIEW passing AS SELECT 1 AS a');
    expect(await condition('CREATE VIEW lasting AS SELECT * FROM passing')).toBe('INVALID_TEMP_OBJ_REFERENCE');
  });
});

describe('schemas and settings', () => {
  it('are described', async () => {
    await run("CREATE SCHEMA notes COMMENT 'kept' WITH DBPROPERTIES (a = 'b')");
    expect((await run('DESCRIBE SCHEMA EXTENDED notes')).map((r) => r[0])).toEqual([
      'Catalog Name',
      'Namespace Name',
      'Comment',
      'Location',
      'Owner',
      'Properties',
    ]);
    expect(plan('USE SCHEMA notes')).toBe('SetNamespaceCommand [notes]');
    expect(await run('SHOW CURRENT SCHEMA')).toEqual([['spark_catalog', 'notes']]);
    expect(await condition('USE nowhere')).toBe('SCHEMA_NOT_FOUND');
    await run('USE default');
  });

  it('stand in texts as variables', async () => {
    await run('SET spark.my.number = 7');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Spark's own syntax.
    expect(await run('SELECT ${spark.my.number} + 1')).toEqual([[8]]);
    await run('SET spark.sql.ansi.enabled = false');
    await run('RESET spark.sql.ansi.enabled');
    expect(await run('SET spark.sql.ansi.enabled')).toEqual([['spark.sql.ansi.enabled', 'true']]);
  });

  it('let one FROM feed several tables', async () => {
    await run('CREATE TABLE left_half (a INT) USING parquet');
    await run('CREATE TABLE right_half (a INT) USING parquet');
    await run(`WITH s AS (SELECT * FROM VALUES (1), (2) AS t(a)) FROM s
      INSERT INTO left_half SELECT a WHERE a = 1 INSERT INTO right_half SELECT a WHERE a = 2`);
    expect(await run('SELECT * FROM left_half')).toEqual([[1]]);
    expect(await run('SELECT * FROM right_half')).toEqual([[2]]);
  });
});
