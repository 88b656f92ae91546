import { analysisError } from '../../errors/index.js';
import type { DataType, RowValues, StructType, Value } from '../../types/index.js';
import { type CsvOptions, csvOptions } from './csv-options.js';
import { LineFileWriter } from './line-writer.js';

/** Turns values into text: given by the session, which knows patterns and time zones. Not asked about null. */
export type TextFormatter = (value: Value, type: DataType) => string;

const REFUSED: ReadonlySet<DataType['kind']> = new Set(['array', 'map', 'struct', 'binary', 'interval', 'null']);

/** Writes rows to one CSV file. Blocking. Spark: `UnivocityGenerator`. */
export class CsvFileWriter {
  readonly #lines: LineFileWriter;
  readonly #options: CsvOptions;

  /** @throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE */
  constructor(
    path: string,
    readonly schema: StructType,
    raw: Readonly<Record<string, string>>,
    readonly format: TextFormatter,
  ) {
    this.#options = csvOptions(raw, true);
    for (const f of schema.fields)
      if (REFUSED.has(f.dataType.kind))
        throw analysisError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
          format: 'CSV',
          columnName: `\`${f.name}\``,
          columnType: `"${f.dataType.sql}"`,
        });
    this.#lines = new LineFileWriter(path, {
      compression: this.#options.text.get('compression', 'codec'),
      lineSeparator: this.#options.lineSeparator,
    });
    if (this.#options.header) this.#line(schema.fieldNames);
  }

  write(row: RowValues): void {
    this.#line(
      this.schema.fields.map((f, i) => {
        const value = row[i] ?? null;
        return value === null ? null : this.format(value, f.dataType);
      }),
    );
  }

  close(): void {
    this.#lines.close();
  }

  #line(fields: readonly (string | null)[]): void {
    this.#lines.write(fields.map((text, i) => this.#field(text, i === 0)).join(this.#options.separator));
  }

  #field(raw: string | null, first: boolean): string {
    const { quote, escape: escaping, separator, comment, quoteAll, escapeQuotes, lineSeparator } = this.#options;
    let text = raw ?? this.#options.nullValue;
    if (raw !== null) {
      if (this.#options.trimLeading) text = text.replace(/^[\0-\x20]+/, '');
      if (this.#options.trimTrailing) text = text.replace(/[\0-\x20]+$/, '');
      if (text === '') return this.#options.emptyValue;
    }
    const quoted =
      quoteAll ||
      text.includes(separator) ||
      /[\r\n]/.test(text) ||
      (escapeQuotes && quote !== '' && text.includes(quote)) ||
      (first && comment !== '' && text.startsWith(comment));
    if (lineSeparator !== undefined && lineSeparator !== '\n') text = text.replaceAll('\n', lineSeparator);
    if (!quoted || quote === '' || (raw === null && text === '')) return text;
    let out = '';
    for (const c of text) out += c === quote || (c === escaping && escaping !== quote) ? escaping + c : c;
    return quote + out + quote;
  }
}
