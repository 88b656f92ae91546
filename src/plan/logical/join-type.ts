import type { AttributeReference } from '../expressions/named.js';

/** Spark: `JoinType`. */
export type JoinType =
  | { readonly kind: 'Inner' | 'Cross' | 'LeftOuter' | 'RightOuter' | 'FullOuter' | 'LeftSemi' | 'LeftAnti' }
  /** Made by the optimizer for EXISTS and IN outside a conjunction: a boolean column beside the left ones. */
  | { readonly kind: 'ExistenceJoin'; readonly exists: AttributeReference }
  /** Until the analyzer rewrites them. */
  | { readonly kind: 'UsingJoin'; readonly type: JoinType; readonly columns: readonly string[] }
  | { readonly kind: 'NaturalJoin'; readonly type: JoinType };

export const INNER: JoinType = { kind: 'Inner' };
export const CROSS: JoinType = { kind: 'Cross' };
export const LEFT_OUTER: JoinType = { kind: 'LeftOuter' };
export const RIGHT_OUTER: JoinType = { kind: 'RightOuter' };
export const FULL_OUTER: JoinType = { kind: 'FullOuter' };
export const LEFT_SEMI: JoinType = { kind: 'LeftSemi' };
export const LEFT_ANTI: JoinType = { kind: 'LeftAnti' };

const BY_NAME: Readonly<Record<string, JoinType>> = {
  inner: INNER,
  outer: FULL_OUTER,
  full: FULL_OUTER,
  fullouter: FULL_OUTER,
  leftouter: LEFT_OUTER,
  left: LEFT_OUTER,
  rightouter: RIGHT_OUTER,
  right: RIGHT_OUTER,
  leftsemi: LEFT_SEMI,
  semi: LEFT_SEMI,
  leftanti: LEFT_ANTI,
  anti: LEFT_ANTI,
  cross: CROSS,
};

/** The names that `df.join` takes; underscores and case do not count. */
export function joinTypeByName(name: string): JoinType | undefined {
  return BY_NAME[name.toLowerCase().replaceAll('_', '')];
}

export function joinTypeKey(t: JoinType): string {
  switch (t.kind) {
    case 'ExistenceJoin':
      return `ExistenceJoin(${t.exists.exprId})`;
    case 'UsingJoin':
      return `UsingJoin(${joinTypeKey(t.type)},${JSON.stringify(t.columns)})`;
    case 'NaturalJoin':
      return `NaturalJoin(${joinTypeKey(t.type)})`;
    default:
      return t.kind;
  }
}
