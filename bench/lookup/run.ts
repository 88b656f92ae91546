import { SparkSession } from '../../src/index.js';
import { type CachedRelationFactory, CacheManager } from '../../src/plan/cache/cache-manager.js';
import { ListenerBus } from '../../src/plan/cache/listener-bus.js';
import { Literal } from '../../src/plan/expressions/index.js';
import { type CachedRelation, InMemoryRelation } from '../../src/plan/logical/index.js';
import type { LogicalPlan } from '../../src/plan/logical/logical-plan.js';
import type { Gate, Report } from '../run.js';

const SIZES = [10, 1_000, 100_000] as const;
const SAMPLES = 400;
/** Plans that are looked up before any is timed, at each size. */
const WARM_UP = 2000;
/** Other programs on the machine show in some rounds: the best counts, as in the other benchmarks. */
const ROUNDS = 4;
/** Stands for the literal that tells entries apart. */
const MARK = 987_654_321;
const FRAGMENT = `SELECT k, v FROM (SELECT id AS k, id * 2 AS v FROM range(1000) WHERE id > ${MARK}) x`;

/** A plan of ten nodes; the fragment that may be cached lies five nodes below its top. */
const queryText = (n: number): string =>
  `SELECT k, sum(v) AS s FROM (${FRAGMENT.replace(String(MARK), String(n))}) a WHERE v < 5 GROUP BY k ORDER BY s LIMIT 10`;

const factory: CachedRelationFactory = {
  create: (plan, level, tableName) => {
    const cached: CachedRelation = {
      id: nextId++,
      tableName,
      storageLevelString: level,
      loaded: false,
      loadedStats: undefined,
      physicalPlanString: '',
      estimatedSizeInBytes: 1n,
      numPartitions: 1,
    };
    return new InMemoryRelation(plan.output, cached);
  },
  recreate: (old, plan) => factory.create(plan, old.storageLevelString, old.tableName),
  clear: () => {},
};
let nextId = 1;

/** Look-up of plans that were just analyzed, each a new one, among few and many entries: what is timed is `useCachedData`
 * whole, canonical texts of fragments and the replacement included; parsing and analysis are not. A miss differs from every
 * entry by a literal only. Spark 4.0.1 takes 0.6 to
 * 1.5 ms on a comparable machine. */
export async function runLookup(): Promise<Report> {
  const spark = await SparkSession.builder.create();
  const analyzed = (n: number): LogicalPlan => spark.sql(queryText(n)).queryExecution.analyzed;
  const template = spark.sql(FRAGMENT).queryExecution.analyzed;
  const withLiteral = (n: number): LogicalPlan =>
    template.transformAllExpressions((e) =>
      e instanceof Literal && Number(e.value) === MARK ? new Literal(n, e.dataType) : e,
    );
  const manager = new CacheManager(new ListenerBus());
  const gates: Gate[] = [];
  const details: Record<string, { hitMicros: number; missMicros: number }> = {};
  let entries = 0;
  for (const size of SIZES) {
    for (; entries < size; entries++) manager.cacheQuery(withLiteral(entries), 'MEMORY_AND_DISK', undefined, factory);
    const hit = median(
      SAMPLES,
      (i) => analyzed(i % 10),
      (p) => reads(manager.useCachedData(p)),
      true,
    );
    const miss = median(
      SAMPLES,
      (i) => analyzed(size + i),
      (p) => reads(manager.useCachedData(p)),
      false,
    );
    details[size] = { hitMicros: hit, missMicros: miss };
    console.log(
      `${String(size).padStart(7)} entries: hit ${hit.toFixed(1)} µs, miss ${miss.toFixed(1)} µs (median of ${SAMPLES}, best of ${ROUNDS} rounds)`,
    );
    gates.push(
      { name: `hit-micros-${size}`, value: hit, limit: 50 },
      { name: `miss-micros-${size}`, value: miss, limit: 50 },
    );
  }
  await spark.stop();
  const total = (size: number) => details[size]!.hitMicros + details[size]!.missMicros;
  const ratio = total(100_000) / total(10);
  gates.push({ name: 'ratio-100000-to-10', value: ratio, limit: 1.3 });
  return { ratio, gates, details };
}

const reads = (p: LogicalPlan): boolean => p.exists((x) => x instanceof InMemoryRelation);

/** Median microseconds of `use` on fresh plans, of the best round. @throws TypeError if it answers otherwise than expected */
function median(
  samples: number,
  plan: (i: number) => LogicalPlan,
  use: (p: LogicalPlan) => boolean,
  expected: boolean,
): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const times: number[] = [];
    for (let i = round === 0 ? -WARM_UP : 0; i < samples; i++) {
      const p = plan(Math.abs(i) + round * samples);
      const start = process.hrtime.bigint();
      const found = use(p);
      const micros = Number(process.hrtime.bigint() - start) / 1000;
      if (found !== expected) throw new TypeError(`expected a ${expected ? 'hit' : 'miss'}`);
      if (i >= 0) times.push(micros);
    }
    best = Math.min(best, times.sort((a, b) => a - b)[samples >> 1]!);
  }
  return best;
}
