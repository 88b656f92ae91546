import type { RecordBatch, RecordBatchFileWriter, Schema } from 'apache-arrow';
import { internalError, runtimeError } from '../../errors/index.js';
import {
  ArrayType,
  type DataType,
  INT,
  MapType,
  STRING,
  StructField,
  StructType,
  sameType,
} from '../../types/index.js';
import type { Arena } from '../memory/arena.js';
import type { Region } from '../memory/region.js';
import { arrowSchema, fromRecordBatch, schemaFromArrow } from './arrow.js';
import { type ArrowModule, loadArrow } from './arrow-module.js';
import { vectorData } from './arrow-write.js';
import type { Batch } from './batch.js';
import { crc32 } from './crc32.js';
import type { Vector } from './vector.js';

/** Key of the checksum in the metadata of the footer's schema: `crc32=` and eight hexadecimal digits, the CRC-32 of the whole
 * file with those digits as zeros. */
export const CHECKSUM_KEY = 'memoframe.checksum';
const MARK = 'memoframe crc32=';
const DIGITS = 8;
const ZEROS = '0'.repeat(DIGITS);

/** The types that values have in the file. Year-month intervals are their months: other programs (pyarrow) have no values for
 * Arrow's own type. The rest has the type that Spark gives it (`ArrowUtils.toArrowType`); timestamps are in UTC. */
export function fileType(type: DataType): DataType {
  switch (type.kind) {
    case 'ym_interval':
      return INT;
    case 'char':
    case 'varchar':
      return STRING;
    case 'array':
      return new ArrayType(fileType(type.elementType), type.containsNull);
    case 'map':
      return new MapType(fileType(type.keyType), fileType(type.valueType), type.valueContainsNull);
    case 'struct':
      return fileSchema(type);
    default:
      return type;
  }
}

function fileSchema(schema: StructType): StructType {
  return new StructType(schema.fields.map((f) => new StructField(f.name, fileType(f.dataType), f.nullable)));
}

/** A join's columns may share a name, which the package takes for one column: later ones are numbered. */
function distinctNames(schema: StructType): StructType {
  const taken = new Set(schema.fields.map((f) => f.name));
  const seen = new Set<string>();
  return new StructType(
    schema.fields.map((f) => {
      let { name } = f;
      if (seen.has(name)) for (let i = 2; taken.has(name); i++) name = `${f.name}#${i}`;
      taken.add(name);
      seen.add(name);
      return new StructField(name, f.dataType, f.nullable);
    }),
  );
}

/** Makes an Arrow IPC file piece by piece: `add` and `finish` give the bytes to append. */
export class IpcFileWriter {
  #pieces: Uint8Array[] = [];
  #crc = 0;
  readonly #types: readonly DataType[];
  readonly #schema: Schema;
  readonly #writer: CountingWriter;
  #added = 0;

  private constructor(
    readonly arrow: ArrowModule,
    schema: StructType,
    metadata: ReadonlyMap<string, string>,
  ) {
    const file = distinctNames(fileSchema(schema));
    this.#types = file.fields.map((f) => f.dataType);
    const { fields } = arrowSchema(arrow, file, 'UTC');
    this.#schema = new arrow.Schema(fields, new Map(metadata));
    const queue = new arrow.AsyncByteQueue();
    queue.write = (piece) => {
      this.#pieces.push(piece as Uint8Array);
    };
    this.#writer = new (checksummed(arrow))();
    this.#writer.reset(queue, this.#schema);
  }

  /** @param metadata of the schema, for whoever reads the file */
  static async create(schema: StructType, metadata: ReadonlyMap<string, string> = new Map()): Promise<IpcFileWriter> {
    return new IpcFileWriter(await loadArrow(), schema, metadata);
  }

  /** A record batch of `rows` rows. Columns are asked for and copied one after another: they may share memory. */
  add(arena: Arena, rows: number, column: (index: number) => Vector): Uint8Array {
    const { arrow } = this;
    const all = { selection: 0, selected: rows };
    const children = this.#types.map((type, i) =>
      vectorData(arrow, arena, { ...column(i), type }, all, this.#schema.fields[i]!.type),
    );
    const struct = new arrow.Struct(this.#schema.fields);
    const data = arrow.makeData({ type: struct, length: rows, nullCount: 0, children });
    this.#writer.write(new arrow.RecordBatch(this.#schema, data));
    this.#added++;
    return this.#take();
  }

  /** The end of the file, checksum included. */
  finish(): Uint8Array {
    this.#writer.finish();
    const bytes = Buffer.concat(this.#pieces);
    const at = bytes.lastIndexOf(MARK + ZEROS);
    // It ends by itself where a batch's schema seems to be another.
    if (at < 0 || this.#writer.listed !== this.#added)
      throw internalError('the writer of an Arrow file ended before its last batch');
    const sum = crc32(bytes, this.#crc).toString(16).padStart(DIGITS, '0');
    bytes.write(sum, at + MARK.length, 'latin1');
    return bytes;
  }

  #take(): Uint8Array {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#crc = crc32(bytes, this.#crc);
    return bytes;
  }
}

/** A writer that knows how many batches its footer lists. */
type CountingWriter = RecordBatchFileWriter & { readonly listed: number };
let writerClass: (new () => CountingWriter) | undefined;

/** A writer whose footer has room for the checksum; the class exists only once the package is loaded. */
function checksummed(arrow: ArrowModule): new () => CountingWriter {
  writerClass ??= class extends arrow.RecordBatchFileWriter {
    listed = 0;
    protected override _writeFooter(schema: Schema) {
      this.listed = this._recordBatchBlocks.length;
      const metadata = new Map(schema.metadata).set(CHECKSUM_KEY, MARK + ZEROS);
      return super._writeFooter(new arrow.Schema(schema.fields, metadata));
    }
  };
  return writerClass;
}

/** Whether every byte of an Arrow IPC file of ours is as it was written. */
export function isIntact(file: Uint8Array): boolean {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const found = bytes.lastIndexOf(MARK);
  if (found < 0) return false;
  const at = found + MARK.length;
  const sum = bytes.toString('latin1', at, at + DIGITS);
  const before = crc32(bytes.subarray(0, at));
  const zeros = crc32(Buffer.from(ZEROS, 'latin1'), before);
  return (
    crc32(bytes.subarray(at + DIGITS), zeros)
      .toString(16)
      .padStart(DIGITS, '0') === sum
  );
}

/** A file's record batches, to be copied into the arena one after another. */
export interface IpcFile {
  readonly metadata: ReadonlyMap<string, string>;
  /** Rows of each batch. */
  readonly batchRows: readonly number[];
  /** @param index of the batch */
  read(index: number, region: Region): Batch;
}

/** Opens a file that is held in memory. `types` are those it was written with.
 * @throws BLOCK_DAMAGED where the checksum or the types differ */
export async function openIpcFile(file: Uint8Array, types: readonly DataType[], path: string): Promise<IpcFile> {
  if (!isIntact(file)) throw runtimeError('BLOCK_DAMAGED', { path });
  const arrow = await loadArrow();
  const stored = types.map(fileType);
  const reader = arrow.RecordBatchReader.from(file).open();
  const { schema } = reader;
  // Without batches the package makes one up.
  const batches: RecordBatch[] = [...reader].filter((b) => b.numRows > 0);
  const found = schemaFromArrow(schema).fields.map((f) => f.dataType);
  if (found.length !== stored.length || !stored.every((t, i) => sameType(t, found[i]!)))
    throw runtimeError('BLOCK_DAMAGED', { path });
  return {
    metadata: schema.metadata,
    batchRows: batches.map((b) => b.numRows),
    read(index, region) {
      const batch = fromRecordBatch(batches[index]!, stored, region);
      return { ...batch, columns: batch.columns.map((c, i) => ({ ...c, type: types[i]! })) };
    },
  };
}
