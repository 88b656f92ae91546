import { type ConditionName, conditions, type ParametersOf } from './conditions.js';

/** Where in a SQL text something stands: offsets in UTF-16 units, `stop` inclusive. Spark: `Origin`. */
export interface Origin {
  readonly sqlText?: string;
  /** Stands for `sqlText` on the way between threads; see `places.ts`. */
  readonly textId?: number;
  readonly startIndex?: number;
  readonly stopIndex?: number;
  readonly line?: number;
  readonly startPosition?: number;
  /** Spark's query context names the object (a view) whose text holds the fragment. */
  readonly objectType?: string;
  readonly objectName?: string;
}

export const NO_ORIGIN: Origin = Object.freeze({});

/** The kinds of failure a caller may tell apart. A `bug` is ours, an invariant named in the message. */
export type ErrorKind = 'analysis' | 'parse' | 'runtime' | 'illegal-argument' | 'bug' | 'cancelled';

/** The one error type that leaves the engine. `condition`, `parameters` and `sqlState` are Spark's, verbatim
 * (`common/utils/src/main/resources/error/error-conditions.json`). */
export class SparkError extends Error {
  readonly condition: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly sqlState: string | undefined;
  readonly kind: ErrorKind;
  origin: Origin;

  constructor(
    kind: ErrorKind,
    condition: string,
    parameters: Readonly<Record<string, string>>,
    origin: Origin = NO_ORIGIN,
    options?: { cause?: unknown; message?: string; sqlState?: string },
  ) {
    const known = conditions[condition as ConditionName] as { sqlState?: string; message: string } | undefined;
    const text = options?.message ?? fillTemplate(known?.message ?? condition, parameters);
    super(`[${condition}] ${text}`, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SparkError';
    this.kind = kind;
    this.condition = condition;
    this.parameters = parameters;
    this.sqlState = options?.sqlState ?? known?.sqlState;
    this.origin = origin;
  }

  /** The part of the SQL text that is to blame, if known. */
  get fragment(): string | undefined {
    const { sqlText, startIndex, stopIndex } = this.origin;
    if (sqlText === undefined || startIndex === undefined || stopIndex === undefined) return undefined;
    return sqlText.slice(startIndex, stopIndex + 1);
  }
}

function fillTemplate(template: string, parameters: Readonly<Record<string, string>>): string {
  return template.replace(/<([A-Za-z0-9_]+)>/g, (hole, key: string) =>
    Object.hasOwn(parameters, key) ? (parameters[key] as string) : hole,
  );
}

/** A plan that cannot be: unknown names, wrong types. Spark: `AnalysisException`. */
export function analysisError<C extends ConditionName>(
  condition: C,
  parameters: ParametersOf<C>,
  origin: Origin = NO_ORIGIN,
): SparkError {
  return new SparkError('analysis', condition, parameters as Record<string, string>, origin);
}

/** SQL text that does not parse. Spark: `ParseException`. */
export function parseError<C extends ConditionName>(
  condition: C,
  parameters: ParametersOf<C>,
  origin: Origin = NO_ORIGIN,
): SparkError {
  return new SparkError('parse', condition, parameters as Record<string, string>, origin);
}

/** A row or a file that cannot be processed. Spark: `SparkRuntimeException` and its kin. */
export function runtimeError<C extends ConditionName>(
  condition: C,
  parameters: ParametersOf<C>,
  origin: Origin = NO_ORIGIN,
  cause?: unknown,
): SparkError {
  return new SparkError('runtime', condition, parameters as Record<string, string>, origin, { cause });
}

/** A broken invariant of ours, never the user's fault. */
export function internalError(invariant: string, cause?: unknown): SparkError {
  return new SparkError('bug', 'INTERNAL_ERROR', { message: invariant }, NO_ORIGIN, { cause });
}

/** What the system or a library threw, as it comes from another thread. */
export function foreignError(name: string, message: string, stack: string | undefined): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** The caller asked to stop. Spark: `OPERATION_CANCELED`. */
export function cancelledError(operationId = ''): SparkError {
  return new SparkError('cancelled', 'OPERATION_CANCELED', { operationId });
}

/** A construct of Spark that is not built here. `feature` names it as the user would. */
export function unsupported(feature: string, origin: Origin = NO_ORIGIN): SparkError {
  return new SparkError('analysis', 'UNSUPPORTED_FEATURE', { feature }, origin, {
    message: `This feature is not supported: ${feature}.`,
    sqlState: '0A000',
  });
}
