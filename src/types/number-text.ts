/** Text of a double as Java prints it: plain between 1e-3 and 1e7, else scientific with `E`. Java: `Double.toString`. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  if (value === Number.NEGATIVE_INFINITY) return '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const whole = wholeNumber(value, 53);
  if (whole !== undefined) return whole;
  const text = value.toExponential();
  // Java prints two digits where one would do but a second one comes nearer, which happens below the normal doubles.
  const single = Math.abs(value) < 2.3e-308 && /^-?\de/.test(text);
  return fromShortest(single ? value.toExponential(1) : text, Math.abs(value));
}

/** As `formatDouble` with the fewest digits that tell a float apart. Java: `Float.toString`. */
export function formatFloat(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatDouble(value);
  const whole = wholeNumber(value, 24);
  if (whole !== undefined) return whole;
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return fromShortest(halfEven(value, text, digits), Math.abs(value));
  }
  return fromShortest(value.toExponential(8), Math.abs(value));
}

function fromShortest(exponential: string, magnitude: number): string {
  const e = exponential.indexOf('e');
  const exponent = Number(exponential.slice(e + 1));
  const negative = exponential.startsWith('-');
  const digits =
    exponential
      .slice(negative ? 1 : 0, e)
      .replace('.', '')
      .replace(/0+$/, '') || '0';
  const sign = negative ? '-' : '';
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
    const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
    return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
  }
  return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
}

/** JavaScript rounds a tie up, Java to the even digit. */
function halfEven(value: number, text: string, digits: number): string {
  const exact = value.toExponential(60);
  const e = exact.indexOf('e');
  const tail = exact
    .slice(0, e)
    .replace('-', '')
    .replace('.', '')
    .slice(digits + 1);
  const last = text.indexOf('e') - 1;
  const digit = Number(text[last]);
  if (!/^50*$/.test(tail) || digit % 2 === 0) return text;
  const lower = `${text.slice(0, last)}${digit - 1}${text.slice(last + 1)}`;
  return Math.fround(Number(lower)) === value ? lower : text;
}

/** Decimal digits that a power of two beyond the significant bits leaves without meaning. */
const INSIGNIFICANT = [
  0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 11,
  11, 11, 12, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15, 15, 16, 16, 16, 17, 17, 17, 18, 18, 18, 19,
] as const;

/** Whole numbers too large for the significant bits but below 2^63: Java up to 18 prints their integer digits, less those
 * without meaning, which may be more than the shortest. Undefined for other values. */
function wholeNumber(value: number, significantBits: number): string | undefined {
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** significantBits || magnitude >= 2 ** 63) return undefined;
  let n = BigInt(magnitude);
  const beyond = n.toString(2).length - 1 - significantBits - 1;
  const dropped = beyond > 1 ? (INSIGNIFICANT[beyond] ?? 0) : 0;
  if (dropped > 0) {
    const unit = 10n ** BigInt(dropped);
    n = n % unit >= unit / 2n ? n / unit + 1n : n / unit;
  }
  const all = n.toString();
  const digits = all.replace(/0+$/, '');
  return `${value < 0 ? '-' : ''}${digits[0]}.${digits.slice(1) || '0'}E${all.length - 1 + dropped}`;
}
