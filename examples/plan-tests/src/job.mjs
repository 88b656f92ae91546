import { functions as F } from 'memoframe';

/** Flights with a delay of more than an hour: what both reports start from. */
export function longDelays(spark, path) {
  return spark.read.parquet(path).select('origin', 'destination', 'delay').filter('delay > 60');
}

/** Number and mean of long delays by airport, the most delayed first. */
export function byAirport(delays) {
  return delays
    .groupBy('origin')
    .agg(F.count('*').alias('n'), F.avg('delay').alias('mean'))
    .orderBy(F.desc('n'), 'origin');
}

/** Long delays between two airports. It filters before it selects: the same rows, and yet no hit. */
export function between(spark, path, origin, destination) {
  return spark.read
    .parquet(path)
    .filter('delay > 60')
    .select('origin', 'destination', 'delay')
    .filter(
      F.col('origin')
        .eq(F.lit(origin))
        .and(F.col('destination').eq(F.lit(destination))),
    );
}

/** The same from the cached rows. */
export function betweenCached(delays, origin, destination) {
  return delays.filter(
    F.col('origin')
      .eq(F.lit(origin))
      .and(F.col('destination').eq(F.lit(destination))),
  );
}
