"""The tables of a cache as Python rows, for comparing one run with another."""

import re

import pyarrow.parquet

RUN_COLUMNS = {"run_id", "created_at", "decode_ms", "encode_ms", "compress_ms", "attempts"}
FILE = re.compile(r"\d{6}-\d{5}[.]parquet")


def rows(cache, table, key, run=None):
    """A table's rows by key (of one run, if it is named), without what must differ between runs."""
    columns = [row for row in pyarrow.parquet.read_table(cache / table).to_pylist() if run is None or row["run_id"] == run]
    keyed = {tuple(row[name] for name in key): {k: v for k, v in row.items() if k not in RUN_COLUMNS} for row in columns}
    assert len(keyed) == len(columns), f"a key of {table} is there twice"
    return keyed


def tokens(cache):
    return rows(cache, "tokens", ("video_id", "content_sha256", "encoder", "sampling", "compression"))


def features(cache):
    return rows(cache, "features", ("video_id", "content_sha256", "encoder", "sampling"))


def outcomes(cache, run=None):
    return rows(cache, "outcomes", ("video_id",), run)


def assert_equal_tables(cache, expected):
    assert tokens(cache) == tokens(expected)
    assert outcomes(cache) == outcomes(expected)


def waves(cache, table):
    """Numbers of the waves that have files in a table; whatever is no file of a wave is an error."""
    visible = [file.name for file in (cache / table).glob("*") if not file.name.startswith((".", "_"))]
    strange = [name for name in visible if not FILE.fullmatch(name)]
    assert not strange, f"files of no wave in {table}: {strange}"
    return {int(name.split("-")[0]) for name in visible}
