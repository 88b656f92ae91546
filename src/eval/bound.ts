import type { Place } from '../errors/index.js';
import type { DataType, Value } from '../types/index.js';
import type { EvalMode } from './function.js';

/** An expression after binding: plain data (structured-clone safe), no names but function names, no plan. It is what
 * the planner hands to the executor, what kernels are compiled from, and what `evaluate` interprets a row at a time.
 * Every node carries its result type; children already have the types their parent needs (casts are explicit). */
export type BoundExpr =
  | { readonly k: 'literal'; readonly type: DataType; readonly value: Value }
  | { readonly k: 'input'; readonly ordinal: number; readonly type: DataType; readonly nullable: boolean }
  /** A value known only when the query runs (scalar subquery, its result put in before tasks start). */
  | { readonly k: 'parameter'; readonly id: number; readonly type: DataType }
  /** Function of the registry by canonical name. Operators are functions too: `+ - * / % div = <=> < <= > >=`, `not`,
   * `negative`, `isnull`, `isnotnull`, `isnan`, `like`, `concat`, … (their symbols or names are the registry keys). */
  | {
      readonly k: 'call';
      readonly fn: string;
      readonly args: readonly BoundExpr[];
      readonly type: DataType;
      readonly mode: EvalMode;
      readonly timeZone: string;
      /** Ties stateful calls (rand) to one stream. */
      readonly site?: number;
      /** What errors name. */
      readonly at?: Place | undefined;
    }
  | {
      readonly k: 'cast';
      readonly child: BoundExpr;
      readonly type: DataType;
      readonly mode: EvalMode;
      readonly timeZone: string;
      readonly at?: Place | undefined;
    }
  /** Short-circuit forms: later operands are evaluated only for rows that need them. */
  | { readonly k: 'and' | 'or'; readonly left: BoundExpr; readonly right: BoundExpr; readonly type: DataType }
  | {
      readonly k: 'case';
      readonly branches: readonly { readonly when: BoundExpr; readonly then: BoundExpr }[];
      readonly otherwise?: BoundExpr | undefined;
      readonly type: DataType;
    }
  | { readonly k: 'coalesce'; readonly args: readonly BoundExpr[]; readonly type: DataType }
  | { readonly k: 'in'; readonly value: BoundExpr; readonly list: readonly BoundExpr[]; readonly type: DataType }
  | { readonly k: 'lambda'; readonly parameters: readonly number[]; readonly body: BoundExpr; readonly type: DataType }
  | { readonly k: 'lambdaVariable'; readonly id: number; readonly type: DataType };

/** One aggregate call: `fn` is a name of the aggregate registry (`sum`, `count`, `avg`, `min`, `max`, `first`, …). */
export interface BoundAggregate {
  readonly fn: string;
  readonly args: readonly BoundExpr[];
  readonly filter?: BoundExpr | undefined;
  readonly distinct: boolean;
  readonly type: DataType;
  readonly mode: EvalMode;
  readonly timeZone: string;
}

export interface BoundSortKey {
  readonly expr: BoundExpr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}
