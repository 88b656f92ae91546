import { BOOLEAN, type Value } from '../../types/index.js';
import { anyTypes } from '../coercion.js';
import { scalar } from '../define.js';
import type { ScalarFunction } from '../function.js';

const present = (v: Value): boolean => v !== null && !(typeof v === 'number' && Number.isNaN(v));

/** What `df.na.drop` filters by. Not callable by name in SQL. Spark: `AtLeastNNonNulls`. */
export const nullCountFunctions: readonly ScalarFunction[] = [
  scalar('predicate', 'atleastnnonnulls(n, expr, ...)', 'Whether at least n of the values are neither null nor NaN.', {
    cls: 'AtLeastNNonNulls',
    coerce: anyTypes,
    returns: BOOLEAN,
    nullIntolerant: false,
    nullability: 'never',
    run: ([n, ...values]) => (values as readonly Value[]).filter(present).length >= (n as number),
  }),
];
