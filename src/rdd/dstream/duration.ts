import { NO_ORIGIN, SparkError } from '../../errors/index.js';

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

export const Milliseconds = (n: number): Duration => new Duration(n);
export const Seconds = (n: number): Duration => new Duration(Math.round(n * 1000));
export const Minutes = (n: number): Duration => new Duration(Math.round(n * 60_000));

/** Numbers are seconds. @throws IllegalArgumentException */
export function toDuration(value: DurationLike): Duration {
  return typeof value === 'number' ? Seconds(value) : value;
}

/** A call with arguments that cannot be. */
export function illegalArgument(message: string): SparkError {
  return new SparkError('illegal-argument', 'java.lang.IllegalArgumentException', {}, NO_ORIGIN, { message });
}

/** A call at the wrong moment of a context's life. */
export function illegalState(message: string): SparkError {
  return new SparkError('runtime', 'java.lang.IllegalStateException', {}, NO_ORIGIN, { message });
}

/** An object that cannot do this any more. */
export function unsupportedOperation(message: string): SparkError {
  return new SparkError('runtime', 'java.lang.UnsupportedOperationException', {}, NO_ORIGIN, { message });
}
