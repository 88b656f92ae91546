import type { RddBlockId } from './block-id.js';

/** A block held for reading: its extent stays where it is until `release`, also when the block is evicted or unpersisted. */
export interface BlockPin {
  readonly id: RddBlockId;
  /** Where `Block.open` finds it, in any thread. */
  readonly address: number;
  readonly byteLength: number;
  readonly rows: number;
  readonly sparkSize: number;
  /** Once or more often; only the first call counts. */
  release(): void;
}
