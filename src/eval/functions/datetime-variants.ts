import type { ScalarFunction } from '../function.js';

/** Entries for the old meaning of date-time patterns (`spark.sql.legacy.timeParserPolicy`), which stands in their name:
 * tasks know no configuration. */
export function legacyVariants(functions: readonly ScalarFunction[]): readonly ScalarFunction[] {
  return functions
    .filter((f) => WITH_PATTERN.has(f.name))
    .map((f) => ({
      ...f,
      name: `${f.name}@legacy`,
      aliases: (f.aliases ?? []).map((a) => `${a}@legacy`),
      evaluate: (args, context) => f.evaluate(args, { ...context, legacyTimeParser: true }),
    }));
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
