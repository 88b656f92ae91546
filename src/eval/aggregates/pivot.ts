import { ArrayType, type DataType, type Value } from '../../types/index.js';
import { anyTypes } from '../coercion.js';
import { equalValues } from '../compare.js';
import { aggregate } from '../define.js';
import type { AggregateFunctionDef } from '../function.js';

/** The last value that is not null for each of the pivot values, as an array in their order. Not callable by name in SQL.
 * Spark: `PivotFirst`. */
export const pivotAggregates: readonly AggregateFunctionDef[] = [
  aggregate<{ slots: Value[] | undefined }>(
    'pivotfirst(pivotColumn, value, pivotValues, ...)',
    'The second phase of PIVOT.',
    {
      cls: 'PivotFirst',
      coerce: anyTypes,
      returns: (args) => new ArrayType(args[1] as DataType),
      create: () => ({ slots: undefined }),
      update: (state, args, c) => {
        const [key, value, ...keys] = args as [Value, Value, ...Value[]];
        const slots = state.slots ?? keys.map(() => null);
        if (value !== null) {
          const type = c.argTypes[0] as DataType;
          const at = keys.findIndex((k) => (k === null || key === null ? k === key : equalValues(k, key, type)));
          if (at >= 0) slots[at] = value;
        }
        return { slots };
      },
      merge: (a, b) => {
        if (!a.slots || !b.slots) return a.slots ? a : b;
        const right = b.slots;
        return { slots: a.slots.map((v, i) => right[i] ?? v) };
      },
      finish: (state) => state.slots ?? [],
    },
  ),
];
