import { type Batch, batch, fixedPoint } from '../rule-executor.js';
import type { AnalyzerContext } from './context.js';
import { AddMetadataColumns } from './rules/add-metadata-columns.js';
import { ApplyCharTypePadding } from './rules/apply-char-type-padding.js';
import { CleanupAliases } from './rules/cleanup-aliases.js';
import { CTESubstitution } from './rules/cte-substitution.js';
import { DeduplicateRelations } from './rules/deduplicate-relations.js';
import { ExtractGenerator } from './rules/extract-generator.js';
import { ExtractWindowExpressions } from './rules/extract-window-expressions.js';
import { GlobalAggregates } from './rules/global-aggregates.js';
import { PullOutNondeterministic } from './rules/pull-out-nondeterministic.js';
import { RemoveTempResolvedColumn } from './rules/remove-temp-resolved-column.js';
import { ResolveAggregateFunctions } from './rules/resolve-aggregate-functions.js';
import { ResolveAliases } from './rules/resolve-aliases.js';
import { ResolveBinaryArithmetic } from './rules/resolve-binary-arithmetic.js';
import { LookupFunctions, ResolveFunctions } from './rules/resolve-functions.js';
import { ResolveGroupingAnalytics } from './rules/resolve-grouping-analytics.js';
import { RemoveAllHints, ResolveCoalesceHints, ResolveJoinStrategyHints } from './rules/resolve-hints.js';
import { ResolveInlineTables } from './rules/resolve-inline-tables.js';
import { ResolveLambdaVariables } from './rules/resolve-lambda-variables.js';
import { ResolveLateralColumnAliasReference } from './rules/resolve-lateral-column-alias-reference.js';
import { ResolveNaturalAndUsingJoin } from './rules/resolve-natural-and-using-join.js';
import { ResolveOrdinalInOrderByAndGroupBy } from './rules/resolve-ordinal-in-order-by-and-group-by.js';
import { ResolvePipeExpressions } from './rules/resolve-pipe-expressions.js';
import { ResolvePivot } from './rules/resolve-pivot.js';
import { ResolveRandomSeed } from './rules/resolve-random-seed.js';
import { ResolveReferences } from './rules/resolve-references.js';
import { ResolveRelations } from './rules/resolve-relations.js';
import { ResolveSQLFunctions } from './rules/resolve-sql-functions.js';
import { ResolveSubquery } from './rules/resolve-subquery.js';
import { ResolveSubqueryColumnAliases } from './rules/resolve-subquery-column-aliases.js';
import { ResolveTimeZone } from './rules/resolve-time-zone.js';
import { ResolveUnion } from './rules/resolve-union.js';
import { ResolveUnpivot } from './rules/resolve-unpivot.js';
import { ResolveWindowFrame } from './rules/resolve-window-frame.js';
import { ResolveWindowOrder } from './rules/resolve-window-order.js';
import { ResolveWithCTE } from './rules/resolve-with-cte.js';
import { SubstituteUnresolvedOrdinals } from './rules/substitute-unresolved-ordinals.js';
import { TimeWindowing } from './rules/time-windowing.js';
import { TypeCoercion } from './rules/type-coercion.js';
import { UpdateAttributeNullability } from './rules/update-attribute-nullability.js';
import { UpdateOuterReferences } from './rules/update-outer-references.js';
import { WidenSetOperationTypes } from './rules/widen-set-operation-types.js';
import { WindowsSubstitution } from './rules/windows-substitution.js';

/** The analyzer's rules in Spark's order. Spark: `Analyzer.batches`. */
export function analyzerBatches(context: AnalyzerContext): readonly Batch[] {
  const untilSettled = fixedPoint(100, true);
  return [
    batch(
      'Substitution',
      untilSettled,
      CTESubstitution(context),
      WindowsSubstitution,
      SubstituteUnresolvedOrdinals(context),
    ),
    // Before CTE references and relations are resolved: hints match by name.
    batch('Hints', untilSettled, ResolveJoinStrategyHints(context), ResolveCoalesceHints(context)),
    batch('Simple Sanity Check', 'once', LookupFunctions(context)),
    batch(
      'Resolution',
      untilSettled,
      ResolveRelations(context),
      AddMetadataColumns,
      DeduplicateRelations,
      ResolveReferences(context),
      // Directly after ResolveReferences: nothing may match a plan that still holds lateral aliases.
      ResolveLateralColumnAliasReference,
      ResolveGroupingAnalytics(context),
      ResolvePivot(context),
      ResolveUnpivot(context),
      ResolveOrdinalInOrderByAndGroupBy,
      ExtractGenerator,
      ResolveFunctions(context),
      ResolvePipeExpressions,
      ResolveAliases,
      ResolveSubquery(context),
      ResolveSubqueryColumnAliases,
      ResolveWindowOrder,
      ResolveWindowFrame,
      ResolveNaturalAndUsingJoin(context),
      ExtractWindowExpressions,
      GlobalAggregates,
      ResolveAggregateFunctions,
      ResolveSQLFunctions(context),
      TimeWindowing(context),
      ResolveInlineTables(context),
      ResolveLambdaVariables(context),
      ResolveTimeZone(context),
      ResolveRandomSeed,
      ResolveBinaryArithmetic(context),
      ResolveUnion(context),
      WidenSetOperationTypes(context),
      TypeCoercion(context),
      ResolveWithCTE,
    ),
    batch('Remove TempResolvedColumn', 'once', RemoveTempResolvedColumn),
    batch('Remove Unresolved Hints', 'once', RemoveAllHints(context)),
    batch('Post-Hoc Resolution', 'once', ApplyCharTypePadding(context)),
    batch('Nondeterministic', 'once', PullOutNondeterministic),
    batch('Nullability', untilSettled, UpdateAttributeNullability),
    batch('Subquery', 'once', UpdateOuterReferences),
    batch('Cleanup', untilSettled, CleanupAliases),
  ];
}
