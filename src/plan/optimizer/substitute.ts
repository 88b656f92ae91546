import type { Expression } from '../expressions/expression.js';
import { Alias, AttributeReference, isNamed, type NamedExpression } from '../expressions/named.js';
import type { Attributes, LogicalPlan } from '../logical/logical-plan.js';

/** What each output id stands for below a projection; plain columns stand for themselves and are left out. */
export type AliasMap = ReadonlyMap<number, Alias>;

/** Spark: `AliasHelper.getAliasMap`. */
export function aliasMap(list: readonly Expression[]): AliasMap {
  const map = new Map<number, Alias>();
  for (const e of list) if (e instanceof Alias) map.set(e.exprId, e);
  return map;
}

/** Puts what aliases stand for in the place of their attributes. Spark: `AliasHelper.replaceAlias`. */
export function replaceAlias(e: Expression, map: AliasMap): Expression {
  if (map.size === 0) return e;
  return trimNonTopLevelAliases(
    e.transformUp((x) => (x instanceof AttributeReference ? (map.get(x.exprId)?.child ?? x) : x)),
  );
}

/** The same for a select item, which keeps its name and id. Spark: `AliasHelper.replaceAliasButKeepName`. */
export function replaceAliasButKeepName(e: Expression, map: AliasMap): Expression {
  if (map.size === 0) return e;
  if (e instanceof AttributeReference) {
    const target = map.get(e.exprId);
    if (!target) return e;
    return target.name === e.name ? target : new Alias(target.child, e.name, e.exprId, e.qualifier, target.metadata);
  }
  if (e instanceof Alias) {
    const child = replaceAlias(e.child, map);
    return child === e.child ? e : new Alias(child, e.name, e.exprId, e.qualifier, e.explicitMetadata);
  }
  return replaceAlias(e, map);
}

/** Drops aliases anywhere below the top. Spark: `AliasHelper.trimNonTopLevelAliases`. */
export function trimNonTopLevelAliases(e: Expression): Expression {
  if (e instanceof Alias) return e.mapChildren(trimAliases);
  return e.mapChildren(trimAliases);
}

export function trimAliases(e: Expression): Expression {
  if (e instanceof Alias) return trimAliases(e.child);
  return e.mapChildren(trimAliases);
}

/** Renames attributes. Unknown ones stay. */
export function replaceAttributes(e: Expression, map: ReadonlyMap<number, Expression>): Expression {
  if (map.size === 0) return e;
  return e.transformUp((x) => (x instanceof AttributeReference ? (map.get(x.exprId) ?? x) : x));
}

/** From each attribute of `from` to the one of `to` at the same place. */
export function attributeMapping(from: Attributes, to: Attributes): Map<number, AttributeReference> {
  const map = new Map<number, AttributeReference>();
  from.forEach((a, i) => {
    const b = to[i];
    if (b) map.set(a.exprId, b);
  });
  return map;
}

export function isRenaming(list: readonly Expression[]): boolean {
  return list.every(
    (e) => e instanceof AttributeReference || (e instanceof Alias && e.child instanceof AttributeReference),
  );
}

export function sameOutput(a: Attributes, b: Attributes): boolean {
  return a.length === b.length && a.every((x, i) => x.exprId === (b[i] as AttributeReference).exprId);
}

export function subsetOfOutput(e: Expression, plan: LogicalPlan): boolean {
  return e.references.subsetOf(plan.outputSet);
}

export function asNamed(e: Expression): NamedExpression {
  return isNamed(e) ? e : new Alias(e, e.sql(true));
}
