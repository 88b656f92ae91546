import { analysisError } from '../errors/index.js';
import { parseCalendarInterval } from '../eval/datetime/parse-interval.js';
import { StorageLevel } from '../storage/block/storage-level.js';

/** How a result is kept. */
export interface PersistOptions {
  /** Default: `spark.sql.defaultCacheStorageLevel`. */
  readonly level?: StorageLevel | string | undefined;
  /** Shows in lists, events and plans; names need not be unique. */
  readonly name?: string | undefined;
  /** Time to live: milliseconds, or an interval such as `10 minutes`. The entry goes at the first look-up after it. */
  readonly ttl?: number | string | undefined;
  /** Outlives the process (`docs/persistent-cache.md`). Default: `memoframe.cache.persistent`. */
  readonly persistent?: boolean | undefined;
}

/** What `persist` was given, as options. */
export function persistOptions(given: StorageLevel | string | PersistOptions | undefined): PersistOptions {
  if (given === undefined) return {};
  return typeof given === 'string' || given instanceof StorageLevel ? { level: given } : given;
}

/** Whether a result outlives the process. @throws INVALID_CACHE_OPTION for what is neither true nor false */
export function persistentOption(text: string): boolean {
  if (/^(true|false)$/i.test(text.trim())) return text.trim().toLowerCase() === 'true';
  throw analysisError('INVALID_CACHE_OPTION', {
    option: 'persistent',
    value: `'${text}'`,
    expected: 'true or false',
  });
}

const DAY_MS = 86_400_000;

/** A time to live in milliseconds. Months have no fixed length.
 * @throws INVALID_CACHE_OPTION for what is no positive length of time */
export function ttlMillis(ttl: number | string): number {
  const ms = typeof ttl === 'number' ? ttl : intervalMillis(ttl);
  if (ms !== undefined && ms > 0) return ms;
  throw analysisError('INVALID_CACHE_OPTION', {
    option: 'ttl',
    value: `'${ttl}'`,
    expected: "a positive length of time such as '10 minutes'",
  });
}

function intervalMillis(text: string): number | undefined {
  const interval = parseCalendarInterval(text);
  if (interval?.months !== 0) return undefined;
  return interval.days * DAY_MS + Number(interval.micros) / 1000;
}

export interface UnpersistOptions {
  /** Entries that were computed from this one go, too. Default: they stay, and those without blocks are planned anew. */
  readonly cascade?: boolean | undefined;
  /** Accepted as in Spark; memory is free at once in any case, files are removed soon after. */
  readonly blocking?: boolean | undefined;
  /** Changes nothing and tells what would happen. */
  readonly dryRun?: boolean | undefined;
}
