/** Options of CSV text that matter to one record. */
export interface CsvOptions {
  readonly separator: string;
  readonly quote: string;
  readonly escape: string;
  readonly nullValue: string;
  readonly ignoreLeadingWhiteSpace: boolean;
  readonly ignoreTrailingWhiteSpace: boolean;
}

export function csvOptions(given: ReadonlyMap<string, string>): CsvOptions {
  return {
    separator: given.get('sep') ?? given.get('delimiter') ?? ',',
    quote: given.get('quote') ?? '"',
    escape: given.get('escape') ?? '\\',
    nullValue: given.get('nullvalue') ?? '',
    ignoreLeadingWhiteSpace: given.get('ignoreleadingwhitespace') === 'true',
    ignoreTrailingWhiteSpace: given.get('ignoretrailingwhitespace') === 'true',
  };
}

/** Cells of one CSV record; `quoted` tells an empty string from nothing. */
export function splitCsv(line: string, options: CsvOptions): { readonly text: string; readonly quoted: boolean }[] {
  const { separator, quote, escape: escapeChar } = options;
  const cells: { text: string; quoted: boolean }[] = [];
  let at = 0;
  for (;;) {
    let text = '';
    let quoted = false;
    if (quote !== '' && line.startsWith(quote, at)) {
      quoted = true;
      at += quote.length;
      while (at < line.length) {
        if (line[at] === escapeChar && (line.startsWith(quote, at + 1) || line[at + 1] === escapeChar)) {
          text += line[at + 1];
          at += 2;
        } else if (line.startsWith(quote, at)) {
          at += quote.length;
          break;
        } else text += line[at++];
      }
      while (at < line.length && !line.startsWith(separator, at)) text += line[at++];
    } else {
      while (at < line.length && !line.startsWith(separator, at)) text += line[at++];
      if (options.ignoreLeadingWhiteSpace) text = text.trimStart();
      if (options.ignoreTrailingWhiteSpace) text = text.trimEnd();
    }
    cells.push({ text, quoted });
    if (at >= line.length) return cells;
    at += separator.length;
    if (at >= line.length) {
      cells.push({ text: '', quoted: false });
      return cells;
    }
  }
}

/** One CSV record; cells are quoted where they hold a separator, quote, line break or blank ends. */
export function joinCsv(cells: readonly (string | null)[], options: CsvOptions): string {
  const { separator, quote, escape: escapeChar } = options;
  return cells
    .map((cell) => {
      if (cell === null) return options.nullValue;
      if (cell === '') return `${quote}${quote}`;
      const special = cell.includes(separator) || cell.includes(quote) || /[\r\n]/.test(cell) || cell.startsWith('#');
      if (!special) return cell;
      return quote + cell.replaceAll(escapeChar, escapeChar + escapeChar).replaceAll(quote, escapeChar + quote) + quote;
    })
    .join(separator);
}
