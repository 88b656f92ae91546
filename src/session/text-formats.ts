import { closeSync, openSync, writeSync } from 'node:fs';
import { toSqlString } from '../types/format.js';
import type { DataType, StructType, Value } from '../types/index.js';
import { toJsonText } from './json-row.js';

/** Lines collected and written in pieces of about a megabyte. */
class LineFile {
  readonly #fd: number;
  #pending: string[] = [];
  #size = 0;
  constructor(path: string) {
    this.#fd = openSync(path, 'w');
  }
  line(text: string): void {
    this.#pending.push(text, '\n');
    this.#size += text.length;
    if (this.#size > 1 << 20) this.flush();
  }
  flush(): void {
    if (this.#pending.length > 0) writeSync(this.#fd, this.#pending.join(''));
    this.#pending = [];
    this.#size = 0;
  }
  close(): void {
    this.flush();
    closeSync(this.#fd);
  }
}

/** Spark's CSV: nulls empty, quotes doubled by a backslash, header if asked for. */
export function writeCsv(path: string, schema: StructType, option: (name: string) => string | undefined, timeZone: string) {
  const file = new LineFile(path);
  const separator = option('sep') ?? option('delimiter') ?? ',';
  const nullValue = option('nullvalue') ?? '';
  const quote = (text: string) =>
    text === '' || /["\r\n]/.test(text) || text.includes(separator) || text !== text.trim() ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : text;
  if (option('header') === 'true') file.line(schema.fieldNames.map(quote).join(separator));
  return {
    write: (row: readonly Value[]) =>
      file.line(row.map((v, i) => (v === null ? nullValue : quote(toSqlString(v, schema.fields[i]?.dataType as DataType, timeZone)))).join(separator)),
    close: () => file.close(),
  };
}

/** One JSON object a line, nulls left out. */
export function writeJson(path: string, schema: StructType, timeZone: string) {
  const file = new LineFile(path);
  return { write: (row: readonly Value[]) => file.line(toJsonText(row, schema, timeZone)), close: () => file.close() };
}

/** The one string column, a line each. */
export function writeText(path: string) {
  const file = new LineFile(path);
  return { write: (row: readonly Value[]) => file.line(row[0] === null ? '' : String(row[0])), close: () => file.close() };
}
