import { jsonValue, orderMaps, sameRows } from './values.js';
import { errorOf, type World } from './world.js';

export interface ResultGroup {
  readonly group: string;
  readonly queries: readonly {
    id: string;
    sql: string;
    ordered: boolean;
    schema?: [string, string][];
    rows?: unknown[][];
    error?: string;
    sqlState?: string | null;
  }[];
}

/** Runs the group's queries. @returns ids of the right ones, and what is wrong with the others */
export async function runResults(
  world: World,
  group: ResultGroup,
): Promise<{ right: string[]; total: number; problems: string[] }> {
  await world.reset();
  const session = world.root.newSession();
  const right: string[] = [];
  const problems: string[] = [];
  for (const q of group.queries) {
    const wrong = (what: string) => problems.push(`${q.id} ${q.sql}\n   ${what.slice(0, 900)}`);
    try {
      const df = session.sql(q.sql);
      const types = df.schema.fields.map((f) => f.dataType);
      const rows = (await df.collectValues()).map((r) => r.map((v, i) => jsonValue(v, types[i] as never)));
      if (q.error !== undefined) wrong(`no error, wanted ${q.error}; rows ${JSON.stringify(rows)}`);
      else if (JSON.stringify(df.dtypes) !== JSON.stringify(q.schema))
        wrong(`schema ${JSON.stringify(df.dtypes)} wanted ${JSON.stringify(q.schema)}`);
      else if (
        !sameRows(
          rows,
          (q.rows ?? []).map((r) => r.map((v, i) => orderMaps(v, types[i] as never))),
          q.ordered,
        )
      )
        wrong(`rows ${JSON.stringify(rows).slice(0, 400)}\n   wanted ${JSON.stringify(q.rows).slice(0, 400)}`);
      else right.push(q.id);
    } catch (e) {
      const got = errorOf(e);
      if (q.error === got.error && (q.sqlState ?? null) === got.sqlState) right.push(q.id);
      else
        wrong(
          `error ${got.error} ${got.sqlState}: ${got.message.slice(0, 500)}; wanted ${q.error ?? 'rows'} ${q.sqlState ?? ''}`,
        );
    }
  }
  return { right, total: group.queries.length, problems };
}
