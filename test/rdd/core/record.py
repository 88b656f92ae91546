"""Records what Apache Spark 4.0.1 answers: `python record.py > expected.json`. Structure (which element is in which partition)
comes from the JVM's RDDs, as PySpark batches elements; results of functions come from PySpark."""
import json
import os
import sys
import tempfile

from pyspark import SparkConf, SparkContext

conf = SparkConf().setMaster("local[1]").set("spark.ui.enabled", "false").set("spark.ui.showConsoleProgress", "false").set("spark.default.parallelism", "2")
sc = SparkContext(conf=conf)
sc.setLogLevel("OFF")
jsc = sc._jsc
out = {}


def java(values):
    a = sc._jvm.java.util.ArrayList()
    for v in values:
        a.add(v)
    return a


def jrdd(values, n):
    return jsc.parallelize(java(values), n)


def plain(v):
    name = type(v).__name__
    if name == "JavaObject" and v.getClass().getName() == "scala.Tuple2":
        return [plain(v._1()), plain(v._2())]
    if name in ("JavaList", "JavaArray"):
        return [plain(x) for x in v]
    return v


def glom(rdd):
    return [plain(p) for p in rdd.glom().collect()]


out["parallelize"] = [
    {"n": n, "slices": s, "glom": glom(jrdd(range(n), s))} for n, s in [(0, 2), (1, 3), (5, 2), (7, 3), (10, 4), (3, 5)]
]
out["range"] = [
    {"args": list(a), "glom": [[int(x) for x in p] for p in jsc.sc().range(*a).glom().collect()]}
    for a in [(0, 10, 1, 3), (0, 10, 3, 2), (10, 0, -3, 3), (5, 5, 1, 2), (-4, 7, 2, 4)]
]
out["coalesce"] = [
    {"n": n, "from": f, "to": t, "glom": glom(jrdd(range(n), f).coalesce(t))} for n, f, t in [(10, 5, 2), (10, 7, 3), (6, 3, 5), (9, 4, 3)]
]
out["repartition"] = [
    {"n": n, "from": f, "to": t, "glom": [sorted(p) for p in glom(jrdd(range(n), f).repartition(t))]}
    for n, f, t in [(20, 2, 3), (20, 4, 4), (7, 3, 5), (30, 5, 7)]
]
out["union"] = glom(jrdd([1, 2, 3], 2).union(jrdd([4, 5], 3)))
out["cartesian"] = glom(jrdd([1, 2, 3], 2).cartesian(jrdd(["a", "b", "c"], 2)))
out["zipWithIndex"] = plain(jrdd(["a", "b", "c", "d", "e"], 3).zipWithIndex().collect())
out["zipWithUniqueId"] = plain(jrdd(["a", "b", "c", "d", "e"], 3).zipWithUniqueId().collect())
out["sample"] = [
    {"n": n, "slices": s, "fraction": f, "seed": seed, "values": plain(jrdd(range(n), s).sample(False, f, seed).collect())}
    for n, s, f, seed in [(100, 3, 0.1, 42), (100, 2, 0.5, 7), (50, 4, 0.4, -3), (20, 1, 0.0, 1), (10, 2, 1.0, 5), (1000, 3, 0.01, 99)]
]
weights = sc._gateway.new_array(sc._jvm.double, 3)
for i, w in enumerate([1.0, 2.0, 3.0]):
    weights[i] = w
out["randomSplit"] = [plain(r.collect()) for r in jrdd(range(40), 3).randomSplit(weights, 11)]
out["take"] = [{"n": n, "values": plain(jrdd(range(20), 8).take(n))} for n in (0, 1, 5, 20, 50)]

# Results of functions.
p = sc.parallelize
out["fold"] = [p(range(10), n).fold(1, lambda a, b: a + b) for n in (1, 2, 3)]
out["aggregate"] = list(p([1, 2, 3, 4], 2).aggregate((0, 0), lambda a, v: (a[0] + v, a[1] + 1), lambda a, b: (a[0] + b[0], a[1] + b[1])))
pairs = [("a", 1), ("b", 2), ("a", 3), ("c", 4), ("b", 5), ("a", 6)]
other = [("a", "x"), ("c", "y"), ("c", "z"), ("d", "w")]
a, b = p(pairs, 3), p(other, 2)


def rows(rdd):
    def deep(v):
        if isinstance(v, (list, tuple)):
            return [deep(x) for x in v]
        return v if v is None or isinstance(v, (int, float, str, bool)) else deep(list(v))

    return sorted((deep(v) for v in rdd.collect()), key=lambda v: json.dumps(v))


out["foldByKey"] = rows(p(pairs, 1).foldByKey(10, lambda x, y: x + y))
out["aggregateByKey"] = rows(p(pairs, 1).aggregateByKey("", lambda s, v: s + str(v), lambda x, y: x + y))
out["combineByKey"] = rows(a.combineByKey(lambda v: [v], lambda c, v: c + [v], lambda x, y: x + y).mapValues(sorted))
out["reduceByKey"] = rows(a.reduceByKey(lambda x, y: x + y))
out["groupByKey"] = rows(a.groupByKey().mapValues(sorted))
out["join"] = rows(a.join(b))
out["leftOuterJoin"] = rows(a.leftOuterJoin(b))
out["rightOuterJoin"] = rows(a.rightOuterJoin(b))
out["fullOuterJoin"] = rows(a.fullOuterJoin(b))
out["cogroup"] = rows(a.cogroup(b).mapValues(lambda g: [sorted(g[0]), sorted(g[1])]))
out["subtractByKey"] = rows(a.subtractByKey(b))
out["subtract"] = rows(p([1, 1, 2, 3, 4, 4], 2).subtract(p([2, 4], 1)))
out["intersection"] = rows(p([1, 1, 2, 3, 4, 4], 2).intersection(p([4, 1, 1, 9], 3)))
out["distinct"] = rows(p([1, 1.0, 2, "2", 2, None, None], 3).distinct())
out["distinctTuples"] = rows(p([(1, "a"), (1, "a"), (1, "b"), (1,)], 2).distinct())
out["countByKey"] = sorted(a.countByKey().items())
out["sortByKey"] = [list(v) for v in p([(3, "c"), (1, "a"), (2, "b"), (1, "z")], 2).sortByKey().collect()]
out["sortByDescending"] = p([5, 3, 9, 1, 7, 3], 3).sortBy(lambda x: x, ascending=False).collect()
out["sortByString"] = p(["b", "B", "a", "ä", "aa", "", "Z"], 3).sortBy(lambda x: x).collect()
out["sortByTuple"] = [list(v) for v in p([(2, "a"), (1, "b"), (1, "a"), (2, "")], 2).sortBy(lambda x: x).collect()]
out["takeOrdered"] = p([10, 4, 2, 12, 3], 2).takeOrdered(3)
out["takeOrderedKey"] = p([10, 4, 2, 12, 3], 2).takeOrdered(2, key=lambda x: -x)
out["top"] = p([10, 4, 2, 12, 3], 2).top(2)
s = p([1.0, 2.5, -4.0, 8.0], 2).stats()
out["stats"] = {"count": s.count(), "mean": s.mean(), "sum": s.sum(), "min": s.min(), "max": s.max(), "stdev": s.stdev(), "sampleStdev": s.sampleStdev(), "variance": s.variance(), "sampleVariance": s.sampleVariance()}

# Text files: pieces, line ends, folders.
texts = {
    "unix": "one\ntwo\n\nfour\n",
    "no-end": "alpha\nbeta",
    "windows": "a\r\nbb\r\n\r\nccc\r\n",
    "old-mac": "x\ry\rz",
    "empty": "",
    "long": "".join(f"line number {i} with some text\n" for i in range(40)),
    "utf8": "grün\nblau und weiß\n日本語\n",
    "mixed": "a\n\rb\r\r\nc\n",
}
folder = tempfile.mkdtemp()
out["textFile"] = []
for name, text in texts.items():
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(text.encode())
    for n in (1, 2, 3, 5, 9):
        out["textFile"].append({"name": name, "text": text, "min": n, "glom": glom(jsc.textFile(path, n))})
many = os.path.join(folder, "many")
os.mkdir(many)
for name, text in [("b.txt", "b1\nb2\n"), ("a.txt", "a1\n"), ("_hidden", "h\n"), (".dot", "d\n"), ("c.txt", "")]:
    with open(os.path.join(many, name), "w") as f:
        f.write(text)
out["textFolder"] = [{"min": n, "glom": glom(jsc.textFile(many, n))} for n in (1, 2, 4)]
saved = os.path.join(folder, "saved")
jrdd(["x", "y", "z"], 2).saveAsTextFile(saved)
out["saveAsTextFile"] = {n: open(os.path.join(saved, n)).read() for n in sorted(os.listdir(saved)) if not n.startswith(".")}


def message(f):
    try:
        f()
    except Exception as e:  # noqa: BLE001
        java_exception = getattr(e, "java_exception", None)
        return str(java_exception.getMessage() if java_exception is not None else e)


def change_level():
    r = jrdd([1], 1)
    levels = sc._jvm.org.apache.spark.storage.StorageLevel
    r.persist(levels.MEMORY_ONLY())
    r.persist(levels.DISK_ONLY())


def text_exists():
    jrdd(["x"], 1).saveAsTextFile(saved)


jb = jsc.broadcast("v")
jb.destroy()
out["errors"] = {
    "changeLevel": message(change_level),
    "zipPartitions": message(lambda: jrdd([1, 2, 3], 2).zip(jrdd([1, 2, 3], 3)).count()),
    "zipElements": message(lambda: jrdd([1, 2, 3], 2).zip(jrdd([1, 2, 3, 4, 5], 2)).count()),
    "first": message(lambda: jsc.emptyRDD().first()),
    "noSlices": message(lambda: jrdd([1], 0).count()),
    "coalesceZero": message(lambda: jrdd([1], 1).coalesce(0)),
    "sampleFraction": message(lambda: jrdd([1], 1).sample(False, 1.5, 1)),
    "noInput": message(lambda: jsc.textFile(os.path.join(folder, "nothing"), 1).count()).replace(folder, "FOLDER"),
    "outputExists": message(text_exists).replace(folder, "FOLDER"),
    "destroyedBroadcast": message(lambda: jb.value()),
}
json.dump({"spark": sc.version, **out}, sys.stdout, ensure_ascii=False, separators=(",", ":"))
sc.stop()
