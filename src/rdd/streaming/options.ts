import type { RuntimeConfig } from '../../session/conf.js';
import { illegalArgument } from '../java-errors.js';

/** Options as given, looked up whatever their case. */
export class StreamOptions {
  readonly #byKey = new Map<string, string>();
  readonly given: Record<string, string> = {};
  set(key: string, value: string): void {
    for (const k of Object.keys(this.given)) if (k.toLowerCase() === key.toLowerCase()) delete this.given[k];
    this.given[key] = value;
    this.#byKey.set(key.toLowerCase(), value);
  }
  get(key: string): string | undefined {
    return this.#byKey.get(key.toLowerCase());
  }
  /** @throws java.lang.IllegalArgumentException */
  flag(key: string, fallback: boolean): boolean {
    const text = this.get(key);
    if (text === undefined) return fallback;
    if (!/^(true|false)$/i.test(text))
      throw illegalArgument(`Invalid value '${text}' for option '${key}', must be 'true' or 'false'`);
    return text.toLowerCase() === 'true';
  }
  /** @throws java.lang.IllegalArgumentException */
  positive(key: string): number | undefined {
    const text = this.get(key);
    if (text === undefined) return undefined;
    if (!/^\+?\d+$/.test(text.trim()) || Number(text) <= 0)
      throw illegalArgument(`Invalid value '${text}' for option '${key}', must be a positive integer`);
    return Number(text);
  }
  copy(): StreamOptions {
    const copy = new StreamOptions();
    for (const [k, v] of Object.entries(this.given)) copy.set(k, v);
    return copy;
  }
}

const MILLIS: Readonly<Record<string, number>> = {
  microsecond: 0.001,
  us: 0.001,
  millisecond: 1,
  ms: 1,
  second: 1000,
  s: 1000,
  minute: 60_000,
  m: 60_000,
  min: 60_000,
  hour: 3_600_000,
  h: 3_600_000,
  day: 86_400_000,
  d: 86_400_000,
  week: 604_800_000,
  w: 604_800_000,
};

/** Milliseconds of `5 seconds`, `1 minute 30 seconds`, `7d`, or a number of milliseconds.
 * @throws java.lang.IllegalArgumentException */
export function durationMillis(text: string | number, what: string): number {
  if (typeof text === 'number') return text;
  const trimmed = text
    .trim()
    .toLowerCase()
    .replace(/^interval\s+/, '');
  if (/^\d+$/.test(trimmed)) return Number(trimmed);
  const parts = [...trimmed.matchAll(/([+-]?\d+(?:\.\d+)?)\s*([a-z]+)/g)];
  const sum = parts.reduce((n, [, amount, unit]) => {
    const factor = MILLIS[unit as string] ?? MILLIS[(unit as string).replace(/s$/, '')];
    return factor === undefined ? Number.NaN : n + Number(amount) * factor;
  }, 0);
  const rest = trimmed.replace(/[+-]?\d+(?:\.\d+)?\s*[a-z]+/g, '').trim();
  if (parts.length === 0 || rest !== '' || Number.isNaN(sum))
    throw illegalArgument(`Error parsing '${text}' as ${what}: write it as in '5 seconds'.`);
  return sum;
}

/** Confs of Spark that streaming reads, with Spark's defaults. */
export const STREAMING_CONFS = {
  checkpointLocation: (c: RuntimeConfig) => c.getOptional('spark.sql.streaming.checkpointLocation'),
  schemaInference: (c: RuntimeConfig) => c.get('spark.sql.streaming.schemaInference', 'false').toLowerCase() === 'true',
  minBatchesToRetain: (c: RuntimeConfig) => Number(c.get('spark.sql.streaming.minBatchesToRetain', '100')),
  pollingDelayMs: (c: RuntimeConfig) => durationMillis(c.get('spark.sql.streaming.pollingDelay', '10'), 'a delay'),
  numRecentProgressUpdates: (c: RuntimeConfig) => Number(c.get('spark.sql.streaming.numRecentProgressUpdates', '100')),
  noDataProgressEventIntervalMs: (c: RuntimeConfig) =>
    durationMillis(c.get('spark.sql.streaming.noDataProgressEventInterval', '10000'), 'an interval'),
  stopActiveRunOnRestart: (c: RuntimeConfig) =>
    c.get('spark.sql.streaming.stopActiveRunOnRestart', 'true').toLowerCase() === 'true',
  /** Of the log of a file sink or source. */
  logOptions: (c: RuntimeConfig, kind: 'fileSink' | 'fileSource') => ({
    compactInterval: Number(c.get(`spark.sql.streaming.${kind}.log.compactInterval`, '10')),
    cleanupDelayMs: durationMillis(c.get(`spark.sql.streaming.${kind}.log.cleanupDelay`, '600000'), 'a delay'),
    minBatchesToRetain: Number(c.get('spark.sql.streaming.minBatchesToRetain', '100')),
  }),
  /** Ours: whether the frame that foreachBatch gets is kept while its function runs. */
  persistBatch: (c: RuntimeConfig) =>
    c.get('memoframe.streaming.foreachBatch.persist', 'true').toLowerCase() === 'true',
} as const;
