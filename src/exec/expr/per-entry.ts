import { bitmapBytes } from '../../storage/column/build.js';
import { type Dictionary, REP_BYTES, type Vector } from '../../storage/column/vector.js';
import { Frame } from './frame.js';
import { decode, Node } from './node.js';

/** Results for a dictionary's entries, then for null. */
interface Remembered {
  readonly vector: Vector;
  readonly dictionary: Dictionary | undefined;
}

/** Dictionaries whose results are kept at a time. */
const REMEMBERED = 64;
/** Dictionaries up to this size are worth mapping at once. */
const SMALL_DICTIONARY = 1024;

/** A function of one text column: where the column comes dictionary-encoded, it is evaluated once per entry (and once for
 * null) and gathered through the codes. Only for expressions that cannot raise, since entries may be unused. */
export class PerEntryNode extends Node {
  readonly canRaise = false;
  readonly #known = new Map<number, Remembered>();
  /** Rows seen of each dictionary that was not mapped yet. */
  readonly #seen = new Map<number, number>();

  constructor(
    readonly inner: Node,
    readonly ordinal: number,
  ) {
    super(inner.expr);
  }

  protected override viewed(): readonly Node[] {
    return [this.inner];
  }

  get cost(): number {
    return this.inner.cost;
  }

  protected compute(frame: Frame): Vector {
    const column = frame.columns[this.ordinal]!;
    const { dictionary } = column;
    if (!dictionary) return this.inner.vector(frame);
    let known = this.#known.get(dictionary.id);
    if (!known) {
      const seen = (this.#seen.get(dictionary.id) ?? 0) + frame.count;
      if (dictionary.size > Math.max(SMALL_DICTIONARY, seen)) {
        this.#seen.set(dictionary.id, seen);
        return this.inner.vector(frame);
      }
      known = this.#evaluate(frame, column, dictionary);
      if (this.#known.size >= REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
      this.#known.set(dictionary.id, known);
    }
    return gather(frame, column, dictionary, known);
  }

  #evaluate(frame: Frame, column: Vector, dictionary: Dictionary): Remembered {
    const { ctx } = frame;
    const { arena, keep } = ctx;
    const { size } = dictionary;
    const length = size + 1;
    const bits = keep.alloc(bitmapBytes(length));
    arena.u8.fill(0xff, bits, bits + bitmapBytes(length));
    arena.u8[bits + (size >>> 3)]! &= ~(1 << (size & 7));
    const columns: Vector[] = [];
    columns[this.ordinal] = { type: column.type, rep: column.rep, data: dictionary.data, validity: bits };
    const result = this.inner.flat(Frame.of(ctx, { length, columns, selection: 0, selected: length }, true));
    const width = REP_BYTES[result.rep];
    const data = keep.alloc(length * width);
    arena.u8.copyWithin(data, result.data, result.data + length * width);
    let validity = 0;
    if (result.validity !== 0) {
      validity = keep.alloc(bitmapBytes(length));
      arena.u8.copyWithin(validity, result.validity, result.validity + bitmapBytes(length));
    }
    const vector: Vector = { type: result.type, rep: result.rep, data, validity };
    return {
      vector,
      dictionary: result.rep === 'view' ? { data, size: length, id: arena.nextId() } : undefined,
    };
  }
}

function gather(frame: Frame, column: Vector, dictionary: Dictionary, known: Remembered): Vector {
  const { kernels, selection, count } = frame;
  const { size } = dictionary;
  const { vector } = known;
  let codes = column;
  if (column.validity !== 0) {
    const data = frame.rows(4);
    kernels.codesWithNull(column.data, column.validity, size, selection, count, data);
    codes = { ...column, data };
  }
  let validity = 0;
  // The entry for null counts only where rows are null.
  const entries = column.validity !== 0 ? size + 1 : size;
  if (vector.validity !== 0 && kernels.countValid(vector.validity, 0, entries) < entries) {
    validity = frame.bitmap();
    kernels.gatherCodeBits(vector.validity, codes.data, 0, selection, count, validity);
  }
  if (known.dictionary)
    return { type: vector.type, rep: 'view', data: codes.data, validity, dictionary: known.dictionary };
  const data = decode(frame, codes, vector.data, size + 1, REP_BYTES[vector.rep]);
  return { type: vector.type, rep: vector.rep, data, validity };
}
