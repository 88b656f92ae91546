import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';

/** Columns that are stored in one, two, four and eight bytes, constant, with nulls in places and nothing but nulls, over several
 * batches; `d` is stored otherwise in each batch. */
const ROWS = 1_003;
interface Row {
  readonly i: number;
  readonly tiny: number;
  readonly small: number | null;
  readonly int: number;
  readonly long: bigint;
  readonly same: bigint;
  readonly none: null;
  readonly d: string;
}
const rows: Row[] = Array.from({ length: ROWS }, (_, i) => ({
  i,
  tiny: (i % 251) - 125,
  small: i % 7 === 3 ? null : i * 31 - 9_000,
  int: i * 2_000_003 - 1_000_000_000,
  long: BigInt(i) * 9_000_000_000_001n - 4_000_000_000_000_000n,
  same: -7_777_777_777_777n,
  none: null,
  d: i < 400 ? `${i % 5}.25` : i < 800 ? `-${i * 1_000_003}.50` : `${i}77777777777.75`,
}));

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder
    .master('local[2]')
    .config('spark.sql.inMemoryColumnarStorage.batchSize', 100)
    .create();
  const df = spark.createDataFrame(
    rows.map((r) => [r.i, r.tiny, r.small, r.int, r.long, r.same, r.none, r.d]),
    'i INT, tiny TINYINT, small INT, int INT, long BIGINT, same BIGINT, none INT, d STRING',
  );
  df.selectExpr('i', 'tiny', 'small', 'int', 'long', 'same', 'none', 'CAST(d AS DECIMAL(18,2)) AS d')
    .repartition(3)
    .createOrReplaceTempView('t');
  await spark.sql('CACHE TABLE t').collect();
});
afterAll(() => spark.stop());

const FILTERS: readonly (readonly [sql: string, passes: (r: Row) => boolean])[] = [
  ['true', () => true],
  ['i >= 10 AND i < 977', (r) => r.i >= 10 && r.i < 977],
  ['tiny > 100', (r) => r.tiny > 100],
  ['i % 3 = 1', (r) => r.i % 3 === 1],
  ['small > 0', (r) => r.small !== null && r.small > 0],
  ['small IS NULL', (r) => r.small === null],
  ['i = 500', (r) => r.i === 500],
  ['i > 5000', () => false],
  ['long >= 0 AND same < 0', (r) => r.long >= 0n],
];

/** 1/100 units. */
const cents = (d: string): bigint => BigInt(d.replace('.', ''));
const dotted = (n: bigint): string => {
  const digits = String(n < 0n ? -n : n).padStart(3, '0');
  return `${n < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

describe.each(FILTERS)('totals of cached rows where %s', (filter, passes) => {
  const kept = rows.filter(passes);
  const sum = (of: (r: Row) => number | bigint | null): bigint | null => {
    const values = kept.map(of).filter((v) => v !== null);
    return values.length === 0 ? null : values.reduce<bigint>((s, v) => s + BigInt(v), 0n);
  };
  const first = async (sql: string): Promise<readonly unknown[]> => (await spark.sql(sql).collectArrays())[0]!;

  it('are sums and counts by definition', async () => {
    const got = await first(
      `SELECT sum(tiny), sum(small), sum(int), sum(long), sum(same), sum(none), sum(d), count(*), count(small), count(none), count(1)
       FROM t WHERE ${filter}`,
    );
    const d = sum((r) => cents(r.d));
    const want = [
      sum((r) => r.tiny),
      sum((r) => r.small),
      sum((r) => r.int),
      sum((r) => r.long),
      sum((r) => r.same),
      null,
      d === null ? null : dotted(d),
      BigInt(kept.length),
      BigInt(kept.filter((r) => r.small !== null).length),
      0n,
      BigInt(kept.length),
    ];
    expect(got.map((v) => (v === null ? null : String(v)))).toEqual(want.map((v) => (v === null ? null : String(v))));
  });
  it.each(['tiny', 'small', 'int', 'long', 'same'] as const)('are those of %s alone', async (column) => {
    const values = kept.flatMap((r) => r[column] ?? []).map(BigInt);
    const total = values.length === 0 ? null : values.reduce((s, v) => s + v, 0n);
    const [total1, mean, some, all] = await first(
      `SELECT sum(${column}), avg(${column}), count(${column}), count(*) FROM t WHERE ${filter}`,
    );
    expect([total1, some, all]).toEqual([total, BigInt(values.length), BigInt(kept.length)]);
    if (total === null) expect(mean).toBeNull();
    // Averages of BIGINT add doubles, as in Spark.
    else expect(Number(mean) / (Number(total) / values.length)).toBeCloseTo(1, 9);
  });
  it('are averages by definition, and stand beside other calls and filters of one', async () => {
    const [avgInt, avgSmall, most, some] = await first(
      `SELECT avg(int), avg(small), max(tiny), sum(tiny) FILTER (WHERE i % 2 = 0) FROM t WHERE ${filter}`,
    );
    const [avgAlone] = await first(`SELECT avg(int) FROM t WHERE ${filter}`);
    const mean = (total: bigint | null, n: number) => (total === null ? null : Number(total) / n);
    expect(avgInt).toBe(
      mean(
        sum((r) => r.int),
        kept.length,
      ),
    );
    expect(avgAlone).toBe(avgInt);
    expect(avgSmall).toBe(
      mean(
        sum((r) => r.small),
        kept.filter((r) => r.small !== null).length,
      ),
    );
    expect(most).toBe(kept.length === 0 ? null : Math.max(...kept.map((r) => r.tiny)));
    const even = kept.filter((r) => r.i % 2 === 0);
    expect(some).toBe(even.length === 0 ? null : even.reduce((s, r) => s + BigInt(r.tiny), 0n));
  });
});

it('totals of renamed and reordered columns are those of the columns that they name', async () => {
  const [got] = await spark
    .sql('SELECT sum(b), sum(a), avg(b) FROM (SELECT int AS b, tiny AS a, i FROM t) WHERE i >= 10 AND i < 977')
    .collectArrays();
  const kept = rows.filter((r) => r.i >= 10 && r.i < 977);
  const ints = kept.reduce((s, r) => s + BigInt(r.int), 0n);
  const tinies = kept.reduce((s, r) => s + BigInt(r.tiny), 0n);
  expect(got).toEqual([ints, tinies, Number(ints) / kept.length]);
});

it('sums that leave 64 bits raise, whatever is stored once for all rows', async () => {
  await spark.sql('CACHE TABLE big AS SELECT id, 9000000000000000000L AS x FROM range(10)').collect();
  await expect(spark.sql('SELECT sum(x) FROM big WHERE id >= 0').collect()).rejects.toMatchObject({
    condition: 'ARITHMETIC_OVERFLOW',
  });
  const [row] = await spark.sql('SELECT avg(x), sum(CAST(x AS DECIMAL(20,0))), count(x) FROM big').collectArrays();
  expect(row!.map(String)).toEqual(['9000000000000000000', '90000000000000000000', '10']);
});
