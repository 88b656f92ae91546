import { SparkError } from '../../errors/index.js';
import { type DataType, sameType, type Value } from '../../types/index.js';
import { canCast, cast } from '../cast.js';
import { unexpectedInput } from '../coercion.js';
import { datetimeArithmetic } from '../datetime/arithmetic-rules.js';
import type { AnalysisContext, CallContext, Replacement, ScalarFunction, TypeMismatch } from '../function.js';
import { arithmeticFunctions } from './arithmetic.js';
import { datetimeArithmeticFunctions } from './datetime-arithmetic.js';
import { datetimeFieldFunctions } from './datetime-fields.js';

/** try_ functions over dates, timestamps and intervals: the call that the operator would become, with null for its errors.
 * Spark: `TryEval` over what `BinaryArithmeticWithDatetimeResolver` gives. */
const SYMBOLS: Readonly<Record<string, string>> = {
  try_add: '+',
  try_subtract: '-',
  try_multiply: '*',
  try_divide: '/',
};
const inner = new Map<string, ScalarFunction>(
  [...arithmeticFunctions, ...datetimeArithmeticFunctions, ...datetimeFieldFunctions].map((f) => [f.name, f]),
);

interface Typed {
  readonly type: DataType;
  run(args: readonly Value[], context: CallContext): Value;
}

/** A replacement with its type and evaluation; casts are those that `coerce` asks for. */
function compileTree(tree: Replacement, types: readonly DataType[], context: AnalysisContext): Typed | TypeMismatch {
  if ('argument' in tree) {
    const { argument } = tree;
    return { type: types[argument] as DataType, run: (args) => args[argument] as Value };
  }
  if ('constant' in tree) return { type: tree.type, run: () => tree.constant };
  if ('cast' in tree) {
    const child = compileTree(tree.cast, types, context);
    return 'mismatch' in child ? child : castTo(child, tree.type);
  }
  const fn = inner.get(tree.fn) as ScalarFunction;
  const args: Typed[] = [];
  for (const arg of tree.args) {
    const typed = compileTree(arg, types, context);
    if ('mismatch' in typed) return typed;
    args.push(typed);
  }
  const casts = fn.coerce(
    args.map((a) => a.type),
    { ...context, constants: args.map(() => undefined), nullable: args.map(() => true) },
  );
  if ('mismatch' in casts) return casts;
  const operands: Typed[] = [];
  for (const [i, arg] of args.entries()) {
    const type = casts[i];
    const operand = type === undefined ? arg : castTo(arg, type);
    if ('mismatch' in operand) return operand;
    operands.push(operand);
  }
  const argTypes = operands.map((o) => o.type);
  const type = fn.returnType(argTypes, context);
  return {
    type,
    run: (values, c) => {
      const operandValues = operands.map((o) => o.run(values, c));
      if (operandValues.includes(null)) return null;
      return fn.evaluate(operandValues, { ...c, argTypes, returnType: type, mode: 'ANSI' });
    },
  };
}
function castTo(child: Typed, type: DataType): Typed | TypeMismatch {
  if (sameType(child.type, type)) return child;
  if (!canCast(child.type, type, 'ANSI')) return unexpectedInput(0, type, child.type);
  return { type, run: (args, c) => cast(child.run(args, c), child.type, type, 'ANSI', c.timeZone) };
}

function withDatetimes(f: ScalarFunction): ScalarFunction {
  const symbol = SYMBOLS[f.name];
  if (symbol === undefined) return f;
  const treeOf = (types: readonly DataType[]): Replacement | undefined => {
    const tree = datetimeArithmetic(symbol, types[0] as DataType, types[1] as DataType);
    return tree && 'fn' in tree && tree.fn === symbol ? undefined : tree;
  };
  const plain: AnalysisContext = { mode: 'ANSI', timeZone: 'UTC', nullable: [true, true], constants: [] };
  return {
    ...f,
    coerce: (types, context) => {
      const tree = treeOf(types);
      if (!tree) return f.coerce(types, context);
      const typed = compileTree(tree, types, context);
      return 'mismatch' in typed ? typed : types.map(() => undefined);
    },
    returnType: (types, context) => {
      const tree = treeOf(types);
      const typed = tree && compileTree(tree, types, context);
      return typed && !('mismatch' in typed) ? typed.type : f.returnType(types, context);
    },
    // Over datetimes the call stays itself, since its replacement would raise.
    replacement: (types, context) =>
      treeOf(types)
        ? { fn: f.name, args: [{ argument: 0 }, { argument: 1 }] }
        : (f.replacement as NonNullable<typeof f.replacement>)(types, context),
    evaluate: (args, c) => {
      let typed = c.state.get('tree') as Typed | TypeMismatch | 'none' | undefined;
      if (typed === undefined) {
        const tree = treeOf(c.argTypes);
        typed = tree ? compileTree(tree, c.argTypes, plain) : 'none';
        c.state.set('tree', typed);
      }
      if (typed === 'none' || 'mismatch' in typed) return f.evaluate(args, c);
      try {
        return typed.run(args as readonly Value[], c);
      } catch (error) {
        if (error instanceof SparkError && error.kind === 'runtime') return null;
        throw error;
      }
    },
  };
}

/** Arithmetic with the try_ functions widened to datetimes. */
export const arithmeticWithDatetimes: readonly ScalarFunction[] = arithmeticFunctions.map(withDatetimes);
