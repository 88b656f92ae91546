import { AttributeReference } from '../plan/expressions/index.js';
import type { LogicalPlan } from '../plan/logical/index.js';
import { ResolvedCommand } from '../plan/logical/resolved-command.js';
import { STRING, StructField, StructType, type Value } from '../types/index.js';

/** What a statement gives: rows that are known at once, and a promise where a job still runs. */
export interface CommandResult {
  readonly schema: StructType;
  readonly rows: readonly (readonly Value[])[];
  readonly job?: Promise<void> | undefined;
  /** The statement as analyzed: what `queryExecution.analyzed` shows. */
  readonly plan?: LogicalPlan | undefined;
}

export const NOTHING: CommandResult = { schema: new StructType([]), rows: [] };

/** No rows. `text` is Spark's line of the analyzed command. */
export function done(
  text: string,
  below: readonly LogicalPlan[] = [],
  inner: readonly LogicalPlan[] = [],
): CommandResult {
  return { ...NOTHING, plan: new ResolvedCommand(text, below, inner) };
}

export function textRows(names: readonly string[], rows: readonly (readonly Value[])[]): CommandResult {
  return { schema: textSchema(names), rows };
}

export function textSchema(names: readonly string[]): StructType {
  return new StructType(names.map((n) => new StructField(n, STRING, false)));
}

/** Rows of a command that shows its output columns in its line: `@columns` in `text` stands for them. */
export function shownRows(
  text: string,
  schema: StructType | readonly string[],
  rows: readonly (readonly Value[])[],
  below: readonly LogicalPlan[] = [],
): CommandResult {
  const type = schema instanceof StructType ? schema : textSchema(schema);
  const output = type.fields.map((f) => AttributeReference.create(f.name, f.dataType, f.nullable));
  const plan = new ResolvedCommand(
    text.replace('@columns', () => `[${output.join(', ')}]`),
    below,
    [],
    output,
  );
  return { schema: type, rows, plan };
}
