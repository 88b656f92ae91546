import { charLength } from '../../../eval/utf8.js';
import type { CharType, DataType } from '../../../types/index.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { Alias, AttributeReference, OuterReference } from '../../expressions/named.js';
import { Comparison, In } from '../../expressions/predicates.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Project } from '../../logical/operators.js';
import { LogicalRelation } from '../../logical/relations.js';
import { CHAR_VARCHAR_KEY, declaredType, readSidePadding, rightPad, withoutDeclaredType } from '../char-varchar.js';
import { evaluateConstant } from '../constants.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, resolveOperatorsUp, transformUpWithNewOutput, zipAttributes } from '../resolve-operators.js';

/** Columns of type char are padded where they are read, and the shorter side of a comparison with one is padded to the longer.
 * Spark: `ApplyCharTypePadding`. */
export const ApplyCharTypePadding = (context: AnalyzerContext) =>
  contextRule(context, 'ApplyCharTypePadding', (plan) => padComparisons(padRelations(plan), context.conf.timeZone));

const declared = (a: { readonly metadata: AttributeReference['metadata'] }): boolean => CHAR_VARCHAR_KEY in a.metadata;

function padRelations(plan: LogicalPlan): LogicalPlan {
  const padded = (p: LogicalPlan) =>
    p instanceof LogicalRelation && p.output.some((a) => declaredType(a.metadata)?.kind === 'char');
  if (!plan.existsWithSubqueries((p) => !p.analyzed && padded(p))) return plan;
  return transformUpWithNewOutput(
    plan,
    (p) => {
      if (!padded(p) || !(p instanceof LogicalRelation)) return [p, []];
      const columns = p.output.map((a) => {
        const e = readSidePadding(a, declaredType(a.metadata));
        return e === a ? a : new Alias(e, a.name, undefined, [], a.metadata);
      });
      const clean = p.output.map((a) => a.withMetadata(withoutDeclaredType(a.metadata)));
      const project = new Project(columns, new LogicalRelation(p.relation, clean, p.catalogTable));
      return [project, zipAttributes(p.output, project.output)];
    },
    (p) => p.analyzed,
  );
}

function padComparisons(plan: LogicalPlan, timeZone: string): LogicalPlan {
  return resolveOperatorsUp(plan, (p) =>
    p.expressions.some(mayCompareChars) ? p.transformExpressionsUp((e) => paddedComparison(e, timeZone)) : p,
  );
}

function mayCompareChars(e: Expression): boolean {
  return e.exists(
    (x) => (x instanceof Comparison || x instanceof In) && x.children.some((c) => declaredColumn(c) !== undefined),
  );
}

/** The column, perhaps of an outer query, if it is declared as char or varchar. */
function declaredColumn(e: Expression): AttributeReference | undefined {
  const a = e instanceof OuterReference ? e.child : e;
  return a instanceof AttributeReference && declared(a) ? a : undefined;
}

function charType(a: AttributeReference | undefined): CharType | undefined {
  const type: DataType | undefined = a && declaredType(a.metadata);
  return type?.kind === 'char' ? type : undefined;
}

function paddedComparison(e: Expression, timeZone: string): Expression {
  if (e instanceof Comparison) {
    const left = charType(declaredColumn(e.left));
    const right = charType(declaredColumn(e.right));
    if (left && right) {
      const length = Math.max(left.length, right.length);
      return compare(e, widened(e.left, left.length, length), widened(e.right, right.length, length));
    }
    if (left && e.right.foldable) return compare(e, ...withLiteral(e.left, left.length, e.right, timeZone));
    if (right && e.left.foldable) {
      const [column, literal] = withLiteral(e.right, right.length, e.left, timeZone);
      return compare(e, literal, column);
    }
    return e;
  }
  if (!(e instanceof In)) return e;
  const type = charType(declaredColumn(e.value));
  if (!type || !e.resolved || !e.list.every((x) => x.foldable)) return e;
  const texts = e.list.map((x) => evaluateConstant(x, timeZone) as string | null);
  const target = Math.max(type.length, ...texts.map((t) => (t === null ? 0 : charLength(t))));
  const known = e.list.flatMap((x, i) => {
    const text = texts[i];
    return typeof text === 'string' ? [widened(x, charLength(text), target)] : [];
  });
  const nulls = texts.filter((t) => t === null).map(() => Literal.nullOf(e.value.dataType));
  return new In(widened(e.value, type.length, target), [...known, ...nulls]).withOrigin(e.origin);
}

function compare(e: Comparison, left: Expression, right: Expression): Expression {
  return left === e.left && right === e.right ? e : new Comparison(e.kind, left, right).withOrigin(e.origin);
}

function widened(e: Expression, length: number, target: number): Expression {
  return target > length ? rightPad(e, target) : e;
}

function withLiteral(
  column: Expression,
  length: number,
  literal: Expression,
  timeZone: string,
): [Expression, Expression] {
  const text = evaluateConstant(literal, timeZone) as string | null;
  if (text === null || literal.dataType.kind !== 'string') return [column, literal];
  const size = charLength(text);
  return [widened(column, length, size), widened(literal, size, length)];
}
