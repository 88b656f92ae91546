"""Records which calls Spark's canonical plans tell apart: `python record.py` rewrites identity.json beside it.

Of the file the view and the expressions of all classes are read; classes (plans that give the same result), and what differs once a conf was
changed, are written anew. Needs Java 17 and pyspark==4.0.1.
"""
import json
import os

from pyspark.sql import SparkSession

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "identity.json")
CONFS = {
    "ansi": {"spark.sql.ansi.enabled": "false"},
    "tz": {"spark.sql.session.timeZone": "America/New_York"},
    "legacyTime": {"spark.sql.legacy.timeParserPolicy": "LEGACY"},
    "caseSensitive": {"spark.sql.caseSensitive": "true"},
}


def main():
    with open(PATH) as source:
        known = json.load(source)
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    spark.sql(known["view"]).createOrReplaceTempView("v")
    expressions = sorted({e for c in known["classes"] for e in c})

    def plans():
        made = {}
        for e in expressions:
            try:
                made[e] = spark.sql(f"SELECT {e} FROM v")._jdf.queryExecution().analyzed()
            except Exception:  # noqa: BLE001
                pass
        return made

    base = plans()
    classes = []
    for e, plan in base.items():
        alike = next((c for c in classes if base[c[0]].sameResult(plan)), None)
        if alike is None:
            classes.append([e])
        else:
            alike.append(e)
    confs, refused = [], {}
    for name, settings in CONFS.items():
        before = {k: spark.conf.get(k) for k in settings}
        for k, v in settings.items():
            spark.conf.set(k, v)
        changed = plans()
        for k, v in before.items():
            spark.conf.set(k, v)
        confs.append({"name": name, "settings": settings, "differs": sorted(e for e in base if e in changed and not base[e].sameResult(changed[e]))})
        refused[name] = sorted(e for e in base if e not in changed)
    with open(PATH, "w") as out:
        json.dump({"view": known["view"], "classes": sorted(sorted(c) for c in classes), "confs": confs, "refusedUnder": refused}, out, indent=0)
    spark.stop()


if __name__ == "__main__":
    main()
