import type { AggregateFunctionDef, EvalMode, ScalarFunction } from '../../eval/function.js';
import { lookupAggregate, lookupScalar } from '../../eval/registry.js';
import { BOOLEAN } from '../../types/index.js';
import type { Expression } from './expression.js';
import { Literal } from './literal.js';

/** Spark's classes that hold whether the session was ANSI when they were made (`failOnError`, `evalMode`). All others are
 * equal under either conf. */
const HOLDS_MODE: ReadonlySet<string> = new Set(
  `Abs Add Average BRound Conv DateAddInterval Divide DivideInterval ElementAt Elt GetArrayItem GetTimestamp IntegralDivide MakeDate
  MakeInterval MakeTimestamp Multiply MultiplyInterval NextDay ParseUrl Pmod RegrAvgX RegrAvgY Remainder Round Size Subtract Sum
  ToUnixTimestamp UnaryMinus UnixTimestamp`.split(/\s+/),
);

/** Spark's classes that hold the session's time zone. Spark: `TimeZoneAwareExpression`. */
const HOLDS_ZONE: ReadonlySet<string> = new Set(
  `CsvToStructs CurrentDate DateAddInterval DateFormatClass FromUnixTime GetTimestamp Hour JsonToStructs LocalTimestamp MakeTimestamp
  Minute MonthsBetween Second SecondWithFraction Sequence StructsToCsv StructsToJson SubtractTimestamps TimeAdd TimestampAdd
  TimestampAddYMInterval TimestampDiff ToUnixTimestamp TruncTimestamp TryMakeTimestamp UnixTimestamp`.split(/\s+/),
);

/** The confs of the session that belong to a call's identity. (Two more than Spark's stay in names and literals, since a hit would
 * serve other rows: the parser of times, and values of the session such as `current_database()`.) */
export function capturedParts(
  { name, sparkClass }: ScalarFunction | AggregateFunctionDef,
  mode: EvalMode,
  timeZone: string | undefined,
): readonly [name: string, mode: EvalMode | undefined, timeZone: string | undefined] {
  return [
    name,
    mode === 'TRY' || HOLDS_MODE.has(sparkClass) ? mode : undefined,
    HOLDS_ZONE.has(sparkClass) ? timeZone : undefined,
  ];
}

/** A call of a registry function, as its canonical form has it. */
export interface CanonicalCall<D> {
  readonly def: D;
  readonly operands: readonly Expression[];
}

/** The call that Spark puts in this one's place; undefined if it stays. Spark: `RuntimeReplaceable.replacement`. */
export function replacedScalar(
  { sparkClass }: ScalarFunction,
  operands: readonly Expression[],
): CanonicalCall<ScalarFunction> | undefined {
  const [first, second] = operands as [Expression, Expression | undefined];
  switch (sparkClass) {
    case 'StringTrimBoth':
      return { def: scalar('trim'), operands: second ? [second, first] : [first] };
    case 'ArrayAppend':
      return { def: scalar('array_insert'), operands: [first, Literal.int(-1), second as Expression] };
    case 'ArrayPrepend':
      return { def: scalar('array_insert'), operands: [first, Literal.int(1), second as Expression] };
    default:
      return undefined;
  }
}

/** As `replacedScalar`. Spark: `RuntimeReplaceableAggregate`; the error of `approx_count_distinct` has a default.
 * @param nullIf makes `nullif(a, b)` */
export function replacedAggregate(
  { sparkClass }: AggregateFunctionDef,
  operands: readonly Expression[],
  nullIf: (a: Expression, b: Expression, nothing: Literal) => Expression,
): CanonicalCall<AggregateFunctionDef> | undefined {
  const [first, second] = operands as [Expression, Expression | undefined];
  switch (sparkClass) {
    case 'AnyValue':
      return { def: aggregate('first'), operands };
    case 'BoolAnd':
      return { def: aggregate('min'), operands };
    case 'BoolOr':
      return { def: aggregate('max'), operands };
    case 'CountIf':
      return { def: aggregate('count'), operands: [nullIf(first, Literal.FALSE, new Literal(null, BOOLEAN))] };
    case 'HyperLogLogPlusPlus':
      return second instanceof Literal && Number(second.value) === DEFAULT_ERROR
        ? { def: aggregate('approx_count_distinct'), operands: [first] }
        : undefined;
    case 'Median':
      return { def: aggregate('percentile'), operands: [first, Literal.double(0.5), Literal.long(1n)] };
    case 'PercentileCont':
      return operands.length === 2
        ? { def: aggregate('percentile'), operands: [...operands, Literal.long(1n)] }
        : undefined;
    case 'RegrCount':
      return { def: aggregate('count'), operands };
    default:
      return undefined;
  }
}
const DEFAULT_ERROR = 0.05;

const scalar = (name: string): ScalarFunction => lookupScalar(name) as ScalarFunction;
const aggregate = (name: string): AggregateFunctionDef => lookupAggregate(name) as AggregateFunctionDef;
