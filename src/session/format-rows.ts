import { toDisplayString, toSqlString } from '../types/format.js';
import { type DataType, StructType, type Value } from '../types/index.js';
import { toJsonText } from './json-row.js';
import { escapeCell } from './show.js';
import { terminalWidth, visible } from './terminal-text.js';

export type TextFormat = 'table' | 'json' | 'ndjson' | 'csv' | 'markdown';

/** A value as SQL would cast it to a string; null is `NULL`. */
export function toSqlText(v: Value, type: DataType, timeZone: string): string {
  return v === null ? 'NULL' : toSqlString(v, type, timeZone);
}

/** Rows as text for people (`table`, `markdown`) or programs (`json`, `ndjson`, `csv`); ends in a newline. A table of more
 * than `maxWidth` columns of the terminal stands with each value on a line of its own, as no line of it could be read. */
export function formatRows(
  schema: StructType,
  rows: readonly (readonly Value[])[],
  format: TextFormat,
  timeZone: string,
  maxWidth = Number.POSITIVE_INFINITY,
): string {
  switch (format) {
    case 'ndjson':
      return rows.map((r) => `${withNulls(r, schema, timeZone)}\n`).join('');
    case 'json':
      return rows.length === 0
        ? '[]\n'
        : `[\n${rows.map((r) => `  ${withNulls(r, schema, timeZone)}`).join(',\n')}\n]\n`;
    case 'csv':
      return [
        schema.fieldNames.map(csvCell),
        ...rows.map((r) =>
          r.map((v, i) =>
            v === null ? '' : csvCell(toSqlString(v, schema.fields[i]?.dataType as DataType, timeZone)),
          ),
        ),
      ]
        .map((cells) => `${cells.join(',')}\n`)
        .join('');
    case 'markdown': {
      const cell = (text: string) => shown(text).replaceAll('|', '\\|');
      const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
      const aligned = schema.fields.map((f) => (isRight(f.dataType) ? '---:' : '---'));
      return (
        line(schema.fieldNames.map(cell)) +
        line(aligned) +
        rows.map((r) => line(cells(r, schema, timeZone).map(cell))).join('')
      );
    }
    case 'table':
      return table(schema, rows, timeZone, maxWidth);
  }
}

/** JSON with nulls kept, so that every row has every key. */
function withNulls(row: readonly Value[], schema: StructType, timeZone: string): string {
  const parts = schema.fields.map((f, i) => {
    const v = row[i] as Value;
    if (v === null) return `${JSON.stringify(f.name)}:null`;
    const text = toJsonText([v], new StructType([f]), timeZone);
    return text.slice(1, -1);
  });
  return `{${parts.join(',')}}`;
}

/** A name or value on one line. */
function shown(text: string): string {
  return visible(escapeCell(text));
}

/** An empty text stands in quotes: null is an empty cell. */
function csvCell(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cells(row: readonly Value[], schema: StructType, timeZone: string): string[] {
  return row.map((v, i) =>
    v === null ? 'NULL' : toDisplayString(v, schema.fields[i]?.dataType as DataType, timeZone),
  );
}

function isRight(type: DataType): boolean {
  return ['byte', 'short', 'int', 'long', 'float', 'double', 'decimal'].includes(type.kind);
}

/** Columns aligned: numbers right, text left. */
function table(schema: StructType, rows: readonly (readonly Value[])[], timeZone: string, maxWidth: number): string {
  const names = schema.fieldNames.map(shown);
  const body = rows.map((r) => cells(r, schema, timeZone).map(shown));
  const right = schema.fields.map((f) => isRight(f.dataType));
  const widths = names.map((n, i) =>
    body.reduce((w, r) => Math.max(w, terminalWidth(r[i] as string)), terminalWidth(n)),
  );
  const total = widths.reduce((sum, w) => sum + w + 2, -2);
  if (total > maxWidth && names.length > 1 && rows.length > 0) return records(names, body);
  const pad = (text: string, i: number) => {
    const space = ' '.repeat((widths[i] as number) - terminalWidth(text));
    return right[i] ? space + text : text + space;
  };
  const line = (r: readonly string[]) => `${r.map(pad).join('  ').trimEnd()}\n`;
  return line(names) + line(widths.map((w) => '─'.repeat(w))) + body.map(line).join('');
}

/** Each row as lines of `name  value` under a line with its number. */
function records(names: readonly string[], body: readonly (readonly string[])[]): string {
  const width = Math.max(...names.map(terminalWidth));
  const padded = names.map((n) => n + ' '.repeat(width - terminalWidth(n)));
  return body
    .map((r, n) => `── row ${n + 1} ──\n${r.map((cell, i) => `${padded[i]}  ${cell}`.trimEnd()).join('\n')}\n`)
    .join('');
}
