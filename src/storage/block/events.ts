import type { RddBlockId } from './block-id.js';
import type { BlockStatus } from './block-status.js';

/** What happens to blocks. `status` is the state afterwards. */
export interface BlockEventMap {
  /** Stored for the first time, in memory or on disk. */
  readonly put: { readonly id: RddBlockId; readonly status: BlockStatus };
  /** A copy of another executor's block was stored here. */
  readonly replicated: { readonly id: RddBlockId; readonly status: BlockStatus };
  /** Left memory under pressure; `spilled`: a copy is on disk. */
  readonly evicted: { readonly id: RddBlockId; readonly status: BlockStatus; readonly spilled: boolean };
  /** Written to disk, at put or at eviction. */
  readonly spilled: { readonly id: RddBlockId; readonly diskSize: number };
  /** Read from disk; `inMemory`: it stays in memory from now on. */
  readonly readBack: { readonly id: RddBlockId; readonly diskSize: number; readonly inMemory: boolean };
  /** Read from disk back into memory. */
  readonly restored: { readonly id: RddBlockId; readonly status: BlockStatus };
  /** Gone: unpersisted, or evicted without a copy on disk, or its file was damaged. */
  readonly dropped: { readonly id: RddBlockId; readonly reason: 'removed' | 'evicted' | 'damaged' };
  /** What Spark would log, by its logger's name. */
  readonly log: {
    readonly severity: 'INFO' | 'WARN';
    readonly logger: 'BlockManager' | 'MemoryStore' | 'DiskStore';
    readonly message: string;
  };
}

export type BlockEventName = keyof BlockEventMap;
type Listener<N extends BlockEventName> = (event: BlockEventMap[N]) => void;

/** A typed event emitter. Listeners run at once, in order of subscription. */
export class BlockEvents {
  readonly #listeners = new Map<BlockEventName, Set<(event: never) => void>>();

  /** @returns a function that ends the subscription */
  on<N extends BlockEventName>(name: N, listener: Listener<N>): () => void {
    let set = this.#listeners.get(name);
    if (!set) this.#listeners.set(name, (set = new Set()));
    set.add(listener);
    return () => set.delete(listener);
  }

  emit<N extends BlockEventName>(name: N, event: BlockEventMap[N]): void {
    for (const listener of this.#listeners.get(name) ?? []) (listener as Listener<N>)(event);
  }
}
