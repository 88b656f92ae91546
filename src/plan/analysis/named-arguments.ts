import { analysisError, type Origin } from '../../errors/index.js';
import { quoteIdentifier, STRING } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { NamedArgumentExpression } from '../expressions/unresolved.js';
import { orderBySimilarity } from './suggestions.js';

/** A parameter that may be given by name. */
export interface Parameter {
  readonly name: string;
  /** Undefined: the argument is required. */
  readonly byDefault?: (() => Expression) | undefined;
}

/** Arguments in the order of the parameters: those by position first, then those by name; gaps take the defaults. Trailing
 * defaults are left out. Spark: `NamedParametersSupport`.
 * @throws UNEXPECTED_POSITIONAL_ARGUMENT, UNRECOGNIZED_PARAMETER_NAME, REQUIRED_PARAMETER_NOT_FOUND,
 * DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.* */
export function arranged(
  routineName: string,
  parameters: readonly Parameter[],
  args: readonly Expression[],
  origin: Origin,
): readonly Expression[] {
  const firstNamed = args.findIndex((a) => a instanceof NamedArgumentExpression);
  if (firstNamed < 0) return args;
  const named = new Map<string, NamedArgumentExpression>();
  let last: NamedArgumentExpression | undefined;
  for (const a of args.slice(firstNamed)) {
    if (!(a instanceof NamedArgumentExpression))
      throw analysisError(
        'UNEXPECTED_POSITIONAL_ARGUMENT',
        { routineName, parameterName: quoteIdentifier(last?.name ?? '') },
        origin,
      );
    if (named.has(a.name.toLowerCase()))
      throw analysisError(
        'DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE',
        { routineName, parameterName: quoteIdentifier(a.name) },
        origin,
      );
    named.set(a.name.toLowerCase(), a);
    last = a;
  }
  const names = parameters.map((p) => p.name.toLowerCase());
  for (const p of parameters.slice(0, firstNamed))
    if (named.has(p.name.toLowerCase()))
      throw analysisError(
        'DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED',
        { routineName, parameterName: quoteIdentifier(p.name) },
        origin,
      );
  for (const [name, a] of named)
    if (!names.includes(name))
      throw analysisError(
        'UNRECOGNIZED_PARAMETER_NAME',
        {
          routineName,
          argumentName: quoteIdentifier(a.name),
          proposal: orderBySimilarity(
            [a.name],
            parameters.map((p) => [p.name]),
          )
            .slice(0, 3)
            .join(' '),
        },
        origin,
      );
  const count = Math.max(...[...named.keys()].map((n) => names.indexOf(n))) + 1;
  const all = parameters.map((p, i) => {
    if (i < firstNamed) return args[i] as Expression;
    const given = named.get(p.name.toLowerCase());
    if (given !== undefined) return given.value;
    if (p.byDefault === undefined)
      throw analysisError(
        'REQUIRED_PARAMETER_NOT_FOUND',
        { routineName, parameterName: quoteIdentifier(p.name), index: String(i) },
        origin,
      );
    return i < count ? p.byDefault() : undefined;
  });
  return all.slice(0, count) as Expression[];
}

const required = (...names: readonly string[]): Parameter[] => names.map((name) => ({ name }));
const constant = (name: string, value: string | null): Parameter => ({
  name,
  byDefault: () => (value === null ? new Literal(null, STRING) : Literal.string(value)),
});

const COLLECTION = required('collection');
const INPUT = required('input');
/** Functions whose builders give their parameters names. Spark: `ExpressionBuilder.functionSignature`. */
const NAMED: Readonly<Record<string, readonly Parameter[]>> = {
  mask: [
    ...required('str'),
    constant('upperChar', 'X'),
    constant('lowerChar', 'x'),
    constant('digitChar', 'n'),
    constant('otherChar', null),
  ],
  mode: [...required('col'), { name: 'deterministic', byDefault: () => Literal.FALSE }],
  count_min_sketch: required('column', 'epsilon', 'confidence', 'seed'),
  explode: COLLECTION,
  explode_outer: COLLECTION,
  posexplode: COLLECTION,
  posexplode_outer: COLLECTION,
  inline: INPUT,
  inline_outer: INPUT,
};

/** The arguments of a built-in function by position. @throws NAMED_PARAMETERS_NOT_SUPPORTED */
export function positional(name: string, args: readonly Expression[], origin: Origin): readonly Expression[] {
  if (!args.some((a) => a instanceof NamedArgumentExpression)) return args;
  const parameters = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (parameters === undefined)
    throw analysisError('NAMED_PARAMETERS_NOT_SUPPORTED', { functionName: quoteIdentifier(name) }, origin);
  return arranged(quoteIdentifier(name), parameters, args, origin);
}
