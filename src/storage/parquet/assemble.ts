import { type DataType, Decimal, MapValue, type Value } from '../../types/index.js';
import { ByteSink, encodeNested } from '../column/nested.js';
import type { Rep, Vector } from '../column/vector.js';
import type { Arena } from '../memory/arena.js';
import type { Region } from '../memory/region.js';
import { SLACK } from './chunk-reader.js';
import type { LeafColumn } from './column-decoder.js';
import type { ReadNode } from './read-node.js';

/** A leaf being walked slot by slot. */
export interface LeafCursor {
  readonly column: LeafColumn;
  readonly rep: Rep;
  readonly maxDef: number;
  slot: number;
  value: number;
}

/** Puts rows of a nested column together from its leaves (Dremel's record assembly) and encodes each into `region`.
 * @throws RangeError if the leaves disagree about the number of rows */
export function assembleRows(
  arena: Arena,
  node: ReadNode,
  leaves: ReadonlyMap<number, LeafCursor>,
  rows: number,
  region: Region,
): Vector {
  const walker = new Walker(arena, leaves);
  const read = walker.compile(node);
  const data = region.alloc(rows * 8 + SLACK);
  const validity = region.allocZeroed((rows >> 3) + 16);
  const sink = new ByteSink();
  let nulls = 0;
  let flushed = 0;
  // Encodings gather in the sink, whose bytes move to the region in large pieces.
  const flush = (upTo: number): void => {
    const bytes = sink.written();
    const to = region.alloc(bytes.length + SLACK);
    arena.u8.set(bytes, to);
    for (let i = flushed; i < upTo; i++) arena.u32[(data >>> 2) + 2 * i]! += to;
    flushed = upTo;
    sink.clear();
  };
  for (let row = 0; row < rows; row++) {
    const value = read();
    const slot = (data >>> 2) + 2 * row;
    if (value === null) {
      nulls++;
      arena.u32[slot] = 0;
      arena.u32[slot + 1] = 0;
      continue;
    }
    arena.u8[validity + (row >> 3)]! |= 1 << (row & 7);
    arena.u32[slot] = sink.length;
    arena.u32[slot + 1] = encodeNested(value, node.type, sink);
    if (sink.length > 1 << 20) flush(row + 1);
  }
  flush(rows);
  for (const cursor of leaves.values())
    if (cursor.slot !== cursor.column.slots) throw new RangeError('a nested column has slots beyond its last row');
  return { type: node.type, rep: 'view', data, validity: nulls > 0 ? validity : 0 };
}

type Reader = () => Value;

class Walker {
  constructor(
    readonly arena: Arena,
    readonly leaves: ReadonlyMap<number, LeafCursor>,
  ) {}

  compile(node: ReadNode): Reader {
    switch (node.kind) {
      case 'leaf':
        return this.#leaf(node);
      case 'struct':
        return this.#struct(node);
      case 'list': {
        const element = this.compile(node.element);
        return this.#repeated(
          node,
          (items) => items.push(element()),
          (items) => items,
        );
      }
      case 'map': {
        const key = this.compile(node.key);
        const value = this.compile(node.value);
        return this.#repeated(
          node,
          (items) => items.push(key(), value()),
          (items) => mapOf(items),
        );
      }
    }
  }

  #cursor(leaf: number): LeafCursor {
    return this.leaves.get(leaf) as LeafCursor;
  }

  #leaf(node: ReadNode & { kind: 'leaf' }): Reader {
    const cursor = this.#cursor(node.leaf);
    const { column, maxDef } = cursor;
    const get = leafValue(this.arena, cursor.rep, column.values, node.type);
    if (maxDef === 0)
      return () => {
        cursor.slot++;
        return get(cursor.value++);
      };
    const { def, slots } = column;
    return () => {
      const slot = cursor.slot++;
      if (slot >= slots) throw new RangeError('a nested column ends early');
      return def[slot] === maxDef ? get(cursor.value++) : null;
    };
  }

  /** Cursors below a node, each of which a null or empty value moves on by one slot. */
  #below(node: ReadNode): LeafCursor[] {
    const found = new Set<LeafCursor>();
    const visit = (n: ReadNode): void => {
      if (n.kind === 'leaf') found.add(this.#cursor(n.leaf));
      else if (n.kind === 'list') visit(n.element);
      else if (n.kind === 'map') {
        visit(n.key);
        visit(n.value);
      } else {
        for (const c of n.children) if (c) visit(c);
        if (n.children.every((c) => c === null)) found.add(this.#cursor(n.probe));
      }
    };
    visit(node);
    return [...found];
  }

  #struct(node: ReadNode & { kind: 'struct' }): Reader {
    const probe = this.#cursor(node.probe);
    const below = this.#below(node);
    const children = node.children.map((c) => (c ? this.compile(c) : () => null));
    const bare = node.children.every((c) => c === null);
    const { def, slots } = probe.column;
    return () => {
      if (probe.slot >= slots) throw new RangeError('a nested column ends early');
      if (node.def > 0 && (def[probe.slot] as number) < node.def) {
        for (const c of below) c.slot++;
        return null;
      }
      if (bare) skipRecord(probe);
      const values: Value[] = new Array(children.length);
      for (let i = 0; i < children.length; i++) values[i] = (children[i] as Reader)();
      return values;
    };
  }

  #repeated(
    node: ReadNode & { kind: 'list' | 'map' },
    add: (items: Value[]) => void,
    finish: (items: Value[]) => Value,
  ): Reader {
    const probe = this.#cursor(node.probe);
    const below = this.#below(node);
    const { def, rep, slots } = probe.column;
    return () => {
      if (probe.slot >= slots) throw new RangeError('a nested column ends early');
      const level = def[probe.slot] as number;
      if (level < node.slotDef) {
        for (const c of below) c.slot++;
        return level < node.def ? null : finish([]);
      }
      const items: Value[] = [];
      do add(items);
      while (probe.slot < slots && rep[probe.slot] === node.rep);
      return finish(items);
    };
  }
}

/** Steps over one value of a leaf that only tells whether its struct is there. */
function skipRecord(probe: LeafCursor): void {
  const { def, rep, slots } = probe.column;
  const level = rep.length > 0 ? (rep[probe.slot] as number) : 0;
  do {
    if (def.length === 0 || def[probe.slot] === probe.maxDef) probe.value++;
    probe.slot++;
  } while (rep.length > 0 && probe.slot < slots && (rep[probe.slot] as number) > level);
}

/** Later entries of an equal key win, as in Spark's `ArrayBasedMapBuilder` with LAST_WIN; Spark's reader does not look at all. */
function mapOf(items: readonly Value[]): MapValue {
  const keys: Value[] = [];
  const values: Value[] = [];
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i] as Value;
    if (key === null) throw new RangeError('null map key');
    keys.push(key);
    values.push(items[i + 1] as Value);
  }
  return new MapValue(keys, values);
}

/** Reads packed values of a representation as `Value`s. */
function leafValue(arena: Arena, rep: Rep, base: number, type: DataType): (index: number) => Value {
  const { view, bytes } = arena;
  switch (rep) {
    case 'bool':
      return (i) => bytes[base + i] !== 0;
    case 'i32':
      return (i) => view.getInt32(base + i * 4, true);
    case 'i64':
      return type.kind === 'decimal'
        ? (i) => new Decimal(view.getBigInt64(base + i * 8, true), type.scale)
        : (i) => view.getBigInt64(base + i * 8, true);
    case 'f32':
      return (i) => view.getFloat32(base + i * 4, true);
    case 'f64':
      return (i) => view.getFloat64(base + i * 8, true);
    case 'i128': {
      const scale = type.kind === 'decimal' ? type.scale : 0;
      return (i) => {
        const at = base + i * 16;
        return new Decimal((view.getBigInt64(at + 8, true) << 64n) | view.getBigUint64(at, true), scale);
      };
    }
    default: {
      const text = type.kind !== 'binary';
      return (i) => {
        const from = view.getUint32(base + i * 8, true);
        const to = from + view.getUint32(base + i * 8 + 4, true);
        return text ? bytes.toString('utf8', from, to) : Uint8Array.from(bytes.subarray(from, to));
      };
    }
  }
}
