import type { BoundExpr } from '../../eval/bound.js';
import { defaultRep, REP_BYTES, type Vector } from '../../storage/column/vector.js';
import type { DataType } from '../../types/index.js';
import type { Frame } from './frame.js';

/** Rough work per row, for choosing where to narrow before evaluating. */
export const COST = { cheap: 1, text: 8, row: 64 } as const;

/** One compiled expression. Equal expressions of a program share one node, which remembers its vector for the rows it was
 * last asked for and for any subset of them. */
export abstract class Node {
  #memo: { readonly frame: Frame; readonly vector: Vector } | undefined;
  #flat: { readonly frame: Frame; readonly vector: Vector } | undefined;

  #outlives = false;

  constructor(readonly expr: BoundExpr) {}

  /** May the bytes that this node's strings and nested values view be part of a result of the program? */
  get outlives(): boolean {
    return this.#outlives;
  }

  /** Says that the node's values leave the program, and so do the bytes that they may view in those of other nodes. */
  markOutput(): void {
    if (this.#outlives) return;
    this.#outlives = true;
    for (const node of this.viewed()) node.markOutput();
  }

  /** Nodes whose bytes this node's values may view instead of having their own. */
  protected viewed(): readonly Node[] {
    return [];
  }

  get type(): DataType {
    return this.expr.type;
  }
  /** May evaluation throw for some row? Then it must not see rows that SQL skips. */
  abstract readonly canRaise: boolean;
  abstract readonly cost: number;

  /** The values of the frame's rows, each at its own position; may be dictionary-encoded. */
  vector(frame: Frame): Vector {
    const memo = this.#memo;
    if (memo && memo.frame.run === frame.run && frame.within(memo.frame)) return memo.vector;
    if (frame.count === 0) return frame.blank(this.type, defaultRep(this.type));
    const vector = this.compute(frame);
    this.#memo = { frame, vector };
    return vector;
  }

  /** As `vector`, never dictionary-encoded. */
  flat(frame: Frame): Vector {
    const vector = this.vector(frame);
    if (!vector.dictionary) return vector;
    const memo = this.#flat;
    if (memo && memo.frame.run === frame.run && frame.within(memo.frame)) return memo.vector;
    const flat = flatten(frame, vector);
    this.#flat = { frame, vector: flat };
    return flat;
  }

  protected abstract compute(frame: Frame): Vector;
}

/** Replaces codes by the values they stand for. */
export function flatten(frame: Frame, vector: Vector): Vector {
  const { dictionary } = vector;
  if (!dictionary) return vector;
  const data = decode(frame, vector, dictionary.data, dictionary.size, REP_BYTES[vector.rep]);
  return { type: vector.type, rep: vector.rep, data, validity: vector.validity };
}

/** Per row, the entry that its code names, out of `size` entries of `width` bytes. @returns address of one entry per row */
export function decode(frame: Frame, vector: Vector, entries: number, size: number, width: number): number {
  const out = frame.rows(width);
  const { kernels, selection, count } = frame;
  if (width === 1) kernels.decode1(entries, size, vector.data, selection, count, out);
  else if (width === 4) kernels.decode4(entries, size, vector.data, selection, count, out);
  else if (width === 8) kernels.decode8(entries, size, vector.data, selection, count, out);
  else kernels.decode16(entries, size, vector.data, selection, count, out);
  return out;
}
