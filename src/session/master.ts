import { availableParallelism } from 'node:os';
import { NO_ORIGIN, SparkError } from '../errors/index.js';

const MIB = 1024 * 1024;

/** Where an application runs. */
export interface Master {
  readonly executors: number;
  /** Worker threads of each executor; 0: tasks run on the calling thread. */
  readonly cores: number;
  /** Bytes for each executor; undefined in local mode. */
  readonly memory?: number;
}

/** `local`, `local[n]`, `local[*]`, `local-cluster[executors,cores,MiB]`. Spark: `SparkMasterRegex`.
 * @throws UNSUPPORTED_FEATURE for other masters */
export function parseMaster(text: string): Master {
  const local = /^local(?:\[\s*(\*|\d+)\s*(?:,\s*\d+\s*)?\])?$/.exec(text.trim());
  if (local) {
    const [, n] = local;
    return { executors: 1, cores: n === undefined ? 1 : n === '*' ? availableParallelism() : Number(n) };
  }
  const cluster = /^local-cluster\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]$/.exec(text.trim());
  if (cluster) {
    const [executors, cores, memory] = cluster.slice(1).map(Number) as [number, number, number];
    if (executors > 0 && cores > 0) return { executors, cores, memory: memory * MIB };
  }
  throw new SparkError('analysis', 'UNSUPPORTED_FEATURE', {}, NO_ORIGIN, {
    message: `Only local[n] and local-cluster[n,c,m] masters are supported, not ${text}.`,
    sqlState: '0A000',
  });
}

/** Executors that ask for more memory than a cluster's workers have. Spark: `SparkContext.createTaskScheduler`. */
export function workersTooSmall(memory: number, asked: number): SparkError {
  const message = `The cluster's workers have ${memory / MIB} MiB each, but an executor asks for ${Math.ceil(asked / MIB)} MiB.`;
  return new SparkError('runtime', 'org.apache.spark.SparkException', {}, NO_ORIGIN, { message });
}
