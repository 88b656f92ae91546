import { lookupScalar } from '../../eval/registry.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { And, Comparison, NullCheck, Or } from '../expressions/predicates.js';
import { upRule } from './tree-rules.js';

/** LIKE patterns without inner wildcards become prefix, suffix or substring tests. Patterns with the escape character are
 * left. Spark: `LikeSimplification`. */
export const LikeSimplification = upRule('LikeSimplification', (p) => p.transformExpressionsUp(simplify));

function simplify(e: Expression): Expression {
  if (!(e instanceof ScalarCall) || e.def.sparkClass !== 'Like') return e;
  const [input, pattern, escapeOperand] = e.operands;
  if (!input || !(pattern instanceof Literal)) return e;
  if (pattern.value === null) return Literal.nullOf(e.dataType);
  const text = pattern.value as string;
  const escapeChar =
    escapeOperand instanceof Literal && typeof escapeOperand.value === 'string' ? escapeOperand.value : '\\';
  if (text.includes(escapeChar) || text.includes('_')) return e;
  const call = (name: string, part: string): Expression => {
    const def = lookupScalar(name);
    return def ? new ScalarCall(def, [input, Literal.string(part)], e.mode, e.timeZone) : e;
  };
  const core = text.replace(/^%+|%+$/g, '');
  if (core.includes('%')) {
    const parts = text.split('%');
    if (parts.length !== 2) return e;
    const [prefix, suffix] = parts as [string, string];
    const [starts, ends] = [call('startswith', prefix), call('endswith', suffix)];
    const lengthDef = lookupScalar('length');
    if (starts === e || ends === e || !lengthDef) return e;
    const length = new ScalarCall(lengthDef, [input], e.mode, e.timeZone);
    const least = Literal.int([...prefix].length + [...suffix].length);
    return new And(new Comparison('GreaterThanOrEqual', length, least), new And(starts, ends));
  }
  if (text === '') return new Comparison('EqualTo', input, pattern);
  if (core === '') return input.nullable ? orNull(input) : Literal.TRUE;
  const [before, after] = [text.startsWith('%'), text.endsWith('%')];
  if (before && after) return call('contains', core);
  if (after) return call('startswith', core);
  if (before) return call('endswith', core);
  return new Comparison('EqualTo', input, pattern);
}

/** True, or null where the input is: `LIKE '%'`. */
function orNull(input: Expression): Expression {
  return new Or(new NullCheck('IsNotNull', input), Literal.nullOf(Literal.TRUE.dataType));
}
