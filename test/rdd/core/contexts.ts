import { afterEach } from 'vitest';
import { type SparkContext, SparkSession } from '../../../src/index.js';

/** Makes sessions, and stops them after each test of the file or block that asks. */
export function sessionsOfTest(): (
  master: string,
  confs?: Readonly<Record<string, string | number | boolean>>,
) => Promise<SparkSession> {
  const sessions: SparkSession[] = [];
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((s) => s.stop()));
  });
  return async (master, confs = {}) => {
    const builder = SparkSession.builder.master(master);
    for (const [key, value] of Object.entries(confs)) builder.config(key, value);
    const spark = await builder.create();
    sessions.push(spark);
    return spark;
  };
}

/** The same for those who need the context only. */
export function contextsOfTest(): (
  master: string,
  confs?: Readonly<Record<string, string | number | boolean>>,
) => Promise<SparkContext> {
  const session = sessionsOfTest();
  return async (master, confs) => (await session(master, confs)).sparkContext;
}
