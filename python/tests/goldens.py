"""The tiny checkpoints of jobs/src/test/resources/goldens, and what Transformers gives for a video and a question."""

import json
from functools import cache
from pathlib import Path

import numpy as np
from caches import CacheWriter, row

from tokenreel.cache import TokenCache

FOLDER = Path(__file__).resolve().parents[2] / "jobs" / "src" / "test" / "resources" / "goldens"
DTYPES = {"I64": "<i8", "F64": "<f8", "F32": "<f4"}


def checkpoint(family):
    return FOLDER / f"{family}_tiny"


@cache
def config(family):
    return json.loads((checkpoint(family) / "config.json").read_text(encoding="utf-8"))


@cache
def golden(family):
    """Tensors and texts of a golden file."""
    data = (checkpoint(family) / "expected.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] in DTYPES:
            first, last = (8 + length + offset for offset in entry["data_offsets"])
            tensors[name] = np.frombuffer(data[first:last], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors, header["__metadata__"]


def qwen_row(family, folder, kept=None, **more):
    """The row of the golden's video: all its tokens, or those that are kept."""
    tensors, _ = golden(family)
    steps, height, width = tensors["video_grid_thw"][0] // (1, 2, 2)
    planes = [tensors["merged"], *(tensors[name] for name in sorted(tensors) if name.startswith("deepstack."))]
    values = np.stack([plane.reshape(steps * height * width, -1) for plane in planes], axis=1)
    index = np.arange(len(values)) if kept is None else kept
    made = row(
        "a",
        encoder=f"{family}@0123456789abcdef0123",
        frames=int(steps),
        grid_height=int(height),
        grid_width=int(width),
        tokens_per_frame=int(height * width),
        token_index=index.tolist(),
        frame_seconds=[0.0] * int(steps),
        values=values[index],
        dim=values.shape[2],
        planes=values.shape[1],
        layout="plain",
        source_frames=int(tensors["source_frames"][0]),
        source_rate=float(tensors["source_fps"][0]),
        frame_index=tensors["frames_indices"].tolist(),
    )
    writer = CacheWriter(folder).wave(1, [made | more])
    if family == "qwen2_5_vl":
        speed = float(config(family)["vision_config"]["tokens_per_second"])
        writer.card(encoder=made["encoder"], axes=3, tokens_per_second=speed)
    return TokenCache.open(folder).lookup("a")
