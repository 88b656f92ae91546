import { unsupported } from '../../errors/index.js';
import { illegalArgument } from '../java-errors.js';
import { durationMillis } from './options.js';

/** When batches run. Spark: `Trigger`. */
export type Trigger =
  /** Every so many milliseconds; 0: as soon as the batch before has ended. */
  | { readonly kind: 'processingTime'; readonly intervalMs: number }
  /** One batch of all there is, then the end. */
  | { readonly kind: 'once' }
  /** All that is there at the start, in batches as the sources limit them, then the end. */
  | { readonly kind: 'availableNow' };

/** As `trigger()` takes it: exactly one. */
export interface TriggerOptions {
  /** `5 seconds`, or milliseconds. */
  readonly processingTime?: string | number;
  readonly once?: true;
  readonly availableNow?: true;
  readonly continuous?: string | number;
}

/** @throws java.lang.IllegalArgumentException, UNSUPPORTED_FEATURE for continuous processing */
export function triggerOf(options: TriggerOptions): Trigger {
  const given = Object.entries(options).filter(([, v]) => v !== undefined);
  const [first] = given;
  if (given.length !== 1 || !first) throw illegalArgument('Give exactly one of processingTime, once, availableNow.');
  const [name, value] = first;
  if (name === 'continuous') throw unsupported('continuous processing');
  if ((name === 'once' || name === 'availableNow') && value === true) return { kind: name };
  if (name !== 'processingTime') throw illegalArgument(`${name} is given as true.`);
  const intervalMs = durationMillis(value as string | number, 'a trigger interval');
  if (!(intervalMs >= 0)) throw illegalArgument('requirement failed: the interval of trigger should not be negative');
  return { kind: 'processingTime', intervalMs: Math.trunc(intervalMs) };
}

/** The start of the next interval, a multiple of it; without interval now. Spark: `ProcessingTimeExecutor.nextBatchTime` */
export function nextTriggerTime(nowMs: number, intervalMs: number): number {
  return intervalMs === 0 ? nowMs : Math.floor(nowMs / intervalMs) * intervalMs + intervalMs;
}
