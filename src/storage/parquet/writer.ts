import * as zlib from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { runtimeError, unsupported } from '../../errors/index.js';
import type { RowValues, StructType, Value } from '../../types/index.js';
import { schemaToJson } from './schema-json.js';
import { asNullable, SPARK_METADATA_KEY } from './spark-schema.js';
import { parquetElements, withoutCharVarchar, writable } from './writer-schema.js';

/** Rows of one row group. */
const ROW_GROUP_ROWS = 122_880;

const CODEC_NAMES: Readonly<Record<string, { readonly codec: CompressionCodec; readonly extension: string }>> = {
  none: { codec: 'UNCOMPRESSED', extension: '' },
  uncompressed: { codec: 'UNCOMPRESSED', extension: '' },
  snappy: { codec: 'SNAPPY', extension: '.snappy' },
  gzip: { codec: 'GZIP', extension: '.gz' },
  brotli: { codec: 'BROTLI', extension: '.br' },
  zstd: { codec: 'ZSTD', extension: '.zstd' },
  lz4: { codec: 'LZ4', extension: '.lz4' },
  lz4_raw: { codec: 'LZ4_RAW', extension: '.lz4raw' },
  lzo: { codec: 'LZO', extension: '.lzo' },
};

const nativeZstd = (zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array }).zstdCompressSync;

/** Checks a codec's name (`compression` option). @returns what stands before `.parquet` in file names
 * @throws CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION, UNSUPPORTED_FEATURE for codecs that cannot be written here */
export function parquetExtension(compression = 'snappy'): string {
  return `${codecOf(compression).extension}.parquet`;
}

function codecOf(compression: string): { codec: CompressionCodec; extension: string } {
  const name = compression.toLowerCase();
  const found = Object.hasOwn(CODEC_NAMES, name) ? CODEC_NAMES[name] : undefined;
  if (!found)
    throw runtimeError('CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION', {
      codecName: compression,
      availableCodecs: Object.keys(CODEC_NAMES).join(', '),
    });
  const { codec } = found;
  if (codec === 'LZ4' || codec === 'LZ4_RAW' || codec === 'LZO' || (codec === 'ZSTD' && !nativeZstd))
    throw unsupported(`writing Parquet with codec ${name}`);
  return found;
}

/** Writes one Parquet file, row groups as rows come in. Blocking. Spark: `ParquetOutputWriter`. */
export class ParquetFileWriter {
  rows = 0;
  readonly #writer: ParquetWriter;
  readonly #columns: Value[][];
  readonly #convert: ((value: Value) => unknown)[];
  readonly #output: { readonly offset: number };

  constructor(
    readonly path: string,
    readonly schema: StructType,
    options: { readonly compression?: string | undefined } = {},
  ) {
    const { codec } = codecOf(options.compression ?? 'snappy');
    const stored = asNullable(withoutCharVarchar(schema)) as StructType;
    const elements = parquetElements(schema);
    const output = fileWriter(path);
    this.#output = output;
    this.#writer = new ParquetWriter({
      writer: output,
      schema: elements,
      codec,
      compressors: {
        GZIP: (bytes) => zlib.gzipSync(bytes),
        BROTLI: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }),
        ...(nativeZstd && { ZSTD: nativeZstd }),
      },
      kvMetadata: [{ key: SPARK_METADATA_KEY, value: schemaToJson(stored) }],
      createdBy: 'memoframe',
    });
    this.#columns = schema.fields.map(() => []);
    this.#convert = schema.fields.map((f) => writable(f.dataType));
  }

  write(row: RowValues): void {
    for (let c = 0; c < this.#columns.length; c++) (this.#columns[c] as Value[]).push(row[c] ?? null);
    this.rows++;
    if (this.rows % ROW_GROUP_ROWS === 0) this.#flush();
  }

  /** Ends the file. @returns its size in bytes */
  finish(): number {
    this.#flush();
    this.#writer.finish();
    return this.#output.offset;
  }

  #flush(): void {
    const rows = this.#columns[0]?.length ?? 0;
    if (rows === 0) return;
    this.#writer.write({
      rowGroupSize: rows,
      columnData: this.schema.fields.map((field, c) => {
        const column = this.#columns[c] as Value[];
        const { kind } = field.dataType;
        return {
          name: field.name,
          data: column.map(this.#convert[c] as (value: Value) => unknown),
          columnIndex: true,
          // The library's dictionaries take −0.0 and 0.0 for one value; parquetjs-lite misreads run-length booleans.
          ...((kind === 'float' || kind === 'double' || kind === 'boolean') && { encoding: 'PLAIN' as const }),
          // …and nested leaves share the setting of their column.
          ...((kind === 'array' || kind === 'map' || kind === 'struct') && {
            encoding: 'PLAIN' as const,
            columnIndex: false,
          }),
        };
      }),
    });
    for (const column of this.#columns) column.length = 0;
  }
}

/** Writes rows to one file. @returns rows and bytes written */
export function writeParquetFile(
  path: string,
  schema: StructType,
  rows: Iterable<RowValues>,
  options: { readonly compression?: string | undefined } = {},
): { rows: number; bytes: number } {
  const writer = new ParquetFileWriter(path, schema, options);
  for (const row of rows) writer.write(row);
  return { bytes: writer.finish(), rows: writer.rows };
}
