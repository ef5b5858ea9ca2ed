"""The cache as other programs see it: pyarrow and DuckDB, knowing nothing but Parquet."""

import glob
import os
import struct

import duckdb
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet
import pytest

DTYPE_BYTES = {"f32": 4, "f16": 2, "bf16": 2}
INT_LIST = pa.list_(pa.int32())
DOUBLE_LIST = pa.list_(pa.float64())
UTC_MICROS = pa.timestamp("us", tz="UTC")

TOKENS = {
    "video_id": pa.string(),
    "video_uri": pa.string(),
    "content_sha256": pa.string(),
    "encoder": pa.string(),
    "sampling": pa.string(),
    "compression": pa.string(),
    "frames": pa.int32(),
    "grid_height": pa.int32(),
    "grid_width": pa.int32(),
    "tokens_per_frame": pa.int32(),
    "dim": pa.int32(),
    "dtype": pa.string(),
    "token_count": pa.int32(),
    "token_index": INT_LIST,
    "tokens": pa.binary(),
    "frame_seconds": DOUBLE_LIST,
    "outcome": pa.string(),
    "writer_version": pa.string(),
    "created_at": UTC_MICROS,
}
BLOCK = {
    "frames": pa.int32(),
    "tokens_per_frame": pa.int32(),
    "grid_height": pa.int32(),
    "grid_width": pa.int32(),
    "dim": pa.int32(),
    "dtype": pa.string(),
    "data": pa.binary(),
}
FEATURES = ["video_id", "video_uri", "content_sha256", "encoder", "sampling", "block", "separator_rows"]
FEATURES += ["frame_seconds", "outcome", "writer_version", "created_at"]
CONTENTS = {"video_id": pa.string(), "content_sha256": pa.string(), "wave": pa.int64()}
OUTCOMES = {
    "run_id": pa.string(),
    "video_id": pa.string(),
    "video_uri": pa.string(),
    "outcome": pa.string(),
    "reason": pa.string(),
    "detail": pa.string(),
    "content_sha256": pa.string(),
    "input_bytes": pa.int64(),
    "frames_decoded": pa.int64(),
    "decode_errors": pa.int64(),
    "decode_ms": pa.int64(),
    "encode_ms": pa.int64(),
    "compress_ms": pa.int64(),
    "attempts": pa.int32(),
    "created_at": UTC_MICROS,
}


def table(cache, name):
    return pa.dataset.dataset(os.path.join(cache, name), format="parquet").to_table()


def parquet_glob(cache, name):
    return os.path.join(cache, name, "*.parquet")


def same_type(found, expected):
    """Arrow names list elements and marks them NOT NULL; neither matters to a reader."""
    if pa.types.is_list(expected):
        return pa.types.is_list(found) and found.value_type == expected.value_type
    return found == expected


def check_columns(schema, expected):
    assert schema.names[: len(expected)] == list(expected), "fixed columns come first, in order"
    for name, kind in expected.items():
        assert same_type(schema.field(name).type, kind), f"{name}: {schema.field(name).type}, expected {kind}"


def test_tokens_pyarrow_columns_and_types_are_the_documented_ones(cache):
    check_columns(table(cache, "tokens").schema, TOKENS)


def test_features_pyarrow_columns_and_types_are_the_documented_ones(cache):
    schema = table(cache, "features").schema
    assert schema.names[: len(FEATURES)] == FEATURES
    block = schema.field("block").type
    assert {field.name: field.type for field in block} == BLOCK
    assert schema.field("separator_rows").type == pa.binary()


def test_outcomes_pyarrow_columns_and_types_are_the_documented_ones(cache):
    check_columns(table(cache, "outcomes").schema, OUTCOMES)


def test_contents_pyarrow_columns_and_rows_are_of_every_video_that_has_tokens(cache):
    contents = table(cache, "contents")
    check_columns(contents.schema, CONTENTS)
    of = {(row["video_id"], row["content_sha256"]) for row in table(cache, "tokens").select(["video_id", "content_sha256"]).to_pylist()}
    assert {(row["video_id"], row["content_sha256"]) for row in contents.to_pylist()} == of


def test_tokens_every_row_has_the_bytes_places_and_times_it_declares(cache):
    rows = table(cache, "tokens").to_pylist()
    assert rows, "the cache holds no tokens"
    for row in rows:
        name = (row["video_id"], row["compression"])
        assert len(row["tokens"]) == row["token_count"] * row["dim"] * DTYPE_BYTES[row["dtype"]], name
        assert len(row["token_index"]) == row["token_count"], name
        kept = [place for place in row["token_index"] if place != -1]
        assert kept == sorted(set(kept)), name
        assert all(0 <= place < row["frames"] * row["tokens_per_frame"] for place in kept), name
        assert len(row["frame_seconds"]) == row["frames"], name
        assert row["frame_seconds"] == sorted(row["frame_seconds"]), name


def test_tokens_kept_tokens_are_rows_of_the_features(cache):
    """A token at place i is row i of the features' block; a separator row is one of separator_rows.

    Merging methods make new tokens, so only methods that select are compared.
    """
    blocks = {(row["video_id"], row["content_sha256"], row["encoder"], row["sampling"]): row for row in table(cache, "features").to_pylist()}
    compared = 0
    for row in table(cache, "tokens").to_pylist():
        features = blocks.get((row["video_id"], row["content_sha256"], row["encoder"], row["sampling"]))
        if features is None or features["block"]["dtype"] != row["dtype"]:
            continue
        compared += 1
        size = row["dim"] * DTYPE_BYTES[row["dtype"]]
        data = features["block"]["data"]
        share = sum(place >= 0 for place in row["token_index"]) / (row["frames"] * row["tokens_per_frame"])
        assert share == 1 if row["compression"] == "none" else 0.2 < share < 0.3, (row["video_id"], share)
        for position, place in enumerate(row["token_index"]):
            token = row["tokens"][position * size : (position + 1) * size]
            expected = data[place * size : (place + 1) * size] if place >= 0 else None
            if expected is None:
                assert token in separator_rows(features, size), (row["video_id"], row["compression"], position)
            else:
                assert token == expected, (row["video_id"], row["compression"], position)
    assert compared == 28, "each of fourteen videos has its tokens of two compressions in features/ too"


def separator_rows(features, size):
    rows = features["separator_rows"] or b""
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def test_tokens_bf16_values_are_finite_numbers(cache):
    for row in table(cache, "tokens").to_pylist():
        if row["dtype"] == "bf16":
            words = struct.unpack(f"<{len(row['tokens']) // 2}H", row["tokens"])
            assert all(word & 0x7F80 != 0x7F80 for word in words), row["video_id"]


@pytest.mark.parametrize("name", ["tokens", "features", "contents", "outcomes"])
def test_duckdb_counts_rows_as_pyarrow_does(cache, name):
    counted = duckdb.sql(f"SELECT count(*) FROM '{parquet_glob(cache, name)}'").fetchall()[0][0]
    assert counted == table(cache, name).num_rows


def test_duckdb_joins_outcomes_with_tokens_on_the_key(cache):
    """Every OK or DEGRADED video has tokens, no FAILED one does, and no key is there twice."""
    outcomes, tokens = parquet_glob(cache, "outcomes"), parquet_glob(cache, "tokens")
    wrong = duckdb.sql(
        f"""
        SELECT o.video_id, o.outcome, count(t.video_id) AS found
        FROM (SELECT DISTINCT video_id, content_sha256, outcome FROM '{outcomes}') o
        LEFT JOIN '{tokens}' t ON t.video_id = o.video_id AND t.content_sha256 = o.content_sha256
        GROUP BY ALL HAVING (o.outcome = 'FAILED') <> (found = 0)
        """
    ).fetchall()
    assert wrong == []
    twice = duckdb.sql(
        f"""
        SELECT video_id FROM '{tokens}'
        GROUP BY video_id, content_sha256, encoder, sampling, compression HAVING count(*) > 1
        """
    ).fetchall()
    assert twice == []


def test_duckdb_reads_lengths_and_times_of_tokens(cache):
    wrong = duckdb.sql(
        f"""
        SELECT video_id FROM '{parquet_glob(cache, "tokens")}'
        WHERE octet_length(tokens) <> token_count * dim * CASE dtype WHEN 'f32' THEN 4 ELSE 2 END
           OR len(token_index) <> token_count OR len(frame_seconds) <> frames
           OR created_at > now()
        """
    ).fetchall()
    assert wrong == []


def test_bloom_filter_on_video_id_excludes_an_absent_id(cache):
    probed = duckdb.sql(f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{parquet_glob(cache, 'tokens')}', 'video_id', 'no such video')").fetchall()
    assert probed, "no row groups"
    assert sum(excludes for (excludes,) in probed) >= 0.9 * len(probed), "a filter at 1% false positives"
    first = table(cache, "tokens").column("video_id")[0].as_py()
    hits = duckdb.sql(
        f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{parquet_glob(cache, 'tokens')}', 'video_id', $id)",
        params={"id": first},
    ).fetchall()
    assert not all(excludes for (excludes,) in hits)


def test_files_blob_columns_have_neither_dictionary_nor_statistics(cache):
    for path in glob.glob(parquet_glob(cache, "tokens")):
        metadata = pa.parquet.ParquetFile(path).metadata
        for group in range(metadata.num_row_groups):
            for column in range(metadata.num_columns):
                chunk = metadata.row_group(group).column(column)
                if chunk.path_in_schema == "tokens":
                    assert chunk.statistics is None or not chunk.statistics.has_min_max, path
                    assert not chunk.has_dictionary_page, path


def test_files_rows_are_sorted_by_video_id(cache):
    for path in glob.glob(parquet_glob(cache, "tokens")):
        ids = pa.parquet.read_table(path, columns=["video_id"]).column("video_id").to_pylist()
        assert ids == sorted(ids, key=lambda id: id.encode()), path


def test_folders_tables_hold_parquet_files_only(cache):
    for name in ["tokens", "features", "contents", "outcomes"]:
        files = [file for file in os.listdir(os.path.join(cache, name)) if not file.startswith(".")]
        assert all(file.endswith(".parquet") for file in files), files
    assert not os.path.exists(os.path.join(cache, "_staging"))
    assert not os.path.exists(os.path.join(cache, "_journal"))
