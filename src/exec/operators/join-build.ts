import { readBatchHeader, writeBatchHeader } from '../../storage/column/batch.js';
import type { Vector } from '../../storage/column/vector.js';
import type { DataType } from '../../types/index.js';
import { concatBatches, gatherVector } from '../pipelines/concat.js';
import type { JoinTable, SliceOutput, TaskSpec } from '../pipelines/fragment.js';
import type { TaskContext } from '../pipelines/task-context.js';
import { isIntegerKey, PackedKeys } from './packed-keys.js';

/** A direct table may have this many slots per row before hashing is cheaper. */
const DENSE_FACTOR = 8;
const DENSE_LEAST = 1 << 16;
/** Tables of a key range with so many slots per row get a bitmap before them, if it has at most so many bits. */
const BITS_FACTOR = 4;
const BITS_MOST = 1n << 26n;

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
    rows,
    batch,
    types,
    keyTypes,
    matched,
    heads: 0,
    mask: 0,
    range: 0,
    next: 0,
    keys: 0,
    hashes: 0,
    nullMask: 0,
    unique: false,
    bits: 0,
    bitsKey: 0,
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
  if (valid === 0) {
    // An empty range: no probe key falls into it.
    arena.i64[range >>> 3] = 1n;
    arena.i64[(range >>> 3) + 1] = 1n;
    const heads = keep.allocZeroed(8);
    return { ...base, kind: 'dense', heads, range, unique: true };
  }
  const keyBits = (slots: bigint, keys: number): number => {
    if (slots >= BITS_MOST || slots < BigInt(keys * BITS_FACTOR)) return 0;
    const bits = keep.allocZeroed((Number(slots) >>> 3) + 8);
    kernels.joinBits(key.data, wide, key.validity, rows, range, bits);
    return bits;
  };
  const span = arena.i64[(range >>> 3) + 1]! - arena.i64[range >>> 3]!;
  if (span < BigInt(Math.max(DENSE_LEAST, rows * DENSE_FACTOR))) {
    const heads = keep.allocZeroed((Number(span) + 2) * 4);
    if (kernels.joinBuildDense(key.data, wide, key.validity, rows, range, heads) !== 0)
      return { ...base, kind: 'dense', heads, range, bits: keyBits(span, valid), unique: true };
    return keyRuns(base, key, heads, range, Number(span), keyBits(span, 0), ctx);
  }
  const buckets = powerOfTwo(rows * 2);
  const heads = keep.allocZeroed(buckets * 4);
  const next = keep.allocZeroed(rows * 4);
  const keys = keep.allocZeroed(rows * 8);
  const unique = kernels.joinBuildI64(key.data, wide, key.validity, rows, keys, heads, buckets - 1, next);
  return {
    ...base,
    kind: 'i64',
    heads,
    mask: buckets - 1,
    range,
    bits: keyBits(span, valid),
    next,
    keys,
    unique: unique !== 0,
  };
}

/** Puts the build rows in key order, so that the rows of a key lie side by side and are read in one go. */
function keyRuns(
  base: Base,
  key: Vector,
  heads: number,
  range: number,
  span: number,
  bits: number,
  ctx: TaskContext,
): JoinTable {
  const { kernels, keep, work } = ctx;
  const { rows } = base;
  kernels.moveFill(heads, 0, (span + 2) * 4);
  const order = work.alloc(rows * 4);
  const wide = key.rep === 'i64' ? 1 : 0;
  kernels.joinOrderByKey(key.data, wide, key.validity, rows, range, span, heads, work.alloc((span + 1) * 4), order);
  const columns = readBatchHeader(keep.arena, base.batch, base.types).columns.map((v) =>
    gatherVector(kernels, keep, v, order, rows),
  );
  work.release();
  const batch = writeBatchHeader(keep, { length: rows, columns, owner: keep.owner });
  return { ...base, batch, kind: 'runs', heads, range, bits, unique: false };
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
  const filter = sparsestKey(keys, keyTypes, nullSafe, rows, ctx);
  const unique = kernels.joinBuildRows(
    keyRows,
    packed.stride,
    packed.viewMask,
    nullMask,
    rows,
    hashes,
    heads,
    buckets - 1,
    next,
  );
  return {
    ...base,
    ...filter,
    kind: 'rows',
    heads,
    mask: buckets - 1,
    next,
    keys: keyRows,
    hashes,
    nullMask,
    unique: unique !== 0,
  };
}

/** A bitmap over the integer key that rules out most. */
function sparsestKey(
  keys: readonly Vector[],
  keyTypes: readonly DataType[],
  nullSafe: readonly boolean[],
  rows: number,
  ctx: TaskContext,
): { range: number; bits: number; bitsKey: number } | undefined {
  const { kernels, keep, arena } = ctx;
  let best: { range: number; bits: number; bitsKey: number } | undefined;
  let least = 0.5;
  keys.forEach((key, bitsKey) => {
    if (!isIntegerKey(keyTypes[bitsKey]!) || nullSafe[bitsKey]) return;
    const wide = key.rep === 'i64' ? 1 : 0;
    const range = keep.alloc(16);
    if (kernels.joinKeyRange(key.data, wide, key.validity, rows, range) === 0) return;
    const slots = arena.i64[(range >>> 3) + 1]! - arena.i64[range >>> 3]! + 1n;
    // A narrow range says little of keys outside it, but those are ruled out, too.
    if (slots > BITS_MOST) return;
    const bytes = (Number(slots) >>> 3) + 1;
    const bits = keep.allocZeroed(bytes + 8);
    kernels.joinBits(key.data, wide, key.validity, rows, range, bits);
    const density = kernels.joinCountBits(bits, bytes) / Number(slots);
    if (density >= least) return;
    least = density;
    best = { range, bits, bitsKey };
  });
  return best;
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
