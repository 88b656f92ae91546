import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { unsupported } from '../../errors/index.js';
import { footerError, readFailure } from '../files/file-errors.js';
import type { Annotation, ChunkMeta, ParquetFile, RawStatistics, RowGroupMeta, TimeUnit } from './format.js';
import { CODECS } from './format.js';
import { buildSchema, type SchemaElement } from './schema-tree.js';
import {
  bytesField,
  decodeThrift,
  numberField,
  structField,
  structs,
  type ThriftStruct,
  type ThriftValue,
  textField,
} from './thrift.js';

/** Read in one go from the end of a file: holds nearly every footer. */
const TAIL_BYTES = 1 << 17;
const MAGIC = 0x31524150;
const ENCRYPTED_MAGIC = 0x45524150;

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

/** Parses footer bytes (the thrift struct alone). Statistics keep their raw bytes, copied out of `bytes`.
 * Field numbers are those of parquet.thrift. */
export function parseFooter(path: string, size: number, mtimeMs: number, bytes: Uint8Array): ParquetFile {
  const meta = decodeThrift(bytes);
  const { root, leaves } = buildSchema(structs(meta[2]).map(schemaElement));
  const dataEnd = size - 8 - bytes.byteLength;
  let firstRow = 0;
  const rowGroups = structs(meta[4]).map((raw): RowGroupMeta => {
    const rows = count(raw[3], 'rows');
    const columns = structs(raw[1]);
    if (columns.length !== leaves.length) throw new RangeError('row group lacks columns');
    const group = { rows, firstRow, chunks: columns.map((c) => chunkMeta(c, dataEnd)) };
    firstRow += rows;
    return group;
  });
  const keyValue: Record<string, string> = Object.create(null);
  if (meta[5] !== undefined) for (const kv of structs(meta[5])) keyValue[textField(kv[1])] = textField(kv[2]);
  return {
    path,
    size,
    mtimeMs,
    numRows: firstRow,
    createdBy: textField(meta[6]),
    keyValue: { ...keyValue },
    schema: root,
    leaves,
    rowGroups,
    footerBytes: bytes.byteLength,
  };
}

function chunkMeta(column: ThriftStruct, dataEnd: number): ChunkMeta {
  if (textField(column[1]) !== '') throw unsupported('Parquet column chunks in other files');
  const meta = structField(column[3]);
  if (!meta) throw unsupported('encrypted Parquet columns');
  const codec = CODECS[numberField(meta[4]) ?? -1];
  if (!codec) throw new RangeError(`unknown codec ${meta[4]}`);
  const dataOffset = count(meta[9], 'data page offset');
  const dictionaryOffset = meta[11] === undefined ? 0 : count(meta[11], 'dictionary page offset');
  // Some writers store 0, or an offset behind the data, for "no dictionary".
  const offset = dictionaryOffset > 0 && dictionaryOffset < dataOffset ? dictionaryOffset : dataOffset;
  const byteLength = count(meta[7], 'chunk length');
  if (offset + byteLength > dataEnd) throw new RangeError('column chunk lies outside the file');
  const statistics = rawStatistics(structField(meta[12]));
  const bloom = numberField(meta[14]);
  return {
    codec,
    numValues: count(meta[5], 'values'),
    offset,
    byteLength,
    uncompressedByteLength: count(meta[6], 'uncompressed length'),
    ...(statistics && { statistics }),
    ...range('columnIndex', column[6], column[7], dataEnd),
    ...range('offsetIndex', column[4], column[5], dataEnd),
    ...(bloom !== undefined && { bloomOffset: bloom }),
  };
}

function range<K extends string>(
  key: K,
  offset: ThriftValue | undefined,
  length: ThriftValue | undefined,
  dataEnd: number,
): { [P in K]?: readonly [number, number] } {
  if (typeof offset !== 'number' || typeof length !== 'number' || offset <= 0 || length <= 0) return {};
  if (offset + length > dataEnd) return {};
  return { [key]: [offset, length] as const } as { [P in K]?: readonly [number, number] };
}

function rawStatistics(raw: ThriftStruct | undefined): RawStatistics | undefined {
  if (!raw) return undefined;
  const modern = raw[5] !== undefined || raw[6] !== undefined;
  const min = bytesField(modern ? raw[6] : raw[2]);
  const max = bytesField(modern ? raw[5] : raw[1]);
  const nulls = numberField(raw[3]);
  return {
    ...(min && { min }),
    ...(max && { max }),
    ...(nulls !== undefined && nulls >= 0 && { nullCount: nulls }),
    ...(!modern && (min || max) && { deprecated: true as const }),
  };
}

function schemaElement(raw: ThriftStruct): SchemaElement {
  return {
    name: textField(raw[4]),
    type: numberField(raw[1]),
    typeLength: numberField(raw[2]) ?? 0,
    repetition: numberField(raw[3]) ?? 0,
    childCount: numberField(raw[5]) ?? 0,
    annotation: logicalAnnotation(structField(raw[10])) ?? convertedAnnotation(raw),
  };
}

const SIMPLE_LOGICAL: Readonly<Record<number, Annotation>> = {
  1: { kind: 'string' },
  2: { kind: 'map' },
  3: { kind: 'list' },
  4: { kind: 'enum' },
  6: { kind: 'date' },
  12: { kind: 'json' },
  13: { kind: 'bson' },
  14: { kind: 'uuid' },
  15: { kind: 'float16' },
  16: { kind: 'other', name: 'VARIANT' },
  17: { kind: 'other', name: 'GEOMETRY' },
  18: { kind: 'other', name: 'GEOGRAPHY' },
};

/** A union: the one field that is set. */
function logicalAnnotation(raw: ThriftStruct | undefined): Annotation | undefined {
  const key = raw ? raw.findIndex((f) => f !== undefined) : -1;
  if (!raw || key < 0) return undefined;
  const fields = structField(raw[key]) ?? [];
  if (key === 5) return { kind: 'decimal', scale: numberField(fields[1]) ?? 0, precision: numberField(fields[2]) ?? 0 };
  if (key === 7 || key === 8)
    return { kind: key === 7 ? 'time' : 'timestamp', utc: fields[1] === true, unit: timeUnit(structField(fields[2])) };
  if (key === 10) return { kind: 'int', bits: numberField(fields[1]) ?? 0, signed: fields[2] === true };
  // UNKNOWN (always null) says nothing about the type: Spark reads the physical type.
  if (key === 11) return undefined;
  // A type from the future: the converted type, or none, must do.
  return SIMPLE_LOGICAL[key];
}

function timeUnit(raw: ThriftStruct | undefined): TimeUnit {
  return raw?.[1] ? 'MILLIS' : raw?.[2] ? 'MICROS' : 'NANOS';
}

const SIGNED_AND_UNSIGNED_BITS = [8, 16, 32, 64];

function convertedAnnotation(raw: ThriftStruct): Annotation | undefined {
  const converted = numberField(raw[6]);
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
      return { kind: 'decimal', scale: numberField(raw[7]) ?? 0, precision: numberField(raw[8]) ?? 0 };
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

/** A non-negative 64-bit number of the footer. */
function count(value: ThriftValue | undefined, what: string): number {
  if (typeof value !== 'number' || value < 0 || value > Number.MAX_SAFE_INTEGER)
    throw new RangeError(`bad number of ${what}: ${value}`);
  return value;
}
