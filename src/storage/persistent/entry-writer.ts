import { join } from 'node:path';
import { runtimeError } from '../../errors/index.js';
import { crc32 } from '../column/crc32.js';
import type { PersistentFiles } from './files.js';
import { type BlockRecord, blockFileName, encodeManifest, MANIFEST_NAME, type Manifest } from './manifest.js';

/** What a block is made of, besides its bytes. */
export type BlockFacts = Pick<BlockRecord, 'rows' | 'sparkSize'>;

/** All of a manifest that is known before the first block is written. */
export type ManifestHead = Omit<Manifest, 'blocks' | 'createdAt'>;

/** An entry on its way: block after block into a temporary folder, which takes its name when all are there. */
export class EntryWriter {
  readonly #blocks = new Map<number, BlockRecord>();
  #made = false;
  #bytes = 0;
  #over = false;
  /** One file after another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    /** The temporary folder. */
    readonly path: string,
    readonly head: ManifestHead,
    readonly numPartitions: number,
    /** Bytes that the entry may take. */
    readonly maxBytes: number,
    private readonly files: PersistentFiles,
  ) {}

  has(partition: number): boolean {
    return this.#blocks.has(partition);
  }
  get isComplete(): boolean {
    return this.#blocks.size === this.numPartitions;
  }
  get sizeInBytes(): number {
    return this.#bytes;
  }
  /** Given up, or under its name. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Writes a partition unless it is there. After a failure the writer is over and nothing is left.
   * @throws what the file system says; PERSISTENT_ENTRY_TOO_LARGE */
  write(partition: number, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, facts: BlockFacts): Promise<void> {
    return this.#serially(async () => {
      if (this.#over || this.has(partition)) return;
      if (!this.#made) await this.files.makeDirectory(this.path);
      this.#made = true;
      let sum = 0;
      const bytes = await this.files.write(
        join(this.path, blockFileName(partition)),
        this.#measured(chunks, (chunk) => {
          sum = crc32(chunk, sum);
        }),
      );
      this.#blocks.set(partition, { ...facts, bytes, crc32: sum });
    });
  }

  /** The bytes as they pass. */
  async *#measured(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    see: (chunk: Uint8Array) => void,
  ): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#bytes += chunk.length;
      if (this.#bytes > this.maxBytes)
        throw runtimeError('PERSISTENT_ENTRY_TOO_LARGE', { maxBytes: String(this.maxBytes) });
      see(chunk);
      yield chunk;
    }
  }

  /** Writes the manifest and hands the whole folder to `publish`, which renames it. */
  commit(publish: (path: string, manifest: Manifest) => Promise<boolean>): Promise<Manifest | undefined> {
    return this.#serially(async () => {
      if (this.#over || !this.isComplete) return undefined;
      if (!this.#made) await this.files.makeDirectory(this.path);
      const blocks = Array.from({ length: this.numPartitions }, (_, p) => this.#blocks.get(p) as BlockRecord);
      const manifest: Manifest = { ...this.head, createdAt: new Date().toISOString(), blocks };
      await this.files.write(join(this.path, MANIFEST_NAME), [Buffer.from(encodeManifest(manifest))]);
      await this.files.syncDirectory(this.path);
      this.#over = true;
      if (await publish(this.path, manifest)) return manifest;
      await this.files.remove(this.path);
      return undefined;
    });
  }

  /** Takes away what was written. */
  async abandon(): Promise<void> {
    this.#over = true;
    const remove = () => this.files.remove(this.path).catch(() => undefined);
    await this.#last.then(remove, remove);
  }

  #serially<R>(work: () => Promise<R>): Promise<R> {
    const run = this.#last.then(work, work).catch(async (error: unknown) => {
      this.#over = true;
      await this.files.remove(this.path).catch(() => undefined);
      throw error;
    });
    this.#last = run.catch(() => undefined);
    return run;
  }
}
