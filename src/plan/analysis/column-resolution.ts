import { analysisError, SparkError } from '../../errors/index.js';
import { GroupingId } from '../expressions/aggregate.js';
import { AttributeSet, type Expression } from '../expressions/expression.js';
import { GeneratorCall } from '../expressions/functions.js';
import { LambdaFunction } from '../expressions/lambda.js';
import { Literal } from '../expressions/literal.js';
import { Alias, AttributeReference, OuterReference } from '../expressions/named.js';
import { UnresolvedAttribute, UnresolvedExtractValue } from '../expressions/unresolved.js';
import { VariableReference } from '../expressions/variable.js';
import { WindowExpression } from '../expressions/window.js';
import type { Attributes, LogicalPlan } from '../logical/logical-plan.js';
import { UnaryNode } from '../logical/logical-plan.js';
import { Aggregate, Generate, LateralJoin, Project } from '../logical/operators.js';
import { UnresolvedHaving } from '../logical/unresolved.js';
import { extractValue, quotedName, resolveName } from './attribute-seq.js';
import type { AnalyzerContext } from './context.js';
import { buildFunction } from './function-builder.js';
import { metadataOutput } from './hidden-output.js';
import { mapSame } from './resolve-operators.js';
import { hasLateralAlias, LateralColumnAliasReference, TempResolvedColumn } from './temporary-expressions.js';

type ByName = (nameParts: readonly string[], origin: UnresolvedAttribute['origin']) => Expression | undefined;

/** Looks columns up by name. Spark: `ColumnResolutionHelper`. */
export class ColumnResolution {
  constructor(readonly context: AnalyzerContext) {}

  /** Among a plan's own columns, then its hidden ones. Spark: `LogicalPlan.resolve`. */
  inOutput(plan: LogicalPlan, nameParts: readonly string[], origin?: UnresolvedAttribute['origin']) {
    return this.find(plan.output, () => metadataOutput(plan), nameParts, origin);
  }
  /** Among the columns of a plan's children. Spark: `LogicalPlan.resolveChildren`. */
  inChildren(plan: LogicalPlan, nameParts: readonly string[], origin?: UnresolvedAttribute['origin']) {
    if (plan instanceof LateralJoin) {
      const right = plan.right.plan;
      return this.find(
        [...plan.child.output, ...right.output],
        () => [...metadataOutput(plan.child), ...metadataOutput(right)],
        nameParts,
        origin,
      );
    }
    return this.find(
      plan.children.flatMap((c) => c.output),
      () => plan.children.flatMap(metadataOutput),
      nameParts,
      origin,
    );
  }
  private find(
    visible: Attributes,
    hidden: () => Attributes,
    nameParts: readonly string[],
    origin?: UnresolvedAttribute['origin'],
  ) {
    const { sameName, conf } = this.context;
    return (
      resolveName(visible, nameParts, sameName, conf.ansiEnabled, origin) ??
      resolveName(hidden(), nameParts, sameName, conf.ansiEnabled, origin)
    );
  }

  byOutput(e: Expression, plan: LogicalPlan, throws = false, lastResort = false): Expression {
    return this.resolve(
      this.dataFrameColumns(e, [plan]),
      (name, origin) => this.inOutput(plan, name, origin),
      throws,
      lastResort,
    );
  }
  byChildren(e: Expression, plan: LogicalPlan, lastResort = false): Expression {
    return this.resolve(
      this.dataFrameColumns(e, plan.children),
      (name, origin) => this.inChildren(plan, name, origin),
      true,
      lastResort,
    );
  }

  private resolve(e: Expression, byName: ByName, throws: boolean, lastResort: boolean): Expression {
    try {
      const resolved = this.inner(e, byName, true);
      return lastResort ? this.lastResort(resolved) : resolved;
    } catch (error) {
      if (!throws && error instanceof SparkError && error.kind === 'analysis') return e;
      throw error;
    }
  }

  private inner(e: Expression, byName: ByName, topLevel: boolean): Expression {
    if (e.resolved) return e;
    const next = this.innerOne(e, byName, topLevel);
    if (next !== e) next.withOrigin(e.origin);
    return next;
  }
  private innerOne(e: Expression, byName: ByName, topLevel: boolean): Expression {
    if (e instanceof LambdaFunction && !e.bound) return e;
    if (e instanceof UnresolvedAttribute) {
      const found = byName(e.nameParts, e.origin) ?? this.literalFunction(e);
      if (found === undefined) return e;
      return found instanceof Alias && !topLevel ? found.child : found;
    }
    if (e instanceof TempResolvedColumn && e.hasTried) {
      const again = this.inner(new UnresolvedAttribute(e.nameParts).withOrigin(e.origin), byName, topLevel);
      return again instanceof UnresolvedAttribute ? e : again;
    }
    if (e instanceof UnresolvedExtractValue) {
      const child = this.inner(e.child, byName, false);
      const extraction = this.inner(e.extraction, byName, false);
      if (child.resolved && extraction.resolved)
        return extractValue(child, extraction, this.context.sameName, this.context.conf.ansiEnabled, e.origin);
      return child === e.child && extraction === e.extraction ? e : new UnresolvedExtractValue(child, extraction);
    }
    return e.mapChildren((c) => this.inner(c, byName, false));
  }

  /** Functions that need no parentheses. */
  private literalFunction(u: UnresolvedAttribute): Expression | undefined {
    const [first] = u.nameParts;
    if (u.nameParts.length !== 1 || first === undefined) return undefined;
    const name = first.toLowerCase();
    if (name === 'grouping__id') return new Alias(new GroupingId([]), 'grouping__id');
    if (!LITERAL_FUNCTIONS.has(name)) return undefined;
    const call = buildFunction(
      this.context,
      [name === 'user' || name === 'session_user' ? 'current_user' : name],
      [],
      u.origin,
    );
    return call && new Alias(call, call.sql(true));
  }

  /** Outer references, then session variables, after all else failed. Spark: `resolveColsLastResort`. */
  lastResort(e: Expression): Expression {
    return this.variables(this.outerReferences(e), true);
  }
  private variables(e: Expression, topLevel: boolean): Expression {
    const { catalog } = this.context;
    if (e.resolved || catalog.lookupVariable === undefined) return e;
    if (e instanceof LambdaFunction && !e.bound) return e;
    if (!(e instanceof UnresolvedAttribute)) return e.mapChildren((c) => this.variables(c, false));
    if (e.planId !== undefined) return e;
    const found = this.variable(e);
    if (found === undefined) return e;
    return (topLevel ? new Alias(found, e.nameParts.at(-1) as string) : found).withOrigin(e.origin);
  }
  /** The longest beginning of a name that is a variable; the rest are fields. Spark: `VariableResolution`. */
  private variable({ nameParts, origin }: UnresolvedAttribute): Expression | undefined {
    const { catalog, sameName, conf } = this.context;
    for (let fields = Math.max(0, nameParts.length - 3); fields < nameParts.length; fields++) {
      const parts = nameParts.slice(0, nameParts.length - fields);
      const definition = catalog.lookupVariable?.(parts);
      if (definition === undefined) continue;
      return nameParts
        .slice(parts.length)
        .reduce<Expression>(
          (value, field) => extractValue(value, Literal.string(field), sameName, conf.ansiEnabled, origin),
          new VariableReference(nameParts, definition),
        );
    }
    return undefined;
  }
  private outerReferences(e: Expression): Expression {
    const outer = this.context.outerPlan;
    if (outer === undefined) return e;
    const find = (nameParts: readonly string[]): Expression | undefined => {
      try {
        const found =
          outer instanceof UnresolvedHaving && outer.child instanceof Aggregate
            ? (this.inChildren(outer.child, nameParts) ?? this.inChildren(outer, nameParts))
            : this.inChildren(outer, nameParts);
        return found && wrapOuterReference(found);
      } catch (error) {
        if (error instanceof SparkError && error.kind === 'analysis') return undefined;
        throw error;
      }
    };
    return e.transformDown((x) => {
      if (x instanceof UnresolvedAttribute) return find(x.nameParts) ?? x;
      if (x instanceof TempResolvedColumn && x.hasTried) return find(x.nameParts) ?? x;
      return x;
    });
  }

  /** Columns below an Aggregate, kept only if they end up in aggregate functions or grouping expressions. */
  withAggregate(e: Expression, plan: LogicalPlan): Expression {
    if (!(plan instanceof Aggregate)) return e;
    return e.transformDown((x) => {
      if (!(x instanceof UnresolvedAttribute)) return x;
      try {
        const found = this.inOutput(plan.child, x.nameParts, x.origin);
        if (found === undefined) return x;
        return new TempResolvedColumn(found instanceof Alias ? found.child : found, x.nameParts);
      } catch (error) {
        if (error instanceof SparkError && error.kind === 'analysis') return x;
        throw error;
      }
    });
  }

  /** Resolves expressions against a descendant, which passes the columns up through the operators between.
   * Spark: `resolveExprsAndAddMissingAttrs`. */
  addMissing(exprs: readonly Expression[], plan: LogicalPlan): readonly [readonly Expression[], LogicalPlan] {
    if (exprs.every((e) => e.resolved && e.references.subsetOf(plan.outputSet))) return [exprs, plan];
    if (
      !(plan instanceof UnaryNode) ||
      plan.kind === 'Distinct' ||
      plan.kind === 'SubqueryAlias' ||
      plan.kind === 'PipeOperator'
    )
      return [mapSame(exprs, (e) => this.byOutput(e, plan)), plan];
    const tried = mapSame(exprs, (e) => this.byOutput(e, plan));
    const [next, child] = this.addMissing(tried, plan.child);
    const missing: AttributeReference[] = [];
    const seen = new AttributeSet();
    for (const e of next)
      for (const a of e.references)
        if (!plan.outputSet.has(a) && child.outputSet.has(a) && !seen.has(a)) {
          seen.add(a);
          missing.push(child.output.find((o) => o.exprId === a.exprId) ?? a);
        }
    if (plan instanceof Project) {
      const wider = new Project([...plan.projectList, ...missing], child).withOrigin(plan.origin);
      wider.planId = plan.planId;
      wider.hiddenOutput = plan.hiddenOutput;
      return [next, missing.length || child !== plan.child ? wider : plan];
    }
    if (plan instanceof Aggregate) {
      if (!missing.every((a) => plan.groupingExpressions.some((g) => g.semanticEquals(a)))) return [exprs, plan];
      if (missing.length === 0 && child === plan.child) return [next, plan];
      return [
        next,
        new Aggregate(plan.groupingExpressions, [...plan.aggregateExpressions, ...missing], child).withOrigin(
          plan.origin,
        ),
      ];
    }
    if (plan instanceof Generate)
      return [
        next,
        child === plan.child && plan.unrequiredChildIndex.length === 0
          ? plan
          : new Generate(plan.generator, [], plan.outer, plan.qualifier, plan.generatorOutput, child),
      ];
    return [next, child === plan.child ? plan : plan.withNewChildren([child])];
  }

  /** Names of aliases further left in the list. @throws AMBIGUOUS_LATERAL_COLUMN_ALIAS */
  lateralAliases(list: readonly Expression[]): readonly Expression[] {
    const aliases = new Map<string, Alias | number>();
    const one = (e: Expression): Expression =>
      e.transformUp((x) => {
        if (x instanceof WindowExpression && hasLateralAlias(x)) {
          const ref = x.find((y) => y instanceof LateralColumnAliasReference) as LateralColumnAliasReference;
          throw analysisError(
            'UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_WINDOW',
            { lca: quotedName(ref.nameParts), windowExpr: `"${x.sql(true)}"` },
            x.origin,
          );
        }
        if (x instanceof LateralColumnAliasReference && x.ne instanceof UnresolvedAttribute) return one(x.ne);
        if (!(x instanceof UnresolvedAttribute)) return x;
        const alias = aliases.get((x.nameParts[0] as string).toLowerCase());
        if (alias === undefined || (alias instanceof Alias && alias.child instanceof GeneratorCall)) return x;
        if (typeof alias === 'number')
          throw analysisError(
            'AMBIGUOUS_LATERAL_COLUMN_ALIAS',
            { name: quotedName(x.nameParts), n: String(alias) },
            x.origin,
          );
        if (!alias.resolved) return new LateralColumnAliasReference(x, x.nameParts, alias.exprId);
        const { sameName, conf } = this.context;
        const found = resolveName([alias.toAttribute()], x.nameParts, sameName, conf.ansiEnabled, x.origin);
        if (found === undefined) return x;
        return new LateralColumnAliasReference(found, x.nameParts, alias.exprId);
      });
    return mapSame(list, (e) => {
      const next = one(e);
      if (e instanceof Alias) {
        const key = e.name.toLowerCase();
        const known = aliases.get(key);
        aliases.set(key, known === undefined ? e : typeof known === 'number' ? known + 1 : 2);
      }
      return next;
    });
  }

  /** `df["a"]`: looks in the plan that the column belongs to. @throws CANNOT_RESOLVE_DATAFRAME_COLUMN */
  private dataFrameColumns(e: Expression, plans: readonly LogicalPlan[]): Expression {
    if (e instanceof UnresolvedAttribute) {
      if (e.planId === undefined) return e;
      const [found, matched] = this.byPlanId(e, e.planId, plans, 0);
      if (!matched) throw analysisError('CANNOT_RESOLVE_DATAFRAME_COLUMN', { name: quotedName(e.nameParts) }, e.origin);
      return found ? found[0] : e;
    }
    if (e.resolved) return e;
    return e.mapChildren((c) => this.dataFrameColumns(c, plans));
  }
  private byPlanId(
    u: UnresolvedAttribute,
    planId: number,
    plans: readonly LogicalPlan[],
    depth: number,
  ): readonly [readonly [Expression, number] | undefined, boolean] {
    const results = plans.map((p) => this.byPlanIdIn(u, planId, p, depth));
    const hits = results.flatMap(([r]) => (r ? [r] : [])).sort((a, b) => a[1] - b[1]);
    let merged: readonly [Expression, number] | undefined;
    for (const hit of hits) {
      if (merged === undefined) merged = hit;
      else if (!(merged[1] === 0 && hit[1] !== 0))
        throw analysisError('AMBIGUOUS_COLUMN_REFERENCE', { name: quotedName(u.nameParts) }, u.origin);
    }
    return [merged, results.some(([, matched]) => matched)];
  }
  private byPlanIdIn(
    u: UnresolvedAttribute,
    planId: number,
    plan: LogicalPlan,
    depth: number,
  ): readonly [readonly [Expression, number] | undefined, boolean] {
    let found: readonly [Expression, number] | undefined;
    let matched: boolean;
    if (plan.planId === planId) {
      matched = true;
      try {
        const r = this.inOutput(plan, u.nameParts, u.origin);
        if (r) found = [r, depth];
      } catch (error) {
        if (!(error instanceof SparkError) || error.kind !== 'analysis') throw error;
      }
    } else [found, matched] = this.byPlanId(u, planId, plan.kind === 'Union' ? [] : plan.children, depth + 1);
    return [found?.[0].references.subsetOf(plan.outputSet) ? found : undefined, matched];
  }
}

const LITERAL_FUNCTIONS: ReadonlySet<string> = new Set([
  'current_date',
  'current_timestamp',
  'current_user',
  'user',
  'session_user',
]);

/** A named expression whose columns belong to the outer query. Spark: `SubExprUtils.wrapOuterReference`. */
export function wrapOuterReference(e: Expression): Expression {
  if (e instanceof AttributeReference) return new OuterReference(e);
  return e.transformUp((x) => (x instanceof AttributeReference ? new OuterReference(x) : x));
}
