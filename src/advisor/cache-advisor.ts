import type { QueryExecution } from '../session/query-execution.js';
import type { QueryExecutionListener } from '../session/query-execution-listener.js';
import type { SparkSession } from '../session/spark-session.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import { type AdviceData, type AdvisedEntry, adviceJson, adviceText, type RefusedPlan } from './advice.js';
import { type Candidate, findCandidates } from './candidates.js';
import { Measurements } from './measurements.js';
import { type Option, pickEntries } from './pick.js';
import type { RefusalReason } from './reasons.js';
import { parseSize } from './size.js';
import { type CacheStatement, statementFor } from './statement.js';
import { verifyHits } from './verify.js';
import { type CostModel, type RecordedQuery, Workload } from './workload.js';

export interface AdviseOptions {
  /** Memory for caches: bytes, or `512m`. Default: what storage may hold. */
  readonly budget?: string | number;
  /** How often the workload runs while the caches live; filling them is paid once. */
  readonly runs?: number;
  /** Of how many runs of a query the fastest counts. */
  readonly rounds?: number;
  /** What a run costs: wall `time` (default), or the `bytes` that it reads from files, at 100 MB/s, as from an object store. */
  readonly cost?: CostModel;
}

/** What to cache for a workload, with the figures it follows from. */
export class WorkloadAdvice {
  constructor(
    private readonly spark: SparkSession,
    readonly data: AdviceData,
    private readonly statements: readonly CacheStatement[],
  ) {}
  get entries(): readonly AdvisedEntry[] {
    return this.data.entries;
  }
  get text(): string {
    return adviceText(this.data);
  }
  toJSON(): Record<string, unknown> {
    return adviceJson(this.data);
  }
  /** Caches what is advised: runs the statements, persists what has none. The rows are computed at once. */
  async apply(): Promise<void> {
    for (const [i, { level }] of this.data.entries.entries()) {
      const { name, query, text, plan } = this.statements[i] as CacheStatement;
      if (name !== undefined || query !== undefined) await this.spark.sql(text).collect();
      else {
        this.spark.cacheQuery(plan, StorageLevel[level], undefined);
        await this.spark.countPlan(plan);
      }
    }
  }
}

/** Records what a session runs and finds what to cache for it: common sub-plans, equal as the CacheManager says, each tried on a scratch
 * registry and measured. */
export class CacheAdvisor {
  readonly #workload = new Workload();
  #listener: QueryExecutionListener | undefined;
  constructor(private readonly spark: SparkSession) {}

  /** Begins to record the queries that the session runs (`collect`, `count`, `toArrow`… and all built on them); forgets what was
   * recorded before. */
  record(): this {
    this.stop();
    this.#workload.clear();
    this.#listener = {
      onSuccess: (_name: string, execution: QueryExecution, ms, { bytesRead }) => {
        // Not the rows of SHOW and its kin.
        if (execution.analyzed === execution.commandExecuted) this.#workload.add(execution, ms, bytesRead);
      },
    };
    this.spark.listenerManager.register(this.#listener);
    return this;
  }
  /** Ends recording; what is recorded stays. */
  stop(): this {
    if (this.#listener) this.spark.listenerManager.unregister(this.#listener);
    this.#listener = undefined;
    return this;
  }
  get recorded(): readonly RecordedQuery[] {
    return this.#workload.queries;
  }

  /** Ends recording and finds what to cache. Runs the recorded queries again, with and without each candidate; candidates are filled
   * and dropped, the application's own entries stay. */
  async advise(options: AdviseOptions = {}): Promise<WorkloadAdvice> {
    this.stop();
    await this.spark.idle();
    const { spark, recorded: queries } = this;
    const { runs = 10, rounds = 2, cost = 'time' } = options;
    const budget =
      options.budget === undefined
        ? spark.sharedState.engine.executors.reduce((n, e) => n + e.maxMemory, 0)
        : parseSize(options.budget);
    const refused: RefusedPlan[] = [];
    const refuse = ({ plan, totalUses }: Candidate, reason: RefusalReason) =>
      void refused.push({ reason, plan, uses: totalUses });

    const { candidates, refused: unfit } = findCandidates(queries, spark.sharedState.cacheManager);
    for (const { candidate, reason } of unfit) refuse(candidate, reason);
    const times = await Measurements.begin(spark, queries, rounds, cost);
    const first: Option[] = [];
    for (const candidate of candidates) {
      const reason = await times.outOfQuestion(candidate, budget);
      if (reason) refuse(candidate, reason);
      else first.push(await times.option(candidate, 'MEMORY_AND_DISK'));
    }
    const picks = await pickEntries(first, {
      budget,
      runs,
      queryRuns: queries.map((q) => q.runs),
      measure: (candidate, level) => times.option(candidate, level),
    });
    for (const { option, reason } of picks.refused) refuse(option.candidate, reason);

    // Tried alone, each looks a little better than beside the others: what counts is all at once.
    const workloadMs = times.total(times.base);
    let { picked } = picks;
    let expectedMs = workloadMs;
    if (picked.length > 0) expectedMs = times.total(await times.together(picked.map((p) => p.option)));
    const saving = workloadMs - expectedMs;
    if (saving * runs <= picked.reduce((n, p) => n + p.option.buildMs, 0)) {
      for (const { option } of picked) refuse(option.candidate, saving <= 0 ? 'NO_SAVING' : 'NEVER_PAYS');
      picked = [];
      expectedMs = workloadMs;
    }
    const share = saving / picked.reduce((n, p) => n + p.savingMs, 0);

    let number = 0;
    const fresh = () => `advised_${++number}`;
    const chosen = picked.map((p) => p.option);
    const statements = chosen.map((o) => statementFor(spark, o.candidate, o.level, fresh));
    const hits = verifyHits(spark, queries, chosen, statements);
    const entries = picked.map(({ option, savingMs: alone }, i): AdvisedEntry => {
      const { candidate, level, buildMs, memoryBytes, diskBytes } = option;
      const { text, name } = statements[i] as CacheStatement;
      const savingMs = alone * share;
      return {
        statement: text,
        name,
        level,
        plan: candidate.plan,
        queries: candidate.uses.size,
        uses: candidate.totalUses,
        memoryBytes,
        diskBytes,
        buildMs,
        savingMs,
        paysFromRun: Math.max(1, Math.ceil(buildMs / savingMs)),
        hits: hits[i] as number,
      };
    });
    const data: AdviceData = {
      queries: queries.length,
      recordedRuns: queries.reduce((n, q) => n + q.runs, 0),
      runs,
      budgetBytes: budget,
      workloadMs,
      expectedMs,
      entries,
      refused,
    };
    return new WorkloadAdvice(spark, data, statements);
  }
}
