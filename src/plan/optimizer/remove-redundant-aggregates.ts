import { containsAggregate } from '../expressions/aggregate.js';
import { AttributeSet, type Expression } from '../expressions/expression.js';
import { AttributeReference, isNamed, toAttribute } from '../expressions/named.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, Filter, Project, Sort } from '../logical/operators.js';
import { aliasMap, replaceAlias, replaceAliasButKeepName } from './substitute.js';
import { upRule } from './tree-rules.js';

/** Grouping what is grouped already: DISTINCT over DISTINCT, DISTINCT over the keys of a GROUP BY.
 * Spark: `RemoveRedundantAggregates`. */
export const RemoveRedundantAggregates = upRule('RemoveRedundantAggregates', (p) => {
  if (!(p instanceof Aggregate)) return p;
  const { child } = p;
  if (child instanceof Aggregate && lowerIsRedundant(p, child)) {
    const map = aliasMap(child.aggregateExpressions);
    return new Aggregate(
      p.groupingExpressions.map((e) => replaceAlias(e, map)),
      p.aggregateExpressions.map((e) => replaceAliasButKeepName(e, map)),
      child.child,
    );
  }
  if (isGroupOnly(p) && child.deterministic) {
    const keys = uniqueKeys(child);
    if (keys?.every((k) => p.groupingExpressions.some((g) => g.semanticEquals(k))) && p.groupingExpressions.length > 0)
      return new Project(p.aggregateExpressions, child);
  }
  return p;
});

/** Outputs its keys and nothing else. Spark: `Aggregate.groupOnly`. */
export function isGroupOnly(p: Aggregate): boolean {
  if (p.groupingExpressions.length === 0) return false;
  return p.aggregateExpressions.every((e) => {
    const inner = e.kind === 'Alias' ? (e.children[0] as Expression) : e;
    return p.groupingExpressions.some((g) => g.semanticEquals(inner));
  });
}

/** Functions that repeated rows do not change. */
const DUPLICATES_ARE_FINE = new Set(['min', 'max', 'bit_and', 'bit_or', 'bool_and', 'bool_or', 'collect_set']);

function lowerIsRedundant(upper: Aggregate, lower: Aggregate): boolean {
  const fine = (e: Expression): boolean => {
    if (e.kind === 'AggregateExpression') {
      const { isDistinct, aggregateFunction } = e as unknown as {
        isDistinct: boolean;
        aggregateFunction: { def: { name: string } };
      };
      return isDistinct || DUPLICATES_ARE_FINE.has(aggregateFunction.def.name);
    }
    return e.children.every(fine);
  };
  if (!upper.aggregateExpressions.every(fine) || lower.groupingExpressions.length === 0) return false;
  const plain = new AttributeSet(
    lower.aggregateExpressions
      .filter((e) => isNamed(e) && e.deterministic && !containsAggregate(e))
      .map((e) => toAttribute(e as AttributeReference)),
  );
  return upper.references.subsetOf(plain);
}

/** Columns that no two rows share all of. Spark: `distinctKeys`. */
function uniqueKeys(p: LogicalPlan): readonly AttributeReference[] | undefined {
  if (p instanceof Aggregate) {
    if (p.groupingExpressions.length === 0) return undefined;
    const keys = p.groupingExpressions.map((g) => {
      const e = p.aggregateExpressions.find((x) =>
        (x.kind === 'Alias' ? (x.children[0] as Expression) : x).semanticEquals(g),
      );
      return e && isNamed(e) ? toAttribute(e) : undefined;
    });
    return keys.every((k) => k !== undefined) ? (keys as AttributeReference[]) : undefined;
  }
  if (p instanceof Filter || p instanceof Sort) return uniqueKeys(p.children[0] as LogicalPlan);
  if (p instanceof Project) {
    const keys = uniqueKeys(p.child);
    return keys?.every((k) => p.projectList.some((e) => e instanceof AttributeReference && e.exprId === k.exprId))
      ? keys
      : undefined;
  }
  return undefined;
}
