"""The same tokens and the same selections, byte for byte, however the work is divided and whatever it runs on.

Local against clusters is with the checks of precompute, decoded tokens of one process against executors with those of answers."""

import csv

import pytest

import launch
import tables

pytestmark = pytest.mark.slow

VIDEOS = ["av1.mkv", "hevc.mp4", "turned_0.mov", "turned_90.mov"]
SPECS = [*launch.SPECS, "dycoke:prune=0.7", "uniform:retention=0.25", "random:retention=0.25", "topk:score=norm,budget=fca,retention=0.25"]


def precompute(manifest, output, java, *options):
    """A run whose kernels are compiled by the second compiler, which alone makes vectors of them."""
    command = launch.launcher("precompute", "--input", manifest, "--output", output, "--keep-features", *options, "--compression", *SPECS)
    launch.finished(command, {**launch.ENVIRONMENT, "JDK_JAVA_OPTIONS": java}, 0)
    return output


def manifest(path, videos):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["video_id", "video_uri"], *([video, launch.VIDEOS / video] for video in videos)])
    return path


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    """One thread, vectors of 128 bits, a wave for each video, in the order of their ids."""
    folder = tmp_path_factory.mktemp("narrow")
    java = "-XX:MaxVectorSize=16 -Dtokenreel.model.threads=1"
    return precompute(manifest(folder / "videos.csv", VIDEOS), folder / "cache", java, "--master", "local[1]", "--videos-per-commit", 1)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """Eight tasks at once, eight threads in the model, vectors as wide as the machine's, one wave, in another order."""
    folder = tmp_path_factory.mktemp("wide")
    java = "-Dtokenreel.model.threads=8"
    return precompute(manifest(folder / "videos.csv", reversed(VIDEOS)), folder / "cache", java, "--master", "local[8]")


def test_threads_vectors_waves_partitions_and_order_change_no_byte(narrow, wide):
    assert tables.waves(narrow, "tokens") != tables.waves(wide, "tokens")
    assert len(tables.tokens(narrow)) == len(VIDEOS) * len(SPECS)
    assert tables.tokens(narrow) == tables.tokens(wide)
    assert tables.features(narrow) == tables.features(wide)


def test_two_threads_over_a_folder_give_the_same_tokens(narrow, cache):
    expected = {key: row for key, row in tables.tokens(cache).items() if key[0] in VIDEOS}
    found = tables.tokens(narrow)
    assert len(expected) == len(VIDEOS) * len(launch.SPECS)
    for key, row in expected.items():
        assert (found[key]["token_index"], found[key]["tokens"]) == (row["token_index"], row["tokens"]), key
