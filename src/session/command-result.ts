import { STRING, StructField, StructType, type Value } from '../types/index.js';

/** What a statement gives: rows that are known at once, and a promise where a job still runs. */
export interface CommandResult {
  readonly schema: StructType;
  readonly rows: readonly (readonly Value[])[];
  readonly job?: Promise<void> | undefined;
}

export const NOTHING: CommandResult = { schema: new StructType([]), rows: [] };

export function textRows(names: readonly string[], rows: readonly (readonly Value[])[]): CommandResult {
  return { schema: new StructType(names.map((n) => new StructField(n, STRING))), rows };
}
