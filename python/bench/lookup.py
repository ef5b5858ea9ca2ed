"""What it takes to look one video up from Python, in a large cache.

    python python/bench/lookup.py --jar jobs/target/dist/tokenreel.jar [--cache FOLDER] [--videos 100000] [--waves 100]

The Java writer makes the cache, with the cells that `tokenreel bench lookup` has: 96 tokens of 352 channels of bf16, which are
random bytes. One process looks ids up that are chosen at random, after 500 of them that do not count. A folder that is given
is kept, and used again when it is there. Needs pyspark, about 70 KB of disk per video, and minutes.
"""

import argparse
import datetime as dt
import hashlib
import random
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet as pq

from tokenreel.cache import TokenCache

TOKENS, DIM = 96, 352
CELL_BYTES = TOKENS * DIM * 2
WARM_UP, LOOKUPS, SEED = 500, 2_000, 1


def rows(first: int, end: int) -> pa.Table:
    """Rows of tokens/ for the videos from `first` to `end`."""
    cells = range(first, end)
    bytes_of = np.random.default_rng(first).bytes
    same = {
        "encoder": "tower@1",
        "sampling": "uniform:frames=4",
        "compression": "vidcom2:retention=0.25",
        "frames": 4,
        "grid_height": 7,
        "grid_width": 14,
        "tokens_per_frame": 98,
        "dim": DIM,
        "dtype": "bf16",
        "token_count": TOKENS,
        "token_index": list(range(TOKENS)),
        "frame_seconds": [0.0, 1.0, 2.0, 3.0],
        "outcome": "OK",
        "writer_version": "bench",
        "created_at": dt.datetime.now(dt.UTC),
        "model_name": "tower",
    }
    table = pa.table({name: pa.array([value] * len(cells), _type_of(value)) for name, value in same.items()})
    return (
        table.append_column("video_id", pa.array([f"video-{cell:08d}" for cell in cells]))
        .append_column("video_uri", pa.array([f"file:/videos/{cell:08d}.mp4" for cell in cells]))
        .append_column("content_sha256", pa.array([hashlib.sha256(str(cell).encode()).hexdigest() for cell in cells]))
        .append_column("tokens", pa.array([bytes_of(CELL_BYTES) for _ in cells], pa.binary()))
    )


def _type_of(value: object) -> pa.DataType | None:
    if isinstance(value, int):
        return pa.int32()
    return pa.list_(pa.int32()) if isinstance(value, list) and isinstance(value[0], int) else None


def write(jar: str, cache: Path, videos: int, waves: int) -> None:
    """Has the Java writer commit the videos, a wave at a time."""
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[2]").config("spark.jars", jar).config("spark.driver.memory", "4g").getOrCreate()
    java = spark._jvm
    writer = java.io.tokenreel.cache.commit.TokenCacheWriter.open(spark._jsparkSession, java.org.apache.hadoop.fs.Path(str(cache)))
    with tempfile.TemporaryDirectory() as scratch:
        for wave in range(waves):
            file = f"{scratch}/{wave}.parquet"
            pq.write_table(rows(videos * wave // waves, videos * (wave + 1) // waves), file, compression="none")
            commit = writer.nextWave()
            commit.stage(java.io.tokenreel.cache.CacheTable.TOKENS, spark.read.parquet(file).coalesce(1)._jdf)
            commit.commit()
            Path(file).unlink()
    writer.close()
    spark.stop()


class Counting(pa.fs.FileSystemHandler):
    """A local file system that counts the byte ranges that are read, and their bytes."""

    def __init__(self) -> None:
        self.local = pa.fs.LocalFileSystem()
        self.ranges = self.bytes = 0

    def get_type_name(self) -> str:
        return "counting"

    def normalize_path(self, path: str) -> str:
        return path

    def get_file_info(self, paths: list[str]) -> list[pa.fs.FileInfo]:
        return self.local.get_file_info(paths)

    def get_file_info_selector(self, selector: pa.fs.FileSelector) -> list[pa.fs.FileInfo]:
        return self.local.get_file_info(selector)

    def open_input_file(self, path: str) -> pa.NativeFile:
        return pa.PythonFile(CountedFile(self, path), mode="r")

    def _unused(self, *_: object) -> None:
        raise NotImplementedError("a lookup does not write, and opens files to read ranges of them")

    create_dir = delete_dir = delete_dir_contents = delete_file = delete_root_dir_contents = _unused
    move = copy_file = open_output_stream = open_append_stream = open_input_stream = _unused


class CountedFile:
    """A file whose reads are counted, each as one range."""

    def __init__(self, counting: Counting, path: str) -> None:
        self._counting = counting
        self._file = open(path, "rb")

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._counting.ranges += 1
        self._counting.bytes += len(data)
        return data

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def millis(cache: TokenCache, ids: list[str]) -> list[float]:
    """Milliseconds of each lookup, sorted."""
    times = []
    for video_id in ids:
        start = time.perf_counter()
        cache.lookup(video_id)
        times.append((time.perf_counter() - start) * 1e3)
    return sorted(times)


def measure(folder: Path, videos: int) -> None:
    """Prints times, ranges and bytes."""
    draw = random.Random(SEED)
    ids = [f"video-{draw.randrange(videos):08d}" for _ in range(WARM_UP + LOOKUPS)]
    cache = TokenCache.open(folder)
    millis(cache, ids[:WARM_UP])
    times = millis(cache, ids[WARM_UP:])
    middle, slow = statistics.median(times), times[LOOKUPS * 99 // 100]
    print(f"lookup, one of {videos} cells of {CELL_BYTES} bytes: p50 {middle:.2f} ms, p99 {slow:.2f} ms")
    counting = Counting()
    counted = TokenCache.open(str(folder), pa.fs.PyFileSystem(counting))
    ranges, size = 0, 0
    for video_id in ids[:WARM_UP]:
        counting.ranges = counting.bytes = 0
        counted.lookup(video_id)
        ranges, size = max(ranges, counting.ranges), max(size, counting.bytes)
    print(f"ranges that it reads, the most: {ranges}; bytes, the most: {size}, {size / CELL_BYTES:.2f} of the cell's")


def main() -> None:
    """Makes the cache where there is none, and measures."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--jar", required=True, help="the product jar")
    options.add_argument("--cache", type=Path, help="the folder of the cache, which is kept (default: a temporary one)")
    options.add_argument("--videos", type=int, default=100_000)
    options.add_argument("--waves", type=int, default=100)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.cache or Path(scratch) / "cache"
        if not folder.exists():
            write(given.jar, folder, given.videos, given.waves)
        measure(folder, given.videos)


if __name__ == "__main__":
    main()
