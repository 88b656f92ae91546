import { SparkError, unsupported } from '../../errors/index.js';
import type { DataType, RowValues, StructType, Value } from '../../types/index.js';
import { readFailure } from '../files/file-errors.js';
import { readFooter } from '../files/file-metadata-cache.js';
import { CountingSource } from '../files/source.js';
import { type ChunkMeta, type Codec, ENCODING, type ParquetFile, type SchemaNode } from './format.js';
import { scanPages } from './page-header.js';
import { findChild } from './read-node.js';
import type { WantedColumn } from './split-plan.js';

/** Codecs that parquetjs-lite has. */
const CODECS: ReadonlySet<Codec> = new Set<Codec>(['UNCOMPRESSED', 'SNAPPY', 'GZIP']);

/** The package is loaded when first used: it is the compatibility engine, not the everyday one. */
const library = () => import('parquetjs-lite').then((m) => ('default' in m ? (m.default as typeof m) : m));

/** Reads a whole file through parquetjs-lite (`option("engine", "parquetjs-lite")`) as rows of the wanted columns, one batch a row group.
 * @throws UNSUPPORTED_FEATURE for what the package cannot read exactly: nested columns, decimals, INT96, other codecs */
export async function* readParquetjs(path: string, columns: readonly WantedColumn[]): AsyncGenerator<RowValues[]> {
  const file = await readFooter(path);
  const readers = columns.map((wanted) => columnReader(file, wanted));
  for (const r of readers) if (r?.node.physical === 'BOOLEAN') await refuseRunLengths(file, r.node);
  const { ParquetEnvelopeReader, ParquetReader } = await library();
  try {
    const envelope = await ParquetEnvelopeReader.openFile(path);
    try {
      await envelope.readHeader();
      const metadata = await envelope.readFooter();
      // The package insists on version 1, which says nothing about what it can read.
      metadata.version = 1;
      const reader = new ParquetReader(metadata, envelope, { rawStatistics: true });
      // Without their logical type, dates and timestamps come as the numbers they are, not rounded to Date objects.
      for (const r of readers) {
        const field = r && reader.schema.fields[r.name];
        if (field && field.originalType !== 'UTF8') field.originalType = undefined;
      }
      const cursor = reader.getCursor([...new Set(readers.flatMap((r) => (r ? [r.name] : [])))]);
      for (;;) {
        const group = await cursor.nextRowGroup();
        if (!group) break;
        yield group.map((record) => readers.map((r) => (r ? r.read(record[r.name]) : null)));
      }
    } finally {
      await envelope.close();
    }
  } catch (error) {
    // The package throws texts for types it does not know.
    if (typeof error === 'string') throw unsupported(`reading with parquetjs-lite: ${error}`);
    throw readFailure(path, error);
  }
}

/** The package takes run-length encoded booleans for plain ones. */
async function refuseRunLengths(file: ParquetFile, node: SchemaNode): Promise<void> {
  const source = new CountingSource(file.path, file);
  try {
    for (const group of file.rowGroups) {
      const { offset, byteLength, numValues } = group.chunks[node.leaf] as ChunkMeta;
      const bytes = Buffer.allocUnsafe(byteLength);
      await source.read(bytes, offset);
      if (scanPages(bytes, 0, byteLength, numValues).some((p) => p.encoding !== ENCODING.PLAIN))
        throw unsupported('run-length encoded booleans with parquetjs-lite');
    }
  } finally {
    await source.close();
  }
}

interface ColumnReader {
  readonly node: SchemaNode;
  readonly name: string;
  readonly read: (raw: unknown) => Value;
}

function columnReader(file: ParquetFile, wanted: WantedColumn): ColumnReader | null {
  const node = findChild(file.schema, wanted.name, false);
  if (!node) return null;
  if (node.name === '__proto__') throw unsupported('reading a column called __proto__ with parquetjs-lite');
  for (const group of file.rowGroups) {
    const codec = node.leaf >= 0 ? group.chunks[node.leaf]?.codec : undefined;
    if (codec !== undefined && !CODECS.has(codec)) throw unsupported(`Parquet codec ${codec} with parquetjs-lite`);
  }
  const convert = conversion(node, wanted.type);
  if (!convert) throw unsupported(`reading column ${wanted.name} as ${wanted.type.kind} with parquetjs-lite`);
  return { node, name: node.name, read: (raw) => (raw === null || raw === undefined ? null : convert(raw)) };
}

function conversion(node: SchemaNode, type: DataType): ((raw: unknown) => Value) | undefined {
  const a = node.annotation;
  if (!node.physical || node.repetition === 'repeated') return undefined;
  if (a?.kind === 'decimal' || (a?.kind === 'int' && !a.signed)) return undefined;
  switch (`${node.physical} ${type.kind}`) {
    case 'BOOLEAN boolean':
    case 'INT32 int':
    case 'INT32 short':
    case 'INT32 byte':
    case 'INT32 date':
    case 'FLOAT float':
    case 'FLOAT double':
    case 'DOUBLE double':
      return (raw) => raw as Value;
    case 'INT32 long':
      return (raw) => BigInt(raw as number);
    case 'INT64 long':
      return (raw) => BigInt(raw as bigint);
    case 'INT64 timestamp':
    case 'INT64 timestamp_ntz': {
      if (a?.kind !== 'timestamp' || a.unit === 'NANOS') return undefined;
      const factor = a.unit === 'MILLIS' ? 1000n : 1n;
      return (raw) => BigInt(raw as bigint) * factor;
    }
    case 'BINARY string':
      return (raw) => (typeof raw === 'string' ? raw : Buffer.from(raw as Uint8Array).toString('utf8'));
    case 'BINARY binary':
      return a ? undefined : (raw) => Uint8Array.from(raw as Uint8Array);
    default:
      return undefined;
  }
}

const WRITTEN_TYPES: Readonly<Partial<Record<DataType['kind'], string>>> = {
  boolean: 'BOOLEAN',
  byte: 'INT_8',
  short: 'INT_16',
  int: 'INT32',
  long: 'INT64',
  float: 'FLOAT',
  double: 'DOUBLE',
  string: 'UTF8',
  binary: 'BYTE_ARRAY',
  date: 'DATE',
  timestamp: 'TIMESTAMP_MICROS',
};

/** Writes rows to one file through parquetjs-lite. @returns rows written
 * @throws UNSUPPORTED_FEATURE for types and values that the package cannot write exactly */
export async function writeParquetjs(
  path: string,
  schema: StructType,
  rows: Iterable<RowValues>,
  options: { readonly compression?: 'SNAPPY' | 'GZIP' | 'UNCOMPRESSED'; readonly pageV2?: boolean } = {},
): Promise<number> {
  const definition: Record<string, { type: string; optional: true; compression: string }> = {};
  const converters = schema.fields.map((field) => {
    const type = WRITTEN_TYPES[field.dataType.kind];
    if (type === undefined || field.name === '__proto__')
      throw unsupported(`writing column ${field.name} of type ${field.dataType.simpleString} with parquetjs-lite`);
    definition[field.name] = { type, optional: true, compression: options.compression ?? 'SNAPPY' };
    return writeConversion(field.dataType);
  });
  const { ParquetSchema, ParquetWriter } = await library();
  let count = 0;
  try {
    const writer = await ParquetWriter.openFile(new ParquetSchema(definition), path, {
      useDataPageV2: options.pageV2 ?? true,
    });
    for (const row of rows) {
      const record: Record<string, unknown> = {};
      schema.fields.forEach((field, i) => {
        const value = row[i] ?? null;
        if (value !== null) record[field.name] = (converters[i] as (v: Value) => unknown)(value);
      });
      await writer.appendRow(record);
      count++;
    }
    await writer.close();
  } catch (error) {
    if (error instanceof SparkError) throw error;
    throw unsupported(`writing with parquetjs-lite: ${String(error)}`);
  }
  return count;
}

function writeConversion(type: DataType): (value: Value) => unknown {
  switch (type.kind) {
    case 'long':
      return (v) => {
        // The package parses it as a double.
        if (!Number.isSafeInteger(Number(v))) throw unsupported(`writing ${v} with parquetjs-lite`);
        return Number(v);
      };
    case 'binary':
      return (v) => Buffer.from(v as Uint8Array);
    case 'date':
      return (v) => new Date((v as number) * 86_400_000);
    case 'float':
    case 'double':
      return (v) => {
        if (Number.isNaN(v)) throw unsupported('writing NaN with parquetjs-lite');
        return v;
      };
    case 'timestamp':
      return (v) => {
        if ((v as bigint) < 0n) throw unsupported('writing timestamps before 1970 with parquetjs-lite');
        return v;
      };
    default:
      return (v) => v;
  }
}
