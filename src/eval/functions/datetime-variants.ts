import type { OldPatterns } from '../datetime/formatter-types.js';
import type { ScalarFunction } from '../function.js';

/** Entries for the old meaning of date-time patterns (`spark.sql.legacy.timeParserPolicy`), which stands in their name:
 * tasks know no configuration. */
export function legacyVariants(functions: readonly ScalarFunction[]): readonly ScalarFunction[] {
  return functions.filter((f) => WITH_PATTERN.has(f.name)).flatMap((f) => [variant(f, true), variant(f, 'exception')]);
}

function variant(f: ScalarFunction, legacyTimeParser: OldPatterns): ScalarFunction {
  const suffix = legacyTimeParser === true ? 'legacy' : 'exception';
  return {
    ...f,
    name: `${f.name}@${suffix}`,
    aliases: (f.aliases ?? []).map((a) => `${a}@${suffix}`),
    evaluate: (args, context) => f.evaluate(args, { ...context, legacyTimeParser }),
  };
}

const WITH_PATTERN: ReadonlySet<string> = new Set([
  'date_format',
  'from_csv',
  'from_json',
  'from_unixtime',
  'gettimestamp',
  'to_csv',
  'to_date',
  'to_json',
  'to_timestamp',
  'to_timestamp_ltz',
  'to_unix_timestamp',
  'try_to_timestamp',
  'unix_timestamp',
]);
