import { internalError } from '../../errors/index.js';
import type { BoundAggregate } from '../../eval/bound.js';
import type { AggregateFunctionDef, CallContext } from '../../eval/function.js';
import { lookupAggregate } from '../../eval/registry.js';
import { buildVector } from '../../storage/column/build.js';
import { ColumnReader } from '../../storage/column/read.js';
import type { Vector } from '../../storage/column/vector.js';
import type { Region } from '../../storage/memory/region.js';
import type { Value } from '../../types/index.js';
import type { TaskContext } from '../pipelines/task-context.js';
import type { Accumulator, AccumulatorEnv } from './accumulator.js';

/** An aggregate without a kernel: its scalar definition, a row at a time, state in this thread's heap (so it cannot be
 * merged across threads). */
export class RowAccumulator implements Accumulator {
  readonly arrays: readonly number[] = [];
  readonly #states: unknown[] = [];
  readonly #definition: AggregateFunctionDef;
  readonly #context: CallContext;
  readonly #readers: readonly ColumnReader[];

  constructor(
    readonly env: AccumulatorEnv,
    readonly call: BoundAggregate,
    ctx: TaskContext,
  ) {
    const definition = lookupAggregate(call.fn);
    if (!definition) throw internalError(`no aggregate function ${call.fn}`);
    this.#definition = definition;
    this.#context = {
      argTypes: call.args.map((a) => a.type),
      returnType: call.type,
      mode: call.mode,
      timeZone: call.timeZone,
      partitionIndex: ctx.partitionIndex,
      state: new Map(),
    };
    this.#readers = call.args.map((a) => new ColumnReader(ctx.arena, a.type));
  }

  ensure(groups: number): void {
    while (this.#states.length < groups) this.#states.push(this.#definition.create(this.#context));
  }

  update(args: readonly Vector[], selection: number, gids: number, n: number): void {
    const { u32 } = this.env.region.arena;
    const readers = args.map((v, i) => this.#readers[i]!.bind(v));
    for (let s = 0; s < n; s++) {
      const row = selection === 0 ? s : u32[(selection >>> 2) + s]!;
      const values: Value[] = new Array(readers.length);
      for (let i = 0; i < readers.length; i++) values[i] = readers[i]!(row);
      const g = u32[(gids >>> 2) + s]!;
      this.#states[g] = this.#definition.update(this.#states[g], values, this.#context);
    }
  }

  merge(): void {
    throw internalError(`state of ${this.call.fn} stays on its thread`);
  }

  finish(groups: number, region: Region): Vector {
    const values = this.#states.slice(0, groups).map((s) => this.#definition.finish(s, this.#context));
    return buildVector(values, this.call.type, region);
  }
}
