import { analysisError } from '../errors/index.js';
import {
  type Expression,
  GroupingSetsExpression,
  isNamed,
  type Literal,
  UnresolvedAlias,
  UnresolvedAttribute,
} from '../plan/expressions/index.js';
import { Aggregate, type LogicalPlan, Pivot } from '../plan/logical/index.js';
import { Column, type ColumnOrValue, col, fn, lit } from './column.js';
import type { DataFrame } from './dataframe.js';

type Grouping =
  | { readonly kind: 'groupBy' | 'rollup' | 'cube' }
  | { readonly kind: 'pivot'; readonly column: Expression; readonly values: readonly Expression[] };

/** A DataFrame's rows in groups, waiting for aggregates. Spark: `RelationalGroupedDataset`. */
export class GroupedData {
  constructor(
    private readonly df: DataFrame,
    private readonly keys: readonly Expression[],
    private readonly grouping: Grouping,
  ) {}

  /** One row per group: keys, then the aggregates. Also takes `{ column: 'function' }`. */
  agg(...aggregates: readonly (Column | Readonly<Record<string, string>>)[]): DataFrame {
    const exprs = aggregates.flatMap((a) =>
      a instanceof Column
        ? [a.expr]
        : Object.entries(a).map(([c, f]) => fn(f.toLowerCase(), c === '*' ? lit(1) : col(c)).expr),
    );
    if (exprs.length === 0)
      throw analysisError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', {
        functionName: '`agg`',
        expectedNum: '> 0',
        actualNum: '0',
        docroot: 'docs',
      });
    return this.df.withPlan(this.plan(exprs));
  }

  private plan(aggregates: readonly Expression[]): LogicalPlan {
    const child = this.df.logicalPlan;
    const list = [...this.keys, ...aggregates].map(alias);
    switch (this.grouping.kind) {
      case 'groupBy':
        return new Aggregate(this.keys, list, child);
      case 'rollup':
      case 'cube': {
        const sets = new GroupingSetsExpression(
          this.grouping.kind,
          this.keys.map((k) => [k]),
        );
        return new Aggregate([sets], list, child);
      }
      case 'pivot':
        return new Pivot(this.keys.map(alias), this.grouping.column, this.grouping.values, aggregates, child);
    }
  }

  /** Rows per group, as `count`. */
  count(): DataFrame {
    return this.agg(fn('count', lit(1)).alias('count'));
  }
  private each(name: string, columns: readonly string[]): DataFrame {
    const wanted = columns.length > 0 ? columns : this.df.numericColumns(this.keys);
    return this.agg(...wanted.map((c) => fn(name, col(c))));
  }
  sum(...columns: string[]): DataFrame {
    return this.each('sum', columns);
  }
  avg(...columns: string[]): DataFrame {
    return this.each('avg', columns);
  }
  mean(...columns: string[]): DataFrame {
    return this.each('avg', columns);
  }
  min(...columns: string[]): DataFrame {
    return this.each('min', columns);
  }
  max(...columns: string[]): DataFrame {
    return this.each('max', columns);
  }

  /** Turns the values of a column into columns. Give the values: finding them out would need a job.
   * @throws UNSUPPORTED_FEATURE.PIVOT_AFTER_GROUP_BY after rollup or cube */
  pivot(column: string | Column, values: readonly ColumnOrValue[]): GroupedData {
    if (this.grouping.kind !== 'groupBy')
      throw analysisError('REPEATED_CLAUSE', { clause: 'PIVOT', operation: 'SUBQUERY' });
    const pivotColumn = typeof column === 'string' ? new UnresolvedAttribute([column]) : column.expr;
    return new GroupedData(this.df, this.keys, {
      kind: 'pivot',
      column: pivotColumn,
      values: values.map((v) => lit(v).expr as Literal),
    });
  }
}

function alias(e: Expression): Expression {
  return isNamed(e) || e instanceof UnresolvedAttribute ? e : new UnresolvedAlias(e);
}
