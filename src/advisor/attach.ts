import { SparkSession } from '../session/spark-session.js';
import { CacheAdvisor } from './cache-advisor.js';

declare module '../session/spark-session.js' {
  interface SparkSession {
    /** Finds what to cache: `spark.cacheAdvisor.record()`, the workload, `await spark.cacheAdvisor.advise({ budget: '512m' })`. */
    readonly cacheAdvisor: CacheAdvisor;
  }
}

const advisors = new WeakMap<SparkSession, CacheAdvisor>();

// The advisor stands above the session, which must not know it.
Object.defineProperty(SparkSession.prototype, 'cacheAdvisor', {
  configurable: true,
  get(this: SparkSession): CacheAdvisor {
    let advisor = advisors.get(this);
    if (!advisor) {
      advisor = new CacheAdvisor(this);
      advisors.set(this, advisor);
    }
    return advisor;
  },
});
