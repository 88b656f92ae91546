import { internalError } from '../../errors/index.js';
import type { EvalMode } from '../../eval/function.js';
import type { AnalyzerCatalog, AnalyzerConf } from '../catalog-view.js';
import type { LogicalPlan } from '../logical/logical-plan.js';

export type AnalyzeBody = (
  plan: LogicalPlan,
  catalog: AnalyzerCatalog,
  conf: AnalyzerConf,
  isScalar: boolean,
) => LogicalPlan;

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
    /** Analyzes and checks the body of a SQL function under the function's own confs and names. */
    readonly analyzeBody: AnalyzeBody = () => {
      throw internalError('no SQL functions here');
    },
    /** Calls in the body of a scalar function wait until the body has found its place. */
    readonly inFunctionBody = false,
  ) {}

  readonly #perOuter = new WeakMap<object, WeakMap<object, WeakSet<LogicalPlan>>>();
  /** A rule's memory for the operator whose subquery is being analyzed: another one gives other outer columns. */
  memoFor(owner: object): WeakSet<LogicalPlan> {
    const outer: object = this.outerPlan ?? this;
    let byRule = this.#perOuter.get(outer);
    if (!byRule) {
      byRule = new WeakMap();
      this.#perOuter.set(outer, byRule);
    }
    let memo = byRule.get(owner);
    if (!memo) {
      memo = new WeakSet();
      byRule.set(owner, memo);
    }
    return memo;
  }

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
