"""Writes the clips of this folder, and the one of `bin/bench fuzz`: streams that the project's own encoders cannot make.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make_clips.py
"""

from fractions import Fraction
from pathlib import Path

import av
import numpy

WIDTH, HEIGHT, FRAMES, RATE = 96, 64, 75, 25


def picture(index: int) -> numpy.ndarray:
    """Moving sine waves with a bar that jumps, so that no two frames are alike."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    planes = [
        127 + 90 * numpy.sin((x * (c + 1) + 3 * index) / 11.0) * numpy.cos((y - 2 * index) / (7.0 + c))
        for c in range(3)
    ]
    rgb = numpy.stack(planes, axis=-1)
    rgb[:, (index * 7) % WIDTH, :] = 255
    return rgb.clip(0, 255).astype(numpy.uint8)


def large_picture(index: int) -> numpy.ndarray:
    """3840 x 2160 pixels that cost few bits: a plain ground with two bars that move."""
    rgb = numpy.full((2160, 3840, 3), (64, 96, 128), numpy.uint8)
    rgb[:, 160 * index : 160 * index + 320] = (230, 200, 40)
    rgb[96 * index : 96 * index + 192] = (40, 160, 90)
    return rgb


def write(name, codec, options, times=None, tick=Fraction(1, 1000), paint=picture, frames=FRAMES, muxer=None):
    with av.open(name, "w", options=muxer or {}) as container:
        stream = container.add_stream(codec, rate=RATE, options=options)
        stream.height, stream.width, _ = paint(0).shape
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = tick
        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(paint(index), format="rgb24")
            frame.pts = times[index] if times else index * tick.denominator // RATE
            frame.time_base = tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


X264 = {"crf": "35", "preset": "medium", "threads": "1"}


def x264(parameters, **more):
    return {**X264, "x264-params": parameters, **more}


write("h264_closed_gop.mp4", "libx264", x264("keyint=12:min-keyint=12:scenecut=0:bframes=3:b-pyramid=normal:ref=3"))
write("h264_open_gop.mp4", "libx264", x264("open-gop=1:keyint=12:min-keyint=6:scenecut=0:bframes=3:b-pyramid=normal:ref=3"))
write("h264_open_gop.ts", "libx264", x264("open-gop=1:keyint=12:min-keyint=6:scenecut=0:bframes=3:b-pyramid=normal:ref=3"))
write("h264_open_gop_one_ref.mkv", "libx264", x264("open-gop=1:keyint=9:min-keyint=5:scenecut=0:bframes=2:b-pyramid=none:ref=1:weightp=0"))
write("h264_intra_refresh.mp4", "libx264", x264("intra-refresh=1:keyint=12:bframes=0"))
write("h264_one_gop.h264", "libx264", x264("keyint=250:bframes=3"), tick=Fraction(1, RATE))
write("h264_interlaced.mp4", "libx264", x264("tff=1:keyint=12:bframes=2"))
times = list(numpy.cumsum([0] + [20 + (37 * i) % 90 for i in range(FRAMES - 1)]).tolist())
write("h264_variable_rate.mkv", "libx264", x264("keyint=10:min-keyint=10:scenecut=0:bframes=3"), times)
write("hevc_open_gop.mp4", "libx265", {"crf": "35", "x265-params": "keyint=12:min-keyint=6:scenecut=0:open-gop=1:bframes=4:b-pyramid=1:pools=none:frame-threads=1:log-level=none"})
write("hevc_closed_gop.mkv", "libx265", {"crf": "35", "x265-params": "keyint=12:min-keyint=12:scenecut=0:open-gop=0:bframes=4:pools=none:frame-threads=1:log-level=none"})
write("hevc_temporal_layers.mp4", "libx265", {"crf": "35", "x265-params": "keyint=24:min-keyint=24:scenecut=0:open-gop=0:bframes=4:b-pyramid=1:temporal-layers=3:pools=none:frame-threads=1:log-level=none"})
write("av1_hidden_and_leaves.mp4", "libsvtav1", {"crf": "50", "preset": "8", "svtav1-params": "keyint=24:scd=0:lp=1"})

REFUSED = Path("refused")
REFUSED.mkdir(exist_ok=True)
write(f"{REFUSED}/still.avif", "libsvtav1", {"crf": "50", "preset": "8", "svtav1-params": "lp=1"}, frames=1)
KEYS = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "00112233445566778899aabbccddeeff", "encryption_kid": "0123456789abcdef0123456789abcdef"}
write(f"{REFUSED}/encrypted.mp4", "libx264", x264("keyint=12"), frames=3, muxer=KEYS)

FUZZ = Path(__file__).resolve().parents[5] / "bench" / "src" / "main" / "resources" / "io" / "tokenreel" / "bench" / "fuzz"
write(str(FUZZ / "hevc.mp4"), "libx265", {"crf": "30", "x265-params": "keyint=10:min-keyint=10:scenecut=0:open-gop=0:bframes=3:pools=none:frame-threads=1:log-level=none"}, frames=40, muxer={"movflags": "faststart"})

# Five references are the most that level 5.1 allows at this size. Apart from the rest, which tests decode many times over.
Path("large").mkdir(exist_ok=True)
many = x264("keyint=16:min-keyint=16:scenecut=0:bframes=3:b-adapt=0:b-pyramid=normal:ref=5")
write("large/h264_five_refs_4k.mp4", "libx264", many, paint=large_picture, frames=20)

# joined_sizes.ts and hevc_10_bits.mp4 were made by FFmpeg 5.1: two transport streams of 160 x 120 and 320 x 240 pixels by cat, each with
# a clock from the same start, and 4 seconds of testsrc2 by libx265 as yuv420p10le. hevc_two_slices.hevc was made by FFmpeg 9.0: 24 frames of
# testsrc2 of 320 x 256 pixels by libx265, -preset ultrafast -crf 34, keyint=12:min-keyint=12:scenecut=0:open-gop=0:bframes=2:slices=2:ctu=16.
