import type { DataType, Value } from '../types/index.js';
import type { OldPatterns } from './datetime/formatter-types.js';

/** How an operation answers what it cannot compute. Spark: `EvalMode`. */
export type EvalMode = 'ANSI' | 'LEGACY' | 'TRY';

/** What a call knows besides its arguments. One object per call site, made when the expression is bound. */
export interface CallContext {
  readonly argTypes: readonly DataType[];
  readonly returnType: DataType;
  readonly mode: EvalMode;
  /** Session time zone id, e.g. `UTC`, captured when the expression was analyzed. */
  readonly timeZone: string;
  /** Whether date-time patterns are those of SimpleDateFormat. */
  readonly legacyTimeParser?: OldPatterns;
  /** Partition index of the running task; for `spark_partition_id`, `monotonically_increasing_id`, `rand`. */
  readonly partitionIndex?: number;
  /** The file block that the current row was read from; for `input_file_name` and its kin. */
  readonly inputFile?: () => { readonly path: string; readonly start: number; readonly length: number } | undefined;
  /** Per-call-site, per-task memory for what is costly to rebuild (a compiled pattern) or stateful (a random stream). */
  readonly state: Map<string, unknown>;
}

/** Types-and-confs view of a call that is being analyzed. `foldable[i]` holds the constant value where argument i is constant. */
export interface AnalysisContext {
  readonly mode: EvalMode;
  readonly timeZone: string;
  readonly nullable: readonly boolean[];
  readonly constants: readonly (Value | undefined)[];
  /** Which constants are plain literals (not folded calls); absent: all. Decimal arithmetic takes a literal's own digits. */
  readonly literals?: readonly boolean[];
  /** Which arguments read no row. Absent where nobody asks. */
  readonly foldable?: readonly boolean[];
  /** The call's name, where messages show it. */
  readonly functionName?: string;
  /** Decimal results keep digits before the point rather than behind it. */
  readonly exactDecimals?: boolean;
  /** Column or field names of the arguments where they have one (`struct(a, b)`, `arrays_zip(a, b)` name fields by them). */
  readonly argumentNames?: readonly (string | undefined)[];
}

/** What implicit casts a function asks of its arguments: for each argument the type it must have, or `undefined` to leave it.
 * A returned `mismatch` becomes `DATATYPE_MISMATCH.<mismatch.condition>` with the given parameters. */
export type Coercion = (
  args: readonly DataType[],
  context: AnalysisContext,
) => readonly (DataType | undefined)[] | TypeMismatch;

export interface TypeMismatch {
  readonly mismatch: {
    /** Without the `DATATYPE_MISMATCH.` in front. */
    readonly condition: string;
    /** The argument to blame; the caller adds its text as `inputSql`, and the call's as `sqlExpr`. */
    readonly argument?: number;
    readonly parameters: Readonly<Record<string, string>>;
  };
}

/** What a replaced call stands for: an argument by position, a constant, or a call of those. Spark: `RuntimeReplaceable`. */
export type Replacement =
  | { readonly argument: number }
  | { readonly constant: Value; readonly type: DataType }
  | { readonly fn: string; readonly args: readonly Replacement[]; readonly mode?: EvalMode }
  | { readonly cast: Replacement; readonly type: DataType; readonly mode?: EvalMode };

export type FunctionFamily =
  | 'math'
  | 'string'
  | 'datetime'
  | 'interval'
  | 'array'
  | 'map'
  | 'struct'
  | 'lambda'
  | 'json'
  | 'csv'
  | 'url'
  | 'hash'
  | 'bitwise'
  | 'conditional'
  | 'predicate'
  | 'conversion'
  | 'misc'
  | 'aggregate'
  | 'window'
  | 'generator';

export interface FunctionDoc {
  readonly family: FunctionFamily;
  /** e.g. `upper(str)`. */
  readonly usage: string;
  readonly description: string;
  /** SQL text and what Spark prints for it, e.g. `['SELECT upper(\'a\')', 'A']`. */
  readonly examples: readonly (readonly [sql: string, result: string])[];
  readonly since?: string;
}

/** One scalar function, defined once. Registered in `eval/registry.ts`. Rows never mix: `evaluate` sees one row's arguments. */
export interface ScalarFunction {
  /** Canonical, lower-case; Spark's `prettyName`, used in plan strings and generated column names. */
  readonly name: string;
  /** Spark's expression class, e.g. `Upper`. Equal classes with equal children are the same expression. */
  readonly sparkClass: string;
  /** Other SQL names. The name the user wrote shows in plan strings only where `aliasShows` is true (Spark: FUNC_ALIAS). */
  readonly aliases?: readonly string[];
  readonly aliasShows?: boolean;
  readonly arity: readonly [min: number, max: number];
  readonly coerce: Coercion;
  readonly returnType: (args: readonly DataType[], context: AnalysisContext) => DataType;
  /** True (default): any null argument gives null and `evaluate` is not called. */
  readonly nullIntolerant?: boolean;
  /** Default: nullable if any argument is. `'always'` e.g. for lookups; `'never'` e.g. for `isnull`. */
  readonly nullability?:
    | 'any-argument'
    | 'always'
    | 'never'
    | ((nullable: readonly boolean[], args: readonly DataType[], context?: AnalysisContext) => boolean);
  readonly deterministic?: boolean;
  /** False: constant arguments do not make it a constant, as what it does must wait for a row. */
  readonly foldable?: false;
  /** Arguments that are lambdas, by position: number of parameters the lambda may have. */
  readonly lambdaArguments?: Readonly<Record<number, readonly number[]>>;
  /** Types of a lambda's parameters. */
  readonly lambdaParameterTypes?: (
    argument: number,
    args: readonly (DataType | undefined)[],
    parameterCount: number,
  ) => readonly { type: DataType; nullable: boolean }[];
  /** The expression that the call equals in canonical form and in optimized plans (Spark: `RuntimeReplaceable`).
   * `evaluate` works without it. */
  readonly replacement?: (args: readonly DataType[], context: AnalysisContext) => Replacement;
  readonly evaluate: (args: readonly EvalArgument[], context: CallContext) => Value;
  readonly doc?: FunctionDoc;
}

/** A lambda argument arrives as a function of its parameters' values. */
export type EvalArgument = Value | ((...parameters: Value[]) => Value);

/** One aggregate function over JavaScript values: the scalar definition that kernels are checked against, and the way that
 * aggregates without a kernel run. `S` is the buffer. */
export interface AggregateFunctionDef<S = unknown> {
  readonly name: string;
  readonly sparkClass: string;
  readonly aliases?: readonly string[];
  readonly aliasShows?: boolean;
  readonly arity: readonly [min: number, max: number];
  readonly coerce: Coercion;
  readonly returnType: (args: readonly DataType[], context: AnalysisContext) => DataType;
  readonly nullability?: 'always' | 'never';
  readonly deterministic?: boolean;
  /** The value over no rows; null for most, 0 for count. */
  readonly create: (context: CallContext) => S;
  /** Adds one row. Null arguments arrive; the function decides. */
  readonly update: (state: S, args: readonly Value[], context: CallContext) => S;
  readonly merge: (left: S, right: S, context: CallContext) => S;
  readonly finish: (state: S, context: CallContext) => Value;
  readonly doc?: FunctionDoc;
}
