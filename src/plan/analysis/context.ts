import { internalError } from '../../errors/index.js';
import type { EvalMode } from '../../eval/function.js';
import type { AnalyzerCatalog, AnalyzerConf } from '../catalog-view.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import type { Ineffective } from './resolve-operators.js';

export type AnalyzeBody = (
  plan: LogicalPlan,
  catalog: AnalyzerCatalog,
  conf: AnalyzerConf,
  isScalar: boolean,
) => LogicalPlan;

let nextContext = 1;

/** One rule's bit in the nodes that an analysis meets; what another analysis left there does not count. */
class NodeBits implements Ineffective {
  constructor(
    readonly context: number,
    readonly bit: number,
  ) {}

  has(p: LogicalPlan): boolean {
    return p.ineffectiveIn === this.context && (p.ineffectiveInContext & this.bit) !== 0;
  }

  add(p: LogicalPlan): void {
    if (p.ineffectiveIn !== this.context) {
      p.ineffectiveIn = this.context;
      p.ineffectiveInContext = 0;
    }
    p.ineffectiveInContext |= this.bit;
  }
}

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

  readonly #id = nextContext++;
  #rules = 0;
  /** A memory for one more rule: bits of the nodes, which count in this analysis alone. Beyond their number, a set. */
  memo(): Ineffective {
    const number = this.#rules++;
    return number > 31 ? new WeakSet<LogicalPlan>() : new NodeBits(this.#id, 1 << number);
  }

  readonly #perOuter = new WeakMap<LogicalPlan, WeakMap<object, WeakSet<LogicalPlan>>>();
  readonly #outermost = new Map<object, Ineffective>();
  /** A rule's memory for the operator whose subquery is being analyzed: another one gives other outer columns. */
  memoFor(owner: object): Ineffective {
    const outer = this.outerPlan;
    if (!outer) {
      let memo = this.#outermost.get(owner);
      if (!memo) this.#outermost.set(owner, (memo = this.memo()));
      return memo;
    }
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
