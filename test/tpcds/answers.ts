import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { compileRow } from '../../src/eval/evaluate.js';
import { Binder } from '../../src/plan/expressions/bind.js';
import { AttributeReference, type SortOrder } from '../../src/plan/expressions/index.js';
import type { LogicalPlan } from '../../src/plan/logical/index.js';
import type { DataType, Value } from '../../src/types/index.js';
import { sameValue } from '../oracle/values.js';

type Row = readonly unknown[];

/** What Spark 4.0.1 answered. JSON values as in `../oracle/README.md`. */
export interface Answer {
  readonly id: string;
  /** An error condition in place of rows. */
  readonly error?: string;
  readonly schema: readonly (readonly [name: string, type: string])[];
  /** In result order, the first 500. */
  readonly rows: readonly Row[];
  readonly count: number;
  /** Where the final LIMIT cuts the answer: the first 3,000 rows without it. */
  readonly unlimitedRows?: readonly Row[];
}

/** The recorded answers at scale 0.01, by query. */
export function loadAnswers(): Map<string, Answer> {
  const text = gunzipSync(readFileSync('test/tpcds/answers-sf0.01.json.gz')).toString('utf8');
  const { queries } = JSON.parse(text) as { queries: Answer[] };
  return new Map(queries.map((q) => [q.id, q]));
}

/** What differs from Spark's answer, or undefined. Rows of equal ORDER BY keys come in any order, and a LIMIT may keep any of
 * those that tie at the cut: the keys must be Spark's row by row, the rows some of Spark's. */
export function difference(
  answer: Answer,
  schema: Answer['schema'],
  rows: readonly Row[],
  analyzed: LogicalPlan,
): string | undefined {
  if (JSON.stringify(schema) !== JSON.stringify(answer.schema))
    return `schema ${JSON.stringify(schema)}, Spark ${JSON.stringify(answer.schema)}`;
  if (rows.length !== answer.count) return `${rows.length} rows, Spark ${answer.count}`;
  const recorded = answer.unlimitedRows ?? answer.rows;
  const [few, many] = rows.length <= recorded.length ? [rows, recorded] : [recorded, rows];
  const rest = [...many];
  for (const [i, row] of few.entries()) {
    const at = rest.findIndex((r) => sameValue(r, row));
    if (at < 0) return `row ${i}: ours ${JSON.stringify(rows[i])}, Spark ${JSON.stringify(recorded[i])}`;
    rest.splice(at, 1);
  }
  const keys = sortKeys(analyzed);
  for (const [i, row] of few.entries()) {
    const other = many[i] as Row;
    for (const key of keys)
      if (!sameValue(key(row), key(other)))
        return `order of row ${i}: ours ${JSON.stringify(rows[i])}, Spark ${JSON.stringify(recorded[i])}`;
  }
  return undefined;
}

/** The keys of the outermost ORDER BY over an output row, up to the first that the output does not tell. */
export function sortKeys(analyzed: LogicalPlan): ((row: Row) => unknown)[] {
  let plan = analyzed;
  while (plan.kind !== 'Sort') {
    if (!['GlobalLimit', 'LocalLimit', 'Project', 'WithCTE'].includes(plan.kind)) return [];
    plan = (plan.kind === 'WithCTE' ? plan.children.at(-1) : plan.children[0]) as LogicalPlan;
  }
  const { output } = analyzed;
  const keys: ((row: Row) => unknown)[] = [];
  for (const { child } of (plan as unknown as { order: readonly SortOrder[] }).order) {
    const at = output.findIndex((a) => child instanceof AttributeReference && a.exprId === child.exprId);
    if (at >= 0) keys.push((row) => row[at]);
    else if (![...child.references].every((a) => output.some((o) => o.exprId === a.exprId && decodes(o.dataType))))
      break;
    else {
      const run = compileRow(new Binder(output as AttributeReference[]).bind(child));
      keys.push((row) => {
        const value = run(
          row.map((v, i) => (output[i]?.dataType.kind === 'long' && v !== null ? BigInt(v as string) : v) as Value),
        );
        return typeof value === 'bigint' ? String(value) : value;
      });
    }
  }
  return keys;
}

/** Types whose JSON form is the engine's own, or a bigint's text. */
function decodes(type: DataType): boolean {
  return ['byte', 'short', 'int', 'long', 'string', 'double'].includes(type.kind);
}
