import type { SparkSession } from '../../session/spark-session.js';
import { StreamingQueryManager } from './manager.js';

const managers = new WeakMap<SparkSession, StreamingQueryManager>();

/** The session's one manager of streaming queries. */
export function streamsOf(session: SparkSession): StreamingQueryManager {
  let manager = managers.get(session);
  if (!manager) {
    manager = new StreamingQueryManager(session);
    managers.set(session, manager);
  }
  return manager;
}
