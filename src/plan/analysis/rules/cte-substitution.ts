import { analysisError } from '../../../errors/index.js';
import { quoteIdentifier } from '../../../types/index.js';
import { SubqueryExpression } from '../../expressions/subquery.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { CTERelationDef, CTERelationRef, SubqueryAlias, WithCTE } from '../../logical/operators.js';
import { UnresolvedRelation, UnresolvedWith } from '../../logical/unresolved.js';
import { rule } from '../../rule.js';
import type { AnalyzerContext } from '../context.js';
import { resolveOperatorsUp } from '../resolve-operators.js';

type Definitions = readonly (readonly [name: string, definition: CTERelationDef])[];

/** With(q, t := d) → WithCTE(q with t replaced by references, [d]); inner names win over outer ones. The definitions of
 * nested WITHs gather at the outermost one. Spark: `CTESubstitution`. */
export const CTESubstitution = (context: AnalyzerContext) =>
  rule('CTESubstitution', (plan) => substituteAll(plan, context));

function substituteAll(plan: LogicalPlan, context: AnalyzerContext): LogicalPlan {
  if (!plan.existsWithSubqueries((p) => p instanceof UnresolvedWith)) return plan;
  const policy = context.conf.ctePrecedencePolicy ?? 'CORRECTED';
  if (policy === 'LEGACY') return inlineAll(plan, context);
  if (policy === 'EXCEPTION') refuseHiddenNames(plan, [], context);
  const defs: CTERelationDef[] = [];
  const [substituted, first] = traverse(plan, [], defs, context);
  if (defs.length === 0 || first === undefined) return substituted;
  let done = false;
  const attach = (p: LogicalPlan): LogicalPlan => {
    if (done) return p;
    if (p === first || p.children.filter(holdsReference).length > 1) {
      done = true;
      return new WithCTE(p, defs);
    }
    return p.mapChildren(attach);
  };
  return attach(substituted);
}

/** Before Spark 3 definitions were put in wherever they are named, the outermost WITH first: a nested definition sees neither
 * outer names nor those beside it. */
function inlineAll(plan: LogicalPlan, context: AnalyzerContext): LogicalPlan {
  const outside = belowDefinitions(plan, (p) => {
    if (!(p instanceof UnresolvedWith)) return p;
    let known: Definitions = [];
    p.names.forEach((name, i) => {
      known = [[name, new CTERelationDef(inlined(p.ctes[i] as LogicalPlan, known, context))], ...known];
    });
    return inlined(p.child, known, context);
  });
  // Subqueries that no outer WITH has gone into.
  return belowDefinitions(outside, (p) =>
    p.transformExpressionsUp((e) => {
      if (!(e instanceof SubqueryExpression)) return e;
      const inner = inlineAll(e.plan, context);
      return inner === e.plan ? e : e.withPlan(inner);
    }),
  );
}

function inlined(plan: LogicalPlan, known: Definitions, context: AnalyzerContext): LogicalPlan {
  return belowDefinitions(plan, (p) => {
    const [table] = p instanceof UnresolvedRelation && p.nameParts.length === 1 ? p.nameParts : [];
    const found = table === undefined ? undefined : known.find(([name]) => context.sameName(name, table));
    if (found) return found[1].child;
    return p.transformExpressionsUp((e) => {
      if (!(e instanceof SubqueryExpression)) return e;
      const inner = inlineAll(inlined(e.plan, known, context), context);
      return inner === e.plan ? e : e.withPlan(inner);
    });
  });
}

/** From the leaves up, the definitions of WITHs left out. */
function belowDefinitions(plan: LogicalPlan, f: (p: LogicalPlan) => LogicalPlan): LogicalPlan {
  const mapped =
    plan instanceof UnresolvedWith
      ? new UnresolvedWith(belowDefinitions(plan.child, f), plan.names, plan.ctes).withOrigin(plan.origin)
      : plan.mapChildren((c) => belowDefinitions(c, f));
  const next = f(mapped);
  if (next !== mapped) next.spreadOrigin(plan.origin);
  return next;
}

/** @param startOfQuery whether the plan is a whole query: those in FROM may hide outer names
 * @throws AMBIGUOUS_ALIAS_IN_NESTED_CTE where a nested WITH defines a name that an outer one has */
function refuseHiddenNames(
  plan: LogicalPlan,
  outer: readonly string[],
  context: AnalyzerContext,
  startOfQuery = true,
): void {
  if (plan instanceof UnresolvedWith) {
    const names = [...outer];
    plan.names.forEach((name, i) => {
      if (startOfQuery && outer.some((o) => context.sameName(o, name)))
        throw analysisError('AMBIGUOUS_ALIAS_IN_NESTED_CTE', {
          name: quoteIdentifier(name),
          config: '"spark.sql.legacy.ctePrecedencePolicy"',
          docroot: 'https://spark.apache.org/docs/latest',
        });
      const cte = plan.ctes[i] as LogicalPlan;
      refuseHiddenNames(cte instanceof SubqueryAlias ? cte.child : cte, names, context);
      names.push(name);
    });
    refuseHiddenNames(plan.child, names, context, false);
    return;
  }
  for (const s of plan.subqueries) refuseHiddenNames(s, outer, context);
  for (const c of plan.children) refuseHiddenNames(c, outer, context, false);
}

function holdsReference(p: LogicalPlan): boolean {
  return p.existsWithSubqueries((x) => x instanceof CTERelationRef || x instanceof WithCTE);
}

function traverse(
  plan: LogicalPlan,
  outer: Definitions,
  defs: CTERelationDef[],
  context: AnalyzerContext,
): readonly [LogicalPlan, LogicalPlan | undefined] {
  let first: LogicalPlan | undefined;
  const down = (p: LogicalPlan): LogicalPlan => {
    if (p.analyzed) return p;
    if (p instanceof UnresolvedWith) {
      const known = [...define(p, outer, defs, context), ...outer];
      const child = traverse(p.child, known, defs, context)[0];
      const substituted = substitute(child, known, context);
      first ??= substituted;
      return substituted;
    }
    return p
      .transformExpressionsUp((e) => {
        if (!(e instanceof SubqueryExpression)) return e;
        const inner = substituteAll(e.plan, context);
        return inner === e.plan ? e : e.withPlan(inner);
      })
      .mapChildren(down);
  };
  return [down(plan), first];
}

function define(w: UnresolvedWith, outer: Definitions, defs: CTERelationDef[], context: AnalyzerContext): Definitions {
  let known: Definitions = outer;
  const seen: string[] = [];
  w.names.forEach((name, i) => {
    if (seen.some((s) => context.sameName(s, name)))
      throw analysisError('DUPLICATED_CTE_NAMES', { duplicateNames: quoteIdentifier(name) }, w.origin);
    seen.push(name);
    const inner = traverse(w.ctes[i] as LogicalPlan, known, defs, context)[0];
    const definition = new CTERelationDef(substitute(inner, known, context));
    defs.push(definition);
    known = [[name, definition], ...known];
  });
  return known;
}

function substitute(plan: LogicalPlan, known: Definitions, context: AnalyzerContext): LogicalPlan {
  return resolveOperatorsUp(plan, (p) => {
    if (p instanceof UnresolvedRelation) {
      const [table] = p.nameParts;
      if (p.nameParts.length !== 1 || table === undefined) return p;
      const found = known.find(([name]) => context.sameName(name, table));
      return found ? new SubqueryAlias([table], new CTERelationRef(found[1].id, [])) : p;
    }
    return p.transformExpressionsUp((e) => {
      if (!(e instanceof SubqueryExpression)) return e;
      const inner = substituteAll(substitute(e.plan, known, context), context);
      return inner === e.plan ? e : e.withPlan(inner);
    });
  });
}
