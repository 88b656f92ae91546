import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functions as F } from '../../../src/index.js';
import { Builder, type Definition } from '../../oracle/dsl.js';
import { hits, Rows, TABLES } from './support.js';

/** Cached `a`, asked `b`: how many fragments of b Spark 4.0.1 answers from the cache. */
interface Pair {
  readonly id: string;
  readonly what: string;
  readonly a: Definition;
  readonly b: Definition;
  readonly hits: number;
  /** Statements before both. */
  readonly setup?: readonly string[];
  /** Set between caching and asking. */
  readonly conf?: Readonly<Record<string, string>>;
  /** b is asked in another session. */
  readonly newSession?: boolean;
}

const pairs = JSON.parse(readFileSync(join(import.meta.dirname, 'pairs.json'), 'utf8')) as Pair[];

/** What the rows say, in our words. */
const ROWS: Readonly<Record<string, string>> = {
  C05: 'fragments inside subquery expressions are replaced too',
  C32: 'unions: positive and negative cases',
  C33: 'both sides of a self join hit, one of them under new ids',
  P01: 'equal: files',
  P02: 'equal: readers, views, SELECT *',
  P03: 'equal: aliases and nesting',
  P04: 'equal: case and synonyms of functions',
  P05: 'equal: comparisons flipped',
  P06: 'equal: NOT, AND, OR',
  P07: 'equal: sums and products',
  P08: 'equal: IN lists and ranges',
  P09: 'equal: lambdas, counts, ordinals',
  P10: 'equal: HAVING, distinct, default order',
  P11: 'equal: join conditions, names of types, hints',
  P12: 'equal: unions, frames, cubes',
  P13: 'equal: correlated subqueries, added columns',
  P14: 'equal: dropped and renamed columns',
  P15: 'equal: struct fields, seeds, ranges, VALUES',
  P16: 'equal: caseSensitive, other sessions',
  P17: 'equal: names at the top, zones without casts, the present time',
  N01: 'not equal: order of columns, aliases beside others',
  N02: 'not equal: filters and projections change places',
  N03: 'not equal: limits',
  N04: 'not equal: projections stacked, constants not folded',
  N05: 'not equal: differences, wide decimals in another order',
  N06: 'not equal: IN, BETWEEN, coalesce, concat',
  N07: 'not equal: predicates wrapped',
  N08: 'not equal: forms of a condition, types of literals',
  N09: 'not equal: casts, counts, order of groups',
  N10: 'not equal: join sides and forms, sort direction',
  N11: 'not equal: sides of set operations',
  N12: 'not equal: partitioning, names of a LATERAL VIEW',
  N13: 'not equal: aliases inside IN, common table expressions',
  N14: 'not equal: reader options, other names of a path',
  N15: 'not equal: confs that casts carry, try_add',
  N16: 'not equal: VALUES order, seeds, partitions',
};

const app = new Rows();

describe('which plan hits which', () => {
  it.each(Object.entries(ROWS))('%s %s', (id) => {
    const own = pairs.filter((p) => p.id === id);
    expect(own.length).toBeGreaterThan(0);
    const paths = { tables: TABLES };
    const seen = own.map((p) => {
      app.spark.catalog.clearCache();
      let session = app.spark.newSession();
      for (const text of p.setup ?? []) session.sql(text);
      new Builder(session, paths).build(p.a).cache();
      if (p.newSession) session = app.spark.newSession();
      for (const [k, v] of Object.entries(p.conf ?? {})) session.conf.set(k, v);
      return [p.what, hits(new Builder(session, paths).build(p.b))];
    });
    expect(seen).toEqual(own.map((p) => [p.what, p.hits]));
  });

  it('P16 metadata of a column does not count', () => {
    const make = (comment: string) => app.spark.table('kv').select(F.col('v').aliasWithMetadata('x', { comment }));
    make('a').cache();
    expect(hits(make('b'))).toBe(1);
  });

  it('N16 two frames of equal local rows are two results', () => {
    const make = () => app.spark.createDataFrame([[1], [2]], 'a INT');
    const df = make();
    df.cache();
    expect([hits(df.filter('a > 1')), hits(make())]).toEqual([1, 0]);
  });
});
