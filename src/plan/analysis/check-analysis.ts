import { analysisError, SparkError } from '../../errors/index.js';
import type { AnalyzerCatalog, AnalyzerConf } from '../catalog-view.js';
import { UnresolvedAttribute } from '../expressions/unresolved.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { UnresolvedRelation } from '../logical/unresolved.js';
import { quotedName } from './attribute-seq.js';
import { orderBySimilarity } from './suggestions.js';

export function checkAnalysis(plan: LogicalPlan, conf: AnalyzerConf, catalog: AnalyzerCatalog): void {
  void conf;
  void catalog;
  plan.foreach((p) => {
    if (p.analyzed) return;
    if (p instanceof UnresolvedRelation)
      throw analysisError('TABLE_OR_VIEW_NOT_FOUND', { relationName: quotedName(p.nameParts) }, p.origin);
  });
  const visit = (p: LogicalPlan): void => {
    if (p.analyzed) return;
    for (const c of p.children) visit(c);
    for (const e of p.expressions) {
      e.foreach((x) => {
        if (x instanceof UnresolvedAttribute)
          throw analysisError(
            'UNRESOLVED_COLUMN.WITH_SUGGESTION',
            {
              objectName: quotedName(x.nameParts),
              proposal: orderBySimilarity(
                x.nameParts,
                [...p.inputSet].map((a) => [...a.qualifier, a.name]),
              ).join(', '),
            },
            x.origin,
          );
        if (!x.childrenResolved) return;
        const failure = x.checkInputDataTypes();
        if (failure)
          throw new SparkError('analysis', `DATATYPE_MISMATCH.${failure.condition}`, failure.parameters, x.origin, {
            sqlState: '42K09',
          });
      });
    }
    if (!p.resolved) throw new SparkError('analysis', 'INTERNAL_ERROR', { message: `unresolved operator ${p.simpleString}` }, p.origin);
  };
  visit(plan);
}
