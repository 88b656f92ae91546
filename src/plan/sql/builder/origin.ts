import type { Origin } from '../../../errors/index.js';
import type { Span } from './cst.js';

/** Where a node stands in its SQL text; line (from 1) and column (from 0) are counted when asked for. */
export class TextOrigin implements Origin {
  constructor(
    readonly sqlText: string,
    readonly startIndex: number,
    readonly stopIndex: number,
  ) {}
  get line(): number {
    let line = 1;
    for (let i = this.sqlText.indexOf('\n'); i !== -1 && i < this.startIndex; i = this.sqlText.indexOf('\n', i + 1))
      line++;
    return line;
  }
  get startPosition(): number {
    return this.startIndex - (this.startIndex === 0 ? 0 : this.sqlText.lastIndexOf('\n', this.startIndex - 1) + 1);
  }
}

export function originOf(sql: string, span: Span): Origin {
  return Number.isNaN(span.start) ? { sqlText: sql } : new TextOrigin(sql, span.start, span.stop);
}
