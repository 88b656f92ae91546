import { analysisError, SparkError } from '../../errors/index.js';
import { cast as castValue } from '../../eval/cast.js';
import { implicitCast } from '../../eval/coercion.js';
import { INT, LONG, quoteIdentifier } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { GeneratorCall } from '../expressions/functions.js';
import { AttributeReference } from '../expressions/named.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { OneRowRelation, Range } from '../logical/relations.js';
import type { UnresolvedTableValuedFunction } from '../logical/unresolved.js';
import { quotedName } from './attribute-seq.js';
import { wrongNumArgs } from './call-clauses.js';
import { evaluateConstant } from './constants.js';
import type { AnalyzerContext } from './context.js';
import { buildFunction } from './function-builder.js';
import { makeGenerate } from './rules/resolve-functions.js';
import { expandTableCall } from './sql-functions.js';

/** A function in FROM as a plan: `range`, or a generator over one row. Spark: `TableFunctionRegistry`.
 * @throws UNRESOLVABLE_TABLE_VALUED_FUNCTION */
export function tableFunction(context: AnalyzerContext, f: UnresolvedTableValuedFunction): LogicalPlan {
  const sqlFunction = context.catalog.lookupSqlFunction?.(f.nameParts);
  if (sqlFunction) return expandTableCall(sqlFunction, f.functionArgs, context, f.origin);
  const name = (f.nameParts.at(-1) as string).toLowerCase();
  if (f.nameParts.length === 1) {
    if (name === 'range') return range(context, f);
    const call = buildFunction(context, [name], f.functionArgs, f.origin);
    if (call instanceof GeneratorCall) {
      requireGenerator(call);
      return makeGenerate(call, call.outer, undefined, [], new OneRowRelation(), f.origin);
    }
    // After all that Spark knows, so that nothing of it is hidden.
    const own = call ? undefined : context.catalog.lookupTableFunction?.(name);
    if (own) {
      if (f.functionArgs.length > 0) throw wrongNumArgs(name, '0', f.functionArgs.length, f.origin);
      return own;
    }
  }
  throw analysisError('UNRESOLVABLE_TABLE_VALUED_FUNCTION', { name: quotedName(f.nameParts) }, f.origin);
}

/** Arguments of a generator are final once they are resolved: what does not fit never will.
 * @throws DATATYPE_MISMATCH.*, UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS */
export function requireGenerator(call: GeneratorCall): void {
  if (call.operands.some((o) => o.exists((x) => x instanceof GeneratorCall)))
    throw analysisError(
      'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS',
      { expression: `"${call.sql(true)}"` },
      call.origin,
    );
  const failure = call.checkInputDataTypes();
  if (failure)
    throw new SparkError('analysis', `DATATYPE_MISMATCH.${failure.condition}`, failure.parameters, call.origin, {
      sqlState: '42K09',
    });
}

function range(context: AnalyzerContext, f: UnresolvedTableValuedFunction): LogicalPlan {
  const args = f.functionArgs;
  if (args.length < 1 || args.length > 4) throw wrongNumArgs('range', '[1, 2, 3, 4]', args.length, f.origin);
  const names = args.length === 1 ? ['end'] : ['start', 'end', 'step', 'numSlices'];
  const long = (e: Expression, index: number): bigint => {
    const name = names[index] as string;
    const type = name === 'numSlices' ? INT : LONG;
    if (!e.foldable)
      throw analysisError(
        'NON_FOLDABLE_ARGUMENT',
        { funcName: '`range`', paramName: quoteIdentifier(name), paramType: `"${type.sql}"` },
        f.origin,
      );
    let n: unknown;
    try {
      const value = evaluateConstant(e, context.conf.timeZone);
      n = value === null ? undefined : castValue(value, e.dataType, LONG, 'ANSI', context.conf.timeZone);
    } catch (error) {
      if (implicitCast(e.dataType, LONG, context.mode)) throw error;
      n = undefined;
    }
    if (typeof n !== 'bigint')
      throw analysisError(
        'UNEXPECTED_INPUT_TYPE',
        {
          functionName: quoteIdentifier('range'),
          paramIndex: ['first', 'second', 'third', 'fourth'][args.length === 1 ? 1 : index] ?? '',
          inputSql: `"${e.sql(true)}"`,
          inputType: `"${e.dataType.sql}"`,
          requiredType: `"${type.sql}"`,
        },
        f.origin,
      );
    return n;
  };
  const values = args.map(long);
  const [start, end] = values.length === 1 ? [0n, values[0] as bigint] : [values[0] as bigint, values[1] as bigint];
  if (values[2] === 0n) throw analysisError('FAILED_FUNCTION_CALL', { funcName: '`range`' }, f.origin);
  const slices = values[3];
  return new Range(start, end, values[2] ?? 1n, slices === undefined ? undefined : Number(slices), [
    AttributeReference.create('id', LONG, false),
  ]);
}
