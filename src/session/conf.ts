import { totalmem } from 'node:os';
import { analysisError, SparkError, unsupported } from '../errors/index.js';
import type { MatchMode } from '../plan/cache/subsume/view-index.js';
import type { AnalyzerConf } from '../plan/catalog-view.js';
import type { ParserOptions } from '../plan/sql/parser.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import { parseTimeMs } from '../types/index.js';
import { CONF_ENTRIES } from './conf-data.js';
import type { Freshness } from './freshness.js';
import { type Master, parseMaster, workersTooSmall } from './master.js';

/** A size as Spark writes it (`10485760b`, `128MB`, `1g`) in bytes. @throws INVALID_CONF_VALUE.TYPE_MISMATCH */
export function parseBytes(text: string, key = ''): number {
  const m = /^\s*(-?\d+(?:\.\d+)?)\s*([kmgtp]?)(?:i?b)?\s*$/i.exec(text);
  if (!m) throw invalidConf(key, text, 'bytes');
  const power = ' kmgtp'.indexOf((m[2] as string).toLowerCase() || ' ');
  return Math.floor(Number(m[1]) * 1024 ** power);
}

function invalidConf(key: string, value: string, type: string): SparkError {
  return analysisError('INVALID_CONF_VALUE.TYPE_MISMATCH', { confName: `"${key}"`, confValue: value, confType: type });
}

type CtePolicy = NonNullable<AnalyzerConf['ctePrecedencePolicy']>;

/** A session's settings over the application's. Values are strings, as in Spark. Spark: `RuntimeConfig`, `SQLConf`. */
export class RuntimeConfig {
  readonly #values: Map<string, string>;
  /** Grows with each change; caches of derived values compare it. */
  version = 0;

  constructor(initial: Iterable<readonly [string, string]> = []) {
    this.#values = new Map(initial);
  }

  /** @throws SQL_CONF_NOT_FOUND for a key that is unknown and unset, if there is no `fallback` */
  get(key: string, fallback?: string): string {
    const value = this.getOptional(key) ?? fallback;
    if (value === undefined) throw analysisError('SQL_CONF_NOT_FOUND', { sqlConf: `"${key}"` });
    return value;
  }
  getOptional(key: string): string | undefined {
    return this.#values.get(key) ?? CONF_ENTRIES[key]?.default;
  }
  /** @throws CANNOT_MODIFY_CONFIG for static keys, INVALID_CONF_VALUE.TYPE_MISMATCH for malformed values,
   * SQL_CONF_NOT_FOUND for keys of memoframe that are not known */
  set(key: string, value: string | number | boolean): void {
    const entry = Object.hasOwn(CONF_ENTRIES, key) ? CONF_ENTRIES[key] : undefined;
    if (entry?.static) throw analysisError('CANNOT_MODIFY_CONFIG', { key: `"${key}"`, docroot: 'docs' });
    this.setStatic(key, String(value));
  }
  /** As `set`, for keys given before the session starts. Spark keeps any key; a wrong one of ours can only be a mistake.
   * @throws SQL_CONF_NOT_FOUND */
  setStatic(key: string, value: string): void {
    if (key.startsWith('memoframe.') && !Object.hasOwn(CONF_ENTRIES, key))
      throw analysisError('SQL_CONF_NOT_FOUND', { sqlConf: `"${key}"` });
    checkValue(key, value);
    this.#values.set(key, value);
    this.version++;
  }
  unset(key: string): void {
    if (Object.hasOwn(CONF_ENTRIES, key) && CONF_ENTRIES[key]?.static)
      throw analysisError('CANNOT_MODIFY_CONFIG', { key: `"${key}"`, docroot: 'docs' });
    this.#values.delete(key);
    this.version++;
  }
  isModifiable(key: string): boolean {
    return Object.hasOwn(CONF_ENTRIES, key) && CONF_ENTRIES[key]?.static !== true;
  }
  /** All known and set keys with their values, sorted by key. */
  get getAll(): Record<string, string> {
    const out: Record<string, string> = Object.create(null);
    for (const key of [...new Set([...Object.keys(CONF_ENTRIES), ...this.#values.keys()])].sort()) {
      const value = this.getOptional(key);
      if (value !== undefined) out[key] = value;
    }
    return out;
  }
  boolean(key: string): boolean {
    return this.get(key).toLowerCase() === 'true';
  }
  int(key: string): number {
    return Number(this.get(key));
  }
  optionalInt(key: string): number | undefined {
    const v = this.getOptional(key);
    return v === undefined ? undefined : Number(v);
  }
  bytes(key: string): number {
    return parseBytes(this.get(key), key);
  }
  clone(): RuntimeConfig {
    return new RuntimeConfig(this.#values);
  }

  /** Workers of `local[n]`, `local[*]`; default: the machine's parallelism. */
  /** What `spark.master` asks for: executors, worker threads of each, and, in a cluster, its memory. */
  get master(): Master {
    return parseMaster(this.getOptional('spark.master') ?? 'local[*]');
  }
  /** Worker threads of all executors. */
  get masterWorkers(): number {
    const { executors, cores } = this.master;
    return executors * cores;
  }
  get defaultParallelism(): number {
    return this.optionalInt('spark.default.parallelism') ?? Math.max(1, this.masterWorkers);
  }
  /** Memory of each executor, and how much of it is neither for storage nor for execution.
   * @throws org.apache.spark.SparkException where a cluster's workers are too small for it */
  get executorMemory(): { readonly bytes: number; readonly reserved?: number } {
    const testing = this.getOptional('spark.testing.memory');
    const reserved = this.getOptional('spark.testing.reservedMemory');
    const rest = reserved === undefined ? {} : { reserved: parseBytes(reserved, 'spark.testing.reservedMemory') };
    if (testing !== undefined) return { bytes: parseBytes(testing, 'spark.testing.memory'), ...rest };
    const set = this.getOptional('spark.executor.memory');
    const asked = set === undefined ? undefined : parseBytes(set, 'spark.executor.memory');
    const { memory } = this.master;
    if (memory !== undefined && asked !== undefined && asked > memory) throw workersTooSmall(memory, asked);
    return { bytes: asked ?? memory ?? Math.floor(totalmem() * 0.6), ...rest };
  }

  /** Decisions of the cache are logged at a level that shows. */
  get logsCache(): boolean {
    return /^(warn|error)$/i.test(this.get('spark.sql.dataframeCache.logLevel'));
  }
  get freshness(): Freshness {
    return this.get('memoframe.cache.freshness').toLowerCase() as Freshness;
  }
  /** Milliseconds after which listings of tables are made anew; undefined: never. */
  get metadataCacheTtlMs(): number | undefined {
    const key = 'spark.sql.metadataCacheTTLSeconds';
    const ms = parseTimeMs(this.get(key));
    if (ms === undefined)
      throw analysisError('INVALID_CONF_VALUE.TYPE_MISMATCH', {
        confName: key,
        confValue: this.get(key),
        confType: 'time',
      });
    return ms > 0 ? ms : undefined;
  }
  get cacheMatch(): MatchMode {
    return this.get('memoframe.cache.match').toLowerCase() as MatchMode;
  }

  /** Whether TIMESTAMP in SQL text means the type without a zone. */
  get timestampNtz(): boolean {
    return this.get('spark.sql.timestampType').toUpperCase() === 'TIMESTAMP_NTZ';
  }

  /** A storage level's name. */
  get defaultCacheLevel(): string {
    return this.get('spark.sql.defaultCacheStorageLevel').toUpperCase();
  }
  get parserOptions(): ParserOptions {
    return {
      ansi: this.boolean('spark.sql.ansi.enabled'),
      timeZone: this.get('spark.sql.session.timeZone'),
      timestampNtz: this.timestampNtz,
      legacyIntervals: this.boolean('spark.sql.legacy.interval.enabled'),
      quotedNames: this.boolean('spark.sql.ansi.enabled') && this.boolean('spark.sql.ansi.doubleQuotedIdentifiers'),
      reserved: this.boolean('spark.sql.ansi.enabled') && this.boolean('spark.sql.ansi.enforceReservedKeywords'),
      regexColumns: this.boolean('spark.sql.parser.quotedRegexColumnNames'),
      caseSensitive: this.boolean('spark.sql.caseSensitive'),
      rawStrings: this.boolean('spark.sql.parser.escapedStringLiterals'),
      bangEqualsNot: this.boolean('spark.sql.legacy.bangEqualsNot'),
      withoutEof: this.boolean('spark.sql.legacy.parseQueryWithoutEof'),
    };
  }

  get analyzerConf(): AnalyzerConf {
    return {
      ansiEnabled: this.boolean('spark.sql.ansi.enabled'),
      caseSensitive: this.boolean('spark.sql.caseSensitive'),
      timeZone: this.get('spark.sql.session.timeZone'),
      groupByOrdinal: this.boolean('spark.sql.groupByOrdinal'),
      orderByOrdinal: this.boolean('spark.sql.orderByOrdinal'),
      groupByAliases: this.boolean('spark.sql.groupByAliases'),
      crossJoinEnabled: this.boolean('spark.sql.crossJoin.enabled'),
      defaultParallelism: this.defaultParallelism,
      adaptive: this.boolean('spark.sql.adaptive.enabled'),
      scalarSubqueryUseSingleJoin: this.boolean('spark.sql.optimizer.scalarSubqueryUseSingleJoin'),
      ctePrecedencePolicy: this.get('spark.sql.legacy.ctePrecedencePolicy').toUpperCase() as CtePolicy,
      functions: {
        exactDecimals: !this.boolean('spark.sql.decimalOperations.allowPrecisionLoss'),
        concatBinaryAsString: this.boolean('spark.sql.function.concatBinaryAsString'),
        eltBinaryAsString: this.boolean('spark.sql.function.eltOutputAsString'),
        padBinaryAsString: this.boolean('spark.sql.legacy.lpadRpadAlwaysReturnString'),
        javaCharsets: this.boolean('spark.sql.legacy.javaCharsets'),
        replaceUnmappable: this.boolean('spark.sql.legacy.codingErrorAction'),
        parameterlessCount: this.boolean('spark.sql.legacy.allowParameterlessCount'),
        legacyArrayInsert: this.boolean('spark.sql.legacy.negativeIndexInArrayInsert'),
        legacyPercentileDisc: this.boolean('spark.sql.legacy.percentileDiscCalculation'),
        binaryStyle: this.get('spark.sql.binaryOutputStyle').toUpperCase(),
        countTableStar: this.boolean('spark.sql.legacy.allowStarWithSingleTableIdentifierInCount'),
      },
      timestampNtz: this.timestampNtz,
      legacyIntervals: this.boolean('spark.sql.legacy.interval.enabled'),
      legacyTimeParser: OLD_PATTERNS[this.get('spark.sql.legacy.timeParserPolicy').toUpperCase()] ?? false,
    };
  }
}

const OLD_PATTERNS: Readonly<Record<string, boolean | 'exception'>> = { LEGACY: true, EXCEPTION: 'exception' };

/** Values that a key may have, in upper case. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  'memoframe.cache.freshness': ['SPARK', 'WARN', 'REFRESH', 'FAIL'],
  'memoframe.cache.match': ['SPARK', 'NORMALIZED', 'SUBSUME'],
  'spark.sql.legacy.timeParserPolicy': ['EXCEPTION', 'LEGACY', 'CORRECTED'],
  'spark.sql.dataframeCache.logLevel': ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'],
  'spark.sql.timestampType': ['TIMESTAMP_NTZ', 'TIMESTAMP_LTZ'],
};

function checkValue(key: string, value: string): void {
  if (key === 'spark.sql.cache.serializer' && value !== CONF_ENTRIES[key]?.default)
    throw unsupported(`the cache serializer ${value}`);
  if (key === 'spark.sql.limit.initialNumPartitions' && /^\s*(-\d+|0+)\s*$/.test(value))
    throw new SparkError('illegal-argument', 'java.lang.IllegalArgumentException', {}, undefined, {
      message: `'${value}' in ${key} is invalid. value should be positive`,
    });
  if (key === 'spark.sql.defaultCacheStorageLevel') StorageLevel.fromString(value.toUpperCase());
  const allowed = CHOICES[key];
  if (allowed !== undefined && !allowed.includes(value.toUpperCase()))
    throw analysisError('INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS', {
      confName: `"${key}"`,
      confValue: value,
      confOptions: allowed.join(', '),
    });
  const type = Object.hasOwn(CONF_ENTRIES, key) ? CONF_ENTRIES[key]?.type : undefined;
  switch (type) {
    case 'boolean':
      if (!/^(true|false)$/i.test(value.trim())) throw invalidConf(key, value, 'boolean');
      return;
    case 'int':
    case 'long':
      if (!/^-?\d+$/.test(value.trim())) throw invalidConf(key, value, type);
      return;
    case 'double':
      if (!Number.isFinite(Number(value))) throw invalidConf(key, value, 'double');
      return;
    case 'bytes':
      parseBytes(value, key);
      return;
    case 'zone':
      try {
        if (!/^(Z|[+-]\d{1,2}(:\d{2}(:\d{2})?)?|(UTC|GMT|UT)([+-]\d{1,2}(:\d{2})?)?)$/.test(value))
          new Intl.DateTimeFormat('en', { timeZone: value });
      } catch (cause) {
        throw new SparkError(
          'analysis',
          'INVALID_CONF_VALUE.TIME_ZONE',
          { confValue: value, confName: key },
          undefined,
          { cause },
        );
      }
      return;
    default:
  }
}
