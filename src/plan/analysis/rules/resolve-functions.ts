import { analysisError } from '../../../errors/index.js';
import type { Expression } from '../../expressions/expression.js';
import { GeneratorCall } from '../../expressions/functions.js';
import { LambdaFunction } from '../../expressions/lambda.js';
import { AttributeReference } from '../../expressions/named.js';
import { UnresolvedFunction } from '../../expressions/unresolved.js';
import { Generate } from '../../logical/operators.js';
import { UnresolvedGenerate, UnresolvedTableValuedFunction } from '../../logical/unresolved.js';
import { quotedName } from '../attribute-seq.js';
import type { AnalyzerContext } from '../context.js';
import { buildFunction, functionExists } from '../function-builder.js';
import { contextRule, resolveExpressionsDown, resolveOperatorsUp } from '../resolve-operators.js';
import { requireGenerator, tableFunction } from '../table-functions.js';

/** Calls become expressions once their arguments are resolved (lambdas aside); table functions become plans.
 * Spark: `ResolveFunctions`. @throws UNRESOLVED_ROUTINE */
export const ResolveFunctions = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveFunctions', (plan) =>
    resolveOperatorsUp(plan, (p) => {
      if (p instanceof UnresolvedTableValuedFunction) {
        const args = p.functionArgs.map((e) => resolveCalls(e, context));
        return args.every((a) => a.resolved)
          ? tableFunction(context, new UnresolvedTableValuedFunction(p.nameParts, args).withOrigin(p.origin))
          : p.mapExpressions((e) => resolveCalls(e, context));
      }
      if (p instanceof UnresolvedGenerate) return generate(p, context);
      return p.mapExpressions((e) => resolveCalls(e, context));
    }),
  );

/** Unknown names are reported before any table is looked up. Spark: `LookupFunctions`. */
export const LookupFunctions = (context: AnalyzerContext) =>
  contextRule(context, 'LookupFunctions', (plan) =>
    resolveExpressionsDown(plan, (e) => {
      if (e instanceof UnresolvedFunction && e.nameParts.length > 3)
        throw analysisError('IDENTIFIER_TOO_MANY_NAME_PARTS', { identifier: quotedName(e.nameParts) }, e.origin);
      if (e instanceof UnresolvedFunction && !functionExists(context, e.nameParts, e.isInternal))
        throw unresolvedRoutine(e, context);
      return e;
    }),
  );

function resolveCalls(e: Expression, context: AnalyzerContext): Expression {
  if (e.resolved) return e;
  return e.transformUp((x) => {
    if (!(x instanceof UnresolvedFunction)) return x;
    const ready = x.operands.every((o) => o.resolved || o instanceof LambdaFunction);
    if (!ready || (x.filter && !x.filter.resolved) || !x.withinGroup.every((s) => s.resolved)) return x;
    const found = buildFunction(context, x.nameParts, x.operands, x.origin, {
      isDistinct: x.isDistinct,
      filter: x.filter,
      ignoreNulls: x.ignoreNulls,
      withinGroup: x.withinGroup,
      isInternal: x.isInternal,
    });
    if (found === undefined) throw unresolvedRoutine(x, context);
    return found;
  });
}

function unresolvedRoutine(f: UnresolvedFunction, context: AnalyzerContext) {
  const { currentCatalog, currentDatabase } = context.catalog;
  return analysisError(
    'UNRESOLVED_ROUTINE',
    {
      routineName: quotedName(f.nameParts),
      searchPath: `[${['system.builtin', 'system.session', `${currentCatalog}.${currentDatabase}`]
        .map((p) =>
          p
            .split('.')
            .map((x) => `\`${x}\``)
            .join('.'),
        )
        .join(', ')}]`,
    },
    f.origin,
  );
}

/** LATERAL VIEW, once the arguments are known. */
function generate(p: UnresolvedGenerate, context: AnalyzerContext) {
  const args = p.generatorArgs.map((e) => resolveCalls(e, context));
  if (!p.childrenResolved || !args.every((a) => a.resolved)) return p.mapExpressions((e) => resolveCalls(e, context));
  const call = buildFunction(context, p.generatorName, args, p.origin);
  if (call === undefined)
    throw unresolvedRoutine(new UnresolvedFunction(p.generatorName, args).withOrigin(p.origin), context);
  if (!(call instanceof GeneratorCall))
    throw analysisError(
      'UNSUPPORTED_GENERATOR.NOT_GENERATOR',
      { functionName: quotedName(p.generatorName), classCanonicalName: call.nodeName },
      p.origin,
    );
  requireGenerator(call);
  return makeGenerate(call, p.outer || call.outer, p.qualifier, p.columnNames, p.child, p.origin);
}

/** @throws UDTF_ALIAS_NUMBER_MISMATCH */
export function makeGenerate(
  call: GeneratorCall,
  outer: boolean,
  qualifier: string | undefined,
  names: readonly string[],
  child: UnresolvedGenerate['child'],
  origin: UnresolvedGenerate['origin'],
): Generate {
  return new Generate(bareGenerator(call), [], outer, qualifier, generatorOutput(call, names, origin), child);
}

function bareGenerator(call: GeneratorCall): GeneratorCall {
  return call.outer ? new GeneratorCall(call.name, call.operands, call.schemaOf, false, call.check) : call;
}

export function generatorOutput(
  call: GeneratorCall,
  names: readonly string[],
  origin: UnresolvedGenerate['origin'],
): readonly AttributeReference[] {
  const { fields } = call.elementSchema;
  if (names.length > 0 && names.length !== fields.length)
    throw analysisError(
      'UDTF_ALIAS_NUMBER_MISMATCH',
      { aliasesSize: String(fields.length), aliasesNames: names.join(',') },
      origin,
    );
  return fields.map((f, i) => AttributeReference.create(names[i] ?? f.name, f.dataType, f.nullable, [], f.metadata));
}
