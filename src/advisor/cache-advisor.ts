import type { QueryExecution } from '../session/query-execution.js';
import type { QueryExecutionListener } from '../session/query-execution-listener.js';
import type { SparkSession } from '../session/spark-session.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import { type AdviceData, type AdvisedEntry, adviceJson, adviceText, type RefusedPlan } from './advice.js';
import { type Candidate, findCandidates } from './candidates.js';
import { type AdvisedLevel, type Option, pickEntries } from './pick.js';
import { parseSize } from './size.js';
import { type CacheStatement, statementFor } from './statement.js';
import { Scratch } from './trial.js';
import { type RecordedQuery, Workload } from './workload.js';

export interface AdviseOptions {
  /** Memory for caches: bytes, or `512m`. Default: what storage may hold. */
  readonly budget?: string | number;
  /** How often the workload runs while the caches live; filling them is paid once. */
  readonly runs?: number;
  /** Of how many runs of a query the fastest counts. */
  readonly rounds?: number;
}

/** A plan whose rows are estimated at more than so many budgets is not tried. */
const MOST_BUDGETS = 8;
/** A query must become faster by this part of its time, and by so many milliseconds, for the difference not to be chance. */
const LEAST_PART = 0.03;
const LEAST_MS = 0.3;

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
      onSuccess: (_name: string, execution: QueryExecution, ms, { bytesRead }) =>
        this.#workload.add(execution, ms, bytesRead),
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
    const runs = options.runs ?? 10;
    const rounds = options.rounds ?? 2;
    const budget =
      options.budget === undefined
        ? spark.sharedState.engine.executors.reduce((n, e) => n + e.maxMemory, 0)
        : parseSize(options.budget);
    const { candidates, refused: unfit } = findCandidates(queries, spark.sharedState.cacheManager);
    const refused: RefusedPlan[] = unfit.map(({ candidate, reason }) => ({
      reason,
      plan: candidate.plan,
      uses: candidate.totalUses,
    }));
    const base = await this.baseline(queries, rounds);
    const workloadMs = base.reduce((sum, ms, i) => sum + ms * (queries[i]?.runs ?? 1), 0);

    const measure = async (candidate: Candidate, level: AdvisedLevel): Promise<Option> => {
      const scratch = new Scratch(spark);
      try {
        const { buildMs, memoryBytes, diskBytes } = await scratch.store(candidate.plan, StorageLevel[level]);
        const saved = new Map<number, number>();
        for (const number of candidate.uses.keys()) {
          const before = base[number] as number;
          const now = await scratch.time((queries[number] as RecordedQuery).analyzed, rounds);
          const saving = before - now;
          saved.set(number, saving > Math.max(LEAST_MS, before * LEAST_PART) ? saving : 0);
        }
        // What did not fit memory went to disk, and would have to fit.
        const memory = level === 'DISK_ONLY' ? 0 : memoryBytes + diskBytes;
        return {
          candidate,
          level,
          buildMs,
          memoryBytes: memory,
          diskBytes: level === 'DISK_ONLY' ? diskBytes : 0,
          saved,
        };
      } finally {
        scratch.close();
      }
    };

    const first: Option[] = [];
    for (const candidate of candidates) {
      const refusal = await this.outOfQuestion(candidate, base, queries, budget, runs);
      if (refusal) refused.push({ reason: refusal, plan: candidate.plan, uses: candidate.totalUses });
      else first.push(await measure(candidate, 'MEMORY_AND_DISK'));
    }
    const picks = await pickEntries(first, { budget, runs, queryRuns: queries.map((q) => q.runs), measure });
    for (const { option, reason } of picks.refused)
      refused.push({ reason, plan: option.candidate.plan, uses: option.candidate.totalUses });

    let number = 0;
    const fresh = () => `advised_${++number}`;
    const statements = picks.picked.map(({ option }) => statementFor(spark, option.candidate, option.level, fresh));
    const hits = this.verify(
      queries,
      picks.picked.map((p) => p.option),
      statements,
    );
    const entries = picks.picked.map(({ option, savingMs }, i): AdvisedEntry => {
      const { candidate, level, buildMs, memoryBytes, diskBytes } = option;
      const { text, name } = statements[i] as CacheStatement;
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
    const saving = entries.reduce((n, e) => n + e.savingMs, 0);
    return new WorkloadAdvice(
      spark,
      {
        queries: queries.length,
        recordedRuns: queries.reduce((n, q) => n + q.runs, 0),
        runs,
        budgetBytes: budget,
        workloadMs,
        expectedMs: Math.max(0, workloadMs - saving),
        entries,
        refused,
      },
      statements,
    );
  }

  /** Milliseconds of each query as things are. The recorded time counts too: it may have been the faster. */
  private async baseline(queries: readonly RecordedQuery[], rounds: number): Promise<number[]> {
    const scratch = new Scratch(this.spark);
    const times: number[] = [];
    for (const q of queries) times.push(Math.min(q.ms, await scratch.time(q.analyzed, rounds)));
    return times;
  }

  /** Candidates that need no trial: too cheap to matter, or too large. */
  private async outOfQuestion(
    candidate: Candidate,
    base: readonly number[],
    queries: readonly RecordedQuery[],
    budget: number,
    runs: number,
  ): Promise<'SOURCE_CHEAP' | 'TOO_LARGE' | undefined> {
    const scratch = new Scratch(this.spark);
    const started = performance.now();
    const rows = await scratch.session.countPlan(candidate.plan);
    const ms = performance.now() - started;
    const width = candidate.plan.output.reduce((n, a) => n + a.dataType.defaultSize, 8);
    if (rows * width > budget * MOST_BUDGETS) return 'TOO_LARGE';
    const using = [...candidate.uses.keys()].reduce((n, i) => n + (base[i] as number) * (queries[i]?.runs ?? 1), 0);
    // Even if all its time were saved.
    return rows * width < SMALL_BYTES && ms < CHEAP_MS && ms * candidate.totalUses * runs < using * runs * LEAST_PART
      ? 'SOURCE_CHEAP'
      : undefined;
  }

  /** How many of the queries that an entry is meant for read it, analyzed anew, with all that is advised registered. A query that a
   * larger entry answers counts as answered. */
  private verify(
    queries: readonly RecordedQuery[],
    options: readonly Option[],
    statements: readonly CacheStatement[],
  ): number[] {
    const anew = queries.map((q) => {
      try {
        return this.spark.analyze(q.logical);
      } catch {
        // Its tables or views are gone.
        return undefined;
      }
    });
    const scratch = new Scratch(this.spark);
    try {
      options.forEach((o, i) => scratch.register((statements[i] as CacheStatement).plan, StorageLevel[o.level]));
      return options.map((o, i) => {
        const { plan } = statements[i] as CacheStatement;
        const larger = options.flatMap((x, j) =>
          x.candidate.below.has(o.candidate.key) ? [(statements[j] as CacheStatement).plan] : [],
        );
        return [...o.candidate.uses.keys()].filter((number) => {
          const query = anew[number];
          return query !== undefined && (scratch.hits(query, plan) || larger.some((l) => scratch.hits(query, l)));
        }).length;
      });
    } finally {
      scratch.close();
    }
  }
}

/** A source this small, made this fast, is no matter. */
const SMALL_BYTES = 1024 * 1024;
const CHEAP_MS = 20;
