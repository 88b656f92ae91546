import { analysisError, type Origin } from '../../errors/index.js';
import { extractFunction } from '../../eval/datetime/arithmetic-rules.js';
import { DOUBLE, quoteIdentifier } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { RuntimeReplaceable } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { evaluateConstant } from './constants.js';

const NAMES: ReadonlySet<string> = new Set(['extract', 'date_part', 'datepart']);

/** The field of `extract` and its kin must be a constant that the source has; a null field gives null. Undefined where the
 * call is built as any other. Spark: `Extract.createExpr`, `DatePartExpressionBuilder`.
 * @throws NON_FOLDABLE_ARGUMENT, INVALID_EXTRACT_FIELD */
export function checkedExtract(
  name: string,
  args: readonly Expression[],
  timeZone: string,
  origin: Origin,
): Expression | undefined {
  const [field, source] = args;
  if (!NAMES.has(name) || field === undefined || source === undefined || args.length !== 2) return undefined;
  if (!field.foldable) {
    throw analysisError(
      'NON_FOLDABLE_ARGUMENT',
      { funcName: quoteIdentifier(name), paramName: '`field`', paramType: '"STRING"' },
      origin,
    );
  }
  const value = evaluateConstant(field, timeZone);
  if (value === null) return new RuntimeReplaceable(name, args, new Literal(null, DOUBLE));
  if (extractFunction(String(value), source.dataType) === undefined) {
    throw analysisError(
      'INVALID_EXTRACT_FIELD',
      { field: quoteIdentifier(String(value)), expr: `"${source.sql(true)}"` },
      origin,
    );
  }
  return undefined;
}
