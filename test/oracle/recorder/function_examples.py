"""Runs the examples of the function reference (src/eval/docs/*.ts) in Apache Spark 4.0.1 and writes what it answers below them.

    python test/oracle/recorder/function_examples.py [FILE ...]

An example is a line `> SQL`; its answer follows, two spaces before each row (cells as Spark's command line shows them, a tab
between them), or `error CONDITION`. The first line of a block, the function's name, gets the version it came with.
"""
import glob
import logging
import os
import re
import sys

from pyspark.sql import SparkSession

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")


def session():
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    logging.disable(logging.CRITICAL)
    return spark


def answer(spark, sql):
    hive = spark._jvm.org.apache.spark.sql.execution.HiveResult
    try:
        plan = spark.sql(sql)._jdf.queryExecution().executedPlan()
        rows = hive.hiveResultString(plan)
        return [rows.apply(i) for i in range(rows.length())]
    except Exception as e:
        text = e.getCondition() if hasattr(e, "getCondition") else None
        if text is None:
            java = getattr(e, "java_exception", None)
            text = java.getCondition() if java is not None and hasattr(java, "getCondition") else str(e).split("\n")[0]
        return ["error " + str(text)]


def since(spark, name):
    try:
        rows = spark.sql("DESCRIBE FUNCTION EXTENDED `%s`" % name).collect()
    except Exception:
        return None
    found = re.search(r"Since: ([\d.]+)", "\n".join(r[0] for r in rows))
    return found and found.group(1)


def block(spark, lines):
    name = lines[0].split(" ")[0]
    version = since(spark, name)
    out = [name + " " + version if version else lines[0]]
    for line in lines[1:]:
        if line.startswith("  "):
            continue
        out.append(line)
        if line.startswith("> "):
            out += ["  " + row for row in answer(spark, line[2:])]
    return out


def main(paths):
    spark = session()
    for path in paths or sorted(glob.glob(os.path.join(ROOT, "src/eval/docs/*.ts"))):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        found = re.match(r"(.*?String\.raw`\n)(.*?)(\n`.*)", text, re.S)
        if not found:
            continue
        blocks = [b.split("\n") for b in found.group(2).split("\n\n")]
        body = "\n\n".join("\n".join(block(spark, b)) for b in blocks)
        with open(path, "w", encoding="utf-8") as f:
            f.write(found.group(1) + body + found.group(3))
        print(os.path.basename(path), len(blocks), "functions")


main(sys.argv[1:])
