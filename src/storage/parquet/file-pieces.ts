import type { ByteSource } from '../files/source.js';
import type { Arena } from '../memory/arena.js';
import type { Region } from '../memory/region.js';
import { SLACK } from './chunk-reader.js';

/** Bytes of a file. */
export interface FilePiece {
  readonly offset: number;
  readonly byteLength: number;
}

/** Pieces closer than this are read together. */
const MERGE_GAP_BYTES = 4096;

/** Reads pieces of a file into the arena. Pieces that lie next to each other are read at once. @returns their addresses */
export async function loadPieces(
  source: ByteSource,
  arena: Arena,
  wanted: readonly FilePiece[],
  scratch: Region,
): Promise<Map<FilePiece, number>> {
  const pieces = [...new Set(wanted)].sort((a, b) => a.offset - b.offset);
  const addresses = new Map<FilePiece, number>();
  const reads: Promise<void>[] = [];
  for (let first = 0; first < pieces.length; ) {
    const start = (pieces[first] as FilePiece).offset;
    let end = start + (pieces[first] as FilePiece).byteLength;
    let next = first + 1;
    for (; next < pieces.length; next++) {
      const piece = pieces[next] as FilePiece;
      if (piece.offset > end + MERGE_GAP_BYTES) break;
      end = Math.max(end, piece.offset + piece.byteLength);
    }
    const at = scratch.alloc(end - start + SLACK);
    for (let k = first; k < next; k++) {
      const piece = pieces[k] as FilePiece;
      addresses.set(piece, at + piece.offset - start);
    }
    reads.push(source.read(arena.u8.subarray(at, at + end - start), start));
    first = next;
  }
  // All must settle before the caller may release what they write to.
  const results = await Promise.allSettled(reads);
  for (const r of results) if (r.status === 'rejected') throw r.reason;
  return addresses;
}
