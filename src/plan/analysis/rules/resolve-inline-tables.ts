import { analysisError, SparkError } from '../../../errors/index.js';
import { findWiderCommonType } from '../../../eval/coercion.js';
import { type DataType, NULL, sameType } from '../../../types/index.js';
import { Cast } from '../../expressions/cast.js';
import { atMoment } from '../../expressions/current-time.js';
import type { Expression } from '../../expressions/expression.js';
import { Alias, AttributeReference } from '../../expressions/named.js';
import { LocalRelation } from '../../logical/relations.js';
import { UnresolvedInlineTable } from '../../logical/unresolved.js';
import { evaluateConstant } from '../constants.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, resolveOperatorsUp } from '../resolve-operators.js';

/** VALUES → LocalRelation with evaluated rows, each column at the common type. Spark: `ResolveInlineTables`. */
export const ResolveInlineTables = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveInlineTables', (plan) =>
    resolveOperatorsUp(plan, (p) => {
      if (!(p instanceof UnresolvedInlineTable)) return p;
      validate(p);
      return p.rows.every((r) => r.every((e) => e.resolved)) ? evaluate(p, context) : p;
    }),
  );

function validate(table: UnresolvedInlineTable): void {
  table.rows.forEach((row, rowIndex) => {
    if (row.length !== table.names.length)
      throw analysisError(
        'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH',
        {
          expectedNumCols: String(table.names.length),
          actualNumCols: String(row.length),
          rowIndex: String(rowIndex),
        },
        table.origin,
      );
    for (const e of row) {
      const bare = e instanceof Alias ? e.child : e;
      if (bare.resolved && !bare.foldable)
        throw analysisError(
          'INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE',
          { expr: `"${e.sql(true)}"` },
          e.origin,
        );
    }
  });
}

function evaluate(table: UnresolvedInlineTable, context: AnalyzerContext): LocalRelation {
  const { mode, conf } = context;
  const columns = table.names.map((name, i) => {
    const cells = table.rows.map((r) => r[i] as Expression);
    const type: DataType | undefined = cells.length
      ? findWiderCommonType(
          cells.map((c) => c.dataType),
          mode,
        )
      : NULL;
    if (!type)
      throw analysisError(
        'INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE',
        { colName: `\`${name}\`` },
        table.origin,
      );
    return AttributeReference.create(
      name,
      type,
      cells.some((c) => c.nullable),
    );
  });
  const now = BigInt(Date.now()) * 1000n;
  const rows = table.rows.map((row) =>
    row.map((e, i) => {
      const { dataType } = columns[i] as AttributeReference;
      const bare = e instanceof Alias ? e.child : e;
      const cell = sameType(bare.dataType, dataType) ? bare : new Cast(bare, dataType, mode, conf.timeZone);
      try {
        return evaluateConstant(atMoment(cell, now), conf.timeZone);
      } catch (error) {
        if (error instanceof SparkError)
          throw analysisError(
            'INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION',
            { sqlExpr: `"${e.sql(true)}"` },
            table.origin,
          );
        throw error;
      }
    }),
  );
  return new LocalRelation(columns, rows);
}
