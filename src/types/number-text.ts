/** Text of a double as Java prints it: plain between 1e-3 and 1e7, else scientific with `E`. Java: `Double.toString`. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  if (value === Number.NEGATIVE_INFINITY) return '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const text = value.toExponential();
  // Java prints two digits where one would do but a second one comes nearer, which happens below the normal doubles.
  const single = Math.abs(value) < 2.3e-308 && /^-?\de/.test(text);
  return fromShortest(single ? value.toExponential(1) : text, Math.abs(value));
}

/** As `formatDouble` with the fewest digits that tell a float apart. Java: `Float.toString`. */
export function formatFloat(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatDouble(value);
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return fromShortest(text, Math.abs(value));
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
