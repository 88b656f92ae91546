import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkError, SparkSession } from '../../../src/index.js';

/** What real Spark said (record.py). */
interface Recorded {
  readonly view: string;
  /** Expressions whose plans give the same result. */
  readonly classes: readonly (readonly string[])[];
  /** Expressions whose plans are others once a conf was changed. */
  readonly confs: readonly {
    readonly name: string;
    readonly settings: Readonly<Record<string, string>>;
    readonly differs: readonly string[];
  }[];
  readonly refusedUnder: Readonly<Record<string, readonly string[]>>;
}
const recorded = JSON.parse(readFileSync(new URL('identity.json', import.meta.url), 'utf8')) as Recorded;
/** Not equal to themselves in Spark after any change: what is drawn is bound anew. */
const DRAWN = new Set(['uniform(1,2,3)']);
/** A constant that only we cast in ANSI mode's way. */
const CAST_HERE = new Set(['shuffle(array(a),1)', "array_join(array(t),',',null)"]);

/** Spark hits although the rows would be others: here the parser of times and values of the session are part of the plan. */
const STALE: Readonly<Record<string, RegExp>> = {
  legacyTime: /unix|to_csv|to_json|from_json|from_csv|date_format|to_date|to_timestamp/,
  tz: /current_timezone/,
};

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[1]').config('spark.sql.session.timeZone', 'UTC').create();
  spark.sql(recorded.view).createOrReplaceTempView('v');
});
afterAll(() => spark.stop());

/** Undefined: what is not built says so. */
function keyOf(expression: string): string | undefined {
  try {
    return spark.sql(`SELECT ${expression} FROM v`).queryExecution.analyzed.canonicalKey;
  } catch (error) {
    if (error instanceof SparkError && error.condition.startsWith('UNSUPPORTED_FEATURE')) return undefined;
    throw error;
  }
}

describe('calls in canonical plans', () => {
  it('are the same where Spark finds them the same, and only there', () => {
    const classOf = new Map<string, number>();
    const wrong: string[] = [];
    recorded.classes.forEach((expressions, i) => {
      const keys = new Set(expressions.map(keyOf).filter((k) => k !== undefined));
      if (keys.size > 1) wrong.push(`told apart here: ${expressions.join(' ~ ')}`);
      for (const key of keys) {
        const other = classOf.get(key);
        if (other !== undefined && other !== i)
          wrong.push(`the same here: ${recorded.classes[other]![0]} ~ ${expressions[0]}`);
        classOf.set(key, i);
      }
    });
    expect(wrong).toEqual([]);
  });

  it.each(recorded.confs)('hold $name where their Spark class does', ({ name, settings, differs }) => {
    const refused = new Set(recorded.refusedUnder[name]);
    const expressions = recorded.classes
      .flat()
      .filter((e) => !refused.has(e) && !DRAWN.has(e) && !CAST_HERE.has(e) && !STALE[name]?.test(e));
    const before = new Map(expressions.map((e) => [e, keyOf(e)]));
    const old = Object.keys(settings).map((k) => [k, spark.conf.get(k)] as const);
    for (const [k, v] of Object.entries(settings)) spark.conf.set(k, v);
    try {
      const changed = expressions.filter((e) => before.get(e) !== undefined && keyOf(e) !== before.get(e));
      const expected = differs.filter((e) => before.get(e) !== undefined && !STALE[name]?.test(e));
      expect(changed.sort()).toEqual([...expected].sort());
    } finally {
      for (const [k, v] of old) spark.conf.set(k, String(v));
    }
  });
});
