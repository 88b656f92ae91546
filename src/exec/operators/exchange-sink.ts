import { unsupported } from '../../errors/index.js';
import type { BoundExpr } from '../../eval/bound.js';
import type { Morsel } from '../../storage/column/vector.js';
import { type DataType, INT } from '../../types/index.js';
import { BatchCollector } from '../pipelines/batch-collector.js';
import { type VectorProgram, vectorProgram } from '../pipelines/expressions.js';
import type { SinkSpec, Slice, SliceOutput } from '../pipelines/fragment.js';
import type { Sink } from '../pipelines/sinks.js';
import type { TaskContext } from '../pipelines/task-context.js';

type ExchangeSinkSpec = Extract<SinkSpec, { kind: 'exchange' }>;

/** Spark's seed for `Murmur3Hash`. */
const HASH = 'hash';

/** Distributes rows over partitions: by Spark's hash of expressions, round robin, or all to one. Order within a target:
 * by slice, then row. */
export class ExchangeSink implements Sink {
  readonly #outputs: SliceOutput[] = [];
  readonly #target: VectorProgram | undefined;
  #collectors: (BatchCollector | undefined)[] = [];
  #slice: Slice | undefined;
  #position = 0;

  constructor(
    readonly spec: ExchangeSinkSpec,
    readonly types: readonly DataType[],
    readonly ctx: TaskContext,
  ) {
    const { partitioning } = spec;
    if (partitioning.kind === 'hash') {
      const hash: BoundExpr = {
        k: 'call',
        fn: HASH,
        args: partitioning.exprs,
        type: INT,
        mode: 'ANSI',
        timeZone: 'UTC',
      };
      this.#target = vectorProgram([hash], types, ctx);
    } else if (partitioning.kind === 'range') throw unsupported('range exchange in a task');
  }

  startSlice(slice: Slice): void {
    this.#slice = slice;
    this.#position = slice.index;
    this.#collectors = [];
  }

  push(morsel: Morsel): void {
    const { selected, selection } = morsel;
    if (selected === 0) return;
    const parts = this.spec.partitions;
    if (parts === 1) {
      this.#collector(0).append(morsel);
      return;
    }
    const { u32, i32 } = this.ctx.arena;
    const targets = new Uint32Array(selected);
    const counts = new Uint32Array(parts + 1);
    const hashes = this.#target ? this.#target.run(morsel)[0]!.data >>> 2 : 0;
    for (let s = 0; s < selected; s++) {
      const row = selection === 0 ? s : u32[(selection >>> 2) + s]!;
      let target: number;
      if (hashes !== 0) {
        target = i32[hashes + row]! % parts;
        if (target < 0) target += parts;
      } else target = this.#position++ % parts;
      targets[s] = target;
      counts[target + 1]!++;
    }
    for (let p = 0; p < parts; p++) counts[p + 1]! += counts[p]!;
    const starts = counts.slice();
    const rows = this.ctx.scratch.alloc(selected * 4);
    for (let s = 0; s < selected; s++) {
      const at = starts[targets[s]!]!++;
      u32[(rows >>> 2) + at] = selection === 0 ? s : u32[(selection >>> 2) + s]!;
    }
    for (let p = 0; p < parts; p++) {
      const n = counts[p + 1]! - counts[p]!;
      if (n > 0)
        this.#collector(p).append({
          length: morsel.length,
          columns: morsel.columns,
          selection: rows + counts[p]! * 4,
          selected: n,
        });
    }
  }

  #collector(target: number): BatchCollector {
    const { kernels, keep } = this.ctx;
    const first = this.spec.partitions > 16 ? 256 : 4096;
    return (this.#collectors[target] ??= new BatchCollector(kernels, keep, this.types, first));
  }

  endSlice(): void {
    const { partition, order } = this.#slice!;
    this.#collectors.forEach((c, target) => {
      if (c) this.#outputs.push({ partition, order, target, batches: c.finish(), rows: c.rows });
    });
  }

  finish(): { outputs: readonly SliceOutput[] } {
    return { outputs: this.#outputs };
  }
}
