"""Answers queries with real Spark: one JSON object a line on stdin, one on stdout.

{"load": [{"name", "view"}], "folder"}: makes each table from its SQL text, as Parquet, and a view of its name.
{"sql"}: {"types": [...], "rows": [[...]]} or {"error", "message"}. Cells are as in cells.ts.
"""

import decimal
import json
import math
import os
import re
import shutil
import sys
import datetime

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType, BinaryType, BooleanType, DateType, DayTimeIntervalType, DecimalType, DoubleType, FloatType, MapType,
    StructType, TimestampNTZType, TimestampType, YearMonthIntervalType, IntegralType, StringType,
)

os.environ["TZ"] = "UTC"
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.default.parallelism", "1")
    .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.warehouse.dir", sys.argv[1] + "/warehouse")
    .config("spark.sql.adaptive.enabled", "false")
    .config("spark.sql.codegen.wholeStage", "false")
    .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    .config("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED")
    .config("spark.sql.parquet.int96RebaseModeInWrite", "CORRECTED")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.log.level", "ERROR")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("FATAL")


def plain(column, kind):
    """The column as text, numbers or binary that Python reads without loss, and a reader of its cells."""
    if isinstance(kind, (TimestampType, TimestampNTZType, DateType)):
        return column.cast("string"), str
    if isinstance(kind, YearMonthIntervalType):
        return (F.extract(F.lit("YEAR"), column) * 12 + F.extract(F.lit("MONTH"), column)).cast("string"), str
    return column, lambda v: cell(v, kind)


def cell(v, kind):
    if v is None:
        return None
    if isinstance(kind, BooleanType):
        return "true" if v else "false"
    if isinstance(kind, (FloatType, DoubleType)):
        if math.isnan(v):
            return "NaN"
        if math.isinf(v):
            return "Infinity" if v > 0 else "-Infinity"
        return 0 if v == 0 else v
    if isinstance(kind, DecimalType):
        text = format(v, "f") if isinstance(v, decimal.Decimal) else str(v)
        return text[1:] if v == 0 and text.startswith("-") else text
    if isinstance(kind, BinaryType):
        return bytes(v).hex()
    if isinstance(kind, DayTimeIntervalType):
        return str(v // datetime.timedelta(microseconds=1))
    if isinstance(kind, (IntegralType, StringType)):
        return str(v)
    if isinstance(kind, ArrayType):
        return [cell(x, kind.elementType) for x in v]
    if isinstance(kind, StructType):
        return [cell(x, f.dataType) for x, f in zip(v, kind.fields)]
    if isinstance(kind, MapType):
        entries = [[cell(k, kind.keyType), cell(x, kind.valueType)] for k, x in v.items()]
        return sorted(entries, key=lambda e: json.dumps(e[0], ensure_ascii=False, separators=(",", ":")))
    return str(v)


def nested_moment(kind):
    if isinstance(kind, ArrayType):
        return nested_moment(kind.elementType)
    if isinstance(kind, MapType):
        return nested_moment(kind.keyType) or nested_moment(kind.valueType)
    if isinstance(kind, StructType):
        return any(nested_moment(f.dataType) for f in kind.fields)
    return isinstance(kind, (TimestampType, TimestampNTZType, DateType, YearMonthIntervalType))


def run(sql):
    df = spark.sql(sql)
    fields = df.schema.fields
    if any(nested_moment(f.dataType) and isinstance(f.dataType, (ArrayType, MapType, StructType)) for f in fields):
        return {"skip": True}
    renamed = df.toDF(*[f"c{i}" for i in range(len(fields))])
    columns, readers = [], []
    for i, f in enumerate(fields):
        column, reader = plain(F.col(f"c{i}"), f.dataType)
        columns.append(column.alias(f"c{i}"))
        readers.append(reader)
    rows = renamed.select(*columns).collect()
    return {
        "types": [f.dataType.simpleString() for f in fields],
        "rows": [[None if v is None else r(v) for v, r in zip(row, readers)] for row in rows],
    }


def load(tables, folder):
    shutil.rmtree(folder, ignore_errors=True)
    for t in tables:
        path = f"{folder}/{t['name']}"
        spark.sql(t["view"]).coalesce(1).write.parquet(path)
        spark.read.parquet(path).createOrReplaceTempView(t["name"])
    return {"loaded": len(tables)}


def failure(e):
    condition = None
    try:
        condition = e.getCondition()
    except Exception:
        pass
    text = str(e)
    if not condition:
        # Failures of broadcasts and subqueries come wrapped.
        inner = re.search(r"Exception: \[([A-Z][A-Z0-9_.]+)\]|^\s*\[([A-Z][A-Z0-9_.]+)\]", text)
        condition = inner and (inner.group(1) or inner.group(2))
    if not condition and type(e).__name__ == "Py4JJavaError":
        # Spark's own invariants broke: there is nothing to compare with.
        return {"skip": True, "crash": text[:300]}
    return {"error": condition or type(e).__name__, "message": text[:800]}


for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = load(request["load"], request["folder"]) if "load" in request else run(request["sql"])
    except Exception as e:  # every failure is an answer
        answer = failure(e)
    out.write(json.dumps(answer) + "\n")
    out.flush()
