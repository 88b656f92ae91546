import { CacheManager } from '../plan/cache/cache-manager.js';
import { ListenerBus } from '../plan/cache/listener-bus.js';
import type { LogicalPlan } from '../plan/logical/index.js';
import { CacheLedger } from '../session/cache-ledger.js';
import { CacheLifetimes } from '../session/cache-lifetimes.js';
import { QueryExecution } from '../session/query-execution.js';
import { SparkSession } from '../session/spark-session.js';
import type { StorageLevel } from '../storage/block/storage-level.js';
import { type CostModel, costOf } from './workload.js';

/** What storing a plan took. */
export interface Stored {
  readonly buildMs: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** A registry of its own over the application's memory, workers and tables: what is cached here no other query sees, while the
 * entries of the application are seen here. */
export class Scratch {
  readonly session: SparkSession;
  readonly #entries: LogicalPlan[] = [];
  constructor(
    readonly spark: SparkSession,
    readonly cost: CostModel,
  ) {
    const bus = new ListenerBus();
    const cacheManager = new CacheManager(bus);
    const { entries } = spark.sharedState.cacheManager;
    for (const e of [...entries].reverse())
      cacheManager.cacheQuery(e.plan, '', e.relation.cached.tableName, {
        create: () => e.relation,
        recreate: () => e.relation,
        clear: () => undefined,
      });
    const shared = {
      ...spark.sharedState,
      bus,
      cacheManager,
      ledger: new CacheLedger(bus),
      lifetimes: new CacheLifetimes(bus),
    };
    this.session = new SparkSession(shared, spark.conf.clone());
  }

  /** Registers a plan; nothing is computed. */
  register(plan: LogicalPlan, level: StorageLevel): void {
    if (this.session.cacheQuery(plan, level, undefined, undefined, false) !== undefined) this.#entries.push(plan);
  }
  /** Registers a plan and computes it whole. */
  async store(plan: LogicalPlan, level: StorageLevel): Promise<Stored> {
    this.register(plan, level);
    const { cost: buildMs } = await this.count(plan);
    const { cacheManager, engine } = this.session.sharedState;
    const id = cacheManager.lookup(plan)?.relation.cached.id;
    const { memoryBytes, diskBytes } = id === undefined ? { memoryBytes: 0, diskBytes: 0 } : engine.storageOf(id);
    return { buildMs, memoryBytes, diskBytes };
  }

  /** Rows of a plan, and what it cost to count them. */
  async count(plan: LogicalPlan): Promise<{ readonly rows: number; readonly cost: number }> {
    const started = performance.now();
    const rows = await this.session.countPlan(plan);
    const elapsedMs = performance.now() - started;
    return { rows, cost: costOf({ ...this.session.sharedState.engine.lastMetrics, elapsedMs }, this.cost) };
  }

  /** Milliseconds of the fastest of some runs; the rows are thrown away. */
  async time(analyzed: LogicalPlan, rounds: number): Promise<number> {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < rounds; i++) {
      const started = performance.now();
      const { engine } = this.session.sharedState;
      await engine.rows(new QueryExecution(this.session, analyzed));
      const elapsedMs = performance.now() - started;
      best = Math.min(best, costOf({ ...engine.lastMetrics, elapsedMs }, this.cost));
    }
    return best;
  }
  /** Whether an analyzed query reads the entry of this plan. */
  hits(query: LogicalPlan, entry: LogicalPlan): boolean {
    const { cacheManager } = this.session.sharedState;
    const wanted = cacheManager.lookup(entry);
    const reads = (p: LogicalPlan): boolean => {
      const found = cacheManager.lookup(p);
      return found ? found === wanted : [...p.children, ...p.subqueries].some(reads);
    };
    return wanted !== undefined && reads(query);
  }

  /** Gives back what was stored here. */
  close(): void {
    const { cacheManager, engine } = this.session.sharedState;
    for (const plan of this.#entries) {
      const entry = cacheManager.lookup(plan);
      if (entry)
        engine
          .relationFactory(this.session, engine.levelOf(entry.relation.cached))
          .clear(entry.relation.cached, 'unpersisted');
    }
    this.#entries.length = 0;
  }
}
