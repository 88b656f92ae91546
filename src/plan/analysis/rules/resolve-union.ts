import { analysisError } from '../../../errors/index.js';
import { quoteIdentifier } from '../../../types/index.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { Alias, AttributeReference } from '../../expressions/named.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Project, Union } from '../../logical/operators.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, resolveOperatorsUp } from '../resolve-operators.js';

/** UNION BY NAME: the right columns in the left order, missing ones null where that is allowed. Spark: `ResolveUnion`. */
export const ResolveUnion = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveUnion', (plan) =>
    resolveOperatorsUp(plan, (p) => {
      if (!(p instanceof Union) || !p.byName || !p.childrenResolved) return p;
      return p.inputs.reduce((left, right) => {
        checkDuplicates(left, context);
        checkDuplicates(right, context);
        return twoSides(left, right, p.allowMissingCol, context);
      });
    }),
  );

function checkDuplicates(p: LogicalPlan, context: AnalyzerContext): void {
  const seen = new Set<string>();
  for (const a of p.output) {
    const name = context.conf.caseSensitive ? a.name : a.name.toLowerCase();
    if (seen.has(name)) throw analysisError('COLUMN_ALREADY_EXISTS', { columnName: quoteIdentifier(name) }, p.origin);
    seen.add(name);
  }
}

function match(left: LogicalPlan, right: LogicalPlan, allowMissing: boolean, context: AnalyzerContext): Expression[] {
  return left.output.map((l) => {
    const found = right.output.find((r) => context.sameName(l.name, r.name));
    if (found) return found;
    if (allowMissing) return new Alias(new Literal(null, l.dataType), l.name);
    throw analysisError(
      '_LEGACY_ERROR_TEMP_1201',
      { colName: l.name, fieldNames: right.output.map((r) => r.name).join(', ') },
      right.origin,
    );
  });
}

function twoSides(left: LogicalPlan, right: LogicalPlan, allowMissing: boolean, context: AnalyzerContext): LogicalPlan {
  const list = match(left, right, allowMissing, context);
  const used = new Set(list.flatMap((e) => (e instanceof AttributeReference ? [e.exprId] : [])));
  const rightChild = new Project([...list, ...right.output.filter((a) => !used.has(a.exprId))], right);
  if (!allowMissing) return new Union([left, rightChild]);
  const leftList = match(rightChild, left, true, context);
  const same =
    leftList.length === left.output.length &&
    leftList.every((e, i) => e instanceof AttributeReference && e.exprId === left.output[i]?.exprId);
  return new Union([same ? left : new Project(leftList, left), rightChild]);
}
