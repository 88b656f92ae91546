import type { DataType as ArrowType, Data, Field } from 'apache-arrow';
import { internalError, runtimeError } from '../../errors/index.js';
import type {
  ArrayType,
  CalendarInterval,
  DataType,
  Decimal,
  MapType,
  MapValue,
  StructType,
  Value,
} from '../../types/index.js';
import type { Arena } from '../memory/arena.js';
import type { ArrowModule } from './arrow-module.js';
import { textAsBytes } from './nested.js';
import { isValid, vectorReader } from './read.js';
import type { Morsel, Vector } from './vector.js';

/** The Arrow field of a SQL column. Spark: `ArrowUtils.toArrowField`. */
export function arrowField(
  arrow: ArrowModule,
  name: string,
  type: DataType,
  nullable: boolean,
  timeZone: string,
): Field {
  return new arrow.Field(name, arrowType(arrow, type, timeZone), nullable);
}

function arrowType(arrow: ArrowModule, type: DataType, timeZone: string): ArrowType {
  switch (type.kind) {
    case 'null':
      return new arrow.Null();
    case 'boolean':
      return new arrow.Bool();
    case 'byte':
      return new arrow.Int8();
    case 'short':
      return new arrow.Int16();
    case 'int':
      return new arrow.Int32();
    case 'long':
      return new arrow.Int64();
    case 'float':
      return new arrow.Float32();
    case 'double':
      return new arrow.Float64();
    case 'decimal':
      return new arrow.Decimal(type.scale, type.precision, 128);
    case 'string':
    case 'char':
    case 'varchar':
      return new arrow.Utf8();
    case 'binary':
      return new arrow.Binary();
    case 'date':
      return new arrow.DateDay();
    case 'timestamp':
      return new arrow.TimestampMicrosecond(timeZone);
    case 'timestamp_ntz':
      return new arrow.TimestampMicrosecond();
    case 'ym_interval':
      return new arrow.IntervalYearMonth();
    case 'dt_interval':
      return new arrow.DurationMicrosecond();
    case 'interval':
      return new arrow.IntervalMonthDayNano();
    case 'array':
      return new arrow.List(arrowField(arrow, 'element', type.elementType, type.containsNull, timeZone));
    case 'map': {
      const entries = new arrow.Struct<Record<string, ArrowType>>([
        arrowField(arrow, 'key', type.keyType, false, timeZone),
        arrowField(arrow, 'value', type.valueType, type.valueContainsNull, timeZone),
      ]);
      return new arrow.Map_(new arrow.Field('entries', entries, false) as never);
    }
    case 'struct':
      return new arrow.Struct(type.fields.map((f) => arrowField(arrow, f.name, f.dataType, f.nullable, timeZone)));
  }
}

/** Copies the selected rows of a vector out of the arena. Slots of nulls are zero. */
export function vectorData(
  arrow: ArrowModule,
  arena: Arena,
  vector: Vector,
  rows: Pick<Morsel, 'selection' | 'selected'>,
  target: ArrowType,
): Data {
  const { type, rep } = vector;
  const length = rows.selected;
  const rowAt: (i: number) => number = rows.selection === 0 ? (i) => i : (i) => arena.u32[(rows.selection >>> 2) + i]!;
  if (type.kind === 'array' || type.kind === 'map' || type.kind === 'struct') {
    const read = vectorReader(arena, { ...vector, type: textAsBytes(type) });
    return valuesData(
      arrow,
      type,
      Array.from({ length }, (_, i) => read(rowAt(i))),
      target,
    );
  }
  if (type.kind === 'null') return arrow.makeData({ type: target as never, length });
  const bits = packValidity(
    length,
    vector.validity === 0 ? undefined : (i) => isValid(arena, vector.validity, rowAt(i)),
  );
  const valid = (i: number) => bits.bitmap === undefined || ((bits.bitmap[i >>> 3]! >>> (i & 7)) & 1) === 1;
  const fixed = (data: ArrayBufferView) => makeFixed(arrow, target, length, bits, data);
  if (rep === 'view') {
    const { dictionary, data } = vector;
    return makeBytes(arrow, target, length, bits, arena, (i) => {
      const row = rowAt(i);
      return dictionary ? dictionary.data + arena.i32[(data >>> 2) + row]! * 8 : data + row * 8;
    });
  }
  const bulk = rows.selection === 0 && bits.bitmap === undefined;
  const { data } = vector;
  switch (rep) {
    case 'bool': {
      const out = new Uint8Array((length + 7) >>> 3);
      for (let i = 0; i < length; i++) if (valid(i) && arena.u8[data + rowAt(i)]) out[i >>> 3]! |= 1 << (i & 7);
      return fixed(out);
    }
    case 'i32': {
      const base = data >>> 2;
      if (bulk && type.kind !== 'byte' && type.kind !== 'short') return fixed(arena.i32.slice(base, base + length));
      const out =
        type.kind === 'byte'
          ? new Int8Array(length)
          : type.kind === 'short'
            ? new Int16Array(length)
            : new Int32Array(length);
      for (let i = 0; i < length; i++) if (valid(i)) out[i] = arena.i32[base + rowAt(i)]!;
      return fixed(out);
    }
    case 'f32': {
      const base = data >>> 2;
      if (bulk) return fixed(arena.f32.slice(base, base + length));
      const out = new Float32Array(length);
      for (let i = 0; i < length; i++) if (valid(i)) out[i] = arena.f32[base + rowAt(i)]!;
      return fixed(out);
    }
    case 'f64': {
      const base = data >>> 3;
      if (bulk) return fixed(arena.f64.slice(base, base + length));
      const out = new Float64Array(length);
      for (let i = 0; i < length; i++) if (valid(i)) out[i] = arena.f64[base + rowAt(i)]!;
      return fixed(out);
    }
    case 'i64': {
      const base = data >>> 2;
      if (type.kind === 'decimal') {
        const out = new Int32Array(length * 4);
        for (let i = 0; i < length; i++) {
          if (!valid(i)) continue;
          const word = base + rowAt(i) * 2;
          const high = arena.i32[word + 1]!;
          out[i * 4] = arena.i32[word]!;
          out[i * 4 + 1] = high;
          out[i * 4 + 2] = out[i * 4 + 3] = high >> 31;
        }
        return fixed(out);
      }
      if (bulk) return fixed(arena.i64.slice(data >>> 3, (data >>> 3) + length));
      const out = new Int32Array(length * 2);
      for (let i = 0; i < length; i++) {
        if (!valid(i)) continue;
        const word = base + rowAt(i) * 2;
        out[i * 2] = arena.i32[word]!;
        out[i * 2 + 1] = arena.i32[word + 1]!;
      }
      return fixed(out);
    }
    case 'i128': {
      const out = new Int32Array(length * 4);
      const base = data >>> 2;
      for (let i = 0; i < length; i++) {
        if (!valid(i)) continue;
        const word = base + rowAt(i) * 4;
        for (let k = 0; k < 4; k++) out[i * 4 + k] = arena.i32[word + k]!;
      }
      if (type.kind === 'interval') {
        const words = new BigInt64Array(out.buffer);
        for (let i = 0; i < length; i++) words[i * 2 + 1] = nanosOf(words[i * 2 + 1]!);
      }
      return fixed(out);
    }
  }
}

/** Arrow counts calendar intervals in nanoseconds. */
function nanosOf(micros: bigint): bigint {
  const nanos = micros * 1000n;
  if (BigInt.asIntN(64, nanos) !== nanos)
    throw runtimeError('INEXACT_VALUE', {
      value: `${micros} microseconds`,
      sourceType: '"INTERVAL"',
      target: 'Arrow interval',
    });
  return nanos;
}

interface Validity {
  readonly bitmap: Uint8Array | undefined;
  readonly nullCount: number;
}

function packValidity(length: number, valid: ((i: number) => boolean) | undefined): Validity {
  if (!valid) return { bitmap: undefined, nullCount: 0 };
  const bitmap = new Uint8Array((length + 7) >>> 3);
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    if (valid(i)) bitmap[i >>> 3]! |= 1 << (i & 7);
    else nullCount++;
  }
  return nullCount === 0 ? { bitmap: undefined, nullCount } : { bitmap, nullCount };
}

function makeFixed(
  arrow: ArrowModule,
  type: ArrowType,
  length: number,
  validity: Validity,
  data: ArrayBufferView,
): Data {
  const { bitmap, nullCount } = validity;
  return arrow.makeData({ type, length, nullCount, nullBitmap: bitmap, data } as never);
}

/** Text and bytes: concatenates what the views at `slot(i)` point to. */
function makeBytes(
  arrow: ArrowModule,
  type: ArrowType,
  length: number,
  validity: Validity,
  arena: Arena,
  slot: (i: number) => number,
): Data {
  const { bitmap, nullCount } = validity;
  const { u8, u32 } = arena;
  const offsets = new Int32Array(length + 1);
  const present = (i: number) => bitmap === undefined || ((bitmap[i >>> 3]! >>> (i & 7)) & 1) === 1;
  let total = 0;
  for (let i = 0; i < length; i++) {
    if (present(i)) total += u32[(slot(i) >>> 2) + 1]!;
    offsets[i + 1] = total;
  }
  if (total > 0x7fff_ffff) throw internalError(`a record batch cannot hold ${total} bytes of text`);
  const data = new Uint8Array(total);
  // Neighbouring rows mostly lie one after another: copy such runs at once.
  let runFrom = 0;
  let runStart = 0;
  let runBytes = 0;
  const flush = () => {
    if (runBytes > 24) data.set(u8.subarray(runFrom, runFrom + runBytes), runStart);
    else for (let k = 0; k < runBytes; k++) data[runStart + k] = u8[runFrom + k]!;
  };
  for (let i = 0; i < length; i++) {
    const start = offsets[i]!;
    const bytes = offsets[i + 1]! - start;
    if (bytes === 0) continue;
    const from = u32[slot(i) >>> 2]!;
    if (from === runFrom + runBytes && start === runStart + runBytes) {
      runBytes += bytes;
      continue;
    }
    flush();
    runFrom = from;
    runStart = start;
    runBytes = bytes;
  }
  flush();
  return arrow.makeData({ type, length, nullCount, nullBitmap: bitmap, valueOffsets: offsets, data } as never);
}

/** Values as Arrow data: what nested columns are made of. */
function valuesData(arrow: ArrowModule, type: DataType, values: readonly Value[], target: ArrowType): Data {
  const length = values.length;
  const validity = packValidity(length, (i) => values[i] !== null);
  const { bitmap, nullCount } = validity;
  const base = { type: target, length, nullCount, nullBitmap: bitmap };
  const child = (i: number) => (target.children as Field[])[i]!.type as ArrowType;
  switch (type.kind) {
    case 'null':
      return arrow.makeData({ type: target as never, length });
    case 'array': {
      const { elementType } = type as ArrayType;
      const { offsets, flat } = flatten(values as readonly (readonly Value[] | null)[]);
      const data = valuesData(arrow, elementType, flat, child(0));
      return arrow.makeData({ ...base, valueOffsets: offsets, child: data } as never);
    }
    case 'map': {
      const { keyType, valueType } = type as MapType;
      const maps = values as readonly (MapValue | null)[];
      const keys = flatten(maps.map((m) => m?.keys ?? null));
      const items = flatten(maps.map((m) => m?.values ?? null));
      const entries = child(0);
      const [keyField, valueField] = entries.children as Field[];
      const children = [
        valuesData(arrow, keyType, keys.flat, keyField!.type as ArrowType),
        valuesData(arrow, valueType, items.flat, valueField!.type as ArrowType),
      ];
      const data = arrow.makeData({ type: entries, length: keys.flat.length, nullCount: 0, children } as never);
      return arrow.makeData({ ...base, valueOffsets: keys.offsets, child: data } as never);
    }
    case 'struct': {
      const children = (type as StructType).fields.map((f, k) =>
        valuesData(
          arrow,
          f.dataType,
          (values as readonly (readonly Value[] | null)[]).map((v) => (v === null ? null : (v[k] ?? null))),
          child(k),
        ),
      );
      return arrow.makeData({ ...base, children } as never);
    }
    case 'string':
    case 'char':
    case 'varchar':
    case 'binary': {
      const parts = values.map((v) =>
        v === null ? EMPTY : typeof v === 'string' ? Buffer.from(v, 'utf8') : (v as Uint8Array),
      );
      const valueOffsets = new Int32Array(length + 1);
      for (let i = 0; i < length; i++) valueOffsets[i + 1] = valueOffsets[i]! + parts[i]!.length;
      return arrow.makeData({ ...base, valueOffsets, data: Uint8Array.from(Buffer.concat(parts)) } as never);
    }
    default:
      return arrow.makeData({ ...base, data: flatValues(type, values) } as never);
  }
}

const EMPTY = new Uint8Array(0);

function flatten(lists: readonly (readonly Value[] | null)[]): { offsets: Int32Array; flat: Value[] } {
  const offsets = new Int32Array(lists.length + 1);
  const flat: Value[] = [];
  lists.forEach((list, i) => {
    for (const item of list ?? []) flat.push(item);
    offsets[i + 1] = flat.length;
  });
  return { offsets, flat };
}

function flatValues(type: DataType, values: readonly Value[]): ArrayBufferView {
  const n = values.length;
  switch (type.kind) {
    case 'boolean': {
      const out = new Uint8Array((n + 7) >>> 3);
      for (let i = 0; i < n; i++) if (values[i] === true) out[i >>> 3]! |= 1 << (i & 7);
      return out;
    }
    case 'byte':
      return Int8Array.from(values as number[], Number);
    case 'short':
      return Int16Array.from(values as number[], Number);
    case 'int':
    case 'date':
    case 'ym_interval':
      return Int32Array.from(values as number[], Number);
    case 'float':
      return Float32Array.from(values as number[], Number);
    case 'double':
      return Float64Array.from(values as number[], Number);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'dt_interval':
      return BigInt64Array.from(values as (bigint | null)[], (v) => v ?? 0n);
    case 'decimal': {
      const words = new BigInt64Array(n * 2);
      for (let i = 0; i < n; i++) {
        const unscaled = (values[i] as Decimal | null)?.unscaled ?? 0n;
        words[i * 2] = unscaled;
        words[i * 2 + 1] = unscaled >> 64n;
      }
      return new Uint32Array(words.buffer);
    }
    case 'interval': {
      const words = new BigInt64Array(n * 2);
      const halves = new Int32Array(words.buffer);
      for (let i = 0; i < n; i++) {
        const interval = values[i] as CalendarInterval | null;
        if (!interval) continue;
        halves[i * 4] = interval.months;
        halves[i * 4 + 1] = interval.days;
        words[i * 2 + 1] = nanosOf(interval.micros);
      }
      return halves;
    }
    default:
      throw internalError(`no Arrow layout for ${type.simpleString}`);
  }
}
