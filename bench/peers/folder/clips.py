"""Renders a folder of ten-second clips, 1280 x 720, 30 frames a second, H.264 of some 4 Mbit/s with a keyframe every two seconds.

    python clips.py FOLDER COUNT [--broken SHARE]

Twelve differ in what they show. The others are copies of these with a title of their own, so that no two files have the same bytes.
"""

import argparse
import pathlib

import av
import numpy
from av.video.reformatter import Colorspace

SCENES = 12
WIDTH, HEIGHT, RATE, SECONDS = 1280, 720, 30, 10
BT709 = 1  # FFmpeg's number; it is said in the file, for without it readers guess, and not alike
OPTIONS = {"preset": "veryfast", "crf": "22", "g": str(2 * RATE)}


def render(file: pathlib.Path, seed: int) -> None:
    """Coloured squares that move before a textured ground which drifts."""
    random = numpy.random.default_rng(seed)
    ground = random.normal(128, 1, (HEIGHT // 8 + 64, WIDTH // 8 + 64, 3)) + random.normal(0, 24, (HEIGHT // 8 + 64, WIDTH // 8 + 64, 1))
    ground = ground.clip(0, 255).astype(numpy.uint8).repeat(8, 0).repeat(8, 1)
    squares = [(random.integers(0, 256, 3), *random.uniform(0, 1, 2), *random.uniform(-0.6, 0.6, 2), int(random.integers(60, 240))) for _ in range(8)]
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options=OPTIONS)
        stream.width, stream.height, stream.pix_fmt, stream.thread_count = WIDTH, HEIGHT, "yuv420p", 1
        context = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = BT709, BT709, BT709, BT709
        for number in range(RATE * SECONDS):
            seconds = number / RATE
            picture = ground[number : number + HEIGHT, number : number + WIDTH].copy()
            for colour, x, y, right, down, side in squares:
                left, top = int((x + right * seconds) % 1 * (WIDTH - side)), int((y + down * seconds) % 1 * (HEIGHT - side))
                picture[top : top + side, left : left + side] = colour
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)))
        container.mux(stream.encode())


def titled(source: pathlib.Path, file: pathlib.Path) -> None:
    """A copy of the packages with the file's name as its title."""
    with av.open(str(source)) as read, av.open(str(file), "w") as written:
        written.metadata["title"] = file.stem
        stream = written.add_stream_from_template(read.streams.video[0])
        for packet in read.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                written.mux(packet)


def broken(file: pathlib.Path, number: int) -> None:
    """Cuts a file off, or overwrites a part of it, or leaves nothing of it."""
    data = bytearray(file.read_bytes())
    if number % 3 == 0:
        data = data[: len(data) // 2]
    elif number % 3 == 1:
        data[len(data) // 3 : len(data) // 3 + 4096] = bytes(4096)
    else:
        data = bytearray(b"no video")
    file.write_bytes(data)


def write(folder: pathlib.Path, count: int, share: float) -> list[str]:
    """Returns the names of the broken ones, evenly spread."""
    folder.mkdir(parents=True)
    files = [folder / f"clip-{number:04}.mp4" for number in range(count)]
    for number, file in enumerate(files):
        if number < SCENES:
            render(file, number)
        else:
            titled(files[number % SCENES], file)
    damaged = [files[int((place + 0.5) * count / round(share * count))] for place in range(round(share * count))]
    for number, file in enumerate(damaged):
        broken(file, number)
    return [file.name for file in damaged]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--broken", type=float, default=0.0, help="share of damaged files, which are named on standard output")
    asked = parser.parse_args()
    print(*write(asked.folder, asked.count, asked.broken), sep="\n")
