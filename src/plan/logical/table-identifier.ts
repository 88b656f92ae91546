import { quoteIdentifier } from '../../types/index.js';

/** A table's or view's name; catalog and database are undefined for local temporary views. Spark: `TableIdentifier`. */
export class TableIdentifier {
  constructor(
    readonly table: string,
    readonly database: string | undefined = undefined,
    readonly catalog: string | undefined = undefined,
  ) {}
  get nameParts(): string[] {
    return [this.catalog, this.database, this.table].filter((p): p is string => p !== undefined);
  }
  /** Each part in back-ticks. */
  get quoted(): string {
    return this.nameParts.map(quoteIdentifier).join('.');
  }
  get key(): string {
    return JSON.stringify(this.nameParts);
  }
  toString(): string {
    return this.quoted;
  }
}
