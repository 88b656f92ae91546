import type { Place } from './findings.js';

/** Lines of a text, to turn offsets into places. */
export class Lines {
  readonly #starts: number[] = [0];
  constructor(
    readonly text: string,
    readonly file: string,
  ) {
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.#starts.push(i + 1);
  }
  /** `stop` is exclusive. */
  place(start: number, stop: number): Place {
    const [line, column] = this.#at(start);
    const [endLine, endColumn] = this.#at(stop);
    return { file: this.file, start, stop, line, column, endLine, endColumn };
  }
  #at(offset: number): [line: number, column: number] {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return [low + 1, offset - (this.#starts[low] as number) + 1];
  }
}

/** How many characters of blanks and comments a statement begins with. */
export function leadLength(text: string): number {
  let i = 0;
  for (;;) {
    const blank = /^\s+/.exec(text.slice(i, i + 1000));
    if (blank) i += blank[0].length;
    else if (text.startsWith('--', i)) {
      const end = text.indexOf('\n', i);
      if (end < 0) return text.length;
      i = end + 1;
    } else if (text.startsWith('/*', i) && !text.startsWith('/*+', i)) {
      let depth = 0;
      do {
        if (text.startsWith('/*', i)) {
          depth++;
          i += 2;
        } else if (text.startsWith('*/', i)) {
          depth--;
          i += 2;
        } else i++;
      } while (depth > 0 && i < text.length);
    } else return i;
  }
}

/** Rules that a comment before the statement switches off for it: `-- memoframe-ignore never-hit, used-once`; without names all. */
export function ignoredRules(lead: string): ReadonlySet<string> | 'all' {
  const names = new Set<string>();
  for (const [, list = ''] of lead.matchAll(/memoframe-ignore\b([^\n*]*)/g)) {
    const given = list.split(/[\s,]+/).filter((n) => n !== '');
    if (given.length === 0) return 'all';
    for (const n of given) names.add(n);
  }
  return names;
}
