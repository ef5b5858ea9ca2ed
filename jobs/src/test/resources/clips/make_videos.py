"""Writes ../videos: what a corpus has, small enough to be committed; its README.md describes each.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make_videos.py
"""

import os
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy
from av.stream import Disposition

TICK = Fraction(1, 90000)
X264 = {"crf": "36", "preset": "medium", "threads": "1"}


def picture(index: int, width: int, height: int) -> numpy.ndarray:
    """Moving waves and a bar that jumps, so that no two frames are alike and no side looks like another."""
    y, x = numpy.mgrid[0:height, 0:width] * (96 / width)
    planes = [127 + 90 * numpy.sin((x * (c + 1) + 3 * index) / 19.0) * numpy.cos((y - 2 * index) / (13.0 + c)) for c in range(3)]
    rgb = numpy.stack(planes, axis=-1) * (0.5 + 0.5 * y[..., None] / y.max())
    bar = (index * 7) % width
    rgb[: height // 2, bar : bar + max(1, width // 48)] = 255
    return rgb.clip(0, 255).astype(numpy.uint8)


class Video:
    """A file to which streams are added before anything is encoded."""

    def __init__(self, name, options=None):
        self.container = av.open(name, "w", options={"fflags": "+bitexact", **(options or {})})
        self.work = []

    def stream(self, codec, size, rate, frames, options):
        stream = self.container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = TICK
        for index in range(frames):
            self.work.append((Fraction(index) / rate, len(self.work), stream, index))

    def sound(self, codec, rate, seconds):
        stream = self.container.add_stream(codec, rate=rate, layout="mono")
        chunk = 960
        for index in range(rate * seconds // chunk):
            self.work.append((Fraction(index * chunk, rate), len(self.work), stream, index))

    def write(self):
        for _, _, stream, index in sorted(self.work, key=lambda part: part[:2]):
            self.container.mux(stream.encode(self.audio(stream, index) if stream.type == "audio" else self.frame(stream, index)))
        for stream in self.container.streams:
            self.container.mux(stream.encode(None))
        self.container.close()

    @staticmethod
    def frame(stream, index):
        frame = av.VideoFrame.from_ndarray(picture(index, stream.width, stream.height), format="rgb24")
        frame.pts = round(index / stream.codec_context.framerate / TICK)
        frame.time_base = TICK
        return frame

    @staticmethod
    def audio(stream, index):
        tone = numpy.sin(numpy.arange(index * 960, index * 960 + 960) * 0.05).astype(numpy.float32)[None] * 0.1
        frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
        frame.sample_rate = stream.rate
        frame.pts = index * 960
        frame.time_base = Fraction(1, stream.rate)
        return frame


def one(name, codec, size, rate, frames, options, sound=None, muxer=None):
    video = Video(name, muxer)
    video.stream(codec, size, Fraction(rate), frames, options)
    if sound:
        video.sound(sound, 48000, int(frames / Fraction(rate)))
    video.write()


def turned(source: str, name: str, degrees: int) -> None:
    """The same file with a display matrix in its track header."""
    data = bytearray(Path(source).read_bytes())
    cosine, sine = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    matrix = data.index(b"tkhd") + 44
    values = [cosine << 16, sine << 16, 0, -sine << 16, cosine << 16, 0, 0, 0, 1 << 30]
    data[matrix : matrix + 36] = struct.pack(">9i", *values)
    Path(name).write_bytes(data)


def damaged(source: bytes, packets: list[tuple[int, int]]) -> bytes:
    """Some packets' bytes replaced, their sizes kept."""
    data = bytearray(source)
    for position, size in packets:
        data[position + 5 : position + size] = bytes((7 * i + 3) % 256 for i in range(size - 5))
    return bytes(data)


os.chdir(Path(__file__).resolve().parent.parent / "videos")

both = Video("two_streams.mp4", {"movflags": "faststart"})
both.stream("libx264", (160, 90), Fraction(25), 325, {**X264, "x264-params": "keyint=100:bframes=2"})
both.stream("libx264", (240, 136), Fraction(30000, 1001), 390, {**X264, "x264-params": "keyint=120:bframes=3"})
both.sound("aac", 48000, 13)
for number, stream in enumerate(both.container.streams.video):
    stream.disposition = Disposition.default if number == 1 else Disposition(0)
both.write()

one("hevc.mp4", "libx265", (128, 128), 10, 10, {"crf": "34", "x265-params": "pools=none:frame-threads=1:log-level=none"})
one("av1.mkv", "libsvtav1", (160, 96), 25, 125, {"crf": "50", "preset": "8", "svtav1-params": "lp=1"})
one("with_audio.mkv", "libx264", (212, 120), 30, 310, {**X264, "x264-params": "keyint=60:bframes=3"}, sound="libopus")
one("unordered.mov", "libx264", (96, 64), 25, 4, {**X264, "x264-params": "bframes=2:b-adapt=0"})
one("turned_0.mov", "libx264", (142, 80), 30, 3, {**X264, "crf": "26", "x264-params": "bframes=0"})
for angle in (90, 180, 270):
    turned("turned_0.mov", f"turned_{angle}.mov", angle)

one("damaged.mp4", "libx264", (320, 180), 10, 50, {**X264, "x264-params": "keyint=10:min-keyint=10:scenecut=0:bframes=0"})
with av.open("damaged.mp4") as sound_file:
    found = [(packet.pos, packet.size) for packet in sound_file.demux(video=0) if packet.size]
Path("damaged.mp4").write_bytes(damaged(Path("damaged.mp4").read_bytes(), [found[20]]))
