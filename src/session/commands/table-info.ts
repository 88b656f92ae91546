import { type DataType, quoteIdentifier, type StructType } from '../../types/index.js';
import { CATALOG_NAME, type TableMetadata, type TablePartition, type TableStats } from '../catalog-store.js';
import type { SparkSession } from '../spark-session.js';
import { CURRENT_DEFAULT } from './column-defaults.js';
import { pathText, redact } from './names.js';
import { viewNamespace } from './view-commands.js';

/** What DESCRIBE shows of one property, as text or as JSON. */
export type InfoValue = string | number | bigint | Date | readonly string[] | Readonly<Record<string, string>>;
export type Info = readonly (readonly [key: string, value: InfoValue])[];

export function infoText(key: string, value: InfoValue): string {
  if (value instanceof Date) return value.toString();
  if (Array.isArray(value)) return `[${value.map(quoteIdentifier).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value as Readonly<Record<string, string>>);
  if (key === 'Statistics') return entries.map(([k, v]) => `${v} ${k === 'num_rows' ? 'rows' : 'bytes'}`).join(', ');
  return `[${entries.map(([k, v]) => `${k}=${v}`).join(', ')}]`;
}

const some = (key: string, value: InfoValue | undefined): Info =>
  value === undefined || (typeof value === 'object' && Object.keys(value).length === 0 && !(value instanceof Date))
    ? []
    : [[key, value]];

/** Spark: `BucketSpec.toJsonLinkedHashMap`. */
export function bucketInfo(meta: TableMetadata): Info {
  const { bucketSpec } = meta;
  if (!bucketSpec) return [];
  return [
    ['Num Buckets', bucketSpec.numBuckets],
    ['Bucket Columns', bucketSpec.bucketColumns],
    ['Sort Columns', bucketSpec.sortColumns],
  ];
}

/** Spark: `CatalogStorageFormat.toJsonLinkedHashMap`. */
export function storageInfo(location: string | undefined, options: Readonly<Record<string, string>>): Info {
  return [...some('Location', location && pathText(location)), ...some('Storage Properties', redact(options))];
}

function statsText(stats: TableStats): string {
  return `${stats.sizeInBytes} bytes${stats.rowCount === undefined ? '' : `, ${stats.rowCount} rows`}`;
}

/** Spark: `CatalogTablePartition.toJsonLinkedHashMap`. */
export function partitionInfo(meta: TableMetadata, p: TablePartition): Info {
  const spec = Object.fromEntries(
    meta.partitionColumns.map((c) => [c, p.spec[c] ?? '__HIVE_DEFAULT_PARTITION__'] as const),
  );
  return [
    ['Partition Values', spec],
    ...storageInfo(p.location, meta.options),
    ...some('Partition Parameters', p.parameters),
    ['Created Time', new Date(p.createdMs ?? meta.createdMs)],
    ['Last Access', 'UNKNOWN'],
    ...some('Partition Statistics', p.stats && statsText(p.stats)),
  ];
}

/** Spark: `CatalogTable.toJsonLinkedHashMap`. */
export function tableInfo(session: SparkSession, meta: TableMetadata): Info {
  const { view } = meta;
  const binding = session.conf.boolean('spark.sql.legacy.viewSchemaBindingMode');
  const properties = Object.fromEntries(
    Object.entries(redact(meta.properties))
      .filter(([, v]) => v !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const stats = meta.stats && {
    size_in_bytes: String(meta.stats.sizeInBytes),
    ...(meta.stats.rowCount === undefined ? {} : { num_rows: String(meta.stats.rowCount) }),
  };
  return [
    ['Catalog', CATALOG_NAME],
    ['Database', meta.identifier.database as string],
    ['Table', meta.identifier.table],
    ['Created Time', new Date(meta.createdMs)],
    ['Last Access', 'UNKNOWN'],
    ['Created By', `Spark ${session.version}`],
    ['Type', meta.type],
    ...some('Provider', meta.provider || undefined),
    ...bucketInfo(meta),
    ...some('Comment', meta.comment),
    ...(view
      ? ([
          ['View Text', view.text],
          ['View Original Text', view.text],
          ...(binding ? [['View Schema Mode', effectiveMode(view.schemaMode)] as const] : []),
          ['View Catalog and Namespace', viewNamespace(view)],
          ['View Query Output Columns', view.queryColumns],
        ] as Info)
      : []),
    ...some('Table Properties', properties),
    ...some('Statistics', stats),
    ...(view ? [] : storageInfo(meta.location, meta.options)),
    ...some('Partition Provider', meta.partitionColumns.length > 0 ? 'Catalog' : undefined),
    ...some('Partition Columns', meta.partitionColumns.length > 0 ? meta.partitionColumns : undefined),
    ...(meta.schema.fields.length > 0 ? [['Schema', meta.schema.treeString] as const] : []),
  ];
}

function effectiveMode(mode: string | undefined): string {
  return mode === undefined || mode === 'UNSUPPORTED' ? 'BINDING' : mode;
}

const HIDDEN_JSON = new Set(['catalog', 'schema', 'database', 'table']);

/** What DESCRIBE … AS JSON gives: the first value of a key stands. Spark: `DescribeRelationJsonCommand`. */
export class JsonInfo {
  readonly #map = new Map<string, unknown>();
  set(key: string, value: unknown): this {
    const k = key.toLowerCase().replaceAll(' ', '_');
    if (!this.#map.has(k) && !HIDDEN_JSON.has(k)) this.#map.set(k, value);
    return this;
  }
  add(info: Info): this {
    for (const [k, v] of info) this.set(k, jsonValue(v));
    return this;
  }
  toString(): string {
    return JSON.stringify(Object.fromEntries(this.#map));
  }
}

function jsonValue(v: InfoValue): unknown {
  if (v instanceof Date) return `${v.toISOString().slice(0, 19)}Z`;
  return typeof v === 'bigint' ? Number(v) : v;
}

export function jsonColumns(schema: StructType): unknown[] {
  return schema.fields.map((f) => ({
    name: f.name,
    type: jsonType(f.dataType),
    nullable: f.nullable,
    ...(typeof f.metadata['comment'] === 'string' ? { comment: f.metadata['comment'] } : {}),
    ...(typeof f.metadata[CURRENT_DEFAULT] === 'string' ? { default: f.metadata[CURRENT_DEFAULT] } : {}),
  }));
}

function jsonType(t: DataType): unknown {
  switch (t.kind) {
    case 'array':
      return { name: 'array', element_type: jsonType(t.elementType), element_nullable: t.containsNull };
    case 'map':
      return {
        name: 'map',
        key_type: jsonType(t.keyType),
        value_type: jsonType(t.valueType),
        value_nullable: t.valueContainsNull,
      };
    case 'struct':
      return { name: 'struct', fields: jsonColumns(t) };
    case 'decimal':
      return { name: 'decimal', precision: t.precision, scale: t.scale };
    case 'char':
    case 'varchar':
      return { name: t.kind, length: t.length };
    case 'timestamp':
      return { name: 'timestamp_ltz' };
    case 'ym_interval':
    case 'dt_interval': {
      const units = t.kind === 'ym_interval' ? ['year', 'month'] : ['day', 'hour', 'minute', 'second'];
      return { name: 'interval', start_unit: units[t.startField], end_unit: units[t.endField] };
    }
    case 'string':
      return { name: 'string', collation: 'UTF8_BINARY' };
    default:
      return { name: t.simpleString };
  }
}
