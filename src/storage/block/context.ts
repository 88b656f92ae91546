import type { Kernels } from '../../kernels/index.js';
import type { Arena } from '../memory/arena.js';

/** What block code of one thread works with: the arena and kernels bound to its memory. */
export interface BlockContext {
  readonly arena: Arena;
  readonly kernels: Kernels;
}
