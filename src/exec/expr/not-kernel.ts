import type { BoundExpr } from '../../eval/bound.js';
import type { StrictKernel } from './strict.js';

/** Kernel of NOT. */
export function notKernel(call: Extract<BoundExpr, { k: 'call' }>): StrictKernel | undefined {
  const { type } = call;
  if (call.args[0]?.type.kind !== 'boolean') return undefined;
  return {
    canRaise: false,
    apply: (f, [x], validity) => {
      const data = f.rows(1);
      f.kernels.notBools(x!.data, data, f.length);
      return { type, rep: 'bool', data, validity };
    },
  };
}
