import { analysisError, unsupported } from '../../../errors/index.js';
import { quoteIdentifier } from '../../../types/index.js';
import { Coalesce } from '../../expressions/conditional.js';
import type { Expression } from '../../expressions/expression.js';
import { Alias, type AttributeReference } from '../../expressions/named.js';
import { And, Comparison } from '../../expressions/predicates.js';
import type { JoinType } from '../../logical/join-type.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Join, Project } from '../../logical/operators.js';
import type { AnalyzerContext } from '../context.js';
import { markQualifiedAccessOnly, metadataOutput, qualifiedAccessOnly } from '../hidden-output.js';
import { contextRule, resolveOperatorsUp } from '../resolve-operators.js';

/** USING and NATURAL joins → Project (each common column once) over a plain Join; the other side's columns stay reachable by
 * qualified names. Spark: `ResolveNaturalAndUsingJoin`. */
export const ResolveNaturalAndUsingJoin = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveNaturalAndUsingJoin', (plan) =>
    resolveOperatorsUp(plan, (p) => {
      if (!(p instanceof Join) || !p.childrenResolved || !p.duplicateResolved) return p;
      const t = p.joinType;
      if (t.kind === 'UsingJoin') return expand(p, t.type, t.columns, undefined, context);
      if (t.kind !== 'NaturalJoin' || (p.condition && !p.condition.resolved)) return p;
      const rightNames = p.right.output.map((a) => a.name);
      const names = p.left.output.map((a) => a.name).filter((n) => rightNames.includes(n));
      return expand(p, t.type, [...new Set(names)], p.condition, context);
    }),
  );

function key(plan: LogicalPlan, name: string, side: string, context: AnalyzerContext, j: Join): AttributeReference {
  const found = plan.output.find((a) => context.sameName(a.name, name));
  if (found) return found;
  throw analysisError(
    'UNRESOLVED_USING_COLUMN_FOR_JOIN',
    {
      colName: quoteIdentifier(name),
      side,
      suggestion: plan.output
        .map((a) => a.name)
        .sort()
        .map(quoteIdentifier)
        .join(', '),
    },
    j.origin,
  );
}

function expand(
  j: Join,
  joinType: JoinType,
  names: readonly string[],
  condition: Expression | undefined,
  context: AnalyzerContext,
): LogicalPlan {
  const { left, right } = j;
  const leftKeys = names.map((n) => key(left, n, 'left', context, j));
  const rightKeys = names.map((n) => key(right, n, 'right', context, j));
  const equalities = leftKeys.map((l, i) => new Comparison('EqualTo', l, rightKeys[i] as AttributeReference));
  const parts: Expression[] = condition ? [condition, ...equalities] : equalities;
  const joined = parts.length ? parts.reduce((a, b) => new And(a, b)) : undefined;
  const others = (plan: LogicalPlan, keys: readonly AttributeReference[]) =>
    plan.output.filter((a) => !keys.some((k) => k.exprId === a.exprId));
  const lefts = others(left, leftKeys);
  const rights = others(right, rightKeys);
  const nullable = (list: readonly AttributeReference[]) => list.map((a) => a.withNullability(true));
  let list: readonly Expression[];
  let hidden: readonly AttributeReference[];
  switch (joinType.kind) {
    case 'LeftOuter':
      list = [...leftKeys, ...lefts, ...nullable(rights)];
      hidden = nullable(rightKeys);
      break;
    case 'LeftSemi':
    case 'LeftAnti':
      list = [...leftKeys, ...lefts];
      hidden = [];
      break;
    case 'RightOuter':
      list = [...rightKeys, ...nullable(lefts), ...rights];
      hidden = nullable(leftKeys);
      break;
    case 'FullOuter':
      list = [
        ...leftKeys.map((l, i) => {
          const r = rightKeys[i] as AttributeReference;
          return new Alias(new Coalesce([l.withNullability(true), r.withNullability(true)]), l.name);
        }),
        ...nullable(lefts),
        ...nullable(rights),
      ];
      hidden = [...nullable(leftKeys), ...nullable(rightKeys)];
      break;
    case 'Inner':
    case 'Cross':
      list = [...leftKeys, ...lefts, ...rights];
      hidden = rightKeys;
      break;
    default:
      throw unsupported(`USING with ${joinType.kind}`, j.origin);
  }
  const join = new Join(left, right, joinType, joined, j.hint).withOrigin(j.origin);
  const project = new Project(list, join);
  project.hiddenOutput = [...hidden.map(markQualifiedAccessOnly), ...metadataOutput(join).filter(qualifiedAccessOnly)];
  return project;
}
