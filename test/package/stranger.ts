// Only type-checked, against the declarations of the installed package.
import { type DataFrame, functions as F, SparkError, SparkSession, StorageLevel } from 'memoframe';

const spark: SparkSession = await SparkSession.builder
  .appName('types')
  .config('spark.sql.shuffle.partitions', 4)
  .getOrCreate();
const df: DataFrame = spark.read.parquet('orders.parquet');
const q = df.filter('o_totalprice > 100').groupBy('o_custkey').agg(F.sum('o_totalprice').alias('s'));
q.persist(StorageLevel.MEMORY_AND_DISK);
const n: number = await q.count();
const names: readonly string[] = q.columns;
try {
  await q.show();
} catch (error) {
  if (error instanceof SparkError) console.log(error.condition, n, names);
}
// What tasks have, in a program that has no DOM library.
const lengths: number[] = await spark.sparkContext
  .range(3)
  .map(async (id, task) => {
    const model = await task.workerScoped('model', async () => ({ weight: 3 }));
    const cache = task.workerCache('users', { load: (key: number) => `user ${key}` });
    return task.withRetry(async () => (await cache.get(id))!.length * model.weight);
  })
  .collect();
console.log(lengths);
await spark.stop();
