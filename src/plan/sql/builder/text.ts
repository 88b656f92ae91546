/** A string token's value: quotes off, escapes undone (not in raw strings). Spark: `SparkParserUtils.unescapeSQLString`. */
export function unescapeString(image: string): string {
  if (image[0] === 'r' || image[0] === 'R') return image.slice(2, -1);
  const body = image.slice(1, -1);
  if (!body.includes('\\')) return body;
  return body.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([01][0-7][0-7])|([\s\S]))/g,
    (
      all,
      unit: string | undefined,
      point: string | undefined,
      octal: string | undefined,
      plain: string | undefined,
    ) => {
      if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
      if (point !== undefined) return fromCodePoint(Number.parseInt(point, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return plain === undefined ? all : escaped(plain);
    },
  );
}
function fromCodePoint(point: number): string {
  if (point < 0x10000) return String.fromCharCode(point);
  return String.fromCharCode(((point - 0x10000) >>> 10) + 0xd800, ((point - 0x10000) & 0x3ff) + 0xdc00);
}
function escaped(letter: string): string {
  switch (letter) {
    case '0':
      return '\0';
    case 'b':
      return '\b';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'Z':
      return '\u001a';
    // Patterns of LIKE keep their own escapes.
    case '%':
      return '\\%';
    case '_':
      return '\\_';
    default:
      return letter;
  }
}

/** A name token's value: back-ticks or double quotes off. */
export function nameText(image: string): string {
  if (image[0] === '"') return image.slice(1, -1).replaceAll('""', '"');
  return image[0] === '`' ? image.slice(1, -1).replaceAll('``', '`') : image;
}

/** As error parameters quote names. Spark: `toSQLId`. */
export function quoteId(parts: readonly string[] | string): string {
  return (typeof parts === 'string' ? [parts] : parts).map((p) => `\`${p.replaceAll('`', '``')}\``).join('.');
}
/** As error parameters quote strings. Spark: `toSQLValue`. */
export function quoteValue(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
/** As error parameters quote statements and clauses. Spark: `toSQLStmt`. */
export function quoteStatement(text: string): string {
  return text.toUpperCase();
}
/** As error parameters quote types. Spark: `toSQLType`. */
export function quoteType(text: string): string {
  return `"${text.toUpperCase()}"`;
}
