"""Writes pictures in many pixel formats, NAME.raw, and what FFmpeg up to 7.1 makes of them, NAME.rgb: 8-bit RGB of the same size.

    python -m venv venv && venv/bin/pip install av==15.1.0 numpy && venv/bin/python make_pixels.py

The names are FORMAT_WIDTHxHEIGHT. Needs `ffmpeg` below version 8, which decides, on the path. PyAV 15 must agree.
"""

import subprocess
from pathlib import Path

import av
import numpy

CASES = {
    "yuv420p": ["34x26", "34x27", "35x27"],
    "yuv420p10le": ["34x26", "34x27", "34x7", "34x5"],
    "yuv420p12le": ["34x26"],
    "yuv420p16le": ["34x26"],
    "yuva420p10le": ["34x26"],
    "nv12": ["34x26"],
    "p010le": ["34x26"],
    "yuv440p": ["34x26", "35x26"],
    "yuv440p10le": ["34x26"],
    "yuv422p": ["34x26"],
    "yuv422p10le": ["34x27"],
    "yuv444p": ["35x27"],
    "yuv444p12le": ["34x26"],
    "yuva444p10le": ["34x26"],
    "yuv411p": ["36x26"],
    "yuyv422": ["34x26"],
    "gray": ["35x27"],
    "gray10le": ["34x26"],
    "gbrp10le": ["34x26"],
    "rgb48be": ["35x27"],
    "bgra": ["35x27"],
    "rgb555le": ["34x26"],
    "monob": ["40x26"],
}


def picture(width: int, height: int) -> bytes:
    """16-bit RGB with slopes, edges and noise."""
    random = numpy.random.default_rng(width * height)
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [127 + 90 * numpy.sin(x * (c + 1) / 5.0) * numpy.cos(y / (3.0 + c)) for c in range(3)]
    rgb = numpy.stack(planes, axis=-1)
    rgb[height // 3 : height // 2, :, 0] = 255
    rgb[:, width // 2 :, 2] = 10
    rgb += random.normal(0, 8, rgb.shape)
    return (rgb.clip(0, 255) * 257).astype("<u2").tobytes()


def convert(data: bytes, size: str, before: str, after: str) -> bytes:
    command = f"ffmpeg -v error -f rawvideo -pix_fmt {before} -s {size} -i - -sws_flags bilinear -pix_fmt {after} -f rawvideo -"
    return subprocess.run(command.split(), input=data, capture_output=True, check=True).stdout


def with_pyav(data: bytes, size: str, pixels: str) -> bytes:
    width, height = map(int, size.split("x"))
    options = {"pixel_format": pixels, "video_size": size}
    path = Path("picture.tmp")
    path.write_bytes(data)
    with av.open(str(path), format="rawvideo", options=options) as container:
        frame = next(container.decode(video=0))
        assert (frame.width, frame.height) == (width, height)
        rgb = frame.to_ndarray(format="rgb24").tobytes()
    path.unlink()
    return rgb


for pixels, sizes in CASES.items():
    for size in sizes:
        raw = convert(picture(*map(int, size.split("x"))), size, "rgb48le", pixels)
        rgb = convert(raw, size, pixels, "rgb24")
        assert with_pyav(raw, size, pixels) == rgb, (pixels, size)
        Path(f"{pixels}_{size}.raw").write_bytes(raw)
        Path(f"{pixels}_{size}.rgb").write_bytes(rgb)

clip = "../clips/hevc_10_bits.mp4"
command = f"ffmpeg -v error -i {clip} -frames:v 1 -sws_flags bilinear -pix_fmt rgb24 -f rawvideo -"
rgb = subprocess.run(command.split(), capture_output=True, check=True).stdout
with av.open(clip) as container:
    assert next(container.decode(video=0)).to_ndarray(format="rgb24").tobytes() == rgb
Path("hevc_10_bits_160x120.first").write_bytes(rgb)
