import { Alias, AttributeReference } from '../../../plan/expressions/index.js';
import { LocalRelation, Project, Range } from '../../../plan/logical/index.js';
import { expr } from '../../../session/column.js';
import { DataFrame } from '../../../session/dataframe.js';
import type { SparkSession } from '../../../session/spark-session.js';
import { MetadataLog, versionedLines } from '../../../storage/files/streaming/metadata-log.js';
import { LONG, StructField, StructType, TIMESTAMP } from '../../../types/index.js';
import { illegalArgument } from '../../java-errors.js';
import type { StreamClock } from '../clock.js';
import type { StreamOptions } from '../options.js';
import { durationMillis } from '../options.js';
import type { BatchRows, MicroBatchSource, StreamingSourceMaker } from './source.js';

let made = 0;

/** Counts up, so many rows a second: for trying things. Columns `timestamp` and `value`. Spark: `RateStreamProvider`. */
export class RateSourceMaker implements StreamingSourceMaker {
  readonly name = 'rate';
  readonly key = `rate#${++made}`;
  readonly schema = new StructType([new StructField('timestamp', TIMESTAMP), new StructField('value', LONG)]);
  readonly rowsPerSecond: number;
  readonly rampUpSeconds: number;
  readonly numPartitions: number | undefined;
  /** @throws java.lang.IllegalArgumentException */
  constructor(options: StreamOptions) {
    this.rowsPerSecond = integer(options, 'rowsPerSecond', 1, 'must be positive') ?? 1;
    this.numPartitions = integer(options, 'numPartitions', 1, 'must be positive');
    const rampUp = options.get('rampUpTime');
    this.rampUpSeconds = rampUp === undefined ? 0 : Math.trunc(rampUpMillis(rampUp) / 1000);
    if (this.rampUpSeconds < 0)
      throw illegalArgument(`Invalid value '${rampUp}'. The option 'rampUpTime' must not be negative`);
  }
  open(session: SparkSession, logPath: string, clock: StreamClock): MicroBatchSource {
    return new RateSource(this, session, logPath, clock);
  }
}

/** A number alone is seconds. */
function rampUpMillis(text: string): number {
  return /^\s*-?\d+\s*$/.test(text) ? Number(text) * 1000 : durationMillis(text, 'rampUpTime');
}

function integer(options: StreamOptions, key: string, least: number, rule: string): number | undefined {
  const text = options.get(key);
  if (text === undefined) return undefined;
  const n = Number(text);
  if (!Number.isInteger(n) || n < least) throw illegalArgument(`Invalid value '${text}'. The option '${key}' ${rule}`);
  return n;
}

/** Offsets are seconds since the checkpoint was made. Spark: `RateStreamMicroBatchStream`. */
class RateSource implements MicroBatchSource {
  readonly initialOffset = '0';
  readonly #startMs: number;
  #lastMs: number;
  #frozen = false;
  constructor(
    private readonly maker: RateSourceMaker,
    private readonly session: SparkSession,
    logPath: string,
    private readonly clock: StreamClock,
  ) {
    const log = new MetadataLog(logPath);
    if (log.get(0) === undefined) log.add(0, `v1\n${Math.trunc(clock.now())}`);
    this.#startMs = Number(versionedLines(log.get(0) as string, logPath)[0]);
    this.#lastMs = this.#startMs;
  }
  get description(): string {
    const { rowsPerSecond, rampUpSeconds, numPartitions } = this.maker;
    return `RateStreamV2[rowsPerSecond=${rowsPerSecond}, rampUpTimeSeconds=${rampUpSeconds}, numPartitions=${numPartitions ?? 'default'}`;
  }
  latestOffset(): string {
    if (!this.#frozen) this.#lastMs = Math.max(this.#lastMs, this.clock.now());
    return String(Math.trunc((this.#lastMs - this.#startMs) / 1000));
  }
  prepareForAvailableNow(): void {
    this.latestOffset();
    this.#frozen = true;
  }
  batch(start: string | undefined, end: string): BatchRows {
    const [from, to] = [Number(start ?? 0), Number(end)];
    // A clock that was set back must not give less than a batch promised before.
    this.#lastMs = Math.max(this.#lastMs, this.#startMs + to * 1000);
    const { rowsPerSecond, rampUpSeconds, numPartitions, schema } = this.maker;
    const first = valueAtSecond(from, rowsPerSecond, rampUpSeconds);
    const rows = valueAtSecond(to, rowsPerSecond, rampUpSeconds) - first;
    if (rows === 0) {
      const output = schema.fields.map((f) => AttributeReference.create(f.name, f.dataType, f.nullable));
      return { plan: new LocalRelation(output, []), rows: 0 };
    }
    const id = AttributeReference.create('id', LONG, false);
    const slices = numPartitions ?? this.session.conf.defaultParallelism;
    const range = new Range(BigInt(first), BigInt(first + rows), 1n, slices, [id]);
    const perRow = ((to - from) * 1000) / rows;
    const millis = `floor(CAST(id - ${first}L AS DOUBLE) * ${perRow}D + 0.5D) + ${this.#startMs + from * 1000}L`;
    const timestamp = new Alias(expr(`timestamp_millis(${millis})`).expr, 'timestamp');
    const df = DataFrame.of(this.session, new Project([timestamp, new Alias(id, 'value')], range));
    return { plan: df.logicalPlan, rows };
  }
}

/** The first value that is not there yet after so many seconds: the rate grows evenly until `rampUp`.
 * Spark: `RateStreamProvider.valueAtSecond` */
export function valueAtSecond(seconds: number, rowsPerSecond: number, rampUp: number): number {
  const delta = Math.max(1, Math.trunc(rowsPerSecond / (rampUp + 1)));
  const ramp = (s: number): number => (delta * s * (s + 1)) / 2;
  return seconds <= rampUp ? ramp(seconds) : ramp(rampUp) + (seconds - rampUp) * rowsPerSecond;
}
