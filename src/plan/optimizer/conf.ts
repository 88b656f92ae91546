/** Session confs as the optimizer and the planner read them: the text a user has set, or undefined. Spark: `SQLConf`. */
export interface ConfReader {
  getOptional(key: string): string | undefined;
  /** Workers, or `spark.default.parallelism`. */
  readonly defaultParallelism: number;
}

/** What rules may ask of the session besides confs; captured once per query. */
export interface OptimizerEnv {
  /** Microseconds since the epoch: one value for all `current_timestamp()` of a query. */
  readonly currentTimeMicros: bigint;
  readonly currentUser: string;
  readonly currentCatalog: string;
  readonly currentDatabase: string;
}

export function booleanConf(conf: ConfReader, key: string, otherwise: boolean): boolean {
  const text = conf.getOptional(key);
  return text === undefined ? otherwise : text.trim().toLowerCase() === 'true';
}

export function intConf(conf: ConfReader, key: string, otherwise: number): number {
  const text = conf.getOptional(key);
  const value = text === undefined ? Number.NaN : Number.parseInt(text, 10);
  return Number.isNaN(value) ? otherwise : value;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  t: 1024 ** 4,
  tb: 1024 ** 4,
};

/** Bytes of a size such as `10MB`, `64k`, `-1`. Spark: `ByteUnit` with bytes as default. */
export function bytesConf(conf: ConfReader, key: string, otherwise: number): number {
  const match = conf
    .getOptional(key)
    ?.trim()
    .toLowerCase()
    .match(/^(-?\d+)\s*([kmgt]?b?)$/);
  if (!match) return otherwise;
  return Number(match[1]) * (UNITS[match[2] as string] ?? 1);
}

export function timeZoneConf(conf: ConfReader): string {
  return conf.getOptional('spark.sql.session.timeZone') ?? 'UTC';
}
