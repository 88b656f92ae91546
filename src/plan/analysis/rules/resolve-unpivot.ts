import { analysisError } from '../../../errors/index.js';
import { findWiderCommonType } from '../../../eval/coercion.js';
import { type DataType, STRING, sameType } from '../../../types/index.js';
import { Cast } from '../../expressions/cast.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { Alias, AttributeReference, isNamed, type NamedExpression, toAttribute } from '../../expressions/named.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Expand } from '../../logical/operators.js';
import { Unpivot } from '../../logical/unresolved.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, mapSame, resolveOperatorsUp } from '../resolve-operators.js';

/** UNPIVOT → Expand with one projection per value column. Ids or values that are not given are all other columns.
 * Spark: `ResolveUnpivot` with `UnpivotCoercion`. */
export const ResolveUnpivot = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveUnpivot', (plan) =>
    resolveOperatorsUp(plan, (p) => {
      if (!(p instanceof Unpivot) || !p.childrenResolved) return p;
      const given = [...(p.ids ?? []), ...(p.values ?? []).flat()];
      if (!given.every((e) => e.resolved)) return p;
      return expand(complete(p), context);
    }),
  );

function complete(p: Unpivot): Unpivot {
  if (p.ids && p.values) return p;
  const given = p.ids ?? (p.values ?? []).flat();
  if (!given.every((e) => e instanceof AttributeReference))
    throw analysisError(
      'UNPIVOT_REQUIRES_ATTRIBUTES',
      p.ids
        ? { given: 'id', empty: 'value', expressions: given.map((e) => `"${e.sql(true)}"`).join(', ') }
        : { given: 'value', empty: 'id', expressions: given.map((e) => `"${e.sql(true)}"`).join(', ') },
      p.origin,
    );
  const used = new Set(given.map((e) => (e as AttributeReference).exprId));
  const rest = p.child.output.filter((a) => !used.has(a.exprId));
  const ids = p.ids ?? rest;
  const values = p.values ?? rest.map((a) => [a]);
  return new Unpivot(ids, values, p.aliases, p.variableColumnName, p.valueColumnNames, p.child).withOrigin(p.origin);
}

function expand(p: Unpivot, context: AnalyzerContext): LogicalPlan {
  const ids = p.ids as readonly Expression[];
  let values = p.values as readonly (readonly Expression[])[];
  if (values.length === 0) throw analysisError('UNPIVOT_REQUIRES_VALUE_COLUMNS', {}, p.origin);
  if (values.some((v) => v.length !== p.valueColumnNames.length))
    throw analysisError('UNPIVOT_VALUE_SIZE_MISMATCH', { names: String(p.valueColumnNames.length) }, p.origin);
  const types = p.valueColumnNames.map((_, i) =>
    commonType(
      values.map((v) => (v[i] as Expression).dataType),
      context,
      p,
    ),
  );
  values = mapSame(values, (v) =>
    mapSame(v, (e, i) => {
      const type = types[i] as DataType;
      return sameType(e.dataType, type)
        ? e
        : new Alias(new Cast(e, type, context.mode, context.conf.timeZone), nameOf(e));
    }),
  );
  const projections = values.map((v, i) => [...ids, Literal.string(p.aliases?.[i] ?? v.map(nameOf).join('_')), ...v]);
  const output = [
    ...ids.filter(isNamed).map(toAttribute),
    AttributeReference.create(p.variableColumnName, STRING, false),
    ...p.valueColumnNames.map((name, i) =>
      AttributeReference.create(
        name,
        types[i] as DataType,
        values.some((v) => (v[i] as Expression).nullable),
      ),
    ),
  ];
  return new Expand(projections, output, p.child);
}

function nameOf(e: Expression): string {
  return isNamed(e) ? (e as NamedExpression).name : e.sql(true);
}

function commonType(types: readonly DataType[], context: AnalyzerContext, p: Unpivot): DataType {
  const text = types.filter((t) => t.kind === 'string').length;
  const mixed = text > 0 && text < types.filter((t) => t.kind !== 'null').length;
  const common = mixed ? undefined : findWiderCommonType(types, context.mode);
  if (common) return common;
  const byType = new Map<string, string[]>();
  for (const e of (p.values ?? []).flat())
    byType.set(`"${e.dataType.sql}"`, [...(byType.get(`"${e.dataType.sql}"`) ?? []), `\`${nameOf(e)}\``]);
  throw analysisError(
    'UNPIVOT_VALUE_DATA_TYPE_MISMATCH',
    {
      types: [...byType]
        .map(([type, names]) => `${type} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''})`)
        .join(', '),
    },
    p.origin,
  );
}
