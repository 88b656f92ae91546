import { AttributeReference } from '../plan/expressions/index.js';
import { LocalRelation, type LogicalPlan } from '../plan/logical/index.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import {
  BOOLEAN,
  type DataType,
  DOUBLE,
  INT,
  LONG,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  type Value,
} from '../types/index.js';
import { type CacheEntryInfo, cacheEntries } from './cache-entries.js';
import type { SparkSession } from './spark-session.js';

type ColumnOf<T> = readonly [name: string, type: DataType, value: (of: T) => Value];

const seconds = (ms: number | undefined): Value => (ms === undefined ? null : Math.round(ms) / 1000);
const micros = (date: Date | undefined): Value => (date === undefined ? null : BigInt(date.getTime()) * 1000n);

/** The constant of a level as plans print it. */
function levelName(level: string): string {
  return StorageLevel.names.find((n) => StorageLevel.fromString(n).toString() === level) ?? level;
}

const SHOWN: readonly ColumnOf<CacheEntryInfo>[] = [
  ['name', STRING, (e) => e.name ?? null],
  ['level', STRING, (e) => levelName(e.level)],
  ['cached_blocks', INT, (e) => e.cachedPartitions],
  ['blocks', INT, (e) => e.partitions],
  ['memory_bytes', LONG, (e) => BigInt(e.memoryBytes)],
  ['disk_bytes', LONG, (e) => BigInt(e.diskBytes)],
  ['hits', LONG, (e) => BigInt(e.hits)],
  ['misses', LONG, (e) => BigInt(e.misses)],
  ['age_seconds', DOUBLE, (e) => seconds(e.ageMs)],
];
const ALL: readonly ColumnOf<CacheEntryInfo>[] = [
  ['id', LONG, (e) => BigInt(e.id)],
  ...SHOWN,
  ['plan', STRING, (e) => e.plan],
  ['loaded', BOOLEAN, (e) => e.loaded],
  ['row_count', LONG, (e) => (e.rows === undefined ? null : BigInt(e.rows))],
  ['created_at', TIMESTAMP, (e) => micros(e.createdAt)],
  ['created_by', STRING, (e) => e.createdBy ?? null],
  ['last_hit_at', TIMESTAMP, (e) => micros(e.lastHitAt)],
  ['expires_in_seconds', DOUBLE, (e) => seconds(e.expiresInMs)],
  ['blocks_evicted', LONG, (e) => BigInt(e.blocksEvicted)],
  ['blocks_read_back', LONG, (e) => BigInt(e.blocksReadBack)],
  ['recached', LONG, (e) => BigInt(e.recached)],
  ['persistent', BOOLEAN, (e) => e.persistent],
  ['stale', STRING, (e) => e.stale ?? null],
  ['advice', STRING, (e) => (e.advice.length === 0 ? null : e.advice.join(', '))],
];

function schemaOf<T>(columns: readonly ColumnOf<T>[]): StructType {
  return new StructType(columns.map(([name, type]) => new StructField(name, type)));
}

/** Columns of SHOW CACHED TABLES. */
export const CACHED_TABLES: StructType = schemaOf(SHOWN);

/** Rows of SHOW CACHED TABLES: all entries, newest first; `name` is null for one without. */
export function cachedTables(session: SparkSession): Value[][] {
  return cacheEntries(session).map((e) => SHOWN.map(([, , value]) => value(e)));
}

interface EventRow {
  readonly at: Date;
  readonly type: string;
  readonly entry: number | undefined;
  readonly name: string | undefined;
  readonly detail: string;
}
const EVENTS: readonly ColumnOf<EventRow>[] = [
  ['at', TIMESTAMP, (e) => micros(e.at)],
  ['type', STRING, (e) => e.type],
  ['entry', LONG, (e) => (e.entry === undefined ? null : BigInt(e.entry))],
  ['name', STRING, (e) => e.name ?? null],
  ['detail', STRING, (e) => e.detail],
];

function eventRows(session: SparkSession): EventRow[] {
  return session.sharedState.ledger.events.map(({ at, event }) => {
    // Some events make their texts when asked.
    const plain = JSON.parse(JSON.stringify(event)) as { type: string; entry?: number; name?: string };
    const { type, entry, name, ...detail } = plain;
    return { at, type, entry, name, detail: JSON.stringify(detail) };
  });
}

function relation<T>(columns: readonly ColumnOf<T>[], rows: readonly T[]): LogicalPlan {
  return new LocalRelation(
    columns.map(([name, type]) => AttributeReference.create(name, type, true)),
    rows.map((r) => columns.map(([, , value]) => value(r))),
  );
}

/** Table functions that Spark does not have, by name; each gives the state at the moment that a query is analyzed. */
export function cacheTableFunctions(session: SparkSession): ReadonlyMap<string, () => LogicalPlan> {
  return new Map([
    ['cached_tables', () => relation(ALL, cacheEntries(session))],
    ['cache_events', () => relation(EVENTS, eventRows(session))],
  ]);
}
