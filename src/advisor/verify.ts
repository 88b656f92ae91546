import type { SparkSession } from '../session/spark-session.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import type { Option } from './pick.js';
import type { CacheStatement } from './statement.js';
import { Scratch } from './trial.js';
import type { RecordedQuery } from './workload.js';

/** How many of the queries that an entry is meant for read it, analyzed anew, with what all the statements cache registered. A query
 * that a larger entry answers counts as answered. */
export function verifyHits(
  spark: SparkSession,
  queries: readonly RecordedQuery[],
  options: readonly Option[],
  statements: readonly CacheStatement[],
): number[] {
  const anew = queries.map((q) => {
    try {
      return spark.analyze(q.logical);
    } catch {
      // Its tables or views are gone.
      return undefined;
    }
  });
  const plans = statements.map((s) => s.plan);
  const scratch = new Scratch(spark, 'time');
  try {
    for (const [i, o] of options.entries()) scratch.register(plans[i] as (typeof plans)[0], StorageLevel[o.level]);
    return options.map((o, i) => {
      const larger = plans.filter((_, j) => options[j]?.candidate.below.has(o.candidate.key));
      const own = plans[i] as (typeof plans)[0];
      return [...o.candidate.uses.keys()].filter((number) => {
        const query = anew[number];
        return query !== undefined && [own, ...larger].some((p) => scratch.hits(query, p));
      }).length;
    });
  } finally {
    scratch.close();
  }
}
