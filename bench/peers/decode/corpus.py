"""Makes the corpora of the decoding benchmark, sound and damaged, with the FFmpeg of imageio-ffmpeg.

The pictures are synthetic, 1280 x 720 at 30 frames a second: clouds that drift behind shapes in motion, and a little grain, at the bit rates that video sites
use. Each frame has its number painted into it as a row of white and black squares, least bit first, so that any side's frame tells which one
it is. An encoder may smear a square, so what each coded frame shows is read from FFmpeg's own decode, from the first packet to the last.
Files are made once and kept.
"""

import dataclasses
import json
import os
import pathlib
import random
import subprocess

WIDTH, HEIGHT, RATE = 1280, 720, 30
CLIP_SECONDS = 10
PART_SECONDS = 20  # of which a long file repeats the packets, without encoding
CODE_BITS = 14
CODE_X, CODE_Y, CODE_SQUARE = 16, 16, 40  # pixels
BLACK, WHITE = 64, 192  # below, and from this on
UNCLEAR = -1
KEYFRAME_SECONDS = (10, 1)
DAMAGES = ("truncated", "bits flipped", "tail missing", "not a video")


@dataclasses.dataclass(frozen=True)
class Codec:
    """How a codec's files are made: megabits a second are those of 720p on the web."""

    name: str
    encoder: tuple[str, ...]
    ending: str
    megabits: float


CODECS = (
    Codec("H.264", ("libx264", "-preset", "fast"), "mp4", 2.5),
    Codec("HEVC", ("libx265", "-preset", "veryfast", "-x265-params", "log-level=error"), "mp4", 1.6),
    Codec("AV1", ("libsvtav1", "-preset", "10"), "mp4", 1.2),
    Codec("VP9", ("libvpx-vp9", "-deadline", "realtime", "-cpu-used", "7", "-row-mt", "1"), "webm", 1.6),
)


@dataclasses.dataclass(frozen=True)
class Video:
    """A sound file.

    Attributes:
        group: what it is counted with.
        frames: how many it has.
        shown: frame `i` shows the number `shown[i % len(shown)]`, or UNCLEAR.
    """

    group: str
    file: pathlib.Path
    frames: int
    shown: tuple[int, ...]

    def expected(self, count: int) -> list[int]:
        """The indices of `count` uniform frames, numpy.linspace's rule."""
        return [int(slot * (self.frames - 1) / (count - 1)) for slot in range(count)] if count > 1 else [0]


@dataclasses.dataclass(frozen=True)
class Damaged:
    """A file that was made from a sound one."""

    kind: str
    file: pathlib.Path
    sound: Video


class Corpus:
    """The files below one folder."""

    def __init__(self, ffmpeg: pathlib.Path, folder: pathlib.Path, clips: int, longs: int, long_seconds: int, megabits: float | None) -> None:
        """
        Args:
            clips: ten-second files of all codecs together.
            longs: long files of all codecs and both keyframe distances together.
            megabits: a second, of every codec; None for those of the web.
        """
        self._ffmpeg = ffmpeg
        self._folder = folder
        self._megabits = megabits
        folder.mkdir(parents=True, exist_ok=True)
        self.clips = [self._clip(CODECS[i % len(CODECS)], i) for i in range(clips)]
        kinds = [(codec, seconds) for codec in CODECS for seconds in KEYFRAME_SECONDS]
        self.longs = [self._long(*kinds[i % len(kinds)], i, long_seconds) for i in range(longs)]

    def _rate(self, codec: Codec) -> float:
        return self._megabits or codec.megabits

    def _clip(self, codec: Codec, seed: int) -> Video:
        file = self._folder / f"clip-{seed}-{self._rate(codec)}.{codec.ending}"
        self._encode(file, codec, seed, CLIP_SECONDS, [])
        frames = CLIP_SECONDS * RATE
        return Video(f"clips {codec.name}", file, frames, self._shown(file, frames))

    def _long(self, codec: Codec, keyframe_seconds: int, seed: int, seconds: int) -> Video:
        times = max(1, seconds // PART_SECONDS)
        stem = f"{seed}-{keyframe_seconds}-{self._rate(codec)}"
        part, file = self._folder / f"part-{stem}.{codec.ending}", self._folder / f"long-{stem}-{times}.{codec.ending}"
        distance = str(keyframe_seconds * RATE)
        # x264 and x265 put keyframes at cuts of their own unless told not to.
        fixed = {"libx264": ["-sc_threshold", "0", "-keyint_min", distance], "libx265": ["-x265-params", "log-level=error:scenecut=0"]}
        self._encode(part, codec, seed, PART_SECONDS, ["-g", distance, *fixed.get(codec.encoder[0], [])])
        if not file.is_file():
            self._run(["-stream_loop", str(times - 1), "-i", part, "-c", "copy", *self._muxing(codec)], file)
        shown = self._shown(part, PART_SECONDS * RATE)
        return Video(f"long, keyframe every {keyframe_seconds} s, {codec.name}", file, times * PART_SECONDS * RATE, shown)

    def _shown(self, file: pathlib.Path, frames: int) -> tuple[int, ...]:
        """The numbers that frames show, of one row through the middle of the squares; UNCLEAR where an encoder left one between black and white."""
        kept = file.with_suffix(".shown.json")
        if not kept.is_file():
            width = CODE_BITS * CODE_SQUARE
            row = f"format=rgb24,crop={width}:1:{CODE_X}:{CODE_Y + CODE_SQUARE // 2}"
            command = [str(self._ffmpeg), "-loglevel", "error", "-i", str(file), "-vf", row, "-f", "rawvideo", "-"]
            rows = subprocess.run(command, check=True, capture_output=True).stdout
            assert len(rows) == frames * width * 3, f"{file} has not {frames} frames"
            green = [3 * (bit * CODE_SQUARE + CODE_SQUARE // 2) + 1 for bit in range(CODE_BITS)]
            squares = [[rows[at + x] for x in green] for at in range(0, len(rows), width * 3)]
            numbers = [UNCLEAR if any(BLACK <= each < WHITE for each in row) else sum((each >= WHITE) << bit for bit, each in enumerate(row)) for row in squares]
            kept.write_text(json.dumps(numbers), encoding="utf-8")
        return tuple(json.loads(kept.read_text(encoding="utf-8")))

    def _muxing(self, codec: Codec) -> list[str]:
        return ["-movflags", "+faststart"] if codec.ending == "mp4" else []

    def _encode(self, file: pathlib.Path, codec: Codec, seed: int, seconds: int, more: list[str]) -> None:
        if file.is_file():
            return
        choose = random.Random(seed)
        squares = [
            f"drawbox=x={CODE_X + bit * CODE_SQUARE}:y={CODE_Y}:w={CODE_SQUARE}:h={CODE_SQUARE}:color=white:t=fill:enable='mod(floor(n/{1 << bit}),2)'"
            for bit in range(CODE_BITS)
        ]
        scroll = f"h={choose.uniform(0.0005, 0.003):.4f}:v={choose.uniform(0.0005, 0.002):.4f}"
        picture = (
            f"perlin=s={WIDTH}x{HEIGHT}:r={RATE}:octaves=6:xscale=4:yscale=4:seed={choose.randrange(1 << 20)},trim=end_frame=1,format=yuv420p,"
            f"loop=-1:1,setpts=N/{RATE}/TB,scroll={scroll}[a];"
            f"testsrc2=s={WIDTH}x{HEIGHT}:r={RATE},format=yuv420p,hue=h={choose.randrange(360)}[b];"
            f"[a][b]blend=all_mode=average,noise=alls=3:allf=t:all_seed={choose.randrange(1 << 20)},format=yuv420p,"
            f"drawbox=x=0:y=0:w={CODE_X * 2 + CODE_BITS * CODE_SQUARE}:h={CODE_Y * 2 + CODE_SQUARE}:color=black:t=fill,{','.join(squares)}"
        )
        rate = f"{self._rate(codec)}M"
        colour = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
        encoder = ["-c:v", *codec.encoder, "-b:v", rate, *more, *colour]
        self._run(["-filter_complex", picture, "-t", str(seconds), *encoder, *self._muxing(codec)], file)

    def _run(self, arguments: list[object], file: pathlib.Path) -> None:
        unfinished = file.with_name(f"unfinished-{os.getpid()}-{file.name}")
        command = [self._ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *arguments, unfinished]
        subprocess.run([str(each) for each in command], check=True, env={**os.environ, "SVT_LOG": "1"})
        unfinished.rename(file)

    def damaged(self, share: float, seed: int) -> list[Damaged]:
        """A share of the clips, at least one of each kind of damage for each codec, damaged by what a seed chooses."""
        made = []
        by_group = {group: [each for each in self.clips if each.group == group] for group in dict.fromkeys(each.group for each in self.clips)}
        for group, videos in by_group.items():
            for number in range(max(len(DAMAGES), round(share * len(videos)))):
                kind, sound = DAMAGES[number % len(DAMAGES)], videos[number % len(videos)]
                file = self._folder / f"{kind.replace(' ', '-')}-{seed}-{number}-{sound.file.name}"
                file.write_bytes(_damage(kind, sound.file.read_bytes(), random.Random(f"{seed} {number} {group}")))
                made.append(Damaged(kind, file, sound))
        return made


def _damage(kind: str, sound: bytes, choose: random.Random) -> bytes:
    if kind == "truncated":
        return sound[: int(len(sound) * choose.uniform(0.2, 0.8))]
    if kind == "tail missing":
        return sound[: int(len(sound) * choose.uniform(0.93, 0.99))]
    if kind == "not a video":
        return b"<!doctype html><title>404</title><p>The video is not here.</p>\n" * 500
    flipped = bytearray(sound)
    for _ in range(16):  # among the frames, behind the index
        flipped[choose.randrange(len(sound) // 5, len(sound))] ^= 1 << choose.randrange(8)
    return bytes(flipped)
