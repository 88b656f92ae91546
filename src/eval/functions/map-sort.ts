import { type DataType, MapValue, type Value } from '../../types/index.js';
import { comparatorFor } from '../compare.js';
import { scalar } from '../define.js';
import type { ScalarFunction } from '../function.js';

/** The value with the entries of all maps inside sorted by key, so that maps of the same entries are the same bytes. */
function sorted(value: Value, type: DataType): Value {
  if (value === null) return null;
  switch (type.kind) {
    case 'array':
      return (value as readonly Value[]).map((v) => sorted(v, type.elementType));
    case 'struct':
      return (value as readonly Value[]).map((v, i) => sorted(v, (type.fields[i] as { dataType: DataType }).dataType));
    case 'map': {
      const { keys, values } = value as MapValue;
      const compare = comparatorFor(type.keyType);
      const entries = keys
        .map((k, i) => [sorted(k, type.keyType), sorted(values[i] as Value, type.valueType)] as const)
        .sort(([a], [b]) => compare(a, b));
      return new MapValue(
        entries.map(([k]) => k),
        entries.map(([, v]) => v),
      );
    }
    default:
      return value;
  }
}

/** What the optimizer groups maps by; no SQL text names it. Spark: `MapSort`. */
export const mapSort: readonly ScalarFunction[] = [
  scalar('map', 'mapsort(value)', 'The value, the maps inside sorted by key.', {
    cls: 'MapSort',
    returns: (args) => args[0] as DataType,
    run: ([value], context) => sorted(value as Value, context.argTypes[0] as DataType),
  }),
];
