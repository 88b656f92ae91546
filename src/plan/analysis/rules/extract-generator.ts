import { analysisError } from '../../../errors/index.js';
import { AggregateExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import { GeneratorCall } from '../../expressions/functions.js';
import { Alias, isNamed, MultiAlias, toAttribute } from '../../expressions/named.js';
import { UnresolvedAlias, UnresolvedStar } from '../../expressions/unresolved.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Generate, Project } from '../../logical/operators.js';
import { UnresolvedGenerate, UnresolvedTableValuedFunction } from '../../logical/unresolved.js';
import { trimNonTopLevelAliases } from '../alias-helper.js';
import { resolveOperatorsUp, rule } from '../resolve-operators.js';
import { makeGenerate } from './resolve-functions.js';

/** Project [a, explode(b) AS c] → Project [a, c] over Generate(explode(b)). Spark: `ExtractGenerator`.
 * @throws UNSUPPORTED_GENERATOR.* */
export const ExtractGenerator = rule('ExtractGenerator', (plan) => resolveOperatorsUp(plan, extract));

const isGenerator = (e: Expression): e is GeneratorCall => e instanceof GeneratorCall;
const hasGenerator = (e: Expression): boolean => e.exists(isGenerator);

function unaliased(e: Expression): Expression {
  return e instanceof UnresolvedAlias || e instanceof Alias || e instanceof MultiAlias ? e.child : e;
}
function hasNestedGenerator(e: Expression): boolean {
  const inner = unaliased(trimNonTopLevelAliases(e));
  return isGenerator(inner) ? inner.children.some(hasGenerator) : hasGenerator(inner);
}

interface Aliased {
  readonly generator: GeneratorCall;
  readonly names: readonly string[];
}
function aliasedGenerator(e: Expression): Aliased | undefined {
  if (e instanceof Alias && isGenerator(e.child) && e.child.resolved) return { generator: e.child, names: [e.name] };
  if (e instanceof MultiAlias && isGenerator(e.child) && e.child.resolved)
    return { generator: e.child, names: e.names };
  return undefined;
}

function extract(p: LogicalPlan): LogicalPlan {
  if (p instanceof Project) {
    if (!p.projectList.some(hasGenerator)) return p;
    checkNested(p.projectList, p);
    return fromProject(p);
  }
  if (p instanceof Aggregate) {
    if (!p.aggregateExpressions.some(hasGenerator)) return p;
    checkNested(p.aggregateExpressions, p);
    return fromAggregate(p);
  }
  if (p instanceof Generate || p instanceof UnresolvedGenerate || p instanceof UnresolvedTableValuedFunction) return p;
  if (p.children.length > 0 && p.expressions.some(hasGenerator))
    throw analysisError('UNSUPPORTED_GENERATOR.OUTSIDE_SELECT', { plan: p.simpleString }, p.origin);
  return p;
}

function checkNested(list: readonly Expression[], p: LogicalPlan): void {
  const nested = list.find(hasNestedGenerator);
  if (nested)
    throw analysisError(
      'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS',
      { expression: `"${unaliased(nested).sql(true)}"` },
      p.origin,
    );
}

function fromProject(p: Project): LogicalPlan {
  const aggregateInside = p.projectList.some((e) =>
    e.exists((x) => isGenerator(x) && x.children.some((c) => c.exists((y) => y instanceof AggregateExpression))),
  );
  if (aggregateInside || p.projectList.some((e) => e.exists((x) => x instanceof UnresolvedStar))) return p;
  let found: Generate | undefined;
  const list = p.projectList.map(trimNonTopLevelAliases).flatMap((e): readonly Expression[] => {
    const aliased = found ? undefined : aliasedGenerator(e);
    if (!aliased?.generator.childrenResolved) return [e];
    found = makeGenerate(aliased.generator, aliased.generator.outer, undefined, aliased.names, p.child, p.origin);
    return found.qualifiedGeneratorOutput;
  });
  return found ? new Project(list, found) : p;
}

/** The Aggregate computes the generator's arguments; a Project above runs it. */
function fromAggregate(a: Aggregate): LogicalPlan {
  const list = a.aggregateExpressions;
  if (list.filter(hasGenerator).length > 1)
    throw analysisError(
      'UNSUPPORTED_GENERATOR.MULTI_GENERATOR',
      {
        num: String(list.filter(hasGenerator).length),
        generators: list
          .filter(hasGenerator)
          .map((e) => `"${unaliased(e).sql(true)}"`)
          .join(', '),
      },
      a.origin,
    );
  if (!list.every((e) => aliasedGenerator(e) !== undefined || e.resolved)) return a;
  const above: Expression[] = [];
  const below: Expression[] = [];
  for (const e of list.map(trimNonTopLevelAliases)) {
    const aliased = aliasedGenerator(e);
    if (!aliased) {
      if (isNamed(e)) above.push(toAttribute(e));
      below.push(e);
      continue;
    }
    const inputs = aliased.generator.operands.map((o, i) => (o.foldable ? o : new Alias(o, `_gen_input_${i}`)));
    const call = aliased.generator.withNewChildren(inputs.map((o) => (o instanceof Alias ? o.toAttribute() : o)));
    above.push(
      aliased.names.length === 1 ? new Alias(call, aliased.names[0] as string) : new MultiAlias(call, aliased.names),
    );
    below.push(...inputs.filter((o) => o instanceof Alias));
  }
  return new Project(above, new Aggregate(a.groupingExpressions, below, a.child));
}
