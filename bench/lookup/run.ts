import { SparkSession } from '../../src/index.js';
import { type CachedRelationFactory, CacheManager } from '../../src/plan/cache/cache-manager.js';
import { ListenerBus } from '../../src/plan/cache/listener-bus.js';
import { Literal } from '../../src/plan/expressions/index.js';
import { type CachedRelation, InMemoryRelation } from '../../src/plan/logical/index.js';
import type { LogicalPlan } from '../../src/plan/logical/logical-plan.js';
import type { Gate, Report } from '../run.js';

const SIZES = [10, 1_000, 100_000] as const;
/** Plans per round. */
const SAMPLES = 400;
/** Other programs on the machine show in some rounds: the best counts, as in the other benchmarks. */
const ROUNDS = 5;
const WARM_UP_ROUNDS = 3;
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

/** Look-up of new plans among few and many entries: what is timed is `useCachedData` whole, canonical texts of fragments and the
 * replacement included; parsing and analysis are not. Hits go to entries all over the index; a miss differs from every entry by
 * a literal only. The gates are on look-ups one after the other; what one takes right after the analysis of its plan, which
 * leaves the processor's caches cold, is told besides. Spark 4.0.1 takes 0.6 to 1.5 ms on a comparable machine. */
export async function runLookup(): Promise<Report> {
  const spark = await SparkSession.builder.create();
  const analyzed = (n: number): LogicalPlan => spark.sql(queryText(n)).queryExecution.analyzed;
  const template = spark.sql(FRAGMENT).queryExecution.analyzed;
  const withLiteral = (n: number): LogicalPlan =>
    template.transformAllExpressions((e) =>
      e instanceof Literal && Number(e.value) === MARK ? new Literal(n, e.dataType) : e,
    );
  const subjects = SIZES.flatMap((size) => {
    const manager = new CacheManager(new ListenerBus());
    for (let n = 0; n < size; n++) manager.cacheQuery(withLiteral(n), 'MEMORY_AND_DISK', undefined, factory);
    const use = (p: LogicalPlan): LogicalPlan => manager.useCachedData(p);
    return [
      new Subject(size, 'hit', (i) => analyzed((i * STRIDE) % size), use),
      new Subject(size, 'miss', (i) => analyzed(size + i), use),
    ];
  });
  // Round by round, so that what else the machine does falls on all alike.
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) for (const s of subjects) s.round(round >= 0);
  await spark.stop();
  const gates: Gate[] = subjects.map((s) => ({ name: `${s.kind}-micros-${s.size}`, value: s.micros, limit: 50 }));
  for (const s of subjects) console.log(s.text);
  console.log(`(medians of ${SAMPLES} new plans, best of ${ROUNDS} rounds)`);
  const total = (size: number) => subjects.reduce((sum, s) => sum + (s.size === size ? s.micros : 0), 0);
  const ratio = total(100_000) / total(10);
  gates.push({ name: 'ratio-100000-to-10', value: ratio, limit: 1.3 });
  return { ratio, gates, details: subjects };
}
/** Prime to every size. */
const STRIDE = 7919;

const reads = (p: LogicalPlan): boolean => p.exists((x) => x instanceof InMemoryRelation);

/** Hits or misses among so many entries. */
class Subject {
  /** Of look-ups one after the other, each of a plan that was not looked up before. */
  micros = Number.POSITIVE_INFINITY;
  /** Of look-ups each right after the analysis of its plan. */
  afterAnalysisMicros = Number.POSITIVE_INFINITY;
  #made = 0;
  readonly #plan: (i: number) => LogicalPlan;
  readonly #use: (p: LogicalPlan) => LogicalPlan;
  constructor(
    readonly size: number,
    readonly kind: 'hit' | 'miss',
    plan: (i: number) => LogicalPlan,
    use: (p: LogicalPlan) => LogicalPlan,
  ) {
    this.#plan = plan;
    this.#use = use;
  }
  /** @throws TypeError if a look-up answers otherwise than expected */
  round(counts: boolean): void {
    const next = () => this.#plan(this.#made++);
    const apart = median(Array.from({ length: SAMPLES / 2 }, () => this.#timed(next())));
    const together = median(Array.from({ length: SAMPLES }, next).map((p) => this.#timed(p)));
    if (!counts) return;
    this.micros = Math.min(this.micros, together);
    this.afterAnalysisMicros = Math.min(this.afterAnalysisMicros, apart);
  }
  #timed(p: LogicalPlan): number {
    const start = process.hrtime.bigint();
    const used = this.#use(p);
    const micros = Number(process.hrtime.bigint() - start) / 1000;
    if (reads(used) !== (this.kind === 'hit')) throw new TypeError(`expected a ${this.kind}`);
    return micros;
  }
  get text(): string {
    return `${String(this.size).padStart(7)} entries, ${this.kind}: ${this.micros.toFixed(1)} µs (right after analysis ${this.afterAnalysisMicros.toFixed(1)})`;
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
