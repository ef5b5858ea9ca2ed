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

from wordpieces import COLOURS, SHAPES, WAYS

MOST_OBJECTS = 4
STILL = len(WAYS)


@dataclass(frozen=True)
class Question:
    question_id: str
    question: str
    options: list[str]
    answer: str
    kind: str


@dataclass(frozen=True)
class Truth:
    """Objects of videos, in the order in which they appear; places beyond a video's objects are -1 and zero boxes.

    colours, shapes, ways: (videos, 4), a way that is STILL for an object that does not move; boxes: (videos, 4, frames, 4) as left, top,
    right, bottom in shares of the frame, zero where not on screen.
    """

    colours: np.ndarray
    shapes: np.ndarray
    ways: np.ndarray
    boxes: np.ndarray

    @staticmethod
    def of(videos: list[list[dict]], frames: int) -> "Truth":
        """From the objects of rows of scenes.jsonl."""
        classes = np.full((3, len(videos), MOST_OBJECTS), -1, np.int64)
        boxes = np.zeros((len(videos), MOST_OBJECTS, frames, 4), np.float32)
        for v, objects in enumerate(videos):
            for o, thing in enumerate(objects):
                way = WAYS.index(thing["motion"]) if thing["motion"] in WAYS else STILL
                classes[:, v, o] = COLOURS.index(thing["colour"]), SHAPES.index(thing["shape"]), way
                if len(thing["boxes"]) != frames:
                    raise ValueError(f"the scenes are made for {len(thing['boxes'])} frames; asked for {frames}")
                for t, box in enumerate(thing["boxes"]):
                    boxes[v, o, t] = box if box else 0
        return Truth(*classes, boxes)

    def at(self, videos: np.ndarray) -> "Truth":
        return Truth(self.colours[videos], self.shapes[videos], self.ways[videos], self.boxes[videos])


class SceneFolder:
    """One folder: `names` of the videos in order, `questions` and `objects` per video, and pixels (videos, frames, size, size, 3) uint8."""

    def __init__(self, folder: Path, frames: int, size: int, cache: Path | None = None, most: int | None = None):
        self.folder, self.frames, self.size = Path(folder), frames, size
        by_video: dict[str, list[Question]] = {}
        for row in _rows(self.folder / "questions.jsonl"):
            by_video.setdefault(row.pop("video_id"), []).append(Question(**row))
        objects = {row["video_id"]: row["objects"] for row in _rows(self.folder / "scenes.jsonl")}
        self.names = list(by_video)[:most]
        self.questions = [by_video[name] for name in self.names]
        self.objects: list[list[dict]] = [objects[name] for name in self.names]
        self.pixels = self._pixels(cache)

    def _pixels(self, cache: Path | None) -> np.ndarray:
        """Decodes every file once; with a cache, a later run maps the .npy file that the first one wrote."""
        shape = (len(self.names), self.frames, self.size, self.size, 3)
        if cache is None:
            pixels = np.empty(shape, np.uint8)
        elif cache.exists():
            pixels = np.load(cache, mmap_mode="c")
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


def _rows(file: Path) -> list[dict]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


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
