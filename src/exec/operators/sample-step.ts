import type { Morsel } from '../../storage/column/vector.js';
import type { TaskContext } from '../pipelines/task-context.js';
import { XorShiftRandom } from './xor-shift-random.js';

/** Bernoulli sampling with one random stream per partition. Spark: `BernoulliCellSampler`. */
export function sampleStep(
  step: { readonly id: number; readonly lowerBound: number; readonly upperBound: number; readonly seed: bigint },
  ctx: TaskContext,
  next: (morsel: Morsel) => void,
): (morsel: Morsel) => void {
  let random: XorShiftRandom | undefined;
  const rows = ctx.counter(step.id, 'numOutputRows');
  return (morsel) => {
    random ??= new XorShiftRandom(step.seed + BigInt(ctx.partitionIndex));
    const { u32 } = ctx.arena;
    const out = ctx.scratch.alloc(morsel.selected * 4 + 4);
    let selected = 0;
    for (let s = 0; s < morsel.selected; s++) {
      const row = morsel.selection === 0 ? s : u32[(morsel.selection >>> 2) + s]!;
      const x = random.nextDouble();
      if (x >= step.lowerBound && x < step.upperBound) u32[(out >>> 2) + selected++] = row;
    }
    if (selected === 0) return;
    rows.add(selected);
    next({ ...morsel, selection: out, selected });
  };
}
