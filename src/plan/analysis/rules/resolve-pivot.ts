import { analysisError, unsupported } from '../../../errors/index.js';
import { canCast } from '../../../eval/cast.js';
import { lookupAggregate } from '../../../eval/registry.js';
import { type DataType, isNumeric, isOrderable, quoteIdentifier, STRING, type Value } from '../../../types/index.js';
import { AggregateCall, AggregateExpression } from '../../expressions/aggregate.js';
import { Cast } from '../../expressions/cast.js';
import { GetArrayItem } from '../../expressions/complex.js';
import { If } from '../../expressions/conditional.js';
import { AttributeSet, type Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import {
  Alias,
  AttributeReference,
  isNamed,
  type NamedExpression,
  newExprId,
  toAttribute,
} from '../../expressions/named.js';
import { Comparison } from '../../expressions/predicates.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Project } from '../../logical/operators.js';
import { Pivot } from '../../logical/unresolved.js';
import { trimAliases } from '../alias-helper.js';
import { evaluateConstant } from '../constants.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, resolveOperatorsUp } from '../resolve-operators.js';

/** PIVOT → two Aggregates (by group and pivot column, then by group) under a Project; where the values' type does not allow
 * that, one Aggregate of IFs. Spark: `ResolvePivot`. */
export const ResolvePivot = (context: AnalyzerContext) =>
  contextRule(context, 'ResolvePivot', (plan) =>
    resolveOperatorsUp(plan, (p) => {
      if (!(p instanceof Pivot) || !p.childrenResolved) return p;
      const ready = [...p.aggregates, ...(p.groupByExprs ?? []), p.pivotColumn, ...p.pivotValues];
      return ready.every((e) => e.resolved) ? pivot(p, context) : p;
    }),
  );

const supportsPivotFirst = (t: DataType): boolean => isNumeric(t) || t.kind === 'boolean';

function pivot(p: Pivot, context: AnalyzerContext): LogicalPlan {
  const { pivotColumn, aggregates } = p;
  if (!isOrderable(pivotColumn.dataType))
    throw analysisError(
      'INCOMPARABLE_PIVOT_COLUMN',
      {
        columnName: isNamed(pivotColumn)
          ? quoteIdentifier(pivotColumn.name)
          : pivotColumn.sql(false).split('.').map(quoteIdentifier).join('.'),
      },
      p.origin,
    );
  for (const a of aggregates) checkAggregate(a);
  for (const v of p.pivotValues) {
    if (!trimAliases(v).foldable)
      throw analysisError('NON_LITERAL_PIVOT_VALUES', { expression: `"${v.sql(true)}"` }, v.origin);
    if (!canCast(v.dataType, pivotColumn.dataType, context.mode))
      throw analysisError(
        'PIVOT_VALUE_DATA_TYPE_MISMATCH',
        {
          value: v.toString(),
          valueType: v.dataType.simpleString,
          pivotType: pivotColumn.dataType.simpleString,
        },
        v.origin,
      );
  }
  const groups = p.groupByExprs ?? implicitGroups(p);
  return aggregates.every((a) => supportsPivotFirst(a.dataType))
    ? twoPhases(p, groups, context)
    : onePhase(p, groups, context);
}

function implicitGroups(p: Pivot): readonly Expression[] {
  const used = new AttributeSet();
  for (const e of [p.pivotColumn, ...p.aggregates]) for (const a of e.references) used.add(a);
  return p.child.output.filter((a) => !used.has(a));
}

function checkAggregate(e: Expression): void {
  if (e instanceof AggregateExpression) return;
  if (e instanceof AttributeReference) throw analysisError('_LEGACY_ERROR_TEMP_1006', { sql: e.sql(false) }, e.origin);
  for (const c of e.children) checkAggregate(c);
}

function outputName(value: Expression, aggregate: Expression, single: boolean, context: AnalyzerContext): string {
  const zone = context.conf.timeZone;
  const text = isNamed(value)
    ? value.name
    : String(evaluateConstant(new Cast(value, STRING, context.mode, zone), zone) ?? 'null');
  return single ? text : `${text}_${isNamed(aggregate) ? aggregate.name : aggregate.sql(true)}`;
}

function twoPhases(p: Pivot, groups: readonly Expression[], context: AnalyzerContext): LogicalPlan {
  const def = lookupAggregate('pivotfirst');
  if (!def) throw unsupported('PIVOT', p.origin);
  const { mode, conf } = context;
  const { pivotColumn } = p;
  const computed = p.aggregates.map((a) => new Alias(a, a.sql(false)));
  const key: NamedExpression = isNamed(pivotColumn) ? pivotColumn : new Alias(pivotColumn, '__pivot_col');
  const bigGroup = [...groups, key];
  const first = new Aggregate(bigGroup, [...bigGroup, ...computed], p.child);
  const keys = p.pivotValues.map((v) => {
    const bare = trimAliases(v);
    return new PivotKey(
      evaluateConstant(new Cast(bare, pivotColumn.dataType, mode, conf.timeZone), conf.timeZone),
      pivotColumn.dataType,
    );
  });
  const collected = computed.map((a) => {
    const call = new AggregateCall(def, [toAttribute(key), a.toAttribute(), ...keys], mode);
    return new Alias(new AggregateExpression(call, false), `__pivot_${a.sql(false)}`);
  });
  const groupAttributes = groups.filter(isNamed).map(toAttribute);
  const second = new Aggregate(groupAttributes, [...groupAttributes, ...collected], first);
  const outputs = p.pivotValues.flatMap((value, i) =>
    p.aggregates.map(
      (aggregate, j) =>
        new Alias(
          new GetArrayItem((collected[j] as Alias).toAttribute(), Literal.int(i), conf.ansiEnabled),
          outputName(value, aggregate, p.aggregates.length === 1, context),
        ),
    ),
  );
  return new Project([...groupAttributes, ...outputs], second);
}

function onePhase(p: Pivot, groups: readonly Expression[], context: AnalyzerContext): LogicalPlan {
  const { mode, conf } = context;
  const columns = p.pivotValues.flatMap((value) => {
    const only = (e: Expression): Expression =>
      new If(
        new Comparison(
          'EqualNullSafe',
          p.pivotColumn,
          new Cast(trimAliases(value), p.pivotColumn.dataType, mode, conf.timeZone),
        ),
        e,
        Literal.NULL,
      );
    return p.aggregates.map((aggregate) => {
      const filtered = aggregate.transformUp((e) => {
        if (!(e instanceof AggregateExpression)) return e;
        const { def, operands } = e.aggregateFunction;
        const positional = def.sparkClass === 'First' || def.sparkClass === 'Last' || def.sparkClass === 'AnyValue';
        const inputs = positional
          ? [only(operands[0] as Expression), Literal.TRUE]
          : def.sparkClass === 'ApproximatePercentile'
            ? [only(operands[0] as Expression), ...operands.slice(1)]
            : operands.map(only);
        const call = new AggregateCall(def, inputs, mode, undefined, e.aggregateFunction.shownName);
        return new AggregateExpression(call, e.isDistinct, e.filter, newExprId());
      });
      return new Alias(filtered, outputName(value, aggregate, p.aggregates.length === 1, context));
    });
  });
  return new Aggregate(groups, [...groups, ...columns], p.child);
}

/** A value of the pivot column; plan texts show rows and arrays as the engine holds them: `[a,1]`. */
class PivotKey extends Literal {
  override toString(): string {
    return rawText(this.value) ?? super.toString();
  }
}
function rawText(value: Value): string | undefined {
  if (!Array.isArray(value)) return undefined;
  return `[${value.map((v: Value) => rawText(v) ?? String(v)).join(',')}]`;
}
