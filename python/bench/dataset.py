"""An epoch of training data from a cache, against decoding and encoding the clips again.

    python python/bench/dataset.py --tokenreel bin/tokenreel [--videos 200] [--epochs 3]

Renders clips with `tokenreel scenes` and precomputes them by the built-in model once with `--compression none` and once again
into another folder: the second run is what an epoch costs that decodes and encodes, by its own summary of the seconds after the job
has started. Epochs of `tokenreel.torch` are read by one process, shuffled, in batches of 8 that are padded. Needs PyTorch, and both
sides have the same processors.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader

from tokenreel.torch import TokenDataset, pad

SAMPLING = "uniform:frames=16"


def summary(command: list[str]) -> dict[str, Any]:
    """Runs a command of TokenReel and gives its summary."""
    done = subprocess.run([*command, "--json"], stdout=subprocess.PIPE, check=True, text=True)  # noqa: S603
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


def epoch(data: TokenDataset, workers: int) -> float:
    """Seconds that the loader takes for all batches."""
    start = time.perf_counter()
    tokens = sum(int(batch["mask"].sum()) for batch in DataLoader(data, 8, shuffle=True, num_workers=workers, collate_fn=pad))
    seconds = time.perf_counter() - start
    if not tokens:
        raise ValueError("the cache has no tokens")
    return seconds


def main() -> None:
    """Measures both."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--tokenreel", required=True, help="the command tokenreel")
    options.add_argument("--videos", type=int, default=200)
    options.add_argument("--epochs", type=int, default=3)
    options.add_argument("--workers", type=int, default=0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        scenes = [given.tokenreel, "scenes", "--output", str(folder / "scenes"), "--videos", str(given.videos), "--split", "train"]
        subprocess.run([*scenes, "--quiet"], check=True)  # noqa: S603
        for name in ["cache", "again"]:
            command = [given.tokenreel, "precompute", "--input", str(folder / "scenes" / "videos"), "--output", str(folder / name)]
            again = summary([*command, "--model", "default", "--sampling", SAMPLING, "--compression", "none"])["seconds"]
        data = TokenDataset(folder / "cache")
        torch.manual_seed(1)
        epoch(data, given.workers)
        times = [epoch(data, given.workers) for _ in range(given.epochs)]
        print(f"decoding and encoding {given.videos} clips: {again:.2f} s")
        print(f"an epoch of {len(data)} samples of the cache: {statistics.median(times):.3f} s (from {min(times):.3f} to {max(times):.3f})")
        print(f"ratio: {again / statistics.median(times):.1f}")


if __name__ == "__main__":
    main()
