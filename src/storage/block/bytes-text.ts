/** `1.5 MiB`. Spark: `Utils.bytesToString`. */
export function bytesToString(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let power = 0;
  while (power < units.length - 1 && bytes >= 2 * 1024 ** (power + 1)) power++;
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}
