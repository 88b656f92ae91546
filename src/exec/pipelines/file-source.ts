import { unsupported } from '../../errors/index.js';
import type { Morsel } from '../../storage/column/vector.js';
import type { FileSplit } from '../operators/spec.js';
import type { SourceSpec } from './fragment.js';
import type { TaskContext } from './task-context.js';

/** Rows of text-like files. */
export function fileMorsels(
  scan: Extract<SourceSpec, { op: 'scanFile' }>,
  _splits: readonly FileSplit[],
  _ctx: TaskContext,
): AsyncIterable<Morsel> {
  throw unsupported(`reading ${scan.format} files`);
}
