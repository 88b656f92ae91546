import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type DataType, Decimal, type StructType, toSqlString, type Value } from '../../src/types/index.js';
import { type Cell, decode, doubleCell, type PlainTable, schemaOf, sortEntries, toCell } from './cells.js';
import type { Outcome } from './compare.js';
import { duckLiteral, duckType } from './literal.js';

/** DuckDB in this process. */
export class Duck {
  #tables: readonly string[] = [];
  private constructor(readonly connection: DuckDBConnection) {}

  static async open(): Promise<Duck> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return new Duck(connection);
  }

  async load(tables: readonly PlainTable[]): Promise<void> {
    for (const t of this.#tables) await this.connection.run(`DROP TABLE IF EXISTS ${t}`);
    this.#tables = tables.map((t) => t.name);
    for (const t of tables) {
      const { fields } = schemaOf(t);
      await this.connection.run(
        `CREATE TABLE ${t.name} (${fields.map((f) => `${f.name} ${duckType(f.dataType)}`).join(', ')})`,
      );
      if (t.rows.length === 0) continue;
      const rows = t.rows.map(
        (r) => `(${r.map((c, i) => literal(decode(c, fields[i]!.dataType), fields[i]!.dataType)).join(', ')})`,
      );
      await this.connection.run(`INSERT INTO ${t.name} VALUES ${rows.join(', ')}`);
    }
  }

  /** @param types the types that Spark gives the columns */
  async run(sql: string, types: readonly DataType[]): Promise<Outcome> {
    try {
      const result = await this.connection.runAndReadAll(sql);
      const rows = result.getRows().map((r) => r.map((v, i) => cell(v, types[i] as DataType)));
      return { rows, types: [] };
    } catch (e) {
      const message = e instanceof Error ? e.message : String(e);
      return { error: /^[\w ]+Error/.exec(message)?.[0] ?? 'error', message, internal: false };
    }
  }

  close(): void {
    this.connection.closeSync();
  }
}

const literal = (v: Value, type: DataType): string => duckLiteral(v, type);

/** A value of DuckDB as Spark's type would show it. */
function cell(v: unknown, type: DataType): Cell {
  if (v === null || v === undefined) return null;
  const o = v as Record<string, unknown>;
  switch (type.kind) {
    case 'boolean':
    case 'string':
      return String(v);
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
      return typeof v === 'number' ? String(BigInt(v)) : String(v);
    case 'float':
    case 'double':
      return doubleCell(Number(v));
    case 'decimal': {
      if (typeof v === 'number') return String(v);
      const { value, scale } = v as { value: bigint; scale: number };
      const shift = type.scale - scale;
      return new Decimal(
        shift >= 0 ? value * 10n ** BigInt(shift) : value / 10n ** BigInt(-shift),
        type.scale,
      ).toString();
    }
    case 'binary':
      return Buffer.from(o['bytes'] as Uint8Array).toString('hex');
    case 'date':
      return toSqlString(o['days'] as number, type);
    case 'timestamp':
    case 'timestamp_ntz':
      return toSqlString(o['micros'] as bigint, type, 'UTC');
    case 'ym_interval':
      return String(o['months']);
    case 'dt_interval':
      return String(BigInt(o['days'] as number) * 86_400_000_000n + (o['micros'] as bigint));
    case 'array':
      return (o['items'] as unknown[]).map((x) => cell(x, type.elementType));
    case 'struct': {
      const entries = o['entries'] as Record<string, unknown>;
      return (type as StructType).fields.map((f) => cell(entries[f.name], f.dataType));
    }
    case 'map': {
      const entries = o['entries'] as { key: unknown; value: unknown }[];
      return sortEntries(entries.map((e) => [cell(e.key, type.keyType), cell(e.value, type.valueType)]));
    }
    default:
      return toCell(v as Value, type);
  }
}
