import { closeSync, openSync, readSync } from 'node:fs';
import { isCompressedText, readWholeText } from '../../storage/files/compressed-text.js';
import type { TextSplit } from '../lineage/spec.js';
import { DONE, type Feed } from './feed.js';

const CHUNK = 256 * 1024;
const NEWLINE = 10;
const RETURN = 13;

/** Lines that begin in a piece of a file; a piece that begins inside a line leaves it to the one before.
 * Hadoop: `LineRecordReader`. */
export function textLines(split: TextSplit): Feed {
  return new TextFeed(split);
}

/** Before the text of some files. */
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

class TextFeed implements Feed {
  #file: number | undefined;
  #chunk: Buffer = Buffer.alloc(0);
  /** Where the chunk begins in the file, and where reading stands in the chunk. */
  #base: number;
  #at = 0;
  #opened = false;
  #done = false;
  readonly #end: number;
  #ended = false;

  constructor(readonly split: TextSplit) {
    this.#base = split.start;
    this.#end = isCompressedText(split.path) ? Number.POSITIVE_INFINITY : split.start + split.length;
  }

  pull(): unknown {
    if (this.#done) return DONE;
    if (!this.#opened) this.#open();
    // A line that begins at the very end belongs here: the next piece skips its first line.
    const position = this.#base + this.#at;
    if (position > this.#end) return this.#finish();
    const line = this.#readLine();
    return line === undefined ? this.#finish() : line.toString('utf8');
  }

  #open(): void {
    this.#opened = true;
    if (isCompressedText(this.split.path)) {
      this.#chunk = readWholeText(this.split.path);
      this.#ended = true;
    } else {
      this.#file = openSync(this.split.path, 'r');
      if (this.split.start > 0) {
        this.#readLine();
        return;
      }
      this.#fill();
    }
    if (this.#chunk.subarray(0, 3).equals(BYTE_ORDER_MARK)) this.#at = 3;
  }

  /** Bytes of the next line without its end; undefined at the end of the file. */
  #readLine(): Buffer | undefined {
    let from = this.#at;
    for (;;) {
      const { cut, next } = this.#findEnd(from);
      if (cut >= 0) {
        const line = this.#chunk.subarray(this.#at, cut);
        this.#at = next;
        return line;
      }
      const searched = this.#chunk.length - this.#at;
      if (!this.#fill()) {
        if (this.#at >= this.#chunk.length) return undefined;
        const last = this.#chunk.subarray(this.#at, this.#chunk.at(-1) === RETURN ? -1 : undefined);
        this.#at = this.#chunk.length;
        return last;
      }
      // A return at the end of a chunk may be half of a line's end.
      from = this.#at + Math.max(0, searched - 1);
    }
  }

  #findEnd(from: number): { cut: number; next: number } {
    const chunk = this.#chunk;
    const newline = chunk.indexOf(NEWLINE, from);
    const to = newline < 0 ? chunk.length : newline;
    const back = chunk.subarray(from, to).indexOf(RETURN);
    if (back >= 0) {
      const cut = from + back;
      if (cut + 1 < chunk.length) return { cut, next: chunk[cut + 1] === NEWLINE ? cut + 2 : cut + 1 };
      return { cut: -1, next: -1 };
    }
    return newline < 0 ? { cut: -1, next: -1 } : { cut: newline, next: newline + 1 };
  }

  #fill(): boolean {
    if (this.#file === undefined || this.#ended) return false;
    const rest = this.#chunk.subarray(this.#at);
    const next = Buffer.allocUnsafe(rest.length + CHUNK);
    rest.copy(next);
    const position = this.#base + this.#chunk.length;
    const n = readSync(this.#file, next, rest.length, CHUNK, position);
    this.#base += this.#at;
    this.#at = 0;
    this.#chunk = next.subarray(0, rest.length + n);
    if (n === 0) this.#ended = true;
    return n > 0;
  }

  #finish(): typeof DONE {
    this.close();
    return DONE;
  }
  close(): void {
    this.#done = true;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
