import { toDisplayString } from '../types/format.js';
import type { DataType, StructType, Value } from '../types/index.js';

export interface ShowOptions {
  /** Rows at most; one more in `rows` means that there are more. */
  readonly n: number;
  /** Characters of a cell at most; 0: all. Cut cells end in `...`. */
  readonly truncate: number;
  readonly vertical: boolean;
  readonly timeZone: string;
}

/** A table of cells as `df.show()` prints it, or one block per row. Spark: `Dataset.showString`. */
export function showString(schema: StructType, rows: readonly (readonly Value[])[], options: ShowOptions): string {
  const { n, truncate, vertical } = options;
  const more = rows.length > n;
  const body = rows
    .slice(0, n)
    .map((r) => r.map((v, i) => cut(cell(v, schema.fields[i]?.dataType as DataType, options.timeZone), truncate)));
  const names = schema.fieldNames.map((name) => cut(escapeCell(name), truncate));
  const text = vertical ? verticalText(names, body) : tableText(names, body, truncate);
  if (!more) return text;
  return `${text}only showing top ${n} ${n === 1 ? 'row' : 'rows'}\n`;
}

function cell(v: Value, type: DataType, timeZone: string): string {
  if (v === null) return 'NULL';
  if (type.kind === 'binary')
    return `[${[...(v as Uint8Array)].map((b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`;
  return escapeCell(toDisplayString(v, type, timeZone));
}

/** Control characters would break the table. Spark: `SchemaUtils.escapeMetaCharacters`. */
export function escapeCell(text: string): string {
  return text
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll('\f', '\\f')
    .replaceAll('\b', '\\b')
    .replaceAll('\u000b', '\\v')
    .replaceAll('\u0007', '\\a');
}

function cut(text: string, truncate: number): string {
  const chars = [...text];
  if (truncate <= 0 || chars.length <= truncate) return text;
  return truncate < 4 ? chars.slice(0, truncate).join('') : `${chars.slice(0, truncate - 3).join('')}...`;
}

/** Columns that a text takes on a terminal: East Asian wide characters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const c of text) {
    const code = c.codePointAt(0) as number;
    width += isWide(code) ? 2 : 1;
  }
  return width;
}
function isWide(c: number): boolean {
  return (
    (c >= 0x1100 && c <= 0x115f) ||
    (c >= 0x2e80 && c <= 0xa4cf) ||
    (c >= 0xac00 && c <= 0xd7a3) ||
    (c >= 0xf900 && c <= 0xfaff) ||
    (c >= 0xfe30 && c <= 0xfe4f) ||
    (c >= 0xff00 && c <= 0xff60) ||
    (c >= 0xffe0 && c <= 0xffe6) ||
    (c >= 0x1f300 && c <= 0x1faff) ||
    (c >= 0x20000 && c <= 0x3fffd)
  );
}

function tableText(names: readonly string[], rows: readonly (readonly string[])[], truncate: number): string {
  const widths = names.map((name, i) =>
    Math.max(3, displayWidth(name), ...rows.map((r) => displayWidth(r[i] as string))),
  );
  const pad = (text: string, i: number) => {
    const space = ' '.repeat((widths[i] as number) - displayWidth(text));
    return truncate > 0 ? space + text : text + space;
  };
  const rule = `+${widths.map((w) => '-'.repeat(w)).join('+')}+\n`;
  const line = (cells: readonly string[]) => `|${cells.map(pad).join('|')}|\n`;
  return rule + line(names) + rule + rows.map(line).join('') + rule;
}

function verticalText(names: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '(0 rows)\n';
  const nameWidth = Math.max(3, ...names.map(displayWidth));
  const valueWidth = Math.max(3, ...rows.flatMap((r) => r.map(displayWidth)));
  return rows
    .map((r, index) => {
      const head = `-RECORD ${index}`.padEnd(nameWidth + valueWidth + 5, '-');
      const lines = r.map(
        (value, i) =>
          ` ${names[i]}${' '.repeat(nameWidth - displayWidth(names[i] as string))} | ${value}${' '.repeat(valueWidth - displayWidth(value))} \n`,
      );
      return `${head}\n${lines.join('')}`;
    })
    .join('');
}
