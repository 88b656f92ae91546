import { type DataType, equalTypes } from '../../types/index.js';
import { Cast } from '../expressions/cast.js';
import { upRule } from './tree-rules.js';

/** Casts to the type that is there already. Spark: `SimplifyCasts`. */
export const SimplifyCasts = upRule('SimplifyCasts', (p) =>
  p.transformExpressionsUp((e) => {
    if (!(e instanceof Cast)) return e;
    if (equalTypes(e.child.dataType, e.dataType)) return e.child;
    const inner = e.child;
    // Widening twice is widening once.
    if (
      inner instanceof Cast &&
      isWidening(inner.child.dataType, inner.dataType) &&
      isWidening(inner.dataType, e.dataType)
    )
      return new Cast(inner.child, e.dataType, e.mode, e.timeZone, e.userSpecified);
    return e;
  }),
);

const INTEGRAL = ['byte', 'short', 'int', 'long'];

/** Every value converts exactly. Spark: `NumericType.isWiderThan`. */
export function isWidening(from: DataType, to: DataType): boolean {
  const [a, b] = [INTEGRAL.indexOf(from.kind), INTEGRAL.indexOf(to.kind)];
  return a !== -1 && b > a;
}
