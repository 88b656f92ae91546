import { analysisError, SparkError } from '../../../errors/index.js';
import { quoteIdentifier } from '../../../types/index.js';
import { quoteExpr } from '../../expressions/arithmetic.js';
import { Cast } from '../../expressions/cast.js';
import type { Expression } from '../../expressions/expression.js';
import { analysisContext, ScalarCall } from '../../expressions/functions.js';
import { LambdaFunction, NamedLambdaVariable, UnresolvedNamedLambdaVariable } from '../../expressions/lambda.js';
import { Literal } from '../../expressions/literal.js';
import { UnresolvedAttribute } from '../../expressions/unresolved.js';
import { extractValue } from '../attribute-seq.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, resolveOperatorsUp } from '../resolve-operators.js';

/** Variables by name; undefined for those of a lambda that is not bound yet, which stay as they are. */
type Scope = ReadonlyMap<string, NamedLambdaVariable | undefined>;

/** Lambda parameters get the types that the function feeds them. Spark: `ResolveLambdaVariables`. */
export const ResolveLambdaVariables = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveLambdaVariables', (plan) =>
    resolveOperatorsUp(plan, (p) => p.mapExpressions((e) => resolve(e, new Map(), context))),
  );

function resolve(e: Expression, scope: Scope, context: AnalyzerContext): Expression {
  if (e.resolved) return e;
  const fold = (name: string) => (context.conf.caseSensitive ? name : name.toLowerCase());
  if (e instanceof ScalarCall && e.operands.some((o) => o instanceof LambdaFunction && !o.bound)) {
    const inputs = e.operands.map((o) => (o instanceof LambdaFunction ? o : resolve(o, scope, context)));
    const bound = bind(e, inputs, context);
    return bound.mapChildren((o) => {
      if (!(o instanceof LambdaFunction) || !o.bound) return o;
      const inner = new Map(scope);
      for (const v of o.parameters) inner.set(fold(v.name), v as NamedLambdaVariable);
      const body = resolve(o.body, inner, context);
      return body === o.body ? o : new LambdaFunction(body, o.parameters, o.hidden);
    });
  }
  if (e instanceof LambdaFunction && e.bound) {
    const inner = new Map(scope);
    for (const v of e.parameters) inner.set(fold(v.name), v as NamedLambdaVariable);
    const body = resolve(e.body, inner, context);
    return body === e.body ? e : new LambdaFunction(body, e.parameters, e.hidden);
  }
  if (e instanceof LambdaFunction) {
    const inner = new Map(scope);
    for (const v of e.parameters) inner.set(fold(v.name), undefined);
    const body = resolve(e.body, inner, context);
    return body === e.body ? e : new LambdaFunction(body, e.parameters, e.hidden).withOrigin(e.origin);
  }
  if (e instanceof UnresolvedNamedLambdaVariable) {
    const [head, ...nested] = e.nameParts as [string, ...string[]];
    if (scope.has(fold(head)) && scope.get(fold(head)) === undefined) return e;
    const variable = scope.get(fold(head));
    if (!variable) return new UnresolvedAttribute(e.nameParts).withOrigin(e.origin);
    return nested.reduce<Expression>(
      (x, name) => extractValue(x, Literal.string(name), context.sameName, context.conf.ansiEnabled, e.origin),
      variable,
    );
  }
  return e.mapChildren((c) => resolve(c, scope, context));
}

/** Maps whose keys differ in type meet before the lambda learns their types; what cannot meet is reported later. */
function mapCasts(
  call: ScalarCall,
  operands: readonly (Expression | undefined)[],
  context: AnalyzerContext,
): readonly (Expression | undefined)[] | undefined {
  const maps = operands.slice(0, 2) as readonly Expression[];
  const wanted = call.def.coerce(
    maps.map((m) => m.dataType),
    analysisContext(maps, call.mode, context.conf.timeZone),
  );
  if ('mismatch' in wanted)
    throw new SparkError(
      'analysis',
      `DATATYPE_MISMATCH.${wanted.mismatch.condition}`,
      { sqlExpr: quoteExpr(call), ...wanted.mismatch.parameters },
      call.origin,
    );
  if (wanted.every((t) => t === undefined)) return undefined;
  return maps.map((m, i) => {
    const type = wanted[i];
    return type && new Cast(m, type, context.mode, context.conf.timeZone);
  });
}

/** @throws INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH, .DUPLICATE_ARG_NAMES */
function bind(call: ScalarCall, operands: readonly Expression[], context: AnalyzerContext): ScalarCall {
  const rebuilt = (list: readonly Expression[]) =>
    new ScalarCall(call.def, list, call.mode, call.timeZone, call.shownName, call.site).withOrigin(call.origin);
  const plain = operands.map((o) => (o instanceof LambdaFunction ? undefined : o));
  if (!plain.every((o) => o === undefined || o.resolved))
    return operands.every((o, i) => o === call.operands[i]) ? call : rebuilt(operands);
  const types = plain.map((o) => o?.dataType);
  const casts = call.def.sparkClass === 'MapZipWith' ? mapCasts(call, plain, context) : undefined;
  if (casts) return rebuilt(operands.map((o, i) => casts[i] ?? o));
  return rebuilt(
    operands.map((o, i) => {
      if (!(o instanceof LambdaFunction) || o.bound) return o;
      const allowed = call.def.lambdaArguments?.[i];
      const names = o.parameters.map((p) => p.name);
      if (!allowed?.includes(names.length))
        throw analysisError(
          'INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH',
          { expectedNumArgs: String(names.length), actualNumArgs: String(allowed?.at(-1) ?? 0) },
          o.origin,
        );
      const folded = names.map((n) => (context.conf.caseSensitive ? n : n.toLowerCase()));
      if (new Set(folded).size !== folded.length)
        throw analysisError(
          'INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES',
          { args: folded.map(quoteIdentifier).join(', '), caseSensitiveConfig: '"spark.sql.caseSensitive"' },
          o.origin,
        );
      const feeds = call.def.lambdaParameterTypes?.(i, types, names.length) ?? [];
      const variables = o.parameters.map((p, j) => {
        const feed = feeds[j];
        return feed ? new NamedLambdaVariable(p.name, feed.type, feed.nullable) : p;
      });
      return new LambdaFunction(o.body, variables, o.hidden).withOrigin(o.origin);
    }),
  );
}
