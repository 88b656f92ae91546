import { statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { readFailure } from './file-errors.js';

/** Where bytes of one file come from, counted: a cache hit must read none. */
export interface ByteSource {
  readonly path: string;
  /** Bytes read so far. */
  readonly bytesRead: number;
  /** Fills `into` from `position`. @throws FAILED_READ_FILE.* if the file is shorter or cannot be read */
  read(into: Uint8Array, position: number): Promise<void>;
  close(): Promise<void>;
}

/** Bytes of a file. @throws FAILED_READ_FILE.* */
export function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw readFailure(path, error);
  }
}

/** A local file. Opened by the first read. */
export class CountingSource implements ByteSource {
  bytesRead = 0;
  #handle: Promise<FileHandle> | undefined;

  constructor(
    readonly path: string,
    /** What the file was when its footer was read; another size or time fails the read. */
    readonly expected?: { readonly size: number; readonly mtimeMs: number },
  ) {}

  async read(into: Uint8Array, position: number): Promise<void> {
    try {
      const handle = await (this.#handle ??= this.#open());
      for (let done = 0; done < into.length; ) {
        const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
        if (bytesRead === 0) throw new RangeError('file ended early');
        done += bytesRead;
      }
      this.bytesRead += into.length;
    } catch (error) {
      throw readFailure(this.path, error);
    }
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.path, 'r');
    if (this.expected) {
      const { size, mtimeMs } = await handle.stat();
      if (size !== this.expected.size || mtimeMs !== this.expected.mtimeMs) {
        await handle.close();
        throw new RangeError('file changed since its footer was read');
      }
    }
    return handle;
  }

  async close(): Promise<void> {
    const handle = await this.#handle?.catch(() => undefined);
    this.#handle = undefined;
    await handle?.close();
  }
}
