import { cast } from '../../eval/cast.js';
import { charWriteSide, varcharWriteSide } from '../../eval/functions/char-varchar.js';
import { type DataType, STRING, toSqlString, type Value } from '../../types/index.js';

/** A partition value's text as the column's type writes it; null for a null value. Spark: `normalizePartitionSpec`. */
export function partitionText(text: string, type: DataType, timeZone: string): string | null {
  if (type.kind === 'char') return charWriteSide(text, type.length);
  if (type.kind === 'varchar') return varcharWriteSide(text, type.length);
  const value: Value = cast(text, STRING, type, 'ANSI', timeZone);
  return value === null ? null : toSqlString(value, type, timeZone);
}
