import type { Field, RecordBatch, Schema, Table } from 'apache-arrow';
import { type DataType, StructType } from '../../types/index.js';
import type { Arena } from '../memory/arena.js';
import type { Region } from '../memory/region.js';
import { type ArrowModule, loadArrow } from './arrow-module.js';
import { fromArrowType, readArrowColumn } from './arrow-read.js';
import { arrowField, vectorData } from './arrow-write.js';
import type { Batch } from './batch.js';
import type { Morsel } from './vector.js';

export { type ArrowModule, loadArrow };

/** The Arrow schema of a SQL schema, as Spark makes it (`ArrowUtils.toArrowSchema`): timestamps carry the session zone. */
export function arrowSchema(arrow: ArrowModule, schema: StructType, timeZone: string): Schema {
  return new arrow.Schema(schema.fields.map((f) => arrowField(arrow, f.name, f.dataType, f.nullable, timeZone)));
}

/** Copies a morsel's selected rows out of the arena. `target` is the result of `arrowSchema` for the same columns. */
export function toRecordBatch(arrow: ArrowModule, arena: Arena, morsel: Morsel, target: Schema): RecordBatch {
  const children = morsel.columns.map((column, i) => vectorData(arrow, arena, column, morsel, target.fields[i]!.type));
  const struct = new arrow.Struct(target.fields as Field[]);
  const data = arrow.makeData({ type: struct, length: morsel.selected, nullCount: 0, children });
  return new arrow.RecordBatch(target, data);
}

/** Copies morsels out of the arena into a table, one record batch each; without morsels the table is empty but typed. */
export async function toArrowTable(
  arena: Arena,
  morsels: Iterable<Morsel>,
  schema: StructType,
  timeZone: string,
): Promise<Table> {
  const arrow = await loadArrow();
  const target = arrowSchema(arrow, schema, timeZone);
  const batches = [...morsels].filter((m) => m.selected > 0).map((m) => toRecordBatch(arrow, arena, m, target));
  return new arrow.Table(target, batches);
}

/** A table as an Arrow IPC stream or file. */
export async function tableToIpc(table: Table, format: 'stream' | 'file' = 'stream'): Promise<Uint8Array> {
  const arrow = await loadArrow();
  return arrow.tableToIPC(table, format);
}

/** The SQL schema of an Arrow schema. Unsigned integers widen, dictionaries count as their values.
 * @throws UNSUPPORTED_FEATURE for types that SQL lacks (time, unions) */
export function schemaFromArrow(schema: Schema): StructType {
  return fromArrowFields(schema.fields);
}

function fromArrowFields(fields: readonly Field[]): StructType {
  const struct = fromArrowType({ children: fields });
  if (!(struct instanceof StructType)) throw new TypeError('not a struct');
  return struct;
}

/** Copies an Arrow table into the arena, one batch per record batch; values already have the types of `schemaFromArrow`. */
export function fromArrowTable(table: Table, region: Region): { schema: StructType; batches: Batch[] } {
  const schema = schemaFromArrow(table.schema);
  const types = schema.fields.map((f) => f.dataType);
  const batches = table.batches.filter((b) => b.numRows > 0).map((b) => fromRecordBatch(b, types, region));
  return { schema, batches };
}

/** Copies a record batch into the region. */
export function fromRecordBatch(batch: RecordBatch, types: readonly DataType[], region: Region): Batch {
  return {
    length: batch.numRows,
    columns: types.map((type, i) => readArrowColumn(batch.data.children[i]!, type, region)),
    owner: region.owner,
  };
}

/** Copies an Arrow IPC stream or file into the arena. */
export async function fromArrowIpc(
  bytes: Uint8Array,
  region: Region,
): Promise<{ schema: StructType; batches: Batch[] }> {
  const arrow = await loadArrow();
  return fromArrowTable(arrow.tableFromIPC(bytes), region);
}
