import { resolve } from 'node:path';
import { runtimeError, SparkError } from '../../errors/index.js';

/** A path as Spark prints it: `file:/dir/name`. */
export function sparkPath(path: string): string {
  return `file:${resolve(path)}`;
}

/** A path as Spark prints it when a scan fails: `file:///dir/name`. */
export function scanPath(path: string): string {
  return `file://${resolve(path)}`;
}

/** What went wrong with a footer. Errors of our own pass through unchanged.
 * Spark: `QueryExecutionErrors.cannotReadFooterForFileError`. */
export function footerError(path: string, cause: unknown): SparkError {
  if (cause instanceof SparkError) return cause;
  return runtimeError('FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER', { path: sparkPath(path) }, undefined, cause);
}

/** What went wrong with a file's pages or rows: FILE_NOT_EXIST if the file vanished, else NO_HINT. */
export function readFailure(path: string, cause: unknown): SparkError {
  if (cause instanceof SparkError) return cause;
  const gone = (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  return runtimeError(
    gone ? 'FAILED_READ_FILE.FILE_NOT_EXIST' : 'FAILED_READ_FILE.NO_HINT',
    { path: scanPath(path) },
    undefined,
    cause,
  );
}

/** As `readFailure`, where bytes of one column do not follow the format: the cause names it. */
export function columnFailure(path: string, column: string, cause: unknown): SparkError {
  if (cause instanceof SparkError || !(cause instanceof Error)) return readFailure(path, cause);
  return readFailure(path, new RangeError(`column ${column}: ${cause.message}`));
}

/** Runs what looks at folders for a path as the user gave it. What the system refuses (permission, a device) is told with that
 * path, and the inner one in the cause. */
export function lookingAt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isSystemError(error) ? readFailure(path, error) : error;
  }
}

/** What went wrong while files were written below `path`. Spark: `QueryExecutionErrors.taskFailedWhileWritingRowsError`. */
export function writeFailure(path: string, cause: unknown): unknown {
  return isSystemError(cause) ? runtimeError('TASK_WRITE_FAILED', { path: sparkPath(path) }, undefined, cause) : cause;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** A record of a file that cannot be read, with the reason as its cause. */
export function recordFailure(path: string, cause: SparkError): SparkError {
  return runtimeError('FAILED_READ_FILE.NO_HINT', { path: scanPath(path) }, undefined, cause);
}

/** A file whose bytes do not follow the format. `what` says where, for the log. */
export function corruptFile(path: string, what: string): SparkError {
  return readFailure(path, new RangeError(what));
}
