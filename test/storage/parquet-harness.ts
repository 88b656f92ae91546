import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { BoundExpr } from '../../src/eval/bound.js';
import { instantiateKernels } from '../../src/kernels/index.js';
import { vectorReader } from '../../src/storage/column/read.js';
import { Arena } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';
import { openSplit, planSplit, readFooter, sparkSchema, type WantedColumn } from '../../src/storage/parquet/reader.js';
import { type DataType, Decimal, MapValue, type StructType, type Value } from '../../src/types/index.js';

export const FIXTURES = join(import.meta.dirname, '../fixtures/parquet');
export const fixture = (name: string): string => join(FIXTURES, `${name}.parquet`);

export type Plain = null | boolean | number | string | readonly Plain[];

/** What pyarrow says the fixtures hold: columns of values by file. */
export const expectedColumns = JSON.parse(
  gunzipSync(readFileSync(join(FIXTURES, 'expected.json.gz'))).toString('utf8'),
) as Record<string, Record<string, Plain[]>>;

export const arena = Arena.create(256 << 20);
export const kernels = instantiateKernels(arena.memory);

export interface Read {
  readonly schema: StructType;
  readonly columns: Record<string, Value[]>;
  readonly bytesRead: number;
  readonly pruned: number;
  readonly rows: number;
  readonly dictionaries: Record<string, boolean>;
}

/** Reads a whole file through splits of `splitBytes`, `stretch` rows at a time. */
export async function readAll(
  path: string,
  /** `look`: decodes lazily, and looks only at these columns of these stretches; the others' values are undefined. */
  options: {
    columns?: readonly WantedColumn[];
    splitBytes?: number;
    stretch?: number;
    pushed?: BoundExpr[];
    look?: (column: number, stretch: number) => boolean;
  } = {},
): Promise<Read> {
  const file = await readFooter(path);
  const schema = sparkSchema(file);
  const wanted = options.columns ?? schema.fields.map((f) => ({ name: f.name, type: f.dataType }));
  const columns: Record<string, Value[]> = Object.fromEntries(wanted.map((w) => [w.name, []]));
  const dictionaries: Record<string, boolean> = {};
  const all = wanted.map((_, i) => i);
  const step = options.splitBytes ?? file.size;
  let bytesRead = 0;
  let pruned = 0;
  let rows = 0;
  for (let start = 0; start < file.size; start += step) {
    const plan = structuredClone(planSplit(file, { start, length: step }, wanted, { pushed: options.pushed ?? [] }));
    pruned += plan.prunedRowGroups;
    const split = openSplit(plan, wanted, { arena, kernels, scratchOwner: arena.nextId() });
    const region = new Region(arena, arena.nextId());
    try {
      for (let i = 0; i < plan.rowGroups.length; i++) {
        const group = await split.fetch(i, all);
        try {
          for (let stretch = 0; group.rowsLeft > 0; stretch++) {
            const count = options.stretch ?? group.rowsLeft;
            const decoded = options.look ? group.decodeLazily(count, region) : group.decode(count, region);
            rows += decoded.rows;
            decoded.vectors.forEach((vector, c) => {
              const { name } = wanted[c] as WantedColumn;
              if (options.look && !options.look(c, stretch)) {
                for (let row = 0; row < decoded.rows; row++) (columns[name] as unknown[]).push(undefined);
                return;
              }
              dictionaries[name] = vector.dictionary !== undefined;
              const read = vectorReader(arena, vector);
              for (let row = 0; row < decoded.rows; row++) (columns[name] as Value[]).push(read(row));
            });
          }
        } finally {
          group.release();
        }
      }
    } finally {
      region.release();
      await split.close();
      bytesRead += split.bytesRead;
    }
  }
  return { schema, columns, bytesRead, pruned, rows, dictionaries };
}

/** A value as `expected.json` writes it. */
export function plain(value: Value, type: DataType): Plain {
  if (value === null) return null;
  if (value instanceof Decimal) return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof MapValue) {
    const { keyType, valueType } = type as DataType & { kind: 'map' };
    return value.keys.map((k, i) => [plain(k, keyType), plain(value.values[i] as Value, valueType)]);
  }
  switch (type.kind) {
    case 'array':
      return (value as Value[]).map((v) => plain(v, type.elementType));
    case 'struct':
      return (value as Value[]).map((v, i) => plain(v, (type.fields[i] as { dataType: DataType }).dataType));
    case 'float':
    case 'double':
      return value as number;
    case 'date':
      return value as number;
    default:
      return typeof value === 'boolean' || typeof value === 'string' ? value : String(value);
  }
}

/** pyarrow's text of a double as a number. */
export function pythonFloat(text: Plain): number | null {
  if (text === null) return null;
  return text === 'nan' ? Number.NaN : text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);
}
