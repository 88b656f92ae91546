import { analysisError } from '../errors/index.js';
import {
  Alias,
  type AttributeReference,
  CaseWhen,
  Cast,
  Coalesce,
  Comparison,
  type Expression,
  Literal,
  UnresolvedFunction,
} from '../plan/expressions/index.js';
import { Filter, Project } from '../plan/logical/index.js';
import { DOUBLE, isNumeric, STRING } from '../types/index.js';
import type { DataFrame } from './dataframe.js';

export type FillValue = number | string | boolean | bigint;

/** Nulls and NaNs of a DataFrame. Spark: `DataFrameNaFunctions`. */
export class DataFrameNaFunctions {
  constructor(private readonly df: DataFrame) {}

  private chosen(columns: readonly string[] | undefined): AttributeReference[] {
    const { output } = this.df.logicalPlan;
    if (columns === undefined) return [...output];
    return columns.map((c) => {
      const hit = output.find((a) => this.df.sameName(a.name, c));
      if (!hit) this.df.col(c);
      return hit as AttributeReference;
    });
  }

  /** Puts `value` for nulls (and NaNs, for numbers) in columns of its kind. */
  fill(value: FillValue | Readonly<Record<string, FillValue>>, columns?: readonly string[]): DataFrame {
    const { output } = this.df.logicalPlan;
    const values = new Map<number, FillValue>();
    if (typeof value === 'object') {
      for (const [name, v] of Object.entries(value)) for (const a of this.chosen([name])) values.set(a.exprId, v);
    } else for (const a of this.chosen(columns)) if (fits(value, a)) values.set(a.exprId, value);
    const list = output.map((a) => {
      const v = values.get(a.exprId);
      return v === undefined ? a : new Alias(fillColumn(a, v), a.name);
    });
    return this.df.withPlan(new Project(list, this.df.logicalPlan));
  }

  /** Drops rows with nulls or NaNs: any, all, or fewer than n values that are neither. */
  drop(how: 'any' | 'all' | number = 'any', columns?: readonly string[]): DataFrame {
    const chosen = this.chosen(columns);
    const least = how === 'any' ? chosen.length : how === 'all' ? 1 : how;
    const condition = new UnresolvedFunction(
      ['atleastnnonnulls'],
      [Literal.int(least), ...chosen],
      false,
      undefined,
      false,
      [],
      true,
    );
    return this.df.withPlan(new Filter(condition, this.df.logicalPlan));
  }

  /** Replaces values: a table of old to new, or one or several old values by new ones. */
  replace(
    from:
      | FillValue
      | readonly FillValue[]
      | Readonly<Record<string, FillValue | null>>
      | ReadonlyMap<FillValue, FillValue | null>,
    to?: FillValue | readonly FillValue[] | null,
    columns?: readonly string[],
  ): DataFrame {
    const pairs = replacementPairs(from, to);
    const [[first] = []] = pairs;
    if (first === undefined) return this.df;
    const chosen = new Set(this.chosen(columns).map((a) => a.exprId));
    const list = this.df.logicalPlan.output.map((a) => {
      if (!chosen.has(a.exprId) || !sameKind(first, a)) return a;
      return new Alias(replaceColumn(a, pairs), a.name);
    });
    return this.df.withPlan(new Project(list, this.df.logicalPlan));
  }
}

function fits(value: FillValue, a: AttributeReference): boolean {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return isNumeric(a.dataType);
    case 'string':
      return a.dataType.kind === 'string';
    case 'boolean':
      return a.dataType.kind === 'boolean';
  }
}
const sameKind = fits;

/** Spark fills every numeric column from a double, bigint values excepted. */
function fillLiteral(value: FillValue): Expression {
  if (typeof value === 'number') return Literal.double(value);
  return Literal.of(value) as Literal;
}

function fillColumn(a: AttributeReference, value: FillValue): Expression {
  const isFloating = a.dataType.kind === 'double' || a.dataType.kind === 'float';
  const present = isFloating
    ? new UnresolvedFunction(
        ['nanvl'],
        [a, new Cast(Literal.NULL, a.dataType, 'ANSI')],
        false,
        undefined,
        false,
        [],
        true,
      )
    : a;
  return new Coalesce([present, new Cast(fillLiteral(value), a.dataType, 'ANSI')]);
}

function replacementPairs(from: unknown, to: unknown): [FillValue, FillValue | null][] {
  if (from instanceof Map) return [...from] as [FillValue, FillValue | null][];
  if (Array.isArray(from)) {
    if (Array.isArray(to) && to.length !== from.length)
      throw analysisError('ASSIGNMENT_ARITY_MISMATCH', { numExpr: String(to.length), numTarget: String(from.length) });
    return from.map((f, i) => [f as FillValue, (Array.isArray(to) ? to[i] : to) as FillValue | null]);
  }
  if (typeof from === 'object' && from !== null) return Object.entries(from) as [FillValue, FillValue | null][];
  return [[from as FillValue, to as FillValue | null]];
}

function replaceColumn(a: AttributeReference, pairs: readonly [FillValue, FillValue | null][]): Expression {
  const literal = (v: FillValue | null): Expression =>
    v === null
      ? Literal.nullOf(a.dataType)
      : typeof v === 'number'
        ? new Literal(v, DOUBLE)
        : typeof v === 'string'
          ? new Literal(v, STRING)
          : (Literal.of(v) as Literal);
  return new CaseWhen(
    pairs.map(([old]) => new Comparison('EqualTo', a, literal(old))),
    pairs.map(([, next]) => new Cast(literal(next), a.dataType, 'ANSI')),
    a,
  );
}
