"""tokenreel.cache gives what the Java reader gives, over caches in every state in which a writer may leave one."""

import hashlib
import json
import os
import re
import shutil
import sys

import launch
import numpy as np
import pytest
from tokenreel.cache import TokenCache

pytestmark = pytest.mark.slow

SPARK_JARS = launch.ROOT / "jobs" / "target" / "dist" / "spark" / "jars" / "*"
ABSENT = "nothing/of/this/name.mp4"


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """Copies of one cache as it was after each of its writers, and two of writers that died; by name."""
    folder = tmp_path_factory.mktemp("states")
    scenes, cache = folder / "scenes", folder / "cache"
    launch.command("scenes", "--output", scenes, "--videos", "5", "--split", "test")
    videos = sorted((scenes / "videos").iterdir())
    manifest = folder / "videos.csv"
    lines = [f"{video.name if i else 'ünïcode 🎬.mp4'},{video},group {i % 2},{i}" for i, video in enumerate(videos)]
    manifest.write_text("video_id,video_uri,split,number\n" + "\n".join(lines) + "\n", encoding="utf-8")
    taken = {}

    def precompute(name, sampling, dtype, *compressions):
        options = ["--videos-per-commit", "2", "--sampling", sampling, "--token-dtype", dtype, "--compression", *compressions]
        launch.precompute(manifest, cache, *options)
        taken[name] = shutil.copytree(cache, folder / name)

    precompute("three waves", "uniform:frames=8", "bf16", "none", "vidcom2:retention=0.25")
    changed, kept = videos[1], videos[1].read_bytes()
    changed.write_bytes(videos[2].read_bytes())
    precompute("a changed file", "uniform:frames=4", "int8", "none")
    changed.write_bytes(kept)
    precompute("changed back", "uniform:frames=8", "bf16", "none", "vidcom2:retention=0.25")
    launch.command("forget", "--cache", cache, "--video-id", videos[2].name)
    taken["one forgotten"] = shutil.copytree(cache, folder / "one forgotten")

    # A writer that died once its files were replaced: the index is still the one of before.
    unfinished = shutil.copytree(cache, folder / "unfinished removal")
    shutil.rmtree(unfinished / "_index")
    shutil.copytree(taken["changed back"] / "_index", unfinished / "_index")
    (unfinished / "_journal").mkdir()
    (unfinished / "_journal" / "000099.json").write_text('{"wave": 99, "moves": []}')
    taken["unfinished removal"] = unfinished

    # A writer that died once its wave was decided: nothing of it is in the tables.
    decided = shutil.copytree(taken["three waves"], folder / "unfinished wave")
    staged = decided / "_staging" / "000004" / "tokens"
    staged.mkdir(parents=True)
    shutil.copy(next((taken["a changed file"] / "tokens").glob("000004-*.parquet")), staged / "part-0.parquet")
    (decided / "_journal").mkdir()
    move = {"from": "_staging/000004/tokens/part-0.parquet", "to": "tokens/000004-00000.parquet"}
    (decided / "_journal" / "000004.json").write_text(json.dumps({"wave": 4, "moves": [move]}))
    taken["unfinished wave"] = decided
    yield taken
    for name in ["unfinished removal", "unfinished wave"]:
        shutil.rmtree(taken[name])  # all other tables that checks leave are verified at the end


@pytest.fixture(scope="module")
def ids(states):
    return [*TokenCache.open(states["three waves"]).ids(), ABSENT]


@pytest.fixture(scope="module")
def java(states, ids):
    """What the Java reader gives: rows by the name of a state and id."""
    command = [launch.JAVA, "-cp", f"{launch.JAR}:{SPARK_JARS}", launch.ROOT / "checks" / "LookupRows.java"]
    folders = {str(folder): name for name, folder in states.items()}
    done = launch.finished([*command, ",".join(folders), *ids], {**launch.ENVIRONMENT, "LC_ALL": "C.UTF-8"}, 0)
    lines = map(json.loads, done.stdout.splitlines())
    return {(folders[line["cache"]], line["id"]): line["rows"] for line in lines}


def columns(video):
    """A row as LookupRows.java prints it."""
    same = ["video_id", "video_uri", "content_sha256", "encoder", "sampling", "compression", "frames", "grid_height", "grid_width"]
    same += ["tokens_per_frame", "dim", "dtype", "outcome", "writer_version", "planes", "layout", "source_frames", "source_rate"]
    return {name: getattr(video, name) for name in same} | {
        "token_index": video.token_index.tolist(),
        "frame_index": video.frame_index.tolist(),
        "tokens_sha256": hashlib.sha256(video.data).hexdigest(),
        "float32_sha256": hashlib.sha256(video.float32().tobytes()).hexdigest(),
        "frame_seconds_sha256": hashlib.sha256(video.frame_seconds.tobytes()).hexdigest(),
        "created_at_micros": int(np.datetime64(video.created_at.replace(tzinfo=None), "us").astype(int)),
        "passthrough": {name: str(value) for name, value in video.columns.items()},
    }


def test_every_video_of_every_state_has_the_rows_of_the_java_reader(states, ids, java):
    for name, folder in states.items():
        cache = TokenCache.open(folder)
        for video_id in ids:
            assert [columns(row) for row in cache.rows(video_id)] == java[name, video_id], (name, video_id)


def test_the_states_are_what_they_are_named(states, ids, java):
    """The comparison is of waves, contents, dtypes and journals that differ."""
    rows = {name: {video: java[name, video] for video in ids} for name in states}
    assert len(list((states["three waves"] / "tokens").glob("*.parquet"))) >= 3
    assert len(ids) == 6
    assert {len(found) for found in rows["three waves"].values()} == {0, 2}
    contents = {name: {video: {row["content_sha256"] for row in found} for video, found in rows[name].items()} for name in states}
    assert contents["three waves"] == contents["changed back"]
    [changed] = [video for video in ids if contents["a changed file"][video] != contents["three waves"][video]]
    assert [row["dtype"] for row in rows["a changed file"][changed]] == ["int8"], "its rows of the other setting are superseded"
    assert {row["dtype"] for video in ids for row in rows["a changed file"][video]} == {"int8", "bf16"}
    [forgotten] = [video for video in ids if rows["changed back"][video] and not rows["one forgotten"][video]]
    assert rows["unfinished removal"] == rows["one forgotten"]
    assert rows["unfinished wave"] == rows["three waves"], forgotten
    assert {tuple(row["passthrough"]) for video in ids for row in rows["three waves"][video]} == {("number", "split")}


def test_ids_are_those_that_the_java_reader_finds(states, ids, java):
    for name in ["three waves", "a changed file", "changed back", "one forgotten", "unfinished wave"]:
        assert TokenCache.open(states[name]).ids() == sorted(video for video in ids if java[name, video]), name


def test_the_cache_of_the_shared_videos_is_read_whole(cache):
    """Every row of the current contents, found by its id, has the bytes that a scan finds."""
    import pyarrow.parquet as pq

    expected = {(row["video_id"], row["compression"]): row for row in pq.read_table(cache / "tokens").to_pylist()}
    opened = TokenCache.open(cache)
    found = {(row.video_id, row.compression): row for video in opened.ids() for row in opened.rows(video)}
    assert found.keys() == expected.keys()
    for key, row in found.items():
        assert bytes(row.data) == expected[key]["tokens"], key
        assert row.token_index.tolist() == expected[key]["token_index"], key
        kept = row.grid_places()[row.token_index >= 0]
        assert (kept < (row.frames, row.grid_height, row.grid_width)).all(), key


def test_the_bench_of_lookups_runs_on_any_cache(cache):
    bench = [sys.executable, launch.ROOT / "python" / "bench" / "lookup.py", cache, "--compression", "none"]
    printed = launch.finished(bench, {**os.environ, "PYTHONPATH": str(launch.PACKAGE)}, 0).stdout
    assert re.search(r"one of 14 videos: p50 \d+\.\d+ ms", printed), printed
    assert int(re.search(r"ranges that it reads, the most: (\d+);", printed)[1]) <= 3, printed
