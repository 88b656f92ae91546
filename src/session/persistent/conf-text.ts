import type { RuntimeConfig } from '../conf.js';

/** Confs that change how a plan is made, run or shown, but not its rows once it is analyzed: what they do to the plan is in the
 * plan. All other `spark.sql` confs belong to an entry's key, also those that are not known here. */
const NO_EFFECT: readonly RegExp[] = [
  /^spark\.sql\.(adaptive|cache|catalogImplementation|crossJoin|debug|files\.(max|min|openCost)\w*|hive|inMemoryColumnarStorage|limit)\b/,
  /^spark\.sql\.(groupBy|orderBy)(Aliases|Ordinal)$/,
  /^spark\.sql\.(optimizer\.(?!scalarSubquery)\w+|analyzer|parser|shuffle|variable|warehouse|sources\.default|runSQLOnFiles)\b/,
  /^spark\.sql\.(autoBroadcastJoinThreshold|defaultCacheStorageLevel|defaultSizeInBytes)$/,
];
/** Known to change rows, though their names begin as those above. */
const EFFECT: ReadonlySet<string> = new Set(['spark.sql.inMemoryColumnarStorage.batchSize']);

/** The confs that may change an answer, as text. */
export function confText(conf: RuntimeConfig): string {
  return Object.entries(conf.getAll)
    .filter(([key]) => key.startsWith('spark.sql.') && (EFFECT.has(key) || !NO_EFFECT.some((r) => r.test(key))))
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
}
