"""Writes pyarrow.arrow: types and layouts that other Arrow writers use. Run with pyarrow; the expected rows are in column-arrow.test.ts."""
import datetime as dt
import decimal
import os
import pyarrow as pa

D = decimal.Decimal
columns = {
    "dict": pa.array(["a", None, "b", "a"]).dictionary_encode(),
    "large": pa.array(["", "é", None, "x"], pa.large_string()),
    "largebin": pa.array([b"", b"\x00\xff", None, b"x"], pa.large_binary()),
    "fixed": pa.array([b"ab", None, b"cd", b"ef"], pa.binary(2)),
    "u8": pa.array([255, None, 0, 1], pa.uint8()),
    "u16": pa.array([65535, None, 0, 1], pa.uint16()),
    "u32": pa.array([4294967295, None, 0, 1], pa.uint32()),
    "u64": pa.array([18446744073709551615, None, 0, 1], pa.uint64()),
    "half": pa.array([1.5, None, float("-inf"), 2.0 ** -24], pa.float16()),
    "date64": pa.array([-86400000, None, 0, 86400000], pa.date64()),
    "ts_s": pa.array([-1, None, 0, 1], pa.timestamp("s")),
    "ts_ns": pa.array([-1, None, 1999, -2000], pa.timestamp("ns", "UTC")),
    "dur_ms": pa.array([-1, None, 0, 1], pa.duration("ms")),
    "dec18": pa.array([D("-1.25"), None, D("0.00"), D("9999999999999999.99")], pa.decimal128(18, 2)),
    "dec38": pa.array([D("-1.25"), None, D("0.00"), D("9" * 36 + ".99")], pa.decimal128(38, 2)),
    "fsl": pa.array([[1, 2], None, [None, 3], [4, 5]], pa.list_(pa.int32(), 2)),
    "llist": pa.array([["a"], None, [], [None]], pa.large_list(pa.string())),
    "map": pa.array([[("k", 1)], None, [], [("a", None), ("b", 2)]], pa.map_(pa.string(), pa.int64())),
    "struct": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": None}, {"a": 2, "b": "y"}],
                       pa.struct([("a", pa.int8()), ("b", pa.string())])),
    "bool": pa.array([True, None, False, True]),
    "mdn": pa.array([(1, -2, 3000), None, (0, 0, -1000), (12, 30, 0)], pa.month_day_nano_interval()),
}
table = pa.table(columns)
here = os.path.dirname(os.path.abspath(__file__))
with pa.ipc.new_file(os.path.join(here, "pyarrow.arrow"), table.schema) as writer:
    writer.write_table(table)
    # A slice that starts within a byte of every bitmap.
    writer.write_table(table.slice(1, 3))
