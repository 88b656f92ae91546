import { analysisError } from '../../errors/index.js';
import { DataFrame } from '../../session/dataframe.js';
import { SparkSession } from '../../session/spark-session.js';
import type { StreamingQueryManager } from './manager.js';
import { DataStreamReader } from './reader.js';
import { streamsOf } from './streams.js';
import { DataStreamWriter } from './writer.js';

declare module '../../session/spark-session.js' {
  interface SparkSession {
    /** Loads sources without end. */
    readonly readStream: DataStreamReader;
    /** The session's running streaming queries. */
    readonly streams: StreamingQueryManager;
  }
}
declare module '../../session/dataframe.js' {
  interface DataFrame<R> {
    /** Starts the query as a stream. @throws WRITE_STREAM_NOT_ALLOWED if no source of it is one */
    readonly writeStream: DataStreamWriter;
  }
}

// The session stands below, and does not know streams.
Object.defineProperties(SparkSession.prototype, {
  readStream: {
    configurable: true,
    get(this: SparkSession) {
      return new DataStreamReader(this);
    },
  },
  streams: {
    configurable: true,
    get(this: SparkSession) {
      return streamsOf(this);
    },
  },
});
Object.defineProperty(DataFrame.prototype, 'writeStream', {
  configurable: true,
  get(this: DataFrame) {
    if (!this.isStreaming) throw analysisError('WRITE_STREAM_NOT_ALLOWED', {});
    return new DataStreamWriter(this);
  },
});
