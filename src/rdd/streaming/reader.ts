import { runtimeError, unsupported } from '../../errors/index.js';
import { AttributeReference } from '../../plan/expressions/index.js';
import { StreamingRelation } from '../../plan/logical/index.js';
import { DataFrame } from '../../session/dataframe.js';
import type { SparkSession } from '../../session/spark-session.js';
import { StructType } from '../../types/index.js';
import { parseSchema } from '../../types/parse-type.js';
import { ConfiguredStream } from './configured.js';
import type { StreamOptions } from './options.js';
import { FileSourceMaker } from './sources/file-source.js';
import { RateSourceMaker } from './sources/rate-source.js';
import type { StreamingSourceMaker } from './sources/source.js';

/** Loads a source without end as a DataFrame: csv, json, parquet and text files of a folder as they appear, or `rate`.
 * Options of files: `maxFilesPerTrigger`, `maxBytesPerTrigger`, `latestFirst`, `fileNameOnly`, `maxFileAge`, and those of the
 * format; of rate: `rowsPerSecond`, `rampUpTime`, `numPartitions`. Spark: `DataStreamReader`. */
export class DataStreamReader extends ConfiguredStream {
  #schema: StructType | undefined;
  constructor(private readonly session: SparkSession) {
    super();
  }

  /** A type, or DDL text such as `a INT, b STRING`. Files need one, unless `spark.sql.streaming.schemaInference` is true. */
  schema(schema: StructType | string): this {
    this.#schema = schema instanceof StructType ? schema : parseSchema(schema);
    return this;
  }
  /** Nothing is read. @throws _LEGACY_ERROR_TEMP_2048 without a schema, PATH_NOT_FOUND, DATA_SOURCE_NOT_FOUND */
  load(path?: string): DataFrame {
    const { session } = this;
    const source = this.source(this.optionsWith(path, 'load'));
    const output = source.schema.fields.map((f) => AttributeReference.create(f.name, f.dataType, true, [], f.metadata));
    return DataFrame.of(session, new StreamingRelation(source, output));
  }
  private source(options: StreamOptions): StreamingSourceMaker {
    const format = this.formatOr(this.session.conf);
    if (format === 'rate') {
      if (this.#schema) throw runtimeError('_LEGACY_ERROR_TEMP_2242', { provider: 'RateStreamProvider' });
      return new RateSourceMaker(options);
    }
    if (['kafka', 'socket', 'rate-micro-batch', 'orc', 'xml'].includes(format))
      throw unsupported(`the streaming source ${format}`);
    const clean = options.get('cleanSource')?.toLowerCase();
    if (clean !== undefined && clean !== 'off') throw unsupported('the option cleanSource');
    const path = options.get('path');
    if (path === undefined) throw runtimeError('_LEGACY_ERROR_TEMP_2047', {});
    return new FileSourceMaker(this.session, format, path, options, this.#schema);
  }
  csv(path: string): DataFrame {
    return this.format('csv').load(path);
  }
  json(path: string): DataFrame {
    return this.format('json').load(path);
  }
  parquet(path: string): DataFrame {
    return this.format('parquet').load(path);
  }
  text(path: string): DataFrame {
    return this.format('text').load(path);
  }
}
