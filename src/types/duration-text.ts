const UNITS_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The text of a time as settings hold it (`3s`, `500ms`, `-1`) in milliseconds; a bare number is seconds. undefined: no such text.
 * Spark: `JavaUtils.timeStringAs`. */
export function parseTimeMs(text: string): number | undefined {
  const [, digits, unit = 's'] = /^(-?\d+)\s*([a-z]+)?$/.exec(text.trim().toLowerCase()) ?? [];
  const unitMs = Object.hasOwn(UNITS_MS, unit) ? UNITS_MS[unit] : undefined;
  return digits === undefined || unitMs === undefined ? undefined : Number(digits) * unitMs;
}
