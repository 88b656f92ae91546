import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { unsupported } from '../../errors/index.js';
import { footerError, readFailure } from '../files/file-errors.js';
import type { Annotation, ChunkMeta, ParquetFile, RawStatistics, RowGroupMeta, TimeUnit } from './format.js';
import { CODECS } from './format.js';
import { buildSchema, type SchemaElement } from './schema-tree.js';

/** Read in one go from the end of a file: holds nearly every footer. */
const TAIL_BYTES = 1 << 17;
const MAGIC = 0x31524150;
const ENCRYPTED_MAGIC = 0x45524150;

type Thrift = Record<string, unknown>;

/** Reads and parses a file's footer, uncached (see `files/file-metadata-cache.ts`).
 * @throws FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER, FAILED_READ_FILE.FILE_NOT_EXIST */
export async function loadFooter(path: string): Promise<ParquetFile> {
  const handle = await open(path, 'r').catch((error) => {
    throw readFailure(path, error);
  });
  try {
    const { size, mtimeMs } = await handle.stat();
    let tail = Buffer.allocUnsafe(Math.min(size, TAIL_BYTES));
    await readFully((b, at) => handle.read(b, 0, b.length, at), tail, size - tail.length);
    const length = footerLength(path, tail, size);
    if (length + 8 > tail.length) {
      tail = Buffer.allocUnsafe(length + 8);
      await readFully((b, at) => handle.read(b, 0, b.length, at), tail, size - tail.length);
    }
    return parseFooter(path, size, mtimeMs, tail.subarray(tail.length - 8 - length, tail.length - 8));
  } catch (error) {
    throw footerError(path, error);
  } finally {
    await handle.close();
  }
}

/** As `loadFooter`, blocking: for schema inference behind synchronous calls. */
export function loadFooterSync(path: string): ParquetFile {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    throw readFailure(path, error);
  }
  try {
    const { size, mtimeMs } = fstatSync(fd);
    let tail = Buffer.allocUnsafe(Math.min(size, TAIL_BYTES));
    readSync(fd, tail, 0, tail.length, size - tail.length);
    const length = footerLength(path, tail, size);
    if (length + 8 > tail.length) {
      tail = Buffer.allocUnsafe(length + 8);
      readSync(fd, tail, 0, tail.length, size - tail.length);
    }
    return parseFooter(path, size, mtimeMs, tail.subarray(tail.length - 8 - length, tail.length - 8));
  } catch (error) {
    throw footerError(path, error);
  } finally {
    closeSync(fd);
  }
}

async function readFully(
  read: (buffer: Buffer, position: number) => Promise<{ bytesRead: number }>,
  into: Buffer,
  position: number,
): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await read(into.subarray(done), position + done);
    if (bytesRead === 0) throw new RangeError('file ended early');
    done += bytesRead;
  }
}

function footerLength(path: string, tail: Buffer, size: number): number {
  if (size < 12) throw footerError(path, `file of ${size} bytes is too short for Parquet`);
  const magic = tail.readUInt32LE(tail.length - 4);
  if (magic === ENCRYPTED_MAGIC) throw unsupported('Parquet files with encrypted footers');
  if (magic !== MAGIC) throw footerError(path, 'no Parquet magic number at the end of the file');
  const length = tail.readUInt32LE(tail.length - 8);
  if (length > size - 12) throw footerError(path, `footer length ${length} exceeds the file`);
  return length;
}

/** Parses footer bytes (the thrift struct alone). Statistics keep their raw bytes, copied out of `bytes`. */
export function parseFooter(path: string, size: number, mtimeMs: number, bytes: Uint8Array): ParquetFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const meta = deserializeTCompactProtocol({ view, offset: 0 }) as Thrift;
  const { root, leaves } = buildSchema(list(meta['field_2']).map(schemaElement));
  const dataEnd = size - 8 - bytes.byteLength;
  let firstRow = 0;
  const rowGroups = list(meta['field_4']).map((raw): RowGroupMeta => {
    const rows = count(raw['field_3'], 'rows');
    const columns = list(raw['field_1']);
    if (columns.length !== leaves.length) throw new RangeError('row group lacks columns');
    const group = { rows, firstRow, chunks: columns.map((c) => chunkMeta(c, dataEnd)) };
    firstRow += rows;
    return group;
  });
  const keyValue: Record<string, string> = Object.create(null);
  for (const kv of optionalList(meta['field_5'])) keyValue[text(kv['field_1'])] = text(kv['field_2']);
  return {
    path,
    size,
    mtimeMs,
    numRows: firstRow,
    createdBy: text(meta['field_6']),
    keyValue: { ...keyValue },
    schema: root,
    leaves,
    rowGroups,
    footerBytes: bytes.byteLength,
  };
}

function chunkMeta(column: Thrift, dataEnd: number): ChunkMeta {
  const path = text(column['field_1']);
  if (path !== '') throw unsupported('Parquet column chunks in other files');
  const meta = column['field_3'] as Thrift | undefined;
  if (!meta) throw unsupported('encrypted Parquet columns');
  const codec = CODECS[meta['field_4'] as number];
  if (!codec) throw new RangeError(`unknown codec ${meta['field_4']}`);
  const dataOffset = count(meta['field_9'], 'data page offset');
  const dictionaryOffset = meta['field_11'] === undefined ? 0 : count(meta['field_11'], 'dictionary page offset');
  // Some writers store 0, or an offset behind the data, for "no dictionary".
  const offset = dictionaryOffset > 0 && dictionaryOffset < dataOffset ? dictionaryOffset : dataOffset;
  const byteLength = count(meta['field_7'], 'chunk length');
  if (offset + byteLength > dataEnd) throw new RangeError('column chunk lies outside the file');
  const statistics = rawStatistics(meta['field_12'] as Thrift | undefined);
  const bloom = meta['field_14'];
  return {
    codec,
    numValues: count(meta['field_5'], 'values'),
    offset,
    byteLength,
    uncompressedByteLength: count(meta['field_6'], 'uncompressed length'),
    ...(statistics && { statistics }),
    ...range('columnIndex', column['field_6'], column['field_7']),
    ...range('offsetIndex', column['field_4'], column['field_5']),
    ...(typeof bloom === 'bigint' && { bloomOffset: Number(bloom) }),
  };
}

function range<K extends string>(key: K, offset: unknown, length: unknown): { [P in K]?: readonly [number, number] } {
  if (typeof offset !== 'bigint' || typeof length !== 'number' || length <= 0) return {};
  return { [key]: [Number(offset), length] as const } as { [P in K]?: readonly [number, number] };
}

function rawStatistics(raw: Thrift | undefined): RawStatistics | undefined {
  if (!raw) return undefined;
  const modern = raw['field_5'] !== undefined || raw['field_6'] !== undefined;
  const min = (modern ? raw['field_6'] : raw['field_2']) as Uint8Array | undefined;
  const max = (modern ? raw['field_5'] : raw['field_1']) as Uint8Array | undefined;
  const nulls = raw['field_3'];
  return {
    ...(min && { min: Uint8Array.from(min) }),
    ...(max && { max: Uint8Array.from(max) }),
    ...(typeof nulls === 'bigint' && nulls >= 0n && { nullCount: Number(nulls) }),
    ...(!modern && (min || max) && { deprecated: true as const }),
  };
}

function schemaElement(raw: Thrift): SchemaElement {
  return {
    name: text(raw['field_4']),
    type: raw['field_1'] as number | undefined,
    typeLength: (raw['field_2'] as number | undefined) ?? 0,
    repetition: (raw['field_3'] as number | undefined) ?? 0,
    childCount: (raw['field_5'] as number | undefined) ?? 0,
    annotation: logicalAnnotation(raw['field_10'] as Thrift | undefined) ?? convertedAnnotation(raw),
  };
}

const SIMPLE_LOGICAL: Readonly<Record<string, Annotation>> = {
  field_1: { kind: 'string' },
  field_2: { kind: 'map' },
  field_3: { kind: 'list' },
  field_4: { kind: 'enum' },
  field_6: { kind: 'date' },
  field_12: { kind: 'json' },
  field_13: { kind: 'bson' },
  field_14: { kind: 'uuid' },
  field_15: { kind: 'float16' },
  field_16: { kind: 'other', name: 'VARIANT' },
  field_17: { kind: 'other', name: 'GEOMETRY' },
  field_18: { kind: 'other', name: 'GEOGRAPHY' },
};

function logicalAnnotation(raw: Thrift | undefined): Annotation | undefined {
  for (const [key, value] of Object.entries(raw ?? {})) {
    const fields = value as Thrift;
    if (key === 'field_5')
      return { kind: 'decimal', scale: Number(fields['field_1'] ?? 0), precision: Number(fields['field_2'] ?? 0) };
    if (key === 'field_7' || key === 'field_8')
      return {
        kind: key === 'field_7' ? 'time' : 'timestamp',
        utc: fields['field_1'] === true,
        unit: timeUnit(fields['field_2'] as Thrift),
      };
    if (key === 'field_10')
      return { kind: 'int', bits: Number(fields['field_1']), signed: fields['field_2'] === true };
    // UNKNOWN (always null) says nothing about the type: Spark reads the physical type.
    if (key === 'field_11') return undefined;
    return SIMPLE_LOGICAL[key] ?? { kind: 'other', name: key };
  }
  return undefined;
}

function timeUnit(raw: Thrift): TimeUnit {
  return raw['field_1'] ? 'MILLIS' : raw['field_2'] ? 'MICROS' : 'NANOS';
}

const SIGNED_AND_UNSIGNED_BITS = [8, 16, 32, 64];

function convertedAnnotation(raw: Thrift): Annotation | undefined {
  const converted = raw['field_6'] as number | undefined;
  switch (converted) {
    case undefined:
      return undefined;
    case 0:
      return { kind: 'string' };
    case 1:
      return { kind: 'map' };
    case 2:
      return { kind: 'mapKeyValue' };
    case 3:
      return { kind: 'list' };
    case 4:
      return { kind: 'enum' };
    case 5:
      return { kind: 'decimal', scale: Number(raw['field_7'] ?? 0), precision: Number(raw['field_8'] ?? 0) };
    case 6:
      return { kind: 'date' };
    case 7:
    case 8:
      return { kind: 'time', unit: converted === 7 ? 'MILLIS' : 'MICROS', utc: true };
    case 9:
    case 10:
      return { kind: 'timestamp', unit: converted === 9 ? 'MILLIS' : 'MICROS', utc: true };
    case 19:
      return { kind: 'json' };
    case 20:
      return { kind: 'bson' };
    case 21:
      return { kind: 'interval' };
    default: {
      if (converted < 11 || converted > 18) return { kind: 'other', name: `converted type ${converted}` };
      const signed = converted >= 15;
      return { kind: 'int', bits: SIGNED_AND_UNSIGNED_BITS[converted - (signed ? 15 : 11)] as number, signed };
    }
  }
}

function list(value: unknown): Thrift[] {
  if (!Array.isArray(value)) throw new RangeError('footer lacks a list');
  return value as Thrift[];
}
function optionalList(value: unknown): Thrift[] {
  return value === undefined ? [] : list(value);
}
const decoder = new TextDecoder();
function text(value: unknown): string {
  return value instanceof Uint8Array ? decoder.decode(value) : '';
}
/** A non-negative 64-bit number of the footer. */
function count(value: unknown, what: string): number {
  const n = typeof value === 'bigint' ? Number(value) : value;
  if (typeof n !== 'number' || n < 0 || n > Number.MAX_SAFE_INTEGER) throw new RangeError(`bad number of ${what}: ${n}`);
  return n;
}
