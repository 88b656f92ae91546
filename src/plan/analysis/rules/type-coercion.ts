import { canCast } from '../../../eval/cast.js';
import {
  findTightestCommonType,
  findWiderCommonType,
  findWiderTypeForString,
  findWiderTypeForTwo,
  implicitCast,
  type TypeSpec,
} from '../../../eval/coercion.js';
import type { EvalMode } from '../../../eval/function.js';
import {
  BOOLEAN,
  type DataType,
  DOUBLE,
  equalTypes,
  INT,
  isAnsiInterval,
  isIntegral,
  isNumeric,
  isOrderable,
  LONG,
  NULL,
  STRING,
  sameType,
} from '../../../types/index.js';
import { AggregateCall } from '../../expressions/aggregate.js';
import { Arithmetic } from '../../expressions/arithmetic.js';
import { Cast } from '../../expressions/cast.js';
import { GetMapValue } from '../../expressions/complex.js';
import { CaseWhen, Coalesce, If } from '../../expressions/conditional.js';
import type { Expression } from '../../expressions/expression.js';
import { analysisContext, GeneratorCall, ScalarCall } from '../../expressions/functions.js';
import { Literal } from '../../expressions/literal.js';
import { Alias, AttributeReference } from '../../expressions/named.js';
import { And, Comparison, In, Not, Or } from '../../expressions/predicates.js';
import { InSubquery } from '../../expressions/subquery.js';
import {
  FrameBoundary,
  SpecifiedWindowFrame,
  WindowFunctionCall,
  WindowSpecDefinition,
} from '../../expressions/window.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Project } from '../../logical/operators.js';
import type { AnalyzerContext } from '../context.js';
import { stackColumns } from '../generators.js';
import { contextRule, type Ineffective, ineffective, keepState } from '../resolve-operators.js';
import { decimalPrecision } from './decimal-precision.js';

/** Operands that differ in type are cast to what the operator asks for; parents see the new types of their children's
 * columns. Spark: `AnsiTypeCoercion` and `TypeCoercion`, one pass over the expressions of each node. */
export const TypeCoercion = (context: AnalyzerContext) =>
  contextRule(context, 'TypeCoercion', (plan) => visit(plan, context, ineffective()));

function visit(plan: LogicalPlan, context: AnalyzerContext, memo: Ineffective): LogicalPlan {
  if (plan.analyzed || memo.has(plan)) return plan;
  const mapped = plan.mapChildren((c) => visit(c, context, memo));
  if (!mapped.childrenResolved) return mapped;
  const typed = mapped === plan ? plan : propagateTypes(mapped);
  const next = keepState(
    plan,
    typed.transformExpressionsUp((e) => coerce(e, context)),
  );
  if (next === plan) memo.add(plan);
  return next;
}

function propagateTypes(p: LogicalPlan): LogicalPlan {
  if (p.children.length === 0) return p;
  const types = new Map<number, AttributeReference>();
  for (const c of p.children) for (const a of c.output) types.set(a.exprId, a);
  return p.transformExpressionsUp((e) => {
    if (!(e instanceof AttributeReference)) return e;
    const fresh = types.get(e.exprId);
    return fresh && !equalTypes(fresh.dataType, e.dataType) ? fresh : e;
  });
}

function coerce(e: Expression, context: AnalyzerContext): Expression {
  const { mode } = context;
  // The edges of a frame need not agree before they are cast.
  if (e instanceof WindowSpecDefinition) return windowFrame(e, context);
  if (!e.childrenResolved) return e;
  if (
    e instanceof Arithmetic &&
    !e.exactDecimals &&
    context.conf.functions?.exactDecimals &&
    (e.left.dataType.kind === 'decimal' || e.right.dataType.kind === 'decimal')
  )
    return coerce(e.withExactDecimals(), context);
  if (e instanceof Arithmetic || e instanceof Comparison || e instanceof And || e instanceof Or) return binary(e, mode);
  if (e instanceof In) return inList(e, mode);
  if (e instanceof InSubquery) return inSubquery(e, context);
  if (e instanceof Coalesce) return e.mapChildren(toCommon(e.operands, mode));
  if (e instanceof CaseWhen) {
    const to = toCommon(e.values, mode);
    const thens = e.thens.map(to);
    const otherwise = e.elseValue && to(e.elseValue);
    if (thens.every((t, i) => t === e.thens[i]) && otherwise === e.elseValue) return e;
    return new CaseWhen(e.whens, thens, otherwise);
  }
  if (e instanceof If) return ifElse(e, mode);
  if (e instanceof Not) return typed(e, [BOOLEAN], mode);
  if (e instanceof ScalarCall || e instanceof AggregateCall) return call(e, context);
  if (e instanceof WindowFunctionCall) return windowFunction(e, mode);
  if (e instanceof GetMapValue && e.child.dataType.kind === 'map')
    return typed(e, ['any', e.child.dataType.keyType], mode);
  if (e instanceof GeneratorCall && e.name === 'stack') return stack(e, mode);
  return e;
}

export function castTo(e: Expression, type: DataType, mode: EvalMode): Expression {
  return new Cast(e, type, mode);
}
function castIfDifferent(e: Expression, type: DataType, mode: EvalMode): Expression {
  return sameType(e.dataType, type) ? e : castTo(e, type, mode);
}
function toCommon(values: readonly Expression[], mode: EvalMode): (e: Expression) => Expression {
  const types = values.map((v) => v.dataType);
  const [first] = types;
  if (first === undefined || types.every((t) => sameType(t, first))) return (e) => e;
  const common = findWiderCommonType(types, mode);
  return (e) => (common ? castIfDifferent(e, common, mode) : e);
}

/** Casts children to what a signature asks for, where they can be. Spark: `ImplicitCastInputTypes`. */
function typed(e: Expression, specs: readonly TypeSpec[], mode: EvalMode): Expression {
  let i = -1;
  return e.mapChildren((c) => {
    const spec = specs[++i];
    if (spec === undefined) return c;
    const type = implicitCast(c.dataType, spec, mode);
    return type === undefined || sameType(type, c.dataType) ? c : castTo(c, type, mode);
  });
}

type Binary = Arithmetic | Comparison | And | Or;
const withSides = (e: Binary, left: Expression, right: Expression): Binary =>
  left === e.left && right === e.right ? e : (e.withNewChildren([left, right]) as Binary);

function binary(e: Binary, mode: EvalMode): Expression {
  let next: Expression = mode === 'LEGACY' ? promoteStringsLegacy(e) : promoteStrings(e, mode);
  next = decimalPrecision(next as Binary, mode);
  if (!(next instanceof Arithmetic || next instanceof Comparison || next instanceof And || next instanceof Or))
    return next;
  if (next instanceof Arithmetic && next.kind === 'Divide') next = division(next, mode);
  else if (next instanceof Arithmetic && next.kind === 'IntegralDivide') next = integralDivision(next, mode);
  return implicitBinary(next as Binary, mode);
}

function promoteStrings(e: Binary, mode: EvalMode): Binary {
  const type = findStringType(e.left.dataType, e.right.dataType);
  if (type === undefined) return e;
  const to = (x: Expression) =>
    x.dataType.kind === 'null' ? Literal.nullOf(type) : equalTypes(x.dataType, type) ? x : castTo(x, type, mode);
  return withSides(e, to(e.left), to(e.right));
}
function findStringType(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === 'string' && b.kind === 'string') return undefined;
  if (a.kind !== 'string' && b.kind !== 'string') return undefined;
  return findWiderTypeForString(a, b);
}

function promoteStringsLegacy(e: Binary): Binary {
  const a = e.left.dataType;
  const b = e.right.dataType;
  const to = (x: Expression, t: DataType) => (sameType(x.dataType, t) ? x : castTo(x, t, 'LEGACY'));
  if (e instanceof Arithmetic) {
    const promote = (x: Expression, other: DataType) =>
      x.dataType.kind === 'string' && other.kind !== 'interval' && !isAnsiInterval(other) ? to(x, DOUBLE) : x;
    return withSides(e, promote(e.left, b), promote(e.right, a));
  }
  if (!(e instanceof Comparison) || (a.kind === 'string') === (b.kind === 'string')) return e;
  const other = a.kind === 'string' ? b : a;
  if (other.kind === 'array' || other.kind === 'map' || other.kind === 'struct' || isAnsiInterval(other)) return e;
  if (other.kind === 'null')
    return withSides(e, to(e.left, a.kind === 'string' ? a : b), to(e.right, a.kind === 'string' ? a : b));
  const type = other.kind === 'decimal' ? DOUBLE : other;
  return withSides(e, to(e.left, type), to(e.right, type));
}

function division(e: Arithmetic, mode: EvalMode): Arithmetic {
  const l = e.left.dataType;
  const r = e.right.dataType;
  if (l.kind === 'double' && r.kind === 'double') return e;
  if (l.kind === 'decimal' && r.kind === 'decimal') return e;
  const ok = (t: DataType) => isNumeric(t) || t.kind === 'null';
  if (!ok(l) || !ok(r) || l.kind === 'double') return e;
  return withSides(e, castTo(e.left, DOUBLE, mode), castTo(e.right, DOUBLE, mode)) as Arithmetic;
}
function integralDivision(e: Arithmetic, mode: EvalMode): Arithmetic {
  const long = (x: Expression) => (isIntegral(x.dataType) && x.dataType.kind !== 'long' ? castTo(x, LONG, mode) : x);
  return withSides(e, long(e.left), long(e.right)) as Arithmetic;
}

function implicitBinary(e: Binary, mode: EvalMode): Expression {
  const l = e.left.dataType;
  const r = e.right.dataType;
  const decimalBesideNull = (l.kind === 'decimal' && r.kind === 'null') || (l.kind === 'null' && r.kind === 'decimal');
  if (!decimalBesideNull && (l.kind === 'decimal' || r.kind === 'decimal')) return e;
  if (equalTypes(l, r)) return e;
  const common = findTightestCommonType(l, r, mode);
  if (!common || !accepts(e, common)) return e;
  const to = (x: Expression) => (equalTypes(x.dataType, common) ? x : castTo(x, common, mode));
  return withSides(e, to(e.left), to(e.right));
}
function accepts(e: Binary, t: DataType): boolean {
  if (e instanceof And || e instanceof Or) return t.kind === 'boolean';
  if (e instanceof Comparison) return isOrderable(t) || e.kind === 'EqualTo' || e.kind === 'EqualNullSafe';
  if (e.isBitwise) return isIntegral(t);
  switch (e.kind) {
    case 'Add':
    case 'Subtract':
      return isNumeric(t) || isAnsiInterval(t) || t.kind === 'interval';
    case 'Divide':
      return t.kind === 'double' || t.kind === 'decimal';
    case 'IntegralDivide':
      return t.kind === 'long' || t.kind === 'decimal' || isAnsiInterval(t);
    default:
      return isNumeric(t);
  }
}

function inList(e: In, mode: EvalMode): Expression {
  const all = [e.value, ...e.list];
  const [first] = all as [Expression];
  if (all.every((x) => equalTypes(x.dataType, first.dataType))) return e;
  const common = findWiderCommonType(
    all.map((x) => x.dataType),
    mode,
  );
  if (!common) return e;
  // Spark casts every item here, those of the common type included.
  return e.mapChildren((x) => castTo(x, common, mode));
}

function inSubquery(e: InSubquery, context: AnalyzerContext): Expression {
  const { query, values } = e;
  const rhs = query.plan.output;
  if (!query.resolved || values.length !== rhs.length) return e;
  if (values.every((v, i) => sameType(v.dataType, (rhs[i] as AttributeReference).dataType))) return e;
  const { mode, conf } = context;
  const types = values.map((v, i) => findWiderTypeForTwo(v.dataType, (rhs[i] as AttributeReference).dataType, mode));
  if (types.some((t) => t === undefined)) return e;
  const cast = (x: Expression, t: DataType) => new Cast(x, t, mode, conf.timeZone);
  const left = values.map((v, i) => (equalTypes(v.dataType, types[i] as DataType) ? v : cast(v, types[i] as DataType)));
  const right = rhs.map((a, i) =>
    equalTypes(a.dataType, types[i] as DataType) ? a : new Alias(cast(a, types[i] as DataType), a.name),
  );
  const changed = left.some((v, i) => v !== values[i]) || right.some((a, i) => a !== rhs[i]);
  return changed ? new InSubquery(left, query.withPlan(new Project(right, query.plan))) : e;
}

function ifElse(e: If, mode: EvalMode): Expression {
  if (!sameType(e.trueValue.dataType, e.falseValue.dataType)) {
    const type = findWiderTypeForTwo(e.trueValue.dataType, e.falseValue.dataType, mode);
    if (type)
      return new If(e.predicate, castIfDifferent(e.trueValue, type, mode), castIfDifferent(e.falseValue, type, mode));
    return e;
  }
  if (e.predicate.dataType.kind !== 'null') return e;
  const predicate = e.predicate instanceof Literal ? Literal.nullOf(BOOLEAN) : castTo(e.predicate, BOOLEAN, mode);
  return new If(predicate, e.trueValue, e.falseValue);
}

/** Functions say themselves what they want. */
function call(e: ScalarCall | AggregateCall, context: AnalyzerContext): Expression {
  const { functions } = context.conf;
  const { sparkClass } = e.def;
  if (
    (sparkClass === 'Concat' && functions?.concatBinaryAsString) ||
    (sparkClass === 'Elt' && functions?.eltBinaryAsString)
  ) {
    const binary = (o: Expression) => o.dataType.kind === 'binary';
    if (e.operands.slice(sparkClass === 'Elt' ? 1 : 0).every(binary))
      return e.mapChildren((o) => (binary(o) ? castTo(o, STRING, context.mode) : o));
  }
  const wanted = e.def.coerce(
    e.operands.map((o) => o.dataType),
    analysisContext(e.operands, e.mode, context.conf.timeZone),
  );
  if ('mismatch' in wanted) return e;
  let i = -1;
  return e.mapChildren((o) => {
    const type = wanted[++i];
    if (type === undefined || sameType(type, o.dataType)) return o;
    if (EXPECTS_TYPES.has(sparkClass)) {
      if (o.dataType.kind === 'null' && o instanceof Literal) return Literal.nullOf(type);
      // Outside ANSI mode a constant count of days is read while analyzing. Spark: `StringLiteralCoercion`.
      if (context.mode === 'LEGACY' && i === 1 && o instanceof Literal && typeof o.value === 'string')
        return Literal.int(Number(o.value));
    }
    return castTo(o, type, context.mode);
  });
}
/** Calls whose nulls take on the type that is asked for, where others are cast. Spark: `ExpectsInputTypes`. */
const EXPECTS_TYPES: ReadonlySet<string> = new Set(
  `DateAdd DateSub MicrosToTimestamp MillisToTimestamp SecondsToTimestamp SubtractTimestamps UnixDate UnixMicros
  UnixMillis UnixSeconds`.split(/\s+/),
);

function windowFunction(e: WindowFunctionCall, mode: EvalMode): Expression {
  switch (e.name) {
    case 'lag':
    case 'lead':
      return typed(e, ['any', INT, { anyOf: [e.operands[0]?.dataType ?? NULL, NULL] }], mode);
    case 'ntile':
      return typed(e, [INT], mode);
    case 'nth_value':
      return typed(e, ['any', INT], mode);
    default:
      return e;
  }
}

/** Edges of a RANGE frame at the type of the order key. Spark: `WindowFrameCoercion`. */
function windowFrame(e: WindowSpecDefinition, { mode, conf }: AnalyzerContext): Expression {
  const { frame, orderSpec } = e;
  const [order] = orderSpec;
  if (!(frame instanceof SpecifiedWindowFrame) || frame.frameType !== 'RangeFrame') return e;
  if (orderSpec.length !== 1 || !order?.resolved || !frame.childrenResolved) return e;
  const type = order.dataType;
  const edge = (x: Expression): Expression => {
    if (x instanceof FrameBoundary || type.kind === 'date' || type.kind === 'timestamp') return x;
    return sameType(x.dataType, type) || !canCast(x.dataType, type, mode) ? x : castTo(x, type, mode);
  };
  const lower = edge(frame.lower);
  const upper = edge(frame.upper);
  const zone = type.kind === 'timestamp' ? conf.timeZone : undefined;
  if (lower === frame.lower && upper === frame.upper && zone === frame.timeZone) return e;
  return new WindowSpecDefinition(
    e.partitionSpec,
    orderSpec,
    new SpecifiedWindowFrame('RangeFrame', lower, upper, zone),
  );
}

function stack(e: GeneratorCall, mode: EvalMode): Expression {
  const columns = stackColumns(e.operands);
  const { fields } = e.elementSchema;
  let i = -1;
  return e.mapChildren((o) => {
    i++;
    const type = i === 0 ? undefined : fields[(i - 1) % columns]?.dataType;
    if (!type || o.dataType.kind !== 'null' || type.kind === 'null') return o;
    return o instanceof Literal ? new Literal(null, type) : castTo(o, type, mode);
  });
}
