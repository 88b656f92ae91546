import { DuckDBInstance } from '@duckdb/node-api';
import { TABLES } from './answers.js';

/** DuckDB over the same files, or over in-memory tables made of them. */
export class Duck {
  private constructor(private readonly connection: Awaited<ReturnType<DuckDBInstance['connect']>>) {}

  static async open(dir: string, threads: number, inMemory: boolean): Promise<Duck> {
    const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
    const connection = await instance.connect();
    for (const t of TABLES)
      await connection.run(
        `CREATE ${inMemory ? 'TABLE' : 'VIEW'} ${t} AS SELECT * FROM read_parquet('${dir}/${t}.parquet')`,
      );
    return new Duck(connection);
  }

  /** Runs a query and fetches all its rows. @returns milliseconds and rows */
  async run(sql: string): Promise<{ ms: number; rows: unknown[][] }> {
    const start = performance.now();
    const reader = await this.connection.runAndReadAll(sql);
    const rows = reader.getRows() as unknown[][];
    return { ms: performance.now() - start, rows };
  }
  close(): void {
    this.connection.closeSync();
  }
}

/** Spark's texts in DuckDB's dialect: intervals and date arithmetic are the same but for a few spellings. */
export function duckText(sql: string): string {
  return sql
    .replace(/interval\s+'?(\d+)'?\s+(day|month|year)s?/gi, "INTERVAL '$1' $2")
    .replace(/\bsubstr(ing)?\(\s*([a-z_.]+)\s*,/gi, 'substr($2,');
}
