import { containsAggregate } from '../../expressions/aggregate.js';
import {
  AggregateExpression,
  Alias,
  AttributeReference,
  type Expression,
  joinConjuncts,
  Literal,
} from '../../expressions/index.js';
import { Aggregate, Filter, INNER, Join, Project } from '../../logical/index.js';
import type { Attributes, LogicalPlan } from '../../logical/logical-plan.js';
import { type Block, columnsOf, substitute } from './block.js';
import { columnEquality, Equivalence, tellsEqualsApart } from './equivalence.js';
import { Implication } from './implication.js';
import type { SubsumptionKind } from './kinds.js';
import { type ConditionOrder, raises, raisesAlike, raisesStay } from './raising.js';
import { rollUp } from './rollup.js';
import { truncateFurther } from './truncation.js';

/** How a cached plan answers a query that is not it. */
export interface ViewMatch {
  /** The query's rows and columns from those of the cached plan. */
  build(cached: LogicalPlan): LogicalPlan;
  /** The rows are the cached ones, one by one, and so are the columns but for their order. */
  readonly same: boolean;
  readonly kinds: ReadonlySet<SubsumptionKind>;
}

export interface MatchQuestion {
  readonly query: Block;
  readonly queryOutput: Attributes;
  readonly entry: Block;
  /** The entry's rows are there: what it computes for rows that the query does not ask for cannot raise any more. */
  readonly loaded: boolean;
}

const MOST_ASSIGNMENTS = 24;

/** Answers a query from a cached superset: stronger filters, fewer or computed columns, coarser groups, further tables.
 * Goldstein and Larson, "Optimizing Queries Using Materialized Views", SIGMOD 2001.
 * @returns undefined if it cannot be shown to give the same rows */
export function matchView(question: MatchQuestion): ViewMatch | undefined {
  let tried = 0;
  for (const leaves of assignments(question.entry.leaves, question.query.leaves)) {
    if (++tried > MOST_ASSIGNMENTS) return undefined;
    const match = new Matcher(question, leaves).match();
    if (match) return match;
  }
  return undefined;
}

/** Ways to find each of the entry's leaves among the query's, none twice. */
function* assignments(
  wanted: readonly LogicalPlan[],
  given: readonly LogicalPlan[],
  taken: readonly LogicalPlan[] = [],
): Generator<readonly LogicalPlan[]> {
  const next = wanted[taken.length];
  if (!next) {
    yield taken;
    return;
  }
  const { key } = next.canonicalized;
  for (const leaf of given)
    if (!taken.includes(leaf) && leaf.canonicalized.key === key) yield* assignments(wanted, given, [...taken, leaf]);
}

/** A cached column: what it stands for, over the query's leaves. */
interface Held {
  readonly value: Expression;
  readonly ordinal: number;
}
type Rewrite = (e: Expression) => Expression | undefined;

class Matcher {
  readonly #entryConjuncts: readonly Expression[];
  readonly #entryGrouping: readonly Expression[] | undefined;
  /** Holds for the query's rows. */
  readonly #equal: Equivalence;
  /** Holds for all cached rows. */
  readonly #entryEqual: Equivalence;
  readonly #held: readonly Held[];
  readonly #extra: readonly LogicalPlan[];

  /** The query's, in the order of the entry's. */
  readonly #leaves: readonly LogicalPlan[];

  constructor(
    readonly question: MatchQuestion,
    leaves: readonly LogicalPlan[],
  ) {
    const { query, entry } = question;
    this.#leaves = leaves;
    const mine = new Map<number, Expression>();
    entry.leaves.forEach((from, i) => {
      from.output.forEach((a, c) => {
        mine.set(a.exprId, leaves[i]!.output[c]!);
      });
    });
    const translate = (e: Expression) => substitute(e, mine);
    this.#entryConjuncts = entry.conjuncts.map(translate);
    this.#entryGrouping = entry.grouping?.map(translate);
    this.#equal = new Equivalence(query.conjuncts);
    this.#entryEqual = new Equivalence(this.#entryConjuncts);
    this.#held = entry.outputs.map((e, ordinal) => ({ value: translate(e), ordinal }));
    this.#extra = query.leaves.filter((l) => !leaves.includes(l));
  }

  #key(e: Expression): string {
    return this.#equal.key(e);
  }

  match(): ViewMatch | undefined {
    const { query, entry } = this.question;
    if (entry.grouping && (!query.grouping || this.#extra.length > 0)) return undefined;
    const residual = this.#residual();
    if (!residual) return undefined;
    const sameGroups = entry.grouping !== undefined && this.#sameGroups();
    if (!this.#raisesTheSame(residual, sameGroups)) return undefined;
    if (entry.grouping?.length === 0 && !(sameGroups && residual.length === 0)) return undefined;
    const made = entry.grouping
      ? ((sameGroups ? this.#regroup(residual, true) : undefined) ?? this.#regroup(residual, false))
      : this.#ungrouped(residual);
    if (!made) return undefined;
    const same =
      residual.length === 0 && this.#extra.length === 0 && made.plain && this.#held.length === query.outputs.length;
    return { build: made.build, same, kinds: this.#kinds(residual, made, same) };
  }

  #kinds(residual: readonly Expression[], made: Made, same: boolean): ReadonlySet<SubsumptionKind> {
    const { query, entry } = this.question;
    const kinds = new Set<SubsumptionKind>(same ? ['SAME_ROWS', ...made.kinds] : made.kinds);
    const outside = columnsOf(this.#extra);
    if (residual.some((e) => !e.references.intersects(outside))) kinds.add('STRONGER_FILTER');
    const asked = new Set(query.conjuncts.map((e) => this.#key(e)));
    if (this.#entryConjuncts.some((e) => !columnEquality(e) && !asked.has(this.#key(e)))) kinds.add('IMPLIED_FILTER');
    if (this.#extra.length > 0) kinds.add('EXTRA_TABLES');
    const places = this.#leaves.map((l) => query.leaves.indexOf(l));
    if (places.some((at, i) => i > 0 && at < places[i - 1]!)) kinds.add('JOIN_ORDER');
    if (query.grouping && !entry.grouping) kinds.add('GROUPED_ROWS');
    const { outputs } = made;
    const used = new Set<number>();
    for (const e of outputs) for (const a of e.references) used.add(a.exprId);
    if (!same && used.size < this.#held.length) kinds.add('COLUMN_SUBSET');
    const computes = (e: Expression) => !(e instanceof AttributeReference || e instanceof Literal);
    if (!query.grouping && outputs.some(computes)) kinds.add('COMPUTED_COLUMNS');
    return kinds;
  }

  /** The query's conditions that the entry does not have yet; undefined if the entry leaves out rows that the query wants. */
  #residual(): Expression[] | undefined {
    const { query } = this.question;
    const known = new Implication(query.conjuncts, (e) => this.#key(e));
    const implied = (c: Expression): boolean => {
      const pair = columnEquality(c);
      return pair ? this.#equal.same(pair[0], pair[1]) : known.implies(c);
    };
    if (!this.#entryConjuncts.every(implied)) return undefined;
    const entryKeys = new Set(this.#entryConjuncts.map((c) => this.#key(c)));
    return query.conjuncts.filter((c) => {
      if (c instanceof Literal && c.value === true) return false;
      const pair = columnEquality(c);
      return pair ? !this.#entryEqual.same(pair[0], pair[1]) : !entryKeys.has(this.#key(c));
    });
  }

  /** Nothing that the query itself would raise is kept from view, and nothing else is raised. */
  #raisesTheSame(residual: readonly Expression[], sameGroups: boolean): boolean {
    const { query, entry, loaded } = this.question;
    const order: ConditionOrder = {
      query: query.conjuncts,
      entry: this.#entryConjuncts,
      queryLeaves: query.leaves.map((l) => l.outputSet),
      entryLeaves: entry.leaves.length,
    };
    if (!raisesStay(order)) return false;
    if (loaded) return true;
    // What is not there yet is computed for all of the entry's rows, and all of its columns.
    if (entry.leaves.some((l) => l.exists((p) => p.children.length > 0 && p.expressions.some(raises)))) return false;
    const asked = new Set([...query.outputs, ...(query.grouping ?? [])].map((e) => this.#key(e)));
    const computed = [...this.#held.map((h) => h.value), ...(this.#entryGrouping ?? [])];
    const sameRows = residual.length === 0 && this.#extra.length === 0;
    const isAsked = (e: Expression) => sameRows && asked.has(this.#key(e)) && (sameGroups || !containsAggregate(e));
    return computed.every((e) => !raises(e) || isAsked(e)) && raisesAlike(order);
  }

  /** Expressions over the cached columns of which `usable` says so; columns of further tables stay.
   * @param equal what may stand for what: for conditions that are still to be met only what holds in the cached rows */
  #rewriter(
    columns: Attributes,
    equal: Equivalence,
    usable: (h: Held) => boolean,
    kinds: Set<SubsumptionKind> = new Set(),
  ): Rewrite {
    const byKey = new Map<string, Held>();
    for (const h of this.#held) {
      const key = equal.key(h.value);
      if (usable(h) && !byKey.has(key)) byKey.set(key, h);
    }
    const outside = columnsOf(this.#extra);
    const grouped = this.#entryGrouping !== undefined;
    const rewrite: Rewrite = (e) => {
      if (e instanceof Literal || (e instanceof AttributeReference && outside.has(e))) return e;
      const found = byKey.get(equal.key(e));
      if (found) {
        if (found.value.canonicalized.key !== e.canonicalized.key) kinds.add('EQUAL_COLUMNS');
        return columns[found.ordinal];
      }
      // Columns of a group's rows are not there any more.
      if (e instanceof AttributeReference || (grouped && e instanceof AggregateExpression)) return undefined;
      for (const h of byKey.values()) {
        const further = truncateFurther(e, h.value, columns[h.ordinal]!, (x) => equal.key(x));
        if (further) {
          kinds.add('COARSER_TRUNCATION');
          return further;
        }
      }
      return grouped && tellsEqualsApart(e) ? undefined : mapAll(e, rewrite);
    };
    return rewrite;
  }

  #base(cached: LogicalPlan, residual: readonly Expression[], rewrite: Rewrite): LogicalPlan {
    let plan = cached;
    for (const leaf of this.#extra) plan = new Join(plan, leaf, INNER, undefined);
    const conditions = residual.map((e) => rewrite(e)!);
    return conditions.length === 0 ? plan : new Filter(joinConjuncts(conditions)!, plan);
  }

  /** Rows of the entry are rows of leaves; the query may group them. */
  #ungrouped(residual: readonly Expression[]): Made | undefined {
    const { query } = this.question;
    const kinds = new Set<SubsumptionKind>();
    const over = (columns: Attributes) => ({
      condition: this.#rewriter(columns, this.#entryEqual, () => true, kinds),
      value: this.#rewriter(columns, this.#equal, () => true, kinds),
    });
    // Whether it can be done does not depend on the ids of the cached columns.
    const probe = over(this.#placeholders());
    const wanted = [...query.outputs, ...(query.grouping ?? [])];
    const conditions = mapEach(residual, probe.condition);
    const made = mapEach(wanted, probe.value);
    if (!conditions || !made) return undefined;
    return {
      kinds,
      outputs: made,
      plain: !query.grouping && isPermutation(made),
      build: (cached) => {
        const { condition, value } = over(cached.output);
        const base = this.#base(cached, residual, condition);
        const outputs = this.#named(query.outputs.map((e) => value(e)!));
        if (!query.grouping) return new Project(outputs, base);
        const grouping = query.grouping.map((e) => value(e)!);
        return new Aggregate(grouping, outputs, base);
      },
    };
  }

  /** Both are grouped by the same. */
  #sameGroups(): boolean {
    const mine = new Set(this.question.query.grouping!.map((e) => this.#key(e)));
    const theirs = new Set(this.#entryGrouping!.map((e) => this.#key(e)));
    return mine.size === theirs.size && [...mine].every((k) => theirs.has(k));
  }

  /** Both are grouped.
   * @param oneByOne the query's groups are the entry's; else they are put together */
  #regroup(residual: readonly Expression[], oneByOne: boolean): Made | undefined {
    const { query } = this.question;
    const isKey = (h: Held) => !containsAggregate(h.value);
    const kinds = new Set<SubsumptionKind>(oneByOne || this.#sameGroups() ? [] : ['COARSER_GROUPS']);
    const make = (columns: Attributes) => {
      // Conditions are on keys: other columns do not tell which of a group's rows pass.
      const condition = this.#rewriter(columns, this.#entryEqual, isKey, kinds);
      const keys = this.#rewriter(columns, this.#equal, isKey, kinds);
      const held = (e: AggregateExpression) => {
        const key = this.#key(e);
        const found = this.#held.find((h) => this.#key(h.value) === key);
        return found && columns[found.ordinal];
      };
      const rolled: Rewrite = (e) => {
        if (e instanceof AggregateExpression) {
          const found = rollUp(e, held, query.grouping!.length === 0);
          if (found) kinds.add(found.kind);
          return found?.value;
        }
        return keys(e) ?? (containsAggregate(e) ? mapAll(e, rolled) : undefined);
      };
      const conditions = mapEach(residual, condition);
      const grouping = oneByOne ? [] : mapEach(query.grouping!, keys);
      const outputs = mapEach(
        query.outputs,
        oneByOne ? this.#rewriter(columns, this.#equal, () => true, kinds) : rolled,
      );
      return conditions && grouping && outputs && { condition, grouping, outputs };
    };
    const probe = make(this.#placeholders());
    if (!probe) return undefined;
    return {
      kinds,
      outputs: [...probe.outputs, ...probe.grouping],
      plain: oneByOne && isPermutation(probe.outputs),
      build: (cached) => {
        const { condition, grouping, outputs } = make(cached.output)!;
        const base = this.#base(cached, residual, condition);
        const named = this.#named(outputs);
        return oneByOne ? new Project(named, base) : new Aggregate(grouping, named, base);
      },
    };
  }

  #placeholders(): Attributes {
    return this.#held.map(({ value }, i) => new AttributeReference('cached', value.dataType, true, -1 - i));
  }

  /** Under the query's names and ids. */
  #named(outputs: readonly Expression[]): Alias[] {
    return outputs.map((e, i) => {
      const a = this.question.queryOutput[i]!;
      return new Alias(e, a.name, a.exprId, a.qualifier, a.metadata);
    });
  }
}

interface Made {
  build(cached: LogicalPlan): LogicalPlan;
  /** Every column is a cached one, none twice. */
  readonly plain: boolean;
  /** What is computed, over placeholders of the cached columns. */
  readonly outputs: readonly Expression[];
  readonly kinds: ReadonlySet<SubsumptionKind>;
}

/** All of them changed; undefined if one cannot be. */
function mapEach(list: readonly Expression[], f: Rewrite): Expression[] | undefined {
  const out = list.map(f);
  return out.every((e) => e !== undefined) ? (out as Expression[]) : undefined;
}

/** The node over its changed children; undefined if one of them cannot be had. */
function mapAll(e: Expression, f: Rewrite): Expression | undefined {
  if (e.children.length === 0) return e.foldable ? e : undefined;
  const children = mapEach(e.children, f);
  return children && e.withNewChildren(children);
}

/** Every one is a column, and none comes twice. */
function isPermutation(outputs: readonly Expression[]): boolean {
  return outputs.every((e) => e instanceof AttributeReference) && new Set(outputs).size === outputs.length;
}
