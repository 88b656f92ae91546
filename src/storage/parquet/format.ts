/** Numbers and shapes of the Parquet format (parquet.thrift), as far as the reader needs them. All of it is plain data. */

export const PHYSICAL = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BINARY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
/** Spark's and parquet-java's names of the physical types. */
export type PhysicalType = (typeof PHYSICAL)[number];

export const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;
export type Codec = (typeof CODECS)[number];

export const ENCODING = {
  PLAIN: 0,
  PLAIN_DICTIONARY: 2,
  RLE: 3,
  BIT_PACKED: 4,
  DELTA_BINARY_PACKED: 5,
  DELTA_LENGTH_BYTE_ARRAY: 6,
  DELTA_BYTE_ARRAY: 7,
  RLE_DICTIONARY: 8,
  BYTE_STREAM_SPLIT: 9,
} as const;

export const PAGE = { DATA: 0, INDEX: 1, DICTIONARY: 2, DATA_V2: 3 } as const;

export type TimeUnit = 'MILLIS' | 'MICROS' | 'NANOS';

/** What a column means beyond its physical type; converted types of old writers are translated to these. */
export type Annotation =
  | { readonly kind: 'string' | 'enum' | 'json' | 'bson' | 'uuid' | 'float16' | 'date' | 'interval' }
  | { readonly kind: 'list' | 'map' | 'mapKeyValue' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'timestamp' | 'time'; readonly unit: TimeUnit; readonly utc: boolean }
  | { readonly kind: 'int'; readonly bits: number; readonly signed: boolean }
  | { readonly kind: 'other'; readonly name: string };

export type Repetition = 'required' | 'optional' | 'repeated';

/** A node of a file's schema tree. */
export interface SchemaNode {
  readonly name: string;
  readonly repetition: Repetition;
  /** Absent for groups. */
  readonly physical?: PhysicalType;
  readonly typeLength: number;
  readonly annotation?: Annotation;
  readonly children: readonly SchemaNode[];
  /** Index of the leaf among all leaves (the order of column chunks), −1 for groups. */
  readonly leaf: number;
  /** Levels of a value that is present at this node. */
  readonly maxDef: number;
  readonly maxRep: number;
}

/** Raw bytes as the file has them: compared by type, never as floating point. */
export interface RawStatistics {
  readonly min?: Uint8Array;
  readonly max?: Uint8Array;
  readonly nullCount?: number;
  /** Set if the bounds come from the deprecated fields, whose order is right only for signed types. */
  readonly deprecated?: true;
}

export interface ChunkMeta {
  readonly codec: Codec;
  readonly numValues: number;
  /** Where the chunk's first page (dictionary or data) starts. */
  readonly offset: number;
  readonly byteLength: number;
  readonly uncompressedByteLength: number;
  readonly statistics?: RawStatistics;
  readonly columnIndex?: readonly [offset: number, byteLength: number];
  readonly offsetIndex?: readonly [offset: number, byteLength: number];
  readonly bloomOffset?: number;
}

export interface RowGroupMeta {
  readonly rows: number;
  /** Number of rows in the row groups before this one. */
  readonly firstRow: number;
  /** By leaf. */
  readonly chunks: readonly ChunkMeta[];
}

/** A file's footer. Structured-clone safe. */
export interface ParquetFile {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly numRows: number;
  readonly createdBy: string;
  readonly keyValue: Readonly<Record<string, string>>;
  readonly schema: SchemaNode;
  readonly leaves: readonly SchemaNode[];
  readonly rowGroups: readonly RowGroupMeta[];
  /** Footer bytes, the cost of keeping it. */
  readonly footerBytes: number;
}
