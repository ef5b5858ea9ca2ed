"""What it takes to look one video up from Python, in a large cache.

    bin/bench lookup --cache FOLDER        # makes a cache of 100,000 videos, 7 GB
    python python/bench/lookup.py FOLDER

One process looks ids up that are chosen at random, after 500 of them that do not count. Of a cache that has rows of several
settings, --compression names one.
"""

import argparse
import random
import statistics
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.fs

from tokenreel.cache import TokenCache

WARM_UP, LOOKUPS, SEED = 500, 2_000, 1


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


def millis(cache: TokenCache, ids: list[str], compression: str | None) -> list[float]:
    """Milliseconds of each lookup, sorted."""
    times = []
    for video_id in ids:
        start = time.perf_counter()
        cache.lookup(video_id, compression)
        times.append((time.perf_counter() - start) * 1e3)
    return sorted(times)


def measure(folder: Path, compression: str | None) -> None:
    """Prints times, ranges and bytes."""
    cache = TokenCache.open(folder)
    known = cache.ids(compression=compression)
    ids = random.Random(SEED).choices(known, k=WARM_UP + LOOKUPS)
    millis(cache, ids[:WARM_UP], compression)
    times = millis(cache, ids[WARM_UP:], compression)
    middle, slow = statistics.median(times), times[LOOKUPS * 99 // 100]
    print(f"lookup, one of {len(known)} videos: p50 {middle:.2f} ms, p99 {slow:.2f} ms")
    counting = Counting()
    counted = TokenCache.open(str(folder), pa.fs.PyFileSystem(counting))
    ranges, share = 0, 0.0
    for video_id in ids[:WARM_UP]:
        counting.ranges = counting.bytes = 0
        row = counted.lookup(video_id, compression)
        ranges, share = max(ranges, counting.ranges), max(share, counting.bytes / len(row.data))
    print(f"ranges that it reads, the most: {ranges}; bytes, the most: {share:.2f} times those of the row's tokens")


def main() -> None:
    """Measures a cache."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("cache", type=Path, help="the folder of the cache")
    options.add_argument("--compression")
    given = options.parse_args()
    measure(given.cache, given.compression)


if __name__ == "__main__":
    main()
