import type { DataType, Value } from '../types/index.js';
import { anyTypes, inputTypes, type TypeSpec } from './coercion.js';
import type {
  AggregateFunctionDef,
  AnalysisContext,
  CallContext,
  EvalArgument,
  FunctionFamily,
  ScalarFunction,
} from './function.js';

type ReturnType = DataType | ((args: readonly DataType[], context: AnalysisContext) => DataType);

/** A scalar function with the repetitive parts left out: name and arity are read from the usage text. */
export interface ScalarSpec
  extends Partial<Omit<ScalarFunction, 'name' | 'sparkClass' | 'returnType' | 'evaluate' | 'doc'>> {
  readonly cls: string;
  /** Implicit casts by position; instead of `coerce`. */
  readonly types?: readonly TypeSpec[];
  readonly returns: ReturnType;
  readonly run: (args: readonly EvalArgument[], context: CallContext) => Value;
  readonly examples?: readonly (readonly [sql: string, result: string])[];
}

/** Usage such as `lpad(str, len[, pad])`, or a bare name followed by ` - operator`. Brackets are optional, `...` repeats. */
function readUsage(usage: string): { name: string; arity: readonly [number, number] } {
  const open = usage.indexOf('(');
  const name = usage.slice(0, open);
  const inner = usage.slice(open + 1, usage.lastIndexOf(')'));
  const optionalAt = inner.indexOf('[');
  const count = (text: string): number => text.split(',').filter((p) => /[A-Za-z]/.test(p)).length;
  const required = count(optionalAt < 0 ? inner.replace('...', '') : inner.slice(0, optionalAt));
  const all = count(inner);
  return { name, arity: [required, inner.includes('...') ? Number.POSITIVE_INFINITY : all] };
}

/** Builds one registry entry. */
export function scalar(family: FunctionFamily, usage: string, description: string, spec: ScalarSpec): ScalarFunction {
  const { cls, types, returns, run, examples, ...rest } = spec;
  const { name, arity } = readUsage(usage);
  return {
    name,
    arity,
    coerce: types ? inputTypes(types, arity[1] === Number.POSITIVE_INFINITY) : anyTypes,
    ...rest,
    sparkClass: cls,
    returnType: typeof returns === 'function' ? returns : () => returns,
    evaluate: run,
    doc: { family, usage, description, examples: examples ?? [] },
  };
}

/** An operator: its symbol is the name. */
export function operator(
  family: FunctionFamily,
  name: string,
  operands: 1 | 2,
  description: string,
  spec: ScalarSpec,
): ScalarFunction {
  const usage = operands === 1 ? `${name} expr` : `expr1 ${name} expr2`;
  const built = scalar(family, `x(a${operands === 2 ? ', b' : ''})`, description, spec);
  return { ...built, name, doc: { family, usage, description, examples: spec.examples ?? [] } };
}

export interface AggregateSpec<S>
  extends Partial<Omit<AggregateFunctionDef<S>, 'name' | 'sparkClass' | 'returnType' | 'doc'>> {
  readonly cls: string;
  readonly types?: readonly TypeSpec[];
  readonly returns: ReturnType;
  readonly create: (context: CallContext) => S;
  readonly update: (state: S, args: readonly Value[], context: CallContext) => S;
  readonly merge: (left: S, right: S, context: CallContext) => S;
  readonly finish: (state: S, context: CallContext) => Value;
  readonly examples?: readonly (readonly [sql: string, result: string])[];
}

/** Builds one entry of the aggregate registry. The state type is private to the definition. */
export function aggregate<S>(usage: string, description: string, spec: AggregateSpec<S>): AggregateFunctionDef {
  const { cls, types, returns, examples, ...rest } = spec;
  const { name, arity } = readUsage(usage);
  const def: AggregateFunctionDef<S> = {
    name,
    arity,
    coerce: types ? inputTypes(types) : anyTypes,
    ...rest,
    sparkClass: cls,
    returnType: typeof returns === 'function' ? returns : () => returns,
    doc: { family: 'aggregate', usage, description, examples: examples ?? [] },
  };
  return def as unknown as AggregateFunctionDef;
}
