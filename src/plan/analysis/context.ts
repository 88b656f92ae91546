import type { EvalMode } from '../../eval/function.js';
import type { AnalyzerCatalog, AnalyzerConf } from '../catalog-view.js';
import type { LogicalPlan } from '../logical/logical-plan.js';

/** What the rules of one analysis share. Spark: `AnalysisContext` with the analyzer's confs. */
export class AnalyzerContext {
  /** The operator whose subquery is being analyzed. */
  outerPlan: LogicalPlan | undefined;
  /** Warnings for the log: unknown hints and the like. */
  readonly warnings: string[] = [];

  constructor(
    readonly catalog: AnalyzerCatalog,
    readonly conf: AnalyzerConf,
    /** Runs all batches on a subquery's plan. */
    readonly executeSameContext: (plan: LogicalPlan) => LogicalPlan,
  ) {}

  get mode(): EvalMode {
    return this.conf.ansiEnabled ? 'ANSI' : 'LEGACY';
  }

  /** Whether two names mean the same. Spark: `Resolver`. */
  readonly sameName = (a: string, b: string): boolean =>
    a === b || (!this.conf.caseSensitive && a.toLowerCase() === b.toLowerCase());

  withOuterPlan<T>(outer: LogicalPlan, body: () => T): T {
    const saved = this.outerPlan;
    this.outerPlan = outer;
    try {
      return body();
    } finally {
      this.outerPlan = saved;
    }
  }
}
