import { DataFrame } from '../session/dataframe.js';
import { SparkSession } from '../session/spark-session.js';
import { dataFrameRdd } from './data-frame-rdd.js';
import type { RDD } from './rdd.js';
import { SparkContext } from './spark-context.js';

declare module '../session/spark-session.js' {
  interface SparkSession {
    /** RDDs, broadcasts and accumulators. */
    readonly sparkContext: SparkContext;
  }
}
declare module '../session/dataframe.js' {
  interface DataFrame<R> {
    /** The rows as an RDD: objects by column name, as `collect()` gives them. */
    readonly rdd: RDD<R>;
  }
}

/** One for all sessions of an application. */
const contexts = new WeakMap<object, SparkContext>();
const rdds = new WeakMap<object, RDD<never>>();

// The session must not know what stands above it.
Object.defineProperty(SparkSession.prototype, 'sparkContext', {
  configurable: true,
  get(this: SparkSession): SparkContext {
    let context = contexts.get(this.sharedState);
    if (!context) {
      const made = new SparkContext(this);
      this.onStop(() => made.stop());
      contexts.set(this.sharedState, made);
      context = made;
    }
    return context;
  },
});

Object.defineProperty(DataFrame.prototype, 'rdd', {
  configurable: true,
  get(this: DataFrame): RDD<never> {
    let rdd = rdds.get(this);
    if (!rdd) {
      rdd = dataFrameRdd(this.sparkSession.sparkContext, this) as unknown as RDD<never>;
      rdds.set(this, rdd);
    }
    return rdd;
  },
});
