import type { ParquetFile, SchemaNode } from './format.js';

/** Least and greatest value of a whole-number, date, timestamp or decimal column over files, as their footers say; decimals as the
 * numbers that they mean, all approximate where beyond 2^53. Undefined if a file does not tell. For estimates only. */
export function columnRange(
  files: readonly ParquetFile[],
  name: string,
): { readonly min: number; readonly max: number } | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const file of files) {
    const leaf =
      file.schema.children.find((c) => c.name === name) ??
      file.schema.children.find((c) => c.name.toLowerCase() === name.toLowerCase());
    if (!leaf || leaf.leaf < 0) return undefined;
    for (const group of file.rowGroups) {
      const statistics = group.chunks[leaf.leaf]?.statistics;
      if (statistics?.nullCount === group.rows) continue;
      const low = statistics?.min && numberOf(statistics.min, leaf);
      const high = statistics?.max && numberOf(statistics.max, leaf);
      if (low === undefined || high === undefined) return undefined;
      min = Math.min(min, low);
      max = Math.max(max, high);
    }
  }
  return min <= max ? { min, max } : undefined;
}

function numberOf(bytes: Uint8Array, leaf: SchemaNode): number | undefined {
  const { annotation } = leaf;
  const unsigned = annotation?.kind === 'int' && !annotation.signed;
  const scale = annotation?.kind === 'decimal' ? 10 ** annotation.scale : 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (leaf.physical === 'INT32' && bytes.byteLength === 4 && !unsigned) return view.getInt32(0, true) / scale;
  if (leaf.physical === 'INT64' && bytes.byteLength === 8 && !unsigned)
    return Number(view.getBigInt64(0, true)) / scale;
  if (leaf.physical === 'FIXED_LEN_BYTE_ARRAY' && annotation?.kind === 'decimal' && bytes.byteLength <= 16) {
    let value = 0n;
    for (const b of bytes) value = (value << 8n) | BigInt(b);
    return Number(BigInt.asIntN(bytes.byteLength * 8, value)) / scale;
  }
  return undefined;
}
