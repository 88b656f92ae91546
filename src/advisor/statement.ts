import { type LogicalPlan, LogicalRelation, SubqueryAlias, View } from '../plan/logical/index.js';
import { viewText } from '../session/commands/view-commands.js';
import type { SparkSession } from '../session/spark-session.js';
import { quoteIfNeeded } from '../types/index.js';
import type { Candidate } from './candidates.js';
import type { AdvisedLevel } from './pick.js';

/** How to cache a plan. */
export interface CacheStatement {
  /** `CACHE TABLE …`, or `df.persist(…)` for a plan that has no name and no text. */
  readonly text: string;
  /** The table, view or new view; undefined for a DataFrame. */
  readonly name: string | undefined;
  /** The query of `CACHE TABLE … AS`. */
  readonly query: string | undefined;
  /** What the statement's entry is keyed by. */
  readonly plan: LogicalPlan;
}

/** The statement that caches a candidate: by the name of its table or view, else by its text in a query, else as a DataFrame. Names and
 * texts are taken only if, analyzed in the session, they are the candidate's plan. */
export function statementFor(
  spark: SparkSession,
  candidate: Candidate,
  level: AdvisedLevel,
  fresh: () => string,
): CacheStatement {
  const options = level === 'MEMORY_AND_DISK' ? '' : ` OPTIONS ('storageLevel' = '${level}')`;
  for (const parts of namesOf(candidate.nodes)) {
    const plan = attempt(() => spark.analyzedTable(parts));
    if (plan?.canonicalized.key !== candidate.key) continue;
    const name = parts.map(quoteIfNeeded).join('.');
    return { text: `CACHE TABLE ${name}${options}`, name, query: undefined, plan };
  }
  const texts = textsOf(candidate.nodes);
  const name = texts.length > 0 ? fresh() : '';
  for (const query of texts) {
    const plan = attempt(() => viewPlan(spark, name, query));
    if (plan?.canonicalized.key !== candidate.key) continue;
    return { text: `CACHE TABLE ${name}${options} AS ${query}`, name, query, plan };
  }
  return {
    text: `df.persist(StorageLevel.${level}) where df is: ${candidate.plan.simpleString}`,
    name: undefined,
    query: undefined,
    plan: candidate.plan,
  };
}

function attempt<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch {
    return undefined;
  }
}

/** The plan that a temporary view of this text has. The view is gone afterwards, and nothing else happened. */
function viewPlan(spark: SparkSession, name: string, text: string): LogicalPlan {
  const { catalog } = spark.sessionState;
  const analyzed = spark.analyze(spark.parse(text, undefined, true));
  catalog.setTempView(name, { kind: 'text', view: viewText(spark, text, analyzed) });
  try {
    return spark.analyzedTable([name]);
  } finally {
    catalog.dropTempView(name);
  }
}

/** Names of the tables and views that a candidate is. */
function namesOf(nodes: readonly LogicalPlan[]): string[][] {
  const names = new Map<string, string[]>();
  // The names of views and tables before those that queries give them.
  const byRank = [...nodes].sort((a, b) => Number(a instanceof SubqueryAlias) - Number(b instanceof SubqueryAlias));
  for (const p of byRank) {
    const parts =
      p instanceof View
        ? p.identifier.nameParts
        : p instanceof LogicalRelation
          ? p.catalogTable?.nameParts
          : p instanceof SubqueryAlias
            ? p.identifier
            : undefined;
    if (parts) names.set(parts.join('\n'), withoutDefaults([...parts]));
  }
  return [...names.values()];
}
function withoutDefaults(parts: string[]): string[] {
  const short = parts[0] === 'spark_catalog' ? parts.slice(1) : parts;
  return short.length > 1 && short[0] === 'default' ? short.slice(1) : short;
}

/** Texts that may mean a candidate: from a SELECT at or before its first word to its last; or all columns of its FROM and WHERE. */
function textsOf(nodes: readonly LogicalPlan[]): string[] {
  const texts = new Set<string>();
  for (const p of nodes) {
    const span = p instanceof SubqueryAlias ? undefined : spanOf(p);
    if (!span) continue;
    const { text, low, high } = span;
    const words = (pattern: RegExp) => [...text.slice(0, high).matchAll(pattern)].map((m) => m.index);
    const starts = words(/\b(select|table|with)\b/gi).filter((i) => i <= low);
    for (const start of starts.reverse().slice(0, MOST_TRIED)) texts.add(text.slice(start, high));
    const ends = words(/\b(group\s+by|having|order\s+by|limit)\b/gi);
    for (const start of words(/\bfrom\b/gi).slice(0, MOST_TRIED))
      for (const end of [...ends.filter((e) => e > start).slice(0, 2), high])
        texts.add(`SELECT * ${text.slice(start, end).trim()}`);
    if (texts.size > MOST_TEXTS) break;
  }
  return [...texts];
}
const MOST_TRIED = 6;
const MOST_TEXTS = 40;

/** Where the nodes of a plan stand in the one text that they come from; `high` is exclusive. */
function spanOf(plan: LogicalPlan): { text: string; low: number; high: number } | undefined {
  let text: string | undefined;
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  plan.foreach(({ origin }) => {
    const { sqlText, startIndex, stopIndex } = origin;
    if (sqlText === undefined || startIndex === undefined || stopIndex === undefined) return;
    text ??= sqlText;
    if (sqlText !== text) return;
    low = Math.min(low, startIndex);
    high = Math.max(high, stopIndex + 1);
  });
  return text === undefined || high === 0 ? undefined : { text, low, high };
}
