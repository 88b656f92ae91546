import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { TABLES } from './data.js';

/** DuckDB with the tables in its memory. */
export class Duck {
  private constructor(private readonly connection: DuckDBConnection) {}

  static async open(dir: string, threads: number): Promise<Duck> {
    const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
    const connection = await instance.connect();
    for (const t of TABLES)
      await connection.run(`CREATE TABLE ${t} AS SELECT * FROM read_parquet('${dir}/${t}.parquet')`);
    return new Duck(connection);
  }

  /** Runs a query and fetches all its rows. @returns milliseconds */
  async run(sql: string): Promise<number> {
    const start = performance.now();
    const reader = await this.connection.runAndReadAll(sql);
    reader.getRows();
    return performance.now() - start;
  }
  close(): void {
    this.connection.closeSync();
  }
}

/** Spark's text in DuckDB's dialect. */
export function duckText(sql: string): string {
  return sql
    .replace(/`/g, '"')
    .replace(/\b(returns|at)\b/gi, '"$1"')
    .replace(/\binterval\s+'?(\d+)'?\s+(day|month|year)s?/gi, "INTERVAL '$1' $2")
    .replace(/;\s*$/, '');
}
