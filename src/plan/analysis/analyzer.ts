import type { AnalyzerCatalog, AnalyzerConf } from '../catalog-view.js';
import { withTimestampsIn } from '../expressions/literal-text.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { RuleExecutor } from '../rule-executor.js';
import { analyzerBatches } from './batches.js';
import { checkAnalysis } from './check-analysis.js';
import { AnalyzerContext } from './context.js';

/** Gives a plan of names its meaning: ids, types, casts. Each run draws new ids, CTE ids and seeds. Spark: `Analyzer`. */
export class Analyzer {
  constructor(
    readonly catalog: AnalyzerCatalog,
    readonly conf: AnalyzerConf,
    /** Told of hints that were dropped. */
    readonly warn: (message: string) => void = () => {},
    /** The plan is the body of a scalar SQL function. */
    private readonly inFunctionBody = false,
  ) {}

  /** The analyzed and checked plan; a plan that has been through is returned as it is.
   * @throws SparkError of kind `analysis` */
  execute(plan: LogicalPlan): LogicalPlan {
    if (plan.analyzed) return plan;
    return withTimestampsIn(this.conf.timeZone, () => {
      const resolved = this.resolve(plan);
      checkAnalysis(resolved, this.conf);
      markAnalyzed(resolved);
      return resolved;
    });
  }

  /** As far as names can be resolved, without the check: for schemas of commands and tools. */
  resolve(plan: LogicalPlan): LogicalPlan {
    if (plan.analyzed) return plan;
    const context: AnalyzerContext = new AnalyzerContext(
      this.catalog,
      this.conf,
      (p) => executor.execute(p),
      (body, catalog, conf, isScalar) => {
        const analyzer = new Analyzer(catalog, conf, this.warn, isScalar);
        const analyzed = analyzer.resolve(body);
        checkAnalysis(analyzed, conf);
        return analyzed;
      },
      this.inFunctionBody,
    );
    const executor = new RuleExecutor(analyzerBatches(context));
    const resolved = withTimestampsIn(this.conf.timeZone, () => executor.execute(plan));
    for (const w of context.warnings) this.warn(w);
    return resolved;
  }
}

function markAnalyzed(plan: LogicalPlan): void {
  if (plan.analyzed) return;
  plan.analyzed = true;
  for (const c of plan.children) markAnalyzed(c);
}
