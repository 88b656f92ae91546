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
await spark.stop();
