import type { StructType } from '../../types/index.js';
import type { BlockContext } from '../block/context.js';
import type { PublishedBlock } from '../block/publish.js';
import { decodeBlock, encodeBlock } from './block-format.js';
import type { StoredEntry } from './entry.js';
import type { EntryWriter, ManifestHead } from './entry-writer.js';
import type { PersistentFolder } from './persistent-folder.js';

export interface PersistentBlocksOptions {
  readonly folder: PersistentFolder;
  readonly head: ManifestHead;
  readonly numPartitions: number;
  readonly schema: StructType;
  /** Whether the sources are still as the entry says. */
  readonly isCurrent: (entry: StoredEntry) => boolean;
  /** Comes before the first block is computed: waits until a later change of the sources would be seen. */
  readonly settle: () => Promise<void>;
  /** Asked when all blocks are there: why they must not be kept, if so. */
  readonly refuse: () => string | undefined;
  /** An entry was found, or is stored now. */
  readonly onEntry?: (what: 'found' | 'stored', entry: StoredEntry) => void;
}

/** A stored block that is made ready to be read. */
export interface LoadedBlock {
  readonly block: PublishedBlock;
  /** Bytes of its file. */
  readonly bytes: number;
}

/** Thrown where the entry behind blocks was lost while they were read. */
export const ENTRY_LOST = Symbol('the persistent entry was lost');

/** Files are decoded whole: so many at a time. */
const MOST_LOADS = 4;
/** Sources are looked at no more often than this, milliseconds. */
const CHECK_INTERVAL = 50;

/** The side of one cached relation that outlives the process: reads its blocks where an entry was found, and otherwise writes
 * them as they are computed. Failures cost the entry, never the query. */
export class PersistentBlocks {
  #entry: StoredEntry | undefined;
  #isFound: boolean;
  #writer: EntryWriter | undefined;
  #off: string | undefined;
  #settled: Promise<void> | undefined;
  #losses = 0;
  #checked = Number.NEGATIVE_INFINITY;
  #loading = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(readonly options: PersistentBlocksOptions) {
    const { folder, head, numPartitions, onEntry } = options;
    const found = folder.find(head.planKey, head.variantKey);
    if (found?.manifest.blocks.length === numPartitions) this.#entry = found;
    this.#isFound = this.#entry !== undefined;
    if (this.#entry) onEntry?.('found', this.#entry);
  }

  /** The entry that holds the blocks; undefined until all are written. */
  get entry(): StoredEntry | undefined {
    return this.#entry;
  }

  /** For plans: `persistent: found`, `persistent: stored`, `persistent: not stored yet`, or why not. */
  get note(): string {
    if (this.#off !== undefined) return `persistent: no (${this.#off})`;
    if (!this.#entry) return 'persistent: not stored yet';
    return `persistent: ${this.#isFound ? 'found' : 'stored'}`;
  }

  /** How often an entry that was there turned out to be gone or damaged. Then all blocks are to be computed: those that were
   * loaded before may be of another state of the sources. */
  get losses(): number {
    return this.#losses;
  }

  /** A partition from the entry; undefined where there is none, or it was lost just now.
   * @throws UNABLE_TO_ACQUIRE_MEMORY */
  async load(partition: number, context: BlockContext, owner: number): Promise<LoadedBlock | undefined> {
    if (this.#entry && !this.#isCurrent(this.#entry)) {
      this.#lose(this.#entry, true);
      // The key is that of the sources as they were.
      this.#off ??= 'its files have changed';
    }
    const entry = this.#entry;
    if (!entry) return undefined;
    while (this.#loading >= MOST_LOADS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#loading++;
    try {
      const bytes = await entry.read(partition);
      const path = entry.blockPath(partition);
      return { block: await decodeBlock(context, owner, bytes, path, this.options.schema), bytes: bytes.length };
    } catch (error) {
      context.arena.releaseAll(owner);
      const { condition, code, message } = error as { condition?: string; code?: string; message: string };
      if (condition === 'UNABLE_TO_ACQUIRE_MEMORY') throw error;
      // Taken away by another process: nothing is wrong.
      const isGone = code === 'ENOENT';
      if (!isGone) this.options.folder.warnOnce(`The persistent cache entry ${entry.path} is not used: ${message}`);
      this.#lose(entry, !isGone);
      return undefined;
    } finally {
      this.#loading--;
      this.#waiting.shift()?.();
    }
  }

  /** Blocks that are computed later than the entry was made are computed from the files of now. */
  #isCurrent(entry: StoredEntry): boolean {
    const now = performance.now();
    if (now - this.#checked < CHECK_INTERVAL) return true;
    this.#checked = now;
    return this.options.isCurrent(entry);
  }

  #lose(entry: StoredEntry, drop: boolean): void {
    if (drop) this.options.folder.drop(entry.path);
    if (this.#entry !== entry) return;
    this.#entry = undefined;
    this.#losses++;
  }

  /** To be awaited before blocks are computed. */
  settled(): Promise<void> {
    if (this.#entry || this.#off !== undefined) return Promise.resolve();
    this.#settled ??= this.options.settle();
    return this.#settled;
  }

  /** Whether a computed partition is wanted. */
  wants(partition: number): boolean {
    return !this.#entry && this.#off === undefined && !this.#writer?.has(partition);
  }

  /** Writes a computed partition; the block at `address` is pinned. With the last one the entry is there. */
  async save(
    partition: number,
    context: BlockContext,
    block: { readonly address: number; readonly rows: number; readonly sparkSize: number },
  ): Promise<void> {
    if (!this.wants(partition)) return;
    const { folder, head, numPartitions, schema, refuse, onEntry } = this.options;
    const writer = (this.#writer ??= folder.begin(head, numPartitions));
    if (!writer) {
      this.#off = 'the folder is not to be trusted';
      return;
    }
    try {
      const { rows, sparkSize } = block;
      await writer.write(partition, encodeBlock(context, block.address, schema), { rows, sparkSize });
      if (!writer.isComplete || writer.isOver || this.#off !== undefined) return;
      const why = refuse();
      if (why !== undefined) {
        await this.#giveUp(why);
        return;
      }
      const stored = await folder.commit(writer);
      this.#writer = undefined;
      if (!stored) return;
      if (this.#off !== undefined) {
        // Uncached while it was written.
        folder.drop(stored.path);
        return;
      }
      this.#entry = stored;
      this.#isFound = false;
      onEntry?.('stored', stored);
    } catch (error) {
      await this.#giveUp((error as Error).message);
    }
  }

  /** Not kept for the rest of the relation's life. */
  async #giveUp(why: string): Promise<void> {
    const { folder, head } = this.options;
    if (this.#off === undefined)
      folder.warnOnce(
        `The result${head.tableName === undefined ? '' : ` ${head.tableName}`} is not kept in the persistent cache: ${why}`,
      );
    this.#off ??= why;
    await this.#end();
  }

  async #end(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    if (writer) await this.options.folder.abandon(writer);
  }

  /** The relation is planned anew: what is not whole is given up, a stored entry stays. */
  release(): void {
    this.#off ??= 'planned anew';
    void this.#end();
  }

  /** The relation is unpersisted: the entry goes, too. */
  forget(): void {
    const entry = this.#entry;
    this.#entry = undefined;
    this.#off ??= 'unpersisted';
    if (entry) this.options.folder.drop(entry.path);
    void this.#end();
  }
}
