import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';

/** Keys that are stored in one, two, four and eight bytes, constant, with nulls, negative; over several batches. */
const ROWS = 3_007;
interface Row {
  readonly i: number;
  readonly keys: Readonly<Record<string, bigint | null>>;
}
const rows: Row[] = Array.from({ length: ROWS }, (_, i) => ({
  i,
  keys: {
    tiny: BigInt((i % 251) - 125),
    small: i % 7 === 3 ? null : BigInt((i * 37) % 20_011) - 9_000n,
    int: BigInt(i * 9_003) - 10_000_000n,
    long: i % 20 === 0 ? BigInt(i) * 9_000_000_000_001n : BigInt(i * 3 - 700),
    same: -7n,
    none: null,
    day: BigInt((i * 13) % 4_001) - 2_000n,
  },
}));
const COLUMNS = ['tiny', 'small', 'int', 'long', 'same', 'none', 'day'] as const;
/** Few of the keys, some that are none, and a null. */
const wantedOf = (column: string): (bigint | null)[] => {
  const present = [...new Set(rows.map((r) => r.keys[column]!).filter((k) => k !== null))];
  // A table of wide range has no bitmap.
  const some = present.filter((k, n) => n % 41 === 2 && k < 1_000_000_000n);
  return [...some, 123_456n, -99_999n, null];
};

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder
    .master('local[2]')
    .config('spark.sql.inMemoryColumnarStorage.batchSize', 100)
    .create();
  const types = 'i INT, tiny INT, small INT, int INT, long BIGINT, same BIGINT, none BIGINT, day INT';
  spark
    .createDataFrame(
      rows.map(({ i, keys }) => [
        i,
        ...COLUMNS.map((c) => (keys[c] === null || c === 'long' || c === 'same' ? keys[c] : Number(keys[c]))),
      ]),
      types,
    )
    .selectExpr('*', "date_add(DATE '2000-01-01', day) AS date", 'i % 5 AS five', 'concat(i, " text") AS text')
    .repartition(3)
    .createOrReplaceTempView('plain');
  await spark.sql('CACHE TABLE t AS SELECT * FROM plain').collect();
  for (const c of COLUMNS)
    spark
      .createDataFrame(
        wantedOf(c).map((k) => [k]),
        'k BIGINT',
      )
      .createOrReplaceTempView(`few_${c}`);
});
afterAll(() => spark.stop());

describe.each(COLUMNS)('cached rows that a join keeps for their %s', (column) => {
  const wanted = new Set(wantedOf(column).filter((k) => k !== null));
  const count = (passes: (r: Row) => boolean): bigint => BigInt(rows.filter(passes).length);
  const isIn = (r: Row) => r.keys[column] !== null && wanted.has(r.keys[column]!);
  const type = column === 'long' || column === 'same' || column === 'none' ? 'BIGINT' : 'INT';
  const few = `(SELECT CAST(k AS ${type}) AS k FROM few_${column}) f`;
  const first = async (sql: string): Promise<readonly unknown[]> => (await spark.sql(sql).collectArrays())[0]!;

  it('are all that match, and no others', async () => {
    const kept = rows.filter(isIn);
    const sum = kept.length === 0 ? null : kept.reduce((total, r) => total + BigInt(r.i), 0n);
    const join = `t JOIN ${few} ON CAST(${column} AS ${type}) = k`;
    expect(await first(`SELECT count(*), sum(i), count(DISTINCT text), count(k) FROM ${join}`)).toEqual([
      BigInt(kept.length),
      sum,
      BigInt(kept.length),
      BigInt(kept.length),
    ]);
    const on = `k = CAST(t.${column} AS ${type})`;
    expect(
      await first(`SELECT (SELECT count(*) FROM t WHERE EXISTS (SELECT 1 FROM ${few} WHERE ${on})),
        (SELECT count(*) FROM t WHERE NOT EXISTS (SELECT 1 FROM ${few} WHERE ${on})),
        (SELECT count(*) FROM t LEFT JOIN ${few} ON ${on}),
        (SELECT count(f.k) FROM t LEFT JOIN ${few} ON ${on})`),
    ).toEqual([count(isIn), count((r) => !isIn(r)), BigInt(ROWS), count(isIn)]);
  });

  it('fulfil the other conditions too', async () => {
    const join = `t JOIN ${few} ON CAST(t.${column} AS ${type}) = k`;
    expect(await first(`SELECT count(*) FROM ${join} WHERE i >= 500 AND i < 2500`)).toEqual([
      count((r) => isIn(r) && r.i >= 500 && r.i < 2500),
    ]);
    expect(await first(`SELECT count(*), sum(five) FROM ${join} WHERE text LIKE '%1 t%' OR five = 3`)).toEqual(
      await first(
        `SELECT count(*), sum(five) FROM ${join.replace('t JOIN', 'plain t JOIN')} WHERE text LIKE '%1 t%' OR five = 3`,
      ),
    );
    expect(await first(`SELECT count(*) FROM ${join} AND i % 2 = 0 JOIN few_tiny g ON g.k = t.tiny`)).toEqual([
      count((r) => isIn(r) && r.i % 2 === 0 && wantedOf('tiny').includes(r.keys['tiny']!)),
    ]);
  });

  it('raise what rows without a match raise', async () => {
    const sql = (from: string) =>
      `SELECT count(*) FROM ${from} t JOIN ${few} ON CAST(${column} AS ${type}) = k WHERE 100 / five > 1`;
    const outcome = (from: string) =>
      spark
        .sql(sql(from))
        .collectArrays()
        .catch((e: { condition: string }) => e.condition);
    expect(await outcome('t')).toEqual(await outcome('plain'));
  });
});
