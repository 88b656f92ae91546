import { NO_ORIGIN, SparkError } from '../errors/index.js';

/** An error of a Java class where Spark has no condition of its own: the class is the condition. */
export function javaError(className: string, message: string, cause?: unknown): SparkError {
  return new SparkError('runtime', className, {}, NO_ORIGIN, { message, cause });
}

/** `org.apache.spark.SparkException` */
export function sparkException(message: string, cause?: unknown): SparkError {
  return javaError('org.apache.spark.SparkException', message, cause);
}

/** `java.lang.IllegalArgumentException`: a call with arguments that cannot be, as Java's `require` refuses them. */
export function illegalArgument(message: string): SparkError {
  return new SparkError('illegal-argument', 'java.lang.IllegalArgumentException', {}, NO_ORIGIN, { message });
}

/** `java.lang.IllegalStateException`: a call at the wrong moment of an object's life. */
export function illegalState(message: string): SparkError {
  return javaError('java.lang.IllegalStateException', message);
}

/** `java.lang.UnsupportedOperationException`: an object that cannot do this, or cannot any more. */
export function unsupportedOperation(message: string): SparkError {
  return javaError('java.lang.UnsupportedOperationException', message);
}
