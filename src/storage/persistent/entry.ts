import { join } from 'node:path';
import { runtimeError } from '../../errors/index.js';
import { crc32 } from '../column/crc32.js';
import type { PersistentFiles } from './files.js';
import { blockFileName, type Manifest } from './manifest.js';

/** A whole entry of a persistent folder. Its files never change; another process may take them away at any time. */
export class StoredEntry {
  constructor(
    readonly path: string,
    readonly manifest: Manifest,
    private readonly files: PersistentFiles,
  ) {}

  get sizeInBytes(): number {
    return this.manifest.blocks.reduce((sum, b) => sum + b.bytes, 0);
  }
  get rows(): number {
    return this.manifest.blocks.reduce((sum, b) => sum + b.rows, 0);
  }

  blockPath(partition: number): string {
    return join(this.path, blockFileName(partition));
  }

  /** A partition's file, checked against the manifest.
   * @throws BLOCK_DAMAGED where a byte differs; what the file system says, ENOENT where the entry is gone */
  async read(partition: number): Promise<Uint8Array> {
    const path = this.blockPath(partition);
    const record = this.manifest.blocks[partition];
    const bytes = await this.files.read(path);
    if (!record || bytes.length !== record.bytes || crc32(bytes) !== record.crc32)
      throw runtimeError('BLOCK_DAMAGED', { path });
    return bytes;
  }
}
