import type { ByteSource } from './source.js';

const BLOCK_BYTES = 1 << 20;
/** A line longer than this is refused: a file without line ends would fill memory. */
const MAX_LINE_BYTES = 256 << 20;

/** Lines (without their ends) that start inside [start, start + length): a split whose start is not 0 leaves its first, partial line
 * to the split before, which reads past its end. Ends: \n, \r\n, \r, or `separator`. Comes in batches. Spark: Hadoop's `LineRecordReader`. */
export async function* readLines(
  source: ByteSource,
  split: { readonly start: number; readonly length: number },
  fileSize: number,
  separator?: string,
): AsyncGenerator<string[]> {
  const end = split.start + split.length;
  const own = separator === undefined ? undefined : Buffer.from(separator, 'utf8');
  let position = split.start;
  /** Offset in the file of the first byte of `rest`. */
  let restStart = position;
  let rest = Buffer.alloc(0);
  let skipping = split.start > 0;
  let scanned = 0;
  while (restStart <= end) {
    const size = Math.min(BLOCK_BYTES, fileSize - position);
    if (size > 0) {
      const block = Buffer.allocUnsafe(rest.length + size);
      rest.copy(block);
      await source.read(block.subarray(rest.length), position);
      position += size;
      rest = block;
    }
    const last = position >= fileSize;
    const lines: string[] = [];
    let from = 0;
    for (let at = scanned; restStart + from <= end; ) {
      const found = own ? findOwn(rest, at, own) : findEnd(rest, at, last);
      if (!found) break;
      // A line that starts exactly at the end belongs here: the next split skips its first line.
      if (skipping) skipping = false;
      else lines.push(rest.toString('utf8', from, found.at));
      from = found.at + found.bytes;
      at = from;
    }
    const past = restStart + from > end;
    if (!past && last) {
      if (from < rest.length && !skipping) lines.push(rest.toString('utf8', from));
      if (lines.length > 0) yield lines;
      return;
    }
    if (lines.length > 0) yield lines;
    if (past) return;
    rest = Buffer.from(rest.subarray(from));
    restStart += from;
    // A separator may lie across blocks.
    scanned = Math.max(0, rest.length - (own?.length ?? 1));
    if (rest.length > MAX_LINE_BYTES) throw new RangeError('line too long');
  }
}

function findOwn(bytes: Buffer, from: number, separator: Buffer): { at: number; bytes: number } | undefined {
  const at = bytes.indexOf(separator, from);
  return at < 0 ? undefined : { at, bytes: separator.length };
}

function findEnd(bytes: Buffer, from: number, last: boolean): { at: number; bytes: number } | undefined {
  const newline = bytes.indexOf(10, from);
  const upTo = newline < 0 ? bytes.length : newline;
  const carriage = bytes.indexOf(13, from);
  if (carriage >= 0 && carriage < upTo) {
    if (carriage + 1 < bytes.length) return { at: carriage, bytes: bytes[carriage + 1] === 10 ? 2 : 1 };
    // Whether \n follows is not known yet.
    return last ? { at: carriage, bytes: 1 } : undefined;
  }
  return newline < 0 ? undefined : { at: newline, bytes: 1 };
}

/** All lines of a text in memory. */
export function splitLines(text: string, separator?: string): string[] {
  const lines = text.split(separator ?? /\r\n|\n|\r/);
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}

/** Without the mark that some programs put before UTF-8. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
