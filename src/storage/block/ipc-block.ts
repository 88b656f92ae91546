import type { DataType, StructType } from '../../types/index.js';
import { type IpcFile, IpcFileWriter, openIpcFile } from '../column/ipc-file.js';
import { Region } from '../memory/region.js';
import { Block } from './block.js';
import { BlockReader } from './block-reader.js';
import type { BlockContext } from './context.js';
import { type BlockFiles, nodeFiles, writeWhole } from './disk-store.js';
import { type PublishedBlock, publishBlock } from './publish.js';

/** A column block in the arena, to be written: the extent at `address` must stay pinned meanwhile. */
export interface IpcBlockSource {
  readonly context: BlockContext;
  readonly address: number;
  /** Names and types of the block's columns. */
  readonly schema: StructType;
  /** Kept in the schema's metadata. */
  readonly metadata?: ReadonlyMap<string, string>;
}

/** Where a block that is read goes: `owner` owns the new extent's slabs until a block store adopts it. */
export interface IpcBlockTarget {
  readonly context: BlockContext;
  readonly owner: number;
  readonly types: readonly DataType[];
}

/** Writes a block as an Arrow IPC file with a checksum, a record batch for each of its batches. The file has its name only
 * when it is whole; after a failure nothing is left. @returns bytes of the file
 * @throws what the file system says; INEXACT_VALUE for intervals beyond Arrow's nanoseconds */
export function writeIpcBlock(path: string, source: IpcBlockSource, files: BlockFiles = nodeFiles): Promise<number> {
  return writeWhole(files, path, ipcBlockChunks(source));
}

/** Reads a block that `writeIpcBlock` has written.
 * @throws BLOCK_DAMAGED where a byte differs or the types are others, UNABLE_TO_ACQUIRE_MEMORY; what the file system says */
export async function readIpcBlock(
  path: string,
  target: IpcBlockTarget,
  files: BlockFiles = nodeFiles,
): Promise<PublishedBlock> {
  return decodeIpcBlock(await files.read(path), path, target);
}

/** The bytes of the file, a piece for each batch. */
export async function* ipcBlockChunks(source: IpcBlockSource): AsyncGenerator<Uint8Array> {
  const { context, address, schema, metadata } = source;
  const { arena } = context;
  const types = schema.fields.map((f) => f.dataType);
  const writer = await IpcFileWriter.create(schema, metadata);
  const block = Block.open(arena, address, types);
  using scratch = new Region(arena, arena.nextId());
  for (let b = 0; b < block.batches; b++) {
    const rows = block.batchRows(b);
    // One column at a time: blocks are written when the arena is full.
    yield writer.add(arena, rows, (column) => {
      scratch.reset();
      const reader = new BlockReader(context, block, [column], scratch, { morselRows: rows });
      return reader.morsel(b, 0, rows).columns[0]!;
    });
  }
  yield writer.finish();
}

/** As `readIpcBlock`, from bytes; `path` is for the message only. */
export async function decodeIpcBlock(file: Uint8Array, path: string, target: IpcBlockTarget): Promise<PublishedBlock> {
  const opened = await openIpcFile(file, target.types, path);
  return publishIpc(opened, target);
}

function publishIpc(file: IpcFile, { context, owner, types }: IpcBlockTarget): PublishedBlock {
  using staging = new Region(context.arena, context.arena.nextId());
  const inputs = file.batchRows.map((rows, b) => {
    const { columns } = file.read(b, staging);
    return { length: rows, columns, selection: 0, selected: rows };
  });
  return publishBlock(context, owner, inputs, types, { batches: file.batchRows });
}
