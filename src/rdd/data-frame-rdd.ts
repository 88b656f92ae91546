import type { DataFrame } from '../session/dataframe.js';
import { type ObjectRow, RowConverter } from '../session/rows.js';
import { encodeValue, toShared } from './data/value-codec.js';
import { SharedWork } from './lineage/shared-work.js';
import type { RDD } from './rdd.js';
import type { SparkContext } from './spark-context.js';

/** The rows of a DataFrame. The query runs again for each job that needs its rows; partitions are those of its physical plan
 * where that says how many there are, else the rows are cut into equal slices. */
export function dataFrameRdd(context: SparkContext, df: DataFrame): RDD<ObjectRow> {
  const numPartitions = Math.max(1, partitionsOf(df));
  const rows = new SharedWork((signal) => rowsOf(df, numPartitions, signal));
  let users = 0;
  return context.newRdd<ObjectRow>({
    spec: { op: 'data' },
    numPartitions,
    dependencies: [],
    leaf: (p) => rows.value?.[p],
    prepare: async (signal) => {
      users++;
      const release = () => {
        users--;
        if (users === 0) rows.forget();
      };
      try {
        await rows.done(signal);
      } catch (error) {
        release();
        throw error;
      }
      return release;
    },
    label: 'DataFrameRDD',
  });
}

function partitionsOf(df: DataFrame): number {
  const { executedPlan } = df.queryExecution as { executedPlan: { outputPartitioning?: { numPartitions?: number } } };
  return executedPlan.outputPartitioning?.numPartitions ?? df.sparkSession.conf.defaultParallelism;
}

async function rowsOf(df: DataFrame, slices: number, signal: AbortSignal | undefined): Promise<Uint8Array[]> {
  const convert = new RowConverter(df.schema, { values: 'exact', timeZone: df.sparkSession.timeZone });
  const own: ObjectRow[][] = [];
  for await (const rows of df.sparkSession.executePartitions(df.queryExecution, { signal }))
    own.push(rows.map((r) => convert.toObject(r)));
  if (own.length === slices) return own.map((rows) => toShared(encodeValue(rows)));
  const all = own.flat();
  return Array.from({ length: slices }, (_, p) =>
    toShared(
      encodeValue(all.slice(Math.floor((p * all.length) / slices), Math.floor(((p + 1) * all.length) / slices))),
    ),
  );
}
