import type { KernelModules } from '../../kernels/index.js';
import type { ArenaHandle } from '../../storage/memory/arena.js';
import type { EncodedError } from '../pipelines/codec.js';
import type { JobResult } from '../pipelines/fragment.js';

/** What a worker is started with. */
export interface WorkerData {
  readonly arena: ArenaHandle;
  readonly kernels: KernelModules;
  /** Owner of the slabs that the worker holds between jobs. */
  readonly owner: number;
}

export type ToWorker = { readonly kind: 'job'; readonly id: number; readonly job: unknown };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly result: JobResult }
  | { readonly kind: 'failed'; readonly id: number; readonly error: EncodedError };
