import type { BoundExpr } from '../../eval/bound.js';
import { bitmapBytes } from '../../storage/column/build.js';
import { slotBytes, structLayout } from '../../storage/column/nested.js';
import { defaultRep } from '../../storage/column/vector.js';
import { COST } from './node.js';
import type { StrictKernel } from './strict.js';

type Call = Extract<BoundExpr, { k: 'call' }>;

/** Kernels of `s.f`, `a[i]` and `size`: they read the one part they need out of the encoding. */
export function nestedKernel(call: Call): StrictKernel | undefined {
  const [a, b] = call.args;
  const { type } = call;
  if (!a || type.kind === 'null') return undefined;
  const rep = defaultRep(type);
  const view = rep === 'view' ? 1 : 0;
  const width = slotBytes(type);
  if (call.fn === 'getstructfield' && a.type.kind === 'struct' && b?.k === 'literal') {
    const ordinal = Number(b.value);
    const offset = structLayout(a.type).offsets[ordinal];
    if (offset === undefined) return undefined;
    return {
      canRaise: false,
      apply: (f, [x], validity) => {
        const out = f.rows(width);
        const bits = f.bitmap();
        f.ctx.arena.u8.fill(0, bits, bits + bitmapBytes(f.length));
        f.kernels.structField(x!.data, ordinal, offset, width, view, validity, out, bits, f.selection, f.count);
        return { type, rep, data: out, validity: bits };
      },
    };
  }
  if (call.fn === 'getarrayitem' && a.type.kind === 'array' && b && defaultRep(b.type) === 'i32') {
    return {
      canRaise: true,
      cost: COST.text,
      apply: (f, [x, index], validity) => {
        const out = f.rows(width);
        const bits = f.bitmap();
        f.ctx.arena.u8.fill(0, bits, bits + bitmapBytes(f.length));
        const { selection: s, count: n } = f;
        const bad = f.kernels.arrayItem(x!.data, index!.data, width, view, validity, out, bits, s, n);
        return bad >= 0 ? undefined : { type, rep, data: out, validity: bits };
      },
    };
  }
  if (
    (call.fn === 'size' || call.fn === 'cardinality') &&
    call.mode !== 'LEGACY' &&
    (a.type.kind === 'array' || a.type.kind === 'map')
  ) {
    return {
      canRaise: false,
      apply: (f, [x], validity) => {
        const out = f.rows(4);
        f.kernels.nestedSize(x!.data, validity, out, f.selection, f.count);
        return { type, rep: 'i32', data: out, validity };
      },
    };
  }
  return undefined;
}
