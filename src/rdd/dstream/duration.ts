import { illegalArgument } from '../java-errors.js';

/** A length of time in whole milliseconds. Spark: `Duration`. */
export class Duration {
  constructor(readonly milliseconds: number) {
    if (!Number.isSafeInteger(milliseconds) || milliseconds <= 0)
      throw illegalArgument(`A duration is a whole number of milliseconds above 0, not ${milliseconds}`);
  }

  isMultipleOf(that: Duration): boolean {
    return this.milliseconds % that.milliseconds === 0;
  }

  plus(that: Duration): Duration {
    return new Duration(this.milliseconds + that.milliseconds);
  }

  toString(): string {
    return `${this.milliseconds} ms`;
  }
}

/** A duration, or a number of seconds as in PySpark. */
export type DurationLike = Duration | number;

/** @throws java.lang.IllegalArgumentException for what is no whole number above 0 */
export const Milliseconds = (n: number): Duration => new Duration(n);
/** Rounded to milliseconds. @throws as `Milliseconds` */
export const Seconds = (n: number): Duration => new Duration(Math.round(n * 1000));
/** Rounded to milliseconds. @throws as `Milliseconds` */
export const Minutes = (n: number): Duration => new Duration(Math.round(n * 60_000));

/** Numbers are seconds. @throws IllegalArgumentException */
export function toDuration(value: DurationLike): Duration {
  return typeof value === 'number' ? Seconds(value) : value;
}
