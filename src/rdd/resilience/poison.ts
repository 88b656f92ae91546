import { runtimeError, SparkError } from '../../errors/index.js';
import { isThenable } from '../async/thenable.js';
import { messageOf } from './retry.js';

/** A record that a function could not process. */
export interface PoisonRecord {
  /** The record as short JSON. */
  readonly record: string;
  readonly message: string;
}

/** What becomes of records that a function throws on. */
export interface PoisonOptions {
  /** `fail` (default): the task fails with POISON_RECORD and the record; `skip`: the record is left out and reported. */
  readonly mode?: 'fail' | 'skip';
  /** Where skipped records are reported: a collection accumulator, an array's `push` wrapped, anything with `add`. */
  readonly report?: { add(record: PoisonRecord): unknown };
  /** More skipped records than this in one iteration fail the task after all; default no limit. */
  readonly maxSkipped?: number;
  /** Which errors are the record's fault; default all but time-outs, exhausted retries and cancellation: a database that
   * is down says nothing about a record. */
  readonly isPoison?: (error: unknown) => boolean;
}

/** Takes the place of a skipped record's result. */
export const SKIPPED: unique symbol = Symbol('memoframe.skipped');

/** `work` made safe against poison records: `guard(record)` is its result, or SKIPPED. Synchronous work stays so.
 * The guard counts what it skipped: make one for each iteration. @throws POISON_RECORD */
export function poisonGuard<T, R>(
  work: (record: T) => R,
  options: PoisonOptions = {},
): (record: T) => R | typeof SKIPPED | Promise<Awaited<R> | typeof SKIPPED> {
  const { mode = 'fail', report, maxSkipped = Infinity, isPoison = isRecordsFault } = options;
  let skipped = 0;
  const handle = (record: T, error: unknown): typeof SKIPPED => {
    if (!isPoison(error)) throw error;
    const parameters = { record: shortJson(record), message: messageOf(error) };
    if (mode === 'fail' || ++skipped > maxSkipped) throw runtimeError('POISON_RECORD', parameters, undefined, error);
    report?.add(parameters);
    return SKIPPED;
  };
  return (record) => {
    try {
      const result = work(record);
      if (!isThenable(result)) return result;
      return result.then(
        (value) => value as Awaited<R>,
        (error: unknown) => handle(record, error),
      ) as Promise<Awaited<R> | typeof SKIPPED>;
    } catch (error) {
      return handle(record, error);
    }
  };
}

/** The results of `work` for each record, in order, poison records treated by `options`. For synchronous work.
 * @throws POISON_RECORD */
export function* mapRecords<T, R>(
  records: Iterable<T>,
  work: (record: T) => R,
  options: PoisonOptions = {},
): Generator<R, void, undefined> {
  const guard = poisonGuard(work, options);
  for (const record of records) {
    const result = guard(record);
    if (result !== SKIPPED) yield result as R;
  }
}

/** The same for asynchronous work, one record at a time. @throws POISON_RECORD */
export async function* mapRecordsAsync<T, R>(
  records: Iterable<T> | AsyncIterable<T>,
  work: (record: T) => PromiseLike<R> | R,
  options: PoisonOptions = {},
): AsyncGenerator<R, void, undefined> {
  const guard = poisonGuard(work, options);
  for await (const record of records) {
    const result = await guard(record);
    if (result !== SKIPPED) yield result as R;
  }
}

function isRecordsFault(error: unknown): boolean {
  if (!(error instanceof SparkError)) return true;
  const { kind, condition } = error;
  return kind !== 'cancelled' && condition !== 'OPERATION_TIMED_OUT' && condition !== 'RETRIES_EXHAUSTED';
}

function shortJson(record: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
  } catch {
    // Cyclic: its name must do.
  }
  text ??= String(record);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
