import type { LogicalPlan, StreamingSource } from '../../../plan/logical/index.js';
import type { SparkSession } from '../../../session/spark-session.js';
import type { StructType } from '../../../types/index.js';
import type { Offset } from '../checkpoint.js';
import type { StreamClock } from '../clock.js';

/** A source as a plan holds it: it reads nothing until a query makes it. Spark: `DataSource`, `StreamingRelationV2.table`. */
export interface StreamingSourceMaker extends StreamingSource {
  readonly schema: StructType;
  /** @param logPath folder of the source's own log within the checkpoint */
  open(session: SparkSession, logPath: string, clock: StreamClock): MicroBatchSource;
}

/** A source of one run of a query. Spark: `Source`, `MicroBatchStream`. */
export interface MicroBatchSource {
  /** As progress reports name it. */
  readonly description: string;
  /** Where a query starts that knows no offset yet; undefined: before everything. */
  readonly initialOffset: Offset | undefined;
  /** How far the next batch may read; undefined if there was nothing yet. @param all without the limits per trigger */
  latestOffset(all: boolean): Offset | undefined;
  /** From now on only what is there now. Spark: `SupportsTriggerAvailableNow` */
  prepareForAvailableNow(): void;
  /** The rows after `start` up to `end`. */
  batch(start: Offset | undefined, end: Offset): BatchRows;
}

/** The rows of one batch of a source. */
export interface BatchRows {
  /** Columns by position. */
  readonly plan: LogicalPlan;
  /** Rows, where that is known without reading them. */
  readonly rows: number | undefined;
  /** Else the metric that counts them as they are read. */
  readonly countedAs?: string;
}

/** Whether a source of a plan is one of these. */
export function isSourceMaker(source: StreamingSource): source is StreamingSourceMaker {
  return typeof (source as Partial<StreamingSourceMaker>).open === 'function';
}
