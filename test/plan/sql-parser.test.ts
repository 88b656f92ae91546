import { describe, expect, it } from 'vitest';
import { SparkError } from '../../src/errors/index.js';
import type { Expression } from '../../src/plan/expressions/index.js';
import { Literal } from '../../src/plan/expressions/index.js';
import * as Logical from '../../src/plan/logical/index.js';
import {
  isComplete,
  parseDataType,
  parseExpression,
  parsePlan,
  parseStatements,
  parseTableIdentifier,
  parseTableSchema,
} from '../../src/plan/sql/parser.js';
import { suggestKeyword } from '../../src/plan/sql/suggest.js';

/** Nested kinds of a tree, e.g. `Add(Literal,Literal)`. */
function shape(e: Expression): string {
  const name = e.kind === 'UnresolvedFunction' ? (e as unknown as { name: string }).name : e.kind;
  return e.children.length === 0 ? name : `${name}(${e.children.map(shape).join(',')})`;
}
function planShape(p: Logical.LogicalPlan): string {
  return p.children.length === 0 ? p.kind : `${p.kind}(${p.children.map(planShape).join(',')})`;
}
const plan = (sql: string) => planShape(parsePlan(sql));
const expression = (text: string) => shape(parseExpression(text));
function failure(parse: () => unknown): SparkError {
  try {
    parse();
  } catch (error) {
    if (error instanceof SparkError) return error;
    throw error;
  }
  throw new Error('it parsed');
}
const literal = (text: string): [unknown, string] => {
  const e = parseExpression(text) as Literal;
  expect(e).toBeInstanceOf(Literal);
  return [typeof e.value === 'object' ? String(e.value) : e.value, e.dataType.simpleString];
};

describe('expressions', () => {
  it('applies precedence', () => {
    expect(expression('1 + 2 * 3')).toBe('Add(Literal,Multiply(Literal,Literal))');
    expect(expression('1 - 2 - 3')).toBe('Subtract(Subtract(Literal,Literal),Literal)');
    expect(expression('a | b & c')).toBe(
      'BitwiseOr(UnresolvedAttribute,BitwiseAnd(UnresolvedAttribute,UnresolvedAttribute))',
    );
    expect(expression('a = b IS NULL')).toBe('IsNull(EqualTo(UnresolvedAttribute,UnresolvedAttribute))');
    expect(expression('NOT a AND b')).toBe('And(Not(UnresolvedAttribute),UnresolvedAttribute)');
    expect(expression('a OR b AND c')).toBe('Or(UnresolvedAttribute,And(UnresolvedAttribute,UnresolvedAttribute))');
    expect(expression('1 << 2 + 3')).toBe('<<(Literal,Add(Literal,Literal))');
    expect(expression('8 >> 1 >>> 1')).toBe('>>>(>>(Literal,Literal),Literal)');
  });

  it('balances runs of AND and OR', () => {
    const a = 'UnresolvedAttribute';
    expect(expression('a AND b AND c AND d')).toBe(`And(And(${a},${a}),And(${a},${a}))`);
    expect(expression('a OR b OR c')).toBe(`Or(Or(${a},${a}),${a})`);
  });

  it('makes the predicates that Spark makes', () => {
    expect(expression('a != 1')).toBe('Not(EqualTo(UnresolvedAttribute,Literal))');
    expect(expression('a NOT IN (1, 2)')).toBe('Not(In(UnresolvedAttribute,Literal,Literal))');
    expect(expression('a BETWEEN 1 AND 2')).toBe('between(UnresolvedAttribute,Literal,Literal)');
    expect(expression('a IS DISTINCT FROM b')).toBe('Not(EqualNullSafe(UnresolvedAttribute,UnresolvedAttribute))');
    expect(expression('a IS NOT TRUE')).toBe('Not(EqualNullSafe(UnresolvedAttribute,Literal))');
    expect(expression("a NOT LIKE 'x' ESCAPE '!'")).toBe('Not(like(UnresolvedAttribute,Literal,Literal))');
    expect(expression("a LIKE ANY ('x', 'y')")).toBe('likeany(UnresolvedAttribute,Literal,Literal)');
    expect(expression("a NOT LIKE ALL ('x')")).toBe('notlikeall(UnresolvedAttribute,Literal)');
    expect(expression("a LIKE ALL ('x', b)")).toBe(
      'And(like(UnresolvedAttribute,Literal),like(UnresolvedAttribute,UnresolvedAttribute))',
    );
  });

  it('reads literals by form and suffix', () => {
    expect(literal('1')).toEqual([1, 'int']);
    expect(literal('-2147483648')).toEqual([-2147483648, 'int']);
    expect(literal('2147483648')).toEqual([2147483648n, 'bigint']);
    expect(literal('9223372036854775808')).toEqual(['9223372036854775808', 'decimal(19,0)']);
    expect(literal('1L')).toEqual([1n, 'bigint']);
    expect(literal('1S')).toEqual([1, 'smallint']);
    expect(literal('-128Y')).toEqual([-128, 'tinyint']);
    expect(literal('1.50')).toEqual(['1.50', 'decimal(3,2)']);
    expect(literal('.001')).toEqual(['0.001', 'decimal(3,3)']);
    expect(literal('1e2')).toEqual([100, 'double']);
    expect(literal('1.5F')).toEqual([1.5, 'float']);
    expect(literal('1.5BD')).toEqual(['1.5', 'decimal(2,1)']);
    expect(literal("'it' 's'")).toEqual(['its', 'string']);
    expect(literal(String.raw`'a\tA\101\%'`)).toEqual(['a\tAA\\%', 'string']);
    expect(literal(String.raw`r'a\t'`)).toEqual([String.raw`a\t`, 'string']);
    expect(literal("DATE '2000-01-02'")).toEqual([10958, 'date']);
    expect(literal("TIMESTAMP '2000-01-02 00:00:01'")).toEqual([946771201000000n, 'timestamp']);
    expect(literal("X'1F'")).toEqual(['31', 'binary']);
    expect(literal("INTERVAL '1-2' YEAR TO MONTH")).toEqual([14, 'interval year to month']);
    expect(literal('INTERVAL 1 DAY 2 HOURS')).toEqual([93_600_000_000n, 'interval day to hour']);
    expect(literal("INTERVAL -'1 02:03:04.5' DAY TO SECOND")).toEqual([-93_784_500_000n, 'interval day to second']);
    expect(literal("INTERVAL '3 months'")).toEqual([3, 'interval month']);
  });

  it('reads names, fields, stars, lambdas and calls', () => {
    expect(parseExpression('a.`b c`.d').toString()).toBe("'a.b c.d");
    expect(expression('f(a).b[0]')).toBe(
      'UnresolvedExtractValue(UnresolvedExtractValue(f(UnresolvedAttribute),Literal),Literal)',
    );
    expect(String(parseExpression('t.*'))).toBe('t.*');
    expect(expression('transform(a, (x, i) -> x + i)')).toBe(
      'transform(UnresolvedAttribute,LambdaFunction(Add(UnresolvedNamedLambdaVariable,UnresolvedNamedLambdaVariable),UnresolvedNamedLambdaVariable,UnresolvedNamedLambdaVariable))',
    );
    expect(expression('count(*)')).toBe('count(Literal)');
    expect(expression('count(DISTINCT *)')).toBe('count(UnresolvedStar)');
    expect(expression('a + 1 AS x')).toBe('Alias(Add(UnresolvedAttribute,Literal))');
    expect(expression('timestampadd(DAY, 1, d)')).toBe('timestampadd(Literal,Literal,UnresolvedAttribute)');
    expect(expression("extract(YEAR FROM DATE '2000-01-01')")).toBe('extract(Literal,Literal)');
    expect(expression("trim(BOTH 'x' FROM s)")).toBe('trim(Literal,UnresolvedAttribute)');
    expect(
      expression(
        'sum(a) FILTER (WHERE b > 1) OVER (PARTITION BY c ORDER BY d ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)',
      ),
    ).toBe(
      'WindowExpression(sum(UnresolvedAttribute,GreaterThan(UnresolvedAttribute,Literal)),WindowSpecDefinition(UnresolvedAttribute,SortOrder(UnresolvedAttribute),SpecifiedWindowFrame(negative(Literal),FrameBoundary)))',
    );
    expect(expression('a::decimal(10, 2)')).toBe('Cast(UnresolvedAttribute)');
  });

  it('folds a sign into the number that follows it', () => {
    expect(expression('-1')).toBe('Literal');
    expect(expression('-a')).toBe('negative(UnresolvedAttribute)');
    expect(expression('a -1')).toBe('Subtract(UnresolvedAttribute,Literal)');
    expect(expression('- -1')).toBe('negative(Literal)');
  });

  it('knows where each node stands', () => {
    const { children } = parseExpression('aa + bbb * 2');
    expect(children.map((c) => [c.origin.startIndex, c.origin.stopIndex])).toEqual([
      [0, 1],
      [5, 11],
    ]);
    const onLineTwo = parsePlan('SELECT 1,\n  b').expressions[1];
    expect([onLineTwo?.origin.line, onLineTwo?.origin.startPosition]).toEqual([2, 2]);
  });
});

describe('queries', () => {
  it('builds the clauses in their order', () => {
    expect(plan('SELECT 1')).toBe('Project(OneRowRelation)');
    expect(plan('SELECT DISTINCT a FROM t WHERE b ORDER BY a LIMIT 3 OFFSET 1')).toBe(
      'GlobalLimit(LocalLimit(Offset(Sort(Distinct(Project(Filter(UnresolvedRelation)))))))',
    );
    expect(plan('SELECT a, count(*) FROM t GROUP BY a HAVING count(*) > 1')).toBe(
      'UnresolvedHaving(Aggregate(UnresolvedRelation))',
    );
    expect(plan('SELECT /*+ BROADCAST(t), REPARTITION(3) */ * FROM t')).toBe(
      'UnresolvedHint(UnresolvedHint(Project(UnresolvedRelation)))',
    );
    expect(plan('FROM t SELECT a WHERE b')).toBe('Project(Filter(UnresolvedRelation))');
    expect(plan('SELECT * FROM t LATERAL VIEW OUTER explode(a) x AS y')).toBe(
      'Project(UnresolvedGenerate(UnresolvedRelation))',
    );
    expect(plan('WITH a AS (SELECT 1) SELECT * FROM a')).toBe(
      'UnresolvedWith(Project(UnresolvedRelation),SubqueryAlias(Project(OneRowRelation)))',
    );
  });

  it('nests set operations by precedence and parentheses', () => {
    const t = 'UnresolvedRelation';
    expect(plan('TABLE a UNION ALL TABLE b UNION ALL TABLE c')).toBe(`Union(Union(${t},${t}),${t})`);
    expect(plan('TABLE a UNION ALL (TABLE b UNION ALL TABLE c)')).toBe(`Union(${t},Union(${t},${t}))`);
    expect(plan('TABLE a UNION TABLE b INTERSECT TABLE c')).toBe(`Distinct(Union(${t},Intersect(${t},${t})))`);
    expect(plan('TABLE a EXCEPT TABLE b MINUS ALL TABLE c')).toBe(`Except(Except(${t},${t}),${t})`);
    expect(plan('TABLE a UNION ALL TABLE b |> WHERE x |> UNION ALL TABLE c')).toBe(
      `Union(Filter(PipeOperator(Union(${t},${t}))),${t})`,
    );
  });

  it('joins', () => {
    const t = 'UnresolvedRelation';
    expect(plan('SELECT * FROM a, b JOIN c ON x')).toBe(`Project(Join(Join(${t},${t}),${t}))`);
    expect(plan('SELECT * FROM a JOIN (b CROSS JOIN c) ON x')).toBe(`Project(Join(${t},Join(${t},${t})))`);
    const joins =
      'LEFT JOIN|LEFT OUTER JOIN|RIGHT JOIN|FULL OUTER JOIN|SEMI JOIN|LEFT ANTI JOIN|CROSS JOIN|NATURAL JOIN|JOIN';
    const types = joins.split('|').map((j) => {
      const join = parsePlan(`SELECT * FROM a ${j} b`).children[0] as Logical.Join;
      return join.joinType.kind;
    });
    expect(types).toEqual([
      ...['LeftOuter', 'LeftOuter', 'RightOuter', 'FullOuter', 'LeftSemi', 'LeftAnti', 'Cross', 'NaturalJoin', 'Inner'],
    ]);
  });

  it('tells subqueries from parenthesized expressions and relations', () => {
    expect(expression('((SELECT 1) + 1)')).toBe('Add(ScalarSubquery,Literal)');
    expect(expression('((SELECT 1))')).toBe('ScalarSubquery');
    expect(plan('SELECT * FROM ((SELECT 1) UNION ALL (SELECT 2))')).toBe(
      'Project(SubqueryAlias(Union(Project(OneRowRelation),Project(OneRowRelation))))',
    );
    expect(plan('SELECT * FROM ((SELECT 1) a JOIN b)')).toBe(
      'Project(Join(SubqueryAlias(Project(OneRowRelation)),UnresolvedRelation))',
    );
  });

  it('lets keywords be names', () => {
    expect(plan('SELECT order, select FROM from WHERE group = 1')).toBe('Project(Filter(UnresolvedRelation))');
    expect(String(parsePlan('SELECT a timestamp FROM t').expressions[0])).toMatch(/^'a AS timestamp#\d+$/);
  });

  it('groups', () => {
    const keys = (by: string) =>
      (parsePlan(`SELECT 1 FROM t GROUP BY ${by}`) as Logical.Aggregate).groupingExpressions.map(String);
    expect(keys('a, ROLLUP(b, (c, d))')).toEqual(["'a", "rollup(('b), ('c, 'd))"]);
    expect(keys('a, b WITH CUBE')).toEqual(["cube(('a), ('b))"]);
    expect(keys('a, b GROUPING SETS ((a), ())')).toEqual(["grouping sets(('a), ())"]);
    expect(keys('GROUPING SETS (a, ROLLUP(b, c))')).toEqual(["grouping sets(('a), ('b, 'c), ('b), ())"]);
    expect(keys('ALL')).toEqual(["'ALL"]);
  });
});

describe('statements', () => {
  it('builds commands', () => {
    const cache = parsePlan(
      "CACHE LAZY TABLE t OPTIONS ('storageLevel' = 'DISK_ONLY') AS SELECT  1",
    ) as Logical.CacheTable;
    expect(cache).toBeInstanceOf(Logical.CacheTable);
    expect([cache.nameParts, cache.isLazy, cache.options, cache.originalText]).toEqual([
      ['t'],
      true,
      { storageLevel: 'DISK_ONLY' },
      'SELECT  1',
    ]);
    const view = parsePlan('CREATE OR REPLACE TEMP VIEW v (a COMMENT "x") AS SELECT 1') as Logical.CreateView;
    expect([view.nameParts, view.columns, view.viewType, view.replace]).toEqual([
      ['v'],
      [{ name: 'a', comment: 'x' }],
      'temporary',
      true,
    ]);
    const table = parsePlan(
      "CREATE TABLE db.t (a INT NOT NULL, b STRING) USING parquet PARTITIONED BY (b) LOCATION '/x'",
    ) as Logical.CreateTable;
    expect([table.nameParts, table.tableSchema?.sql, table.provider, table.partitionColumns, table.location]).toEqual([
      ['db', 't'],
      'STRUCT<a: INT NOT NULL, b: STRING>',
      'parquet',
      ['b'],
      '/x',
    ]);
    const insert = parsePlan('INSERT OVERWRITE t PARTITION (p = 1, q) (a) VALUES (1)') as Logical.InsertInto;
    expect([insert.overwrite, insert.columns, insert.partition.map(([n, v]) => [n, v && String(v)])]).toEqual([
      true,
      ['a'],
      [
        ['p', '1'],
        ['q', undefined],
      ],
    ]);
  });

  it('reads SET, RESET and REFRESH from raw text', () => {
    const set = (sql: string) => {
      const c = parsePlan(sql) as Logical.SetCommand;
      return [c.confKey, c.value];
    };
    expect(set('SET')).toEqual([undefined, undefined]);
    expect(set('SET -v')).toEqual(['-v', undefined]);
    expect(set('SET spark.x')).toEqual(['spark.x', undefined]);
    expect(set('SET spark.x = a b /* c ;')).toEqual(['spark.x', 'a b /* c']);
    expect(set('set `a b`=`c;d`')).toEqual(['a b', 'c;d']);
    expect(set("SET TIME ZONE 'UTC'")).toEqual(['spark.sql.session.timeZone', 'UTC']);
    expect(set("SET TIME ZONE INTERVAL '-1:30' HOUR TO MINUTE")).toEqual(['spark.sql.session.timeZone', '-01:30']);
    expect(set('set time zone interval 10 hours')).toEqual(['spark.sql.session.timeZone', '+10:00']);
    const offset = failure(() => parsePlan('SET TIME ZONE INTERVAL 19 HOURS'));
    expect(offset.condition).toBe('INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE');
    expect((parsePlan('RESET spark.x') as Logical.ResetCommand).conf).toBe('spark.x');
    expect((parsePlan('REFRESH /a/b') as Logical.RefreshResource).path).toBe('/a/b');
    expect((parsePlan('REFRESH "a b"') as Logical.RefreshResource).path).toBe('a b');
    expect(parsePlan('REFRESH TABLE t')).toBeInstanceOf(Logical.RefreshTable);
    expect(failure(() => parsePlan('SET a b = 1')).condition).toBe('INVALID_SET_SYNTAX');
  });

  it('explains', () => {
    const modes = ['', 'EXTENDED', 'FORMATTED', 'COST', 'CODEGEN', 'CACHE'].map(
      (mode) => (parsePlan(`EXPLAIN ${mode} SELECT 1`) as Logical.Explain).mode,
    );
    expect(modes).toEqual(['simple', 'extended', 'formatted', 'cost', 'codegen', 'cache']);
    expect((parsePlan('EXPLAIN CACHE TABLE t') as Logical.Explain).query).toBeInstanceOf(Logical.CacheTable);
  });

  it('names what is not supported', () => {
    for (const sql of [
      'GRANT ALL ON t',
      'SELECT TRANSFORM(a) USING "cat" FROM t',
      'CREATE ROLE r',
      "INSERT OVERWRITE DIRECTORY '/x' SELECT 1",
    ]) {
      expect(failure(() => parsePlan(sql)).condition, sql).toBe('UNSUPPORTED_FEATURE');
    }
  });
});

describe('errors', () => {
  it('points at the offending token', () => {
    const error = failure(() => parsePlan('SELECT a\nFROM t WHERE x = )'));
    expect([error.condition, error.parameters, error.sqlState, error.fragment]).toEqual([
      'PARSE_SYNTAX_ERROR',
      { error: "')'", hint: '' },
      '42601',
      ')',
    ]);
    expect([error.origin.line, error.origin.startPosition]).toEqual([2, 17]);
    expect(failure(() => parsePlan('SELECT 1 +')).parameters).toEqual({ error: 'end of input', hint: '' });
    expect(failure(() => parsePlan('SELECT true XOR false AS x')).parameters['error']).toBe("'false'");
    expect(failure(() => parsePlan('SELECT 1 @ 2')).parameters['error']).toBe("'@'");
  });

  it('has conditions for other mistakes', () => {
    const cases: [string, string][] = [
      ['', 'PARSE_EMPTY_STATEMENT'],
      ['  \n', 'PARSE_EMPTY_STATEMENT'],
      ['SELECT 1 /* x', 'UNCLOSED_BRACKETED_COMMENT'],
      ['SELECT * FROM test-table', 'INVALID_IDENTIFIER'],
      ['WITH t AS (SELECT 1), t AS (SELECT 2) SELECT 1', 'DUPLICATED_CTE_NAMES'],
      ['SELECT 128Y', 'INVALID_NUMERIC_LITERAL_RANGE'],
      ["SELECT DATE 'x'", 'INVALID_TYPED_LITERAL'],
      ["SELECT GEO 'x'", 'UNSUPPORTED_TYPED_LITERAL'],
      ['SELECT CAST(a AS foo)', 'UNSUPPORTED_DATATYPE'],
      ['SELECT a ! IN (1)', 'SYNTAX_DISCONTINUED.BANG_EQUALS_NOT'],
      ['SELECT 1 ORDER BY a SORT BY b', 'UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES'],
      ["CREATE TABLE t (a INT) USING x OPTIONS ('a' '1', 'a' '2')", 'DUPLICATE_KEY'],
    ];
    for (const [sql, condition] of cases) expect(failure(() => parsePlan(sql)).condition, sql).toBe(condition);
  });
});

describe('limits and help', () => {
  it('refuses nesting that the stack cannot hold', () => {
    const deep = `SELECT ${'('.repeat(6_000)}1${')'.repeat(6_000)}`;
    expect(failure(() => parsePlan(deep)).condition).toBe('FAILED_TO_PARSE_TOO_COMPLEX');
    const wide = `SELECT * FROM t WHERE ${Array.from({ length: 5000 }, (_, i) => `a = ${i}`).join(' OR ')}`;
    expect(plan(wide)).toBe('Project(Filter(UnresolvedRelation))');
  });

  it('suggests keywords', () => {
    expect(['SELEC', 'form', 'GRUOP', 'hvaing', 'xyz', 'select'].map(suggestKeyword)).toEqual([
      ...['SELECT', 'FROM', 'GROUP', 'HAVING', undefined, undefined],
    ]);
  });

  it('reads pipe operators', () => {
    expect(plan('FROM t |> AGGREGATE sum(a) AS s GROUP BY b |> WHERE s > 1 |> ORDER BY s')).toBe(
      'Sort(PipeOperator(Filter(PipeOperator(Aggregate(UnresolvedRelation)))))',
    );
  });
});

describe('other entry points', () => {
  it('reads names, types and schemas', () => {
    expect(parseTableIdentifier('a.`b.c`').nameParts).toEqual(['a', 'b.c']);
    expect(parseDataType('map<string, array<struct<a: int, b decimal(5, 2)>>>').simpleString).toBe(
      'map<string,array<struct<a:int,b:decimal(5,2)>>>',
    );
    expect(parseDataType('INTERVAL DAY TO SECOND').simpleString).toBe('interval day to second');
    expect(parseTableSchema("a INT, b STRING NOT NULL COMMENT 'x'").sql).toBe('STRUCT<a: INT, b: STRING NOT NULL>');
  });

  it('cuts scripts at semicolons outside strings, names and comments', () => {
    const script = "SELECT ';' ; -- a;b\n/* ; /* ; */ ; */ SELECT `;`;\n;  ; SELECT 3";
    const parts = parseStatements(script);
    expect(parts.map((p) => p.text)).toEqual(["SELECT ';'", '-- a;b\n/* ; /* ; */ ; */ SELECT `;`', 'SELECT 3']);
    for (const { text, start, stop } of parts) expect(script.slice(start, stop)).toBe(text);
  });

  it('says whether a text ends a statement', () => {
    const complete = ['SELECT 1;', 'SELECT 1; -- done', '', '-- x', "SELECT ';';"];
    const open = ['SELECT 1', "SELECT 'a;", 'SELECT 1; SELECT', 'SELECT /* ;', 'SELECT `a;'];
    expect(complete.filter((t) => !isComplete(t))).toEqual([]);
    expect(open.filter(isComplete)).toEqual([]);
  });
});
