import { Analyzer } from '../../src/plan/analysis/analyzer.js';
import type { AnalyzerCatalog, AnalyzerConf } from '../../src/plan/catalog-view.js';
import { AttributeReference } from '../../src/plan/expressions/index.js';
import { type FileRelation, LogicalRelation, SubqueryAlias, TableIdentifier } from '../../src/plan/logical/index.js';
import { StructType } from '../../src/types/index.js';
import { parseSchema } from '../../src/types/parse-type.js';

export const TABLES: Readonly<Record<string, string>> = {
  people:
    'id INT, name STRING, age INT, city STRING, salary DECIMAL(12,2), height DOUBLE, active BOOLEAN, birth DATE, created TIMESTAMP, big BIGINT',
  orders:
    'oid INT, pid INT, amount DECIMAL(12,2), qty INT, price DOUBLE, status STRING, odate DATE, ts TIMESTAMP, note STRING',
  items: 'item_id INT, oid INT, sku STRING, n INT, weight DOUBLE, cost DECIMAL(10,4)',
  events: 'eid BIGINT, uid INT, kind STRING, value DOUBLE, ts TIMESTAMP, day DATE',
  docs: 'did INT, tags ARRAY<STRING>, nums ARRAY<INT>, info STRUCT<a: INT, b: STRING>, attrs MAP<STRING, INT>, parts ARRAY<STRUCT<k: STRING, v: INT>>',
  numbers: 'i INT, tiny TINYINT, small SMALLINT, n INT, big BIGINT, f FLOAT, d DOUBLE, dec DECIMAL(26,10)',
  kv: 'k STRING, v INT',
  kv2: 'k STRING, v INT',
  sales: 'sid INT, product STRING, units INT, revenue DECIMAL(12,2), region STRING, yr INT',
  region: 'r_regionkey INT, r_name STRING, r_comment STRING',
  nation: 'n_nationkey INT, n_name STRING, n_regionkey INT, n_comment STRING',
  supplier:
    's_suppkey BIGINT, s_name STRING, s_address STRING, s_nationkey INT, s_phone STRING, s_acctbal DECIMAL(15,2), s_comment STRING',
  customer:
    'c_custkey BIGINT, c_name STRING, c_address STRING, c_nationkey INT, c_phone STRING, c_acctbal DECIMAL(15,2), c_mktsegment STRING, c_comment STRING',
  part: 'p_partkey BIGINT, p_name STRING, p_mfgr STRING, p_brand STRING, p_type STRING, p_size INT, p_container STRING, p_retailprice DECIMAL(15,2), p_comment STRING',
  partsupp: 'ps_partkey BIGINT, ps_suppkey BIGINT, ps_availqty INT, ps_supplycost DECIMAL(15,2), ps_comment STRING',
  tpch_orders:
    'o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus STRING, o_totalprice DECIMAL(15,2), o_orderdate DATE, o_orderpriority STRING, o_clerk STRING, o_shippriority INT, o_comment STRING',
  lineitem:
    'l_orderkey BIGINT, l_partkey BIGINT, l_suppkey BIGINT, l_linenumber BIGINT, l_quantity DECIMAL(15,2), l_extendedprice DECIMAL(15,2), l_discount DECIMAL(15,2), l_tax DECIMAL(15,2), l_returnflag STRING, l_linestatus STRING, l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE, l_shipinstruct STRING, l_shipmode STRING, l_comment STRING',
};

function relation(key: string, schema: StructType): FileRelation {
  return {
    format: 'parquet',
    rootPaths: [`/${key}`],
    dataSchema: schema,
    partitionSchema: new StructType([]),
    options: {},
    sizeInBytes: 1000,
    key,
    refresh: () => {},
  };
}

/** The tables of the recorded cases, without bytes. `rename`: other tables under a name. */
export function fakeCatalog(rename: Readonly<Record<string, string>> = {}): AnalyzerCatalog {
  const known = new Map<string, SubqueryAlias>();
  return {
    currentCatalog: 'spark_catalog',
    currentDatabase: 'default',
    currentUser: 'user',
    relationNames: () => Object.keys(TABLES),
    lookupRelation(nameParts) {
      const name = (nameParts.at(-1) as string).toLowerCase();
      const ddl = TABLES[rename[name] ?? name];
      if (ddl === undefined) return undefined;
      let plan = known.get(name);
      if (!plan) {
        const schema = parseSchema(ddl);
        const output = schema.fields.map((f) => AttributeReference.create(f.name, f.dataType, true));
        plan = new SubqueryAlias(
          ['spark_catalog', 'default', name],
          new LogicalRelation(relation(name, schema), output, new TableIdentifier(name, 'default', 'spark_catalog')),
        );
        known.set(name, plan);
      }
      return plan;
    },
  };
}

export const CONF: AnalyzerConf = {
  ansiEnabled: true,
  caseSensitive: false,
  timeZone: 'UTC',
  groupByOrdinal: true,
  orderByOrdinal: true,
  groupByAliases: true,
  crossJoinEnabled: true,
  defaultParallelism: 2,
};

export function analyzer(conf: Partial<AnalyzerConf> = {}, rename: Readonly<Record<string, string>> = {}): Analyzer {
  return new Analyzer(fakeCatalog(rename), { ...CONF, ...conf });
}
