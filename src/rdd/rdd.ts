import { RddActions } from './rdd-actions.js';

/** A collection in partitions, computed on workers when an action asks for it, and again when it is lost: lazy, immutable.
 * Elements are values that structured clone can copy. Made by a `SparkContext` and by transformations. Spark: `RDD`. */
export class RDD<T> extends RddActions<T> {}
