/** One benchmark query over lineitem: its predicates lie in the middle of every batch's ranges, so that no statistics answer it. */
export interface CountQuery {
  readonly name: string;
  readonly sql: string;
  /** All columns that it reads. */
  readonly columns: readonly string[];
}

/** Filtered counts and sums over columns that are spread evenly over the file: dates, decimals, codes, keys. */
export const COUNT_QUERIES: readonly CountQuery[] = [
  {
    name: 'count-quantity',
    sql: 'SELECT count(*) AS c FROM lineitem WHERE l_quantity >= 10 AND l_quantity < 35',
    columns: ['l_quantity'],
  },
  {
    name: 'count-dates',
    sql: "SELECT count(*) AS c FROM lineitem WHERE l_shipdate >= DATE '1994-03-01' AND l_shipdate < DATE '1996-09-01' AND l_receiptdate > DATE '1994-06-15'",
    columns: ['l_shipdate', 'l_receiptdate'],
  },
  {
    name: 'count-text',
    sql: "SELECT count(*) AS c FROM lineitem WHERE l_shipmode = 'RAIL' AND l_shipinstruct <> 'NONE'",
    columns: ['l_shipmode', 'l_shipinstruct'],
  },
  {
    name: 'count-keys',
    sql: 'SELECT count(*) AS c FROM lineitem WHERE l_partkey BETWEEN 40000 AND 120000 AND l_suppkey > 2500',
    columns: ['l_partkey', 'l_suppkey'],
  },
  {
    name: 'sum-price',
    sql: "SELECT sum(l_extendedprice) AS s, count(*) AS c FROM lineitem WHERE l_shipdate > DATE '1995-01-15' AND l_discount < 0.07",
    columns: ['l_extendedprice', 'l_shipdate', 'l_discount'],
  },
  {
    name: 'sum-product',
    sql: "SELECT sum(l_extendedprice * l_discount) AS s FROM lineitem WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01' AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24",
    columns: ['l_extendedprice', 'l_discount', 'l_shipdate', 'l_quantity'],
  },
  {
    name: 'sum-two',
    sql: "SELECT sum(l_quantity) AS q, sum(l_tax) AS t FROM lineitem WHERE l_returnflag = 'R' AND l_linenumber > 2",
    columns: ['l_quantity', 'l_tax', 'l_returnflag', 'l_linenumber'],
  },
];
