import type { BoundExpr } from '../../eval/bound.js';
import { bitmapBytes, slotWriter } from '../../storage/column/build.js';
import { isValid, vectorReader } from '../../storage/column/read.js';
import { type Dictionary, defaultRep, REP_BYTES, type Vector } from '../../storage/column/vector.js';
import type { Frame } from './frame.js';
import { keptBytes, type RowFunction } from './row-values.js';

const UNKNOWN = 0;
const IS_NULL = 1;

interface Table {
  /** Address of one slot per entry, and one for null at the end. */
  readonly slots: number;
  /** Per slot: unknown, null, or a value. */
  readonly states: Uint8Array;
}

/** Results of a row function of one dictionary-encoded column, each computed when the first row asks for it: entries that no
 * selected row uses are never evaluated, so that they cannot raise. */
export class EntryResults {
  #id = -1;
  #table: Table | undefined;

  constructor(readonly expr: BoundExpr) {}

  run(frame: Frame, evaluate: RowFunction, column: Vector, dictionary: Dictionary): Vector {
    const { ctx } = frame;
    const { arena, keep } = ctx;
    const { type } = this.expr;
    const rep = defaultRep(type);
    const width = REP_BYTES[rep];
    const { size } = dictionary;
    if (this.#id !== dictionary.id || !this.#table) {
      this.#id = dictionary.id;
      this.#table = { slots: keep.alloc((size + 1) * width), states: new Uint8Array(size + 1) };
    }
    const { slots, states } = this.#table;
    const read = vectorReader(arena, { type: column.type, rep: column.rep, data: dictionary.data, validity: 0 });
    const write = slotWriter(arena, type, rep, keptBytes(ctx));
    const data = frame.rows(width);
    const bits = frame.bitmap();
    const { u8, u32, i32 } = arena;
    u8.fill(0, bits, bits + bitmapBytes(frame.length));
    const codes = column.data >>> 2;
    const selection = frame.selection >>> 2;
    let nulls = 0;
    for (let s = 0; s < frame.count; s++) {
      const i = selection === 0 ? s : u32[selection + s]!;
      const entry = isValid(arena, column.validity, i) ? i32[codes + i]! : size;
      if (states[entry] === UNKNOWN) {
        const value = evaluate([entry === size ? null : read(entry)]);
        states[entry] = value === null ? IS_NULL : 2;
        if (value !== null) write(slots + entry * width, value);
      }
      if (states[entry] === IS_NULL) {
        nulls++;
        continue;
      }
      u8[bits + (i >>> 3)]! |= 1 << (i & 7);
      copySlot(u8, u32, slots + entry * width, data + i * width, width);
    }
    return { type, rep, data, validity: nulls === 0 ? 0 : bits };
  }
}

function copySlot(u8: Uint8Array, u32: Uint32Array, from: number, to: number, width: number): void {
  if (width === 1) {
    u8[to] = u8[from]!;
    return;
  }
  for (let k = 0; k < width; k += 4) u32[(to + k) >>> 2] = u32[(from + k) >>> 2]!;
}
