import { UnresolvedRelation } from '../../logical/unresolved.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, resolveOperatorsUp } from '../resolve-operators.js';

/** Names become the catalog's plans; a missing table stays for `check-analysis.ts` to report. Spark: `ResolveRelations`. */
export const ResolveRelations = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveRelations', (plan) =>
    resolveOperatorsUp(plan, (p) =>
      p instanceof UnresolvedRelation ? (context.catalog.lookupRelation(p.nameParts, p.options, p.origin) ?? p) : p,
    ),
  );
