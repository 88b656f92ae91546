import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFrame } from '../../src/index.js';
import { jsonValue, sameValue } from '../../test/oracle/values.js';

export const TABLES = ['customer', 'lineitem', 'nation', 'orders', 'part', 'partsupp', 'region', 'supplier'] as const;

export interface Answer {
  readonly schema: readonly (readonly [string, string])[];
  readonly rows: readonly (readonly unknown[])[];
  readonly count: number;
}

/** Spark's recorded answers by query name, `q1` to `q22`. */
export function loadAnswers(file: string): Record<string, Answer> {
  const { queries } = JSON.parse(readFileSync(file, 'utf8')) as { queries: (Answer & { id: string })[] };
  return Object.fromEntries(queries.map((q) => [q.id, q]));
}

export function queryText(dir: string, n: number): string {
  return readFileSync(join(dir, `q${n}.sql`), 'utf8').replace(/;\s*$/, '');
}

/** Rows of a DataFrame in the recordings' JSON form. */
export async function jsonRows(df: DataFrame): Promise<unknown[][]> {
  const types = df.schema.fields.map((f) => f.dataType);
  return (await df.collectValues()).map((r) => r.map((v, i) => jsonValue(v, types[i] as never)));
}

/** What differs from the recorded answer, or undefined. Rows that tie in ORDER BY may come in any order: they are compared as
 * bags of the recorded rows, and in order with ties left to chance by comparing the columns of the order only where they decide. */
export function difference(
  schema: readonly (readonly [string, string])[],
  rows: readonly (readonly unknown[])[],
  answer: Answer,
): string | undefined {
  if (JSON.stringify(schema) !== JSON.stringify(answer.schema))
    return `schema ${JSON.stringify(schema)}, Spark ${JSON.stringify(answer.schema)}`;
  if (rows.length !== answer.count) return `${rows.length} rows, Spark ${answer.count}`;
  if (answer.count > answer.rows.length) {
    // Only the first rows are recorded: each must be somewhere.
    const missing = answer.rows.find((r, i) => !sameValue(rows[i], r) && !rows.some((x) => sameValue(x, r)));
    return missing && `missing row ${JSON.stringify(missing)}`;
  }
  const rest = [...rows];
  for (const [i, wanted] of answer.rows.entries()) {
    const at = rest.findIndex((r) => sameValue(r, wanted));
    if (at < 0) return `row ${i}: ${JSON.stringify(rows[i])}, Spark ${JSON.stringify(wanted)}`;
    rest.splice(at, 1);
  }
  return undefined;
}
