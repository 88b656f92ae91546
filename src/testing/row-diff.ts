/** A row as a test writes it: all values in the order of the columns, or by name. */
export type Row = readonly unknown[] | Readonly<Record<string, unknown>>;

export interface Comparison {
  readonly equal: boolean;
  /** The rows that only one side has, or the first that differ. */
  readonly text: string;
}

const MOST_SHOWN = 10;

/** Compares rows as bags, or in order. Doubles are equal at relative 1e-9; numbers equal bigints and decimals of the same value. */
export function compareRows(
  columns: readonly string[],
  seen: readonly Row[],
  wanted: readonly Row[],
  ordered: boolean,
): Comparison {
  const key = (r: Row) => rowKey(columns, r);
  const left = seen.map(key);
  const right = wanted.map(key);
  if (ordered) {
    const at = left.findIndex((k, i) => k !== right[i]);
    const first = at < 0 && left.length !== right.length ? Math.min(left.length, right.length) : at;
    if (first < 0) return { equal: true, text: '' };
    return {
      equal: false,
      text: `row ${first} differs\n- ${right[first] ?? '(no row)'}\n+ ${left[first] ?? '(no row)'}`,
    };
  }
  const missing = minus(right, left);
  const extra = minus(left, right);
  if (missing.length === 0 && extra.length === 0) return { equal: true, text: '' };
  const shown = (sign: string, rows: readonly string[]) => [
    ...rows.slice(0, MOST_SHOWN).map((r) => `${sign} ${r}`),
    ...(rows.length > MOST_SHOWN ? [`${sign} … ${rows.length - MOST_SHOWN} more`] : []),
  ];
  const head = `${seen.length} rows, expected ${wanted.length} (- expected, + received)`;
  return { equal: false, text: [head, ...shown('-', missing), ...shown('+', extra)].join('\n') };
}

/** Rows with other columns than the result has are equal to none of its rows: values that nobody compares must not pass. */
function rowKey(columns: readonly string[], row: Row): string {
  if (Array.isArray(row)) return JSON.stringify(row.map(plain));
  const byName = row as Readonly<Record<string, unknown>>;
  const names = Object.keys(byName);
  const sameColumns = names.every((n) => columns.includes(n)) && columns.every((c) => Object.hasOwn(byName, c));
  return JSON.stringify(
    sameColumns
      ? columns.map((c) => plain(byName[c]))
      : Object.fromEntries(names.map((n): [string, unknown] => [n, plain(byName[n])])),
  );
}

function minus(a: readonly string[], b: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const k of b) count.set(k, (count.get(k) ?? 0) + 1);
  return a.filter((k) => {
    const n = count.get(k) ?? 0;
    count.set(k, n - 1);
    return n <= 0;
  });
}

/** Nine significant digits: values that differ by less than 1e-9 may still fall on either side of a rounding, which tests with
 * figures of fewer digits never meet. */
function plain(v: unknown): unknown {
  if (typeof v === 'number')
    return Number.isInteger(v) || !Number.isFinite(v) ? String(v) : String(Number(v.toPrecision(9)));
  if (typeof v === 'bigint') return String(v);
  if (v === null || v === undefined) return null;
  if (v instanceof Uint8Array) return `x${Buffer.from(v).toString('hex')}`;
  if (v instanceof Map) return [...v].map(([k, x]) => [plain(k), plain(x)]);
  if (Array.isArray(v)) return v.map(plain);
  if (typeof v !== 'object') return v;
  if (Object.getPrototypeOf(v) === null || Object.getPrototypeOf(v) === Object.prototype)
    return Object.entries(v).map(([k, x]) => [k, plain(x)]);
  const text = String(v);
  // Decimals: 1.50 is 1.5.
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text;
}
