import { unsupported } from '../../errors/index.js';
import { atMoment } from '../../plan/expressions/current-time.js';
import { Alias, type AttributeReference } from '../../plan/expressions/index.js';
import { LocalRelation, type LogicalPlan, Project, StreamingRelation } from '../../plan/logical/index.js';
import { DataFrame } from '../../session/dataframe.js';
import type { SparkSession } from '../../session/spark-session.js';
import { illegalState } from '../java-errors.js';
import type { Checkpoint, Offset } from './checkpoint.js';
import type { StreamClock } from './clock.js';
import { STREAMING_CONFS } from './options.js';
import type { TriggerTimes } from './progress.js';
import type { Sink } from './sinks/sink.js';
import { isSourceMaker, type MicroBatchSource } from './sources/source.js';

/** What a trigger found and did. */
export interface TriggerResult {
  readonly batchId: number;
  /** A batch ran. */
  readonly ran: boolean;
  readonly start: readonly (Offset | undefined)[];
  readonly end: readonly (Offset | undefined)[];
  /** By source; undefined where it is not known. */
  readonly inputRows: readonly (number | undefined)[];
  readonly outputRows: number | undefined;
}

/** The batches of one run of a query: finds what is new, writes to the checkpoint what the batch will read, runs it, and writes that
 * it is done. Whatever is cut short runs again with the same offsets. Spark: `MicroBatchExecution`. */
export class MicroBatches {
  readonly sources: readonly MicroBatchSource[];
  #batchId = -1;
  /** The batch's offsets are in the log already. */
  #constructed = false;
  #batchTimestampMs = 0;
  #committed: (Offset | undefined)[];
  #available: (Offset | undefined)[];
  /** The plan of the last batch that ran. */
  lastExecution: DataFrame | undefined;
  readonly #sourceOf = new Map<string, number>();

  constructor(
    private readonly session: SparkSession,
    private readonly plan: LogicalPlan,
    private readonly checkpoint: Checkpoint,
    private readonly sink: Sink,
    private readonly clock: StreamClock,
    private readonly status: (message: string) => void,
  ) {
    const sources: MicroBatchSource[] = [];
    plan.foreach((p) => {
      if (!(p instanceof StreamingRelation) || this.#sourceOf.has(relationKey(p))) return;
      if (!isSourceMaker(p.source)) throw unsupported(`the streaming source ${p.source.name}`);
      this.#sourceOf.set(relationKey(p), sources.length);
      sources.push(p.source.open(session, checkpoint.sourcePath(sources.length), clock));
    });
    this.sources = sources;
    this.#committed = sources.map(() => undefined);
    this.#available = sources.map(() => undefined);
  }

  get committedOffsets(): readonly (Offset | undefined)[] {
    return this.#committed;
  }
  get availableOffsets(): readonly (Offset | undefined)[] {
    return this.#available;
  }
  private get hasNewData(): boolean {
    return this.#available.some((a, i) => a !== undefined && a !== this.#committed[i]);
  }

  /** Takes up where the checkpoint ends: at the batch that is not committed, or after the last. Spark: `populateStartOffsets` */
  private takeUp(): void {
    const latest = this.checkpoint.latestBatch();
    if (latest === undefined) {
      this.#batchId = 0;
      return;
    }
    const next = this.needOffsets(latest);
    this.#batchId = latest;
    this.#constructed = true;
    this.#available = this.bySource(next.offsets);
    this.#batchTimestampMs = next.batchTimestampMs;
    if (latest !== 0) this.#committed = this.bySource(this.needOffsets(latest - 1).offsets);
    if (this.checkpoint.latestCommit() !== latest) return;
    this.#batchId = latest + 1;
    this.#constructed = false;
    this.#committed = [...this.#available];
  }
  private needOffsets(batch: number) {
    const offsets = this.checkpoint.offsets(batch);
    if (!offsets) throw illegalState(`batch ${batch} doesn't exist`);
    return offsets;
  }
  private bySource(offsets: readonly (Offset | undefined)[]): (Offset | undefined)[] {
    if (offsets.length !== this.sources.length)
      throw illegalState(
        `There are [${offsets.length}] sources in the checkpoint offsets and now there are [${this.sources.length}] sources requested by the query. Cannot continue.`,
      );
    return [...offsets];
  }

  /** Only what is there now counts from here on. */
  prepareForAvailableNow(): void {
    for (const s of this.sources) s.prepareForAvailableNow();
  }

  /** @param all whatever the sources' limits */
  async trigger(
    times: TriggerTimes,
    signal: AbortSignal,
    all: boolean,
    found: (newData: boolean, runs: boolean) => void,
  ): Promise<TriggerResult> {
    if (this.#batchId < 0) this.takeUp();
    if (!this.#constructed) this.#constructed = this.construct(times, all);
    const result = { batchId: this.#batchId, start: [...this.#committed], end: [...this.#available] };
    const newData = this.hasNewData;
    found(newData, this.#constructed);
    if (!this.#constructed)
      return { ...result, ran: false, inputRows: this.sources.map(() => 0), outputRows: undefined };
    this.status(newData ? 'Processing new data' : 'No new data but cleaning up state');
    const { inputRows, outputRows } = await this.run(times, signal);
    this.#batchId++;
    this.#constructed = false;
    return { ...result, ran: true, inputRows, outputRows };
  }

  /** Asks the sources, and if there is something new, writes the offsets down. */
  private construct(times: TriggerTimes, all: boolean): boolean {
    this.sources.forEach((s, i) => {
      this.status(`Getting offsets from ${s.description}`);
      const offset = times.measure('latestOffset', () => s.latestOffset(all));
      if (offset !== undefined) this.#available[i] = offset;
    });
    if (!this.hasNewData) return false;
    this.status('Writing offsets to log');
    this.#batchTimestampMs = Math.trunc(this.clock.now());
    times.measure('walCommit', () => {
      this.checkpoint.addOffsets(this.#batchId, {
        offsets: this.#available,
        batchTimestampMs: this.#batchTimestampMs,
      });
      const retained = STREAMING_CONFS.minBatchesToRetain(this.session.conf);
      if (retained < this.#batchId) this.checkpoint.purge(this.#batchId - retained);
    });
    return true;
  }

  private async run(times: TriggerTimes, signal: AbortSignal) {
    const batches = times.measure('getBatch', () =>
      this.sources.map((s, i) => {
        const end = this.#available[i];
        const start = this.#committed[i];
        return end === undefined || end === start ? undefined : s.batch(start ?? s.initialOffset, end);
      }),
    );
    const plan = this.plan.transformUp((p) => {
      if (!(p instanceof StreamingRelation)) return p;
      const rows = batches[this.#sourceOf.get(relationKey(p)) as number];
      if (!rows) return new LocalRelation(p.output, []);
      // The columns keep their ids, whatever ids the batch's own have.
      const columns = p.output.map((to, i) => {
        const from = rows.plan.output[i] as AttributeReference;
        return new Alias(from, to.name, to.exprId, [], from.metadata);
      });
      return new Project(columns, rows.plan);
    });
    // A batch that runs again is to give the same rows.
    const moment = BigInt(this.#batchTimestampMs) * 1000n;
    const timed = plan.transformUpWithSubqueries((p) => p.mapExpressions((e) => atMoment(e, moment)));
    const batch = times.measure('queryPlanning', () => DataFrame.of(this.session, timed));
    this.lastExecution = batch;
    const { rows: outputRows, counts } = await times.measure('addBatch', () =>
      this.sink.addBatch(this.#batchId, batch, signal),
    );
    // A function that saw the signal may have left early: its batch is not done.
    signal.throwIfAborted();
    times.measure('commitOffsets', () => this.checkpoint.commit(this.#batchId));
    this.#committed = [...this.#available];
    const inputRows = batches.map((b) => (b ? (b.rows ?? (counts && (counts[b.countedAs ?? ''] ?? 0))) : 0));
    return { outputRows, inputRows };
  }
}

/** The same source under the same ids is read once. */
function relationKey(p: StreamingRelation): string {
  return `${p.source.key}:${p.output.map((a) => a.exprId).join()}`;
}
