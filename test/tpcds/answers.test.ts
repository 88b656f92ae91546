import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';
import type { LogicalPlan } from '../../src/plan/logical/index.js';
import { type Answer, difference, loadAnswers } from './answers.js';

describe('the judge of TPC-DS answers', () => {
  let spark: SparkSession;
  let plan: LogicalPlan;
  const schema = [
    ['a', 'int'],
    ['b', 'string'],
  ] as const;
  const answer: Answer = {
    id: 'x',
    schema,
    rows: [
      [1, 'p'],
      [2, 'q'],
    ],
    count: 2,
    unlimitedRows: [
      [1, 'p'],
      [2, 'q'],
      [2, 'r'],
      [3, 's'],
    ],
  };
  beforeAll(async () => {
    spark = await SparkSession.builder.master('local[1]').create();
    plan = spark.sql("SELECT * FROM VALUES (1, 'p') AS t(a, b) ORDER BY CASE WHEN a > 1 THEN a END, a LIMIT 2")
      .queryExecution.analyzed;
  });
  afterAll(() => spark.stop());
  const judge = (...rows: unknown[][]) => difference(answer, schema, rows, plan);

  it('lets ties at the cut be any of them', () => {
    expect(judge([1, 'p'], [2, 'q'])).toBeUndefined();
    expect(judge([1, 'p'], [2, 'r'])).toBeUndefined();
  });
  it('refuses other rows, another order, another count, another schema', () => {
    expect(judge([1, 'p'], [2, 'z'])).toMatch(/^row 1/);
    expect(judge([2, 'q'], [1, 'p'])).toMatch(/^order of row 0/);
    expect(judge([1, 'p'], [3, 's'])).toMatch(/^order of row 1/);
    expect(judge([1, 'p'])).toMatch(/^1 rows/);
    expect(difference(answer, [['a', 'int']], [], plan)).toMatch(/^schema/);
  });
  it('counts equal rows', () => {
    expect(judge([1, 'p'], [1, 'p'])).toMatch(/^row 1/);
  });
  it('knows 135 answers, 3 of them errors', () => {
    const answers = [...loadAnswers().values()];
    expect(answers).toHaveLength(135);
    expect(answers.filter((a) => a.error === 'DIVIDE_BY_ZERO')).toHaveLength(3);
  });
});
