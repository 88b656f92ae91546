import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';

/** The file operations that change a persistent folder, or take long; tests pass failing ones. */
export interface PersistentFiles {
  /** Makes a directory that only this user may look into, parents included. No error where it is there. */
  makeDirectory(path: string): Promise<void>;
  /** Writes a new file and waits until it is on the disk. @returns its bytes */
  write(path: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number>;
  read(path: string): Promise<Uint8Array>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a directory with all that is in it; no error where it is missing. */
  remove(path: string): Promise<void>;
  /** Waits until the names in a directory are on the disk. */
  syncDirectory(path: string): Promise<void>;
}

export const nodePersistentFiles: PersistentFiles = {
  async makeDirectory(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  async write(path, chunks) {
    const file = await open(path, 'wx', 0o600);
    let bytes = 0;
    try {
      for await (const chunk of chunks) {
        await file.writeFile(chunk);
        bytes += chunk.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    return bytes;
  },
  read: (path) => readFile(path),
  rename,
  async remove(path) {
    await rm(path, { recursive: true, force: true });
  },
  async syncDirectory(path) {
    // Windows cannot open directories.
    if (process.platform === 'win32') return;
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};
