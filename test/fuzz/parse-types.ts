import { type DataType, parseSchema } from '../../src/types/index.js';

const known = new Map<string, DataType>();

/** The type of a simple string such as `array<int>`. */
export function parseType(text: string): DataType {
  const found = known.get(text) ?? (parseSchema(`c ${text}`).fields[0]?.dataType as DataType);
  known.set(text, found);
  return found;
}
