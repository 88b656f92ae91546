import type { CsvOptions } from './csv-options.js';

/** Cuts CSV text into fields the way univocity does with Spark's settings. A field is null if nothing stood there unquoted. */
export type CsvRecord = (string | null)[];

export class CsvParser {
  readonly #separator: string;
  readonly #quote: string;
  readonly #escape: string;

  constructor(readonly options: CsvOptions) {
    this.#separator = options.separator;
    this.#quote = options.quote;
    this.#escape = options.escape;
  }

  /** One line. Null: empty, blank or a comment. */
  line(text: string): CsvRecord | null {
    if (this.skips(text)) return null;
    return this.#record(text, 0, text.length).fields;
  }

  skips(line: string): boolean {
    return line.trim() === '' || (this.options.comment !== '' && line.startsWith(this.options.comment));
  }

  /** All records of a text whose quoted fields may hold line ends. Yields the record's text too. */
  *records(text: string): Generator<{ readonly fields: CsvRecord; readonly text: string }> {
    for (let at = 0; at < text.length; ) {
      const end = lineEnd(text, at);
      if (this.skips(text.slice(at, end))) {
        at = afterLineEnd(text, end);
        continue;
      }
      const { fields, next } = this.#record(text, at, text.length, true);
      yield { fields, text: text.slice(at, next) };
      at = afterLineEnd(text, next);
    }
  }

  #record(text: string, start: number, limit: number, multiLine = false): { fields: CsvRecord; next: number } {
    const fields: CsvRecord = [];
    const separator = this.#separator;
    let at = start;
    for (;;) {
      let begin = at;
      if (this.options.trimLeading)
        while (begin < limit && isBlank(text, begin) && !text.startsWith(separator, begin)) begin++;
      if (this.#quote !== '' && text[begin] === this.#quote) {
        const quoted = this.#quoted(text, begin, limit, multiLine);
        if (quoted) {
          fields.push(quoted.value === '' ? this.options.emptyValue : quoted.value);
          at = quoted.next;
          if (at < limit && text.startsWith(separator, at)) {
            at += separator.length;
            continue;
          }
          return { fields, next: at };
        }
      }
      let end = begin;
      while (end < limit && !text.startsWith(separator, end) && !(multiLine && isLineEnd(text, end))) end++;
      fields.push(this.#bare(text, begin, end));
      if (end < limit && text.startsWith(separator, end)) {
        at = end + separator.length;
        continue;
      }
      return { fields, next: end };
    }
  }

  #bare(text: string, begin: number, end: number): string | null {
    let stop = end;
    if (this.options.trimTrailing) while (stop > begin && isBlank(text, stop - 1)) stop--;
    return stop === begin ? null : text.slice(begin, stop);
  }

  /** A quoted field from its quote on; undefined if text follows the closing quote, which makes all of it unquoted. */
  #quoted(text: string, begin: number, limit: number, multiLine: boolean): { value: string; next: number } | undefined {
    const quote = this.#quote;
    const escaping = this.#escape;
    let value = '';
    let at = begin + 1;
    while (at < limit) {
      const c = text[at] as string;
      if (escaping !== '' && c === escaping && at + 1 < limit) {
        const next = text[at + 1] as string;
        if (next === quote || (next === escaping && escaping !== quote)) {
          value += next;
          at += 2;
          continue;
        }
      }
      if (c === quote) {
        let after = at + 1;
        while (after < limit && isBlank(text, after) && !text.startsWith(this.#separator, after)) after++;
        if (after >= limit || text.startsWith(this.#separator, after) || (multiLine && isLineEnd(text, after)))
          return { value, next: after };
        return undefined;
      }
      value += c;
      at++;
    }
    return { value, next: limit };
  }
}

/** Blank for univocity: up to the space character, line ends aside. */
function isBlank(text: string, at: number): boolean {
  return text.charCodeAt(at) <= 32 && !isLineEnd(text, at);
}
function isLineEnd(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return c === 10 || c === 13;
}
function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isLineEnd(text, at)) at++;
  return at;
}
function afterLineEnd(text: string, at: number): number {
  return text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : Math.min(at + 1, text.length);
}
