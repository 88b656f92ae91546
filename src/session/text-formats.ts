import { toJsonText } from '../eval/json/to-json.js';
import { csvFormatter } from '../exec/pipelines/text-parsers.js';
import { CsvFileWriter } from '../storage/files/csv-writer.js';
import { LineFileWriter } from '../storage/files/line-writer.js';
import { TextOptions } from '../storage/files/text-options.js';
import type { StructType, Value } from '../types/index.js';

type Options = Readonly<Record<string, string>>;

/** Rows as CSV with Spark's options. */
export function writeCsv(path: string, schema: StructType, options: Options, timeZone: string) {
  return new CsvFileWriter(path, schema, options, csvFormatter(timeZone, options));
}

/** One JSON object a line, null fields left out unless `ignoreNullFields` says otherwise. */
export function writeJson(path: string, schema: StructType, raw: Options, timeZone: string) {
  const options = new TextOptions(raw);
  const lines = new LineFileWriter(path, {
    compression: options.get('compression'),
    lineSeparator: options.get('lineSep'),
  });
  const text = {
    timeZone: options.get('timeZone') ?? timeZone,
    ignoreNullFields: options.flag('ignoreNullFields', true),
    dateFormat: options.get('dateFormat'),
    timestampFormat: options.get('timestampFormat'),
    timestampNtzFormat: options.get('timestampNTZFormat'),
  };
  return { write: (row: readonly Value[]) => lines.write(toJsonText(row, schema, text)), close: () => lines.close() };
}

/** The one string column, a line each. */
export function writeText(path: string, raw: Options) {
  const options = new TextOptions(raw);
  const lines = new LineFileWriter(path, {
    compression: options.get('compression'),
    lineSeparator: options.get('lineSep'),
  });
  return {
    write: (row: readonly Value[]) => lines.write(row[0] === null ? '' : String(row[0])),
    close: () => lines.close(),
  };
}
