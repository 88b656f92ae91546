import { LogicalRelation } from '../plan/logical/index.js';
import { StructType } from '../types/index.js';
import { parseSchema } from '../types/parse-type.js';
import { DataFrame } from './dataframe.js';
import { pathFileRelation } from './file-relation.js';
import type { SparkSession } from './spark-session.js';

export type OptionValue = string | number | boolean;

/** Loads files as a DataFrame. The files are listed and the schema is read at once; no data is. Spark: `DataFrameReader`. */
export class DataFrameReader {
  #format: string | undefined;
  #schema: StructType | undefined;
  readonly #options: Record<string, string> = {};
  constructor(private readonly session: SparkSession) {}

  /** parquet, csv, json or text. */
  format(name: string): this {
    this.#format = name.toLowerCase();
    return this;
  }
  option(key: string, value: OptionValue): this {
    this.#options[key] = String(value);
    return this;
  }
  options(options: Readonly<Record<string, OptionValue>>): this {
    for (const [k, v] of Object.entries(options)) this.option(k, v);
    return this;
  }
  /** A schema instead of the inferred one: a type, or DDL text such as `a INT, b STRING`. */
  schema(schema: StructType | string): this {
    this.#schema = schema instanceof StructType ? schema : parseSchema(schema);
    return this;
  }
  /** @throws PATH_NOT_FOUND, UNABLE_TO_INFER_SCHEMA, FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER, DATA_SOURCE_NOT_FOUND */
  load(...paths: readonly (string | readonly string[])[]): DataFrame {
    const relation = pathFileRelation(
      {
        format: this.#format ?? this.session.conf.get('spark.sql.sources.default'),
        paths: paths.flat() as string[],
        options: this.#options,
        schema: this.#schema,
        pathOption: true,
      },
      this.session.conf,
    );
    return DataFrame.of(this.session, new LogicalRelation(relation, relation.attributes(), undefined));
  }
  parquet(...paths: readonly (string | readonly string[])[]): DataFrame {
    return this.format('parquet').load(...paths);
  }
  csv(...paths: readonly (string | readonly string[])[]): DataFrame {
    return this.format('csv').load(...paths);
  }
  json(...paths: readonly (string | readonly string[])[]): DataFrame {
    return this.format('json').load(...paths);
  }
  text(...paths: readonly (string | readonly string[])[]): DataFrame {
    return this.format('text').load(...paths);
  }
  table(name: string): DataFrame {
    return this.session.table(name);
  }
}
