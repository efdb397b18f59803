"""Writes the parquet files of this folder: python make.py (pandas 3, pyarrow 26)."""

import datetime
import decimal
import pathlib
import uuid

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

HERE = pathlib.Path(__file__).parent
ROWS = 40
EPOCH = datetime.datetime(1970, 1, 1)


def column(of, kind=None):
    """A column with a gap in every seventh row, from the fourth on."""
    return pa.array([None if row % 7 == 3 else of(row) for row in range(ROWS)], kind)


def moment(row):
    """Days and hours after 2024-01-31, with microseconds."""
    return EPOCH + datetime.timedelta(days=19753 + row, hours=row % 5, microseconds=250 * row)


def target(row):
    return ["iris", "rose"][row % 2]


KINDS = {
    "int8": column(lambda row: row - 20, pa.int8()),
    "int16": column(lambda row: 100 * row - 2000, pa.int16()),
    "int32": column(lambda row: 50_000_000 * row - 10**9, pa.int32()),
    "int64": column(lambda row: 10**15 * row - 7, pa.int64()),
    "uint8": column(lambda row: 255 - row, pa.uint8()),
    "uint16": column(lambda row: 65_535 - row, pa.uint16()),
    "uint32": column(lambda row: 2**32 - 1 - row, pa.uint32()),
    "uint64": column(lambda row: 2**64 - 4096 * (row + 1), pa.uint64()),
    "float16": column(lambda row: row / 8, pa.float16()),
    "float32": column(lambda row: row / 3, pa.float32()),
    "float64": column(lambda row: float("nan") if row % 7 == 5 else row / 3, pa.float64()),
    "bool": column(lambda row: row % 3 == 0, pa.bool_()),
    "string": column(lambda row: ["red", "green", " blue "][row % 3], pa.string()),
    "large": column(lambda row: ["NA", "small", "large"][row % 3], pa.large_string()),
    "dictionary": column(lambda row: ["low", "high"][row % 2], pa.string()).dictionary_encode(),
    "date": column(lambda row: datetime.date(1969, 12, 31) + datetime.timedelta(days=row), pa.date32()),
    "millis": column(lambda row: moment(row).replace(microsecond=0), pa.timestamp("ms")),
    "micros": column(moment, pa.timestamp("us")),
    "nanos": column(moment, pa.timestamp("ns")),
    "zoned": column(moment, pa.timestamp("us", tz="Europe/Paris")),
    "midnight": column(lambda row: moment(row).replace(hour=0, microsecond=0), pa.timestamp("ms")),
    "time": column(lambda row: datetime.time(row % 24, 30, 15, 500_000), pa.time32("ms")),
    "time64": column(lambda row: datetime.time(row % 24, 30, 15, 250), pa.time64("us")),
    "duration": column(lambda row: datetime.timedelta(seconds=row), pa.duration("s")),
    "decimal": column(lambda row: decimal.Decimal(row * 101 - 2000) / 100, pa.decimal128(10, 2)),
    "wide": column(lambda row: decimal.Decimal(row - 20) / 8 + 10**15, pa.decimal128(38, 3)),
    "widest": column(lambda row: decimal.Decimal(20 - row) / 8, pa.decimal256(60, 3)),
    "numbers": column(lambda row: f"{1000 * row},5" if row else " 0,5", pa.string()),
    "dates": column(lambda row: f"{1 + row % 28:02}.02.2024", pa.string()),
    "unmarked": column(lambda row: [b"wet", b"dry"][row % 2], pa.binary()),
    "bytes": column(lambda row: bytes([255, row]), pa.binary()),
    "fixed": column(lambda row: bytes([row] * 3), pa.binary(3)),
    "uuid": pa.ExtensionArray.from_storage(
        pa.uuid(), column(lambda row: uuid.UUID(int=row).bytes, pa.binary(16))
    ),
    "nothing": pa.nulls(ROWS),
    "list": column(lambda row: [row, 1], pa.list_(pa.int64())),
    "record": column(lambda row: {"a": row, "b": 1.5}, pa.struct([("a", pa.int64()), ("b", pa.float64())])),
    "map": column(lambda row: [("a", row)], pa.map_(pa.string(), pa.int64())),
    "required": pa.array([row / 2 for row in range(ROWS)]),
    "kind": pa.array([target(row) for row in range(ROWS)]),
}


def kinds():
    table = pa.table(KINDS)
    schema = table.schema
    place = schema.get_field_index("required")
    schema = schema.set(place, schema.field(place).with_nullable(False))
    pq.write_table(table.cast(schema), HERE / "kinds.parquet", row_group_size=17)
    old = table.select(["millis", "nanos", "kind"])
    pq.write_table(old, HERE / "int96.parquet", use_deprecated_int96_timestamps=True)


def small():
    """A table of two classes that lie apart, with gaps."""
    return pa.table(
        {
            "whole": column(lambda row: row % 11 - 5, pa.int64()),
            "real": column(lambda row: row % 13 / 3 + 10 * (row % 2), pa.float64()),
            "word": column(lambda row: ["north", "south", "northeast"][row % 3]),
            "truth": column(lambda row: row % 3 == 0),
            "kind": pa.array([target(row) for row in range(ROWS)]),
        }
    )


def packings():
    for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
        for version in ["1.0", "2.0"]:
            name = f"{codec}-{version[0]}.parquet"
            pq.write_table(small(), HERE / name, compression=codec, data_page_version=version, row_group_size=30)
    delta = {
        "whole": "DELTA_BINARY_PACKED",
        "real": "BYTE_STREAM_SPLIT",
        "word": "DELTA_BYTE_ARRAY",
        "truth": "RLE",
        "kind": "DELTA_LENGTH_BYTE_ARRAY",
    }
    for name, encoding in [("delta", delta), ("plain", {name: "PLAIN" for name in delta})]:
        for version in ["1.0", "2.0"]:
            pq.write_table(
                small(), HERE / f"{name}-{version[0]}.parquet", use_dictionary=False, column_encoding=encoding,
                data_page_version=version,
            )


def pandas():
    frame = pd.DataFrame({"long": [row / 4 for row in range(60)], "level": [row % 3 for row in range(60)]})
    frame["kind"] = [target(row // 3) for row in range(60)]
    frame["level"] = frame["level"].astype("category")
    frame["step"] = pd.Categorical([str(row % 4) for row in range(60)])
    frame = frame[["step", "long", "level", "kind"]]
    frame.sample(ROWS, random_state=0).to_parquet(HERE / "index.parquet")
    frame.head(ROWS).set_index(pd.Index([f"r{row}" for row in range(ROWS)])).to_parquet(HERE / "index-words.parquet")
    named = frame.head(ROWS).assign(num=[row % 7 / 2 for row in range(ROWS)], code=[row // 5 for row in range(ROWS)])
    named.set_index(["num", "code"]).to_parquet(HERE / "index-named.parquet")


def odd():
    values = [pa.array([float(row) ** 2 for row in range(ROWS)])] * 3 + [small()["kind"].combine_chunks()]
    pq.write_table(pa.Table.from_arrays(values, names=["a", "a", "", "kind"]), HERE / "names.parquet")
    pq.write_table(small().slice(0, 0), HERE / "no-rows.parquet")
    pq.write_table(pa.table({}), HERE / "no-columns.parquet")
    infinite = pa.array([float("inf") if row == 6 else float(row) for row in range(ROWS)])
    pq.write_table(small().set_column(1, "real", infinite), HERE / "infinite.parquet")


class Keys(pe.KmsClient):
    """Keeps keys as they are."""

    def __init__(self, _):
        super().__init__()

    def wrap_key(self, key, _):
        return key.hex()

    def unwrap_key(self, key, _):
        return bytes.fromhex(key)


def encrypted():
    factory = pe.CryptoFactory(lambda configuration: Keys(configuration))
    for name, plaintext in [("encrypted.parquet", False), ("encrypted-columns.parquet", True)]:
        settings = pe.EncryptionConfiguration(
            footer_key="footer", column_keys={"column": ["real"]}, plaintext_footer=plaintext
        )
        keys = factory.file_encryption_properties(pe.KmsConnectionConfig(), settings)
        with pq.ParquetWriter(HERE / name, small().schema, encryption_properties=keys) as writer:
            writer.write_table(small())


for write in [kinds, packings, pandas, odd, encrypted]:
    write()
