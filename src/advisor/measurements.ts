import type { SparkSession } from '../session/spark-session.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import type { Candidate } from './candidates.js';
import type { AdvisedLevel, Option } from './pick.js';
import { Scratch } from './trial.js';
import type { RecordedQuery } from './workload.js';

/** A plan whose rows are estimated at more than so many budgets is not tried. */
const MOST_BUDGETS = 8;
/** A query must become faster by this part of its time, and by so many milliseconds, for the difference not to be chance. */
const LEAST_PART = 0.03;
const LEAST_MS = 0.3;
/** A source this small, made this fast, is no matter. */
const SMALL_BYTES = 1024 * 1024;
const CHEAP_MS = 20;

/** Times of a workload's queries, the fastest of some runs each: as things are, and with plans cached on a scratch registry. */
export class Measurements {
  private constructor(
    private readonly spark: SparkSession,
    readonly queries: readonly RecordedQuery[],
    private readonly rounds: number,
    /** Milliseconds of each query as things are. */
    readonly base: readonly number[],
  ) {}

  /** Runs the queries. The recorded time counts too: it may have been the faster. */
  static async begin(spark: SparkSession, queries: readonly RecordedQuery[], rounds: number): Promise<Measurements> {
    const scratch = new Scratch(spark);
    const base: number[] = [];
    for (const q of queries) base.push(Math.min(q.ms, await scratch.time(q.analyzed, rounds)));
    return new Measurements(spark, queries, rounds, base);
  }
  /** Milliseconds of one run of the workload, from those of its queries. */
  total(times: readonly number[]): number {
    return times.reduce((sum, ms, i) => sum + ms * (this.queries[i]?.runs ?? 1), 0);
  }

  /** Stores a candidate and runs the queries that have it. */
  async option(candidate: Candidate, level: AdvisedLevel): Promise<Option> {
    const scratch = new Scratch(this.spark);
    try {
      const { buildMs, memoryBytes, diskBytes } = await scratch.store(candidate.plan, StorageLevel[level]);
      const saved = new Map<number, number>();
      for (const number of candidate.uses.keys()) {
        const before = this.base[number] as number;
        const saving = before - (await scratch.time((this.queries[number] as RecordedQuery).analyzed, this.rounds));
        saved.set(number, saving > Math.max(LEAST_MS, before * LEAST_PART) ? saving : 0);
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
    const scratch = new Scratch(this.spark);
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
    const scratch = new Scratch(this.spark);
    const started = performance.now();
    const rows = await scratch.session.countPlan(candidate.plan);
    const ms = performance.now() - started;
    const bytes = rows * candidate.plan.output.reduce((n, a) => n + a.dataType.defaultSize, 8);
    if (bytes > budget * MOST_BUDGETS) return 'TOO_LARGE';
    const using = [...candidate.uses.keys()].reduce(
      (n, i) => n + (this.base[i] as number) * (this.queries[i]?.runs ?? 1),
      0,
    );
    const cheap = bytes < SMALL_BYTES && ms < CHEAP_MS && ms * candidate.totalUses < using * LEAST_PART;
    return cheap ? 'SOURCE_CHEAP' : undefined;
  }
}
