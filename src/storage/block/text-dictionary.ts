import type { Dictionary } from '../column/vector.js';
import type { Region } from '../memory/region.js';
import type { BlockContext } from './context.js';
import type { Bounds } from './encode.js';
import type { BlockInput, StagedColumn } from './stage.js';

const MAX_ENTRIES = 65_536;
/** After so many rows a column with more distinct values than half of them is given up. */
const TRIAL_ROWS = 4096;

/** The distinct texts of one column of a block, in order of first appearance. Everything lies in the staging region. */
export class TextDictionary {
  /** Address of the entries' views; they point to the source bytes. */
  readonly entries: number;
  readonly #table: number;
  readonly #mask: number;
  readonly #hashes: number;
  readonly #size: number;
  readonly #seen: number;
  readonly #scratch: number;
  readonly #remaps = new Map<number, number>();
  #stamp = 0;

  constructor(
    readonly context: BlockContext,
    readonly limit: number,
    readonly region: Region,
  ) {
    let slots = 16;
    while (slots < limit * 2) slots *= 2;
    this.#mask = slots - 1;
    this.#table = region.allocZeroed(slots * 4);
    this.entries = region.alloc(limit * 8);
    this.#hashes = region.alloc(limit * 4);
    this.#seen = region.allocZeroed(limit * 4);
    this.#size = region.allocZeroed(64);
    this.#scratch = region.alloc(64);
  }

  get size(): number {
    return this.context.arena.u32[this.#size >>> 2]!;
  }

  /** Bytes of a code. */
  get codeWidth(): number {
    return this.size <= 256 ? 1 : 2;
  }

  /** Codes of plain views into `out`. @returns false where there are too many distinct values */
  encodeViews(data: number, validity: number, count: number, out: number): boolean {
    const { kernels } = this.context;
    return (
      kernels.blockEncodeViews(
        data,
        validity,
        count,
        this.#table,
        this.#mask,
        this.entries,
        this.#hashes,
        this.#size,
        this.limit,
        out,
      ) === 1
    );
  }

  /** Codes of rows that already are codes of another dictionary: each entry is hashed once. */
  encodeCodes(input: BlockInput, column: number, dictionary: Dictionary, out: number): boolean {
    const { data, validity } = input.columns[column]!;
    let remap = this.#remaps.get(dictionary.id);
    if (remap === undefined) {
      remap = this.region.allocZeroed(Math.max(1, dictionary.size) * 4);
      this.#remaps.set(dictionary.id, remap);
    }
    const { kernels } = this.context;
    return (
      kernels.blockEncodeCodes(
        data,
        validity,
        input.selection,
        0,
        input.selected,
        dictionary.data,
        remap,
        this.#table,
        this.#mask,
        this.entries,
        this.#hashes,
        this.#size,
        this.limit,
        out,
      ) === 1
    );
  }

  /** Codes of the smallest and largest text among the valid rows. */
  bounds(codes: number, validity: number, count: number): Bounds {
    const { kernels, arena } = this.context;
    kernels.blockBoundsCodes(codes, validity, count, this.entries, this.#seen, ++this.#stamp, this.#scratch);
    const at = this.#scratch >>> 2;
    return { lower: [BigInt(arena.u32[at]!), 0n], upper: [BigInt(arena.u32[at + 4]!), 0n] };
  }
}

function limitFor(rows: number): number {
  return Math.min(MAX_ENTRIES, Math.max(1, rows >>> 2));
}

/** A column whose inputs all have dictionaries as codes of one dictionary; undefined where that is too large.
 * @returns the staged u32 codes */
export function stageCodes(
  context: BlockContext,
  inputs: readonly BlockInput[],
  column: number,
  rows: number,
  validity: number,
  region: Region,
): { staged: Omit<StagedColumn, 'type'>; dictionary: TextDictionary } | undefined {
  const dictionary = new TextDictionary(context, limitFor(rows), region);
  const data = region.alloc(rows * 4 + 64);
  let out = data;
  for (const input of inputs) {
    const source = input.columns[column]!.dictionary;
    if (!source || !dictionary.encodeCodes(input, column, source, out)) return undefined;
    out += input.selected * 4;
  }
  return { staged: { width: 4, data, validity }, dictionary };
}

/** As `stageCodes` for plain views. */
export function stageViewsAsCodes(
  context: BlockContext,
  staged: StagedColumn,
  rows: number,
  region: Region,
): { staged: Omit<StagedColumn, 'type'>; dictionary: TextDictionary } | undefined {
  const dictionary = new TextDictionary(context, limitFor(rows), region);
  const data = region.alloc(rows * 4 + 64);
  for (let from = 0; from < rows; from += TRIAL_ROWS) {
    const count = Math.min(TRIAL_ROWS, rows - from);
    const validity = staged.validity === 0 ? 0 : staged.validity + from / 8;
    if (!dictionary.encodeViews(staged.data + from * 8, validity, count, data + from * 4)) return undefined;
    if (from + count >= TRIAL_ROWS && dictionary.size > (from + count) / 2) return undefined;
  }
  return { staged: { width: 4, data, validity: staged.validity }, dictionary };
}
