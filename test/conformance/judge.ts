import { SparkError } from '../../src/index.js';
import { hideVolatile } from './normalize.js';

/** Why a statement fails. */
export type Reason =
  | 'parse'
  | 'analysis'
  | 'missing function'
  | 'unsupported feature'
  | 'runtime error'
  | 'wrong answer'
  | 'wrong schema'
  | 'wrong plan'
  | 'no plan text'
  | 'wrong error'
  | 'no error'
  | 'crash'
  | 'timeout';

export const REASONS: readonly Reason[] = [
  ...(['parse', 'analysis', 'missing function', 'unsupported feature', 'runtime error'] as const),
  ...([
    'wrong answer',
    'wrong schema',
    'wrong plan',
    'no plan text',
    'wrong error',
    'no error',
    'crash',
    'timeout',
  ] as const),
];

/** A failure in the form of the recordings. */
export interface Failure {
  readonly kind: string;
  readonly condition: string;
  readonly sqlState: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly fragment: string | undefined;
  readonly start: number | undefined;
  readonly message: string;
}

export function failureOf(e: unknown): Failure {
  if (e instanceof SparkError) {
    const { kind, condition, sqlState, parameters, fragment, origin } = e;
    const message = e.message.startsWith(`[${condition}] `) ? e.message.slice(condition.length + 3) : e.message;
    const text = kind === 'bug' ? `${message}\n${e.stack ?? ''}` : message;
    const start = origin.startIndex === undefined ? undefined : origin.startIndex + 1;
    return { kind, condition, sqlState, parameters, fragment, start, message: text };
  }
  const message = e instanceof Error ? (e.stack ?? String(e)) : String(e);
  const condition = e instanceof Error ? e.name : 'thrown';
  return {
    kind: 'bug',
    condition,
    sqlState: undefined,
    parameters: {},
    fragment: undefined,
    start: undefined,
    message,
  };
}

export interface Verdict {
  readonly reason: Reason | undefined;
  readonly got: string;
  /** Of an error that is right: whether its place in the text is, too. Undefined where none is recorded. */
  readonly context?: boolean | undefined;
}

interface RecordedError {
  readonly className: string;
  readonly text: string;
  readonly json: {
    readonly errorClass?: string;
    readonly sqlState?: string;
    readonly messageParameters?: Readonly<Record<string, string>>;
    readonly queryContext?: readonly { readonly fragment: string; readonly startIndex: number }[];
  };
}

/** The error in a recorded output, or undefined. */
export function recordedError(output: string): RecordedError | undefined {
  const m = /^((?:org\.apache\.spark|java)\.[\w.$]+)(?:\n([\s\S]*))?$/.exec(output);
  if (!m) return undefined;
  const text = m[2] ?? '';
  return { className: m[1] as string, text, json: text.startsWith('{') ? JSON.parse(text) : {} };
}

/** Judges a failure against what is recorded: condition, SQLSTATE and parameters decide; for exceptions that Spark gives no
 * condition, the message does. */
export function judgeFailure(want: RecordedError | undefined, got: Failure): Verdict {
  const text = failureText(got);
  if (!want) return { reason: unexpected(got), got: text };
  const { errorClass, sqlState, messageParameters = {}, queryContext = [] } = want.json;
  const right =
    errorClass === undefined
      ? got.message === want.text || got.condition === want.className
      : got.condition === errorClass &&
        got.sqlState === sqlState &&
        parametersText(got.parameters) === parametersText(messageParameters);
  if (!right) return { reason: wrongError(got), got: text };
  const [first] = queryContext;
  const context = first && first.fragment === got.fragment && first.startIndex === got.start;
  return { reason: undefined, got: text, context };
}

function unexpected(got: Failure): Reason {
  if (got.condition.startsWith('UNRESOLVED_ROUTINE')) return 'missing function';
  const special = wrongError(got);
  if (special !== 'wrong error') return special;
  return got.kind === 'parse' ? 'parse' : got.kind === 'analysis' ? 'analysis' : 'runtime error';
}

function wrongError(got: Failure): Reason {
  if (got.condition === 'UNSUPPORTED_FEATURE') return 'unsupported feature';
  return got.kind === 'bug' ? 'crash' : 'wrong error';
}

function parametersText(parameters: Readonly<Record<string, string>>): string {
  return Object.keys(parameters)
    .sort()
    .map((k) => hideVolatile(`${k}=${parameters[k]}`))
    .join('\n');
}

export function failureText(f: Failure): string {
  const at = f.fragment === undefined ? '' : `\nat ${f.start}: ${f.fragment}`;
  const parameters = JSON.stringify(f.parameters);
  return `${f.kind} error ${f.condition} ${f.sqlState ?? ''} ${parameters}${at}\n${f.message}`;
}
