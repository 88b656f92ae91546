/** A job of `n` statements with TPC-H's tables: DDL, caches of several kinds, queries of TPC-H's shape, writes. The same for each seed. */
export function makeJob(n: number, seed = 1): string {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const pick = <T>(xs: readonly T[]): T => xs[random(xs.length)] as T;
  const statements = [...DDL];
  let caches = 0;
  while (statements.length < n) {
    const kind = random(20);
    const date = `DATE '199${2 + random(6)}-0${1 + random(9)}-01'`;
    if (kind < 2) {
      const name = `c${caches++}`;
      statements.push(
        pick([
          `CACHE TABLE ${name} AS SELECT l_orderkey, l_extendedprice, l_discount, l_shipdate FROM lineitem WHERE l_shipdate > ${date}`,
          `CACHE LAZY TABLE ${name} OPTIONS ('storageLevel' = 'DISK_ONLY') AS SELECT o_orderkey, o_custkey, o_orderdate FROM orders WHERE o_orderdate < ${date}`,
          `CACHE TABLE ${name} AS SELECT n_name, count(*) AS n FROM nation JOIN region ON n_regionkey = r_regionkey GROUP BY n_name`,
        ]),
      );
    } else if (kind === 2)
      statements.push(pick(['CACHE TABLE nation', 'UNCACHE TABLE IF EXISTS nation', 'REFRESH TABLE orders']));
    else if (kind === 3) statements.push(`INSERT INTO region VALUES (${random(100)}, 'R', 'x')`);
    else if (kind === 4) statements.push(`SET spark.sql.shuffle.partitions = ${1 + random(200)}`);
    else
      statements.push(
        pick([
          `SELECT l_returnflag, l_linestatus, sum(l_quantity) AS q, avg(l_extendedprice) AS p, count(*) AS n\nFROM lineitem WHERE l_shipdate <= ${date} GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus`,
          `SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate\nFROM customer, orders, lineitem\nWHERE c_mktsegment = 'BUILDING' AND c_custkey = o_custkey AND l_orderkey = o_orderkey AND o_orderdate < ${date} AND l_shipdate > ${date}\nGROUP BY l_orderkey, o_orderdate ORDER BY revenue DESC LIMIT 10`,
          `SELECT sum(l_extendedprice * l_discount) AS revenue FROM lineitem WHERE l_shipdate >= ${date} AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < ${random(50)}`,
          `SELECT n_name, sum(l_extendedprice) AS r FROM customer, orders, lineitem, supplier, nation, region\nWHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND l_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'ASIA' GROUP BY n_name`,
          `SELECT o_orderpriority, count(*) AS n FROM orders WHERE o_orderdate >= ${date} AND EXISTS (SELECT * FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate) GROUP BY o_orderpriority`,
          `SELECT l_orderkey, l_extendedprice, l_discount, l_shipdate FROM lineitem WHERE l_shipdate > ${date}`,
          ...(caches > 0 ? [`SELECT count(*) FROM c${random(caches)}`] : []),
        ]),
      );
  }
  return `${statements.join(';\n\n')};\n`;
}

export const DDL = [
  'CREATE TABLE lineitem (l_orderkey BIGINT, l_partkey BIGINT, l_suppkey BIGINT, l_linenumber INT, l_quantity DECIMAL(15,2), l_extendedprice DECIMAL(15,2), l_discount DECIMAL(15,2), l_tax DECIMAL(15,2), l_returnflag STRING, l_linestatus STRING, l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE) USING parquet',
  'CREATE TABLE orders (o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus STRING, o_totalprice DECIMAL(15,2), o_orderdate DATE, o_orderpriority STRING) USING parquet',
  'CREATE TABLE customer (c_custkey BIGINT, c_name STRING, c_nationkey BIGINT, c_mktsegment STRING) USING parquet',
  'CREATE TABLE supplier (s_suppkey BIGINT, s_name STRING, s_nationkey BIGINT) USING parquet',
  'CREATE TABLE nation (n_nationkey BIGINT, n_name STRING, n_regionkey BIGINT) USING parquet',
  'CREATE TABLE region (r_regionkey BIGINT, r_name STRING, r_comment STRING) USING parquet',
];
