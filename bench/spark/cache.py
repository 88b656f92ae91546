"""Real Spark over the same file: reads {"file", "queries": {name: sql}, "levels": [[useDisk, useMemory, useOffHeap, deserialized], ...],
"rounds"} from standard input and writes a line of JSON for each level: seconds to fill the cache, bytes it takes, and per query
the best time in milliseconds with the answer. The table is called lineitem."""
import json
import sys
import time

from pyspark import StorageLevel
from pyspark.sql import SparkSession

job = json.load(sys.stdin)
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.memory", "4g")
    .config("spark.sql.shuffle.partitions", "4")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
spark.read.parquet(job["file"]).createOrReplaceTempView("lineitem")
# The JVM and the file's pages are warm before anything is timed.
spark.sql("SELECT count(*), sum(l_quantity), max(l_comment) FROM lineitem").collect()
for level in job["levels"]:
    table = spark.table("lineitem")
    start = time.time()
    table.persist(StorageLevel(*level, 1))
    table.count()
    seconds = time.time() - start
    stored = sum(i.memSize() + i.diskSize() for i in spark.sparkContext._jsc.sc().getRDDStorageInfo())
    queries = {}
    for name, sql in job["queries"].items():
        best = None
        for _ in range(job["rounds"]):
            start = time.time()
            rows = spark.sql(sql).collect()
            ms = (time.time() - start) * 1000
            best = ms if best is None else min(best, ms)
        queries[name] = {"ms": best, "answer": [str(v) for v in rows[0]]}
    print(json.dumps({"level": level, "seconds": seconds, "bytes": stored, "queries": queries}), flush=True)
    table.unpersist(True)
spark.stop()
