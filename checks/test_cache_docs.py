"""The queries and functions of docs/cache.md, run as they stand there over small tables."""

import re
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "cache.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def function(name):
    """A function that the page defines."""
    source = next(block for block in blocks("python") if f"def {name}(" in block)
    names = {}
    exec(source, names)  # noqa: S102 - the page is this repository's own
    return names[name]


@pytest.fixture
def small(tmp_path):
    """Video a had the bytes A, B, and A again; b has C. The second run's manifest had a column more."""
    tables = {
        "tokens/000001-00000.parquet": {"video_id": ["a", "b"], "content_sha256": ["A", "C"], "compression": ["none", "none"]},
        "tokens/000002-00000.parquet": {"video_id": ["a"], "content_sha256": ["B"], "compression": ["none"], "split": ["test"]},
        "contents/000001-00000.parquet": {"video_id": ["a", "b"], "content_sha256": ["A", "C"], "wave": [1, 1]},
        "contents/000002-00000.parquet": {"video_id": ["a"], "content_sha256": ["B"], "wave": [2]},
        "contents/000010-00000.parquet": {"video_id": ["a"], "content_sha256": ["A"], "wave": [10]},
        "outcomes/000001-00000.parquet": {"run_id": ["r1", "r1"], "video_id": ["a", "b"], "content_sha256": ["A", "C"]},
        "outcomes/000010-00000.parquet": {"run_id": ["r2", "r2"], "video_id": ["a", "b"], "content_sha256": ["A", "C"], "split": ["dev", "train"]},
    }
    for name, columns in tables.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        pq.write_table(pa.table(columns), path)
    return tmp_path


CURRENT = [("a", "A"), ("b", "C")]


def test_duckdb_current_rows_are_of_the_last_commit(small):
    query = blocks("sql")[0].replace("CACHE", str(small))
    assert sorted(row[:2] for row in duckdb.sql(query).fetchall()) == CURRENT


def test_spark_current_rows_are_of_the_last_commit(spark, small):
    query = blocks("sql")[1].replace("CACHE", str(small))
    assert sorted((row.video_id, row.content_sha256) for row in spark.sql(query).collect()) == CURRENT


def test_pyarrow_current_rows_of_one_video_are_of_the_last_commit(small):
    current = function("current")
    assert [row["content_sha256"] for row in current(small, "a")] == ["A"]
    assert [row["content_sha256"] for row in current(small, "b", ["content_sha256"])] == ["C"]
    assert current(small, "absent") == []


def test_pandas_current_content_is_of_the_last_commit(small):
    tokens = pd.read_parquet(small / "tokens", columns=["video_id", "content_sha256"])
    merged = tokens.merge(function("current_content")(small), on=["video_id", "content_sha256"])
    assert sorted(merged.itertuples(index=False, name=None)) == CURRENT


def test_columns_that_come_later_are_read_by_each(small):
    assert "split" in duckdb.sql(f"SELECT * FROM read_parquet('{small}/tokens/*.parquet', union_by_name = true)").columns
    table = function("dataset")(f"{small}/tokens").to_table()
    assert sorted(table.column("split").to_pylist(), key=str) == [None, None, "test"]
    assert "split" in pd.read_parquet(small / "tokens", schema=function("schema")(f"{small}/tokens")).columns


def test_duckdb_last_runs_values_of_a_manifest(small):
    query = blocks("sql")[2].replace("CACHE", str(small))
    assert sorted(duckdb.sql(query).fetchall()) == [("a", "none", "dev"), ("b", "none", "train")]
