import { analysisError } from '../../../errors/index.js';
import type { Expression } from '../../expressions/expression.js';
import { UnresolvedWindowExpression, WindowExpression } from '../../expressions/window.js';
import { WithWindowDefinition } from '../../logical/unresolved.js';
import { resolveOperatorsUp, rule } from '../resolve-operators.js';

/** `f OVER name` takes the named definition. Spark: `WindowsSubstitution`. @throws WINDOW_SPECIFICATION_NOT_DEFINED as
 * MISSING_WINDOW_SPECIFICATION */
export const WindowsSubstitution = rule('WindowsSubstitution', (plan) =>
  resolveOperatorsUp(plan, (p) => {
    if (!(p instanceof WithWindowDefinition)) return p;
    const defined = (e: Expression): Expression => {
      if (!(e instanceof UnresolvedWindowExpression)) return e;
      const at = p.names.findIndex((n) => n.toLowerCase() === e.windowName.toLowerCase());
      const spec = p.specs[at];
      if (!spec)
        throw analysisError(
          'MISSING_WINDOW_SPECIFICATION',
          { windowName: e.windowName, docroot: 'https://spark.apache.org/docs/latest' },
          e.origin,
        );
      return new WindowExpression(e.child, spec);
    };
    return p.ownOnly ? p.child.transformExpressionsUp(defined) : p.child.transformAllExpressions(defined);
  }),
);
