import { analysisError } from '../../errors/index.js';
import type { RuntimeConfig } from '../../session/conf.js';
import type { OptionValue } from '../../session/reader.js';
import { StreamOptions } from './options.js';

/** A format and its options, as those who load and write streams are told of them. */
export abstract class ConfiguredStream {
  protected formatName: string | undefined;
  readonly #options = new StreamOptions();

  /** Of a source: csv, json, parquet, text or rate; of a sink: the files among these, memory, console or noop. */
  format(name: string): this {
    this.formatName = name.toLowerCase();
    return this;
  }
  /** Names whatever their case; which there are, the class says. */
  option(key: string, value: OptionValue): this {
    this.#options.set(key, String(value));
    return this;
  }
  options(options: Readonly<Record<string, OptionValue>>): this {
    for (const [k, v] of Object.entries(options)) this.option(k, v);
    return this;
  }

  /** The format, or the session's for those who name none. */
  protected formatOr(conf: RuntimeConfig): string {
    return this.formatName ?? conf.get('spark.sql.sources.default');
  }
  /** The options as they are now, with a path if one is given. @throws _LEGACY_ERROR_TEMP_1188 for two paths */
  protected optionsWith(path: string | undefined, method: 'load' | 'start'): StreamOptions {
    const options = this.#options.copy();
    if (path === undefined) return options;
    if (options.get('path') !== undefined) throw analysisError('_LEGACY_ERROR_TEMP_1188', { method });
    options.set('path', path);
    return options;
  }
}
