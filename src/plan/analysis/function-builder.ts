import { analysisError, internalError, type Origin, SparkError, unsupported } from '../../errors/index.js';
import type { Replacement, ScalarFunction } from '../../eval/function.js';
import { lookupAggregate, lookupScalar } from '../../eval/registry.js';
import { type DataType, quoteIdentifier, STRING, sameType } from '../../types/index.js';
import { parseType } from '../../types/parse-type.js';
import type { FunctionConf } from '../catalog-view.js';
import { Grouping, GroupingId } from '../expressions/aggregate.js';
import { Arithmetic, type ArithmeticKind } from '../expressions/arithmetic.js';
import { defaultOrder } from '../expressions/array-order.js';
import { Cast } from '../expressions/cast.js';
import { GetArrayItem, GetMapValue, GetStructField } from '../expressions/complex.js';
import { CaseWhen, Coalesce, If } from '../expressions/conditional.js';
import type { Expression } from '../expressions/expression.js';
import {
  analysisContext,
  blameKey,
  JavaScriptUdf,
  RuntimeReplaceable,
  replacedSql,
  ScalarCall,
} from '../expressions/functions.js';
import { LambdaFunction, NamedLambdaVariable, UnresolvedNamedLambdaVariable } from '../expressions/lambda.js';
import { Literal } from '../expressions/literal.js';
import { isNamed } from '../expressions/named.js';
import { And, Comparison, type ComparisonKind, In, Not, NullCheck, Or } from '../expressions/predicates.js';
import type { WindowFunctionCall } from '../expressions/window.js';
import { buildAggregate } from './aggregate-builder.js';
import { type CallClauses, checkArity, wrongNumArgs } from './call-clauses.js';
import type { AnalyzerContext } from './context.js';
import { withDefaults } from './default-arguments.js';
import { checkedExtract } from './extract-field.js';
import { CAST_FUNCTIONS, PRETTY_NAMES, SHOWN_ALIASES } from './function-names.js';
import { variantOf } from './function-variants.js';
import { buildGenerator } from './generators.js';
import { positional } from './named-arguments.js';
import { sqlFunctionCall } from './sql-functions.js';
import { structuredTextCall } from './structured-text.js';
import { timeWindowCall } from './time-windows.js';
import { buildWindowFunction } from './window-functions.js';

const ARITHMETIC: Readonly<Record<string, ArithmeticKind>> = {
  '+': 'Add',
  '-': 'Subtract',
  '*': 'Multiply',
  '/': 'Divide',
  '%': 'Remainder',
  mod: 'Remainder',
  div: 'IntegralDivide',
  '&': 'BitwiseAnd',
  '|': 'BitwiseOr',
  '^': 'BitwiseXor',
};
const COMPARISON: Readonly<Record<string, ComparisonKind>> = {
  '=': 'EqualTo',
  '==': 'EqualTo',
  '<=>': 'EqualNullSafe',
  '<': 'LessThan',
  '<=': 'LessThanOrEqual',
  '>': 'GreaterThan',
  '>=': 'GreaterThanOrEqual',
};

/** The expression that a call means: scalar, aggregate, window function or generator; undefined for unknown names.
 * @throws WRONG_NUM_ARGS.WITHOUT_SUGGESTION. Spark: `FunctionRegistry.lookupFunction` */
export function buildFunction(
  context: AnalyzerContext,
  nameParts: readonly string[],
  args: readonly Expression[],
  origin: Origin,
  clauses: CallClauses = {},
): Expression | undefined {
  const found = build(context, nameParts, args, origin, clauses);
  return found?.withOrigin(origin);
}

function build(
  context: AnalyzerContext,
  nameParts: readonly string[],
  written: readonly Expression[],
  origin: Origin,
  clauses: CallClauses,
): Expression | undefined {
  const sqlFunction = clauses.isInternal ? undefined : context.catalog.lookupSqlFunction?.(nameParts);
  const shadowed =
    sqlFunction !== undefined &&
    nameParts.length === 1 &&
    sqlFunction.nameParts.length > 1 &&
    isKnown(nameParts[0] as string);
  if (sqlFunction && !shadowed) {
    const call = sqlFunctionCall(sqlFunction, written, origin);
    return plain(call, sqlFunction.nameParts.join('.'), clauses, origin);
  }
  if (nameParts.length !== 1) return userFunction(context, nameParts, written);
  const name = (nameParts[0] as string).toLowerCase();
  const user = userFunction(context, nameParts, written);
  if (user) return user;
  if (INTERNAL_ONLY.has(name) && !clauses.isInternal) return undefined;
  const given = positional(name, withFinish(name, written), origin);
  const args =
    name === 'convert_timezone' && given.length === 2
      ? [sessionValue(context, 'current_timezone', [], origin), ...given]
      : given;
  const special =
    specialScalar(context, name, args, origin) ??
    checkedExtract(name, args, context.conf.timeZone, origin) ??
    timeWindowCall(context, name, args, origin);
  if (special) return plain(special, name, clauses, origin);
  const windowFunction = buildWindowFunction(name, args, clauses.ignoreNulls ?? false, origin);
  if (windowFunction) return windowed(windowFunction, clauses, origin);
  const generator = buildGenerator(name, args, origin);
  if (generator) return plain(generator, name, clauses, origin);
  const aggregate = lookupAggregate(name);
  if (aggregate) return buildAggregate(context, aggregate, name, args, clauses, origin);
  const def = lookupScalar(variantOf(name, context.conf));
  if (!def) return undefined;
  const shownAs = name === 'negative' && clauses.isInternal ? '-' : name;
  return plain(scalarCall(context, def, shownAs, args, origin), name, clauses, origin);
}

/** Registry entries that no SQL text can name: halves of operators, and functions of the DataFrame interface. */
const INTERNAL_ONLY: ReadonlySet<string> = new Set([
  'atleastnnonnulls',
  'chartypewritesidecheck',
  'readsidepadding',
  'varchartypewritesidecheck',
  'product',
  'pivotfirst',
  'getarrayitem',
  'getarraystructfields',
  'getmapvalue',
  'getstructfield',
  'stringdecode',
  'row',
  'too_many_rows',
  'mapsort',
]);

/** `aggregate(array, start, merge)` finishes with the identity, `array_sort(array)` sorts in the default order. */
function withFinish(name: string, args: readonly Expression[]): readonly Expression[] {
  if (name === 'array_sort' && args.length === 1) return [...args, defaultOrder()];
  if ((name !== 'aggregate' && name !== 'reduce') || args.length !== 3) return args;
  const id = new UnresolvedNamedLambdaVariable(['id']);
  return [...args, new LambdaFunction(id, [id])];
}

function userFunction(context: AnalyzerContext, nameParts: readonly string[], args: readonly Expression[]) {
  const udf = context.catalog.lookupFunction?.(nameParts);
  return udf && new JavaScriptUdf(udf.id, udf.name, args, udf.returnType, udf.deterministic);
}

/** Whether a name is known at all, before its arguments are. */
export function functionExists(context: AnalyzerContext, nameParts: readonly string[], isInternal = false): boolean {
  if (context.catalog.lookupFunction?.(nameParts) || (!isInternal && context.catalog.lookupSqlFunction?.(nameParts)))
    return true;
  if (nameParts.length !== 1) return false;
  const name = (nameParts[0] as string).toLowerCase();
  if (INTERNAL_ONLY.has(name)) return isInternal;
  return isKnown(name);
}
function isKnown(name: string): boolean {
  const key = name.toLowerCase();
  return SPECIAL_NAMES.has(key) || lookupScalar(key) !== undefined || lookupAggregate(key) !== undefined;
}
const SPECIAL_NAMES: ReadonlySet<string> = new Set([
  ...CAST_FUNCTIONS,
  ...Object.keys(ARITHMETIC),
  ...Object.keys(COMPARISON),
  ...[
    '!=',
    '<>',
    'and',
    'or',
    'not',
    '!',
    'between',
    'cast',
    'grouping',
    'grouping_id',
    'when',
    'case',
    'struct',
    'row',
  ],
  ...['row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist', 'ntile', 'lag', 'lead', 'nth_value'],
  ...['explode', 'explode_outer', 'posexplode', 'posexplode_outer', 'inline', 'inline_outer', 'stack', 'json_tuple'],
  'sql_keywords',
  ...['in', 'if', 'coalesce', 'isnull', 'isnotnull', 'current_database', 'current_schema', 'current_catalog'],
  ...['current_user', 'user', 'session_user', 'current_timezone', 'window', 'session_window', 'window_time'],
]);

function plain(e: Expression, name: string, clauses: CallClauses, origin: Origin): Expression {
  const refuse = (syntax: string) =>
    analysisError(
      'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
      { prettyName: quoteIdentifier(name), syntax },
      origin,
    );
  if (clauses.withinGroup?.length) throw refuse('WITHIN GROUP (ORDER BY ...)');
  if (clauses.isDistinct) throw refuse('DISTINCT');
  if (clauses.filter) throw refuse('FILTER CLAUSE');
  if (clauses.ignoreNulls) throw refuse('IGNORE NULLS');
  return e;
}

function windowed(e: WindowFunctionCall, clauses: CallClauses, origin: Origin): Expression {
  return plain(e, e.name, { ...clauses, ignoreNulls: false }, origin);
}

function specialScalar(
  context: AnalyzerContext,
  name: string,
  args: readonly Expression[],
  origin: Origin,
): Expression | undefined {
  const { mode } = context;
  const need = (n: number) => checkArity(name, [n, n], args.length, origin);
  const [a, b, c] = args as [Expression, Expression, Expression];
  const comparison = COMPARISON[name];
  if (comparison) {
    need(2);
    return new Comparison(comparison, a, b);
  }
  const arithmetic = ARITHMETIC[name];
  if (arithmetic && !(name === '-' && args.length === 1) && !(name === '+' && args.length === 1)) {
    need(2);
    return new Arithmetic(arithmetic, a, b, mode, false, name === 'mod' ? 'mod' : undefined);
  }
  if (CAST_FUNCTIONS.includes(name)) {
    need(1);
    return new Cast(a, parseType(name), mode);
  }
  switch (name) {
    case '!=':
    case '<>':
      need(2);
      return new Not(new Comparison('EqualTo', a, b));
    case 'and':
      need(2);
      return new And(a, b);
    case 'or':
      need(2);
      return new Or(a, b);
    case 'not':
    case '!':
      need(1);
      return new Not(a);
    case 'isnull':
      need(1);
      return new NullCheck('IsNull', a);
    case 'isnotnull':
      need(1);
      return new NullCheck('IsNotNull', a);
    case 'if':
      need(3);
      return new If(a, b, c);
    case 'coalesce':
      if (args.length === 0) throw wrongNumArgs(name, '> 0', 0, origin);
      return new Coalesce(args);
    case 'in':
      return new In(a, args.slice(1));
    case 'when':
    case 'case':
      return caseWhen(args);
    case 'between':
      need(3);
      return new RuntimeReplaceable(
        'between',
        args,
        new And(new Comparison('GreaterThanOrEqual', a, b), new Comparison('LessThanOrEqual', a, c)),
        true,
      );
    case 'grouping':
      need(1);
      return new Grouping(a);
    case 'grouping_id':
      return new GroupingId(args);
    case 'struct':
      return createStruct(context, args, 'struct');
    case 'row':
      return createStruct(context, args, undefined);
    case 'current_database':
    case 'current_schema':
    case 'current_catalog':
    case 'current_user':
    case 'user':
    case 'session_user':
    case 'current_timezone':
      return sessionValue(context, name, args, origin);
    default:
      return undefined;
  }
}

/** Values of the session; Spark's optimizer folds them, here they are literals under their name. */
function sessionValue(context: AnalyzerContext, name: string, args: readonly Expression[], origin: Origin): Expression {
  checkArity(name, [0, 0], args.length, origin);
  const { catalog, conf } = context;
  const value =
    name === 'current_catalog'
      ? catalog.currentCatalog
      : name === 'current_timezone'
        ? conf.timeZone
        : name.startsWith('current_d') || name === 'current_schema'
          ? catalog.currentDatabase
          : catalog.currentUser;
  return new RuntimeReplaceable(name === 'current_database' ? 'current_schema' : name, [], Literal.string(value));
}

function caseWhen(args: readonly Expression[]): Expression {
  const whens: Expression[] = [];
  const thens: Expression[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) {
    whens.push(args[i] as Expression);
    thens.push(args[i + 1] as Expression);
  }
  return new CaseWhen(whens, thens, args.length % 2 === 1 ? args.at(-1) : undefined);
}

/** `struct(a, b)`: fields named after the expressions. Spark: `CreateStruct`. */
export function createStruct(
  context: AnalyzerContext,
  args: readonly Expression[],
  shownName: string | undefined,
): Expression {
  const def = lookupScalar('named_struct');
  if (!def) throw unsupported('named_struct');
  const operands = args.flatMap((e, i) => {
    const name =
      isNamed(e) || e instanceof NamedLambdaVariable
        ? e.name
        : e instanceof GetStructField
          ? e.fieldName
          : `col${i + 1}`;
    return [Literal.string(name), e];
  });
  return new ScalarCall(def, operands, context.mode, undefined, shownName);
}

/** A registry function as an expression: its replacement under its name if it has one, else the call. */
export function scalarCall(
  context: AnalyzerContext,
  def: ScalarFunction,
  name: string,
  written: readonly Expression[],
  origin: Origin,
): Expression {
  if (!VARIABLE.has(def.sparkClass)) checkArity(name, def.arity, written.length, origin);
  // to_char of a moment is date_format.
  if (def.name === 'to_char' && MOMENTS.has(written[0]?.dataType.kind ?? ''))
    return buildFunction(context, ['date_format'], written, origin, {}) as Expression;
  if (!def.lambdaArguments && written.some((a) => a instanceof LambdaFunction))
    throw analysisError(
      'INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION',
      { class: sparkClassName(def) },
      origin,
    );
  if (def.lambdaArguments && !written.every((a, i) => a instanceof LambdaFunction || !def.lambdaArguments?.[i]))
    return scalarCall(context, def, name, withLambdas(def.lambdaArguments, written), origin);
  const padded = PADS.has(def.sparkClass) && context.conf.functions?.padBinaryAsString;
  if (padded && written[0]?.dataType.kind === 'binary')
    return scalarCall(context, def, name, [new Cast(written[0], STRING, context.mode), ...written.slice(1)], origin);
  const legacy = legacyCoding(context.conf.functions);
  if (legacy && (def.sparkClass === 'Encode' || def.sparkClass === 'Decode') && written.length === 2) {
    const operands = [...written, Literal.string(legacy)];
    if (def.sparkClass === 'Encode') return new ScalarCall(def, operands, context.mode);
    return new ScalarCall(STRING_DECODE, operands, context.mode, undefined, 'decode');
  }
  if (def.sparkClass === 'Encode') checkArity(name, [2, 2], written.length, origin);
  if (def.sparkClass === 'ArrayInsert' && written.length === 3 && context.conf.functions?.legacyArrayInsert)
    return scalarCall(context, def, name, [...written, Literal.TRUE], origin);
  if (def.sparkClass === 'ArrayInsert')
    checkArity(name, [3, written[3] === Literal.TRUE ? 4 : 3], written.length, origin);
  if (def.sparkClass === 'Logarithm' && written.length === 1)
    return scalarCall(
      context,
      def,
      name,
      [new ScalarCall(EULER, [], context.mode, undefined, 'E'), ...written],
      origin,
    );
  if (def.sparkClass === 'UnixTimestamp' && written.length === 0) {
    const now = buildFunction(context, ['current_timestamp'], [], origin);
    if (now) return scalarCall(context, def, name, [now], origin);
  }
  if (PAIRED.has(def.sparkClass) && written.length % 2 === 1)
    throw wrongNumArgs(def.name, '2n (n > 0)', written.length, origin);
  const structured = structuredTextCall(context, def, written, origin);
  if (structured) return structured;
  if (def.sparkClass === 'Ceil' || def.sparkClass === 'Floor') checkScale(def, written, origin);
  if (def.sparkClass === 'Decode' && written.length < 2) throw wrongNumArgs(def.name, '2', written.length, origin);
  if (def.sparkClass === 'Decode' && written.length > 2)
    return new RuntimeReplaceable('decode', written, decodeChain(written));
  const args = coercedParameters(context, def, withDefaults(def, written), origin);
  const scaled = (def.sparkClass === 'Ceil' || def.sparkClass === 'Floor') && args.length === 2;
  const pretty = scaled ? def.name : (PRETTY_NAMES[def.sparkClass] ?? def.name);
  const swapped = variantOf(name, context.conf) !== name;
  const shown = name === '-' || SHOWN_ALIASES.has(name) || swapped ? name : pretty;
  if (def.replacement) {
    const replacement = def.replacement(
      args.map((a) => a.dataType),
      analysisContext(args, context.mode, context.conf.timeZone),
    );
    return new RuntimeReplaceable(
      shown,
      def.sparkClass === 'ILike' ? args.slice(0, 2) : args,
      replace(context, def, replacement, args, origin),
      OPAQUE.has(def.sparkClass),
      shownOptions(context, def, args),
      args.length === 2 && LAST_IS_OPTION.has(def.sparkClass),
    );
  }
  const site = def.deterministic === false ? nextSite() : undefined;
  return new ScalarCall(def, args, context.mode, undefined, shown === def.name ? undefined : shown, site);
}

/** `decode(value, search, result, ..., otherwise)` as a chain of null-safe comparisons. Spark: `Decode.createExpr` */
function decodeChain([value, ...rest]: readonly Expression[]): Expression {
  const whens: Expression[] = [];
  const thens: Expression[] = [];
  for (let i = 0; i + 1 < rest.length; i += 2) {
    whens.push(new Comparison('EqualNullSafe', value as Expression, rest[i] as Expression));
    thens.push(rest[i + 1] as Expression);
  }
  return new CaseWhen(whens, thens, rest.length % 2 === 1 ? rest.at(-1) : new Literal(null, STRING));
}

const LAST_IS_OPTION: ReadonlySet<string> = new Set(['ParseToDate', 'ParseToTimestamp', 'ToBinary']);

/** What plan strings show of a replaced call behind its parameters: options of the constructor. */
function shownOptions(context: AnalyzerContext, def: ScalarFunction, args: readonly Expression[]): readonly string[] {
  const count = args.length;
  const zone = `Some(${context.conf.timeZone})`;
  const ansi = String(context.conf.ansiEnabled && !def.name.startsWith('try_'));
  const left = count === 1 ? ['None'] : [];
  switch (def.sparkClass) {
    case 'ParseToDate':
      return [...left, zone, ansi];
    case 'ParseToTimestamp':
      return [...left, def.name.endsWith('ntz') ? 'TimestampNTZType' : 'TimestampType', zone, ansi];
    case 'ToBinary':
      return [...left, 'false'];
    case 'UrlDecode':
      return ['true'];
    case 'ILike':
      return [String(args[2] ?? '\\')];
    default:
      return [];
  }
}

/** Replaced functions whose parameters are cast like those of any other (Spark: without `InheritAnalysisRules`). */
const COERCED: ReadonlySet<string> = new Set([
  ...[
    'ArrayCompact',
    'ArraySize',
    'Base64',
    'ILike',
    'MapContainsKey',
    'ToCharacter',
    'JsonObjectKeys',
    'Left',
    'LengthOfJsonArray',
    'Luhncheck',
  ],
  ...[
    'ParseUrl',
    'ParseToDate',
    'ParseToTimestamp',
    'RegExpCount',
    'RegExpSubStr',
    'Right',
    'Sentences',
    'SplitPart',
    'ToBinary',
    'UnaryPositive',
    'UrlDecode',
    'UrlEncode',
  ],
]);
function coercedParameters(
  context: AnalyzerContext,
  def: ScalarFunction,
  args: readonly Expression[],
  origin: Origin,
): readonly Expression[] {
  if (!def.replacement || !COERCED.has(def.sparkClass)) return args;
  const types = args.map((a) => a.dataType);
  const wanted = def.coerce(types, analysisContext(args, context.mode, context.conf.timeZone));
  if ('mismatch' in wanted) {
    const { condition, argument, parameters } = wanted.mismatch;
    const blamed = argument === undefined ? undefined : args[argument];
    throw new SparkError(
      'analysis',
      `DATATYPE_MISMATCH.${condition}`,
      {
        sqlExpr: `"${replacedSql(
          def.name,
          args.map((a) => a.sql(true)),
        )}"`,
        ...(blamed ? { [blameKey(condition)]: `"${blamed.sql(true)}"` } : {}),
        ...parameters,
      },
      origin,
      { sqlState: '42K09' },
    );
  }
  return args.map((a, i) => {
    const type = wanted[i];
    return type === undefined || sameType(type, a.dataType)
      ? a
      : new Cast(a, type, context.mode, context.conf.timeZone);
  });
}

/** A plain expression where a lambda is due becomes one that reads none of its parameters. */
function withLambdas(due: NonNullable<ScalarFunction['lambdaArguments']>, args: readonly Expression[]) {
  return args.map((a, i) => {
    const count = due[i]?.[0];
    if (count === undefined || a instanceof LambdaFunction) return a;
    const unused = Array.from({ length: count }, (_, j) => new UnresolvedNamedLambdaVariable([`col${j}`]));
    return new LambdaFunction(a, unused, true).withOrigin(a.origin);
  });
}

/** The Java class that stands for a function in messages; some are made by builders. */
function sparkClassName(def: ScalarFunction): string {
  const builder = BUILT.has(def.sparkClass) ? 'ExpressionBuilder$' : '';
  return `org.apache.spark.sql.catalyst.expressions.${def.sparkClass}${builder}`;
}
const BUILT: ReadonlySet<string> = new Set(['Ceil', 'Floor', 'Mask']);
/** Functions that count their arguments themselves. */
const VARIABLE: ReadonlySet<string> = new Set(['Ceil', 'Decode', 'Floor']);
/** Functions whose arguments come in pairs. */
const PAIRED: ReadonlySet<string> = new Set(['CreateMap', 'CreateNamedStruct']);
/** @throws NON_FOLDABLE_ARGUMENT, WRONG_NUM_ARGS.WITHOUT_SUGGESTION */
function checkScale(def: ScalarFunction, args: readonly Expression[], origin: Origin): void {
  if (args.length < 1 || args.length > 2) throw wrongNumArgs(def.name, '2', args.length, origin);
  const [, scale] = args;
  if (scale && !(scale.foldable && scale.dataType.kind === 'int'))
    throw analysisError(
      'NON_FOLDABLE_ARGUMENT',
      { funcName: quoteIdentifier(def.name), paramName: '`scale`', paramType: '"INT"' },
      origin,
    );
}
const PADS: ReadonlySet<string> = new Set(['StringLPad', 'StringRPad']);
function legacyCoding(conf: FunctionConf | undefined): string {
  return [conf?.javaCharsets ? 'java' : '', conf?.replaceUnmappable ? 'replace' : ''].join(' ').trim();
}
const STRING_DECODE = lookupScalar('stringdecode') as ScalarFunction;
const EULER = lookupScalar('e') as ScalarFunction;
const MOMENTS: ReadonlySet<string> = new Set(['date', 'timestamp', 'timestamp_ntz']);
const OPAQUE: ReadonlySet<string> = new Set(['NullIf']);

let lastSite = 0;
/** Ties a call of a stateful function to its own stream. */
export function nextSite(): number {
  return ++lastSite;
}

function replace(
  context: AnalyzerContext,
  def: ScalarFunction,
  r: Replacement,
  args: readonly Expression[],
  origin: Origin,
): Expression {
  if ('argument' in r) {
    const arg = args[r.argument];
    if (!arg) throw internalError(`a replacement asks for argument ${r.argument}`);
    return arg;
  }
  if ('constant' in r) return new Literal(r.constant, r.type as DataType);
  if ('cast' in r) return new Cast(replace(context, def, r.cast, args, origin), r.type, r.mode ?? context.mode);
  const inner = r.args.map((a) => replace(context, def, a, args, origin));
  if (r.fn === def.name) return new ScalarCall(def, inner, r.mode ?? context.mode);
  const arithmetic = ARITHMETIC[r.fn];
  if (arithmetic && inner.length === 2)
    return new Arithmetic(arithmetic, inner[0] as Expression, inner[1] as Expression, r.mode ?? context.mode);
  const [first, second] = inner as [Expression, Expression];
  if (r.fn === 'getarrayitem') return new GetArrayItem(first, second, (r.mode ?? context.mode) === 'ANSI');
  if (r.fn === 'getmapvalue') return new GetMapValue(first, second);
  const built = buildFunction(context, [r.fn], inner, origin, { isInternal: true });
  if (!built) throw internalError(`a replacement names the unknown function ${r.fn}`);
  return r.mode !== undefined && built instanceof ScalarCall
    ? new ScalarCall(built.def, built.operands, r.mode, built.timeZone, built.shownName, built.site)
    : built;
}
