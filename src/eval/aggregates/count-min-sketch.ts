import { BINARY, DOUBLE, INT, STRING, type Value } from '../../types/index.js';
import { implicitCast, nonFoldable, unexpectedInput } from '../coercion.js';
import { aggregate } from '../define.js';
import type { AggregateFunctionDef } from '../function.js';
import { hashBytes32 } from '../murmur3.js';

/** Java's `Random.nextInt(Integer.MAX_VALUE)`, so many times. */
function javaRandoms(seed: bigint, count: number): bigint[] {
  const mask = (1n << 48n) - 1n;
  let state = (seed ^ 0x5deece66dn) & mask;
  const next31 = (): bigint => {
    state = (state * 0x5deece66dn + 0xbn) & mask;
    return state >> 17n;
  };
  const bound = 2_147_483_647n;
  return Array.from({ length: count }, () => {
    let r = next31();
    let value = r % bound;
    while (r - value + (bound - 1n) > bound) {
      r = next31();
      value = r % bound;
    }
    return value;
  });
}

/** Counts of items in hashed cells: never too low, with high probability hardly too high. Spark: `CountMinSketchImpl` */
class CountMinSketch {
  readonly depth: number;
  readonly width: number;
  readonly hashes: readonly bigint[];
  readonly cells: bigint[];
  total = 0n;

  constructor(eps: number, confidence: number, seed: number) {
    this.width = Math.ceil(2 / eps);
    this.depth = Math.ceil(-Math.log1p(-confidence) / Math.log(2));
    this.hashes = javaRandoms(BigInt(seed), this.depth);
    this.cells = new Array<bigint>(this.depth * this.width).fill(0n);
  }
  add(item: Value): void {
    this.total++;
    if (typeof item === 'number' || typeof item === 'bigint') this.#addLong(BigInt(item));
    else this.#addBytes(typeof item === 'string' ? new TextEncoder().encode(item) : (item as Uint8Array));
  }
  #addLong(item: bigint): void {
    this.hashes.forEach((a, row) => {
      let hash = BigInt.asIntN(64, a * item);
      hash = BigInt.asIntN(64, hash + (hash >> 32n)) & 0x7fff_ffffn;
      this.#count(row, Number(hash) % this.width);
    });
  }
  #addBytes(item: Uint8Array): void {
    const first = hashBytes32(item, 0);
    const second = hashBytes32(item, first);
    for (let row = 0; row < this.depth; row++)
      this.#count(row, Math.abs(((first + Math.imul(row, second)) | 0) % this.width));
  }
  #count(row: number, bucket: number): void {
    const cell = row * this.width + bucket;
    this.cells[cell] = (this.cells[cell] as bigint) + 1n;
  }
  merge(other: CountMinSketch): void {
    this.total += other.total;
    other.cells.forEach((n, i) => {
      this.cells[i] = (this.cells[i] as bigint) + n;
    });
  }
  /** Version, total, depth, width, hash seeds, cells: big-endian. */
  toBytes(): Uint8Array {
    const view = new DataView(new ArrayBuffer(20 + 8 * (this.depth + this.cells.length)));
    view.setInt32(0, 1);
    view.setBigInt64(4, this.total);
    view.setInt32(12, this.depth);
    view.setInt32(16, this.width);
    [...this.hashes, ...this.cells].forEach((n, i) => {
      view.setBigInt64(20 + 8 * i, n);
    });
    return new Uint8Array(view.buffer);
  }
}

interface State {
  sketch: CountMinSketch | undefined;
}
const NAMES = ['', 'epsilon', 'confidence', 'seed'] as const;
const TYPES = [BINARY, DOUBLE, DOUBLE, INT] as const;

export const countMinSketch: AggregateFunctionDef = aggregate<State>(
  'count_min_sketch(column, epsilon, confidence, seed)',
  'A count-min sketch of a column, as bytes.',
  {
    cls: 'CountMinSketchAgg',
    coerce: (args, context) => {
      const [type] = args;
      const ok = ['byte', 'short', 'int', 'long', 'string', 'binary'].includes(type?.kind ?? '');
      if (!type || !ok) return unexpectedInput(0, { anyOf: ['integral', STRING, BINARY] }, type ?? BINARY);
      for (let i = 1; i < 4; i++)
        if (context.foldable?.[i] === false) return nonFoldable(i, NAMES[i] as string, `"${TYPES[i]?.sql}"`);
      return args.map((t, i) => {
        const target = i === 0 ? t : implicitCast(t, TYPES[i] ?? t, context.mode);
        return target === t ? undefined : target;
      });
    },
    returns: BINARY,
    nullability: 'never',
    create: () => ({ sketch: undefined }),
    update: (s, args) => {
      s.sketch ??= new CountMinSketch(args[1] as number, args[2] as number, args[3] as number);
      if (args[0] !== null) s.sketch.add(args[0] as Value);
      return s;
    },
    merge: (a, b) => {
      if (a.sketch && b.sketch) a.sketch.merge(b.sketch);
      else a.sketch ??= b.sketch;
      return a;
    },
    finish: (s) => s.sketch?.toBytes() ?? null,
  },
);
