"""The figures of docs/serving.md in one run, on an idle machine: first tokens by id and of the file, lookups, and epochs of training data.

    .venv/bin/python checks/serving/figures.py [--requests 30] [--full-size-requests 5] [--only NAME ...]

The server is the one of `bin/check --serving`, on the CPU. The clip has ten seconds of 854x480 in H.264, made of a real film. Checkpoints
are random: a tiny one in float32, and LLaVA-OneVision-0.5B's widths in bfloat16.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import av

import full_size
import launch
import llava_files
import server

QUARTER = "vidcom2:retention=0.25"
CLIP, WIDTH, HEIGHT, RATE, SECONDS = "clip.mp4", 854, 480, 25, 10
PYTHON = launch.ROOT / "python"
FULL_PATCHES = (full_size.SIGLIP["image_size"] // full_size.SIGLIP["patch_size"]) ** 2
# Each request of the file decodes and encodes it, as the first one for a video does.
UNCACHED = ["--no-enable-prefix-caching", "--mm-processor-cache-gb", "0"]


def clip(file):
    """Writes the clip."""
    with av.open(str(launch.real_videos() / "bigbuckbunny.mp4")) as source:
        pictures = [frame.reformat(WIDTH, HEIGHT, "yuv420p") for frame in source.decode(video=0)]
    with av.open(str(file), "w") as target:
        stream = target.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for i in range(RATE * SECONDS):
            picture = pictures[i % len(pictures)]
            picture.pts, picture.time_base = i, Fraction(1, RATE)
            target.mux(stream.encode(picture))
        target.mux(stream.encode())


def first_tokens(model, dtype, frames, requests, scratch, *compressions):
    """Serves a checkpoint and has python/bench/serving.py ask it."""
    cache = scratch / f"cache-{model.name}-{frames}"
    made = ["--model", model, "--compute-dtype", dtype, "--sampling", f"uniform:frames={frames}", "--compression", *compressions]
    summary = launch.precompute(scratch / "videos", cache, *made)
    assert summary["ok"] == 1, summary
    options = ["--dtype", {"f32": "float32", "bf16": "bfloat16"}[dtype], "--max-model-len", 8192, "--max-num-batched-tokens", 8192, *UNCACHED]
    options += ["--limit-mm-per-prompt", '{"image": 1, "video": 1}', "--skip-mm-profiling", "--allowed-local-media-path", scratch]
    options += ["--media-io-kwargs", f'{{"video": {{"num_frames": {frames}}}}}']
    with server.serving(model, cache, scratch / "site", scratch, *options) as up:
        for compression in compressions:
            print(f"\n{model.name}, {frames} frames, {dtype}, {compression}", flush=True)
            asked = ["--model", "m", "--cache", cache, "--video-id", CLIP, "--compression", compression, "--file", scratch / "videos" / CLIP]
            bench(PYTHON / "bench" / "serving.py", *asked, "--url", up.url, "--requests", requests)


def bench(script, *arguments, **environment):
    command = [sys.executable, script, *arguments]
    settings = {**os.environ, "PYTHONPATH": str(PYTHON / "src")} | environment
    subprocess.run([str(part) for part in command], env=settings, check=True)


def tiny(scratch, given):
    server.checkpoints(scratch / "models", scratch / "site", scratch)
    first_tokens(scratch / "models" / "llava_onevision", "f32", 32, given.requests, scratch, QUARTER, "none")


def full(scratch, given):
    model = scratch / "half-billion"
    full_size.write(model, "0.5b")
    llava_files.write(model, FULL_PATCHES)
    for frames in (8, 32):
        first_tokens(model, "bf16", frames, given.full_size_requests, scratch, QUARTER)


def lookup(scratch, _):
    print("\none of 100,000 rows, from Python", flush=True)
    launch.finished([launch.ROOT / "bin" / "bench", "lookup", "--cache", scratch / "rows"], launch.ENVIRONMENT, 0)
    bench(PYTHON / "bench" / "lookup.py", scratch / "rows")


def dataset(scratch, _):
    print("\nan epoch of 200 clips", flush=True)
    environment = server.environment(scratch / "site", scratch)
    bench(PYTHON / "bench" / "dataset.py", "--tokenreel", launch.ROOT / "bin" / "tokenreel", PYTHONPATH=environment["PYTHONPATH"])


FIGURES = {"tiny": tiny, "full": full, "lookup": lookup, "dataset": dataset}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--requests", type=int, default=30)
    options.add_argument("--full-size-requests", type=int, default=5)
    options.add_argument("--only", nargs="+", choices=FIGURES, default=list(FIGURES))
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="tokenreel-figures") as folder:
        scratch = pathlib.Path(folder)
        (scratch / "videos").mkdir()
        clip(scratch / "videos" / CLIP)
        launch.build_wheels(scratch / "wheels")
        launch.install_wheels(scratch / "wheels", scratch / "site")
        for name in given.only:
            FIGURES[name](scratch, given)


if __name__ == "__main__":
    main()
