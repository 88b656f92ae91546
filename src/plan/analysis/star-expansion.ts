import { analysisError, internalError, SparkError } from '../../errors/index.js';
import { quoteIdentifier, type StructType } from '../../types/index.js';
import { GetStructField } from '../expressions/complex.js';
import type { Expression } from '../expressions/expression.js';
import { Alias, AttributeReference, isNamed, OuterReference } from '../expressions/named.js';
import { UnresolvedRegex, type UnresolvedStar } from '../expressions/unresolved.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, Project } from '../logical/operators.js';
import { quotedName, resolveName } from './attribute-seq.js';
import { columnsByPattern } from './column-pattern.js';
import { type ColumnResolution, wrapOuterReference } from './column-resolution.js';
import type { AnalyzerContext } from './context.js';
import { createStruct } from './function-builder.js';
import { allowAnyAccess, metadataOutput, qualifiedAccessOnly } from './hidden-output.js';
import { orderBySimilarity } from './suggestions.js';

/** The columns that a star stands for; in a subquery, if the name is not known here, those of the outer query.
 * @throws CANNOT_RESOLVE_STAR_EXPAND. Spark: `Star.expand` */
export function expandStar(
  star: UnresolvedStar | UnresolvedRegex,
  child: LogicalPlan,
  context: AnalyzerContext,
  columns: ColumnResolution,
): readonly Expression[] {
  if (star instanceof UnresolvedRegex) return columnsByPattern(star, child, context.sameName);
  try {
    return expand(star, child, context, columns);
  } catch (error) {
    const outer = context.outerPlan;
    if (!(error instanceof SparkError) || !(outer instanceof Project || outer instanceof Aggregate)) throw error;
    try {
      return expand(star, outer.child, context, columns).map(wrapOuterReference);
    } catch {
      throw error;
    }
  }
}

function expand(
  star: UnresolvedStar,
  child: LogicalPlan,
  context: AnalyzerContext,
  columns: ColumnResolution,
): readonly Expression[] {
  const all = expandTarget(star, child, context, columns);
  return star.except.length === 0 ? all : withoutExcepted(star, all, context);
}

function expandTarget(
  star: UnresolvedStar,
  child: LogicalPlan,
  context: AnalyzerContext,
  columns: ColumnResolution,
): readonly Expression[] {
  const { target } = star;
  if (target === undefined) return child.output;
  const hidden = metadataOutput(child).filter(qualifiedAccessOnly).map(allowAnyAccess);
  const qualified = [...hidden, ...child.output].filter((a) => {
    const from = a.qualifier.length - target.length;
    return from >= 0 && target.every((part, i) => context.sameName(part, a.qualifier[from + i] as string));
  });
  if (qualified.length) return qualified;
  const found = columns.inOutput(child, target, star.origin);
  if (found === undefined)
    throw analysisError(
      'CANNOT_RESOLVE_STAR_EXPAND',
      {
        targetString: quotedName(target),
        columns: [...child.inputSet].map((a) => quoteIdentifier(a.name)).join(', '),
      },
      star.origin,
    );
  const type = found.dataType;
  if (type.kind !== 'struct')
    throw analysisError('_LEGACY_ERROR_TEMP_1050', { attributes: target.join('.') }, star.origin);
  return type.fields.map((f, i) => new Alias(new GetStructField(found, i), f.name));
}

/** `* EXCEPT (a, s.f)`: columns dropped, structs rebuilt without the fields. Spark: `UnresolvedStarExceptOrReplace`. */
function withoutExcepted(
  star: UnresolvedStar,
  all: readonly Expression[],
  context: AnalyzerContext,
): readonly Expression[] {
  const attributes = all.filter(isNamed).map((e) => (e instanceof AttributeReference ? e : e.toAttribute()));
  const pairs = star.except.map((parts) => {
    const found = resolveName(attributes, parts, context.sameName, context.conf.ansiEnabled, star.origin);
    if (found === undefined)
      throw analysisError(
        'UNRESOLVED_COLUMN.WITH_SUGGESTION',
        {
          objectName: quotedName(parts),
          proposal: orderBySimilarity(
            parts,
            attributes.map((a) => [...a.qualifier, a.name]),
          ).join(', '),
        },
        star.origin,
      );
    const path: string[] = [];
    let e: Expression = found instanceof Alias ? found.child : found;
    while (e instanceof GetStructField) {
      path.unshift(e.fieldName);
      e = e.child;
    }
    if (!(e instanceof AttributeReference) && !(e instanceof OuterReference))
      throw analysisError(
        'EXCEPT_NESTED_COLUMN_INVALID_TYPE',
        { columnName: e.sql(false), dataType: e.dataType.simpleString },
        star.origin,
      );
    return { id: e.exprId, path };
  });
  return filterColumns(star, all, pairs, context);
}

interface Excepted {
  readonly id: number;
  readonly path: readonly string[];
}

function filterColumns(
  star: UnresolvedStar,
  list: readonly Expression[],
  excepted: readonly Excepted[],
  context: AnalyzerContext,
): readonly Expression[] {
  return list.flatMap((e) => {
    if (!isNamed(e)) throw internalError('a star expanded to something without a name');
    const mine = excepted.filter((x) => x.id === e.exprId);
    if (mine.length === 0) return [e];
    const replacement = star.replacements?.[excepted.indexOf(mine[0] as Excepted)];
    if (replacement !== undefined)
      return [new Alias(replacement, (star.except[0] as readonly string[]).at(-1) as string)];
    if (mine.every((x) => x.path.length > 0)) {
      const fields = (e.dataType as StructType).fields.map((f, i) => new Alias(new GetStructField(e, i), f.name));
      const inner = mine.map((x) => {
        const [head, ...path] = x.path as [string, ...string[]];
        const field = fields.find((f) => context.sameName(f.name, head)) as Alias;
        return { id: field.exprId, path };
      });
      return [new Alias(createStruct(context, filterColumns(star, fields, inner, context), undefined), e.name)];
    }
    if (mine.length > 1)
      throw analysisError(
        'EXCEPT_OVERLAPPING_COLUMNS',
        { columns: star.except.map((p) => p.join('.')).join(', ') },
        star.origin,
      );
    return [];
  });
}
