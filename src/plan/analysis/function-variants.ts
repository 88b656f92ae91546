import type { AnalyzerConf } from '../catalog-view.js';

/** What `spark.sql.timestampType` = TIMESTAMP_NTZ makes of functions that return the default timestamp type. */
const NTZ: Readonly<Record<string, string>> = {
  make_timestamp: 'make_timestamp@ntz',
  to_timestamp: 'to_timestamp_ntz',
  try_make_timestamp: 'try_make_timestamp@ntz',
  try_to_timestamp: 'try_to_timestamp@ntz',
};
/** Differences that were calendar intervals once. */
const CALENDAR: ReadonlySet<string> = new Set(['subtractdates', 'subtracttimestamps']);
const WITH_PATTERN: ReadonlySet<string> = new Set(
  `date_format from_csv from_json from_unixtime gettimestamp to_csv to_date to_json to_timestamp
  to_timestamp_ltz to_unix_timestamp try_to_timestamp unix_timestamp`.split(/\s+/),
);

/** The registry entry that a name stands for under the session's confs; calls show the name itself. */
export function variantOf(name: string, conf: AnalyzerConf): string {
  const typed = conf.timestampNtz && Object.hasOwn(NTZ, name) ? (NTZ[name] as string) : name;
  if (conf.legacyIntervals && CALENDAR.has(name)) return `${name}@calendar`;
  if (!conf.legacyTimeParser || !WITH_PATTERN.has(typed)) return typed;
  return `${typed}@${conf.legacyTimeParser === true ? 'legacy' : 'exception'}`;
}
