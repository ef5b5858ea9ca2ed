"""Models of published widths: what they take of a machine's memory, and what of their folders they leave alone."""

import json
import sys

import pytest

import full_size
import launch
from tables import outcomes, rows, tokens

pytestmark = pytest.mark.slow

VIDEO = "two_streams.mp4"
PEAK = "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:], check=False).returncode; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)"


def peak_megabytes(*arguments):
    """Runs a command, with both compilers, and returns the most memory of one of its processes, the pages of mapped files among it.

    Its heap is bounded, since how much of a large one fills up before it is collected differs from run to run by more than weights do.
    """
    environment = {**launch.ENVIRONMENT, "JDK_JAVA_OPTIONS": "", "TOKENREEL_HEAP": "1500m"}
    process = launch.finished([sys.executable, "-c", PEAK, *launch.launcher(*arguments)], environment, 0)
    return int(process.stderr.split()[-1]) / 1024


@pytest.fixture(scope="module")
def half_billion(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints") / "half-billion"
    full_size.write(folder, "0.5b")
    return folder


def test_a_bf16_checkpoint_that_computes_in_bf16_is_not_widened(half_billion, tmp_path):
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"video_id": VIDEO, "question_id": "1", "question": "What moves?"}) + "\n", encoding="utf-8")
    cache = tmp_path / "cache"
    source = ["--input", launch.VIDEOS / VIDEO, "--sampling", "uniform:frames=2", "--compression", "vidcom2:retention=0.25"]
    peaks = {}
    for dtype in ("f32", "bf16"):
        model = ["--model", half_billion, "--compute-dtype", dtype]
        peaks["precompute", dtype] = peak_megabytes("precompute", *source, "--output", cache, *model)
        answers = ["answer", "--cache", cache, "--questions", questions, "--max-new-tokens", 4]
        peaks["answer", dtype] = peak_megabytes(*answers, "--output", tmp_path / dtype, *model)
    print({" ".join(run): f"{megabytes:.0f} MB" for run, megabytes in peaks.items()})
    encoders = {row["encoder"] for row in tokens(cache).values()}
    assert sorted(name.partition("+")[2] for name in encoders) == ["", "bf16"]
    for dtype in ("f32", "bf16"):
        (answer,) = rows(tmp_path / dtype, "answers", ("video_id", "question_id", "compression")).values()
        assert answer["reason"] is None and answer["decoder"].endswith("+bf16") == (dtype == "bf16")
    # 0.43 billion weights of the tower and 0.49 of the decoder, two bytes each that a copy in float32 takes more.
    assert peaks["precompute", "f32"] - peaks["precompute", "bf16"] > 700
    assert peaks["answer", "f32"] - peaks["answer", "bf16"] > 700
    assert max(peaks["precompute", "bf16"], peaks["answer", "bf16"]) < 2800


def test_a_tower_of_7b_is_encoded_with_though_the_language_shards_cannot_be_read(tmp_path):
    model = tmp_path / "seven-billion"
    full_size.write(model, "7b")
    language = sorted(model.glob("model-0000[234]-of-00004.safetensors"))
    assert sum(shard.stat().st_size for shard in language) > 15e9
    cache = tmp_path / "cache"
    source = ["--input", launch.VIDEOS / VIDEO, "--sampling", "uniform:frames=2", "--compression", "vidcom2:retention=0.25"]
    peak = peak_megabytes("precompute", *source, "--output", cache, "--model", model, "--compute-dtype", "bf16")
    print(f"{peak:.0f} MB")
    ((_, outcome),) = outcomes(cache).items()
    assert outcome["outcome"] == "OK"
    (row,) = tokens(cache).values()
    assert row["dim"] == 3584
    assert peak < 5000
    assert all(shard.stat().st_blocks == 0 for shard in language)
