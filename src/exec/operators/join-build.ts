import { writeBatchHeader } from '../../storage/column/batch.js';
import type { Vector } from '../../storage/column/vector.js';
import type { DataType } from '../../types/index.js';
import { concatBatches } from '../pipelines/concat.js';
import type { JoinTable, SliceOutput, TaskSpec } from '../pipelines/fragment.js';
import type { TaskContext } from '../pipelines/task-context.js';
import { isIntegerKey, PackedKeys } from './packed-keys.js';

/** A direct table may have this many slots per row before hashing is cheaper. */
const DENSE_FACTOR = 8;
const DENSE_LEAST = 1 << 16;
/** A direct table with so many slots per row gets a bitmap before it. */
const BITS_FACTOR = 4;

/** Makes the hash table of a join's build side. One integer key in a narrow range gets a direct table. */
export function buildJoinTable(task: Extract<TaskSpec, { kind: 'joinBuild' }>, ctx: TaskContext): JoinTable {
  const { kernels, keep } = ctx;
  const all = concatBatches(kernels, keep, task.batches, task.types);
  const rows = all.length;
  const types = task.types.slice(0, task.width);
  const keyTypes = task.types.slice(task.width);
  const keys = all.columns.slice(task.width);
  const batch = writeBatchHeader(keep, { length: rows, columns: all.columns.slice(0, task.width), owner: keep.owner });
  const matched = task.mark ? keep.allocZeroed(Math.max(1, rows)) : 0;
  const base = {
    rows, batch, types, keyTypes, matched,
    heads: 0, mask: 0, range: 0, next: 0, keys: 0, hashes: 0, nullMask: 0, unique: false, bits: 0,
    hasNullKey: keys.some((k) => countNulls(ctx, k, rows) > 0),
  };
  if (keys.length === 0) return { ...base, kind: 'none' };
  if (keys.length === 1 && isIntegerKey(keyTypes[0]!) && !task.nullSafe[0]) return integerTable(base, keys[0]!, ctx);
  return rowsTable(base, keys, keyTypes, task.nullSafe, ctx);
}

type Base = Omit<JoinTable, 'kind'>;

function countNulls(ctx: TaskContext, v: Vector, rows: number): number {
  if (v.validity === 0 || rows === 0) return 0;
  const copy = ctx.work.alloc(((rows + 63) >>> 6) * 8);
  const nulls = ctx.kernels.moveBits(v.validity, rows, copy, 0);
  ctx.work.release();
  return nulls;
}

function integerTable(base: Base, key: Vector, ctx: TaskContext): JoinTable {
  const { kernels, keep, arena } = ctx;
  const { rows } = base;
  const wide = key.rep === 'i64' ? 1 : 0;
  const range = keep.alloc(16);
  const valid = kernels.joinKeyRange(key.data, wide, key.validity, rows, range);
  const next = keep.allocZeroed(Math.max(1, rows) * 4);
  if (valid === 0) {
    // An empty range: no probe key falls into it.
    arena.i64[range >>> 3] = 1n;
    arena.i64[(range >>> 3) + 1] = 1n;
    const heads = keep.allocZeroed(8);
    return { ...base, kind: 'dense', heads, mask: 0, range, next: 0, unique: true };
  }
  const span = arena.i64[(range >>> 3) + 1]! - arena.i64[range >>> 3]!;
  if (span < BigInt(Math.max(DENSE_LEAST, rows * DENSE_FACTOR))) {
    const heads = keep.allocZeroed((Number(span) + 1) * 4);
    const unique = kernels.joinBuildDense(key.data, wide, key.validity, rows, range, heads, next);
    const size = Number(span) + 1;
    let bits = 0;
    if (size > valid * BITS_FACTOR) {
      bits = keep.alloc((size >>> 3) + 8);
      kernels.joinBits(heads, size, bits);
    }
    return { ...base, kind: 'dense', heads, range, bits, next: unique ? 0 : next, unique: unique !== 0 };
  }
  const buckets = powerOfTwo(rows * 2);
  const heads = keep.allocZeroed(buckets * 4);
  const keys = keep.allocZeroed(rows * 8);
  const unique = kernels.joinBuildI64(key.data, wide, key.validity, rows, keys, heads, buckets - 1, next);
  return { ...base, kind: 'i64', heads, mask: buckets - 1, range, next, keys, unique: unique !== 0 };
}

function rowsTable(
  base: Base,
  keys: readonly Vector[],
  keyTypes: readonly DataType[],
  nullSafe: readonly boolean[],
  ctx: TaskContext,
): JoinTable {
  const { kernels, keep } = ctx;
  const { rows } = base;
  const packed = new PackedKeys(keyTypes);
  const keyRows = keep.alloc(Math.max(1, rows) * packed.stride);
  packed.pack(kernels, keys, 0, rows, keyRows);
  const buckets = powerOfTwo(rows * 2);
  const heads = keep.allocZeroed(buckets * 4);
  const next = keep.allocZeroed(Math.max(1, rows) * 4);
  const hashes = keep.alloc(Math.max(1, rows) * 4);
  let nullMask = 0;
  nullSafe.forEach((safe, k) => {
    if (!safe) nullMask |= 1 << k;
  });
  const unique = kernels.joinBuildRows(keyRows, packed.stride, packed.viewMask, nullMask, rows, hashes, heads, buckets - 1, next);
  return { ...base, kind: 'rows', heads, mask: buckets - 1, next, keys: keyRows, hashes, nullMask, unique: unique !== 0 };
}

function powerOfTwo(atLeast: number): number {
  let size = 64;
  while (size < atLeast) size *= 2;
  return size;
}

/** Task form of `buildJoinTable`. */
export function runJoinBuild(task: Extract<TaskSpec, { kind: 'joinBuild' }>, ctx: TaskContext): SliceOutput {
  const table = buildJoinTable(task, ctx);
  return { partition: 0, order: 0, batches: [table.batch], rows: table.rows, table };
}
