import { AttributeSet, type Expression } from '../expressions/expression.js';
import { AttributeReference } from '../expressions/named.js';
import { Comparison, joinConjuncts, splitConjuncts } from '../expressions/predicates.js';
import { INNER } from '../logical/join-type.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Filter, Join, NO_HINT, Project } from '../logical/operators.js';
import { type Rule, rule } from '../rule.js';
import { booleanConf, type ConfReader } from './conf.js';
import { baseRowsOf, distinctCount, estimatedRows } from './row-estimate.js';
import { sameOutput } from './substitute.js';

const MAX_ITEMS_FOR_SEARCH = 11;

/** Orders inner joins by estimated rows: the cheapest tree for up to 11 relations, greedily beyond. Joins with hints stay.
 * Under `memoframe.optimizer.joinReorder`, on by default; plans that fill caches switch it off, so that their partitions are
 * Spark's. Spark: `CostBasedJoinReorder`. */
export const costBasedJoinReorder = (conf: ConfReader): Rule =>
  rule('CostBasedJoinReorder', (plan) =>
    booleanConf(conf, 'memoframe.optimizer.joinReorder', true) ? reorder(plan) : plan,
  );

function reorder(plan: LogicalPlan): LogicalPlan {
  if (!isReorderable(plan)) return plan.mapChildren(reorder);
  const items: LogicalPlan[] = [];
  const conditions: Expression[] = [];
  flatten(plan, items, conditions);
  if (items.length < 3) return plan.mapChildren((c) => (isReorderable(c) ? c.mapChildren(reorder) : reorder(c)));
  const ordered = new Search(items.map(reorder), conditions).best();
  return sameOutput(ordered.output, plan.output) ? ordered : new Project(plan.output, ordered);
}

/** A projection that only drops or permutes columns does not stand in the way. */
function isReorderable(p: LogicalPlan): boolean {
  if (p instanceof Project)
    return p.projectList.every((e) => e instanceof AttributeReference) && isReorderable(p.child);
  return (
    p instanceof Join &&
    (p.joinType.kind === 'Inner' || p.joinType.kind === 'Cross') &&
    p.hint.left === undefined &&
    p.hint.right === undefined &&
    (p.condition === undefined || p.condition.deterministic)
  );
}

function flatten(p: LogicalPlan, items: LogicalPlan[], conditions: Expression[]): void {
  if (p instanceof Project && isReorderable(p)) {
    flatten(p.child, items, conditions);
    return;
  }
  if (!(p instanceof Join) || !isReorderable(p)) {
    items.push(p);
    return;
  }
  flatten(p.left, items, conditions);
  flatten(p.right, items, conditions);
  if (p.condition) conditions.push(...splitConjuncts(p.condition));
}

interface Edge {
  readonly mask: number;
  /** Share of pairs that match. */
  readonly selectivity: number;
}
interface Best {
  readonly cost: number;
  readonly left: number;
  readonly right: number;
}

/** Finds the tree with the least sum of rows read, hashed and made. Sets of relations are bit masks. */
class Search {
  readonly #rows: number[];
  readonly #edges: Edge[] = [];
  readonly #conditions: { readonly e: Expression; readonly mask: number }[] = [];
  readonly #estimates = new Map<number, number>();
  readonly #best = new Map<number, Best | undefined>();

  constructor(
    readonly items: readonly LogicalPlan[],
    conditions: readonly Expression[],
  ) {
    this.#rows = items.map((p) => Math.max(1, estimatedRows(p)));
    for (const e of withTransitive(conditions)) this.#conditions.push({ e, mask: this.maskOf(e) });
    this.makeEdges();
  }

  private maskOf(e: Expression): number {
    let mask = 0;
    for (const a of e.references) mask |= 1 << this.items.findIndex((p) => p.outputSet.has(a));
    return mask;
  }

  /** All equalities between the same two relations count together: their keys' combinations are at most the rows of the smaller
   * base table. */
  private makeEdges(): void {
    const pairs = new Map<number, { keys: number; cap: number }>();
    for (const { e, mask } of this.#conditions) {
      const equal = e instanceof Comparison && (e.kind === 'EqualTo' || e.kind === 'EqualNullSafe');
      if (bitCount(mask) === 2 && equal) {
        const sides = [e.left, e.right].map((x) => this.side(x));
        const keys = Math.max(1, Math.min(...sides.map((s) => s.distinct)));
        const cap = Math.min(...sides.map((s) => s.base));
        const known = pairs.get(mask);
        pairs.set(mask, known ? { keys: known.keys * keys, cap: Math.min(known.cap, cap) } : { keys, cap });
      } else if (bitCount(mask) >= 2) this.#edges.push({ mask, selectivity: equal ? 0.1 : 1 / 3 });
    }
    for (const [mask, { keys, cap }] of pairs)
      this.#edges.push({ mask, selectivity: 1 / Math.max(1, Math.min(keys, cap)) });
  }

  private side(e: Expression): { distinct: number; base: number } {
    const [a] = [...e.references];
    const item = this.items.find((p) => a && p.outputSet.has(a));
    if (!a || !item) return { distinct: 1, base: 1 };
    return { distinct: distinctCount(a, item), base: baseRowsOf(a, item) };
  }

  /** Rows of a join of these relations, in whatever order. Equalities that follow from others must not count twice: a spanning
   * tree of the most selective edges counts, others are taken for implied. */
  private rowsOf(mask: number): number {
    const known = this.#estimates.get(mask);
    if (known !== undefined) return known;
    let rows = 1;
    for (let i = 0; i < this.items.length; i++) if (mask & (1 << i)) rows *= this.#rows[i] as number;
    const group = this.items.map((_, i) => i);
    const find = (i: number): number => (group[i] === i ? i : find(group[i] as number));
    for (const edge of this.#edges
      .filter((x) => (x.mask & mask) === x.mask)
      .sort((a, b) => a.selectivity - b.selectivity)) {
      const members = this.items.map((_, i) => i).filter((i) => edge.mask & (1 << i));
      const roots = new Set(members.map(find));
      if (roots.size === 1) {
        rows *= Math.max(0.2, edge.selectivity);
        continue;
      }
      const [first, ...others] = [...roots];
      for (const o of others) group[o] = first as number;
      rows *= edge.selectivity;
    }
    rows = Math.max(1, rows);
    this.#estimates.set(mask, rows);
    return rows;
  }

  private connected(a: number, b: number): boolean {
    return this.#edges.some((e) => (e.mask & a) !== 0 && (e.mask & b) !== 0 && (e.mask & (a | b)) === e.mask);
  }

  private cost(a: number, b: number): number {
    const [x, y] = [this.rowsOf(a), this.rowsOf(b)];
    const joined = this.connected(a, b) ? this.rowsOf(a | b) : x * y * 10;
    return 2 * Math.min(x, y) + Math.max(x, y) + joined;
  }

  best(): LogicalPlan {
    const all = 2 ** this.items.length - 1;
    if (this.items.length <= MAX_ITEMS_FOR_SEARCH) this.search(all);
    const joined = this.items.length > MAX_ITEMS_FOR_SEARCH ? this.greedy() : this.build(all);
    return this.filtered(joined, 0);
  }

  /** Conditions on no relation, or on one alone: equalities with others may say that two of its columns are equal. */
  private filtered(plan: LogicalPlan, mask: number): LogicalPlan {
    const own = this.#conditions.filter((c) => c.mask === mask).map((c) => c.e);
    const condition = joinConjuncts(own);
    return condition ? new Filter(condition, plan) : plan;
  }

  private search(mask: number): number {
    if (bitCount(mask) === 1) return 0;
    const known = this.#best.get(mask);
    if (known) return known.cost;
    let best: Best | undefined;
    for (const wantConnected of [true, false]) {
      for (let left = (mask - 1) & mask; left > 0; left = (left - 1) & mask) {
        const right = mask ^ left;
        if (left < right) break;
        if (wantConnected && (!this.connected(left, right) || !this.isConnected(left) || !this.isConnected(right)))
          continue;
        const cost = this.search(left) + this.search(right) + this.cost(left, right);
        if (!best || cost < best.cost) best = { cost, left, right };
      }
      if (best) break;
    }
    this.#best.set(mask, best);
    return (best as Best).cost;
  }

  readonly #connected = new Map<number, boolean>();
  private isConnected(mask: number): boolean {
    let known = this.#connected.get(mask);
    if (known === undefined) {
      let reached = mask & -mask;
      for (;;) {
        let next = reached;
        for (const e of this.#edges) if ((e.mask & mask) === e.mask && (e.mask & reached) !== 0) next |= e.mask;
        if (next === reached) break;
        reached = next;
      }
      known = reached === mask;
      this.#connected.set(mask, known);
    }
    return known;
  }

  private greedy(): LogicalPlan {
    let parts = this.items.map((_, i) => 1 << i);
    while (parts.length > 1) {
      let best: { cost: number; a: number; b: number } | undefined;
      for (const a of parts)
        for (const b of parts) {
          if (a <= b) continue;
          const cost = this.cost(a, b);
          if (!best || cost < best.cost) best = { cost, a, b };
        }
      const { a, b } = best as { a: number; b: number };
      this.#best.set(a | b, { cost: 0, left: a, right: b });
      parts = [...parts.filter((p) => p !== a && p !== b), a | b];
    }
    return this.build(parts[0] as number);
  }

  /** The larger side stands left: it streams past the hash table of the other. */
  private build(mask: number): LogicalPlan {
    if (bitCount(mask) === 1) return this.filtered(this.items[31 - Math.clz32(mask)] as LogicalPlan, mask);
    const { left, right } = this.#best.get(mask) as Best;
    const [a, b] = this.rowsOf(left) >= this.rowsOf(right) ? [left, right] : [right, left];
    const fresh = this.#conditions.filter(
      (c) => (c.mask & mask) === c.mask && (c.mask & a) !== c.mask && (c.mask & b) !== c.mask,
    );
    const applied = this.#conditions.filter((c) => (c.mask & a) === c.mask || (c.mask & b) === c.mask);
    const on = minimal(
      fresh.map((c) => c.e),
      applied.map((c) => c.e),
    );
    return new Join(this.build(a), this.build(b), INNER, joinConjuncts(on), NO_HINT);
  }
}

function bitCount(n: number): number {
  let count = 0;
  for (let m = n; m !== 0; m &= m - 1) count++;
  return count;
}

/** Equalities between plain columns, and those that follow from them: more ways to connect relations. */
function withTransitive(conditions: readonly Expression[]): Expression[] {
  const out = [...conditions];
  const classes: AttributeReference[][] = [];
  for (const e of conditions) {
    if (!(e instanceof Comparison) || e.kind !== 'EqualTo') continue;
    const { left, right } = e;
    if (!(left instanceof AttributeReference) || !(right instanceof AttributeReference)) continue;
    const hit = classes.filter((c) => c.some((a) => a.exprId === left.exprId || a.exprId === right.exprId));
    const merged = new AttributeSet([...hit.flat(), left, right]);
    for (const h of hit) classes.splice(classes.indexOf(h), 1);
    classes.push([...merged]);
  }
  for (const c of classes)
    for (let i = 0; i < c.length; i++)
      for (let j = i + 1; j < c.length; j++) {
        const e = new Comparison('EqualTo', c[i] as AttributeReference, c[j] as AttributeReference);
        if (!out.some((o) => o.semanticEquals(e))) out.push(e);
      }
  return out;
}

/** Without equalities that follow from those below or from others in the list: the earlier, written ones stay. */
function minimal(conditions: readonly Expression[], applied: readonly Expression[]): Expression[] {
  const group = new Map<number, number>();
  const find = (id: number): number => {
    const next = group.get(id);
    return next === undefined || next === id ? id : find(next);
  };
  const adds = (e: Expression): boolean => {
    if (!(e instanceof Comparison) || e.kind !== 'EqualTo') return true;
    const { left, right } = e;
    if (!(left instanceof AttributeReference) || !(right instanceof AttributeReference)) return true;
    const [a, b] = [find(left.exprId), find(right.exprId)];
    if (a === b) return false;
    group.set(a, b);
    return true;
  };
  for (const e of applied) adds(e);
  return conditions.filter(adds);
}
