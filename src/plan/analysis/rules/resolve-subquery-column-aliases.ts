import { analysisError } from '../../../errors/index.js';
import { Alias } from '../../expressions/named.js';
import { Project } from '../../logical/operators.js';
import { UnresolvedSubqueryColumnAliases } from '../../logical/unresolved.js';
import { resolveOperatorsUp, rule } from '../resolve-operators.js';

/** `AS t(a, b)` → Project with the new names. Spark: `ResolveSubqueryColumnAliases`. */
export const ResolveSubqueryColumnAliases = rule('ResolveSubqueryColumnAliases', (plan) =>
  resolveOperatorsUp(plan, (p) => {
    if (!(p instanceof UnresolvedSubqueryColumnAliases) || !p.child.resolved) return p;
    const { output } = p.child;
    if (output.length !== p.names.length && p.functionName !== undefined)
      throw analysisError(
        'NUM_TABLE_VALUE_ALIASES_MISMATCH',
        { funcName: p.functionName, aliasesNum: String(p.names.length), outColsNum: String(output.length) },
        p.origin,
      );
    if (output.length !== p.names.length)
      throw analysisError(
        'ASSIGNMENT_ARITY_MISMATCH',
        { numExpr: String(p.names.length), numTarget: String(output.length) },
        p.origin,
      );
    return new Project(
      output.map((a, i) => new Alias(a, p.names[i] as string)),
      p.child,
    );
  }),
);
