import { unsupported } from '../../errors/index.js';
import type { Morsel } from '../../storage/column/vector.js';
import type { DataType } from '../../types/index.js';
import type { Slice, SliceOutput } from '../pipelines/fragment.js';
import type { Sink } from '../pipelines/sinks.js';
import type { TaskContext } from '../pipelines/task-context.js';
import type { WindowSpec } from './spec.js';

export class WindowSink implements Sink {
  constructor(
    readonly spec: Omit<WindowSpec, 'child'>,
    readonly types: readonly DataType[],
    readonly ctx: TaskContext,
  ) {}
  startSlice(_slice: Slice): void {}
  push(_morsel: Morsel): void {
    throw unsupported('window functions');
  }
  endSlice(): void {}
  finish(): { outputs: readonly SliceOutput[] } {
    return { outputs: [] };
  }
}
