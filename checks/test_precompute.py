"""From real videos to a committed cache, driven from outside: the launcher, spark-submit, clusters, other readers."""

import pathlib
import shutil

import av
import pytest
import safetensors

import launch
from launch import SPECS, precompute
from tables import assert_equal_tables, outcomes, rows, tokens


def test_outcomes_of_sound_videos_are_ok_and_the_damaged_one_is_degraded(cache):
    found = outcomes(cache)
    assert len(found) == 14
    not_ok = {key[0]: (row["outcome"], row["reason"]) for key, row in found.items() if row["outcome"] != "OK"}
    assert not_ok == {"damaged.mp4": ("DEGRADED", "decode_error")}


def test_verify_of_a_sound_cache_finds_nothing(cache):
    assert "everything holds" in launch.command("verify", "--cache", cache).stdout


def test_inspect_export_is_read_by_safetensors(cache, tmp_path):
    file = tmp_path / "video.safetensors"
    line = launch.tokenreel(*("inspect", "--cache", cache, "--video-id", "two_streams.mp4", "--compression", SPECS[0], "--export", file)).stdout
    assert line.startswith("two_streams.mp4  OK")
    with safetensors.safe_open(file, "numpy") as opened:
        assert opened.metadata()["compression"] == SPECS[0]
        index = opened.get_tensor("token_index")
        assert len(opened.get_tensor("frame_seconds")) == 32
    row = next(r for r in tokens(cache).values() if r["video_id"] == "two_streams.mp4" and r["compression"] == SPECS[0])
    assert index.tolist() == row["token_index"]
    assert row["tokens"] in file.read_bytes()


def test_compress_from_features_equals_precompute(cache, tmp_path):
    output = tmp_path / "cache"
    spec = "vidcom2:retention=0.25"
    launch.command("compress", "--features", cache, "--output", output, "--compression", spec, "frames:keep=1/4")
    direct = {key: row for key, row in tokens(cache).items() if key[-1] == spec}
    assert {key: row for key, row in tokens(output).items() if key[-1] == spec} == direct
    selections = rows(output, "selections", ("video_id", "compression"))
    assert len(selections) == 28
    assert all(len(row["frame_budgets"]) == row["frames"] for row in selections.values())


def test_bad_videos_are_rows_and_the_job_goes_on(tmp_path):
    source = tmp_path / "videos"
    source.mkdir()
    shutil.copy(launch.VIDEOS / "hevc.mp4", source / "good.mp4")
    (source / "text.mp4").write_text("This is not a video.\n" * 100, encoding="utf-8")
    (source / "empty.mp4").write_bytes(b"")
    streams = (launch.VIDEOS / "two_streams.mp4").read_bytes()
    audio = (launch.VIDEOS / "with_audio.mkv").read_bytes()
    (source / "half.mp4").write_bytes(streams[: len(streams) // 2])
    (source / "half.mkv").write_bytes(audio[: len(audio) // 2])
    (source / "playlist.mp4").write_text("ffconcat version 1.0\nfile good.mp4\n", encoding="utf-8")
    output = tmp_path / "cache"
    summary = precompute(source, output, "--max-failed", "0.1", expect=3)
    found = {key[0]: (row["outcome"], row["reason"]) for key, row in outcomes(output).items()}
    assert found.pop("good.mp4") == ("OK", None)
    assert found.pop("half.mkv") == ("DEGRADED", "truncated")
    assert found.pop("half.mp4") in [("DEGRADED", "truncated"), ("FAILED", "not_a_video"), ("FAILED", "truncated")]
    assert found.pop("text.mp4") == found.pop("empty.mp4") == ("FAILED", "not_a_video")
    assert found.pop("playlist.mp4") in [("FAILED", "not_a_video"), ("FAILED", "format_not_allowed")]
    assert not found
    assert {video["video_id"] for video in summary["not_ok"]} >= {"text.mp4", "empty.mp4", "playlist.mp4", "half.mkv"}


def test_manifest_and_config_file_say_what_the_job_does(tmp_path):
    manifest = tmp_path / "videos.csv"
    manifest.write_text(
        f"video_id,video_uri,label\nfirst,{launch.VIDEOS}/turned_0.mov,upright\nsecond,{launch.VIDEOS}/turned_90.mov,turned\n",
        encoding="utf-8",
    )
    config = tmp_path / "job.yaml"
    config.write_text(f"input: [{manifest}]\nsampling: 'uniform:frames=8'\ncompression: ['uniform:retention=0.5', none]\nquiet: true\n", encoding="utf-8")
    process = launch.tokenreel("precompute", "--config", config, "--output", tmp_path / "cache", "--compression", "vidcom2:retention=0.5")
    assert process.stdout == "" and "videos" not in process.stderr
    found = {(row["video_id"], row["sampling"], row["compression"], row["frames"], row["label"]) for row in tokens(tmp_path / "cache").values()}
    sampled = ("uniform:frames=8", "vidcom2:retention=0.5", 8)
    assert found == {("first", *sampled, "upright"), ("second", *sampled, "turned")}


def test_bad_setting_stops_before_any_work(tmp_path):
    """One of them: what is refused and how is PrecomputeSettingsTest's and TokenReelTest's."""
    process = launch.tokenreel("precompute", "--input", launch.VIDEOS, "--output", tmp_path / "cache", "--compression", "vidcom3", expect=2)
    said = [line for line in process.stderr.splitlines() if not line.startswith("NOTE: Picked up JDK_JAVA_OPTIONS")]
    assert "vidcom2" in said[0] and len(said) == 2, process.stderr
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("device", "variables", "said"),
    [
        ("cpu", {"PYTORCH_LIBRARY_PATH": "/nonexistent"}, "PYTORCH_LIBRARY_PATH is /nonexistent, where there is no libtorch.so"),
        ("auto", {"PYTORCH_FLAVOR": "cu126"}, "PYTORCH_FLAVOR is 'cu126'"),
        ("cuda", {}, "--device cuda: device cuda:0 was asked for, but the libtorch in the jar has no CUDA"),
        ("cpu", {"TOKENREEL_FFMPEG": "/no/such/folder"}, "TOKENREEL_FFMPEG is /no/such/folder, and no such folder can be read"),
    ],
)
def test_an_engine_that_cannot_be_had_is_refused_in_a_line(tmp_path, device, variables, said):
    arguments = ["precompute", "--input", launch.VIDEOS / "hevc.mp4", "--output", tmp_path / "cache", "--device", device]
    process = launch.finished(launch.launcher(*arguments), {**launch.ENVIRONMENT, **variables}, 2)
    messages = [line for line in process.stderr.splitlines() if line.startswith("tokenreel: ")]
    assert len(messages) == 1 and said in messages[0], process.stderr
    assert "\tat " not in process.stderr and "Exception" not in process.stderr


def test_an_ffmpeg_of_the_machine_gives_the_same_tables(tmp_path):
    """That of PyAV's wheel, which decodes AV1 by libdav1d."""
    videos = [launch.VIDEOS / name for name in ("av1.mkv", "hevc.mp4", "damaged.mp4")]
    libraries = pathlib.Path(av.__file__).parent.parent / "av.libs"
    assert any(libraries.glob("libdav1d*")), libraries
    for output, variables in ("own", {"TOKENREEL_FFMPEG": str(libraries)}), ("jar", {}):
        arguments = ["precompute", "--input", *videos, "--output", tmp_path / output, "--compression", "vidcom2:retention=0.25"]
        launch.finished(launch.launcher(*arguments), {**launch.ENVIRONMENT, **variables}, 0)
    assert_equal_tables(tmp_path / "own", tmp_path / "jar")


@pytest.mark.slow
def test_cuda_on_a_cluster_runs_on_the_gpu_that_spark_assigned(tmp_path):
    """No GPU is needed: the engine's complaint names the address that the discovery script gave."""
    script = tmp_path / "gpus.sh"
    script.write_text("""#!/bin/sh\necho '{"name": "gpu", "addresses": ["7"]}'\n""", encoding="utf-8")
    script.chmod(0o755)
    settings = {
        "spark.jars": launch.JAR,
        "spark.worker.resource.gpu.amount": 1,
        "spark.worker.resource.gpu.discoveryScript": script,
        "spark.executor.resource.gpu.amount": 1,
        "spark.task.resource.gpu.amount": 1,
    }
    process = launch.tokenreel(
        *("precompute", "--input", launch.VIDEOS / "hevc.mp4", "--output", tmp_path / "cache", "--device", "cuda"),
        *("--master", "local-cluster[1,1,2048]", *(part for pair in settings.items() for part in ("--conf", "=".join(map(str, pair))))),
        expect=1,
    )
    assert "cuda:7" in process.stderr, process.stderr


@pytest.mark.slow
def test_standalone_cluster_through_spark_submit_gives_the_same_tables(cache, cluster, tmp_path):
    """Although each task that takes longer than the first ones is run a second time beside itself."""
    eager = ["spark.speculation=true", "spark.speculation.quantile=0.1", "spark.speculation.multiplier=1.01"]
    launch.submit(
        *("precompute", "--input", launch.VIDEOS, launch.real_videos(), "--output", tmp_path / "cache", "--compression", *SPECS, "--quiet"),
        conf=[*cluster, *eager, "spark.speculation.minTaskRuntime=0ms"],
    )
    assert_equal_tables(tmp_path / "cache", cache)
