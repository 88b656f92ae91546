import type { StructType } from '../../types/index.js';
import type { BlockContext } from '../block/context.js';
import { decodeIpcBlock, ipcBlockChunks } from '../block/ipc-block.js';
import type { PublishedBlock } from '../block/publish.js';

/** The bytes of a persistent block: an Arrow IPC file, so that other programs can read what was kept. The block at `address`
 * stays pinned meanwhile. */
export function encodeBlock(
  context: BlockContext,
  address: number,
  schema: StructType,
): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return ipcBlockChunks({ context, address, schema });
}

/** The block in a file's bytes, in an extent whose slabs belong to `owner`.
 * @throws BLOCK_DAMAGED, UNABLE_TO_ACQUIRE_MEMORY */
export function decodeBlock(
  context: BlockContext,
  owner: number,
  bytes: Uint8Array,
  path: string,
  schema: StructType,
): Promise<PublishedBlock> {
  return decodeIpcBlock(bytes, path, { context, owner, types: schema.fields.map((f) => f.dataType) });
}
