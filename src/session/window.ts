import {
  type Expression,
  FrameBoundary,
  Literal,
  SpecifiedWindowFrame,
  UnspecifiedFrame,
  type WindowFrame,
  WindowSpecDefinition,
} from '../plan/expressions/index.js';
import { type ColumnOrName, toColumn } from './column.js';

const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/** What a window function sees: partitions, order and frame. Immutable. Spark: `WindowSpec`. */
export class WindowSpec {
  constructor(
    private readonly partitions: readonly ColumnOrName[] = [],
    private readonly orders: readonly ColumnOrName[] = [],
    private readonly frame: WindowFrame = new UnspecifiedFrame(),
  ) {}
  partitionBy(...columns: readonly ColumnOrName[]): WindowSpec {
    return new WindowSpec(columns, this.orders, this.frame);
  }
  orderBy(...columns: readonly ColumnOrName[]): WindowSpec {
    return new WindowSpec(this.partitions, columns, this.frame);
  }
  /** Frame edges in rows relative to the current one (0), inclusive. */
  rowsBetween(start: number, end: number): WindowSpec {
    return new WindowSpec(
      this.partitions,
      this.orders,
      new SpecifiedWindowFrame('RowFrame', edge(start, 'int'), edge(end, 'int')),
    );
  }
  /** Frame edges as distances of the order key, inclusive. */
  rangeBetween(start: number, end: number): WindowSpec {
    return new WindowSpec(
      this.partitions,
      this.orders,
      new SpecifiedWindowFrame('RangeFrame', edge(start, 'long'), edge(end, 'long')),
    );
  }
  get definition(): WindowSpecDefinition {
    return new WindowSpecDefinition(
      this.partitions.map((c) => toColumn(c).expr),
      this.orders.map((c) => toColumn(c).sortOrder),
      this.frame,
    );
  }
}

function edge(offset: number, unit: 'int' | 'long'): Expression {
  if (offset <= -UNBOUNDED) return FrameBoundary.UNBOUNDED_PRECEDING;
  if (offset >= UNBOUNDED) return FrameBoundary.UNBOUNDED_FOLLOWING;
  if (offset === 0) return FrameBoundary.CURRENT_ROW;
  return unit === 'int' ? Literal.int(offset) : Literal.long(BigInt(offset));
}

/** Begins a window: `Window.partitionBy('a').orderBy('b')`. Spark: `Window`. */
export const Window = {
  partitionBy: (...columns: readonly ColumnOrName[]) => new WindowSpec(columns),
  orderBy: (...columns: readonly ColumnOrName[]) => new WindowSpec([], columns),
  rowsBetween: (start: number, end: number) => new WindowSpec().rowsBetween(start, end),
  rangeBetween: (start: number, end: number) => new WindowSpec().rangeBetween(start, end),
  unboundedPreceding: -UNBOUNDED,
  unboundedFollowing: UNBOUNDED,
  currentRow: 0,
} as const;
