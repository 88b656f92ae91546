import type { SparkSession } from '../session/spark-session.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import type { Candidate } from './candidates.js';
import type { AdvisedLevel, Option } from './pick.js';
import { Scratch } from './trial.js';
import { type CostModel, costOf, type RecordedQuery } from './workload.js';

/** A plan whose rows are estimated at more than so many budgets is not tried. */
const MOST_BUDGETS = 8;
/** A query must become faster by this part of its time, and by so many milliseconds, for the difference not to be chance. */
const LEAST_PART = 0.03;
const LEAST_MS = 0.3;
/** A source this small, made this fast, in queries that mostly do something else, is no matter. */
const SMALL_BYTES = 1024 * 1024;
const CHEAP_MS = 20;
const SMALL_PART = 0.1;
/** A saving below this part of a query's time is believed only if the query, run again without the cache, is as slow as before:
 * code gets faster the more often it has run. */
const DOUBTFUL_PART = 0.25;

/** Times of a workload's queries, the fastest of some runs each: as things are, and with plans cached on a scratch registry. */
export class Measurements {
  private constructor(
    private readonly spark: SparkSession,
    readonly queries: readonly RecordedQuery[],
    private readonly rounds: number,
    private readonly cost: CostModel,
    /** Milliseconds of each query as things are. */
    readonly base: number[],
  ) {}

  /** Runs the queries. The recorded time counts too: it may have been the faster. */
  static async begin(
    spark: SparkSession,
    queries: readonly RecordedQuery[],
    rounds: number,
    cost: CostModel,
  ): Promise<Measurements> {
    const scratch = new Scratch(spark, cost);
    const base: number[] = [];
    for (const q of queries) {
      const recorded = costOf({ elapsedMs: q.ms, bytesRead: q.bytesRead }, cost);
      base.push(Math.min(recorded, await scratch.time(q.analyzed, rounds)));
    }
    return new Measurements(spark, queries, rounds, cost, base);
  }
  /** Milliseconds of one run of the workload, from those of its queries. */
  total(times: readonly number[]): number {
    return times.reduce((sum, ms, i) => sum + ms * (this.queries[i]?.runs ?? 1), 0);
  }

  /** Stores a candidate and runs the queries that have it. */
  async option(candidate: Candidate, level: AdvisedLevel): Promise<Option> {
    const scratch = new Scratch(this.spark, this.cost);
    const plain = new Scratch(this.spark, this.cost);
    try {
      const { buildMs, memoryBytes, diskBytes } = await scratch.store(candidate.plan, StorageLevel[level]);
      const saved = new Map<number, number>();
      for (const number of candidate.uses.keys()) {
        const { analyzed } = this.queries[number] as RecordedQuery;
        const after = await scratch.time(analyzed, this.rounds);
        const savedOf = (before: number) =>
          before - after > Math.max(LEAST_MS, before * LEAST_PART) ? before - after : 0;
        let before = this.base[number] as number;
        if (savedOf(before) > 0 && before - after < before * DOUBTFUL_PART) {
          before = Math.min(before, await plain.time(analyzed, this.rounds));
          this.base[number] = before;
        }
        saved.set(number, savedOf(before));
      }
      const onDisk = level === 'DISK_ONLY';
      // What did not fit memory went to disk, and is to fit.
      const sizes = onDisk ? { memoryBytes: 0, diskBytes } : { memoryBytes: memoryBytes + diskBytes, diskBytes: 0 };
      return { candidate, level, buildMs, ...sizes, saved };
    } finally {
      scratch.close();
    }
  }

  /** Milliseconds of each query with all of these stored at once. */
  async together(options: readonly Option[]): Promise<number[]> {
    const scratch = new Scratch(this.spark, this.cost);
    try {
      for (const { candidate, level } of options) await scratch.store(candidate.plan, StorageLevel[level]);
      const times: number[] = [];
      for (const [number, q] of this.queries.entries()) {
        const touched = options.some((o) => o.candidate.uses.has(number));
        times.push(touched ? await scratch.time(q.analyzed, this.rounds) : (this.base[number] as number));
      }
      return times;
    } finally {
      scratch.close();
    }
  }

  /** Whether a candidate needs no trial: too cheap to matter even if all its time were saved, or too large. */
  async outOfQuestion(candidate: Candidate, budget: number): Promise<'SOURCE_CHEAP' | 'TOO_LARGE' | undefined> {
    const scratch = new Scratch(this.spark, this.cost);
    let rows = 0;
    let ms = Number.POSITIVE_INFINITY;
    // The first run plans, opens files and warms code up.
    for (let i = 0; i < this.rounds && (i === 0 || ms < CHEAP_MS * 5); i++) {
      const counted = await scratch.count(candidate.plan);
      rows = counted.rows;
      ms = Math.min(ms, counted.cost);
    }
    const bytes = rows * candidate.plan.output.reduce((n, a) => n + a.dataType.defaultSize, 8);
    if (bytes > budget * MOST_BUDGETS) return 'TOO_LARGE';
    const using = [...candidate.uses.keys()].reduce(
      (n, i) => n + (this.base[i] as number) * (this.queries[i]?.runs ?? 1),
      0,
    );
    const cheap = bytes < SMALL_BYTES && ms < CHEAP_MS && ms * candidate.totalUses < using * SMALL_PART;
    return cheap ? 'SOURCE_CHEAP' : undefined;
  }
}
