/** Directory name of a null partition value. Spark: `ExternalCatalogUtils.DEFAULT_PARTITION_NAME`. */
export const DEFAULT_PARTITION_NAME = '__HIVE_DEFAULT_PARTITION__';

const ESCAPED = new Set(['"', '#', '%', "'", '*', '/', ':', '=', '?', '\\', '\x7f', '{', '[', ']', '^']);

/** Spark: `ExternalCatalogUtils.escapePathName`. */
export function escapePathName(name: string): string {
  let out = '';
  for (const c of name) {
    const code = c.charCodeAt(0);
    out += code < 0x20 || ESCAPED.has(c) ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : c;
  }
  return out;
}

/** Spark: `ExternalCatalogUtils.unescapePathName`. */
export function unescapePathName(path: string): string {
  return path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** `name=value` as a directory, escaped; null and '' are Hive's default partition. Spark: `getPartitionPathString`. */
export function partitionDirectory(name: string, value: string | null): string {
  const text = value === null || value === '' ? DEFAULT_PARTITION_NAME : escapePathName(value);
  return `${escapePathName(name)}=${text}`;
}

/** Names that no data has. Spark: `HadoopFSUtils.shouldFilterOutPathName`. */
export function isHidden(name: string): boolean {
  return (name.startsWith('_') && !name.includes('=')) || name.startsWith('.') || name.endsWith('._COPYING_');
}
