import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkError, SparkSession } from '../../src/index.js';

// Plans, errors and rows as Spark 4.0.1 gives them.
let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[1]').create();
});
afterAll(() => spark.stop());

const rows = async (sql: string): Promise<unknown[][]> => spark.sql(sql).collectArrays() as Promise<unknown[][]>;
const plan = (sql: string): string =>
  spark.sql(sql).queryExecution.analyzed.treeString.replaceAll(/#\d+/g, '#x').trimEnd();
function failure(sql: string): SparkError {
  try {
    spark.sql(sql);
  } catch (error) {
    if (error instanceof SparkError) return error;
    throw error;
  }
  throw new Error(`no error: ${sql}`);
}

describe('session variables', () => {
  it('have a type, a default and a value', async () => {
    spark.sql('DECLARE OR REPLACE VARIABLE v1 INT DEFAULT 5');
    expect(plan('SELECT V1')).toBe('Project [variablereference(system.session.v1=5) AS V1#x]\n+- OneRowRelation');
    spark.sql('SET VAR v1 = session.v1 + 1');
    expect(await rows('SELECT system.session.v1, typeof(v1)')).toEqual([[6, 'int']]);
    spark.sql('SET VARIABLE v1 = DEFAULT');
    expect(await rows('SELECT v1')).toEqual([[5]]);
  });
  it('are set from queries, pending until the job has ended', async () => {
    spark.sql('DECLARE OR REPLACE VARIABLE a INT');
    spark.sql('DECLARE OR REPLACE VARIABLE b STRING');
    spark.sql('SET VAR (a, b) = (SELECT max(id), count(*) FROM range(10))');
    expect(await rows('SELECT a, b')).toEqual([[9, '10']]);
    const many = spark.sql('SET VAR (a) = (SELECT id FROM range(3))');
    await expect(many.collect()).rejects.toMatchObject({ condition: 'ROW_SUBQUERY_TOO_MANY_ROWS' });
  });
  it('give way to columns', async () => {
    spark.sql('DECLARE OR REPLACE VARIABLE x INT DEFAULT 1');
    expect(await rows('SELECT x, session.x FROM VALUES (2) AS t(x)')).toEqual([[2, 1]]);
  });
  it('raise what Spark raises', () => {
    expect(failure('DROP TEMPORARY VARIABLE nope').condition).toBe('VARIABLE_NOT_FOUND');
    expect(failure('SET VAR nope = 1').parameters).toEqual({
      searchPath: '`SYSTEM`.`SESSION`',
      variableName: '`nope`',
    });
    expect(failure('DECLARE v2').condition).toBe('INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED');
    spark.sql('DECLARE OR REPLACE VARIABLE v3 INT DEFAULT 1');
    expect(failure('SET v3 = 5').condition).toBe('UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET');
    expect(failure("SET VAR v3 = 'a' || DEFAULT").condition).toBe('DEFAULT_PLACEMENT_INVALID');
  });
});

describe('EXECUTE IMMEDIATE and IDENTIFIER', () => {
  it('runs a text with parameters', async () => {
    expect(await rows("EXECUTE IMMEDIATE 'SELECT ? + ?' USING 1, 2")).toEqual([[3]]);
    expect(await rows("EXECUTE IMMEDIATE 'SELECT :b - :a' USING 1 AS a, 5 AS b")).toEqual([[4]]);
    spark.sql('DECLARE OR REPLACE VARIABLE res INT');
    spark.sql("EXECUTE IMMEDIATE 'SELECT 42' INTO res");
    expect(await rows('SELECT res')).toEqual([[42]]);
    expect(failure("EXECUTE IMMEDIATE 'EXECUTE IMMEDIATE \\'SELECT 1\\''").condition).toBe('NESTED_EXECUTE_IMMEDIATE');
    expect(failure("EXECUTE IMMEDIATE 'SELECT :a, ?' USING 1 AS a").condition).toBe(
      'INVALID_QUERY_MIXED_QUERY_PARAMETERS',
    );
  });
  it('fills markers of sql() and names by expressions', async () => {
    expect(await spark.sql('SELECT :x AS v', { x: 3 }).collectArrays()).toEqual([[3]]);
    expect(await spark.sql('SELECT IDENTIFIER(:c) FROM VALUES (7) AS t(k)', { c: 'k' }).collectArrays()).toEqual([[7]]);
    spark.sql("DECLARE OR REPLACE VARIABLE fn = 'ab'");
    expect(await rows("SELECT IDENTIFIER(fn || 's')(-3)")).toEqual([[3]]);
    expect(failure('SELECT * FROM IDENTIFIER(1)').parameters).toEqual({
      dataType: 'int',
      expr: '1',
      name: 'IDENTIFIER',
    });
  });
});

describe('SQL functions', () => {
  it('put their body in place of the call', async () => {
    spark.sql('CREATE OR REPLACE FUNCTION add2(a INT, b INT DEFAULT 7) RETURNS INT RETURN a + b');
    expect(plan('SELECT add2(1)')).toBe(
      [
        'Project [spark_catalog.default.add2(a#x, b#x) AS spark_catalog.default.add2(1)#x]',
        '+- Project [cast(1 as int) AS a#x, cast(cast(7 as int) as int) AS b#x]',
        '   +- OneRowRelation',
      ].join('\n'),
    );
    expect(await rows('SELECT add2(id, 1) FROM range(2)')).toEqual([[1], [2]]);
    expect(await rows('SELECT sum(add2(id)) + add2(max(id), 1) FROM range(2)')).toEqual([[17n]]);
    expect(await rows('SELECT id FROM range(5) WHERE add2(id, 1) > 4')).toEqual([[4n]]);
  });
  it('nest, and give tables', async () => {
    spark.sql('CREATE OR REPLACE FUNCTION twice(x INT) RETURN x * 2');
    spark.sql('CREATE OR REPLACE FUNCTION four(x INT) RETURNS INT RETURN twice(twice(x))');
    expect(await rows('SELECT four(id) FROM range(3)')).toEqual([[0], [4], [8]]);
    spark.sql(
      'CREATE OR REPLACE FUNCTION upto(n INT) RETURNS TABLE (i INT) RETURN SELECT id FROM range(3) WHERE id <= n',
    );
    expect(await rows('SELECT * FROM upto(1)')).toEqual([[0], [1]]);
    expect(await rows('SELECT t.n, u.i FROM VALUES (0), (1) AS t(n), LATERAL upto(t.n) u ORDER BY n, i')).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
    ]);
  });
  it('refuse what Spark refuses', () => {
    expect(failure('CREATE FUNCTION f1(a INT, A INT) RETURNS INT RETURN 1').condition).toBe(
      'DUPLICATE_ROUTINE_PARAMETER_NAMES',
    );
    expect(failure('CREATE FUNCTION f2() RETURNS INT RETURN sum(1)').condition).toBe(
      'USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS',
    );
    spark.sql('CREATE OR REPLACE FUNCTION c1() RETURNS INT RETURN 1');
    spark.sql('CREATE OR REPLACE FUNCTION c2() RETURNS INT RETURN c1()');
    expect(failure('CREATE OR REPLACE FUNCTION c1() RETURNS INT RETURN c2()').parameters).toEqual({
      path: 'spark_catalog.default.c1 -> spark_catalog.default.c2 -> spark_catalog.default.c1',
    });
    expect(failure('SELECT * FROM c1()').condition).toBe('NOT_A_TABLE_FUNCTION');
    expect(failure('SELECT c1(1)').condition).toBe('WRONG_NUM_ARGS.WITHOUT_SUGGESTION');
    expect(failure('SELECT id FROM range(3) ORDER BY c1()').condition).toBe('UNSUPPORTED_SQL_UDF_USAGE');
    expect(failure('DROP FUNCTION nope').condition).toBe('ROUTINE_NOT_FOUND');
  });
});

describe('pipe syntax', () => {
  it('sets, drops, aggregates by position', async () => {
    expect(await rows('VALUES (1, 2) AS t(x, y) |> SET x = y + 1 |> EXTEND x * 2 AS z |> DROP y')).toEqual([[3, 6]]);
    expect(await rows('VALUES (1, 2), (1, 3) AS t(x, y) |> AGGREGATE sum(y) GROUP BY 1')).toEqual([[1, 5n]]);
  });
  it('checks where aggregate functions stand', () => {
    expect(failure('VALUES (1) AS t(a) |> SELECT sum(a)').condition).toBe('PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION');
    expect(failure('VALUES (1) AS t(a) |> AGGREGATE a + 1').condition).toBe(
      'PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION',
    );
    expect(failure('VALUES (1) AS t(a) |> SET b = 1').condition).toBe('UNRESOLVED_COLUMN.WITH_SUGGESTION');
    expect(failure('VALUES (1, 2) AS t(p, q) |> SELECT p |> WHERE q > 1').condition).toBe(
      'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    );
  });
});

describe('names and arguments', () => {
  it('reads double quotes and patterns as the session says', async () => {
    const other = spark.newSession();
    other.conf.set('spark.sql.ansi.doubleQuotedIdentifiers', true);
    expect(await other.sql('SELECT "a""b" FROM VALUES (1) AS t("a""b")').columns).toEqual(['a"b']);
    other.conf.set('spark.sql.parser.quotedRegexColumnNames', true);
    expect(other.sql('SELECT `(a|B)?+.+` FROM VALUES (1, 2, 3) AS t(A, B, c)').columns).toEqual(['c']);
    other.conf.set('spark.sql.ansi.enforceReservedKeywords', true);
    expect(await other.sql('SELECT count(*) FROM sql_keywords() WHERE reserved').collectArrays()).toEqual([[77n]]);
    expect(() => other.sql('SELECT 1 AS table')).toThrow(/PARSE_SYNTAX_ERROR/);
  });
  it('arranges arguments by name', async () => {
    expect(await rows("SELECT mask('AbCD123-@$#', lowerChar => 'q', digitChar => 'd')")).toEqual([['XqXXddd-@$#']]);
    expect(failure("SELECT mask(lowerChar => 'q')").parameters).toEqual({
      index: '0',
      parameterName: '`str`',
      routineName: '`mask`',
    });
    expect(failure('SELECT * FROM range(0, 5, 0)').condition).toBe('FAILED_FUNCTION_CALL');
    expect(failure('SELECT * FROM explode(array(1)) AS t(a, b)').parameters).toEqual({
      aliasesNum: '2',
      funcName: '`explode`',
      outColsNum: '1',
    });
  });
});
