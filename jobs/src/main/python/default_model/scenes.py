"""Folders that `tokenreel scenes` wrote: frames from the files, questions, and what is where.

Frames are those that TokenReel's uniform sampler and resizer give: numpy's linspace over the frames that decode, BT.709 in video range
to RGB, Pillow's bicubic filter on 8-bit pixels straight to the model's image size.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from PIL import Image

from wordpieces import COLOURS, SHAPES

KINDS = ["colour", "shape", "motion", "order", "count"]
MOST_OBJECTS = 4


@dataclass(frozen=True)
class Question:
    question_id: str
    question: str
    options: list[str]
    answer: str
    kind: str


@dataclass(frozen=True)
class Truth:
    """Objects of a folder's videos; places beyond a video's objects are -1 and zero boxes.

    colours, shapes: (videos, 4); boxes: (videos, 4, frames, 4) as left, top, right, bottom in shares of the frame, zero where not on screen.
    """

    colours: np.ndarray
    shapes: np.ndarray
    boxes: np.ndarray


class SceneFolder:
    """One folder: `names` of the videos in order, `questions` per video, and pixels (videos, frames, size, size, 3) uint8."""

    def __init__(self, folder: Path, frames: int, size: int, cache: Path | None = None, most: int | None = None, truth: bool = True):
        self.folder, self.frames, self.size = Path(folder), frames, size
        by_video: dict[str, list[Question]] = {}
        for line in (self.folder / "questions.jsonl").open(encoding="utf-8"):
            row = json.loads(line)
            video = row.pop("video_id")
            by_video.setdefault(video, []).append(Question(**row))
        self.names = list(by_video)[:most]
        self.questions = [by_video[name] for name in self.names]
        self.truth = self._truth() if truth else None
        self.pixels = self._pixels(cache)

    def _truth(self) -> Truth:
        rows = {}
        for line in (self.folder / "scenes.jsonl").open(encoding="utf-8"):
            row = json.loads(line)
            rows[row["video_id"]] = row["objects"]
        count = len(self.names)
        colours = np.full((count, MOST_OBJECTS), -1, np.int64)
        shapes = np.full((count, MOST_OBJECTS), -1, np.int64)
        boxes = np.zeros((count, MOST_OBJECTS, self.frames, 4), np.float32)
        for v, name in enumerate(self.names):
            for o, thing in enumerate(rows[name]):
                colours[v, o] = COLOURS.index(thing["colour"])
                shapes[v, o] = SHAPES.index(thing["shape"])
                if len(thing["boxes"]) != self.frames:
                    raise ValueError(f"{name} is made for {len(thing['boxes'])} frames; asked for {self.frames}")
                for t, box in enumerate(thing["boxes"]):
                    boxes[v, o, t] = box if box else 0
        return Truth(colours, shapes, boxes)

    def _pixels(self, cache: Path | None) -> np.ndarray:
        """Decodes every file once; with a cache, a later run maps the .npy file that the first one wrote."""
        shape = (len(self.names), self.frames, self.size, self.size, 3)
        if cache is None:
            pixels = np.empty(shape, np.uint8)
        elif cache.exists():
            pixels = np.load(cache, mmap_mode="r")
            if pixels.shape != shape:
                raise ValueError(f"{cache} holds {pixels.shape}; {shape} is wanted: remove it")
            return pixels
        else:
            cache.parent.mkdir(parents=True, exist_ok=True)
            unfinished = cache.with_suffix(".part.npy")
            pixels = np.lib.format.open_memmap(unfinished, "w+", np.uint8, shape)

        def read(v: int) -> None:
            pixels[v] = frames_of(self.folder / "videos" / self.names[v], self.frames, self.size)

        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(read, range(len(self.names))):
                pass
        if cache is not None:
            pixels.flush()
            unfinished.rename(cache)
        return pixels


def frames_of(file: Path, frames: int, size: int) -> np.ndarray:
    """Uniformly sampled frames of a video, (frames, size, size, 3) uint8."""
    with av.open(str(file)) as container:
        container.streams.video[0].thread_count = 1
        decoded = list(container.decode(video=0))
    wanted = np.linspace(0, len(decoded) - 1, frames, dtype=int)
    return np.stack([_resized(decoded[i], size) for i in wanted])


def _resized(frame: av.VideoFrame, size: int) -> np.ndarray:
    rgb = frame.reformat(
        format="rgb24",
        src_colorspace="ITU709",
        dst_colorspace="ITU709",
        src_color_range="MPEG",
        dst_color_range="JPEG",
        interpolation="BILINEAR",
    ).to_ndarray()
    return np.asarray(Image.fromarray(rgb).resize((size, size), Image.Resampling.BICUBIC))
